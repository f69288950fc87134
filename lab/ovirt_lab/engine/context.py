# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One request on its way through the Engine, as the resource files see it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from . import media, texts
from .refusal import NotFound, Refusal
from .routes import split

if TYPE_CHECKING:
    from .core import Engine
    from .store import Store


@dataclass
class Context:
    """Who asks what. `path` is the address of the collection, `ident` the id in it (None for the collection)."""

    engine: Engine
    method: str = "GET"
    path: str = ""
    ident: str | None = None
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    user: str = "admin@internal"
    correlation_id: str = ""
    target: str = ""  # the whole address as sent, without parameters
    raw_query: str = ""
    status: int = 0  # a hook may set the HTTP code of success; 0 is the usual one
    job: Any = None  # the job of the running action
    disks_wanted: dict[str, Any] = field(default_factory=dict)  # what a client says of copies of disks, by their ids
    gone: list[str] = field(default_factory=list)  # ids that a removal takes along
    media: media.Media = media.XML  # the form of the answer
    versioned: bool = False  # /ovirt-engine/api/v4/...: hrefs of the answer keep it
    world: bool = False  # True while the world is being set up: no events, no checks of running state

    @property
    def store(self) -> Store:
        """The Engine's store."""
        return self.engine.store

    @property
    def version(self) -> tuple[int, int]:
        """The Engine's version, (4, 3)."""
        return self.engine.version

    def flag(self, name: str) -> bool:
        """A boolean query parameter; `?force` alone counts as true (ParametersHelper.getBooleanParameter)."""
        return self.query.get(name, "false").lower() in ("true", "1", "")

    def refuse(self, name: str, action: str = "", type: str = "vm", **values: Any) -> Refusal:
        """A refusal by its AppErrors name, in the words and with the code of this Engine's version (texts.py)."""
        return Refusal(*texts.refusal(name, action, type, self.engine.version_text, **values))

    def owner(self) -> Any:
        """The object that owns this sub-collection: the VM, for `vms/<id>/nics`."""
        return self.store.at(self.path.rpartition("/")[0])

    def find(self, path: str, ref: Any) -> Any:
        """The stored object a client means by `{id}` or `{name}`; 404 with a fault when there is none."""
        found = self.lookup(path, ref)
        if found is None:
            kind = type(ref).__name__
            raise Refusal(*texts.entity_not_found(f"{kind}: name={ref.name}" if ref.name else f"Get{kind}ById"))
        return found

    def lookup(self, path: str, ref: Any) -> Any:
        """Like find, but None when there is none."""
        if ref is None:
            return None
        if ref.id is not None:
            return self.store.get(path, ref.id)
        if ref.name is not None:
            return self.store.named(path, ref.name)
        if ref.href:
            return self.store.at(split(ref.href))
        return None

    def event(self, name: str, **about: Any) -> None:
        """Write an event: `ctx.event("USER_ADD_VM", vm=vm)` (event_texts.py); nothing while the world is set up."""
        if not self.world:
            self.engine.journal.event(name, self, **about)


__all__ = ["Context", "NotFound", "Refusal"]
