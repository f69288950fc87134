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
  - The Engine reads the values when it starts. This module does not restart it; RV(restart_pending) says whether it
    has to be restarted.
  - A pattern is one of Java's, which is compiled by the Engine only when a VM has the property. It is checked here
    first, and refused where Java and Python read it differently.
  - Runs on the Engine's own machine as root, with Python 2.7 or 3.6 and later. Needs C(engine-config) and C(locale).
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
      is there twice, the last one is reported, since the Engine uses that.
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
    - V(null) when nothing was changed and the state of C(ovirt-engine.service) is not known.
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
from ..module_utils._properties.grammar import PropertyError
from ..module_utils._properties.merge import Merge


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
    merge = None
    try:
        merge = Merge(Host(), module.params)
        merge.look()
        if merge.differing() and not module.check_mode:
            merge.apply()
    except (HostError, PropertyError) as problem:
        known = merge.failure() if merge and merge.plan else {}
        # Not the exception itself: Python 2 would want it in ASCII.
        module.fail_json(msg="%s: %s" % (os.uname()[1], text(problem.args[0])), **known)
    module.exit_json(**merge.result())


if __name__ == "__main__":
    main()
