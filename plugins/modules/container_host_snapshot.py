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
module: container_host_snapshot
short_description: Keep what a container host was like, and put it back
version_added: 0.1.0
description:
  - Remembers packages, services, named files, kernel settings, firewall policies, docker's networks, rules and devices
    of a host before it is changed, and leads back there.
  - The roles of this collection use it for two things. A run takes a snapshot first, and is rolled back to it when it
    fails. And each role seals its snapshot when a run has succeeded, so that it knows later, run after run, what of the
    host is its doing, and can restore what was before when its state is V(absent).
  - What somebody else has changed, before, between or after, is not undone. It is named in RV(kept) where it is in the
    way.
  - Runs on the managed host, with Python 2.7 or 3.6 and later. Needs C(rpm) and C(systemctl).
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
      - Where nothing has changed, nothing is taken, sealed, rolled back or restored a second time.
options:
  name:
    description:
      - Name of the snapshot. It is kept in O(directory) as NAME.json.
      - Letters, digits, C(_) and C(-).
    type: str
    required: true
  state:
    description:
      - V(taken) looks at the host and keeps what it sees, until it is V(sealed) or V(rolled_back).
      - V(sealed) notes what has changed since it was taken as its owner's, beside what was sealed before.
      - V(rolled_back) undoes what has changed since it was taken. Meant for the run that has taken it; use it no later.
      - V(restored) undoes what was sealed, and forgets the snapshot if all of that could be done.
      - V(absent) forgets the snapshot and leaves the host alone.
    type: str
    choices: [taken, sealed, rolled_back, restored, absent]
    default: taken
  files:
    description:
      - Files whose content counts; for O(state=taken).
      - The other snapshots in O(directory) are kept as well and put back by V(rolled_back), as they tell about what is
        undone then.
    type: list
    elements: path
    default: []
  services:
    description:
      - Units whose state counts, for instance C(docker.service); for O(state=taken).
    type: list
    elements: str
    default: []
  trees:
    description:
      - Directories for data; for O(state=taken). If one was missing or empty then, O(discard) deletes what has come
        into it since.
    type: list
    elements: path
    default: []
  json_keys:
    description:
      - For O(state=restored), file by file the keys of a JSON object that are its owner's. When somebody else has
        changed the file since it was sealed, only these keys are put back.
    type: dict
    default: {}
  discard:
    description:
      - Whether O(state=restored) and O(state=rolled_back) also delete what has come into the O(trees).
    type: bool
    default: false
  directory:
    description:
      - Where snapshots are kept.
    type: path
    default: /var/lib/ovirt-containers
seealso:
  - module: ovirt_contrib.containers.container_host_info
"""

EXAMPLES = r"""
- name: Remember what the host is like
  ovirt_contrib.containers.container_host_snapshot:
    name: before_docker
    files: [/etc/docker/daemon.json]
    services: [docker.service]
    trees: [/var/lib/docker]

- name: Put the host back, since something went wrong
  ovirt_contrib.containers.container_host_snapshot:
    name: before_docker
    state: rolled_back
    discard: true
"""

RETURN = r"""
steps:
  description: What was done, or would be in check mode, in order.
  returned: success
  type: list
  elements: str
  sample: [stop docker.service, remove docker-1.13.1-209.el7, delete /etc/docker/daemon.json]
kept:
  description: What was not put back, and why.
  returned: success
  type: list
  elements: str
  sample: ["/etc/docker/daemon.json is kept: somebody else has changed it since"]
problems:
  description: Steps that failed, each with what the host said. The others were carried out.
  returned: success
  type: list
  elements: str
  sample: []
differences:
  description:
    - After O(state=rolled_back), in what the host still differs from what it was. In check mode, in what it differs
      now.
    - Empty in the other states.
  returned: success
  type: list
  elements: str
  sample: []
found:
  description: Whether there was anything to do it with, for O(state=restored) something sealed.
  returned: success
  type: bool
  sample: true
"""

import json
import os
import re

from ansible.module_utils.basic import AnsibleModule

from ..module_utils import _host_picture, _host_snapshot
from ..module_utils._host import Host, HostError


def path_of(module, host):
    """Return where the snapshot is kept."""
    name = module.params["name"]
    if not re.match(r"^[A-Za-z0-9_-]+$", name):
        raise HostError("name: %r holds more than letters, digits, _ and -" % name)
    return host.path(os.path.join(module.params["directory"], name + ".json"))


def read(path):
    """Return the record, None if there is none."""
    if not os.path.exists(path):
        return None
    try:
        with open(path) as source:
            return json.load(source)
    except ValueError as problem:
        raise HostError(
            "%s is damaged (%s), so the host cannot be put back from it. Undo by hand what it is about, "
            "then delete the file." % (path, problem)
        )


def write(path, record):
    """Keep a record. Files may hold secrets, so only root reads it."""
    directory = os.path.dirname(path)
    if not os.path.isdir(directory):
        os.makedirs(directory, 0o700)
    temporary = path + ".new"
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as target:
        json.dump(record, target, indent=1, sort_keys=True)
    os.rename(temporary, path)


def forget(path):
    """Delete a record, and the directory with the last of them."""
    os.unlink(path)
    if not os.listdir(os.path.dirname(path)):
        os.rmdir(os.path.dirname(path))


def outcome(changed, steps=(), kept=(), problems=(), differences=(), found=True):
    """Return a result; all states have the same keys."""
    return {
        "changed": changed,
        "steps": list(steps),
        "kept": list(kept),
        "problems": list(problems),
        "differences": list(differences),
        "found": found,
    }


def look(module, host):
    """Return a picture of what the options name."""
    return _host_picture.take(host, module.params["files"], module.params["trees"], module.params["services"])


def look_again(host, record):
    """Return a picture of what the record is about."""
    files, trees, services = record["about"]
    return _host_picture.take(host, files, trees, services)


def taken(module, host, path, record):
    """Take a snapshot; what was sealed stays so."""
    baseline = look(module, host)
    about = [module.params[name] for name in ("files", "trees", "services")]
    old = record or {"own": _host_snapshot.NOTHING, "cut_short": []}
    new = dict(old, about=about, baseline=baseline, others=others(path))
    if record and record["baseline"]:  # a run was cut short: what it did cannot be told any more from what others did
        since = _host_snapshot.change(record["baseline"], look_again(host, record))
        new["cut_short"] = sorted(set(old["cut_short"]) | set(unclaimed(since)))
    if new == record:
        return outcome(False)
    if not module.check_mode:
        write(path, new)
    return outcome(True, ["take the snapshot %s" % module.params["name"]])


def unclaimed(since):
    """Return sentences about what a run that was cut short may have left."""
    words = "%s is kept: it came while a run was cut short, and may be somebody else's"
    return [words % name for name in since["packages"] + sorted(since["files"])]


def sealed(module, host, path, record):
    """Note what has changed since it was taken as the owner's."""
    if record is None:
        raise HostError("There is no snapshot %s to seal; take it before the change." % module.params["name"])
    if not record["baseline"]:
        return outcome(False)
    own = _host_snapshot.change(record["baseline"], look_again(host, record))
    own = _host_snapshot.together(record["own"], own, record["baseline"])
    if not module.check_mode:
        write(path, dict(record, own=own, baseline=None, others={}))
    return outcome(True, ["seal the snapshot %s" % module.params["name"]])


def rolled_back(module, host, path, record):
    """Undo what has changed since it was taken, and look whether that led back."""
    if record is None or not record["baseline"]:
        return outcome(False, found=False)
    now = look_again(host, record)
    own = _host_snapshot.change(record["baseline"], now)
    steps, kept = _host_snapshot.way_back(own, now, {}, module.params["discard"])
    problems = []
    if not module.check_mode:
        problems = carry_out(host, steps)
        put_others_back(record, path)
        close(path, record)
        now = look_again(host, record)
    left = _host_snapshot.differences(record["baseline"], now)
    return outcome(True, [_host_snapshot.sentence(step) for step in steps], kept, problems, left)


def close(path, record):
    """End the run that has taken the snapshot; without anything sealed before, nothing is left to remember."""
    if record["own"] == _host_snapshot.NOTHING and not record["cut_short"]:
        forget(path)
    else:
        write(path, dict(record, baseline=None, others={}))


def restored(module, host, path, record):
    """Undo what was sealed. Forget it when all of it is done, so that what failed can be tried again."""
    if record is None:
        return outcome(False, found=False)
    now = look_again(host, record)
    steps, kept = _host_snapshot.way_back(record["own"], now, module.params["json_keys"], module.params["discard"])
    problems = []
    if not module.check_mode:
        problems = carry_out(host, steps)
        if not problems:
            forget(path)
    if record["baseline"]:
        kept += unclaimed(_host_snapshot.change(record["baseline"], now))
    return outcome(True, [_host_snapshot.sentence(step) for step in steps], kept + record["cut_short"], problems)


def absent(module, host, path, record):
    """Forget the snapshot."""
    if record is None:
        return outcome(False, found=False)
    if not module.check_mode:
        forget(path)
    return outcome(True, ["forget the snapshot %s" % module.params["name"]])


def carry_out(host, steps):
    """Carry out all steps; one that fails must not keep the others from being done. Return why some failed."""
    found = []
    for step in steps:
        try:
            _host_picture.undo(host, step)
        except HostError as problem:
            found.append("%s" % problem)
    return found


def others(path):
    """Return the other snapshots, path to content."""
    directory = os.path.dirname(path)
    names = os.listdir(directory) if os.path.isdir(directory) else []
    places = [os.path.join(directory, name) for name in names if name.endswith(".json")]
    return dict((place, read(place)) for place in places if place != path)


def put_others_back(record, path):
    """Make the other snapshots what they were: they tell about changes that are undone now."""
    for place, content in others(path).items():
        if place not in record["others"]:
            os.unlink(place)
        elif content != record["others"][place]:
            write(place, record["others"][place])


STATES = {
    "taken": taken,
    "sealed": sealed,
    "rolled_back": rolled_back,
    "restored": restored,
    "absent": absent,
}


def argument_spec():
    """Return the module's options."""
    return {
        "name": {"type": "str", "required": True},
        "state": {
            "type": "str",
            "choices": ["taken", "sealed", "rolled_back", "restored", "absent"],
            "default": "taken",
        },
        "files": {"type": "list", "elements": "path", "default": []},
        "services": {"type": "list", "elements": "str", "default": []},
        "trees": {"type": "list", "elements": "path", "default": []},
        "json_keys": {"type": "dict", "default": {}, "no_log": False},
        "discard": {"type": "bool", "default": False},
        "directory": {"type": "path", "default": "/var/lib/ovirt-containers"},
    }


def main():
    """Run the module."""
    module = AnsibleModule(argument_spec=argument_spec(), supports_check_mode=True)
    host = Host()
    try:
        path = path_of(module, host)
        result = STATES[module.params["state"]](module, host, path, read(path))
    except HostError as problem:
        module.fail_json(msg="%s: %s" % (os.uname()[1], problem))
    after = "".join(step + "\n" for step in result["steps"])
    module.exit_json(diff={"before": "", "after": after}, **result)


if __name__ == "__main__":
    main()
