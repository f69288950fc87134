# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""Is it an Engine that answers, and does it answer what was asked? Pure.

The SDK checks little: it reads a login page as an empty list of VMs, and any list as the one it asked for (ovirtsdk4
4.6.3, service.py). So each answer is compared with its request here before it is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

#: Most bytes of an answer, unpacked: a list of some 30,000 VMs.
LARGEST = 128 * 1024**2
#: Collections of the API that are asked for, each with the root element of one member; a list has it with an "s".
ROOTS = {
    "vms": "vm",
    "clusters": "cluster",
    "hosts": "host",
    "networks": "network",
    "nics": "nic",
    "tags": "tag",
    "events": "event",
    "vnicprofiles": "vnic_profile",
    "templates": "template",
    "diskattachments": "disk_attachment",
}
_XML = re.compile(r"\s*(?:application|text)/(?:[a-z.+-]+\+)?xml\s*(?:;.*)?", re.IGNORECASE)
_ELEMENT = re.compile(rb"<([A-Za-z_][A-Za-z0-9_.-]*)")
# What may stand before the root element, with its end. An Engine sends no document type, which can make an entity bomb.
_BEFORE_ROOT = ((b"<?xml", b"?>"), (b"<!--", b"-->"))


class UnreadableError(ValueError):
    """An answer that no Engine gives. Its text says what came instead, for the middle of a sentence."""


def check(method: str, path: str, code: int, headers: Iterable[str], body: bytes) -> None:
    """Raise :class:`UnreadableError` unless an Engine may answer a request so; ``path`` is that below ``/api``."""
    kind = content_type(headers)
    if code >= 400:
        # An error of the Engine is a fault or nothing, one of the web server before it a page.
        if body and not _XML.fullmatch(kind):
            raise UnreadableError(f"{kind or 'text of no type'} and HTTP code {code}")
        return
    if code not in (200, 201, 202):
        raise UnreadableError(f"HTTP code {code}")
    if not body:
        if method != "DELETE":
            raise UnreadableError("an empty body")
        return
    if not _XML.fullmatch(kind):
        raise UnreadableError(kind or "text of no type")
    wanted, found = root_of(method, path), _root(body)
    if found != wanted:
        raise UnreadableError(f"<{found}> in place of <{wanted}>")


def _root(body: bytes) -> str:
    """The name of the root element. Raises :class:`UnreadableError` where there is none."""
    at = 3 if body.startswith(b"\xef\xbb\xbf") else 0
    while True:
        while body[at : at + 1].isspace():
            at += 1
        end = next((end for begin, end in _BEFORE_ROOT if body.startswith(begin, at)), None)
        if end is None:
            break
        at = body.find(end, at) + len(end)
        if at < len(end):
            break
    root = _ELEMENT.match(body, at)
    if root is None:
        raise UnreadableError("no XML document")
    return root[1].decode()


def content_type(headers: Iterable[str]) -> str:
    """The content type of an answer, empty where it has none. ``headers`` are lines, of which the last one counts."""
    found = ""
    for line in headers:
        name, _colon, value = line.partition(":")
        if name.strip().lower() == "content-type":
            found = value.strip()
    return found


def root_of(method: str, path: str) -> str:
    """The root element of the answer to a request."""
    parts = [part for part in path.split("/") if part]
    if not parts:
        return "api"
    if method == "DELETE":
        return "action"
    if len(parts) % 2 == 0:  # vms/ID
        return ROOTS[parts[-2]]
    if method == "POST":
        return ROOTS.get(parts[-1], "action")  # vms, or vms/ID/start
    return f"{ROOTS[parts[-1]]}s"
