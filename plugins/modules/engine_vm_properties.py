#!/usr/bin/python
# -*- coding: utf-8 -*-

# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: engine_vm_properties
short_description: Define custom properties of VMs in the Engine
version_added: 0.1.0
description:
  - Merges custom properties into C(UserDefinedVMProperties) of C(engine-config), for each cluster level. Properties of
    others keep their order and every byte.
  - The Engine reads the values when it starts. This module does not restart it; RV(restart_pending) tells whether it
    has to be restarted.
  - A pattern is one of Java's, which is compiled by the Engine only when a VM has the property. It is checked here
    first, and refused where Java and Python read it differently.
  - Runs on the Engine's own machine as root, with Python 2.7 or 3.6 and later. Needs C(engine-config) and C(locale).
author:
  - ovirt_contrib.containers contributors (@ovirt-contrib)
extends_documentation_fragment:
  - ovirt_contrib.containers.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
    details:
      - A value that is already as asked for is not written. What counts is what is stored, not what C(engine-config)
        says or how it exits.
options:
  properties:
    description:
      - Name of a property to the pattern that its value has to match as a whole.
      - A name consists of letters without accents, digits and C(_), and is none of those that the Engine defines itself
        at one of the levels.
      - A pattern cannot hold C(;), not even escaped; write C(\x3B). All properties of a level together have less than
        4,000 characters.
      - V(null) takes the property out.
      - One that is there keeps its place; new ones come last, in the order of their names.
    type: dict
    required: true
  state:
    description:
      - V(present) defines the properties, V(absent) takes all of them out, whatever pattern is given.
    type: str
    choices: [present, absent]
    default: present
  backup_directory:
    description:
      - Where the values before a change are kept, one shell script for each run that changes something, which only root
        may read. C(sh FILE) followed by a restart of the Engine puts them back.
      - A lock is kept there as well, so that two runs of this module do not get into each other's way.
    type: path
    default: /var/lib/ovirt-containers/engine-config
  cluster_levels:
    description:
      - Compatibility levels of the clusters whose VMs are to have the properties, such as V(4.1).
      - Without it, all levels that the Engine stores.
    type: list
    elements: str
  timeout:
    description:
      - Seconds for each call of C(engine-config), which takes some to start, and for another run of this module to end.
    type: int
    default: 120
requirements:
  - python 2.7 or >= 3.6 on the Engine's machine, without further packages
notes:
  - C(engine-config) cannot compare and write in one step. A level is read once more just before it is written and read
    back afterwards, and where somebody else has changed it, all begins again with the new value. What somebody writes
    with C(engine-config) by hand in the second or so that the writing call itself takes to start is lost, and nobody
    can see that. Two runs of this module cannot do that to each other.
  - What is changed by hand with C(engine-config) does not show in RV(restart_pending).
  - Where somebody has left a property twice, as C(engine-config -m) does, only the first place stays when it is set.
seealso:
  - module: ovirt.ovirt.ovirt_system_option_info
"""

EXAMPLES = r"""
- name: Let VMs of level 4.1 be containers
  ovirt_contrib.containers.engine_vm_properties:
    properties:
      containerType: docker
      containerImage: '[a-z0-9][a-z0-9._/:@-]{0,254}'
    cluster_levels: ["4.1"]
  register: properties

- name: Take one property out at all levels
  ovirt_contrib.containers.engine_vm_properties:
    properties:
      volumeMap: null

- name: See what would change if both were taken out
  ovirt_contrib.containers.engine_vm_properties:
    properties:
      containerType: null
      containerImage: null
    state: absent
  check_mode: true
"""

RETURN = r"""
levels:
  description:
    - What was found and made of it at each level that was asked for, properties of others included. Of a property that
      is there twice the last one is told, as it is the one that counts.
  returned: success, and when a write fails
  type: dict
  contains:
    before:
      description: Patterns by name before this run.
      type: dict
    after:
      description: Patterns by name after it.
      type: dict
    stored:
      description:
        - The whole value as it is stored after this run, or would be in check mode.
        - What the running Engine takes is in its API since 4.2, see M(ovirt.ovirt.ovirt_system_option_info).
      type: str
    changed:
      description: Whether the value was written, or would be in check mode.
      type: bool
  sample:
    "4.1":
      before: {sap: "^.*$"}
      after: {sap: "^.*$", containerType: docker}
      stored: sap=^.*$;containerType=docker
      changed: true
restart_pending:
  description:
    - Whether the Engine has to be restarted to know the properties, as this run or an earlier one has changed them
      since it was started. In check mode, whether it would have to be.
    - V(null) when nothing was changed and the state of C(ovirt-engine.service) cannot be told.
  returned: success, and when a write fails
  type: bool
  sample: true
backup:
  description: The shell script that puts the values back, V(null) when nothing was written.
  returned: success, and when a write fails
  type: str
  sample: /var/lib/ovirt-containers/engine-config/UserDefinedVMProperties-20261120T101112Z.sh
notes:
  description: What Java and Python read differently in the patterns, beyond ASCII or beyond one line.
  returned: success, and when a write fails
  type: list
  elements: str
  sample: ['containerImage: \d is 0 to 9 in Java; Python takes other digits too']
"""

import os

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._host.host import Host, HostError, text
from ..module_utils._properties.backup import Backups
from ..module_utils._properties.engine_config import EngineConfig, words_of
from ..module_utils._properties.grammar import PropertyError, check_key, effective, numbers, parse, planned
from ..module_utils._properties.pattern import check as check_pattern

#: What text is, in Python 2 too.
TEXT = text(b"").__class__
#: How often it begins again when somebody else changes the same level.
ROUNDS = 5


def wishes(params):
    """Return (pairs of key and pattern, notes); a pattern of None takes the key out."""
    pairs, notes = [], []
    for key, pattern in sorted(params["properties"].items()):
        key, pattern = text(key), text(pattern)
        check_key(key)
        if params["state"] == "absent":
            pattern = None
        elif pattern is not None:
            if not isinstance(pattern, TEXT):
                raise PropertyError("properties: the pattern of %s is no text; put it in quotes" % key)
            notes += check_pattern(key, pattern)
        pairs.append((key, pattern))
    return pairs, notes


def chosen(levels, stored):
    """Return the levels to look at, of those that are stored."""
    if levels is None:
        return [level for level, _value in stored]
    known = [level for level, _value in stored]
    unknown = [level for level in levels if level not in known]
    if unknown or not levels:
        raise PropertyError(
            "cluster_levels: the Engine stores no level %s; name some of %s"
            % (", ".join(unknown) or "without a name", ", ".join(known))
        )
    return [level for level in known if level in levels]


class Run:
    """One run: what is wanted, what is stored, and what was written so far."""

    def __init__(self, module):
        self.module = module
        self.pairs, self.notes = wishes(module.params)
        host = Host()
        self.config = EngineConfig(host, module.params["timeout"])
        self.backups = Backups(host, module.params["backup_directory"], self.config.locale)
        self.plan = []
        self.written = {}  # level to what it was at first

    def look(self):
        """Read all levels in one call, and plan (level, before, after) for those asked for."""
        stored = self.config.levels()
        levels = [text(level) for level in self.module.params["cluster_levels"] or []]
        levels = None if self.module.params["cluster_levels"] is None else levels
        values = dict(stored)
        self.plan = [
            (level, values[level], planned(level, values[level], self.pairs)) for level in chosen(levels, stored)
        ]
        for level, before, after in self.differing():
            self.config.may_write(level, before, after)

    def differing(self):
        """What has to be written."""
        return [step for step in self.plan if step[1] != step[2]]

    def apply(self):
        """Write until all is as planned, though somebody else may change it meanwhile."""
        self.backups.lock(self.module.params["timeout"])
        try:
            for _round in range(ROUNDS):
                if self.write_all():
                    return
                self.look()
            raise HostError(
                "the values of engine-config have changed %d times while they were to be written, or it shows them "
                "differently with --cver and without; see who else changes them, then run again" % ROUNDS
            )
        finally:
            self.backups.unlock()

    def write_all(self):
        """Write each level that differs, once. Return whether nobody else came in between."""
        for level, before, after in self.differing():
            self.backups.keep(level, before)
            if self.config.value(level) != before:
                self.forget(level)
                return False
            known = level in self.written
            # Noted first: where what comes next fails, it may have been written.
            self.written.setdefault(level, before)
            outcome = self.config.write(level, after)
            self.backups.touch()
            now = self.config.value(level)
            if now == before:
                if not known:
                    del self.written[level]
                self.forget(level)
                raise HostError(self.trouble(level, outcome))
            if now != after:
                return False
        return True

    def forget(self, level):
        """Take a level out of the backup unless an earlier round has written it."""
        if level not in self.written:
            self.backups.forget(level)

    def trouble(self, level, outcome):
        """Return why a level was not written, and what was."""
        done = ", ".join(sorted(self.written, key=numbers)) or "none"
        return (
            "level %s: engine-config did not write the value: %s (levels written before: %s); run again once the cause "
            "is gone" % (level, words_of(outcome), done)
        )

    def result(self):
        """Return the result, as all outcomes have it."""
        steps = [(self.written.get(level, before), after) for level, before, after in self.plan]
        levels = [level for level, _before, _after in self.plan]
        changed = any(before != after for before, after in steps)
        return {
            "changed": changed,
            "levels": {level: told(*values) for level, values in zip(levels, steps)},
            "restart_pending": True if changed else self.backups.outdated(),
            "backup": self.backups.told,
            "notes": self.notes,
            "diff": {
                "before": lines(levels, [values[0] for values in steps]),
                "after": lines(levels, [values[1] for values in steps]),
            },
        }

    def failure(self):
        """Return what is known when a write fails: a level that was not reached is as before."""
        self.plan = [(level, before, after if level in self.written else before) for level, before, after in self.plan]
        return self.result()


def told(before, after):
    """Return a level as the result has it."""
    return {"before": effective(before), "after": effective(after), "stored": after, "changed": before != after}


def lines(levels, values):
    """Return values as text for the diff, one line for each property of each level."""
    found = [(level, pair) for level, value in zip(levels, values) for pair in parse(value)]
    return "".join("%s %s=%s\n" % (level, key, pattern) for level, (key, pattern) in found)


def argument_spec():
    """Return the module's options."""
    return {
        "properties": {"type": "dict", "required": True},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "backup_directory": {"type": "path", "default": "/var/lib/ovirt-containers/engine-config"},
        "cluster_levels": {"type": "list", "elements": "str"},
        "timeout": {"type": "int", "default": 120},
    }


def main():
    """Run the module."""
    module = AnsibleModule(argument_spec=argument_spec(), supports_check_mode=True)
    run = None
    try:
        run = Run(module)
        run.look()
        if run.differing() and not module.check_mode:
            run.apply()
    except (HostError, PropertyError) as problem:
        known = run.failure() if run and run.plan else {}
        # Not the exception itself: Python 2 would want it in ASCII.
        module.fail_json(msg="%s: %s" % (os.uname()[1], text(problem.args[0])), **known)
    module.exit_json(**run.result())


if __name__ == "__main__":
    main()
