# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Containers in simulated guests: what the user-data of a start makes a guest run, and what becomes of it.

The files that runtime `guest` of the collection gives to a guest name the image in /etc/ovirt-container/image. A guest
that got them runs it at each start from then on. Its agent reports an interface `container-<sign>` while it runs, and
`container-<exit code>` when it has ended; then the guest powers off. `images` of the world say which images do.
"""

from __future__ import annotations

import base64
import gzip
from typing import TYPE_CHECKING, Any

from ovirtsdk4 import types

from .. import event_texts, notes
from ..vm import starts
from . import runs, transition

if TYPE_CHECKING:
    from ..core import Engine

_HOME = "/etc/ovirt-container"
_USER_DATA = "openstack/latest/user_data"
MISSING, EXITS = ("missing", "125"), ("exits", "0")  # kinds of images, and the exit code that their guests show


def sign(engine: Engine, vm: Any) -> str:
    """What the interface of a guest's container says; "" if it has no container."""
    files = _files(engine, vm)
    if "image" not in files:
        return ""
    for kind, code in (MISSING, EXITS):
        if engine.world.image_is(kind, files["image"]):
            return code
    return files.get("sign", "")


def awaken(engine: Engine, vm: Any) -> None:
    """A guest has come up; if its container does not stay, it powers off a little later."""
    if sign(engine, vm) in (MISSING[1], EXITS[1]):
        runs.later(engine, vm, 3 * engine.world.delays["agent"], "vm.guest_off")


@transition("vm.guest_off")
def guest_off(engine: Engine, ident: str, run: int) -> None:
    """The guest has powered off by itself."""
    vm = runs.same_run(engine, ident, run)
    if vm is not None and vm.status == types.VmStatus.UP:
        runs.event(engine, "VM_DOWN", vm, ExitMessage=f"Exit message: {event_texts.EXIT_REASONS[7]}")
        runs.over(engine, vm)


def _files(engine: Engine, vm: Any) -> dict[str, str]:
    """The files below /etc/ovirt-container that the last user-data with an image gave to a guest, by name."""
    for start in reversed(notes.of_vm(engine.store, vm).get("starts", [])):
        found = _written(start["files"].get(_USER_DATA, "")) if start["initialize"] == starts.CLOUD_INIT else {}
        if "image" in found:
            return found
    return {}


def _written(user_data: str) -> dict[str, str]:
    if _HOME not in user_data:
        return {}
    import yaml  # here, because most Engines start no VM with cloud-init

    found = {}
    for file in yaml.safe_load(user_data).get("write_files", []):
        folder, _, name = file["path"].rpartition("/")
        if folder == _HOME and name in ("image", "sign"):
            found[name] = gzip.decompress(base64.b64decode(file["content"])).decode().strip()
    return found
