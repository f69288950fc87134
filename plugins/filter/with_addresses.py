# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: with_addresses
short_description: Add the addresses of container VMs
version_added: 0.1.0
description:
  - The Engine does not know which address a container has; its host does. Joins what both report, by the id of the VM.
author:
  - ovirt_contrib.containers contributors (@ovirt-contrib)
positional: containers
options:
  _input:
    description:
      - Container VMs, RV(ovirt_contrib.containers.container_vm_info#module:container_vms).
    type: list
    elements: dict
    required: true
  containers:
    description:
      - Containers of any number of hosts,
        RV(ovirt_contrib.containers.container_host_info#module:container_host.containers).
    type: list
    elements: dict
    required: true
seealso:
  - module: ovirt_contrib.containers.container_vm_info
  - module: ovirt_contrib.containers.container_host_info
"""

EXAMPLES = r"""
- name: Show container VMs with their addresses
  ansible.builtin.debug:
    msg: "{{ found.container_vms | ovirt_contrib.containers.with_addresses(host.container_host.containers) }}"
"""

RETURN = r"""
_value:
  description:
    - The container VMs, each with C(address). That is the address of its running container, several with commas between
      them, and V(null) where no host tells one.
  type: list
  elements: dict
  sample:
    - name: cache
      id: 6c1f2ff4-5c3e-4b11-a2b8-8f5d3b1c0f5e
      address: 10.20.0.130
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

Row = dict[str, Any]


def with_addresses(vms: list[Row], containers: list[Row]) -> list[Row]:
    """Return the VMs, each with `address`. Raises AnsibleFilterError when one of the lists is none of dictionaries."""
    if not all(isinstance(row, dict) for row in [*vms, *containers]):
        raise AnsibleFilterError("with_addresses needs a list of container VMs and one of containers")
    # A VM that was started again has dead containers too.
    addresses = {
        row.get("vm_id"): ", ".join(address for _network, address in sorted(row["addresses"].items()) if address)
        for row in containers
        if row.get("status") == "running" and row.get("addresses")
    }
    return [{**vm, "address": addresses.get(vm.get("id")) or None} for vm in vms]


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Names and functions."""
        return {"with_addresses": with_addresses}
