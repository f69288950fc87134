# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors
"""The states of container_host_snapshot: how a run begins and ends. Those that undo are in ways_back.py."""

from __future__ import absolute_import, division, print_function

from ..host import HostError, one_line, text
from . import changes, kept_files, lock, records, way_back
from .outcomes import outcome
from .ways_back import WaysBack

__metaclass__ = type

STATES = ("begun", "taken", "sealed", "proven", "recovered", "rolled_back", "restored", "absent")


def ensure(host, params, check):
    """Carry out one state; the module's result. Raises HostError, or its kind BusyError for another run's record."""
    if not records.NAME.match(params["name"]):
        raise HostError("name: %s has other characters than letters, digits, _ and -" % (one_line(params["name"]),))
    for path, keys in params["json_keys"].items():
        if not isinstance(keys, list) or not all(isinstance(text(key), type(text(b""))) for key in keys):
            raise HostError("json_keys: %s needs a list of keys" % (one_line(path),))
    directory = host.path(params["directory"])
    makes = params["state"] in ("begun", "taken") and not check
    with lock.locked(directory, makes):
        snapshot = Snapshot(host, params, check)
        try:
            return getattr(snapshot, params["state"])()
        finally:
            if makes:
                records.tidy(directory)


class Snapshot(WaysBack):
    """One record, and what a state does with it. Each state is a method that returns a result."""

    def begun(self):
        """Note what is about to happen to the host in the Engine, before it does."""
        record = self.record
        if record is None or record["stage"] == "sealed":
            record = self._new()
        names = sorted(set(record["engine"]["stopped_vms"]) | set(self.params["stopped_vms"]))
        engine = {"drained": record["engine"]["drained"] or self.params["drained"], "stopped_vms": names}
        if record is self.record and engine == record["engine"] and self.is_ours():
            return outcome(False)
        self.keep_before(dict(record, engine=engine))
        return outcome(True, ["note what is done with the host in the Engine"])

    def taken(self):
        """Take a snapshot. One that a run has left open is kept: what it began is not over."""
        if self.record and self.record["stage"] == "open":
            return self._gone_on()
        about = self._about()
        safety = self.safety(self.params["probe"])
        # What was sealed before may have another owner; what changes from now on is this run's.
        record = dict(self.record or self._new(), owner=self.owner, about=about, safety=safety)
        record.update(stage="open", late=False, runs=[], json_keys=self.params["json_keys"])
        if self.record and self.record["stage"] != "begun":
            record["since"] = self.now["touched"]
        record["baseline"] = self.look(about, safety) if self.params["way_back"] else None
        record["others"] = records.others(self.path)
        self.keep_before(record)
        return outcome(True, ["take the snapshot %s" % (self.name,)])

    def _gone_on(self):
        """Work with a snapshot that is open. It gets its way back where the run before needed none."""
        record = self.record
        lacks = self.params["way_back"] and not record["baseline"]
        if self.is_ours() and not lacks:
            return outcome(False)
        if lacks:
            about = self._about()
            record = dict(record, about=about, baseline=self.look(about, self.safety()))
            record["others"] = records.others(self.path)
        self.keep_before(dict(record, json_keys=self.json_keys()))
        return outcome(True, ["go on with the snapshot %s" % (self.name,)])

    def sealed(self):
        """Note what has changed since it was taken as the owner's."""
        if self.record is None:
            raise HostError("There is no snapshot %s to seal; take it before the change." % (self.name,))
        if not self.record["baseline"]:
            return outcome(False)
        own, _kept = self.change(self.look(self.record["about"], self.safety()))
        record = dict(self.record, stage="sealed", baseline=None, safety=None, others={}, json_keys={})
        record["cut_short"] = sorted(set(record["cut_short"]) | set(way_back.of_others(own)))
        record["own"] = changes.together(record["own"], own, self.record["baseline"])
        self.keep(record)
        return outcome(True, ["seal the snapshot %s" % (self.name,)])

    def proven(self):
        """Note that the changes stay: no VM is worse off. What is left is to give the host back."""
        if self.record is None or self.record["stage"] != "open":
            return outcome(False, found=self.record is not None)
        self.keep(dict(self.record, stage="proven", baseline=None, others={}))
        return outcome(True, ["keep the changes since the snapshot %s" % (self.name,)])

    def absent(self):
        """Forget the snapshot."""
        if self.record is None:
            return outcome(False, found=False)
        if not self.check:
            records.forget(self.path)
        return outcome(True, ["forget the snapshot %s" % (self.name,)])

    def _new(self):
        return records.new(self.owner, self.now)

    def _about(self):
        """What the snapshot covers by its options: files and the targets of links, trees, units."""
        files = kept_files.with_targets(self.host, self.params["files"])
        return [files, self.params["trees"], self.params["services"]]
