# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Icons of VMs: a small and a large one that every VM has, and those that clients send."""

from __future__ import annotations

from typing import Any

from ovirtsdk4 import types

from ..context import Context
from . import Kind
from .access import fixed_id

# One grey pixel.
_PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="
SMALL, LARGE = fixed_id("icon", "small"), fixed_id("icon", "large")


class Icons(Kind):
    """They can only be read; an update of a VM makes one."""

    path = "icons"

    def seeds(self) -> list[Any]:
        """The default icons."""
        return [types.Icon(id=ident, media_type="image/png", data=_PIXEL) for ident in (SMALL, LARGE)]


def settle(ctx: Context, vm: Any, sent: Any) -> None:
    """Give a VM its icons: those that were sent by id or with their data, else the default ones (IconHelper)."""
    for name, default in (("small_icon", SMALL), ("large_icon", LARGE)):
        wanted = getattr(sent, name)
        if wanted is not None and wanted.data:
            icon = ctx.store.put("icons", types.Icon(media_type=wanted.media_type or "image/png", data=wanted.data))
        elif wanted is not None and wanted.id:
            icon = ctx.find("icons", wanted)
        elif wanted is None and getattr(vm, name) is not None:
            continue
        else:
            icon = ctx.store.get("icons", default)
        setattr(vm, name, ctx.store.ref(icon))
