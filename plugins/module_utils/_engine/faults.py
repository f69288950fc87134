# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""What went wrong between a task and the Engine, in one sentence for the user: found, needed, to do."""

from __future__ import annotations

import re
import traceback

from .._vm.text import one_line
from .answers import LARGEST, UnreadableError
from .contact import Contact
from .refusals import passes

try:
    import ovirtsdk4
    import pycurl
except ImportError:
    # The module says so in the usual words before anything of this is called (engine.require_sdk).
    ovirtsdk4 = None

_CURL_CODE = re.compile(r"\((?:<[^>]*>, )?([0-9]+), ['\"](.*?)['\"]\)")
_TLS_CODES = {"35", "51", "58", "60", "77", "83"}
_UNREACHABLE_CODES = {"5", "6", "7"}
_TIMED_OUT, _NOT_TAKEN = "28", "23"
# What to do about refusals that a new site meets first.
_HINTS = (
    (
        "custom properties are not configured",
        ". Define them for the cluster's level with engine-config, key UserDefinedVMProperties, and restart "
        "ovirt-engine (README, Prepare the Engine)",
    ),
    (
        "custom properties have illegal values",
        ". The patterns in engine-config's UserDefinedVMProperties do not take them; the image pattern of the blog of "
        "2017 takes neither tags nor paths (README, Prepare the Engine)",
    ),
)
#: Words of OpenSSL and libcurl about a certificate, each with what to do about it.
_CERTIFICATES = (
    (
        r"certificate has expired",
        "it has expired; renew it on the Engine machine (engine-setup offers to), or correct this machine's clock",
    ),
    (
        r"certificate is not yet valid",
        "it is not valid yet; compare the clocks of this machine and of the Engine's",
    ),
    (
        r"subject name matches|does not match target host|no alternative certificate subject|hostname mismatch",
        "it is for another name; give the Engine's own name, which the certificate is for, in auth.url",
    ),
)


class EngineError(Exception):
    """The Engine refused, failed, or could not be reached. Its text is one sentence for the user.

    ``code`` is the HTTP status where there is one, ``locked`` says that the Engine was busy with the object, and
    ``passing`` that the Engine itself was in trouble: both may be over in a while. ``starting`` says that the
    Engine's health page reports the trouble, ``nonsense`` that the answer is not one of an Engine.
    """

    def __init__(
        self,
        text: str,
        code: int | None = None,
        locked: bool = False,
        passing: bool = False,
        starting: bool = False,
        nonsense: bool = False,
    ) -> None:
        super().__init__(one_line(text))
        self.code = code
        self.locked = locked
        self.passing = passing
        self.starting = starting
        self.nonsense = nonsense

    @property
    def conflict(self) -> bool:
        """Whether somebody else may have changed, made or removed the object meanwhile.

        A tag for a VM that is gone is refused with 400 (CommandBase, Engine 4.1 to 4.3).
        """
        return self.code in (400, 404, 409)


def explain(error: Exception, contact: Contact) -> EngineError:
    """The user's sentence for what the SDK raised; an error that does not come from the Engine is raised again."""
    if isinstance(error, EngineError):
        return error
    if isinstance(error, UnreadableError):
        return not_an_engine(str(error), contact)
    if not isinstance(error, (ovirtsdk4.Error, pycurl.error)):
        if _of_reading(error):
            return not_an_engine(f"something that cannot be read ({error})", contact)
        raise error
    text = str(error)
    curl = _CURL_CODE.search(text)
    if curl:
        return EngineError(_network_words(curl[1], curl[2], contact), passing=curl[1] not in _TLS_CODES)
    code = getattr(error, "code", None)
    if code is None:
        # The SDK could not make anything of the answer: "Expected a fault", "Can't find a reader for tag".
        return not_an_engine(f"something that cannot be read ({text})", contact)
    if isinstance(error, ovirtsdk4.AuthError) and code != 403:
        return EngineError(
            f"{contact.url} does not accept the token that its own login has just given; check the Engine's clock "
            "and its session limits",
            code,
        )
    words = contact.without_secrets(_engine_words(error))
    return EngineError(words, code, code in (400, 409) and passes(words), passing=code >= 500)


def _of_reading(error: Exception) -> bool:
    """Whether it was the SDK that stumbled while it read an answer, and not our code."""
    frames = traceback.walk_tb(error.__traceback__)
    return any(str(frame.f_globals.get("__name__")).startswith("ovirtsdk4.reader") for frame, _line in frames)


def _network_words(code: str, words: str, contact: Contact) -> str:
    url = contact.url
    if code in _TLS_CODES:
        return _certificate_words(code, words, contact)
    if code == _TIMED_OUT:
        what = f" {contact.what}" if contact.what else ""
        return (
            f"{url} did not answer{what} within {contact.seconds:g} s ({contact.option}); check that the Engine is well"
        )
    if code == _NOT_TAKEN:
        return (
            f"{url} answered with more than {LARGEST // 1024**2} MiB, which no list of an Engine is; check that "
            "auth.url is an Engine's"
        )
    if code in _UNREACHABLE_CODES:
        return f"No Engine answers at {url} ({words}); check auth.url and that the Engine runs"
    return f"The connection to {url} broke ({words}); run the task again to finish the work"


def _certificate_words(code: str, words: str, contact: Contact) -> str:
    ca_file = contact.auth.get("ca_file")
    if code == "77":
        named = f"auth.ca_file {ca_file!r}" if ca_file else "the file of the system's CAs"
        return f"{named} cannot be read as certificates ({words}); give a PEM file with the Engine's CA certificate"
    for pattern, remedy in _CERTIFICATES:
        if re.search(pattern, words, re.IGNORECASE):
            return f"The certificate of {contact.url} cannot be accepted ({words}): {remedy}"
    if code == "35":
        return f"No TLS connection to {contact.url} comes about ({words}); check that its port is the Engine's https"
    trusted = f"the CA in {ca_file}" if ca_file else "the system's CAs"
    return (
        f"The certificate of {contact.url} cannot be verified with {trusted} ({words}); the Engine's own CA is "
        f"needed: fetch {contact.server}/ovirt-engine/services/pki-resource?resource=ca-certificate&format="
        "X509-PEM-CA and give it as auth.ca_file, or write auth.insecure: true"
    )


def not_an_engine(found: str, contact: Contact) -> EngineError:
    """The error for an answer that no Engine gives; ``found`` is what it was instead."""
    state = contact.health()
    health = f"its health page answers {state}" if state else "it has no health page"
    code = re.search(r"HTTP code ([0-9]+)", found)
    return EngineError(
        f"{contact.url} answered with {contact.without_secrets(found)} where an Engine's answer is needed, and "
        f"{health}: it is starting, in trouble (503 comes from the web server before it), or auth.url is wrong. Wait "
        "until the health page answers 200, or correct auth.url",
        code=int(code[1]) if code else None,
        passing=True,
        starting=(state or 0) >= 500,
        nonsense=True,
    )


def _engine_words(error: Exception) -> str:
    """The Engine's own words without the brackets of the Java list they come in."""
    fault = getattr(error, "fault", None)
    # Some refusals are a list over several lines.
    detail = " ".join((getattr(fault, "detail", None) or "").split())
    if detail.startswith("[") and detail.endswith("]"):
        detail = detail[1:-1]
    if detail:
        return detail + next((hint for words, hint in _HINTS if words in detail), "")
    return getattr(fault, "reason", None) or str(error)
