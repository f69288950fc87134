# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The VM-safety gate as a filter: two VM safety states in, what has become worse for VMs out."""

from __future__ import annotations

DOCUMENTATION = r"""
name: harm
short_description: List what has become worse for the VMs of a host
version_added: 0.1.0
author:
  - ovirt_contrib.containers contributors (@ovirt-contrib)
description:
  - Compares two VM safety states of a host, from before and after a change. One is
    RV(ovirt_contrib.containers.container_host_info#module:container_host.safety).
  - Lists every difference that a VM can notice, one sentence each. What docker does to its own bridges, chains and
    routes is none.
positional: before
options:
  _input:
    description: The VM safety state from after the change.
    type: dict
    required: true
  before:
    description: The VM safety state from before the change.
    type: dict
    required: true
seealso:
  - module: ovirt_contrib.containers.container_host_info
"""

EXAMPLES = r"""
- name: See that no VM was harmed
  ansible.builtin.assert:
    that: after.container_host.safety | ovirt_contrib.containers.harm(before.container_host.safety) | length == 0
"""

RETURN = r"""
_value:
  description: What is worse or otherwise than before, empty when nothing is.
  type: list
  elements: str
  sample: ["the policy of iptables FORWARD was ACCEPT and is DROP"]
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host import safety

State = dict[str, Any]


def harm(after: State, before: State) -> list[str]:
    """Return what is worse for VMs in `after` than in `before`."""
    for name, state in (("before", before), ("after", after)):
        if not isinstance(state, dict) or "policies" not in state:
            raise AnsibleFilterError(
                f"harm: {name} is not a VM safety state, as container_host_info has it in `safety`"
            )
    found: list[str] = safety.harm(before, after)
    return found


class FilterModule:
    """Names the filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters of this file."""
        return {"harm": harm}
