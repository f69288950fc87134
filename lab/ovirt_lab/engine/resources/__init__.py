# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One file per kind of object. A file in this folder registers itself by being there (../loading.py).

Every collection of the API answers already: list, get, add, update and remove of whatever the SDK knows work with
nothing written here. A resource file says what is *special* about a kind, by a class such as

    class Networks(Kind):
        path = "networks"                          # the address pattern; ids are "*": "vms/*/nics"
        required = ("name",)                       # missing on add: 400 "Incomplete parameters"
        refs = {"data_center": "datacenters"}      # {id} or {name} becomes a checked reference; unknown: 404
        search = {"name": "name", "datacenter": "data_center.name", "Clusters.name": cluster_names}

        def on_add(self, ctx, obj): ...            # check, fill in defaults; raise ctx.refuse(...) to say no
        def added(self, ctx, obj): ...             # it is stored now: events, sub-objects, transitions
        def on_update(self, ctx, old, new, body): ...
        def updated(self, ctx, old, new): ...
        def on_remove(self, ctx, obj): ...         # check; raise ctx.refuse(...) to say no
        def removed(self, ctx, obj): ...
        def on_read(self, ctx, obj): ...           # computed fields: set them on `obj`, which is a copy
        def items(self, ctx): ...                  # collections that are not stored (computed from others)

        @action                                    # POST networks/<id>/refresh; `obj` the network,
        def refresh(self, ctx, obj, body): ...     # `body` the types.Action; may return a types.Action to answer

Rules
* The hooks of a kind run for every address of the object; `ctx` (context.Context) has engine, store, query, user and
  version.
* Checks come first, changes after: a refused request must leave the state as it was.
* `old` and `new` in on_update are different objects: `new` is `old` merged with what was sent (`body`: only that).
* Never keep a stored object inside another one: use `ctx.store.ref(obj)`. `refs` does that for you.
* Objects hold no links; sub-collection links and actions are added on output from the SDK's service tree.
* What the API does not show (host abilities, locks) goes to the object's note. notes.py has the shapes of the notes of
  VMs and hosts; `ctx.store.note(obj)` is the note of any object, a plain dict. `ctx.store.run(vm)` is a VM's run.
* Events: `ctx.event("USER_ADD_VM", vm=vm)`, in transitions `engine.journal.event("VM_DOWN", vm=vm, host=host)`; names
  in event_texts.py. A job for the reply of an action: `ctx.job = ctx.engine.journal.job(ctx, "RunVm", VM=vm.name)`.
* Time: `ctx.engine.schedule(seconds, "host.up", ident=...)` and a function `@transition("host.up")` that takes
  `(engine, **same keywords)`. It is applied before the first request after its time; nothing runs in between.
* A field of `search` is a dotted path (references and sub-collections are followed: "cluster.name", "tags.name")
  or a function `(ctx, obj) -> value or list of values`. Without `search` a kind is searched by its plain fields.
* Values a client may not set and that change by themselves belong to `on_read` (or are set by a transition).
* `on_add` and `on_update` may return another object; that one is stored then. `ctx.status` sets the HTTP code.
* A client's id in a new object is dropped unless `keeps_id = True` (assignments such as POST vms/<id>/tags).
* `needs_owner = False` says that the Engine does not look up whose sub-collection it is; ctx.owner() may be None then.
* `cached = True` promises that every change in place is followed by `ctx.store.touch(obj)`.
* Several addresses of the same kind: `aliases = {"datacenters/*/networks": member}`: the list shows those objects
  of `path` for which `member(ctx, obj)` is true; everything else happens at `path`. A new object added there gets
  the owner of the alias in its attribute `parent` ("data_center").
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from ..refusal import NotFound, Refusal

if TYPE_CHECKING:
    from ..context import Context

Field = Any  # a dotted path, or a function (ctx, obj) -> value or values

# References that most kinds have; a kind with others sets `refs`.
COMMON_REFS = {"cluster": "clusters", "data_center": "datacenters", "host": "hosts", "network": "networks"}

KINDS: dict[str, Kind] = {}
TRANSITIONS: dict[str, Callable[..., None]] = {}


class Kind:
    """What is special about one kind of object; the defaults here are right for plain objects."""

    path: ClassVar[str] = ""
    aliases: ClassVar[dict[str, Callable[[Context, Any], bool]]] = {}
    required: ClassVar[tuple[str, ...]] = ()
    refs: ClassVar[dict[str, str]] = COMMON_REFS
    search: ClassVar[dict[str, Field]] = {}
    cached: ClassVar[bool] = False
    keeps_id: ClassVar[bool] = False
    needs_owner: ClassVar[bool] = True
    actions: ClassVar[dict[str, Callable[..., Any]]] = {}
    member: Callable[[Context, Any], bool] | None = None
    parent: ClassVar[str] = ""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.actions = {name: fn for name in dir(cls) if getattr(fn := getattr(cls, name), "is_action", False)}
        if cls.path:
            KINDS[cls.path] = cls()
        for path, member in cls.aliases.items():
            KINDS[path] = alias = cls()
            alias.member = member

    def seeds(self) -> Iterable[Any]:
        """Objects of this kind that every Engine has from the start; with ids, so that they are the same in all."""
        return ()

    def items(self, ctx: Context) -> Iterable[Any]:
        """The objects of the collection at ctx.path."""
        if self.member is None:
            return ctx.store.list(ctx.path)
        return [o for o in ctx.store.list(self.path) if self.member(ctx, o)]

    def get(self, ctx: Context, ident: str) -> Any:
        """One object of the collection at ctx.path, or None."""
        if self.member is None:
            found = ctx.store.get(ctx.path, ident)
            if found is not None or type(self).items is Kind.items:
                return found
        return next((o for o in self.items(ctx) if o.id == ident), None)

    def absent(self, ctx: Context, name: str, body: Any) -> Refusal:
        """The refusal of an action on an object that does not exist."""
        return NotFound()

    def on_add(self, ctx: Context, obj: Any) -> Any:
        """Check and complete a new object before it is stored."""

    def added(self, ctx: Context, obj: Any) -> None:
        """The new object is stored."""

    def on_update(self, ctx: Context, old: Any, new: Any, body: Any) -> Any:
        """Check an update; `new` is stored afterwards."""

    def updated(self, ctx: Context, old: Any, new: Any) -> None:
        """The update is stored."""

    def on_remove(self, ctx: Context, obj: Any) -> None:
        """Check whether the object may go."""

    def removed(self, ctx: Context, obj: Any) -> None:
        """The object is gone."""

    def on_read(self, ctx: Context, obj: Any) -> None:
        """Set computed fields on the copy that is shown."""


PLAIN = Kind()


def action(method: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a method of a Kind as an action; its URL is its name without underscores."""
    method.is_action = True  # type: ignore[attr-defined]
    return method


def owned_by(attribute: str) -> Callable[[Context, Any], bool]:
    """A member function of an alias: whether this attribute of an object is the owner of the sub-collection."""

    def member(ctx: Context, obj: Any) -> bool:
        owner = getattr(obj, attribute)
        return owner is not None and owner.id == ctx.path.split("/")[1]

    return member


def transition(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Name a function, so that it can be scheduled (and a saved state can say what is due)."""

    def register(function: Callable[..., None]) -> Callable[..., None]:
        TRANSITIONS[name] = function
        return function

    return register


def kind_of(pattern: str) -> Kind:
    """The registered kind of a collection pattern, or the plain one."""
    return KINDS.get(pattern, PLAIN)
