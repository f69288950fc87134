# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The connection to an Engine, as far as it needs none: the login, its limits, and what a task says of itself."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._engine.connection import Connection
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._engine.contact import Contact
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._engine.engine import Engine
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._engine.faults import EngineError
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._engine.login import Bounded, Login
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._engine.progress import Progress
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.errors import SpecError

URL = "https://engine.example.com:8443/ovirt-engine/api"
AUTH: dict[str, Any] = {
    "url": URL,
    "hostname": None,
    "username": "admin@internal",
    "password": "s3cret",
    "token": None,
    "ca_file": None,
    "insecure": True,
    "timeout": 0,
    "compress": True,
    "kerberos": False,
    "headers": None,
}


class Answering(Login):
    """A login whose Engine answers this."""

    def __init__(self, *answers: Any, **auth: Any) -> None:
        super().__init__(Contact(URL, {**AUTH, **auth}, {}, 30, "timeout", secrets=set()))
        self.answers, self.asked = list(answers), []  # type: ignore[var-annotated]

    def _post(self, place: str, fields: dict[str, str], seconds: float) -> Any:
        self.asked.append((place, fields, seconds))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_a_login_is_renewed_once_for_all() -> None:
    login = Answering({"access_token": "one"}, {"access_token": "two"})
    login.begin()
    assert login.renew("one") == "two"
    assert login.renew("one") == "two"  # somebody else came first
    assert len(login.asked) == 2


def test_a_refused_login_is_not_asked_for_again() -> None:
    login = Answering({"error": "access_denied", "error_description": "Cannot authenticate user."})
    for again in (login.begin, lambda: login.renew(None)):
        with pytest.raises(EngineError, match=r"refused the login of admin@internal: Cannot authenticate user\. Check"):
            again()
    assert len(login.asked) == 1


@pytest.mark.parametrize(
    "answer", [{}, [], None, "x", {"access_token": 7}, {"access_token": "a\nb"}, {"access_token": "é"}]
)
def test_what_is_no_login_is_said_so(answer: Any) -> None:
    with pytest.raises(EngineError, match="something that is not a login"):
        Answering(answer).begin()


def test_a_token_that_was_given_is_neither_renewed_nor_ended() -> None:
    login = Answering(token="given", username=None, password=None)
    login.begin()
    login.end()
    assert login.asked == []
    with pytest.raises(EngineError, match=r"log in again with ovirt\.ovirt\.ovirt_auth"):
        login.renew("given")


def test_a_logout_is_short_whatever_the_engine_says() -> None:
    login = Answering({"access_token": "one"}, EngineError("gone"))
    login.begin()
    login.end()
    place, fields, seconds = login.asked[-1]
    assert (place, fields["token"]) == ("services/sso-logout", "one")
    assert seconds <= 10


def test_a_buffer_takes_so_much_and_no_more() -> None:
    kept = io.BytesIO()
    buffer = Bounded(kept, 5)
    assert [buffer.write(b"abc"), buffer.write(b"def"), buffer.write(b"de")] == [3, 0, 2]
    assert kept.getvalue() == b"abcde"


def test_a_connection_waits_whole_seconds() -> None:
    connection = Connection(Answering(token="t"), {}, lambda: None, url=URL, insecure=True)
    connection.limit(0.2)
    assert connection._timeout == 1
    connection.limit(2.1)
    assert connection._timeout == 3


def test_a_task_says_who_it_is() -> None:
    engine = Engine({**AUTH, "headers": {"correlation-id": "mine"}})
    assert (engine.server, engine.user, engine.correlation_id) == ("engine.example.com:8443", "admin@internal", "mine")
    assert Engine({**AUTH, "username": None, "token": "t"}).user == "The user of the token or ticket"
    assert Engine(AUTH, trace="fleet-shop-").correlation_id.startswith("fleet-shop-")


def test_progress_is_lines_in_a_file(tmp_path: Path) -> None:
    progress = Progress(str(tmp_path / "lines"), "shop")
    with progress.phase("writing", ["a", "b"]):
        progress.begun("a")
    progress.batch = "batch 1 of 2: "
    progress.say("bad\x1b[31m")
    assert (tmp_path / "lines").read_text().splitlines() == ["shop: writing: 2", "shop: batch 1 of 2: bad�[31m"]


def test_progress_goes_to_no_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SpecError, match="neither a file nor a terminal"):
        Progress(str(tmp_path / "pipe"))
    Progress().say(json.dumps("nobody reads this"))
