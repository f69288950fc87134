#!/usr/bin/python

# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: container_network
short_description: Make and remove a docker network that containers of VMs use
version_added: 0.1.0
description:
  - Makes one docker network of a container host agree with its options. Vdsm runs the container of a VM in the docker
    network that is named like the bridge of the VM's first vNIC, which is the name of the oVirt network.
  - An option that is not set is left alone in a network that is there. Docker cannot change a network, so one that
    differs is only made anew with O(recreate=true), and never while containers are in it.
  - What would harm the host or its VMs is refused before anything is changed, with the reason and what to do instead.
  - With a V(macvlan) or V(ipvlan) network, containers and the host itself do not reach each other. That is how the
    kernel does it.
  - Each host gives out addresses by itself, so two hosts with the same subnet need an O(ip_range) each.
author:
  - ovirt_contrib.containers contributors (@ovirt-contrib)
extends_documentation_fragment:
  - ovirt_contrib.containers.attributes
  - ovirt_contrib.containers.attributes.actiongroup_hosts
  - ovirt_contrib.containers.host
attributes:
  check_mode:
    support: full
    details:
      - Works on a host without docker too, and then returns what would be made.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  name:
    description:
      - Name of the docker network. For VMs with a vNIC, the name of the oVirt network.
    type: str
    required: true
  state:
    description:
      - Whether the network exists.
    type: str
    choices: [present, absent]
    default: present
  driver:
    description:
      - Driver of the network.
      - A new network is V(macvlan) when this is not set. V(macvlan) needs docker 1.12 or newer.
    type: str
    choices: [macvlan, ipvlan, bridge]
  subnet:
    description:
      - IPv4 subnet, as V(10.20.0.0/24). Needed for a new network of V(macvlan) or V(ipvlan), where it is that of the
        network that O(parent) is in.
      - That of a V(bridge) must hold none of the addresses that the host is connected with. Without it docker chooses
        one, which is refused where it could hold such an address.
    type: str
  gateway:
    description:
      - Gateway of the containers. If it is not set, docker takes the first address of the subnet.
    type: str
  ip_range:
    description:
      - Part of the subnet that containers get their addresses from.
    type: str
  aux_addresses:
    description:
      - Addresses that no container gets, by a name for each. An empty dictionary means none.
    type: dict
  parent:
    description:
      - Device that the network is on, for V(macvlan) and V(ipvlan). A bridge of oVirt can be one, its ports cannot.
    type: str
  mode:
    description:
      - Mode of V(macvlan) (V(bridge), V(vepa), V(passthru), V(private)) or V(ipvlan) (V(l2), V(l3), V(l3s)). The first
        of each is what a new network gets.
      - V(passthru) gives all that arrives at the device to one container, so the device must be no bridge and have
        neither addresses nor VLANs or other users.
    type: str
    choices: [bridge, vepa, passthru, private, l2, l3, l3s]
  internal:
    description:
      - Whether the network has no way out.
    type: bool
  options:
    description:
      - Further options of the driver. Those that are not named are left alone.
    type: dict
  labels:
    description:
      - Labels of a new network. Those of a network that is there are left alone.
    type: dict
  recreate:
    description:
      - Make a network that differs anew. It is refused while containers are in it, and where the network has something
        that this module could not make again.
    type: bool
    default: false
  allow_management:
    description:
      - Allow a O(parent) that carries the host's default route or management network, as the bridge C(ovirtmgmt) does.
      - Containers then are in that network, and docker gives them addresses there. Write this once the admin of that
        network has reserved these addresses.
    type: bool
    default: false
seealso:
  - module: ovirt_contrib.containers.container_host_info
  - module: community.docker.docker_network
"""

EXAMPLES = r"""
- name: Put containers into a network of the second device
  ovirt_contrib.containers.container_network:
    name: storage
    subnet: 10.20.0.0/24
    gateway: 10.20.0.1
    ip_range: 10.20.0.128/25
    parent: eth1

- name: Serve VMs with a vNIC in the oVirt network "backend", whose bridge has that name
  ovirt_contrib.containers.container_network:
    name: backend
    subnet: 10.30.0.0/24
    gateway: 10.30.0.1
    ip_range: 10.30.0.192/26
    aux_addresses:
      printer: 10.30.0.200
    parent: backend

- name: See what another range would mean
  ovirt_contrib.containers.container_network:
    name: storage
    ip_range: 10.20.0.64/26
    recreate: true
  check_mode: true
  diff: true

- name: Keep containers among themselves
  ovirt_contrib.containers.container_network:
    name: inside
    driver: bridge
    internal: true

- name: Remove a network
  ovirt_contrib.containers.container_network:
    name: inside
    state: absent
"""

RETURN = r"""
network:
  description: The network as it is now, or as it would be in check mode. V(null) when it is absent.
  returned: success
  type: dict
  contains:
    name:
      description: Name.
      type: str
      sample: storage
    id:
      description: Id, V(null) for a network that would be made.
      type: str
      sample: 7215d6734802db1106641831b63f0dbcf5c34c233a404677294dbbf8bc25a5e8
    driver:
      description: Driver.
      type: str
      sample: macvlan
    subnet:
      description: Subnet, the first IPv4 one of several.
      type: str
      sample: 10.20.0.0/24
    subnets:
      description: All subnets.
      type: list
      elements: str
      sample: [10.20.0.0/24]
    gateway:
      description: Gateway of that subnet.
      type: str
      sample: 10.20.0.1
    ip_range:
      description: Range that containers get their addresses from.
      type: str
      sample: 10.20.0.128/25
    aux_addresses:
      description: Addresses that no container gets, by name.
      type: dict
      sample: {}
    parent:
      description: Device that the network is on.
      type: str
      sample: eth1
    internal:
      description: Whether the network has no way out.
      type: bool
      sample: false
    options:
      description: Options of the driver, parent and mode among them.
      type: dict
      sample: {"parent": "eth1"}
    labels:
      description: Labels.
      type: dict
      sample: {}
    endpoints:
      description: Names of the running containers in it.
      type: list
      elements: str
      sample: []
commands:
  description: The commands that were run to change something, or would be in check mode.
  returned: success
  type: list
  elements: str
  sample:
    - docker network create --driver macvlan --subnet 10.20.0.0/24 --opt parent=eth1 storage
"""

import socket

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._host.docker.network import ensure
from ..module_utils._host.docker.network_spec import MODES
from ..module_utils._host.host import Host, HostError, text


def argument_spec():
    return {
        "name": {"type": "str", "required": True},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "driver": {"type": "str", "choices": ["macvlan", "ipvlan", "bridge"]},
        "subnet": {"type": "str"},
        "gateway": {"type": "str"},
        "ip_range": {"type": "str"},
        "aux_addresses": {"type": "dict"},
        "parent": {"type": "str"},
        "mode": {"type": "str", "choices": list(MODES["macvlan"] + MODES["ipvlan"])},
        "internal": {"type": "bool"},
        "options": {"type": "dict"},
        "labels": {"type": "dict"},
        "recreate": {"type": "bool", "default": False},
        "allow_management": {"type": "bool", "default": False},
    }


def main():
    module = AnsibleModule(argument_spec=argument_spec(), supports_check_mode=True)
    try:
        result = ensure(Host(), module.params, module.check_mode)
    except HostError as error:
        module.fail_json(msg="%s: %s" % (text(socket.gethostname()), text(error.args[0])))
    module.exit_json(**result)


if __name__ == "__main__":
    main()
