# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""How an Engine is reached: its address, the user's headers, limits of time, and libcurl outside the API."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlparse

from .._vm.text import without

try:
    import pycurl
except ImportError:
    # The module says so in the usual words before anything of this is called (engine.require_sdk).
    pycurl = None

#: Seconds that the health page may take.
HEALTH_SECONDS = 5


@dataclass(frozen=True)
class Contact:
    """Which Engine is asked, and how: ``auth`` is the option, ``headers`` are those that the user gave.

    ``seconds`` is how long ``what`` may take, and ``option`` the one that says so. ``secrets`` are credentials and
    tokens, which an Engine might repeat.
    """

    url: str
    auth: dict[str, Any]
    headers: dict[str, str]
    seconds: float = 0
    option: str = "auth.timeout"
    what: str = ""
    secrets: set[str] = field(default_factory=set)

    def without_secrets(self, words: str) -> str:
        """Words of an Engine as they may be shown."""
        return without(self.secrets, words)

    def limited(self, seconds: float, option: str, what: str = "") -> Contact:
        """The same for something that may take so long."""
        return replace(self, seconds=seconds, option=option, what=what)

    @property
    def server(self) -> str:
        """Scheme, host and port of the Engine."""
        parts = urlparse(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    def header_lines(self) -> list[str]:
        """The user's headers as they are sent."""
        return [f"{name}: {value}" for name, value in self.headers.items()]

    def curl(self, path: str, seconds: float) -> Any:
        """A libcurl handle for an address of the Engine's server, outside the API."""
        curl = pycurl.Curl()
        curl.setopt(pycurl.URL, f"{self.server}{path}")
        curl.setopt(pycurl.TIMEOUT_MS, int(seconds * 1000))
        curl.setopt(pycurl.NOSIGNAL, 1)
        curl.setopt(pycurl.SSL_VERIFYPEER, 0 if self.auth["insecure"] else 1)
        curl.setopt(pycurl.SSL_VERIFYHOST, 0 if self.auth["insecure"] else 2)
        if self.auth.get("ca_file"):
            curl.setopt(pycurl.CAINFO, os.fsencode(self.auth["ca_file"]))
        return curl

    def health(self) -> int | None:
        """HTTP status of the Engine's health page, None when nothing answers."""
        curl = self.curl("/ovirt-engine/services/health", HEALTH_SECONDS)
        try:
            curl.setopt(pycurl.WRITEFUNCTION, lambda chunk: None)
            curl.perform()
            return int(curl.getinfo(pycurl.HTTP_CODE))
        except pycurl.error:
            return None
        finally:
            curl.close()
