# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the code that is generated from the API model checks before the Engine's own classes are asked, since 4.2.

JaxrsHelperGenerator of ovirt-engine-api-metamodel 1.3.0 (validateAdd, getAddSignature), ValidationExceptionMapper of
4.3.10 and 4.5.3.7. An Engine 4.1 has no such rules: its classes say "Incomplete parameters", as later ones do for what
the model does not ask for.
"""

from __future__ import annotations

from typing import Any

from .. import api_model
from ..context import Context
from ..refusal import Refusal
from ..routes import pattern_of

_REASON = "Input validation failed."


def check(ctx: Context, obj: Any) -> None:
    """Refuse what is to be added to the collection at ctx.path if a mandatory attribute is missing: the first one."""
    needs, signatures = api_model.needs(ctx.version, pattern_of(ctx.path))
    for wanted in needs:
        if not _given(obj, wanted):
            raise Refusal(400, _REASON, _words(wanted))
    if signatures and not any(all(_given(obj, wanted) for wanted in signature) for signature in signatures):
        detail = "No matching signature found, make sure that mandatory attributes are provided."
        raise Refusal(400, _REASON, detail)


def _words(wanted: str) -> str:
    first, _, second = wanted.partition("|")
    if second:
        return f"Parameters '{first}' or '{second}' are mandatory but both were not provided."
    return f"Parameter '{first}' is mandatory but was not provided."


def _given(obj: Any, wanted: str) -> bool:
    return any(_at(obj, path.split(".")[1:]) is not None for path in wanted.split("|"))


def _at(value: Any, path: list[str]) -> Any:
    """The value at a path; of a list the first element, as the generated code asks for."""
    for name in path:
        if isinstance(value, list):
            value = value[0] if value else None
        value = getattr(value, name, None) if hasattr(value, name) else getattr(value, f"{name}_", None)
    return None if isinstance(value, list) and not value else value
