# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whom a host would no longer reach once docker has made its own bridge."""

from __future__ import annotations

DOCUMENTATION = r"""
name: dockers_bridge
short_description: List whom docker's own bridge would cut off from a host
version_added: 0.1.0
author:
  - ovirt_contrib.containers contributors (@ovirt-contrib)
description:
  - Finds which addresses docker will take for C(docker0), and whom among them the host is connected with.
  - Without a choice in its configuration, docker takes the first of its ranges that no route of the host leads to. The
    default route does not count for it.
positional: config
options:
  _input:
    description: The host, RV(ovirt_contrib.containers.container_host_info#module:container_host).
    type: dict
    required: true
  config:
    description: What C(daemon.json) and docker's command line will say.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Show whom docker would cut off
  ansible.builtin.debug:
    msg: "{{ found.container_host | ovirt_contrib.containers.dockers_bridge({'bip': '10.250.0.1/24'}) }}"
"""

RETURN = r"""
_value:
  description: What docker will take.
  type: dict
  contains:
    subnet:
      description: The addresses, empty where docker takes none by itself.
      type: str
      sample: 172.17.0.0/16
    peers:
      description: Addresses of them that the host is connected with.
      type: list
      elements: str
      sample: []
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.docker import pools


def dockers_bridge(host: dict[str, Any], config: dict[str, Any]) -> dict[str, Any]:
    """Return what docker takes for its own bridge on a host."""
    if not isinstance(host, dict) or "peers" not in host:
        raise AnsibleFilterError("dockers_bridge: this is not a host (container_host of container_host_info)")
    subnet, peers = pools.of_default_bridge(host["peers"], host["safety"]["routes"], config)
    return {"subnet": subnet, "peers": peers}


class FilterModule:
    """Names the filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters of this file."""
        return {"dockers_bridge": dockers_bridge}
