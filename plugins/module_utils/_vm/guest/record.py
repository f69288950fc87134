# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""The record of a container VM of runtime ``guest``: what was wished, in the VM's stored custom script. Pure.

The script that the Engine keeps is this record and nothing that acts. What acts is given to the one start that needs it
(run-once), so a start by hand never runs half of a change: it runs what the guest has on its disk.

Everybody who may see the VM may read the record. So it has no secrets, only a salted hash of them, which shows whether
they have changed.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from .user_data import UserData

#: The comment line that the record is in begins with this.
MARK = "ovirt_contrib.containers"
VERSION = 1
#: Said on the console of a guest that was started by hand before it ever got its container.
_EMPTY = "This VM is a container VM, and its container was not set up yet. Run the playbook that it belongs to."
# scrypt of hashlib: 16 MiB and some 50 ms for one guess.
_COST = {"n": 2**14, "r": 8, "p": 1, "dklen": 16}


@dataclass(frozen=True)
class Record:
    """``wish`` is plain data, without what was not asked for. ``applied`` is the digest of the wish and secrets that
    the guest was last set up with, None before that. ``secrets`` is ``salt:hash``, "" for none, and ``given`` that of
    the secrets which the guest has. ``runs`` is the wish that the VM ran with when this one was written, None if it was
    down."""

    wish: dict[str, Any]
    applied: str | None = None
    secrets: str = ""
    given: str = ""
    runs: dict[str, Any] | None = None

    @property
    def digest(self) -> str:
        """Changes with the wish and the secrets."""
        text = json.dumps([VERSION, self.wish, self.secrets], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def token(self) -> str:
        """Five hexadecimal digits that change with the wish and the secrets."""
        return self.digest[:5]

    @property
    def is_applied(self) -> bool:
        """Whether the guest was set up as the wish says."""
        return self.applied == self.digest

    def as_applied(self) -> Record:
        """The same, applied."""
        return replace(self, applied=self.digest, given=self.secrets, runs=None)

    @property
    def is_late(self) -> bool:
        """Whether it was written while the VM ran with something else, which nothing has ended since."""
        return self.runs is not None and not self.is_applied

    def script(self) -> str:
        """The custom script that the Engine keeps."""
        about = {"v": VERSION, "wish": self.wish, "applied": self.applied, "secrets": self.secrets, "given": self.given}
        about |= {"runs": self.runs} if self.runs is not None else {}
        test = f"test -e /etc/ovirt-container/run || echo '{_EMPTY}' > /dev/console"
        # ASCII: YAML takes some other characters for the end of a line, and so of the comment.
        return UserData(commands=(("sh", "-c", test),)).text(f"{MARK} {json.dumps(about, sort_keys=True)}")


def read(script: str | None) -> Record | None:
    """The record in a custom script; None if there is none, or none that this version understands."""
    for line in (script or "").splitlines():
        if line.startswith(f"# {MARK} "):
            try:
                about = json.loads(line[len(MARK) + 3 :])
                runs = about.get("runs")
                if about["v"] == VERSION and _is_wish(about["wish"]) and (runs is None or _is_wish(runs)):
                    secrets, given = str(about["secrets"]), str(about["given"])
                    return Record(about["wish"], about["applied"], secrets, given, runs)
            except (ValueError, KeyError, TypeError, AttributeError):
                pass
            return None
    return None


def _is_wish(found: Any) -> bool:
    """Whether somebody has left a wish in the form in which it was written."""
    if not (isinstance(found, dict) and found.get("image")):
        return False
    return all(_FORMS[key](value) for key, value in found.items() if key in _FORMS)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_mapping_of(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, dict) and all(map(fits, value.values()))


def _is_address(value: Any) -> bool:
    return isinstance(value, dict) and _is_text(value.get("address")) and _is_texts(value.get("dns", []))


def _is_health_check(value: Any) -> bool:
    return isinstance(value, dict) and _is_text(value.get("command"))


#: What each part of a wish has to be.
_FORMS: dict[str, Callable[[Any], bool]] = {
    **dict.fromkeys(("image", "user", "working_dir", "restart"), _is_text),
    **dict.fromkeys(("command", "entrypoint", "ports"), _is_texts),
    "environment": _is_mapping_of(_is_text),
    "addresses": _is_mapping_of(_is_address),
    "health_check": _is_health_check,
}


def sealed(secrets: dict[str, Any], salt: str) -> str:
    """The salted hash of secrets, "" of none. ``salt`` is 32 hexadecimal digits, new for each set of secrets."""
    if not secrets:
        return ""
    text = json.dumps(secrets, sort_keys=True).encode()
    return f"{salt}:{hashlib.scrypt(text, salt=bytes.fromhex(salt), **_COST).hex()}"


def same_secrets(secrets: dict[str, Any], found: str) -> bool:
    """Whether these are the secrets that a hash was made of."""
    salt, _colon, _hash = found.partition(":")
    if not (secrets and found):
        return not secrets and not found
    try:
        return hmac.compare_digest(sealed(secrets, salt), found)
    except ValueError:  # somebody has changed the salt
        return False
