# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mirror of Debian packages for the images: the one that is named, else the one that this machine's apt uses.

Without either, the base image keeps its own sources.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from urllib.parse import urlsplit

from .docker import LabError

# One address or two: of Debian's archive, and of its security archive.
VARIABLE = "OVIRT_LAB_MIRROR"
SECURITY = "debian-security"
_QUESTION = ("apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(ORIGIN)")


@dataclass(frozen=True)
class Mirror:
    """Addresses without a slash at their end; empty ones leave the base image's own sources alone."""

    archive: str = ""
    security: str = ""

    @property
    def is_secret(self) -> bool:
        """Whether reading it needs certificates."""
        return self.archive.startswith("https:") or self.security.startswith("https:")

    def sources(self, suite: str) -> list[str]:
        """Lines of sources.list; without any, the base image keeps its own."""
        if not self.archive:
            return []
        return [f"deb {self.archive} {suite} main", f"deb {self.security} {suite}-security main"]

    def arguments(self, suite: str) -> dict[str, str]:
        """Build arguments for the Dockerfile of the hosts."""
        return {"MIRROR": self.archive, "SECURITY": self.security, "SUITE": suite}


def mirror() -> Mirror:
    """The mirror to use. Raises LabError when the variable is not the address of a mirror."""
    named = os.environ.get(VARIABLE, "").split()
    if not named:
        return of_apt(_targets()) or Mirror()
    if len(named) > 2 or not all(_usable(address) for address in named):
        raise LabError(
            f"{VARIABLE} is {' '.join(named)!r}, but one or two addresses are needed, as "
            "http://mirror.example.org/debian http://mirror.example.org/debian-security."
        )
    return _both(named[0], *named[1:])


def of_apt(targets: str) -> Mirror | None:
    """From lines "address release origin"; the origin is missing where apt has read no list yet."""
    archive = security = ""
    for line in targets.splitlines():
        address, release, origin = [*line.split(), "", ""][:3]
        if origin not in ("Debian", "") or not _usable(address):
            continue
        last = urlsplit(address).path.rstrip("/").rpartition("/")[2]
        if last == SECURITY or release.endswith(("-security", "/updates")):
            security = security or address
        elif origin == "Debian" or last == "debian":
            archive = archive or address
    return _both(archive, security) if archive else None


def _both(archive: str, security: str = "") -> Mirror:
    """Both archives of a mirror, which has them side by side."""
    archive = archive.rstrip("/")
    return Mirror(archive, security.rstrip("/") or f"{archive.rpartition('/')[0]}/{SECURITY}")


def _usable(address: str) -> bool:
    """Whether a container may read it: no CD, no folder of this machine, and no password that would be in the image."""
    parts = urlsplit(address)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc


def _targets() -> str:
    try:
        done = subprocess.run(
            _QUESTION, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout
