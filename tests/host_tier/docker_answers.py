# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state of the stand-in docker, and beside it the usual answers for as long as it is in that state.

Starting Python takes a hundred times as long as a shell's `case`. A question that is not among these, or that is asked
in another state, goes to the stand-in itself, which has made these answers too.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shlex

TYPE_CHECKING = False  # the one of typing, which takes long to import
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    State = dict[str, Any]
    Answer = Callable[[State, list[str]], int]

#: A script of a shell: the stand-in's words are its own.
SCRIPT = """#!/bin/sh
printf '%s\\n' "docker $*" >> {log}
. {place}.answers
exec {command} {place} "$@"
"""
ANSWERS = """read -r state < {place}
[ "$state" != {state} ] || case "$*" in
{cases}
esac
"""
_CASE = """{words}) printf %s {out}; printf %s {err} >&2; exit {code} ;;"""


def keep(place: str, state: State, answer: Answer) -> None:
    """Write the state and its answers. Each in one move, since others read at the same time."""
    text = json.dumps(state)
    cases = "\n".join(case(words, text, answer) for words in usual(state, answer))
    answers = ANSWERS.format(place=shlex.quote(place), state=shlex.quote(text), cases=cases)
    for path, content in ((f"{place}.answers", answers), (place, text)):
        with open(path + ".new", "w", encoding="utf-8") as file:
            file.write(content)
        os.replace(path + ".new", path)


def usual(state: State, answer: Answer) -> Iterator[list[str]]:
    """What is asked again and again."""
    listing = ["network", "ls", "-q", "--no-trunc"]
    ids = said(listing, state, answer)[1].split()
    containers = [item["Id"] for item in state.get("containers", [])]
    yield from (["version"], ["info", "--format", "{{json .}}"], listing)
    yield ["network", "inspect", *ids]
    yield ["inspect", *ids]
    yield ["ps", "-a", "-q", "--no-trunc", "--filter", "name=vdsm-"]
    if containers:
        yield ["inspect", *containers]
    for image in state.get("images", []):
        yield ["inspect", "--type", "image", image["Id"]]
    for network in state["networks"]:
        yield ["network", "inspect", network["Name"]]
        yield ["ps", "-a", "--filter", f"network={network['Name']}", "--format", "{{.Names}}"]


def said(words: list[str], state: State, answer: Answer) -> tuple[int, str, str]:
    """Exit code, output and errors of the stand-in."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = answer(state, words)
    return code, out.getvalue(), err.getvalue()


def case(words: list[str], text: str, answer: Answer) -> str:
    """One answer, as a shell gives it."""
    code, out, err = said(words, json.loads(text), answer)
    return _CASE.format(words=shlex.quote(" ".join(words)), code=code, out=shlex.quote(out), err=shlex.quote(err))
