# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Custom properties of VMs: the grammar of their specification and what is refused.

Rules: CustomPropertiesUtils.java and VmPropertiesUtils.java@4.1.9, unchanged up to 4.5.
"""

from __future__ import annotations

import re
from typing import Any

from ovirtsdk4 import types

from ...engine_config import java_patterns
from .. import texts
from ..context import Context
from ..refusal import Refusal

# The whole set as one text: key=value pairs with ";" between them; a value may be empty but may not hold ";".
_SET = re.compile(r"([a-z_A-Z0-9]+=[^;]*)(;([a-z_A-Z0-9]+=[^;]*))*;?")

# PredefinedVMProperties (0000_config.sql of each version).
_VHOST = r"^(([a-zA-Z0-9_]*):(true|false))(,(([a-zA-Z0-9_]*):(true|false)))*$"
_PREDEFINED = {
    "sap_agent": "^(true|false)$",
    "sndbuf": "^[0-9]+$",
    "vhost": _VHOST,
    "viodiskcache": "^(none|writeback|writethrough)$",
}

Level = tuple[int, int]


def spec_of(text: str) -> dict[str, str]:
    """A specification `key=regex;key=regex` as a dict; of a key named twice the last one counts."""
    pairs = (part.partition("=") for part in text.split(";") if part)
    return {key: regex if equals else "[^;]*" for key, equals, regex in pairs}


def known(ctx: Context, level: Level) -> dict[str, str]:
    """All properties of a cluster level, predefined and user-defined (these win)."""
    spec = dict(_PREDEFINED)
    if ctx.version <= (4, 3):
        spec["mdev_type"] = "^.*$"
    if level >= (4, 2):
        spec["hugepages"] = "^[0-9]+$"
    return spec | spec_of(ctx.engine.world.properties.get(f"{level[0]}.{level[1]}", ""))


def level_of(ctx: Context, vm: Any) -> Level:
    """The effective compatibility level: the VM's own, else its cluster's (CompatibilityVersionUtils)."""
    own = vm.custom_compatibility_version
    version = own if own is not None else ctx.store.follow(vm.cluster).version
    return version.major, version.minor


def as_dict(properties: list[Any] | None) -> dict[str, str]:
    """Stored properties by name."""
    return {p.name: p.value or "" for p in properties or []}


def check(ctx: Context, vm: Any, properties: list[Any] | None, action: str) -> list[Any] | None:
    """The properties as they are stored; a refusal names the keys that are wrong."""
    if not properties:
        return None
    text = ";".join(f"{p.name or ''}={p.value or ''}" for p in properties)
    if not _SET.fullmatch(text):
        raise ctx.refuse("INVALID_CUSTOM_PROPERTIES_INVALID_SYNTAX", action, "vm")
    pairs = dict(part.partition("=")[::2] for part in text.split(";") if part)
    _refuse_wrong(ctx, known(ctx, level_of(ctx, vm)), pairs, action)
    return [types.CustomProperty(name=key, value=value) for key, value in pairs.items()]


def _refuse_wrong(ctx: Context, spec: dict[str, str], pairs: dict[str, str], action: str) -> None:
    unknown = [key for key in pairs if key not in spec]
    try:
        wrong = [key for key, value in pairs.items() if key in spec and not java_patterns.matches(spec[key], value)]
    except re.error as error:
        # engine-config accepts invalid regular expressions; the Engine fails here (facts ovirt.md 3.2)
        raise Refusal(500, texts.OPERATION_FAILED, f"[Internal Engine Error: {error}]") from error
    say = {"action": action, "type": "vm", "version": ctx.engine.version_text}
    messages = []
    if unknown:
        name = "ACTION_TYPE_FAILED_INVALID_CUSTOM_PROPERTIES_INVALID_KEYS"
        messages.append(texts.message(name, MissingKeys=",".join(unknown), **say))
    if wrong:
        name = "ACTION_TYPE_FAILED_INVALID_CUSTOM_PROPERTIES_INVALID_VALUES"
        messages.append(texts.message(name, WrongValueKeys=",".join(wrong), **say))
    if messages:
        raise Refusal(400, texts.OPERATION_FAILED, texts.bracketed(messages))
