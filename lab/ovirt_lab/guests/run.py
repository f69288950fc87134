# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of a guest, watched by a thread: what happens to it is told as events, and what is asked of it is done."""

from __future__ import annotations

import contextlib
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from .agent import Agent, Report
from .ground import GuestError
from .json_lines import Refused, Unanswered
from .machine import Guest

_QUICK, _CALM = 0.3, 3.0  # seconds between two looks: until the agent has told all, and afterwards


class What(Enum):
    """What happened."""

    STARTED = "started"  # it runs; its system boots
    FAILED = "failed"  # it did not start
    REPORT = "report"  # its agent told something new
    REBOOTS = "reboots"  # its system has begun to boot anew
    ENDED = "ended"  # it is off


@dataclass(frozen=True)
class Event:
    """Something that happened to a guest."""

    what: What
    reason: str = ""  # of FAILED: one sentence
    clean: bool = True  # of ENDED: its system powered off, or it was switched off
    report: Report | None = None  # of REPORT


class Run:
    """A guest from its start to its end. `hear` gets the events, in their order, in the thread of the run."""

    def __init__(self, guest: Guest, hear: Callable[[Event], None]) -> None:
        self._guest = guest
        self._hear = hear
        self._talk = threading.Lock()  # an agent has one client at a time
        self._wake = threading.Event()
        self._off = False  # switched off by us
        self._thread = threading.Thread(target=self._live, name=f"guest-{guest.machine.name}", daemon=True)
        self._thread.start()

    # --- what is asked of it

    def power_off(self) -> None:
        """Switch it off, without a word to its system."""
        self._off = True
        self._guest.kill()
        self._wake.set()

    def shut_down(self) -> None:
        """Have its system power down: by its agent, else by its power button."""
        if not self._by_agent("powerdown"):
            self._guest.press_power()
        self._wake.set()

    def reboot(self) -> None:
        """Have its system reboot: by its agent, else by a reset."""
        if not self._by_agent("reboot"):
            self._guest.press_reset()

    def reset(self) -> None:
        """Reset it, without a word to its system."""
        self._guest.press_reset()

    def wait(self, seconds: float) -> bool:
        """Whether it has ended in time, and nothing of it is left."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _by_agent(self, mode: str) -> bool:
        with self._talk, contextlib.suppress(Unanswered, Refused):
            agent = self._guest.agent()
            agent.shut_down(mode)
            agent.close()
            return True
        return False

    # --- its life

    def _live(self) -> None:
        try:
            self._guest.start()
        except GuestError as error:
            self._hear(Event(What.FAILED, str(error)))
            return
        except Exception as error:  # a fault of ours: the VM must not hang for it
            traceback.print_exc()
            self._hear(Event(What.FAILED, repr(error)))
            return
        self._hear(Event(What.STARTED))
        try:
            self._watch()
        except Exception:  # a fault of ours: the guest cannot be watched any longer
            traceback.print_exc()
            self._guest.kill()
        clean = self._off or self._guest.ended_well()
        self._guest.clean()
        self._hear(Event(What.ENDED, clean=clean))

    def _watch(self) -> None:
        told: Report | None = None
        boots = 0
        while not self._guest.ended():
            now = self._guest.boots()
            if boots and now and now != boots:
                told = None
                self._hear(Event(What.REBOOTS))
            boots = now or boots
            report = self._ask()
            if report is not None and report != told:
                told = report
                self._hear(Event(What.REPORT, report=report))
            self._wake.wait(_CALM if told is not None and self._complete(told) else _QUICK)
            self._wake.clear()

    def _ask(self) -> Report | None:
        with self._talk, contextlib.suppress(Unanswered, Refused):
            agent: Agent = self._guest.agent()
            try:
                return agent.report()
            finally:
                agent.close()
        return None

    def _complete(self, report: Report) -> bool:
        """Whether each interface of the guest that is on a network has an address that others can use."""
        usable = {each.mac.lower() for each in report.interfaces if any("." in a for a in each.addresses)}
        return all(nic.mac.lower() in usable for nic in self._guest.machine.nics if nic.bridge)
