#!/usr/bin/python

# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: container_vm_info
short_description: List container VMs
version_added: 0.1.0
description:
  - Lists the container VMs of an Engine, also those that were made by hand. Ordinary VMs are left out.
  - Costs five list requests, whatever the number of VMs, and two more where no VM carries O(tag).
  - No hit is an empty list, not a failure. Where that is because the cluster, the host or the tag is not there, a
    warning says so.
author:
  - ovirt_contrib.containers contributors (@ovirt-contrib)
extends_documentation_fragment:
  - ovirt_contrib.containers.attributes
  - ovirt_contrib.containers.attributes.actiongroup_containers
  - ovirt_contrib.containers.attributes.info
  - ovirt_contrib.containers.engine
options:
  name:
    description:
      - Only VMs of this name. C(*) stands for any text; upper and lower case are the same.
    type: str
  cluster:
    description:
      - Only VMs of this cluster. C(*) stands for any text.
    type: str
  host:
    description:
      - Only VMs that run on this host. C(*) stands for any text.
    type: str
  tag:
    description:
      - Only VMs that carry this Engine tag. C(*) stands for any text.
    type: str
  status:
    description:
      - Only VMs with this status, in Engine's words.
    type: str
    choices:
      - down
      - image_locked
      - migrating
      - not_responding
      - paused
      - powering_down
      - powering_up
      - reboot_in_progress
      - restoring_state
      - saving_state
      - suspended
      - unassigned
      - unknown
      - up
      - wait_for_launch
seealso:
  - module: ovirt_contrib.containers.container_vm
  - module: ovirt.ovirt.ovirt_vm_info
"""

EXAMPLES = r"""
- name: List all container VMs
  ovirt_contrib.containers.container_vm_info:
  register: found

- name: Show what runs where
  ansible.builtin.debug:
    msg: "{{ item.name }} ({{ item.image }}) is {{ item.status }} on {{ item.host or 'no host' }}"
  loop: "{{ found.container_vms }}"
  loop_control:
    label: "{{ item.name }}"

- name: List the web containers of a cluster that do not run
  ovirt_contrib.containers.container_vm_info:
    name: web*
    cluster: Default
    status: down
"""

RETURN = r"""
container_vms:
  description: The container VMs found, sorted by name.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name of the VM.
      type: str
      sample: cache
    id:
      description: Id of the VM in Engine.
      type: str
      sample: 6c1f2ff4-5c3e-4b11-a2b8-8f5d3b1c0f5e
    status:
      description: Status in Engine's words.
      type: str
      sample: up
    runtime:
      description: The runtime that runs the container.
      type: str
      sample: vdsm
    image:
      description:
        - Image that the container runs with, V(null) when the VM has none and so cannot start.
        - While RV(container_vms[].restart_needed) is true, the next start uses another one.
      type: str
      sample: redis:7.2
    cluster:
      description: Cluster of the VM.
      type: str
      sample: Default
    host:
      description: Host that runs the container, V(null) when it does not run.
      type: str
      sample: host1
    hosts:
      description: Hosts that the VM is pinned to.
      type: list
      elements: str
      sample: [host1, host2]
    networks:
      description:
        - vNIC profiles of the VM as C(network/profile).
        - V(null) with Engine 4.1, where they would cost a request per VM.
      type: list
      elements: str
      sample: [backend/backend]
    addresses:
      description:
        - IPv4 and IPv6 addresses of the VM, as the agent in its guest reports them. Link-local ones are left out, and
          those of networks within the guest.
        - Empty while the VM is not up. For some seconds after a start they can be those of the run before.
        - V(null) with the runtime V(vdsm), where nobody reports them.
      type: list
      elements: str
      sample: [192.0.2.10, "2001:db8::10"]
    memory:
      description: Memory of the VM.
      type: str
      sample: 512MiB
    cpu_shares:
      description: CPU shares of the VM, V(0) for Engine's default.
      type: int
      sample: 0
    description:
      description: Description of the VM.
      type: str
      sample: Front page
    restart_needed:
      description: Whether the container runs with another configuration than its next start will use.
      type: bool
      sample: false
"""

from collections.abc import Callable
from typing import Any

from ..module_utils._engine.engine import Engine
from ..module_utils._engine.filters import FILTERS, check_filters, doubts_about_tag, not_there, search
from ..module_utils._engine.find import find, tags_and_version
from ..module_utils._engine.module import EngineModule
from ..module_utils._vm.site import returned
from ..module_utils._vm.text import natural, one_line

STATUSES = [
    "down",
    "image_locked",
    "migrating",
    "not_responding",
    "paused",
    "powering_down",
    "powering_up",
    "reboot_in_progress",
    "restoring_state",
    "saving_state",
    "suspended",
    "unassigned",
    "unknown",
    "up",
    "wait_for_launch",
]


def main() -> None:
    options: dict[str, Any] = {name: {"type": "str"} for name in FILTERS}
    # Filtered here: the search language has other words for it (poweringup; EnumNameAutoCompleter.java, Engine 4.1).
    options["status"] = {"type": "str", "choices": STATUSES}
    module = EngineModule(options)
    module.end_with(lambda: look(module.params, module.warn))


def look(params: dict[str, Any], warn: Callable[[str], None]) -> tuple[None, dict[str, Any]]:
    """The container VMs that are asked for, as they are returned; ``warn`` gets doubts whether these are all."""
    check_filters(params)
    with Engine(params["auth"]) as engine:
        vms, site, unread = find(engine, search(params))
        doubts = [f"VM {name} is left out, since the Engine's answer about it cannot be read: {why}"
                  for name, why in unread.items()]  # fmt: skip
        if not vms:
            doubts += not_there(params, site)
        if not vms and params["tag"]:
            doubts += doubts_about_tag(params["tag"], *tags_and_version(engine))
    wanted = [vm for vm in vms if params["status"] in (None, vm.status)]
    found = [returned(vm) for vm in sorted(wanted, key=lambda vm: natural(vm.name))]
    for doubt in doubts:
        warn(one_line(doubt))
    return None, {"changed": False, "container_vms": found}


if __name__ == "__main__":
    main()
