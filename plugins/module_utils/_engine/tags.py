# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""The tag of a fleet in the Engine's tree of tags."""

from __future__ import annotations

from typing import Any

from .._vm.errors import SpecError
from .._vm.site import Fleet
from .engine import Engine
from .faults import EngineError
from .queries import listed

try:
    from ovirtsdk4 import types
except ImportError:
    # The module says so in the usual words before anything of this is called (engine.require_sdk).
    types = None


def make_tag(engine: Engine, fleet: Fleet) -> bool:
    """Make the fleet's tag unless it exists; whether it was made.

    Raises :class:`EngineError`, before anything else was changed.
    """
    name = fleet.tag_of(fleet.name)
    if any(tag.name == name for tag in _tags(engine)):
        return False
    tag = types.Tag(name=name, description=f"Container VMs that the fleet {fleet.name} made")
    try:
        # As often as an Engine in trouble needs it: there is one tag of a name, however often it is asked for.
        engine.read({"tag": lambda system: system.tags_service().add(tag)})
    except EngineError:
        # Somebody else may have been faster, or an answer got lost.
        if not any(tag.name == name for tag in _tags(engine)):
            raise
    return True


def refuse_tags_below(engine: Engine, fleet: Fleet) -> None:
    """The Engine's search finds VMs by tags below a tag too, and these VMs would be taken for the fleet's own."""
    name = fleet.tag_of(fleet.name)
    tags = _tags(engine)
    ours = {tag.id for tag in tags if tag.name == name}
    below = sorted(tag.name for tag in tags if tag.parent and tag.parent.id in ours)
    if below:
        raise SpecError(
            f"fleet {fleet.name}: its tag {name} has tags below it ({', '.join(below)}), whose VMs look the same as "
            "the fleet's own, so nothing is removed. Move these tags elsewhere in Engine"
        )


def _tags(engine: Engine) -> Any:
    return listed(engine, {"tags": lambda system: system.tags_service().list()})["tags"]
