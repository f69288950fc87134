# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""Makes one docker network agree with a spec: looks, plans, changes, looks again."""

from __future__ import absolute_import, division, print_function

from .. import systemd
from ..host import HostError, text
from ..net import devices, peers
from . import daemon, network_refusals, network_spec, pools, replies
from .imitation import runtime_command

__metaclass__ = type

_UNITS = ["systemctl", "show", "--no-pager", "-p", "Id", "-p", "ActiveState", "docker.service", "docker.socket"]
#: Docker asks nobody, but a busy daemon takes its time.
_SECONDS = 60


def ensure(host, params, check):
    """Make the network agree with the options; with ``check`` only say what would be done.

    Return the result of container_network. Raises HostError.
    """
    wanted = network_spec.parse(params)
    site = Surroundings(host, params["name"])
    planned = plan(site, params, wanted)
    # Where no docker is installed, none of its networks is either.
    needed = planned.changed or (params["state"] == "absent" and site.installed)
    if site.missing and needed and not check:
        raise HostError(site.missing)
    network = planned.after if check or not planned.changed else apply(site, planned, wanted)
    return {
        "changed": planned.changed,
        "network": network,
        "commands": [" ".join(words) for words in planned.commands],
        "diff": planned.diff(),
    }


class Surroundings:
    """The host around a network: docker's other networks, addresses, routes, devices and peers."""

    def __init__(self, host, name):
        self.host = host
        self.networks, self.there, self.foreign, self.stopped = [], None, [], []
        self.installed = runtime_command(host) == "docker"
        self.missing = self._missing()
        ask = [] if self.missing else [replies.VERSION, replies.NETWORKS, replies.users(name)]
        answers = host.all([devices.ADDRESSES_AND_ROUTES] + ask)
        self.addresses, self.routes = devices.addresses(answers[0].out), devices.routes(answers[0].out)
        self.version = None
        if ask:
            self._look(name, *answers[1:])
        self.links = devices.links(host)
        self.devices = sorted(self.links) + ["lo"]
        self.peers = peers.peers(host, self.addresses)
        self.nics = devices.nics(self.links, self.addresses, self.routes, self.networks, peers.login_address())

    def _missing(self):
        """Why docker cannot be asked. A listening socket alone must not start the daemon behind the user's back."""
        if not self.installed:
            found = (
                "podman is installed in place of docker" if runtime_command(self.host) else "docker is not installed"
            )
            return "%s, and Vdsm needs docker's networks; install docker (role docker)" % (found,)
        units = systemd.units(self.host(_UNITS).out)
        state = {name: values.get("ActiveState") for name, values in units.items()}
        if state.get("docker.socket") == "active" and state.get("docker.service") != "active":
            return "docker.service does not run; start it"
        return None

    def _look(self, name, version, listed, users):
        versions = replies.versions(version.out)
        self.version = versions["server"] or versions["client"]
        if versions["server"] is None:
            self.missing = "docker does not answer (%s); start docker.service" % (version.said,)
            return
        if not listed.ok:
            raise HostError("docker network ls failed: %s" % (listed.said,))
        raws = replies.objects(self.host(["docker", "network", "inspect"] + replies.idents(listed.out)))
        if not raws:
            raise HostError("docker network inspect did not list docker's networks; see what `docker network ls` says")
        self.networks = [replies.network(raw) for raw in raws]
        same = [(raw, entry) for raw, entry in zip(raws, self.networks) if entry["name"] == name]
        if len(same) > 1:
            # Docker allowed that before 28: it knows networks by id, and each of its commands refuses the name then.
            words = "there are %d docker networks called %s; remove all but one of them by id: %s"
            raise HostError(words % (len(same), name, ", ".join(entry["id"][:12] for _raw, entry in same)))
        for raw, entry in same:
            self.there, self.foreign = entry, replies.foreign(raw)
        self.stopped = users.out.split() if users.ok else []

    def pools(self):
        """Where docker looks for the subnet of a network that is made without."""
        return pools.configured(daemon.daemon_config(self.host, self.version)[0])

    def look_again(self, name):
        """The network as it is now."""
        raws = replies.objects(self.host(["docker", "network", "inspect", name]))
        return replies.network(raws[0]) if raws else None

    def lacks(self, driver):
        """Whether the kernel has no devices of this kind: tried in a namespace of its own, gone with the command.

        Only the kernel's own words count; where such a namespace cannot be had, nothing is said.
        """
        batch = "link add lab0 type veth peer name lab1\nlink add link lab0 name lab2 type %s\n" % (driver,)
        tried = self.host(["unshare", "--net", "ip", "-batch", "-"], stdin=batch)
        known = ("Operation not supported", "Unknown device type")
        return not tried.ok and "failed -:2" in tried.err and any(words in tried.err for words in known)


class Plan:
    """What will be done to a network, as plain data: decides ``changed``, the diff and the commands alike."""

    def __init__(self, name, commands, before, after):
        self.name = name
        self.commands = commands
        self.before = before
        self.after = after

    @property
    def changed(self):
        """Whether anything will be done."""
        return bool(self.commands)

    def diff(self):
        """Before and after as the user may have written them."""
        return {"before": network_spec.shown(self.before), "after": network_spec.shown(self.after)}


def plan(site, params, wanted):
    """Return the Plan for a network of which ``wanted`` is asked. Raises HostError with every reason against it."""
    name, there = text(params["name"]), site.there
    if name in network_spec.PREDEFINED:
        raise HostError("network %s is docker's own and can be neither made nor removed; use another name" % (name,))
    if params["state"] == "absent":
        if there is None:
            return Plan(name, [], None, None)
        _refuse(network_refusals.of_users(name, "removed", there["endpoints"], site.stopped))
        return Plan(name, [network_spec.remove_command(name)], there, None)
    parts = network_spec.parts(there) if there else None
    found = network_spec.differences(wanted, parts) if there else []
    if there and not found:
        return Plan(name, [], there, there)
    reasons = []
    if there:
        reasons = network_refusals.of_differences(name, found, site.foreign, params["recreate"])
        reasons += network_refusals.of_users(name, "made anew", there["endpoints"], site.stopped)
    whole = network_spec.target(name, wanted, parts)
    _refuse(reasons + _reasons(site, whole, params["allow_management"]))
    commands = [network_spec.remove_command(name)] * bool(there) + [network_spec.create_command(whole)]
    return Plan(name, commands, there, network_spec.entry(whole))


def _reasons(site, whole, allow_management):
    return (
        network_refusals.of_version(site.version, whole["driver"])
        + network_refusals.of_parent(whole, site.nics, site.networks, allow_management)
        + network_refusals.of_passthru(whole, site.nics, site.links)
        + network_refusals.of_bridge(whole, site.there, site.devices, site.nics, site.networks)
        + network_refusals.of_subnet(whole, site.networks, site.addresses, site.routes)
        + network_refusals.of_peers(whole, site.peers, site.routes, site.pools())
        + (
            network_refusals.of_kernel(whole["driver"], site.lacks(whole["driver"]))
            if whole["driver"] in network_spec.ON_DEVICE
            else []
        )
    )


def _refuse(reasons):
    if reasons:
        raise HostError(". ".join(reasons))


def apply(site, planned, wanted):
    """Run the plan's commands and return the network. If it cannot be created, the old one is created again.

    Raises HostError for a command that fails and for a network that differs from its spec afterwards.
    """
    for words in planned.commands:
        outcome = site.host(words, timeout=_SECONDS)
        if not outcome.ok:
            raise HostError("%s failed: %s%s" % (" ".join(words[:3]), outcome.said, _back(site, planned, words)))
    if planned.after is None:
        return None
    there = site.look_again(planned.name)
    if there is None:
        raise HostError(
            "docker made network %s without an error, and the network does not exist; look at docker's log"
            % (planned.name,)
        )
    found = network_spec.differences(wanted, network_spec.parts(there))
    if found:
        differing = ", ".join("%s is %s and not %s" % (part, old, new) for part, old, new in found)
        raise HostError("docker made network %s without an error, and not as asked: %s" % (planned.name, differing))
    return there


def _back(site, planned, words):
    """What became of the network that was there before, for a creation that failed."""
    if words[2] != "create" or planned.before is None:
        return ""
    old = dict(network_spec.parts(planned.before), name=planned.name)
    outcome = site.host(network_spec.create_command(old), timeout=_SECONDS)
    if outcome.ok:
        return "; the network is again as it was before"
    return "; the network that was there before could not be made again either: %s" % (outcome.said,)
