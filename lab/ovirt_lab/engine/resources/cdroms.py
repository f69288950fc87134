# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The CD-ROM drive that every VM has (VmDeviceUtils@4.1.9); its id is that of zeros in the real Engine, too."""

from __future__ import annotations

from typing import Any

from ovirtsdk4 import types

from .. import notes
from ..context import Context
from ..routes import API
from ..store import BLANK
from . import Kind


class VmCdroms(Kind):
    """`/vms/<id>/cdroms`: not stored unless something is in the drive."""

    path = "vms/*/cdroms"

    def items(self, ctx: Context) -> list[Any]:
        """The drive, if the VM has not lost it."""
        vm = ctx.owner()
        if vm is None or notes.of_vm(ctx.store, vm).get("no_cdrom"):
            return []
        stored = ctx.store.list(ctx.path)
        if stored:
            return stored
        drive = types.Cdrom(id=BLANK, vm=ctx.store.ref(vm))
        drive.href = f"{API}/{ctx.path}/{BLANK}"
        return [drive]

    def on_update(self, ctx: Context, old: Any, new: Any, body: Any) -> Any:
        """Insert or (with an empty file id) eject a disc; ?current=true does it in the running VM, too."""
        if body.file is not None and not (body.file.id or body.file.name):
            new.file = None
        return new
