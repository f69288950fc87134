# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""What went wrong between a task and the Engine, in one sentence for the user: found, needed, to do."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlparse

try:
    import ovirtsdk4
    import pycurl
except ImportError:
    # The module says so in the usual words before anything of this is called (_engine.require_sdk).
    ovirtsdk4 = None

_CURL_CODE = re.compile(r"\((?:<[^>]*>, )?([0-9]+), ['\"](.*?)['\"]\)")
_TLS_CODES = {"35", "51", "58", "60", "77", "83"}
_UNREACHABLE_CODES = {"5", "6", "7"}
# "Related operation is currently in progress. Please try again later.", "VM ... is locked", "... is being ..."
# (ACTION_TYPE_FAILED_OBJECT_LOCKED and its kin in AppErrors.properties, Engine 4.1 to 4.5).
_LOCKED = re.compile(
    r"in progress|is locked|being (?:created|updated|removed|imported|exported)|try again (?:later|in)", re.I
)
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


class EngineError(Exception):
    """The Engine refused, failed, or could not be reached. Its text is one sentence for the user.

    ``code`` is the HTTP status where there is one, ``locked`` says that the Engine was busy with the object, and
    ``passing`` that the Engine itself was in trouble: both may be over in a while. ``starting`` says that its own
    health page tells of the trouble.
    """

    def __init__(
        self, text: str, code: int | None = None, locked: bool = False, passing: bool = False, starting: bool = False
    ) -> None:
        super().__init__(text)
        self.code = code
        self.locked = locked
        self.passing = passing
        self.starting = starting

    @property
    def conflict(self) -> bool:
        """Whether it may be that somebody else has changed, made or removed the object meanwhile.

        A tag for a VM that is gone is refused with 400 (CommandBase, Engine 4.1 to 4.3).
        """
        return self.code in (400, 404, 409)


def explain(error: Exception, url: str, auth: dict[str, Any]) -> EngineError:
    """The user's sentence for whatever the SDK raised; what is no fault of the Engine is raised again."""
    if isinstance(error, EngineError):
        return error
    if not isinstance(error, (ovirtsdk4.Error, pycurl.error)):
        raise error
    text = str(error)
    curl = _CURL_CODE.search(text)
    if curl:
        return EngineError(_network_words(curl[1], curl[2], url, auth), passing=curl[1] not in _TLS_CODES)
    if "content type" in text:
        found = re.search(r"'([^']*)' isn't", text)
        return not_an_engine(found[1] if found else "something else", url, auth)
    code = getattr(error, "code", None)
    if isinstance(error, ovirtsdk4.AuthError) and code != 403:
        return EngineError(_login_words(text, url, auth), code)
    words = _engine_words(error)
    return EngineError(words, code, code == 409 and bool(_LOCKED.search(words)), passing=(code or 0) >= 500)


def _network_words(code: str, words: str, url: str, auth: dict[str, Any]) -> str:
    if code in _TLS_CODES:
        trusted = f"the CA in {auth['ca_file']}" if auth.get("ca_file") else "the system's CAs"
        return (
            f"The certificate of {url} cannot be verified with {trusted} ({words}); the Engine's own CA is "
            f"needed: fetch {_root(url)}/ovirt-engine/services/pki-resource?resource=ca-certificate&format="
            "X509-PEM-CA and give it as auth.ca_file, or write auth.insecure: true"
        )
    if code == "28":
        return f"{url} did not answer within {auth['timeout']} s (auth.timeout); check that the Engine is well"
    if code in _UNREACHABLE_CODES:
        return f"No Engine answers at {url} ({words}); check auth.url and that the Engine runs"
    return f"The connection to {url} broke ({words}); run the task again to finish the work"


def not_an_engine(found: str, url: str, auth: dict[str, Any]) -> EngineError:
    """The error for an answer that no Engine gives; ``found`` is what it was instead."""
    state = _health(url, auth)
    told = f"its health page answers {state}" if state else "it has no health page"
    return EngineError(
        f"{url} answered with {found} where an Engine's answer is needed, and {told}: it is starting, in trouble (503 "
        "comes from the web server before it), or auth.url is wrong. Wait until the health page answers 200, or "
        "correct auth.url",
        passing=True,
        starting=(state or 0) >= 500,
    )


def _login_words(text: str, url: str, auth: dict[str, Any]) -> str:
    if auth.get("token") and not auth.get("password"):
        return (
            f"{url} does not accept the token (any more); log in again with ovirt.ovirt.ovirt_auth, or give "
            "auth.username and auth.password, with which a login is renewed by itself"
        )
    who = auth.get("username") or "the Kerberos ticket"
    words = text.split(" : ", 1)[-1].strip()
    return (
        f"{url} refused the login of {who}: {words}. Check auth.username (it carries its profile, as in "
        "admin@internal) and auth.password"
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


def _root(url: str) -> str:
    parts = urlparse(url)
    return f"{parts.scheme}://{parts.netloc}"


def _health(url: str, auth: dict[str, Any]) -> int | None:
    """HTTP status of the Engine's health page, None when nothing answers."""
    curl = pycurl.Curl()
    try:
        curl.setopt(pycurl.URL, f"{_root(url)}/ovirt-engine/services/health")
        curl.setopt(pycurl.WRITEFUNCTION, lambda chunk: None)
        curl.setopt(pycurl.TIMEOUT, 10)
        curl.setopt(pycurl.NOSIGNAL, 1)
        curl.setopt(pycurl.SSL_VERIFYPEER, 0 if auth["insecure"] else 1)
        curl.setopt(pycurl.SSL_VERIFYHOST, 0 if auth["insecure"] else 2)
        if auth.get("ca_file"):
            curl.setopt(pycurl.CAINFO, auth["ca_file"])
        curl.perform()
        return int(curl.getinfo(pycurl.HTTP_CODE))
    except pycurl.error:
        return None
    finally:
        curl.close()
