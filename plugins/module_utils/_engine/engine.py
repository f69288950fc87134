# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""The connection to an Engine: one login and one logout per task, and calls in parallel."""

from __future__ import annotations

import os
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, TypeVar

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from .connection import Connection
from .contact import Contact
from .credentials import ADMINISTRATORS_VIEW, check_credentials, headers_of, secrets_of, url_of
from .faults import EngineError, explain
from .login import Login

SDK_ERROR: str | None = None
try:
    import ovirtsdk4
except ImportError:
    ovirtsdk4 = None
    SDK_ERROR = traceback.format_exc()

#: Characters of a correlation id that Engine keeps (CurrentFilter.java, Engine 4.1 to 4.5).
TRACE = 36
#: Seconds for which reads are repeated while the Engine is in trouble.
OUTAGE = 10.0
#: Seconds that one request may take where no option says how long.
REQUEST_SECONDS = 180

Key = TypeVar("Key", bound=Hashable)
#: A call gets the SDK's system service and returns what it likes.
Call = Callable[[Any], Any]


def require_sdk(module: AnsibleModule) -> None:
    """End the module with the usual words when the Engine's SDK is missing on the machine it runs on."""
    if ovirtsdk4 is None:
        module.fail_json(msg=missing_required_lib("ovirt-engine-sdk-python >= 4.4.0"), exception=SDK_ERROR)


class Engine:
    """An Engine that one task talks to; use it as a context manager.

    :param auth: the ``auth`` option.
    :param parallel: how many requests may be under way at once.
    :param trace: what the correlation id of the task's requests begins with.
    :param timeout: seconds that one request may take where ``auth.timeout`` says nothing; the option ``timeout``.
    :raises EngineError: on entering, when ``auth`` is incomplete or the Engine cannot be logged in to.
    """

    def __init__(
        self, auth: dict[str, Any], parallel: int = 10, trace: str = "containers-", timeout: float | None = None
    ) -> None:
        self._auth = auth
        self._local = threading.local()
        self._extra: list[Any] = []
        self._lock = threading.Lock()
        self.url = url_of(auth)
        headers = headers_of(auth)
        given = [headers.pop(key) for key in list(headers) if key.lower() == "correlation-id"]
        #: Carried by every request of this task, so that its events can be found in the Engine.
        self.correlation_id = given[0] if given else f"{trace}{uuid.uuid4().hex}"[:TRACE]
        #: Requests sent so far, without logins and logouts.
        self.requests = 0
        self._main: Any = None
        option = "auth.timeout" if auth["timeout"] else "timeout" if timeout else "the limit of this collection"
        seconds = auth["timeout"] or timeout or REQUEST_SECONDS
        self._contact = Contact(self.url, auth, headers, seconds, option, secrets=secrets_of(auth))
        self._login = Login(self._contact)
        # Threads live as long as the task, since each keeps its connection.
        self._pool = ThreadPoolExecutor(max_workers=parallel)

    def __enter__(self) -> Engine:
        check_credentials(self._auth, self.url)
        self._through_an_outage(self._login.begin)
        self._main = self._connect()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown()
        self._login.end()
        for connection in [*self._extra, self._main]:
            connection.close(logout=False)

    @property
    def server(self) -> str:
        """The Engine's name, with its port where that is not the usual one."""
        return self._contact.server.partition("://")[2]

    @property
    def user(self) -> str:
        """The user name, or words for it where there is only a token or a ticket."""
        return self._auth.get("username") or "The user of the token or ticket"

    def call(self, work: Call, within: float | None = None) -> Any:
        """Run one call on the task's own connection, each of its requests ``within`` so many seconds.

        Raises :class:`EngineError`.
        """
        return self._run(self._main, work, within)

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

        Raises the first :class:`EngineError` that is left after :data:`OUTAGE`, since part of the answers is of no use.
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
                worth = error.passing and (self._main is not None or error.starting)
                if not worth or time.monotonic() + pause > deadline:
                    raise
            time.sleep(pause)
            pause = min(pause * 2, 2)

    def _in_thread(self, work: Call) -> Any:
        if not hasattr(self._local, "connection"):
            connection = self._local.connection = self._connect()
            with self._lock:
                self._extra.append(connection)
        return self._caught(self._local.connection, work)

    def _caught(self, connection: Any, work: Call) -> Any:
        try:
            return self._run(connection, work)
        except EngineError as error:
            return error
        except Exception as error:
            # A bug of this collection must not lose the results of the other calls.
            return EngineError(f"a fault of this collection, please report it: {type(error).__name__}: {error}")

    def _run(self, connection: Any, work: Call, within: float | None = None) -> Any:
        contact = self._contact
        if within is not None and within < contact.seconds:
            contact = contact.limited(max(1, within), "timeout")
        connection.limit(contact.seconds)
        try:
            return work(connection.system_service())
        except Exception as error:
            raise explain(error, contact) from error

    def _connect(self) -> Any:
        auth = self._auth
        return Connection(
            self._login,
            {**self._contact.headers, **ADMINISTRATORS_VIEW, "Correlation-Id": self.correlation_id},
            self._count,
            url=self.url,
            ca_file=os.fsencode(auth["ca_file"]) if auth.get("ca_file") else None,
            insecure=auth["insecure"],
            compress=auth["compress"],
        )

    def _count(self) -> None:
        with self._lock:
            self.requests += 1
