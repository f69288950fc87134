# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of the Engine: SDK objects by address, and notes about them that the API does not show."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from ovirtsdk4 import types
from ovirtsdk4.reader import Reader
from ovirtsdk4.writer import Writer

from .notes import Run
from .placement import Placement
from .routes import API, split

BLANK = "00000000-0000-0000-0000-000000000000"


class Store:
    """Collections by path (`vms`, `vms/<id>/nics`), each a dict of SDK objects by id in order of creation.

    Objects are stored without links, actions or computed fields; those are added when an object is shown.
    References between objects are shared `ref()` objects, so that ten thousand VMs do not hold ten thousand
    copies of "cluster Default".
    """

    def __init__(self) -> None:
        self.collections: dict[str, dict[str, Any]] = {}
        self.notes: dict[str, dict[str, Any]] = {}
        self.runs: dict[str, Run] = {}  # of VMs, by their addresses, as the notes
        self.rendered: dict[str, dict[tuple[str, int], bytes]] = {}  # by href, then by form and depth
        self._refs: dict[str, Any] = {}
        self._vm_names: dict[str, dict[str, None]] = {}  # name without case -> ids of VMs that have or had it
        self._placement = Placement()
        self._below: dict[str, set[str]] = {}  # address of an object -> its sub-collections

    def put(self, path: str, obj: Any) -> Any:
        """Store an object in a collection, giving it an id and href if it has none."""
        obj.id = obj.id or str(uuid.uuid4())
        obj.href = f"{API}/{path}/{obj.id}"
        if path not in self.collections:
            self.collections[path] = {}
            self._below.setdefault(path.rpartition("/")[0], set()).add(path)
        self.collections[path][obj.id] = obj
        if path == "vms":
            self._vm_names.setdefault(obj.name.casefold(), {})[obj.id] = None
        self.touch(obj)
        return obj

    def get(self, path: str, ident: str) -> Any:
        """The object with this id, or None."""
        return self.collections.get(path, {}).get(ident)

    def list(self, path: str) -> list[Any]:
        """All objects of a collection, oldest first."""
        return list(self.collections.get(path, {}).values())

    def named(self, path: str, name: str) -> Any:
        """The first object with exactly this name, or None."""
        return next(iter(self.all_named(path, name)), None)

    def all_named(self, path: str, name: str) -> Sequence[Any]:
        """All objects with exactly this name."""
        items = self.vms_called(name) if path == "vms" else self.collections.get(path, {}).values()
        return [o for o in items if o.name == name]

    def vms_called(self, *names: str) -> Sequence[Any]:
        """The VMs that may have one of these names in any case, oldest first.

        There is an index of names, since VMs are many. It keeps the old name of a renamed VM.
        """
        items = self.collections.get("vms", {})
        ids = {ident for name in names for ident in self._vm_names.get(name.casefold(), ()) if ident in items}
        return [items[ident] for ident in sorted(ids, key=self._placement.place)]

    def vms_on(self, host: Any) -> Sequence[Any]:
        """The VMs on a host (in any status), oldest first."""
        return self._placement.on(self.collections.get("vms", {}), host.id)

    def load_of(self, host: Any) -> tuple[int, int]:
        """How many VMs are on a host, and the memory promised to them."""
        return self._placement.load(self.collections.get("vms", {}), host.id)

    def at(self, address: str) -> Any:
        """The object at an address or href (`vms/<id>`), or None."""
        path, _, ident = split(address).rpartition("/")
        return self.get(path, ident)

    def follow(self, ref: Any) -> Any:
        """The stored object behind a reference, or None."""
        return self.at(ref.href) if ref is not None and ref.href else None

    def remove(self, path: str, ident: str) -> Any:
        """Remove an object with everything below it; returns it, or None."""
        obj = self.collections.get(path, {}).pop(ident, None)
        if obj is None:
            return None
        if path == "vms":
            ids = self._vm_names.get(obj.name.casefold(), {})
            ids.pop(ident, None)
            if not ids:
                self._vm_names.pop(obj.name.casefold(), None)
        self._forget(f"{path}/{ident}")
        self._refs.pop(obj.href, None)
        self.touch(obj)
        if path == "vms":
            self._placement.forget(ident)
        return obj

    def _forget(self, address: str) -> None:
        """Drop the notes and sub-collections of an object that is gone."""
        self.notes.pop(address, None)
        self.runs.pop(address, None)
        for path in self._below.pop(address, ()):
            for ident in self.collections.pop(path, {}):
                self._forget(f"{path}/{ident}")

    def touch(self, obj: Any) -> None:
        """Record that an object was changed in place: drop its rendered XML, and look up its host again."""
        if type(obj) is types.Vm:
            self._placement.touch(obj.id)
        self.rendered.pop(obj.href, None)

    def ref(self, obj: Any) -> Any:
        """A reference to a stored object: same type, id and href only, one shared instance."""
        found = self._refs.get(obj.href)
        if found is None:
            found = self._refs[obj.href] = type(obj)(id=obj.id)
            found.href = obj.href
        return found

    def note(self, obj: Any) -> dict[str, Any]:
        """Plain values about an object that the API does not show (saved and loaded with it)."""
        return self.notes.setdefault(split(obj.href), {})

    def run(self, vm: Any) -> Run:
        """The present run of a VM, to read and to change."""
        address = split(vm.href)
        found = self.runs.get(address)
        if found is None:
            found = self.runs[address] = Run()
        return found

    def end_run(self, vm: Any) -> None:
        """The run of a VM is over: whatever is scheduled for it is void."""
        self.runs[split(vm.href)] = self.run(vm).over()

    def each(self) -> Iterator[tuple[str, Any]]:
        """Every stored object with the path of its collection."""
        for path, items in self.collections.items():
            for obj in items.values():
                yield path, obj

    def dump(self) -> dict[str, Any]:
        """The whole state as plain values: XML text by address, and the notes."""
        objects: dict[str, dict[str, str]] = {}
        for path, obj in self.each():
            objects.setdefault(path, {})[obj.id] = Writer.write(obj)
        notes = {key: copy.deepcopy(value) for key, value in self.notes.items()}
        for key, run in self.runs.items():
            notes.setdefault(key, {}).update(run.plain())
        return {"objects": objects, "notes": {key: value for key, value in notes.items() if value}}

    def load(self, state: dict[str, Any]) -> None:
        """Replace the whole state by a dump."""
        self.__init__()  # type: ignore[misc]
        for path, items in state["objects"].items():
            for text in items.values():
                self.put(path, Reader.read(text))
        self.notes = copy.deepcopy(state["notes"])
        for vm in self.list("vms"):
            address = split(vm.href)
            if address in self.notes:
                self.runs[address] = Run.take(self.notes[address])
        for _, obj in self.each():
            self._share(obj)

    def _share(self, obj: Any) -> None:
        for key, value in vars(obj).items():
            if isinstance(value, types.Identified) and value.href and self.at(value.href) is not None:
                setattr(obj, key, self.ref(self.at(value.href)))


def merge(old: Any, new: Any) -> Any:
    """A copy of `old` with everything that is set in `new`: nested structures field by field, references and
    lists as a whole. `old` is not changed, so a refused update leaves nothing behind."""
    result = copy.copy(old)
    for key, value in vars(new).items():
        if value is None or key == "_href":
            continue
        current = getattr(result, key)
        nested = isinstance(value, types.Struct) and not isinstance(value, types.Identified)
        setattr(result, key, merge(current, value) if nested and type(current) is type(value) else value)
    return result
