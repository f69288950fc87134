# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors
"""One record of a host and the run that works with it: what all states of a snapshot do with them."""

from __future__ import absolute_import, division, print_function

import json
import os

from .. import safety
from ..host import HostError
from . import busy, changes, late, orphans, picture, records

__metaclass__ = type


class Work:
    """A record, its host and its run."""

    def __init__(self, host, params, check):
        self.host = host
        # As the record has them: in Python 2.7 arguments are bytes.
        names = ("run", "take_over", "stopped_vms", "json_keys")
        self.params = dict(params, **{name: json.loads(json.dumps(params[name])) for name in names})
        self.check = check
        self.name = params["name"]
        self.owner = self.params["run"]
        self.path = os.path.join(host.path(params["directory"]), self.name + ".json")
        self.now = busy.moment(host)
        self.record = records.read(self.path)
        self._refuse_busy()
        if self.record and self.record["safety"] and busy.is_other_boot(self.record, self.now):
            self.record["safety"] = busy.after_boot(self.record["safety"])

    def _refuse_busy(self):
        found = {os.path.basename(place)[:-5]: one for place, one in records.readable(self.path).items()}
        if self.record:
            found[self.name] = self.record
        busy.refuse(found, self.owner, self.params["take_over"], self.now)

    def is_ours(self):
        """Whether this very run works with the record."""
        return self.record["owner"] == self.owner

    def is_late(self):
        """Whether an earlier run took the snapshot, so that others may have changed the host since."""
        return self.record["late"] or not self.is_ours()

    def keep(self, record):
        """Write the record as this run's. Raises HostError where that is not possible."""
        is_late = record["late"] or (record["stage"] == "open" and record["owner"] != self.owner)
        runs = record["runs"] + ([self.owner] if self.owner and self.owner not in record["runs"] else [])
        record = dict(record, owner=self.owner, late=is_late, runs=runs, **busy.moment(self.host))
        if not self.check:
            records.write(self.path, record)
            self.record = record

    def keep_before(self, record):
        """The same before anything is done to the host."""
        try:
            self.keep(record)
        except HostError as problem:
            raise HostError("%s Nothing was changed by this task." % (problem,))

    def wait_for_killed(self):
        """Wait for the last module of another run that has left this under way: it may still be at work."""
        if not self.check and self.record["stage"] in records.UNDER_WAY and not self.is_ours():
            orphans.wait(self.host)

    def look(self, about, safety):
        """A picture. Raises HostError where a part cannot be looked at."""
        files, trees, services = about
        return picture.take(self.host, safety, files, trees, services)

    def safety(self, probe=False):
        """What VMs depend on. Raises HostError where the firewall or the routes cannot be looked at."""
        found = safety.state(self.host, probe)
        if found["unseen"]:
            words = "%s. A snapshot needs that; see to it that root can list firewall and routes, and run it again"
            raise HostError(words % ("; ".join(found["unseen"]),))
        return found

    def look_back(self):
        """A picture for a way back: what cannot be looked at counts as before, and is ``unseen`` in it."""
        files, trees, services = self.record["about"]
        return picture.attempt(self.host, safety.state(self.host), files, trees, services, self.record["baseline"])

    def harm(self):
        """What is worse for VMs than it was when the snapshot was taken."""
        before = self.record["safety"]
        if not before:
            return []
        neighbours, peers = before.get("reachable") or {}, before.get("paths") or {}
        probe = before.get("bridged") is not None or before.get("reachable") is not None
        return safety.harm(before, safety.state(self.host, probe, neighbours, peers))

    def json_keys(self):
        """Keys of JSON files that are ours, as this run or the one before has said."""
        return dict(self.record.get("json_keys") or {}, **self.params["json_keys"])

    def change(self, now):
        """Return (what has changed since the baseline, sentences about what is somebody else's of it)."""
        own = changes.change(self.record["baseline"], now, self.is_late())
        if not self.is_late():
            return own, []
        within, without = self._other_records()
        noted = {}
        for record in [self.record] + within:
            for path, entry in record["own"]["files"].items():
                noted.setdefault(path, set()).add(entry["after"])
        theirs = [record["own"] for record in without]
        return late.ours(own, now, noted, theirs, self.json_keys())

    def _other_records(self):
        """What was sealed since the snapshot was taken: by roles within this run or the killed one, and by others."""
        since = [
            record
            for record in records.readable(self.path).values()
            if record["stage"] == "sealed" and record["since"] >= self.record["since"]
        ]
        within = [record for record in since if self.is_within(record)]
        return within, [record for record in since if record not in within]

    def is_within(self, record):
        """Whether another record is of a role within this run, or within one of those that worked with this before."""
        return not record["owner"] or record["owner"] in self.record["runs"] + [self.owner]
