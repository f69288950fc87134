# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""How far the work on one VM has come: its phase, and the one function that changes it. Pure."""

from __future__ import annotations

from enum import Enum


class Phase(Enum):
    """How far the work on a VM has come."""

    READY = "actions of its plan are to be carried out"
    LATER = "something that may pass is in the way; it is observed and planned again"
    PROVING = "its actions are done; its container has yet to stay up"
    DONE = "it is as it should be"
    LEFT = "nothing was begun, because another VM had failed"
    FAILED = "it is not as it should be, and its error says why"


class Event(Enum):
    """What happened to a VM."""

    WORK = "its plan has actions that are not done"
    PROOF = "nothing is left to do, and its container has to stay up"
    NOTHING = "nothing is left to do"
    HINDERED = "it is on its way elsewhere, locked, or the Engine is in trouble"
    REFUSED = "it cannot be done, or the time is over"
    PASSED_OVER = "another VM has failed before anything was begun"
    STAYED = "its container stayed up"


_FORWARD = {Event.WORK: Phase.READY, Event.PROOF: Phase.PROVING, Event.NOTHING: Phase.DONE}
_STOPPED = {Event.HINDERED: Phase.LATER, Event.REFUSED: Phase.FAILED}
_TABLE: dict[Phase, dict[Event, Phase]] = {
    Phase.READY: {**_FORWARD, **_STOPPED, Event.PASSED_OVER: Phase.LEFT},
    Phase.LATER: {**_FORWARD, **_STOPPED, Event.PASSED_OVER: Phase.LEFT},
    Phase.PROVING: {**_FORWARD, **_STOPPED, Event.STAYED: Phase.DONE},
    Phase.DONE: {**_FORWARD, **_STOPPED},
    Phase.LEFT: {Event.WORK: Phase.READY},
    Phase.FAILED: {},
}


def next_phase(phase: Phase, event: Event) -> Phase:
    """The phase after ``event``. A pair that the table leaves empty changes nothing.

    =======  =====  =======  =======  ========  =======  ===========  ======
    phase    WORK   PROOF    NOTHING  HINDERED  REFUSED  PASSED_OVER  STAYED
    =======  =====  =======  =======  ========  =======  ===========  ======
    READY    READY  PROVING  DONE     LATER     FAILED   LEFT
    LATER    READY  PROVING  DONE     LATER     FAILED   LEFT
    PROVING  READY  PROVING  DONE     LATER     FAILED                DONE
    DONE     READY  PROVING  DONE     LATER     FAILED
    LEFT     READY
    FAILED
    =======  =====  =======  =======  ========  =======  ===========  ======
    """
    return _TABLE[phase].get(event, phase)
