#!/usr/bin/python

# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: container_host_info
short_description: Report what a container host has, runs and has left behind
version_added: 0.1.0
description:
  - Reports in one task what Vdsm and docker of a host are and can do, every container VM there with the VM that it
    belongs to, what earlier containers left behind, the network devices, and what the host's VMs depend on.
  - What is missing, stopped or broken is reported, and is never a failure.
  - Changes nothing on the host. It runs 16 commands at most, side by side.
author:
  - ovirt_contrib.containers contributors (@ovirt-contrib)
extends_documentation_fragment:
  - ovirt_contrib.containers.attributes
  - ovirt_contrib.containers.attributes.actiongroup_hosts
  - ovirt_contrib.containers.attributes.info
  - ovirt_contrib.containers.host
options:
  probe:
    description:
      - Also try whether VMs can be reached. The neighbours on the host's bridges are pinged, and five packets are sent
        between two throw-away network namespaces in a throw-away bridge, which shows whether the packet filter lets
        bridged traffic pass. Takes about two seconds more.
    type: bool
    default: false
  neighbours:
    description:
      - Neighbours to ping besides those that the kernel knows at the moment, each as an address and a device. Give
        those of an earlier RV(container_host.safety.reachable), so that one that was forgotten meanwhile is asked
        again.
      - For O(probe=true).
    type: list
    elements: str
    default: []
  peers:
    description:
      - Addresses to report in RV(container_host.safety.paths) besides those of RV(container_host.peers). Give the keys
        of an earlier one, so that a peer whose connection has ended meanwhile is asked for again.
    type: list
    elements: str
    default: []
seealso:
  - module: ovirt_contrib.containers.container_network
  - module: ovirt_contrib.containers.container_vm_info
"""

EXAMPLES = r"""
- name: Ask the host
  ovirt_contrib.containers.container_host_info:
  register: found

- name: Show every container with its VM
  ansible.builtin.debug:
    msg: "{{ item.vm_name }} ({{ item.vm_id }}) is {{ item.container }}: {{ item.status }}, {{ item.addresses }}"
  loop: "{{ found.container_host.containers }}"
  loop_control:
    label: "{{ item.container }}"

- name: Say why the host runs no containers
  ansible.builtin.debug:
    msg: "Vdsm {{ found.container_host.vdsm.version }}: {{ found.container_host.vdsm.capability_message }}"
  when: found.container_host.vdsm.capability != 'true'

- name: See whether its VMs can be reached
  ovirt_contrib.containers.container_host_info:
    probe: true
  register: probed
"""

RETURN = r"""
container_host:
  description: The host. Every key is always there, V(null) where nothing is known.
  returned: success
  type: dict
  contains:
    vdsm:
      description: Vdsm and its containers feature.
      type: dict
      contains:
        installed:
          description: Whether the package vdsm is installed.
          type: bool
          sample: true
        package:
          description: The package.
          type: str
          sample: vdsm-4.19.20-1.el7.centos
        version:
          description: Its version.
          type: str
          sample: 4.19.20
        release:
          description: Its release.
          type: str
          sample: 1.el7.centos
        containers_package:
          description: Version and release of the package vdsm-containers, V(null) when it is not installed.
          type: dict
          contains:
            version:
              description: Version.
              type: str
              sample: 4.19.20
            release:
              description: Release.
              type: str
              sample: 1.el7.centos
        running:
          description: Whether C(vdsmd.service) is active.
          type: bool
          sample: true
        restart_needed:
          description:
            - Whether C(vdsmd.service) became active before the last change of what it reads at its start only, which is
              C(vdsm.conf), the files in RV(container_host.vdsm.config_files), and the code of vdsm-containers.
            - V(null) when it does not run.
          type: bool
          sample: false
        supported:
          description:
            - Whether this Vdsm runs containers, which 4.19 does. 4.20 says that it can and then starts an ordinary VM,
              and later ones have nothing of it.
          type: bool
          sample: true
        capability:
          description:
            - What Vdsm says about itself, V(true) or V(false), V(absent) for a Vdsm without the feature, and V(failed)
              when it did not answer, as it does with vdsm-containers installed and no docker.
            - V(null) where no Vdsm is installed.
          type: str
          sample: "true"
        capability_message:
          description: Why there was no answer, V(null) when there was one.
          type: str
          sample: null
        client:
          description: The command that Vdsm was asked with, V(vdsm-client) or V(vdsClient).
          type: str
          sample: vdsm-client
        config:
          description: What Vdsm reads from the section C([containers]) at its next start, with its defaults.
          type: dict
          contains:
            cgroup_slice:
              description: The slice of the units.
              type: str
              sample: machine
            network_name:
              description: The docker network of containers without a vNIC.
              type: str
              sample: bridge
        config_files:
          description: The files that have this section, in the order in which Vdsm reads them; the last one wins.
          type: list
          elements: str
          sample: [/etc/vdsm/vdsm.conf.d/90-containers.conf]
        config_error:
          description: The first file that cannot be read the way Vdsm does, V(null) when all can.
          type: str
          sample: null
        running_vms:
          description:
            - VMs that run on the host, container VMs left out. Counted from the processes, so Vdsm may be down.
          type: int
          sample: 12
        running_container_vms:
          description: Units of container VMs that are active.
          type: int
          sample: 3
        spm:
          description: Whether the host is the storage pool manager, V(null) where Vdsm did not say.
          type: bool
          sample: false
    runtime:
      description: Docker, or podman in its place.
      type: dict
      contains:
        name:
          description:
            - V(docker), V(podman) when the command C(docker) is podman's imitation, or V(null) when there is no such
              command. A podman of its own is among RV(container_host.runtime.packages) only.
          type: str
          sample: docker
        packages:
          description: The packages of docker and podman, of any packaging.
          type: list
          elements: str
          sample: [docker-1.13.1-209.git7d71120.el7.centos]
        path:
          description: The command C(docker).
          type: str
          sample: /usr/bin/docker
        vdsm_path:
          description:
            - The command C(docker) that Vdsm finds, V(null) when there is none in C(/usr/bin) or C(/bin). One of a snap
              or in C(/usr/local/bin) is not found.
          type: str
          sample: /usr/bin/docker
        daemon_path:
          description:
            - Docker's daemon, of C(docker.service) or as it runs, whichever package it came with.
              V(null) where there is none.
          type: str
          sample: /usr/bin/dockerd-current
        flags:
          description:
            - Keys of C(/etc/docker/daemon.json) that C(docker.service) gives on the command line, with C(value) and
              C(source), the file that says so. The daemon does not start when such a key is in C(daemon.json) too.
          type: dict
          sample: {"log-driver": {"value": "journald", "source": "/etc/sysconfig/docker"}}
        swarm:
          description: Whether the daemon is part of a swarm, or will be when it is started.
          type: bool
          sample: false
        daemon:
          description: V(running), V(stopped), or V(failed) for a daemon that should answer and does not.
          type: str
          sample: running
        enabled:
          description: Whether C(docker.service) starts with the host, V(null) when there is no such unit.
          type: bool
          sample: true
        message:
          description: What docker said when its daemon should answer and does not.
          type: str
          sample: null
        version:
          description: Version of the daemon, of the client while no daemon answers.
          type: str
          sample: 1.13.1
        storage_driver:
          description: Storage driver.
          type: str
          sample: overlay2
        cgroup_driver:
          description: Cgroup driver.
          type: str
          sample: systemd
        root_dir:
          description: Directory of docker's data.
          type: str
          sample: /var/lib/docker
        free_bytes:
          description: Free space there.
          type: int
          sample: 53687091200
        live_restore:
          description: Whether containers live on while the daemon restarts, V(null) before docker 1.12.
          type: bool
          sample: true
        running_containers:
          description: How many containers run, of Vdsm and of others; V(null) while no daemon answers.
          type: int
          sample: 3
        config:
          description: Content of C(/etc/docker/daemon.json), empty when there is none.
          type: dict
          sample: {"live-restore": true}
        config_error:
          description: Why that file cannot be read.
          type: str
          sample: null
        configured:
          description: Whether there is such a file.
          type: bool
          sample: true
        restart_needed:
          description:
            - Whether that file was changed after C(docker.service) became active. V(null) when it does not run.
          type: bool
          sample: false
    networks:
      description: Docker's networks, sorted by name; empty while no daemon answers.
      type: list
      elements: dict
      contains:
        name:
          description: Name.
          type: str
          sample: storage
        id:
          description: Id.
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
          sample: {"host": "10.20.0.130"}
        parent:
          description: Device that the network is on.
          type: str
          sample: eth1
        internal:
          description: Whether the network has no way out.
          type: bool
          sample: false
        options:
          description: Options of the driver, the parent among them.
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
          sample: [vdsm-0c3f5f2e-95d8-4c4c-9d0f-3ac4b8a4fd6b]
    containers:
      description: Every container of Vdsm, also those that have ended and are still there, sorted by name.
      type: list
      elements: dict
      contains:
        vm_id:
          description: Id of the VM in Engine, V(null) when Vdsm's state file is gone.
          type: str
          sample: 6c1f2ff4-5c3e-4b11-a2b8-8f5d3b1c0f5e
        vm_name:
          description: Name of the VM.
          type: str
          sample: cache
        container:
          description: Name of the container and, with C(.service), of its unit. It is another one for each start.
          type: str
          sample: vdsm-0c3f5f2e-95d8-4c4c-9d0f-3ac4b8a4fd6b
        container_id:
          description: Id of the container, V(null) while docker has not made it, as during a pull.
          type: str
          sample: f2a1e9c0b7d64f7d8f1f0d2c3b4a5968778695a4b3c2d1e0f00112233445566
        image:
          description: Image that it runs.
          type: str
          sample: redis:7.2
        digest:
          description: Digest of that image, V(null) for one that came from no registry.
          type: str
          sample: redis@sha256:3fbc5b8b2c5b8f0a0e7a3a1d6a2b9c8d7e6f5a4b3c2d1e0f0a1b2c3d4e5f6071
        addresses:
          description: Its address in each network, V(null) when it does not run.
          type: dict
          sample: {"storage": "10.20.0.129"}
        status:
          description: Status in docker's words.
          type: str
          sample: running
        exit_code:
          description: Exit code, V(null) while it runs. Engine never learns it.
          type: int
          sample: null
        started_at:
          description: When it was started.
          type: str
          sample: "2017-06-01T10:00:00.123456789Z"
        limits:
          description: Limits that docker holds it to, each V(null) when there is none. Vdsm never sets any.
          type: dict
          contains:
            memory:
              description: Memory in bytes.
              type: int
              sample: null
            memory_reservation:
              description: Soft limit of memory in bytes.
              type: int
              sample: null
            memory_swap:
              description: Memory and swap in bytes.
              type: int
              sample: null
            cpu_shares:
              description: CPU shares.
              type: int
              sample: null
            cpu_period:
              description: Period of CPU bandwidth in microseconds.
              type: int
              sample: null
            cpu_quota:
              description: CPU time in a period, in microseconds.
              type: int
              sample: null
            nano_cpus:
              description: CPUs in billionths.
              type: int
              sample: null
            cpuset_cpus:
              description: CPUs that it may use.
              type: str
              sample: null
            pids:
              description: Processes.
              type: int
              sample: null
        unit:
          description: State of its unit, V(null) when the unit is gone.
          type: dict
          contains:
            active:
              description: State in systemd's words.
              type: str
              sample: active
            sub:
              description: Finer state in systemd's words.
              type: str
              sample: running
    orphans:
      description: Containers that run without their unit. Vdsm reported them as stopped.
      type: list
      elements: str
      sample: []
    leftovers:
      description: Vdsm's containers that have ended, and its failed units.
      type: list
      elements: str
      sample: [vdsm-95d1d2d6-4a90-4e0f-8a40-5d5fae3dc0a5]
    stale_state_files:
      description: Vdsm's state files of containers that do not run.
      type: list
      elements: str
      sample: [/var/run/vdsm/containers/95d1d2d6-4a90-4e0f-8a40-5d5fae3dc0a5.xml]
    nics:
      description: Network devices, the loopback and docker's own left out, sorted by name.
      type: list
      elements: dict
      contains:
        name:
          description: Name.
          type: str
          sample: eth1
        bridge:
          description: Bridge that it is a port of.
          type: str
          sample: null
        addresses:
          description: Its addresses, link-local ones left out.
          type: list
          elements: str
          sample: []
        up:
          description: Whether it is up.
          type: bool
          sample: true
        virtual:
          description: Whether it is virtual, not a piece of hardware.
          type: bool
          sample: false
        default_route:
          description: Whether the host's default route leads through it.
          type: bool
          sample: false
        management:
          description:
            - Whether it carries the management network. That is the device of the default route, C(ovirtmgmt), the
              device that Ansible came in by where that is known, and the ports of such a device.
          type: bool
          sample: false
        used_by:
          description: Its bridge or bond, VLANs on it, and docker networks on it.
          type: list
          elements: str
          sample: [docker network storage]
    peers:
      description:
        - Addresses that the host has TCP connections with, and its name servers, sorted. Its own and link-local ones
          are left out.
      type: list
      elements: str
      sample: [192.0.2.2, 192.0.2.9]
    safety:
      description: What the VMs of the host depend on, to be compared later.
      type: dict
      contains:
        forwarding:
          description: Whether the host forwards packets, C(ipv4) and C(ipv6).
          type: dict
          sample: {"ipv4": 0, "ipv6": 0}
        bridge_netfilter:
          description:
            - Whether bridged packets meet the packet filter, for C(iptables), C(ip6tables) and C(arptables). V(null)
              when the kernel's module for it is not loaded, which means no.
          type: dict
          sample: {"iptables": null, "ip6tables": null, "arptables": null}
        policies:
          description:
            - Policies of built-in chains by C(iptables CHAIN), C(ip6tables CHAIN) and C(nft FAMILY TABLE CHAIN).
          type: dict
          sample: {"iptables FORWARD": "ACCEPT"}
        rules:
          description:
            - The packet filter without counters. C(iptables) and C(ip6tables) are lists of lines by table, C(nft) is a
              list of lines, without tables that iptables keeps there.
          type: dict
          sample: {"iptables": {"filter": ["-A FORWARD -j DOCKER-USER"]}, "ip6tables": {}, "nft": []}
        docker_bridges:
          description: Bridges of docker's networks that have a name of their own.
          type: list
          elements: str
          sample: [cbr0]
        bridges:
          description: Bridges and their ports.
          type: dict
          sample: {"ovirtmgmt": ["eth0", "vnet0"]}
        routes:
          description: Routes in all tables, without the kernel's own.
          type: list
          elements: str
          sample: [default via 192.0.2.1 dev ovirtmgmt]
        addresses:
          description: Addresses by device.
          type: dict
          sample: {"ovirtmgmt": ["192.0.2.10/24"]}
        paths:
          description:
            - The device through which each of RV(container_host.peers) and O(peers) is reached, V(null) for one that
              there is no route to. 64 of them at most, O(peers) and name servers first.
          type: dict
          sample: {"192.0.2.9": "ovirtmgmt"}
        vms:
          description: The VMs that run, each with the number of its process.
          type: list
          elements: str
          sample: [web (pid 4711)]
        reachable:
          description: Whether each neighbour on a bridge answered, V(null) unless O(probe=true).
          type: dict
          sample: {"192.0.2.21 ovirtmgmt": true}
        bridged:
          description: Packets C(sent) and C(lost) through the throw-away bridge, V(null) unless O(probe=true).
          type: dict
          sample: {"sent": 5, "lost": 0}
        looks:
          description:
            - What could be looked at, of C(iptables), C(ip6tables), C(nft) and C(ip), and with O(probe=true) of C(ping)
              and C(canary). V(seen), V(absent) for a command that is not there, or why it failed.
            - What was V(seen) before a change and is not afterwards counts as harm.
          type: dict
          sample: {"iptables": "seen", "ip6tables": "seen", "nft": "absent", "ip": "seen"}
        unseen:
          description: Why a later VM safety state cannot be compared with this one. Empty when it can.
          type: list
          elements: str
          sample: []
        untold:
          description: Those of RV(container_host.peers) and O(peers) that the kernel named no route for.
          type: list
          elements: str
          sample: []
    under_way:
      description:
        - What a run of M(ovirt_contrib.containers.container_host_snapshot) has begun on the host and not ended, by the
          name of its snapshot. With O(probe=true) the neighbours and peers that it knew are asked again.
        - C(stage) is V(begun), V(open) or V(proven), C(since) when it was begun in seconds, C(safety) what VMs depended
          on then, C(engine) what was done with the host in the Engine (C(drained), C(stopped_vms)), C(way_back) whether
          the host can be put back to what it was, and C(problem) why its record cannot be read.
      type: dict
      sample: {}
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._host.host import Host, HostError
from ..module_utils._host.info import check_options, gather


def main():
    options = {
        "probe": {"type": "bool", "default": False},
        "neighbours": {"type": "list", "elements": "str", "default": []},
        "peers": {"type": "list", "elements": "str", "default": []},
    }
    module = AnsibleModule(argument_spec=options, supports_check_mode=True)
    try:
        check_options(module.params["neighbours"], module.params["peers"])
    except HostError as error:
        module.fail_json(msg=error.args[0])
    found = gather(Host(), module.params["probe"], module.params["neighbours"], module.params["peers"])
    module.exit_json(changed=False, container_host=found)


if __name__ == "__main__":
    main()
