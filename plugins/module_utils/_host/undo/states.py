# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""The states of container_host_snapshot: how a run begins, ends, or is put right after it was killed."""

from __future__ import absolute_import, division, print_function

import json
import os
import re
import time

from . import files as _host_files
from . import lock
from . import orphans
from . import picture
from . import records
from .. import safety as _host_safety
from . import changes
from . import way_back
from ..host import HostError, one_line
from .actions import undo_all

__metaclass__ = type

STATES = ("begun", "taken", "sealed", "proven", "recovered", "rolled_back", "restored", "absent")


def ensure(host, params, check):
    """Carry out one state; the module's result. Raises HostError, or its kind BusyError for another run's record."""
    if not re.match(r"[A-Za-z0-9_-]+\Z", params["name"]):
        raise HostError("name: %s holds more than letters, digits, _ and -" % (one_line(params["name"]),))
    directory = host.path(params["directory"])
    makes = params["state"] in ("begun", "taken") and not check
    with lock.locked(directory, makes):
        snapshot = Snapshot(host, params, check)
        try:
            return getattr(snapshot, params["state"])()
        finally:
            if makes:
                records.tidy(directory)


def outcome(changed, steps=(), kept=(), problems=(), differences=(), harm=(), found=True):
    """Return a result; all states have the same keys."""
    return {
        "changed": changed,
        "steps": list(steps),
        "kept": list(kept),
        "problems": list(problems),
        "differences": list(differences),
        "harm": list(harm),
        "found": found,
    }


class Snapshot:
    """One record, and what a state does with it. Each state is a method that returns a result."""

    def __init__(self, host, params, check):
        self.host = host
        # As the record has them: in Python 2.7 arguments are bytes.
        names = ("run", "take_over", "stopped_vms")
        self.params = dict(params, **{name: json.loads(json.dumps(params[name])) for name in names})
        self.check = check
        self.name = params["name"]
        self.owner = self.params["run"]
        self.path = os.path.join(host.path(params["directory"]), self.name + ".json")
        self.record = records.read(self.path)
        records.refuse_busy(self.name, self.record, self.owner, self.params["take_over"])

    def begun(self):
        """Note what is about to happen to the host in the Engine, before it does."""
        record = self.record
        if record is None or record["stage"] == "sealed":
            record = self._new()
        names = sorted(set(record["engine"]["stopped_vms"]) | set(self.params["stopped_vms"]))
        engine = {"drained": record["engine"]["drained"] or self.params["drained"], "stopped_vms": names}
        if record is self.record and engine == record["engine"] and self._is_ours():
            return outcome(False)
        self._keep(dict(record, engine=engine))
        return outcome(True, ["note what is done with the host in the Engine"])

    def taken(self):
        """Take a snapshot. One that a run has left open is kept: what it began is not over."""
        if self.record and self.record["stage"] == "open":
            return self._gone_on()
        safety = _host_safety.snapshot(self.host, self.params["probe"])
        about = self._about()
        record = dict(self.record or self._new(), stage="open", about=about, safety=safety, late=False)
        if self.record and self.record["stage"] != "begun":
            record["since"] = time.time()
        record["baseline"] = self._look(about, safety) if self.params["way_back"] else None
        record["others"] = records.others(self.path)
        self._keep(record)
        return outcome(True, ["take the snapshot %s" % (self.name,)])

    def _gone_on(self):
        """Work with a snapshot that is open. It gets its way back where the run before needed none."""
        record = self.record
        lacks = self.params["way_back"] and not record["baseline"]
        if self._is_ours() and not lacks:
            return outcome(False)
        if lacks:
            about = self._about()
            record = dict(record, about=about, baseline=self._look(about, _host_safety.snapshot(self.host)))
            record["others"] = records.others(self.path)
        self._keep(record)
        return outcome(True, ["go on with the snapshot %s" % (self.name,)])

    def sealed(self):
        """Note what has changed since it was taken as the owner's."""
        if self.record is None:
            raise HostError("There is no snapshot %s to seal; take it before the change." % (self.name,))
        if not self.record["baseline"]:
            return outcome(False)
        own = self._change(self._look_again())
        record = dict(self.record, stage="sealed", baseline=None, safety=None, others={})
        record["cut_short"] = sorted(set(record["cut_short"]) | set(way_back.of_others(own)))
        record["own"] = changes.together(record["own"], own, self.record["baseline"])
        self._keep(record)
        return outcome(True, ["seal the snapshot %s" % (self.name,)])

    def proven(self):
        """Note that the changes stay: no VM is worse off. What is left is to give the host back."""
        if self.record is None or self.record["stage"] != "open":
            return outcome(False, found=self.record is not None)
        self._keep(dict(self.record, stage="proven", baseline=None, others={}))
        return outcome(True, ["keep the changes since the snapshot %s" % (self.name,)])

    def recovered(self):
        """Put right what a killed run has left: keep it where no VM is worse off, else undo it."""
        if self.record is None or self.record["stage"] not in records.UNDER_WAY or self._is_ours():
            return outcome(False, found=False)
        self._wait_for_killed()
        harm = self._harm()
        if harm and self.record["baseline"]:
            return self.rolled_back()
        self._keep(self.record)
        return outcome(True, ["go on with the snapshot %s" % (self.name,)], harm=harm)

    def rolled_back(self):
        """Undo what has changed since it was taken, and look whether that led back."""
        record = self.record
        if record is None or not record["baseline"]:
            return outcome(False, found=False)
        self._wait_for_killed()
        now = self._look_again()
        own = self._change(now)
        steps, kept = way_back.way_back(own, now, {}, self.params["discard"])
        problems = []
        self._keep(record)
        if not self.check:
            problems = undo_all(self.host, steps)
            self._put_others_back()
            self._close(problems)
            now = self._look_again()
        left = changes.differences(record["baseline"], now)
        # What is told in ``kept`` already.
        left = [line for line in left if not any(line.startswith("packages: %s " % name) for name in own["others"])]
        steps = [way_back.sentence(step) for step in steps]
        return outcome(True, steps, kept, problems, left, self._harm())

    def restored(self):
        """Undo what was sealed, and what a killed run has done since. Forget it when all of it is done."""
        if self.record is None:
            return outcome(False, found=False)
        self._wait_for_killed()
        now, own = self._look_again(), self.record["own"]
        if self.record["baseline"]:
            own = changes.together(own, self._change(now), self.record["baseline"])
        steps, kept = way_back.way_back(own, now, self.params["json_keys"], self.params["discard"])
        problems = []
        if not self.check:
            problems = undo_all(self.host, steps)
            if not problems:
                records.forget(self.path)
        kept += [sentence for sentence in self.record["cut_short"] if sentence not in kept]
        return outcome(True, [way_back.sentence(step) for step in steps], kept, problems)

    def absent(self):
        """Forget the snapshot."""
        if self.record is None:
            return outcome(False, found=False)
        if not self.check:
            records.forget(self.path)
        return outcome(True, ["forget the snapshot %s" % (self.name,)])

    def _new(self):
        return records.new(self.owner)

    def _about(self):
        """What the options say that counts: files with those that links lead to, trees, units."""
        files = _host_files.with_targets(self.host, self.params["files"])
        return [files, self.params["trees"], self.params["services"]]

    def _wait_for_killed(self):
        """Wait for the last module of another run that has left this under way: it may still be at work."""
        if not self.check and self.record["stage"] in records.UNDER_WAY and not self._is_ours():
            orphans.wait(self.host)

    def _is_ours(self):
        """Whether this very run works with the record."""
        return self.record["owner"] == self.owner

    def _is_late(self):
        """Whether another run than this has taken the snapshot, so that others may have worked here since."""
        return self.record["late"] or not self._is_ours()

    def _keep(self, record):
        """Write the record as this run's."""
        late = record["late"] or (record["stage"] == "open" and record["owner"] != self.owner)
        record = dict(record, owner=self.owner, late=late, touched=time.time())
        if not self.check:
            records.write(self.path, record)
            self.record = record

    def _look(self, about, safety):
        files, trees, services = about
        return picture.take(self.host, safety, files, trees, services)

    def _look_again(self):
        """A picture of what the record is about."""
        return self._look(self.record["about"], _host_safety.snapshot(self.host))

    def _change(self, now):
        return changes.change(self.record["baseline"], now, self._is_late())

    def _harm(self):
        """What is worse for VMs than it was when the snapshot was taken."""
        before = self.record["safety"]
        if not before:
            return []
        neighbours, peers = before.get("reachable") or {}, before.get("paths") or {}
        probe = before.get("bridged") is not None or before.get("reachable") is not None
        return _host_safety.harm(before, _host_safety.snapshot(self.host, probe, neighbours, peers))

    def _close(self, problems):
        """End the run that has taken the snapshot; without anything to remember, the record goes."""
        record = self.record
        if problems:
            return  # the way back is not at its end
        if record["engine"]["drained"] or record["engine"]["stopped_vms"]:
            records.write(self.path, dict(record, stage="begun", baseline=None, others={}, late=False))
        elif record["own"] == changes.NOTHING and not record["cut_short"]:
            records.forget(self.path)
        else:
            sealed = dict(record, stage="sealed", baseline=None, safety=None, others={}, late=False)
            records.write(self.path, sealed)

    def _put_others_back(self):
        """Make the other records what they were: they tell about changes that are undone now."""
        for place, content in records.others(self.path).items():
            outer = content["stage"] in records.UNDER_WAY and content["since"] < self.record["since"]
            if outer:
                continue
            if place not in self.record["others"]:
                os.unlink(place)
            elif content != self.record["others"][place]:
                records.write(place, self.record["others"][place])
