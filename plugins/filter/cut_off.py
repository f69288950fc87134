# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether docker has cut the VMs of a host off, for a host that nobody looked at before."""

from __future__ import annotations

DOCUMENTATION = r"""
name: cut_off
short_description: List what cuts the VMs of a host off now
version_added: 0.1.0
author:
  - ovirt_contrib.containers contributors (@ovirt-contrib)
description:
  - Looks at one VM safety state of a host, where there is none from before a change to compare it with. It is
    RV(ovirt_contrib.containers.container_host_info#module:container_host.safety).
  - Finds what docker does. Packets between two bridged namespaces that are lost, and a policy of FORWARD that bridged
    packets meet. With O(ovirt_contrib.containers.container_host_info#module:probe=true) the packets are counted, and
    then the policy for IPv4 does not matter where they pass.
  - Where there is one from before, use P(ovirt_contrib.containers.harm#filter), which finds more.
options:
  _input:
    description: The VM safety state.
    type: dict
    required: true
seealso:
  - plugin: ovirt_contrib.containers.harm
    plugin_type: filter
  - module: ovirt_contrib.containers.container_host_info
"""

EXAMPLES = r"""
- name: See that docker has cut off no VM
  ansible.builtin.assert:
    that: found.container_host.safety | ovirt_contrib.containers.cut_off | length == 0
"""

RETURN = r"""
_value:
  description: By what VMs are cut off, empty when nothing was found.
  type: list
  elements: str
  sample: ["5 of 5 packets between two bridged namespaces are lost"]
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host import safety

State = dict[str, Any]


def cut_off(state: State) -> list[str]:
    """Return by what VMs are cut off in a VM safety state."""
    if not isinstance(state, dict) or "policies" not in state:
        raise AnsibleFilterError("cut_off: this is not a VM safety state, as container_host_info has it in `safety`")
    found: list[str] = safety.cut_off(state)
    return found


class FilterModule:
    """Names the filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters of this file."""
        return {"cut_off": cut_off}
