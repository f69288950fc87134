# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values as Python 2.7 prints them: vdsm-client and vdsClient of 4.19 are Python 2 programs, and other programs
parse their output."""

from __future__ import annotations

import json
import pprint
from typing import Any


class _Printer(pprint.PrettyPrinter):
    """Python 3 folds long text, which Python 2 did not."""

    # the table by which the base class chooses is its own affair; without an entry for str there is no folding
    _dispatch = {key: value for key, value in pprint.PrettyPrinter._dispatch.items() if key is not str.__repr__}  # type: ignore[attr-defined]  # noqa: RUF012


def pformat(value: Any) -> str:
    """pprint.pformat."""
    return _Printer().pformat(value)


def dumps(value: Any) -> str:
    """json.dumps(value, indent=4): every comma is followed by a blank, also at the end of a line."""
    return json.dumps(value, indent=4, separators=(", ", ": "))


def repr_(value: Any, unicode_text: bool = False) -> str:
    """repr; what was read from JSON is unicode text."""
    if isinstance(value, dict):
        pairs = (f"{repr_(key, unicode_text)}: {repr_(inner, unicode_text)}" for key, inner in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(repr_(inner, unicode_text) for inner in value) + "]"
    prefix = "u" if unicode_text and isinstance(value, str) else ""
    return prefix + repr(value)
