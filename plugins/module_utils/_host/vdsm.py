# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""Vdsm on the host: what it can, how it is configured, and which VM each of its containers belongs to."""

from __future__ import absolute_import, division, print_function

import os
import re
from xml.etree import ElementTree

from . import vdsm_conf
from .host import text, version_tuple

__metaclass__ = type

PACKAGES = ("vdsm", "vdsm-containers")
CONF = "/etc/vdsm/vdsm.conf"
CODE = "/usr/lib/python2.7/site-packages/vdsm/virt/containers"
#: Where Vdsm looks for docker's command (CommandPath in virt/containers/docker.py, v4.19.20). PATH of its service comes
#: after that; a snap, or one in /usr/local/bin, was never found there.
DOCKER_PATHS = ("/usr/bin/docker", "/bin/docker")
#: In this order, then sorted by file name, the last one wins (lib/vdsm/config.py.in, v4.19.20).
DROPINS = ("/usr/lib/vdsm/vdsm.conf.d", "/run/vdsm/vdsm.conf.d", "/etc/vdsm/vdsm.conf.d")
#: The two of its six options that Vdsm uses.
DEFAULTS = {"cgroup_slice": "machine", "network_name": "bridge"}
#: The others, which nobody reads but who refers to them.
_UNUSED = {
    "network_gateway": "10.1.0.1",
    "network_interface": "eth1",
    "network_subnet": "10.1.0.0",
    "network_mask": "20",
}
STATE = "/var/run/vdsm/containers"
_METADATA = "{http://ovirt.org/vm/containers/1.0}container"
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")


def supported(version):
    """Whether this Vdsm runs containers. 4.20 still says so but starts an ordinary VM, 4.30 has nothing of it."""
    return version_tuple(version)[:2] == (4, 19)


def docker_path(host):
    """The docker that Vdsm finds, None where it finds none. That it can be executed does not matter to Vdsm."""
    return next((path for path in DOCKER_PATHS if os.path.exists(host.path(path))), None)


def client(host):
    """The command to ask Vdsm with: vdsm-client of 4.19.5 and later, or the older one of the package vdsm-cli."""
    return next((name for name in ("vdsm-client", "vdsClient") if host.which(name)), None)


def questions(name):
    """Commands for the capabilities and for the storage pools."""
    if name == "vdsm-client":
        return [[name, "Host", "getCapabilities"], [name, "Host", "getConnectedStoragePools"]]
    return [[name, "-s", "0", "getVdsCaps"], [name, "-s", "0", "getConnectedStoragePoolsList"]]


def spm_question(name, pool):
    """The command that says whether the host manages a storage pool."""
    if name == "vdsm-client":
        return [name, "StoragePool", "getSpmStatus", "storagepoolID=" + pool]
    return [name, "-s", "0", "getSpmStatus", pool]


def capability(outcome):
    """Whether Vdsm says that it can run containers, and what it said if it did not answer that.

    Four answers that must not be mistaken for each other: ``true``, ``false``, ``absent`` (a Vdsm without the feature)
    and ``failed`` (among others: vdsm-containers without docker, which makes the whole call raise).
    """
    if not outcome.ok:
        return "failed", outcome.said
    parsed = outcome.json()
    if isinstance(parsed, dict):
        value = parsed.get("containers")
    else:
        # vdsClient: "<TAB>containers = True"; Vdsm 4.18 with the patch printed a list of runtimes.
        found = re.search(r"^\s*containers\s*=\s*(.*?)\s*$", outcome.out, re.MULTILINE | re.IGNORECASE)
        if found is None and not re.search(r"^\s*\w+ = ", outcome.out, re.MULTILINE):
            return "failed", "no capabilities in the answer: %s" % (outcome.said,)
        value = found.group(1) if found else None
    if value is None:
        return "absent", None
    return ("false" if str(value).lower() in ("false", "[]") else "true"), None


def pools(outcome):
    """Ids of the storage pools of the host; None where Vdsm did not say."""
    if not outcome.ok:
        return None
    parsed = outcome.json()
    found = parsed if isinstance(parsed, list) else outcome.out.split()
    return [pool for pool in found if _UUID.match(str(pool))]


def is_spm(outcomes):
    """Whether the host manages one of its pools; None where Vdsm did not say."""
    found = [re.search(r"spmStatus\W+(\w+)", outcome.out) for outcome in outcomes if outcome.ok]
    if len(found) < len(outcomes) or None in found:
        return None
    return any(match.group(1) == "SPM" for match in found)


def configuration(host):
    """What [containers] says, from which files, and which file cannot be read as Vdsm would."""
    options, files, problem = dict(_UNUSED, **DEFAULTS), [], None
    defaults = {}
    dropins = [os.path.join(place, name) for place in DROPINS for name in host.names(place) if _is_dropin(name)]
    for path in [CONF] + sorted(dropins, key=os.path.basename):
        content = host.bytes(path)
        if content is None:
            continue
        try:
            found = vdsm_conf.sections(text(content))
        except vdsm_conf.MalformedError as error:
            problem = problem or "%s: %s" % (path, error)
            continue
        # Vdsm sets all its options in its sections first, so that none of [DEFAULT] gets there but to be referred to.
        defaults.update(found.get("DEFAULT", {}))
        if "containers" in found:
            files.append(path)
            options.update(found["containers"])
    effective = {}
    for key in DEFAULTS:
        try:
            effective[key] = vdsm_conf.interpolated(dict(defaults, **options), key)
        except vdsm_conf.MalformedError as error:
            effective[key] = options[key]
            problem = problem or "[containers]: %s" % (error,)
    return effective, files, problem


def _is_dropin(name):
    """glob.glob("*.conf"), which lets hidden files out (lib/vdsm/config.py.in, v4.19.20)."""
    return name.endswith(".conf") and not name.startswith(".")


def read_at_start(host, files):
    """What Vdsm reads at its start and never again: its file, those ``files`` with [containers], the package's code."""
    # rpm puts a file in place by a move, which changes its directory; its removal changes the one above.
    code = [os.path.join(CODE, name) for name in [""] + host.names(CODE) if not name.endswith((".pyc", "__pycache__"))]
    return [CONF] + files + (code if host.exists(CODE) else [os.path.dirname(CODE)])


def state_files(host):
    """The domain XML that Vdsm keeps of each start: ``{"vdsm-UUID": {"path", "vm_id", "vm_name", "image"}}``."""
    found = {}
    for name in host.names(STATE):
        stem, _dot, kind = name.rpartition(".")
        if kind == "xml" and _UUID.match(stem):
            path = os.path.join(STATE, name)
            found["vdsm-" + stem] = dict(_domain(host.read(path)), path=path)
    return found


def _domain(content):
    try:
        # Bytes: Python 2's parser takes no text beyond ASCII.
        root = ElementTree.fromstring((content or "").encode("utf-8"))
    except ElementTree.ParseError:
        return {"vm_id": None, "vm_name": None, "image": None}
    element = root.find(".//" + _METADATA)
    return {
        "vm_id": root.findtext("./uuid"),
        "vm_name": root.findtext("./name"),
        "image": element.get("image") if element is not None else None,
    }
