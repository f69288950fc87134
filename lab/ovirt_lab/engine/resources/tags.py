# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tags: a tree below `root`, assigned to VMs, hosts and templates."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ovirtsdk4 import types

from .. import texts
from ..refusal import Refusal
from ..store import BLANK
from . import Kind

if TYPE_CHECKING:
    from ..context import Context

_NAME_EXTRA = frozenset("0123456789._-")  # NO_SPECIAL_CHARACTERS_I18N of ValidationUtils: [\\p{L}0-9._-]*
_MAX_NAME = 50  # TAG_NAME_SIZE of BusinessEntitiesDefinitions
ROOT = BLANK  # the root tag has the same id as the Blank template


def root(ctx: Context) -> Any:
    """The root of the tag tree, which is always there."""
    tag = ctx.store.get("tags", ROOT)
    return tag or ctx.store.put("tags", types.Tag(id=ROOT, name="root", description="root"))


def names(ctx: Context, obj: Any) -> list[str]:
    """Names of the tags that an object carries itself (vms_with_tags.tag_name)."""
    path = obj.href.removeprefix("/ovirt-engine/api/") + "/tags"
    tags = [ctx.store.get("tags", assigned.id) for assigned in ctx.store.list(path)]
    return [tag.name for tag in tags if tag is not None]


def meant(ctx: Context, wanted: str) -> frozenset[str]:
    """The tags that `tag=wanted` stands for, those below them too (TagsDirector.getTagNamesAndChildrenNamesByRegExp).

    The Engine uses the value as a Java regular expression: case matters, and a dot is any character. A name can have
    no other special character. The list is empty if there is no such tag.
    """
    pattern = re.compile(re.escape(wanted).replace(r"\*", ".*").replace(r"\.", "."))
    below: dict[str, list[Any]] = {}
    for tag in ctx.store.list("tags"):
        if tag.parent is not None:
            below.setdefault(tag.parent.id, []).append(tag)
    found: set[str] = set()
    waiting = [(tag, False) for tag in below.get(ROOT, ())]
    while waiting:
        tag, above = waiting.pop()
        hit = above or pattern.fullmatch(tag.name) is not None
        if hit:
            found.add(tag.name)
        waiting += [(child, hit) for child in below.get(tag.id, ())]
    if not ctx.engine.release.finds_underscores:
        # the names are escaped as if they came behind ILIKE: IN ('container\\_host') is no tag (2328ebb6f1b)
        found = {name for name in found if "_" not in name}
    return frozenset(found)


names.expand = meant  # type: ignore[attr-defined]  # query.py: what a value stands for when a search is translated


class Tags(Kind):
    """All tags, root among them."""

    path = "tags"
    required = ("name",)

    def on_add(self, ctx: Context, obj: Any) -> None:
        """Names are unique in the whole tree; without a parent a tag hangs below root."""
        self._check(ctx, obj.name)
        if obj.id != ROOT:
            obj.parent = self._parent(ctx, obj.parent)

    def added(self, ctx: Context, obj: Any) -> None:
        """Say so."""
        ctx.event("USER_ADD_TAG", TagName=obj.name)

    def on_update(self, ctx: Context, old: Any, new: Any, body: Any) -> None:
        """Not root; the name must be free; a tag cannot hang below itself."""
        if old.id == ROOT:
            raise ctx.refuse("TAGS_CANNOT_EDIT_READONLY_TAG")
        if new.name != old.name:
            self._check(ctx, new.name)
        if body.parent is not None:
            new.parent = self._parent(ctx, body.parent)
            above = ctx.store.follow(new.parent)
            while above is not None:
                if above.id == old.id:
                    raise ctx.refuse("TAGS_SPECIFIED_TAG_CANNOT_BE_THE_PARENT_OF_ITSELF")
                above = ctx.store.follow(above.parent) if above.parent is not None else None

    def updated(self, ctx: Context, old: Any, new: Any) -> None:
        """Say so."""
        ctx.event("USER_UPDATE_TAG", TagName=new.name)

    def on_remove(self, ctx: Context, obj: Any) -> None:
        """Not root."""
        if obj.id == ROOT:
            raise ctx.refuse("TAGS_CANNOT_EDIT_READONLY_TAG")

    def removed(self, ctx: Context, obj: Any) -> None:
        """The tags below go too, and every assignment (RemoveTagCommand removes the whole branch)."""
        for path in [p for p in ctx.store.collections if p.endswith("/tags")]:
            ctx.store.remove(path, obj.id)
        for child in list(ctx.store.list("tags")):
            if child.parent is not None and child.parent.id == obj.id:
                ctx.store.remove("tags", child.id)
                self.removed(ctx, child)
        ctx.event("USER_REMOVE_TAG", TagName=obj.name)

    @staticmethod
    def _check(ctx: Context, name: str) -> None:
        """The checks of the annotations of Tags.java (4.1.9, 4.3.10 and 4.5.3.7), then those of AddTagCommand."""
        found = []
        if not 1 <= len(name) <= _MAX_NAME:
            found.append(("_tag.name", texts.size(1, _MAX_NAME)))
        if not all(char in _NAME_EXTRA or char.isalpha() for char in name):
            found.append(("_tag.name", "VALIDATION_TAGS_INVALID_TAG_NAME"))
        if found:
            raise Refusal(*texts.invalid_inputs(found, "add", "tag", ctx.engine.version_text))
        if ctx.store.named("tags", name) is not None:
            raise ctx.refuse("TAGS_SPECIFY_TAG_IS_IN_USE")

    @staticmethod
    def _parent(ctx: Context, wanted: Any) -> Any:
        return ctx.store.ref(root(ctx) if wanted is None else ctx.find("tags", wanted))


class AssignedTags(Kind):
    """Tags of one object, for the paths below; a tag is given by id or name.

    The Engine looks up names only (AbstractBackendAssignedTagsResource, AttachVmsToTagCommand). An unknown id fails on
    a foreign key.
    """

    required = ("id|name",)
    keeps_id = True
    needs_owner = False
    attach = detach = again = ""  # names of events
    owner_name = ""

    def on_add(self, ctx: Context, obj: Any) -> Any:
        """Find the tag."""
        tag = ctx.store.get("tags", obj.id) if obj.id else ctx.store.named("tags", obj.name)
        if tag is None and not obj.id:
            raise Refusal(*texts.entity_not_found(obj.name))
        if tag is None or ctx.owner() is None:
            raise Refusal(400, texts.OPERATION_FAILED, texts.bracketed([texts.INTERNAL_ERROR]))
        known = ctx.store.get(ctx.path, tag.id) is not None
        self._log(ctx, tag, self.again if known else self.attach)  # twice is no error, only a warning in the log
        return types.Tag(id=tag.id)

    def removed(self, ctx: Context, obj: Any) -> None:
        """Say so."""
        self._log(ctx, obj, self.detach)

    def on_read(self, ctx: Context, obj: Any) -> None:
        """Show the tag's own fields, and whose tag it is."""
        tag = ctx.store.get("tags", obj.id)
        if tag is None:
            return
        obj.name, obj.description, obj.parent = tag.name, tag.description, tag.parent
        owner = ctx.store.at(obj.href.rpartition("/tags")[0])
        if owner is not None:
            setattr(obj, self.owner_name, ctx.store.ref(owner))

    def _log(self, ctx: Context, obj: Any, event: str) -> None:
        owner = ctx.owner()
        if owner is None:
            return
        ctx.store.touch(owner)
        if event:
            tag = ctx.store.get("tags", obj.id) or obj
            slots = {f"{word}Names{suffix}": owner.name for word in ("Vms", "Vds") for suffix in ("", "Exists")}
            ctx.event(event, TagName=tag.name, **slots, **{self.owner_name: owner})


class VmTags(AssignedTags):
    """Tags of a VM."""

    path = "vms/*/tags"
    attach, detach, again = "USER_ATTACH_TAG_TO_VM", "USER_DETACH_VM_FROM_TAG", "USER_ATTACH_TAG_TO_VM_EXISTS"
    owner_name = "vm"


class HostTags(AssignedTags):
    """Tags of a host."""

    path = "hosts/*/tags"
    attach, detach, again = "USER_ATTACH_TAG_TO_VDS", "USER_DETACH_VDS_FROM_TAG", "USER_ATTACH_TAG_TO_VDS_EXISTS"
    owner_name = "host"


class TemplateTags(AssignedTags):
    """Tags of a template."""

    path = "templates/*/tags"
    owner_name = "template"
