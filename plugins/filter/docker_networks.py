# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: docker_networks
short_description: Read the list container_networks_list
version_added: 0.1.0
author:
  - ovirt_contrib.containers contributors (@ovirt-contrib)
description:
  - Reads what an inventory says in the list C(container_networks_list) of the role C(container_networks), before any
    host is asked.
  - An entry with C(ovirt_network) gets the name of that network's bridge as its C(name) and its C(parent).
  - Lists what in the list contradicts itself. What contradicts a host is found by
    M(ovirt_contrib.containers.container_network).
options:
  _input:
    description: The list.
    type: list
    elements: dict
    required: true
seealso:
  - module: ovirt_contrib.containers.container_network
"""

EXAMPLES = r"""
- name: Read a list
  ansible.builtin.debug:
    msg: "{{ wanted | ovirt_contrib.containers.docker_networks }}"
  vars:
    wanted:
      - ovirt_network: backend
        subnet: 192.0.2.0/24
"""

RETURN = r"""
_value:
  description: What was read.
  type: dict
  contains:
    networks:
      description: The entries, each with a C(name).
      type: list
      elements: dict
    conflicts:
      description: Why the list cannot be what is meant, one sentence each; empty when it can.
      type: list
      elements: str
      sample: ["parent eth1 is in two entries: red, blue"]
"""

import ipaddress
from collections.abc import Callable
from itertools import combinations
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.docker import network_spec
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.docker.replies import BRIDGE_NAME

Entry = dict[str, Any]

KNOWN = frozenset(
    (
        *("name", "ovirt_network", "state", "driver", "parent", "subnet", "gateway", "ip_range", "aux_addresses"),
        *("mode", "internal", "options", "recreate", "allow_management"),
    )
)
# As the module has them; a misspelt state would be neither checked nor made.
CHOICES = {
    "state": ("present", "absent"),
    "driver": ("macvlan", "ipvlan", "bridge"),
    "mode": ("bridge", "vepa", "passthru", "private", "l2", "l3", "l3s"),
}


def docker_networks(wanted: list[Entry]) -> dict[str, list[Any]]:
    """Return the entries with their names, and why they cannot be what is meant."""
    if not isinstance(wanted, list) or not all(isinstance(entry, dict) for entry in wanted):
        raise AnsibleFilterError("docker_networks: container_networks_list is not a list of dictionaries")
    networks = [named(entry) for entry in wanted]
    conflicts = [sentence for number, entry in enumerate(networks, 1) for sentence in wrong(number, entry)]
    present = [entry for entry in networks if entry.get("state", "present") == "present"]
    conflicts += twice("name", networks) + twice("parent", present) + overlaps(present) + bridges(present)
    return {"networks": networks, "conflicts": conflicts}


def named(entry: Entry) -> Entry:
    """Return an entry with the name and parent that its oVirt network gives it.

    Vdsm 4.19 hands the bridge of the VM's NIC to docker as the name of the network (xmlfile.py, network()).
    """
    bridge = entry.get("ovirt_network")
    own = {key: value for key, value in entry.items() if key != "ovirt_network"}
    return {"name": bridge, "parent": bridge, **own} if bridge else own


def wrong(number: int, entry: Entry) -> list[str]:
    """Return what is wrong with one entry."""
    place = f"entry {number} ({entry.get('name') or 'without a name'})"
    found = [f"{place} has {key}, which is not an option" for key in sorted(set(entry) - KNOWN)]
    if not entry.get("name"):
        found.append(f"{place} needs a name or an ovirt_network")
    found += [
        f"{place}: {key} {entry[key]} is not one of {', '.join(choices)}"
        for key, choices in CHOICES.items()
        if key in entry and entry[key] not in choices
    ]
    subnet = entry.get("subnet")
    if subnet and network(subnet) is None:
        found.append(f"{place}: subnet {subnet} is not a network such as 192.0.2.0/24")
    return found


def bridges(entries: list[Entry]) -> list[str]:
    """Return which bridges are not docker's to make: it takes over a device of that name, with its address."""
    found: list[str] = []
    devices = {str(entry["parent"]): entry.get("name") for entry in entries if entry.get("parent")}
    named: dict[str, Any] = {}
    for entry in entries:
        bridge = bridge_of(entry)
        if bridge is None:
            continue
        problem = network_spec.bridge_problem(bridge)
        if problem:
            found.append(f"{entry.get('name')}: options: {problem}")
        elif bridge in devices:
            found.append(
                f"bridge {bridge} of {entry.get('name')} is the parent of {devices[bridge]}; give it another name"
            )
        elif bridge in named:
            found.append(f"bridge {bridge} is in two entries: {named[bridge]}, {entry.get('name')}")
        named[bridge] = entry.get("name")
    return found


def bridge_of(entry: Entry) -> str | None:
    """Return the name that an entry gives its bridge."""
    options = entry.get("options")
    if entry.get("driver") != "bridge" or not isinstance(options, dict) or BRIDGE_NAME not in options:
        return None
    return str(options[BRIDGE_NAME])


def twice(key: str, entries: list[Entry]) -> list[str]:
    """Return what several entries claim for themselves."""
    values = [str(entry[key]) for entry in entries if entry.get(key)]
    return [
        f"{key} {value} is in {values.count(value)} entries: {names(entries, key, value)}"
        for value in dict.fromkeys(values)
        if values.count(value) > 1
    ]


def names(entries: list[Entry], key: str, value: str) -> str:
    """Return the names of the entries that have a value."""
    return ", ".join(str(entry.get("name")) for entry in entries if str(entry.get(key)) == value)


def overlaps(entries: list[Entry]) -> list[str]:
    """Return which subnets share addresses."""
    subnets = [(entry.get("name"), network(entry.get("subnet"))) for entry in entries]
    return [
        f"subnet {one} of {name} overlaps {other} of {other_name}"
        for (name, one), (other_name, other) in combinations(subnets, 2)
        if one and other and one.version == other.version and one.overlaps(other)
    ]


def network(text: Any) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """Return the network that a text means; None if it means none."""
    try:
        return ipaddress.ip_network(str(text)) if text else None
    except ValueError:
        return None


class FilterModule:
    """Names the filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters of this file."""
        return {"docker_networks": docker_networks}
