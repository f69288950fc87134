# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a VM has arrived: every row of the table, with times that nobody has to wait for."""

from __future__ import annotations

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._engine.verdict import (
    MOMENT,
    Goal,
    History,
    Verdict,
    verdict,
)

DOWN, ABSENT, UP = Goal("down"), Goal("absent"), Goal("up", hold=20)
BEGAN = 100.0


def after(*looks: tuple[float, str], waits: bool = False, **facts: bool) -> tuple[History, float]:
    """What these looks have shown, each a time and a status; and the time of the last one."""
    history = History(BEGAN)
    for now, status in looks:
        history.see(status, now, waits)
    for name, value in facts.items():
        setattr(history, name, value)
    return history, looks[-1][0]


SOON, LONG = BEGAN + 1, BEGAN + MOMENT
CASES = [
    (ABSENT, after((SOON, "absent")), Verdict.ARRIVED),
    (ABSENT, after((SOON, "down")), Verdict.WAIT),
    (ABSENT, after((SOON, "down"), (LONG, "down")), Verdict.UNDONE),
    (DOWN, after((SOON, "down")), Verdict.ARRIVED),
    (DOWN, after((SOON, "absent")), Verdict.ARRIVED),
    (DOWN, after((SOON, "powering_down")), Verdict.WAIT),
    (DOWN, after((LONG + 100, "powering_down")), Verdict.WAIT),
    # The configuration that waits for the next run is applied a moment later.
    (DOWN, after((SOON, "down"), waits=True), Verdict.WAIT),
    (DOWN, after((SOON, "down"), (SOON + MOMENT, "down"), waits=True), Verdict.ARRIVED),
    (DOWN, after((SOON, "up")), Verdict.WAIT),
    (DOWN, after((SOON, "up"), (LONG, "up")), Verdict.UNDONE),
    (DOWN, after((SOON, "wait_for_launch")), Verdict.UNDONE),
    (UP, after((SOON, "wait_for_launch")), Verdict.WAIT),
    (UP, after((SOON, "powering_up")), Verdict.WAIT),
    (UP, after((SOON, "powering_up"), (SOON + 19.9, "up")), Verdict.WAIT),
    (UP, after((SOON, "powering_up"), (SOON + 20, "up")), Verdict.ARRIVED),
    (Goal("up"), after((SOON, "powering_up")), Verdict.ARRIVED),
    # Between two hosts that Engine tries.
    (UP, after((SOON, "down")), Verdict.WAIT),
    (UP, after((SOON, "down"), given_up=True), Verdict.FELL),
    (UP, after((SOON, "down"), (SOON + MOMENT, "down")), Verdict.FELL),
    (UP, after((SOON, "down"), (SOON + 1, "wait_for_launch"), (SOON + MOMENT, "down")), Verdict.WAIT),
    (UP, after((SOON, "up"), (SOON + 1, "down")), Verdict.FELL),
    (UP, after((SOON, "up"), (SOON + 1, "absent")), Verdict.FELL),
    (UP, after((SOON, "up"), (SOON + 1, "down"), powered_off=True), Verdict.UNDONE),
    (UP, after((LONG + 100, "not_responding")), Verdict.WAIT),
]


@pytest.mark.parametrize(("goal", "seen", "judged"), CASES)
def test_every_row(goal: Goal, seen: tuple[History, float], judged: Verdict) -> None:
    assert verdict(goal, *seen) is judged


def test_each_verdict_has_a_case_for_each_goal_that_can_have_it() -> None:
    assert {(goal.state, judged) for goal, _seen, judged in CASES} == {
        (state, judged)
        for state in ("absent", "down", "up")
        for judged in Verdict
        if judged is not Verdict.FELL or state == "up"
    }
