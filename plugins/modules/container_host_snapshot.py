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
  - The snapshot is on the host and says what VMs depended on when it was taken. A run that is killed leaves it there,
    and it is never overwritten. The next run finds it and begins with V(recovered).
  - What somebody else has changed, before, between or after, is not undone. It is named in RV(kept) where it is in the
    way. Of a killed run, only changes count that it has noted, or that nobody else can have made. A docker with
    containers or volumes is kept then, and so are directories with data.
  - A way back does all that it can. What cannot be looked at, undone or noted is in RV(problems), and the next run
    finishes it. Kernel settings and policies of the firewall go first, as soon as docker is stopped.
  - Rules of others that are gone from iptables are put back to their places by the run itself. Where other rules have
    come to their chain, or their device has gone, they are named in RV(differences).
  - Two runs do not change one host at a time. A run refuses to work while another one has a snapshot under way, of
    whatever name, unless that run is known to be dead on the machine where it ran, or was not heard of for an hour. A
    role within another one is the same run.
  - After a restart of the host, VMs that ran before, their ports and whoever answered from them do not count any more.
  - Runs on the managed host, with Python 2.7 or 3.6 and later. Needs C(rpm) and C(systemctl).
author:
  - ovirt_contrib.containers contributors (@ovirt-contrib)
extends_documentation_fragment:
  - ovirt_contrib.containers.attributes
  - ovirt_contrib.containers.attributes.actiongroup_hosts
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
      - V(begun) notes O(drained) and O(stopped_vms), before the host is changed.
      - V(taken) looks at the host and keeps what it sees, until it is V(sealed), V(proven) or V(rolled_back). One that
        is open is kept as it is.
      - V(sealed) records all changes since the snapshot was taken as made by its owner, in addition to earlier ones.
      - V(proven) notes that what has changed stays. What is noted of O(drained) and O(stopped_vms) is kept until
        V(absent).
      - V(recovered) is for a snapshot that a killed run has left. One that is open is rolled back if VMs are worse off
        than they were when it was taken. Otherwise the run that does this goes on with it.
      - V(rolled_back) undoes what has changed since it was taken. What VMs depended on then is forgotten with it.
      - V(restored) undoes what was sealed, and forgets the snapshot if all of that could be done.
      - V(absent) forgets the snapshot and leaves the host alone.
    type: str
    choices: [begun, taken, sealed, proven, recovered, rolled_back, restored, absent]
    default: taken
  files:
    description:
      - Files that count, with their content, mode, owner and extended attributes, or where a link leads; for
        O(state=taken). The file that a link leads to counts too.
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
  probe:
    description:
      - Whether O(state=taken) also tries whether VMs can be reached, as M(ovirt_contrib.containers.container_host_info)
        does with its option of that name.
    type: bool
    default: false
  way_back:
    description:
      - Whether O(state=taken) looks at all that O(state=rolled_back) needs. If not, only what VMs depend on is kept.
    type: bool
    default: true
  drained:
    description:
      - Whether the host is put into maintenance, so that it has to be activated at the end; for O(state=begun).
    type: bool
    default: false
  stopped_vms:
    description:
      - Names of container VMs that are stopped, so that whoever ends the work starts them; for O(state=begun). Names
        noted before are kept.
    type: list
    elements: str
    default: []
  json_keys:
    description:
      - File by file the keys of a JSON object that are the owner's. When somebody else has changed the file, or can
        have changed it since a run was killed, only these keys are put back.
      - They are noted by O(state=taken), so that whoever finishes a killed run knows them. With O(state=restored),
        O(state=recovered) and O(state=rolled_back) they are added to those.
    type: dict
    default: {}
  discard:
    description:
      - Whether O(state=restored), O(state=recovered) and O(state=rolled_back) also delete what has come into the
        O(trees). When the run was killed, data that somebody may have made since is kept nevertheless.
      - Nothing is deleted of what is mounted there, wherever links lead.
    type: bool
    default: false
  run:
    description:
      - Which run this is. Filled in where the task runs on the controller.
    type: dict
    default: {}
  take_over:
    description:
      - Runs that are known to have ended, as refusals name them in C(busy). Filled in where they ran on this
        controller.
    type: list
    elements: dict
    default: []
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
  description:
    - Steps that failed, what could not be looked at, and records that could not be written, each with what the host
      said. All else was carried out.
  returned: success
  type: list
  elements: str
  sample: []
differences:
  description:
    - Differences that remain after O(state=rolled_back). In check mode, the differences that there are now.
    - Empty in most other states.
  returned: success
  type: list
  elements: str
  sample: []
harm:
  description:
    - After O(state=recovered) and O(state=rolled_back), in what VMs are worse off than when the snapshot was taken. In
      check mode, before it is rolled back.
    - Empty in the other states.
  returned: success
  type: list
  elements: str
  sample: ["the policy of iptables FORWARD was ACCEPT and is DROP"]
found:
  description: Whether there was anything to do it with, for O(state=restored) something sealed.
  returned: success
  type: bool
  sample: true
"""

import os

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._host.host import Host, HostError, text
from ..module_utils._host.undo.busy import BusyError
from ..module_utils._host.undo.records import DIRECTORY
from ..module_utils._host.undo.states import STATES, ensure


def argument_spec():
    """Return the module's options."""
    return {
        "name": {"type": "str", "required": True},
        "state": {"type": "str", "choices": list(STATES), "default": "taken"},
        "files": {"type": "list", "elements": "path", "default": []},
        "services": {"type": "list", "elements": "str", "default": []},
        "trees": {"type": "list", "elements": "path", "default": []},
        "probe": {"type": "bool", "default": False},
        "way_back": {"type": "bool", "default": True},
        "drained": {"type": "bool", "default": False},
        "stopped_vms": {"type": "list", "elements": "str", "default": []},
        "json_keys": {"type": "dict", "default": {}, "no_log": False},
        "discard": {"type": "bool", "default": False},
        "run": {"type": "dict", "default": {}},
        "take_over": {"type": "list", "elements": "dict", "default": []},
        "directory": {"type": "path", "default": DIRECTORY},
    }


def main():
    """Run the module."""
    module = AnsibleModule(argument_spec=argument_spec(), supports_check_mode=True)
    try:
        result = ensure(Host(), module.params, module.check_mode)
    except BusyError as problem:
        module.fail_json(msg="%s: %s" % (os.uname()[1], text(problem.args[0])), busy=problem.owner)
    except HostError as problem:
        module.fail_json(msg="%s: %s" % (os.uname()[1], text(problem.args[0])))
    after = "".join(step + "\n" for step in result["steps"])
    module.exit_json(diff={"before": "", "after": after}, **result)


if __name__ == "__main__":
    main()
