# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""Desired docker network: validate options, compare with the existing one, build the docker commands. Pure."""

from __future__ import absolute_import, division, print_function

import re

from ..host import HostError, one_line, text
from ..net.arithmetic import contains, network, show
from ..net.devices import MANAGEMENT, docker_device
from .replies import BRIDGE_NAME

__metaclass__ = type

#: Docker's own; they are there from the start and cannot be made or removed.
PREDEFINED = ("bridge", "host", "none", "default")
#: Drivers that put containers on a device of the host, and how they call their mode and its default.
ON_DEVICE = {"macvlan": ("macvlan_mode", "bridge"), "ipvlan": ("ipvlan_mode", "l2")}
MODES = {"macvlan": ("bridge", "vepa", "passthru", "private"), "ipvlan": ("l2", "l3", "l3s")}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*\Z")
#: A device's name has at most 15 characters (IFNAMSIZ, include/uapi/linux/if.h).
_DEVICE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,14}\Z")
_ODD = re.compile("[\x00-\x1f\x7f]")
#: Options of the driver bridge that hold an address of the host.
_ADDRESS_OPTIONS = ("com.docker.network.host_ipv4", "com.docker.network.bridge.host_binding_ipv4")
#: Docker marks its own bridge with it; a second one so marked takes the place of that.
_DEFAULT_BRIDGE = "com.docker.network.bridge.default_bridge"
#: What a network consists of, in the order in which differences are listed.
PARTS = ("driver", "subnet", "gateway", "ip_range", "aux_addresses", "parent", "mode", "internal", "options", "labels")
_OWN_OPTIONS = ("parent", "macvlan_mode", "ipvlan_mode")
_RESERVED = ("lo", "all", "default", "bonding_masters", ";vdsmdummy;")


def parse(params):
    """The options that the user set, checked; unset ones leave the network as it is. Raises HostError."""
    wanted = {part: text(params.get(part)) for part in PARTS if params.get(part) is not None}
    if not _NAME.match(params["name"]):
        raise HostError(
            "name: %s cannot be the name of a docker network; use letters, digits and _.-, with a letter or digit first"
            % (one_line(params["name"]),)
        )
    for part in ("options", "labels", "aux_addresses"):
        if None in wanted.get(part, {}).values():
            raise HostError("%s: every name needs a value" % (part,))
        if part in wanted:
            wanted[part] = {_word(key): _word(value) for key, value in wanted[part].items()}
    _check_words(params, wanted)
    own = [key for key in _OWN_OPTIONS if key in wanted.get("options", {})]
    if own:
        raise HostError("options: %s has an option of its own here, parent or mode; write it there" % (own[0],))
    _check_numbers(wanted)
    return wanted


def _check_words(params, wanted):
    """Refuse values that a command line cannot carry, and bridge options that cannot work. Raises HostError."""
    for part in sorted(wanted):
        value = wanted[part]
        words = [word for pair in value.items() for word in pair] if isinstance(value, dict) else [value]
        if any(_ODD.search("%s" % (word,)) for word in words):
            raise HostError("%s: control characters are in it; write it without them" % (part,))
        if isinstance(value, dict) and any("=" in key or not key for key in value):
            raise HostError("%s: a name is empty or has = in it; write it without" % (part,))
    if params.get("driver") not in (None, "bridge"):
        return
    options = wanted.get("options", {})
    problem = bridge_problem(options[BRIDGE_NAME]) if BRIDGE_NAME in options else None
    if problem:
        raise HostError("options: " + problem)
    if str(options.get(_DEFAULT_BRIDGE, "false")).lower() not in ("false", "0"):
        raise HostError("options: %s marks docker's own bridge; leave it out" % (_DEFAULT_BRIDGE,))
    for key in _ADDRESS_OPTIONS:
        written = options.get(key)
        if written is not None and (network(written) is None or "/" in written or ":" in written):
            raise HostError("options: %s: %s is not an IPv4 address" % (key, written))


def bridge_problem(name):
    """Why a network must not give its bridge this name on any host; None where it may.

    Docker takes a device of that name over if there is one, and replaces its address (libnetwork, setup_ipv4.go).
    """
    given = "%s: %s" % (BRIDGE_NAME, name)
    if not _DEVICE.match(name):
        return (
            "%s cannot be the name of a device; use 1 to 15 letters, digits and _.-, with a letter or digit first"
            % (given,)
        )
    if name in MANAGEMENT:
        return "%s is oVirt's management network, which docker would take over; use a name of its own" % (given,)
    if docker_device(name) or name in _RESERVED or name.startswith("vnet"):
        return "%s is a name that docker, Vdsm or the kernel give themselves; use a name of its own" % (given,)
    return None


def _word(value):
    """As docker keeps it: text."""
    return str(value).lower() if isinstance(value, bool) else "%s" % (text(value),)


def _check_numbers(wanted):
    for part in ("subnet", "ip_range"):
        written = wanted.get(part)
        if written is None or (part == "ip_range" and not written):
            continue
        net = network(written) if "/" in written else None
        if net is None or ":" in written:
            raise HostError("%s: %s is not an IPv4 network such as 10.20.0.0/24" % (part, written))
        if show(net) != written:
            raise HostError("%s: %s is an address in %s; write the network" % (part, written, show(net)))
    named = [("aux_addresses." + key, value) for key, value in sorted(wanted.get("aux_addresses", {}).items())]
    for part, written in [("gateway", wanted.get("gateway"))] + named:
        if written is not None and (network(written) is None or "/" in written or ":" in written):
            raise HostError("%s: %s is not an IPv4 address" % (part, written))


def parts(entry):
    """The parts of a network that is there (as container_host_info returns it), to be compared with a spec."""
    mode, default = ON_DEVICE.get(entry["driver"], (None, None))
    found = {part: entry.get(part) for part in PARTS}
    found["mode"] = entry["options"].get(mode, default) if mode else None
    found["options"] = {key: value for key, value in entry["options"].items() if key not in _OWN_OPTIONS}
    return found


def differences(wanted, there):
    """``[(part, is, wanted)]``. Options that were not written are left alone, as docker adds some itself.

    Labels say who made a network; a difference in them is not a reason to make it again.
    """
    found = []
    for part in PARTS:
        if part not in wanted or part == "labels":
            continue
        is_now, shall = there[part], wanted[part]
        if part == "options":
            is_now = {key: value for key, value in (is_now or {}).items() if key in shall}
        if (is_now or None) != (shall or None):
            found.append((part, is_now or None, shall or None))
    return found


def target(name, wanted, there=None):
    """The parts of the network as it will be: what was written, then what is there, then docker's defaults."""
    whole = dict.fromkeys(PARTS)
    whole.update(aux_addresses={}, options={}, labels={}, internal=False, driver="macvlan")
    # What is there stays as far as another driver would understand it.
    kept = there or {}
    if wanted.get("driver", kept.get("driver")) != kept.get("driver"):
        kept = {part: value for part, value in kept.items() if part not in ("parent", "mode", "options")}
    whole.update(kept)
    for part, value in wanted.items():
        whole[part] = dict(whole[part], **value) if part in ("options", "labels") else value
    mode = ON_DEVICE.get(whole["driver"])
    whole["mode"] = (whole["mode"] or mode[1]) if mode else whole["mode"]
    _check_whole(whole)
    # An empty text removes the value.
    for part in ("ip_range", "parent"):
        whole[part] = whole[part] or None
    return dict(whole, name=name)


def _check_whole(whole):
    """What is wrong with the parts taken together, on any host."""
    driver = whole["driver"]
    if driver in ON_DEVICE:
        if not whole["subnet"]:
            raise HostError("subnet: a %s network needs the subnet of the network that its device is in" % (driver,))
        if not whole["parent"] and not whole["internal"]:
            raise HostError("parent: a %s network needs the device that it is on, or internal: true" % (driver,))
        if whole["mode"] not in MODES[driver]:
            raise HostError("mode: %s has %s, not %s" % (driver, ", ".join(MODES[driver]), whole["mode"]))
    elif whole["parent"] or whole["mode"]:
        part = "parent" if whole["parent"] else "mode"
        raise HostError("%s: a network of driver %s has none; macvlan and ipvlan have" % (part, driver))
    inside = [("gateway", whole["gateway"]), ("ip_range", whole["ip_range"])]
    inside += [("aux_addresses." + key, value) for key, value in sorted(whole["aux_addresses"].items())]
    for part, value in inside:
        if value and not whole["subnet"]:
            raise HostError("%s: %s needs the subnet that it is in" % (part, value))
        if value and not contains(network(whole["subnet"]), network(value)):
            raise HostError("%s: %s is outside the subnet %s" % (part, value, whole["subnet"]))


def entry(whole):
    """A network as it will be returned, before there is one."""
    options = dict(whole["options"])
    if whole["parent"]:
        options["parent"] = whole["parent"]
    if whole["driver"] in ON_DEVICE and whole["mode"]:
        name, default = ON_DEVICE[whole["driver"]]
        options.update({name: whole["mode"]} if whole["mode"] != default else {})
    subnets = [whole["subnet"]] if whole["subnet"] else []
    kept = {part: whole[part] for part in PARTS if part not in ("mode", "options")}
    return dict(kept, name=whole["name"], id=None, subnets=subnets, options=options, endpoints=[])


def create_command(whole):
    """The words that make it; each option is a word of its own (Vdsm's own helper joined them, and docker refused)."""
    made = entry(whole)
    words = ["docker", "network", "create", "--driver", whole["driver"]]
    for option, part in (("--subnet", "subnet"), ("--gateway", "gateway"), ("--ip-range", "ip_range")):
        words += [option, whole[part]] if whole[part] else []
    for key, value in sorted(whole["aux_addresses"].items()):
        words += ["--aux-address", "%s=%s" % (key, value)]
    for key, value in sorted(made["options"].items()):
        words += ["--opt", "%s=%s" % (key, value)]
    for key, value in sorted(whole["labels"].items()):
        words += ["--label", "%s=%s" % (key, value)]
    return words + ["--internal"] * bool(whole["internal"]) + [whole["name"]]


def remove_command(name):
    """The words that remove it."""
    return ["docker", "network", "rm", name]


def shown(found):
    """A network in a diff: what can be asked for, without what docker gives it."""
    if found is None:
        return {}
    return {key: value for key, value in found.items() if key not in ("id", "endpoints", "subnets")}
