# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors
"""The states that undo what a run has changed: in the run itself, in the next one, or for a role that becomes absent.

A way back never stops half way. What cannot be looked at, undone or noted is a problem, and all the rest is undone.
"""

from __future__ import absolute_import, division, print_function

import os

from ..host import HostError
from . import changes, data, records, way_back
from .actions import undo_all
from .outcomes import outcome
from .work import Work

__metaclass__ = type


class WaysBack(Work):
    """The states that undo. Each is a method that returns a result."""

    def recovered(self):
        """Put right what a killed run has left: keep it where no VM is worse off, else undo it."""
        if self.record is None or self.record["stage"] not in records.UNDER_WAY or self.is_ours():
            return outcome(False, found=False)
        self.wait_for_killed()
        # Before the first change and after the last there is nothing to blame for what is otherwise by now.
        harm = self.harm() if self.record["stage"] == "open" else []
        if harm and self.record["baseline"]:
            return self.rolled_back()
        self.keep_before(dict(self.record, json_keys=self.json_keys()))
        return outcome(True, ["go on with the snapshot %s" % (self.name,)], harm=harm)

    def rolled_back(self):
        """Undo what has changed since it was taken, and look whether that led back."""
        if self.record is None or not self.record["baseline"]:
            return outcome(False, found=False)
        self.wait_for_killed()
        now = self._look_back()
        own, kept = self.change(now)
        steps, more = way_back.way_back(own, now, self.json_keys(), self.params["discard"])
        problems, used = _unseen(now), now.get("in_use")
        if not self.check:
            noted = self._tried(self.keep, self.record)
            problems += undo_all(self.host, steps)
            now = self.look_back()
            problems += [problem for problem in _unseen(now) if problem not in problems]
            # What is not at its end stays noted, for the next run.
            problems += noted if problems else self._put_others_back(used) + self._close()
        left = self._differences(now, own, kept)
        return outcome(True, map(way_back.sentence, steps), kept + more, problems, left, self.harm())

    def restored(self):
        """Undo what was sealed, and what a killed run has done since. Forget it when all of it is done."""
        if self.record is None:
            return outcome(False, found=False)
        self.wait_for_killed()
        now, own, kept = self._look_back(), self.record["own"], []
        if self.record["baseline"]:
            since, kept = self.change(now)
            own = changes.together(own, since, self.record["baseline"])
            # Sealed changes have passed the gate for VM safety. Those of a killed run have not.
            own["policies"] = since["policies"]
        steps, more = way_back.way_back(own, now, self.json_keys(), self.params["discard"])
        problems = _unseen(now)
        if not self.check:
            problems += undo_all(self.host, steps)
            problems += [] if problems else self._tried(records.forget, self.path)
        kept += more
        kept += [sentence for sentence in self.record["cut_short"] if sentence not in kept]
        return outcome(True, map(way_back.sentence, steps), kept, problems)

    def _look_back(self):
        """A picture that also has what others may have put into docker since a run was killed."""
        now = self.look_back()
        if self.is_late() and self.record["baseline"]:
            now["in_use"] = data.in_use(self.host)
            now["held"] = {path: data.held(self.host, path) for path in self.record["about"][1]}
        return now

    def _differences(self, now, own, kept):
        """Differences that remain after the rollback, without what ``kept`` has already."""
        known = ["packages: %s " % (name,) for name in own["others"]]
        known += ["trees: %s " % (path,) for path in self.record["about"][1] if any(path in line for line in kept)]
        found = changes.differences(self.record["baseline"], now)
        return [line for line in found if not line.startswith(tuple(known))]

    def _tried(self, deed, *words):
        """Write or delete a record, and return the problems. A failure does not stop the undoing."""
        try:
            deed(*words)
        except HostError as problem:
            return ["%s" % (problem,)]
        return []

    def _close(self):
        """End the run that has taken the snapshot; without anything to remember, the record goes."""
        record = dict(self.record, baseline=None, safety=None, others={}, late=False, runs=[], json_keys={})
        if record["engine"]["drained"] or record["engine"]["stopped_vms"]:
            # Nothing of it is changed any more, so nobody has to wait for this run.
            return self._tried(records.write, self.path, dict(record, stage="begun", owner={}))
        if record["own"] == changes.NOTHING and not record["cut_short"]:
            return self._tried(records.forget, self.path)
        return self._tried(records.write, self.path, dict(record, stage="sealed"))

    def _put_others_back(self, used):
        """Make the other records what they were: their changes are undone now.

        ``used``: what somebody has in docker, which was kept then.
        """
        problems = []
        for place in sorted(records.places(os.path.dirname(self.path)).values()):
            if place != self.path:
                problems += self._tried(self._put_back, place, used)
        return problems

    def _put_back(self, place, used):
        before = self.record["others"].get(place)
        try:
            content = records.read(place)
        except HostError:
            if before is None:
                raise
            content = None  # what it was is known
        if content and not self._is_undone(content, used):
            return
        if before is None:
            records.forget(place)
        elif content != before:
            records.write(place, before)

    def _is_undone(self, content, used):
        """Whether the changes of another record were undone here. Those of an outer run and of other runs were not."""
        if content["stage"] in records.UNDER_WAY and content["since"] < self.record["since"]:
            return False
        if content["since"] >= self.record["since"] and not self.is_within(content):
            return False
        # A docker that was kept is still its role's.
        return not (used and changes.DOCKER in content["about"][2])


def _unseen(now):
    words = "Could not look at %s: %s. Correct the cause, then run it again."
    return [words % (name, now["unseen"][name]) for name in sorted(now["unseen"])]
