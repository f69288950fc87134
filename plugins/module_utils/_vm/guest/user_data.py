# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""User-data for cloud-init: a typed model, and its text. Pure.

The Engine appends ``custom_script`` as text to its own YAML in block style (CloudInitHandler, Engine 4.3 to 4.5). So
each top-level key is on one line of its own, with a value in JSON, which is YAML too. A key that the Engine has as well
counts as ours, since the last one wins. All is ASCII: the content of files travels compressed, in base64, so that every
byte arrives, whatever YAML makes of it.
"""

from __future__ import annotations

import base64
import gzip
import json
from dataclasses import dataclass
from typing import Any

#: The custom script travels in the VM's domain XML; larger ones are not tried.
LARGEST = 64 * 1024
_FIRST_LINE = "#cloud-config"


@dataclass(frozen=True)
class File:
    """A file that cloud-init writes at each start that carries it. ``mode`` as in ``0600``; it belongs to root."""

    path: str
    mode: str
    content: str

    def plain(self) -> dict[str, str]:
        """As cloud-init's module write_files takes it."""
        packed = base64.b64encode(gzip.compress(self.content.encode(), mtime=0)).decode()
        return {"path": self.path, "permissions": self.mode, "encoding": "gz+b64", "content": packed}


@dataclass(frozen=True)
class UserData:
    """What cloud-init does at a start: write these files, then run these commands, each as its words, in ASCII."""

    files: tuple[File, ...] = ()
    commands: tuple[tuple[str, ...], ...] = ()

    def text(self, comment: str = "") -> str:
        """The user-data; ``comment`` is one line that cloud-init does not read."""
        lines = [_FIRST_LINE, *([f"# {comment}"] if comment else [])]
        # Each start is a new instance to cloud-init, and by default it would make new host keys each time.
        keys: dict[str, Any] = {"ssh_deletekeys": False, "ssh_pwauth": False}
        keys |= {"write_files": [file.plain() for file in self.files]} if self.files else {}
        keys |= {"runcmd": [list(command) for command in self.commands]} if self.commands else {}
        return "\n".join([*lines, *(f"{key}: {json.dumps(value)}" for key, value in keys.items())]) + "\n"
