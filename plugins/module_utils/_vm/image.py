# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""References to images: the grammar, and what is wrong with a text that is none. Pure."""

from __future__ import annotations

import re

# The reference grammar of the OCI distribution specification, without `;`, which no custom property value may hold
# (CustomPropertiesUtils.java, Engine 4.1 to 4.5).
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_HOST = rf"(?:{_LABEL}(?:[.]{_LABEL})*(?::[0-9]{{1,5}})?/)?"
_PART = r"[a-z0-9]+(?:(?:[.]|_{1,2}|-+)[a-z0-9]+)*"
_TAG = r"(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?"
_DIGEST = r"(?:@sha256:[0-9a-f]{64})?"
IMAGE = re.compile(f"{_HOST}{_PART}(?:/{_PART})*{_TAG}{_DIGEST}")

MAX_IMAGE = 512


def problem_of_image(image: str) -> str | None:
    """What keeps ``image`` from being a reference, for the middle of a sentence; None when it is one."""
    if len(image) <= MAX_IMAGE and IMAGE.fullmatch(image):
        return None
    return _what_is_wrong(image)


def _what_is_wrong(image: str) -> str:
    """What keeps a text from being an image reference, the first thing that a reader would stumble over."""
    if not image:
        return "it is empty"
    if scheme := re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", image):
        return f"leave {scheme[0]!r} out, docker takes no scheme"
    if len(image) > MAX_IMAGE:
        return f"it is {len(image)} characters long, {MAX_IMAGE} are the most"
    if odd := re.search(r"[^A-Za-z0-9._:/@-]", image):
        return f"it holds {odd[0]!r}"
    path, at, digest = image.partition("@")
    if at:
        return _wrong_digest(digest) or _what_is_wrong(path)
    host, name = _host_and_name(path)
    name, colon, tag = name.partition(":")
    if colon and not re.fullmatch(_TAG, f":{tag}"):
        return "its tag is empty" if not tag else f"{tag!r} is not a tag: 1 to 128 letters, digits, '_', '.' and '-'"
    if name.lower() != name:
        return f"{name!r} has upper-case letters, and a path has none"
    for part in name.split("/"):
        if not re.fullmatch(_PART, part):
            return f"{part!r} is not a valid part of a path" if part else "a part of its path is empty"
    return f"{host.rstrip('/')!r} is not a host name with an optional port"


def _host_and_name(path: str) -> tuple[str, str]:
    """A first part with a dot, a colon or upper case is a registry's host; docker decides so too."""
    first, slash, rest = path.partition("/")
    is_host = slash and (re.search(r"[.:]", first) or first == "localhost" or first != first.lower())
    return (f"{first}/", rest) if is_host else ("", path)


def _wrong_digest(digest: str) -> str | None:
    kind, _colon, value = digest.partition(":")
    if kind != "sha256":
        return f"its digest is of kind {kind!r}, and only sha256 is taken" if kind else "its digest is empty"
    if len(value) != 64:
        return f"its digest has {len(value)} digits, and sha256 has 64"
    return None if re.fullmatch("[0-9a-f]*", value) else "its digest holds more than the digits 0-9 and a-f"
