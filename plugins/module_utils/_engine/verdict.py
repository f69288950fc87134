# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""Whether a VM has got where it should be: one pure function of its goal, of what was seen of it, and of the time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from .._vm.site import RUNNING

#: Seconds. Between two hosts that Engine tries, and before a configuration that waited for the next run is applied, a
#: VM is down for a moment (VmAnalyzer.proceedDownVm, VdsEventListener.rerun and processOnVmStop, Engine 4.1).
MOMENT = 5


class Verdict(Enum):
    """What a look at a VM says about its goal."""

    WAIT = "it is still on its way"
    ARRIVED = "it is where it should be"
    UNDONE = "somebody else has started, stopped or kept it"
    FELL = "it was started and is down again"


@dataclass(frozen=True)
class Goal:
    """Where a VM should get: ``down``, ``absent``, or ``up`` and still so ``hold`` seconds later.

    ``runtime`` is that of the VM, None where it is not known: it explains why a container fell. ``sign`` is the
    interface that the guest's agent reports while the container runs, "" where the state of the VM is all there is.
    """

    state: str
    hold: float = 0
    runtime: str | None = None
    sign: str = ""


@dataclass
class History:
    """What was seen of one VM. Times are seconds of one clock.

    ``watched`` is when the watching began, ``runs`` whether its container runs, ``runs_since`` when it was first seen
    to, ``down_since`` since when it is down or gone without a break. ``interfaces`` and ``addresses`` are what its
    guest's agent reported last. ``config_waits`` says that a configuration waits for its next run. Of what the Engine
    logged about a VM that fell, ``powered_off`` says that somebody did it, ``given_up`` that Engine tries no other
    host.
    """

    watched: float
    status: str = "unknown"
    runs: bool = False
    host: str | None = None
    runs_since: float | None = None
    down_since: float | None = None
    config_waits: bool = False
    powered_off: bool = False
    given_up: bool = False
    interfaces: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()

    @property
    def ran(self) -> bool:
        """Whether it was seen to run."""
        return self.runs_since is not None

    def see(self, status: str, now: float, config_waits: bool = False, runs: bool | None = None) -> None:
        """Add a look. ``status`` is the Engine's word, or ``absent``.

        ``runs`` says whether the container runs, None where there is no more to it than the word.
        """
        self.status, self.config_waits = status, config_waits
        self.runs = status in RUNNING if runs is None else runs
        if self.runs and self.runs_since is None:
            self.runs_since = now
        elif runs is False and status in RUNNING:
            self.runs_since = None
        if status not in ("down", "absent"):
            self.down_since = None
        elif self.down_since is None:
            self.down_since = now


def verdict(goal: Goal, history: History, now: float) -> Verdict:
    """Judge by the newest look.

    ======  ==========================================================  =======
    goal    seen                                                        verdict
    ======  ==========================================================  =======
    absent  absent                                                      ARRIVED
    absent  there, a MOMENT or more after the watching began            UNDONE
    down    launching, or running a MOMENT after the watching began     UNDONE
    down    down with no configuration that waits, or for a MOMENT      ARRIVED
    up      running since ``hold`` seconds or more                      ARRIVED
    up      down, and somebody powered it off                           UNDONE
    up      down after it ran, or for a MOMENT, or Engine gave up       FELL
    any     anything else                                               WAIT
    ======  ==========================================================  =======
    """
    return _JUDGES[goal.state](goal, history, now)


def _absent(goal: Goal, history: History, now: float) -> Verdict:
    # An answer to a removal says little; a VM that stays for a while was not removed.
    if history.status == "absent":
        return Verdict.ARRIVED
    return Verdict.UNDONE if now - history.watched >= MOMENT else Verdict.WAIT


def _down(goal: Goal, history: History, now: float) -> Verdict:
    # A VM that is being stopped does not launch; and Engine shows it as going down at once (DestroyVmVDSCommand.java).
    runs_on = history.status in RUNNING and now - history.watched >= MOMENT
    if history.status == "wait_for_launch" or runs_on:
        return Verdict.UNDONE
    # Starting it before the waiting configuration is applied would start the old one.
    down = history.down_since is not None and (_long_down(history, now) or not history.config_waits)
    return Verdict.ARRIVED if down else Verdict.WAIT


def _up(goal: Goal, history: History, now: float) -> Verdict:
    if history.runs:
        held = history.runs_since is not None and now - history.runs_since >= goal.hold
        return Verdict.ARRIVED if held else Verdict.WAIT
    if history.down_since is None:
        return Verdict.WAIT
    if history.powered_off:
        return Verdict.UNDONE
    fell = history.ran or history.given_up or _long_down(history, now)
    return Verdict.FELL if fell else Verdict.WAIT


def _long_down(history: History, now: float) -> bool:
    return history.down_since is not None and now - history.down_since >= MOMENT


_JUDGES = {"absent": _absent, "down": _down, "up": _up}
