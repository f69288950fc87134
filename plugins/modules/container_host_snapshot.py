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
    of a host before it is changed, and leads back there afterwards.
  - The roles of this collection use it for two things. The role C(container_host) takes a snapshot before a run and
    restores it when the run fails. Each role keeps one from before its first change, seals it after each, and restores
    it when its state is V(absent).
  - Only what has changed since the snapshot was taken is undone. Once it has been sealed, only what had changed by
    then is; what others changed later is kept and named in RV(kept).
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
      - A snapshot that is there is not taken again, and one that is not there is not restored.
options:
  name:
    description:
      - Name of the snapshot. It is kept in O(directory) as NAME.json.
      - Letters, digits, C(_) and C(-).
    type: str
    required: true
  state:
    description:
      - V(taken) looks at the host and keeps what it sees. A snapshot that is there already stays as it is. If it was
        sealed, it is opened again, and packages that come from now on are its owner's, too, once it is V(sealed).
      - V(sealed) notes what has changed since as made by its owner.
      - V(restored) puts the host back and forgets the snapshot. Without a snapshot nothing is done.
      - V(absent) forgets the snapshot and leaves the host alone.
    type: str
    choices: [taken, sealed, restored, absent]
    default: taken
  files:
    description:
      - Files whose content is kept; for O(state=taken).
      - The other snapshots in O(directory) are kept as well and put back, since they tell about what is undone.
    type: list
    elements: path
    default: []
  trees:
    description:
      - Directories for data. If one was missing or empty when the snapshot was taken, O(state=restored) together with
        O(discard=true) deletes what has come into it since; for O(state=taken).
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
      - Whether O(state=restored) also deletes the O(trees) that have come since, with all that is in them.
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
    trees: [/var/lib/docker]

- name: Put the host back
  ovirt_contrib.containers.container_host_snapshot:
    name: before_docker
    state: restored
    discard: true
"""

RETURN = r"""
steps:
  description: What was done, or would be in check mode, in order.
  returned: success
  type: list
  elements: str
  sample: [stop docker.service, remove docker-1.13.1-209.el7.x86_64, delete /etc/docker/daemon.json]
kept:
  description: What was not put back, and why.
  returned: success
  type: list
  elements: str
  sample: ["/etc/docker/daemon.json is kept: somebody else has changed it since"]
differences:
  description:
    - In what the host still differs from the snapshot after O(state=restored), empty when it is equal.
    - In check mode, in what it differs now.
    - Empty in the other states.
  returned: success
  type: list
  elements: str
  sample: []
found:
  description: Whether there was a snapshot before.
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


def outcome(changed, steps=(), kept=(), differences=()):
    """Return a result; all states have the same keys."""
    return {"changed": changed, "steps": list(steps), "kept": list(kept), "differences": list(differences)}


def taken(module, host, path, record):
    """Take the snapshot, or renew the list of packages of the one that is there."""
    if record is None:
        now = _host_picture.take(host, module.params["files"], module.params["trees"])
        new = {"before": now, "baseline": now["packages"], "own": None, "others": others(path)}
    elif record["baseline"] is None:
        new = dict(record, baseline=_host_picture.packages(host))
    else:  # a run before this one was cut short: what it has installed is ours as well
        new = record
    return keep(module, path, record, new, "take the snapshot %s" % module.params["name"])


def others(path):
    """Return the other snapshots, path to content."""
    directory = os.path.dirname(path)
    names = os.listdir(directory) if os.path.isdir(directory) else []
    places = [os.path.join(directory, name) for name in names if name.endswith(".json")]
    return dict((place, read(place)) for place in places if place != path)


def sealed(module, host, path, record):
    """Note what has changed since as the owner's."""
    if record is None:
        raise HostError("There is no snapshot %s to seal; take it before the change." % module.params["name"])
    new = _host_snapshot.sealed(record, look_again(host, record))
    return keep(module, path, record, new, "seal the snapshot %s" % module.params["name"])


def keep(module, path, old, new, words):
    """Write a record if it is another one."""
    if new == old:
        return outcome(False)
    if not module.check_mode:
        write(path, new)
    return outcome(True, [words])


def look_again(host, record):
    """Return a picture of what the record is about."""
    before = record["before"]
    return _host_picture.take(host, sorted(before["files"]), sorted(before["trees"]))


def restored(module, host, path, record):
    """Go the way back and look whether it led there."""
    if record is None:
        return outcome(False)
    now = look_again(host, record)
    steps, kept = _host_snapshot.way_back(record, now, module.params["json_keys"], module.params["discard"])
    if not module.check_mode:
        kept += failures(host, steps)
        if record["own"] is None:
            put_others_back(record, path)
        forget(path)
        now = look_again(host, record)
    differences = _host_snapshot.differences(record["before"], now)
    return outcome(True, [_host_snapshot.sentence(step) for step in steps], kept, differences)


def failures(host, steps):
    """Carry out all steps; one that fails must not keep the others from being done. Return why some failed."""
    found = []
    for step in steps:
        try:
            _host_picture.undo(host, step)
        except HostError as problem:
            found.append(str(problem))
    return found


def put_others_back(record, path):
    """Make the other snapshots what they were: they tell about changes that are undone now."""
    for place, content in others(path).items():
        if place not in record["others"]:
            os.unlink(place)
        elif content != record["others"][place]:
            write(place, record["others"][place])


def absent(module, host, path, record):
    """Forget the snapshot."""
    if record is None:
        return outcome(False)
    if not module.check_mode:
        forget(path)
    return outcome(True, ["forget the snapshot %s" % module.params["name"]])


STATES = {"taken": taken, "sealed": sealed, "restored": restored, "absent": absent}


def argument_spec():
    """Return the module's options."""
    return {
        "name": {"type": "str", "required": True},
        "state": {"type": "str", "choices": ["taken", "sealed", "restored", "absent"], "default": "taken"},
        "files": {"type": "list", "elements": "path", "default": []},
        "trees": {"type": "list", "elements": "path", "default": []},
        "json_keys": {"type": "dict", "default": {}},
        "discard": {"type": "bool", "default": False},
        "directory": {"type": "path", "default": "/var/lib/ovirt-containers"},
    }


def main():
    """Run the module."""
    module = AnsibleModule(argument_spec=argument_spec(), supports_check_mode=True)
    host = Host()
    try:
        path = path_of(module, host)
        record = read(path)
        result = STATES[module.params["state"]](module, host, path, record)
    except HostError as problem:
        module.fail_json(msg="%s: %s" % (os.uname()[1], problem))
    module.exit_json(
        found=record is not None,
        diff={"before": "", "after": "".join(step + "\n" for step in result["steps"])},
        **result,
    )


if __name__ == "__main__":
    main()
