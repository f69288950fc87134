# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""The connection to an Engine: credentials, one login and one logout per task, calls in parallel."""

from __future__ import annotations

import threading
import time
import traceback
import uuid
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, TypeVar

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from ._credentials import check_credentials, url_of
from ._faults import EngineError, explain, not_an_engine

SDK_ERROR: str | None = None
try:
    import ovirtsdk4
    import pycurl
except ImportError:
    ovirtsdk4 = None
    SDK_ERROR = traceback.format_exc()

#: Characters of a correlation id that Engine keeps (CurrentFilter.java, Engine 4.1 to 4.5).
TRACE = 36
#: Seconds that an Engine in trouble is waited for while nothing has been changed yet.
OUTAGE = 10.0
#: What the SDK stumbles over when something else than an Engine answers a login; it trusts that answer.
NO_LOGIN = (KeyError, IndexError, TypeError, ValueError)

Key = TypeVar("Key", bound=Hashable)
#: A call gets the SDK's system service and returns what it likes.
Call = Callable[[Any], Any]


def require_sdk(module: AnsibleModule) -> None:
    """End the module with the usual words when the Engine's SDK is missing on the machine it runs on."""
    if ovirtsdk4 is None:
        module.fail_json(msg=missing_required_lib("ovirt-engine-sdk-python >= 4.4.0"), exception=SDK_ERROR)


class _Prompt:
    """libcurl as the SDK uses it, woken when libcurl wants to be.

    The SDK waits for a second whatever libcurl's timer says (ovirtsdk4 4.6.3, Connection.__wait), and an answer of 150
    KiB or more is often left half read until that second is over.
    """

    def __init__(self, multi: Any) -> None:
        self._multi = multi

    def __getattr__(self, name: str) -> Any:
        return getattr(self._multi, name)

    def select(self, timeout: float) -> Any:
        """Wait for something to happen, but no longer than libcurl says."""
        due = self._multi.timeout()  # milliseconds, -1 for never
        return self._multi.select(min(timeout, due / 1000) if due >= 0 else timeout)


class Engine:
    """An Engine that one task talks to; use it as a context manager.

    :param auth: the ``auth`` option.
    :param parallel: how many requests may be under way at once.
    :param trace: what the correlation id of the task's requests begins with.
    :raises EngineError: on entering, when ``auth`` is incomplete or the Engine cannot be logged in to.
    """

    def __init__(self, auth: dict[str, Any], parallel: int = 10, trace: str = "containers-") -> None:
        self._auth = auth
        self._local = threading.local()
        self._extra: list[Any] = []
        self._lock = threading.Lock()
        self.url = url_of(auth)
        self._headers = {str(key): str(value) for key, value in (auth.get("headers") or {}).items()}
        given = [self._headers.pop(key) for key in list(self._headers) if key.lower() == "correlation-id"]
        #: Carried by every request of this task, so that its events can be found in the Engine.
        self.correlation_id = given[0] if given else f"{trace}{uuid.uuid4().hex}"[:TRACE]
        #: Requests sent so far, without logins and logouts.
        self.requests = 0
        self._main: Any = None
        self._token: str | None = None
        # Threads live as long as the task, since each keeps its connection.
        self._pool = ThreadPoolExecutor(max_workers=parallel)

    def __enter__(self) -> Engine:
        check_credentials(self._auth, self.url)
        self._main = self._connect(self._auth.get("token"))
        self._token = self._through_an_outage(lambda: self._run(self._main, lambda _system: self._main.authenticate()))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown()
        for connection in self._extra:
            # A thread whose token had expired has logged in anew, and that login is nobody else's to end.
            _close(connection, logout=connection.authenticate() != self._token)
        _close(self._main, logout=self._main.authenticate() != self._auth.get("token"))

    def call(self, work: Call) -> Any:
        """Run one call on the task's own connection. Raises :class:`EngineError`."""
        return self._run(self._main, work)

    def each(self, calls: dict[Key, Call]) -> dict[Key, Any]:
        """Run independent calls together. The value of a key is the call's result, or its :class:`EngineError`.

        Each thread has a connection of its own that shares the login. SDK futures would do it in one thread, but a
        connection that breaks while another future waits is never reported to its own: its ``wait`` would not end
        (ovirtsdk4 4.6.3, Connection.__wait).
        """
        if len(calls) == 1:
            return {key: self._caught(self._main, work) for key, work in calls.items()}
        running = {key: self._pool.submit(self._in_thread, work) for key, work in calls.items()}
        return {key: future.result() for key, future in running.items()}

    def read(self, calls: dict[Key, Call]) -> dict[Key, Any]:
        """As :meth:`each`, for calls that may be repeated: those that an Engine in trouble fails are tried again.

        Raises the first :class:`EngineError` that is left after :data:`OUTAGE`, since half a picture is none.
        """
        answers: dict[Key, Any] = {}

        def ask() -> dict[Key, Any]:
            results = self.each({key: call for key, call in calls.items() if key not in answers})
            answers.update({key: result for key, result in results.items() if not isinstance(result, EngineError)})
            for result in results.values():
                if isinstance(result, EngineError):
                    raise result
            return answers

        return self._through_an_outage(ask)

    def _through_an_outage(self, ask: Callable[[], Any]) -> Any:
        deadline, pause = time.monotonic() + OUTAGE, 0.25
        while True:
            try:
                return ask()
            except EngineError as error:
                # Before anything has worked, an address at which nobody answers is more likely wrong than in trouble.
                worth = error.passing and (self._token is not None or error.starting)
                if not worth or time.monotonic() + pause > deadline:
                    raise
            time.sleep(pause)
            pause = min(pause * 2, 2)

    def _in_thread(self, work: Call) -> Any:
        if not hasattr(self._local, "connection"):
            connection = self._local.connection = self._connect(self._token)
            with self._lock:
                self._extra.append(connection)
        return self._caught(self._local.connection, work)

    def _caught(self, connection: Any, work: Call) -> Any:
        try:
            return self._run(connection, work)
        except EngineError as error:
            return error

    def _run(self, connection: Any, work: Call) -> Any:
        try:
            return work(connection.system_service())
        except NO_LOGIN as error:
            if not _is_of_login(error):
                raise
            raise not_an_engine("something that is no login", self.url, self._auth) from error
        except Exception as error:
            raise explain(error, self.url, self._auth) from error

    def _connect(self, token: str | None) -> Any:
        auth = self._auth
        connection = ovirtsdk4.Connection(
            url=self.url,
            username=auth.get("username"),
            password=auth.get("password"),
            token=token,
            ca_file=auth.get("ca_file"),
            insecure=auth["insecure"],
            kerberos=auth["kerberos"],
            timeout=auth["timeout"],
            compress=auth["compress"],
            headers={**self._headers, "Correlation-Id": self.correlation_id},
        )
        if hasattr(connection, "_multi"):
            connection._multi = _Prompt(connection._multi)
        send = connection.send

        def counted(request: Any) -> Any:
            with self._lock:
                self.requests += 1
            return send(request)

        connection.send = counted
        return connection


def _is_of_login(error: Exception) -> bool:
    """Whether it was the SDK's connection that stumbled, and not our code."""
    return any(
        frame.f_globals.get("__name__") == "ovirtsdk4" for frame, _line in traceback.walk_tb(error.__traceback__)
    )


def _close(connection: Any, logout: bool) -> None:
    """Log out and disconnect. An Engine that is gone by now must not hide how the task itself ended."""
    try:
        connection.close(logout=logout)
    except (ovirtsdk4.Error, pycurl.error):
        connection.close(logout=False)
