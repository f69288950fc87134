# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""Which VM each container is, and what earlier ones left behind: units, docker and Vdsm's files, joined."""

from __future__ import absolute_import, division, print_function

from .replies import LIMITS, VDSM_NAME, digest_of

__metaclass__ = type

_NO_CONTAINER = {
    "container_id": None,
    "image": None,
    "addresses": {},
    "status": None,
    "exit_code": None,
    "started_at": None,
    "limits": dict.fromkeys(LIMITS),
}
#: A unit on its way is neither gone nor left behind: a stop may take 90 seconds.
_ALIVE = ("active", "activating", "deactivating", "reloading")


def unit_states(units):
    """State of the units that run a container: ``{"vdsm-UUID": {"active", "sub"}}``. Others are called vdsm-* too."""
    found = {}
    for name, values in units.items():
        stem = name[: -len(".service")] if name.endswith(".service") else name
        if VDSM_NAME.match(stem) and values.get("LoadState") != "not-found":
            found[stem] = {"active": values.get("ActiveState"), "sub": values.get("SubState")}
    return found


def joined(units, containers, files, digests):
    """Every container VM, and what is left of others.

    The unit's name carries a UUID of its own for each start; the VM's id is in the state file alone, and that file
    stays behind when a container ends by itself. So none of the three can be read without the other two.
    """
    entries = []
    alive = {name for name, unit in units.items() if unit["active"] in _ALIVE}
    running = {
        name for name, container in containers.items() if container["status"] in ("running", "paused", "restarting")
    }
    for name in sorted(set(containers) | alive):
        container, file = containers.get(name, _NO_CONTAINER), files.get(name, {})
        entry = {key: container[key] for key in _NO_CONTAINER}
        entry.update(
            container=name,
            vm_id=file.get("vm_id"),
            vm_name=file.get("vm_name"),
            image=container["image"] or file.get("image"),
            digest=digest_of(container["image"], digests.get(container.get("image_id"), [])),
            unit=units.get(name),
        )
        entries.append(entry)
    failed = [name + ".service" for name, unit in units.items() if unit["active"] == "failed"]
    return {
        "containers": entries,
        "orphans": sorted(running - alive),
        "leftovers": sorted(set(containers) - running - alive) + sorted(failed),
        "stale_state_files": sorted(file["path"] for name, file in files.items() if name not in alive | running),
    }
