# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The run of a guest, whenever something is asked of it: with a guest that only remembers what was done to it."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from ovirt_lab.guests import GuestError, run
from ovirt_lab.guests.agent import Agent, Report
from ovirt_lab.guests.json_lines import Unanswered
from ovirt_lab.guests.machine import Guest, Machine
from ovirt_lab.guests.run import Event, Run, What

PATIENCE = 30.0


class Told(Agent):
    """An agent that answers at once."""

    def __init__(self, guest: Pretended) -> None:
        self._guest = guest

    def report(self) -> Report:
        return Report("web", (), {})

    def shut_down(self, mode: str) -> None:
        self._guest.done.append(f"agent: {mode}")
        if self._guest.obeys:
            self._guest.over.set()

    def close(self) -> None:
        pass


class Pretended(Guest):
    """A guest without a ground."""

    def __init__(self, console: Path) -> None:
        self.machine = Machine("id", "web", 0, 1, [], [])
        self.console = console
        self.done: list[str] = []
        self.over, self.may_start, self.has_agent = threading.Event(), threading.Event(), threading.Event()
        self.obeys = True
        self.fails = ""

    def start(self) -> None:
        self.done.append("start")
        assert self.may_start.wait(PATIENCE)
        if self.fails:
            raise GuestError(self.fails)

    def agent(self) -> Agent:
        if not self.has_agent.is_set():
            raise Unanswered("none yet")
        return Told(self)

    def press_power(self) -> None:
        self.done.append("power button")

    def press_reset(self) -> None:
        self.done.append("reset button")

    def boots(self) -> int:
        return 1

    def ended(self) -> bool:
        return self.over.is_set()

    def ended_well(self) -> bool:
        return True

    def kill(self) -> None:
        self.done.append("kill")
        self.over.set()

    def clean(self) -> None:
        self.done.append("clean")


class Heard:
    """What a run tells."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._news = threading.Condition()

    def __call__(self, event: Event) -> None:
        with self._news:
            self.events.append(event)
            self._news.notify_all()

    def whats(self) -> list[What]:
        return [event.what for event in self.events]

    def until(self, what: What) -> None:
        with self._news:
            assert self._news.wait_for(lambda: what in self.whats(), PATIENCE), f"{what} was not heard"


@pytest.fixture
def guest(tmp_path: Path) -> Pretended:
    return Pretended(tmp_path / "console")


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Heard:
    monkeypatch.setattr(run, "_CALM", 0.1)
    return Heard()


def test_a_guest_that_is_switched_off_before_it_is_made_never_boots(guest: Pretended, heard: Heard) -> None:
    called, go = threading.Event(), threading.Event()

    def make() -> Guest:
        called.set()
        assert go.wait(PATIENCE)
        return guest

    made = Run("web", make, heard)
    assert called.wait(PATIENCE)
    made.power_off()
    go.set()
    assert made.wait(PATIENCE)
    assert (heard.whats(), guest.done) == ([What.ENDED], [])


@pytest.mark.parametrize("fails", ["", "no disk"])
def test_a_guest_that_is_switched_off_while_it_starts_ends(guest: Pretended, heard: Heard, fails: str) -> None:
    guest.fails = fails
    made = Run("web", lambda: guest, heard)
    made.power_off()
    guest.may_start.set()
    assert made.wait(PATIENCE)
    assert heard.events[-1] == Event(What.ENDED), "and not that it failed"
    assert guest.done in ([], ["start"] if fails else ["start", "kill", "clean"])


def test_a_guest_that_cannot_be_made_says_why(guest: Pretended, heard: Heard) -> None:
    guest.fails = "no disk"
    guest.may_start.set()
    assert Run("web", lambda: guest, heard).wait(PATIENCE)
    assert heard.events == [Event(What.FAILED, "no disk")]


def test_a_shutdown_that_nobody_could_hear_is_asked_for_again(guest: Pretended, heard: Heard) -> None:
    guest.may_start.set()
    made = Run("web", lambda: guest, heard)
    heard.until(What.STARTED)
    made.shut_down()
    guest.has_agent.set()
    assert made.wait(PATIENCE)
    assert guest.done == ["start", "power button", "agent: powerdown", "clean"]
    assert heard.whats() == [What.STARTED, What.ENDED], "no report in between: it is about to go"


def test_a_guest_that_does_not_shut_down_goes_on(
    guest: Pretended, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "_TIME_TO_LEAVE", 0.1)
    guest.may_start.set()
    guest.has_agent.set()
    guest.obeys = False
    made = Run("web", lambda: guest, heard)
    heard.until(What.REPORT)
    made.shut_down()
    heard.until(What.STAYS)
    made.power_off()
    assert made.wait(PATIENCE)
    assert heard.whats()[:3] == [What.STARTED, What.REPORT, What.STAYS]


def test_a_console_keeps_its_last_lines(guest: Pretended) -> None:
    line = b"x" * 1023 + b"\n"
    with guest.console.open("ab", buffering=0) as writer:
        for _ in range(9 << 10):
            writer.write(line)
        writer.write(b"before\n")
        guest.trim_console()
        writer.write(b"after\n")
    kept = guest.console.read_bytes()
    assert kept.endswith(line + b"before\nafter\n")
    assert kept.startswith(line)
    assert len(kept) < 5 << 20
