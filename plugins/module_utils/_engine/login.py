# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""One login for all connections of a task, renewed once for all of them, and always ended.

The SDK logs in and out without any limit of time, each connection for itself, and stumbles over an answer that is no
login (ovirtsdk4 4.6.3, Connection._get_sso_response). Addresses and fields are those of the SDK.
"""

from __future__ import annotations

import io
import json
import threading
from typing import Any
from urllib.parse import urlencode

from .answers import LARGEST, content_type
from .contact import Contact
from .faults import EngineError, explain, not_an_engine

try:
    import pycurl
except ImportError:
    # The module says so in the usual words before anything of this is called (engine.require_sdk).
    pycurl = None

#: Seconds that a login or logout may take where ``auth.timeout`` says nothing.
LOGIN_SECONDS = 60
LOGOUT_SECONDS = 10
SCOPE = "ovirt-app-api"


class Login:
    """The session of a task: ``token`` is that of the Engine, one that was given or the result of a login."""

    def __init__(self, contact: Contact) -> None:
        self._contact = contact
        self._lock = threading.Lock()
        self._refused: EngineError | None = None
        self.token: str | None = contact.auth.get("token")

    def begin(self) -> None:
        """Log in, unless a token was given. Raises :class:`EngineError`."""
        if self.token is None:
            self.renew(None)

    def renew(self, old: str | None) -> str:
        """The token in place of ``old``, which the Engine does not accept any more.

        The first caller logs in; the others get the same token, or the same refusal. A login that was refused is not
        tried again, since that could lock the account. Raises :class:`EngineError`.
        """
        with self._lock:
            if self.token is not None and self.token != old:
                return self.token
            if self._refused:
                raise self._refused
            try:
                self.token = self._ask_for_token()
            except EngineError as error:
                self._refused = None if error.passing else error
                raise
            # The Engine may repeat the token in a message, which must not show it.
            self._contact.secrets.add(self.token)
            return self.token

    def end(self) -> None:
        """Log out, unless the token was given. What the Engine answers is of no interest: the work is done."""
        if self.token is None or self.token == self._contact.auth.get("token"):
            return
        seconds = min(self._contact.auth["timeout"] or LOGOUT_SECONDS, LOGOUT_SECONDS)
        try:
            self._post("services/sso-logout", {"scope": SCOPE, "token": self.token}, seconds)
        except (pycurl.error, EngineError):
            return

    def _ask_for_token(self) -> str:
        auth = self._contact.auth
        if not (auth["kerberos"] or (auth.get("username") and auth.get("password"))):
            raise EngineError(
                f"{self._contact.url} does not accept the token (any more); log in again with ovirt.ovirt.ovirt_auth, "
                "or give auth.username and auth.password, with which a login is renewed by itself",
                401,
            )
        fields = {"grant_type": "password", "scope": SCOPE, "username": auth["username"], "password": auth["password"]}
        place = "sso/oauth/token"
        if auth["kerberos"]:
            fields = {"grant_type": "urn:ovirt:params:oauth:grant-type:http", "scope": SCOPE}
            place = "sso/oauth/token-http-auth"
        seconds = auth["timeout"] or LOGIN_SECONDS
        try:
            answer = self._post(place, fields, seconds)
        except pycurl.error as error:
            raise explain(error, self._contact.limited(seconds, "auth.timeout", "the login")) from error
        answer = answer[0] if isinstance(answer, list) and answer else answer
        if isinstance(answer, dict) and "error" in answer:
            raise self._refusal(answer)
        token = answer.get("access_token") if isinstance(answer, dict) else None
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise not_an_engine("something that is not a login", self._contact)
        return token

    def _refusal(self, answer: dict[str, Any]) -> EngineError:
        """OpenID's pair of keys, or the Engine's own older one."""
        words = str(answer.get("error_description") or answer.get("error")).strip().rstrip(".")
        who = self._contact.auth.get("username") or "the Kerberos ticket"
        return EngineError(
            f"{self._contact.url} refused the login of {who}: {self._contact.without_secrets(words)}. Check "
            "auth.username (it carries its profile, as in admin@internal) and auth.password",
            401,
        )

    def _post(self, place: str, fields: dict[str, str], seconds: float) -> Any:
        """The answer of the Engine's single sign-on. Raises pycurl.error, or :class:`EngineError` if it is not JSON."""
        contact, body, headers = self._contact, io.BytesIO(), []
        curl = contact.curl(f"/ovirt-engine/{place}", seconds)
        try:
            curl.setopt(pycurl.HTTPHEADER, ["Accept: application/json", *contact.header_lines()])
            curl.setopt(pycurl.COPYPOSTFIELDS, urlencode(fields))
            if contact.auth["kerberos"]:
                curl.setopt(pycurl.HTTPAUTH, pycurl.HTTPAUTH_GSSNEGOTIATE)
                curl.setopt(pycurl.USERPWD, ":")
            curl.setopt(pycurl.WRITEFUNCTION, Bounded(body, LARGEST).write)
            curl.setopt(pycurl.HEADERFUNCTION, lambda line: headers.append(line.decode("latin-1")))
            curl.perform()
        finally:
            curl.close()
        kind = content_type(headers)
        try:
            if kind.partition(";")[0].strip().lower() in ("application/json", "text/json"):
                return json.loads(body.getvalue())
        except ValueError:
            kind = "JSON that cannot be read"
        raise not_an_engine(kind or "nothing", contact)


class Bounded:
    """A buffer with a limit in bytes; libcurl ends a request whose answer is not taken."""

    def __init__(self, buffer: io.BytesIO, most: int) -> None:
        self._buffer, self._most = buffer, most

    def write(self, chunk: bytes) -> int:
        """Keep ``chunk``, or take none of it."""
        if self._buffer.tell() + len(chunk) > self._most:
            return 0
        return self._buffer.write(chunk)
