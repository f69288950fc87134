# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""System options (4.2 and later): the values of engine-config, through the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ovirtsdk4 import types

from .. import routes
from ..world import levels_of
from . import Kind

if TYPE_CHECKING:
    from ..context import Context

# Values without a version (0000_config.sql of 4.3).
GENERAL = {
    "MaxRerunVmOnVdsCount": "3",
    "NumberOfFailedRunsOnVds": "3",
    "TimeToReduceFailedRunOnVdsInMinutes": "30",
    "UserSessionTimeOutInterval": "30",
    "SucceededJobCleanupTimeInMinutes": "10",
}
_BASE = (
    "sap_agent=^(true|false)$;sndbuf=^[0-9]+$;vhost=^(([a-zA-Z0-9_]*):(true|false))(,(([a-zA-Z0-9_]*):(true|false)))*$"
)
_CACHE = "viodiskcache=^(none|writeback|writethrough)$"


def predefined(level: str) -> str:
    """PredefinedVMProperties of a level: names that must not be defined again (facts ovirt.md 3.3)."""
    minor = tuple(int(part) for part in level.split("."))
    more = [_BASE, _CACHE, "mdev_type=^[a-zA-Z0-9_-]+$" if minor <= (4, 1) else "hugepages=^[0-9]+$"]
    return ";".join(more)


class Options(Kind):
    """An option has to be named; there is no list of them."""

    path = "options"

    def get(self, ctx: Context, ident: str) -> Any:
        """The values of all levels, or of the level `version`; None for an unknown name."""
        if ident in GENERAL:
            values = {"general": GENERAL[ident]}
        elif ident == "UserDefinedVMProperties":
            values = {
                level: ctx.engine.world.properties.get(level, "") for level in levels_of(ctx.engine.release.number)
            }
        elif ident == "PredefinedVMProperties":
            values = {level: predefined(level) for level in levels_of(ctx.engine.release.number)}
        else:
            return None
        wanted = ctx.query.get("version")
        shown = {level: value for level, value in values.items() if wanted in (None, "", level)}
        if not shown:
            return None
        option = types.SystemOption(
            id=ident,
            name=ident,
            values=[types.SystemOptionValue(value=value, version=level) for level, value in shown.items()],
        )
        option.href = f"{routes.API}/options/{ident}"
        return option
