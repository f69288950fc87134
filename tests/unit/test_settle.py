# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting for VMs: one list a look, a clock that nobody waits for, and what the user is told."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._engine import events, settle
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._engine.faults import EngineError
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._engine.patience import Patience, patience_from
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._engine.progress import Progress
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._engine.settle import Arrival, Clock
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._engine.verdict import Goal
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.errors import SpecError

from tests.unit.stand_in_engine import StandInEngine

PATIENCE = Patience(timeout=30, poll_interval=2, settle=5)
ENDED = SimpleNamespace(code=61, description="VM web is down. Exit message: memory", host=None)
POWERED_OFF = SimpleNamespace(code=33, description="VM web was stopped by admin", host=None)
STARTED = SimpleNamespace(code=32, description="VM web started", host=SimpleNamespace(id="h-1"))


class Time:
    """Seconds that pass when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0

    def sleep(self, seconds: float) -> None:
        """Let them pass."""
        self.now += seconds

    @property
    def clock(self) -> Clock:
        """This time for those who wait."""
        return Clock(lambda: self.now, self.sleep)


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Watch the VM web, which is in one of these states at each look; the last one stays."""

    def watch(goal: Goal, *statuses: str | Exception, told: Any = ()) -> Arrival:
        looks, engine = list(statuses), StandInEngine()

        def listed(*_words: Any) -> list[Any]:
            status = looks.pop(0) if len(looks) > 1 else looks[0]
            if isinstance(status, Exception):
                raise status
            if status == "absent":
                return []
            host = SimpleNamespace(id="h-1") if status == "up" else None
            state = SimpleNamespace(value=status)
            return [
                SimpleNamespace(
                    id="vm-1", status=state, host=host, next_run_configuration_exists=False, interfaces=(), addresses=()
                )
            ]

        monkeypatch.setattr(settle, "list_vms", listed)
        engine.system.events_service().list.return_value = list(told)
        stand_in: Any = engine
        goals, hosts, ids = {"web": goal}, {"h-1": "host1"}, {"web": "vm-1"}
        return settle.settle(stand_in, hosts, goals, ids, PATIENCE, Progress(), Time().clock)["web"]

    return watch


UP = Goal("up", 5, "vdsm")


def test_a_container_that_stays(wait: Any) -> None:
    arrival = wait(UP, "wait_for_launch", "powering_up", "up")
    assert (arrival.status, arrival.host, arrival.error, arrival.undone) == ("up", "host1", None, False)


def test_a_container_that_ends(wait: Any) -> None:
    arrival = wait(UP, "up", "down", told=[STARTED])
    assert arrival.error.startswith("web: it was started on host1 and is down again. Engine says: VM web started.")
    assert "'docker ps -a' and 'journalctl -u vdsm-*' on the host show which." in arrival.error


def test_a_start_that_fails_says_what_vdsm_means(wait: Any) -> None:
    arrival = wait(UP, "wait_for_launch", "down", told=[ENDED, STARTED])
    assert arrival.error == (
        "web: it was started on host1 and is down again. Engine says: VM web is down. Exit message: memory. "
        "That means: its maximum memory equals its memory."
    )


def test_of_a_runtime_that_is_not_known_nothing_is_made_up(wait: Any) -> None:
    arrival = wait(Goal("up"), "wait_for_launch", "down", told=[ENDED])
    assert arrival.error.endswith("Exit message: memory.")


def test_somebody_else_stops_it(wait: Any) -> None:
    assert wait(UP, "up", "down", told=[POWERED_OFF]).undone


def test_a_removal_that_was_none(wait: Any) -> None:
    assert wait(Goal("absent"), "down").undone
    assert wait(Goal("absent"), "down", "absent").status == "absent"


def test_time_is_over(wait: Any) -> None:
    assert wait(UP, "wait_for_launch", told=[STARTED]).error == (
        "web: up was wanted, it is wait_for_launch after 30 s (timeout). Engine says: VM web started. "
        "Run the task again to go on"
    )
    late = wait(Goal("up", 60), "up").error
    assert "it is up after 30 s (timeout), but not for 60 s (settle) yet. Run the task again" in late
    assert "down was wanted, it is powering_down after 30 s" in wait(Goal("down"), "powering_down").error


def test_an_engine_in_trouble_for_a_while(wait: Any) -> None:
    busy = EngineError("busy", 503, passing=True)
    assert wait(UP, "powering_up", busy, busy, "up").error is None
    assert "since the Engine does not answer: busy" in wait(UP, "powering_up", busy).error
    assert "does not answer: no" in wait(UP, "powering_up", EngineError("no", 401)).error


def test_the_most_telling_event_counts() -> None:
    assert events.words([STARTED, ENDED]) == "VM web is down. Exit message: memory"
    assert events.words([STARTED]) == "VM web started"
    assert events.words([]) == "nothing"


def test_only_events_since_the_last_start() -> None:
    engine: Any = StandInEngine()
    engine.system.events_service().list.return_value = [ENDED, STARTED, POWERED_OFF]
    assert events.events_about(engine, ["web"]) == {"web": [ENDED, STARTED]}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"timeout": 0}, "timeout is 0 s; 1 or more"),
        ({"settle": float("nan")}, "settle is nan s"),
        ({"poll_interval": 10**12}, "at most is taken"),
        ({"timeout": 10, "settle": 10.0}, "before a container can have stayed up"),
    ],
)
def test_patience_that_makes_no_sense(given: dict[str, Any], told: str) -> None:
    params = {"wait": True, "timeout": 180, "poll_interval": 3, "settle": 20.0, **given}
    with pytest.raises(SpecError, match=told):
        patience_from(params, ["running"])
