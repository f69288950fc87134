# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of a guest, watched by a thread: what happens to it is told as events, and what is asked of it is done."""

from __future__ import annotations

import contextlib
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from .agent import Agent, Report
from .ground import GuestError
from .json_lines import Refused, Unanswered
from .machine import Guest

_QUICK, _CALM = 0.3, 3.0  # seconds between two looks: until the agent has told all, and afterwards
_TIME_TO_LEAVE = 120.0  # seconds that a guest has to shut down, before it goes on (sys_shutdown_timeout of Vdsm)


class What(Enum):
    """What happened."""

    STARTED = "started"  # it runs; its system boots
    FAILED = "failed"  # it did not start
    REPORT = "report"  # its agent told something new
    REBOOTS = "reboots"  # its system has begun to boot anew
    STAYS = "stays"  # it was to shut down, and goes on
    ENDED = "ended"  # it is off


@dataclass(frozen=True)
class Event:
    """Something that happened to a guest."""

    what: What
    reason: str = ""  # of FAILED: one sentence
    clean: bool = True  # of ENDED: its system powered off, or it was switched off
    report: Report | None = None  # of REPORT


class Run:
    """A guest from its start to its end. `hear` gets the events, in their order, in the thread of the run.

    It can be asked for everything from the first moment: a guest that is switched off before it is made never boots.
    """

    def __init__(self, name: str, make: Callable[[], Guest], hear: Callable[[Event], None]) -> None:
        """`make` is called in the thread. It may raise GuestError, OSError or ValueError: the guest cannot be had."""
        self._make = make
        self._guest: Guest | None = None
        self._hear = hear
        self._talk = threading.Lock()  # an agent has one client at a time
        self._wake = threading.Event()
        self._off = False  # switched off by us
        self._leaving: float | None = None  # until when it has time to shut down
        self._thread = threading.Thread(target=self._live, name=f"guest-{name}", daemon=True)
        self._thread.start()

    # --- what is asked of it

    def power_off(self) -> None:
        """Switch it off, without a word to its system."""
        self._off = True
        if self._guest is not None:
            self._guest.kill()
        self._wake.set()

    def shut_down(self) -> None:
        """Have its system power down: by its agent, else by its power button."""
        self._leaving = time.monotonic() + _TIME_TO_LEAVE
        if not self._by_agent("powerdown") and self._guest is not None:
            self._guest.press_power()
        self._wake.set()

    def reboot(self) -> None:
        """Have its system reboot: by its agent, else by a reset."""
        if not self._by_agent("reboot"):
            self.reset()

    def reset(self) -> None:
        """Reset it, without a word to its system."""
        if self._guest is not None:
            self._guest.press_reset()

    def wait(self, seconds: float) -> bool:
        """Whether it has ended in time, and nothing of it is left."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _by_agent(self, mode: str) -> bool:
        with self._talk, contextlib.suppress(Unanswered, Refused):
            if self._guest is not None:
                agent = self._guest.agent()
                agent.shut_down(mode)
                agent.close()
                return True
        return False

    # --- its life

    def _live(self) -> None:
        try:
            guest = self._start()
        except (GuestError, OSError, ValueError) as error:
            self._hear(self._no_start(str(error)))
            return
        except Exception as error:  # a fault of ours: the VM must not hang for it
            traceback.print_exc()
            self._hear(self._no_start(repr(error)))
            return
        if guest is None:
            self._hear(Event(What.ENDED))
            return
        self._hear(Event(What.STARTED))
        try:
            self._watch(guest)
        except Exception:  # a fault of ours: the guest cannot be watched any longer
            traceback.print_exc()
            guest.kill()
        clean = self._off or guest.ended_well()
        guest.clean()
        self._hear(Event(What.ENDED, clean=clean))

    def _no_start(self, reason: str) -> Event:
        return Event(What.ENDED) if self._off else Event(What.FAILED, reason)

    def _start(self) -> Guest | None:
        """The guest, which runs; None if it was switched off before that."""
        guest = None if self._is_off() else self._make()
        if guest is None or self._is_off():
            return None
        guest.start()
        self._guest = guest
        if self._is_off():  # whoever switched it off may have found no guest
            guest.kill()
        return guest

    def _is_off(self) -> bool:
        return self._off

    def _watch(self, guest: Guest) -> None:
        told: Report | None = None
        boots = 0
        while not guest.ended():
            guest.trim_console()
            now = guest.boots()
            if boots and now and now != boots:
                told = None
                self._hear(Event(What.REBOOTS))
            boots = now or boots
            report = self._ask(guest)
            if self._stays(new=report is not None and told is None):
                told = None
                self._hear(Event(What.STAYS))
            if report is not None and report != told:
                told = report
                if self._leaving is None:
                    self._hear(Event(What.REPORT, report=report))
            self._wake.wait(_CALM if told is not None and _complete(guest, told) else _QUICK)
            self._wake.clear()

    def _stays(self, new: bool) -> bool:
        """Whether it was to shut down and has not done it in time.

        `new`: its agent has just come up: it was asked before its system could hear that, and is asked once more.
        """
        if self._leaving is None:
            return False
        if time.monotonic() > self._leaving:
            self._leaving = None
            return True
        if new:
            self._by_agent("powerdown")
        return False

    def _ask(self, guest: Guest) -> Report | None:
        with self._talk, contextlib.suppress(Unanswered, Refused):
            agent: Agent = guest.agent()
            try:
                return agent.report()
            finally:
                agent.close()
        return None


def _complete(guest: Guest, report: Report) -> bool:
    """Whether each interface of a guest that is on a network has an address that others can use."""
    usable = {each.mac.lower() for each in report.interfaces if any("." in a for a in each.addresses)}
    return all(nic.mac.lower() in usable for nic in guest.machine.nics if nic.bridge)
