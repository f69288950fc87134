#!/usr/bin/python

# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: container_vm
short_description: Create, run, update, stop and remove a container VM
version_added: 0.1.0
description:
  - A container VM is a VM in oVirt Engine that runs one container, on its host or in a guest of its own. This module
    makes one such VM agree with its options.
  - Everything that Engine, Vdsm and the guest need silently (boot order, memory limits, pinning, custom properties,
    user-data) is taken care of.
  - A VM that is not a container VM is never touched, whatever its name.
author:
  - ovirt_contrib.containers contributors (@ovirt-contrib)
extends_documentation_fragment:
  - ovirt_contrib.containers.attributes
  - ovirt_contrib.containers.attributes.actiongroup_containers
  - ovirt_contrib.containers.engine
  - ovirt_contrib.containers.wait
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: partial
    details:
      - With O(state=restarted) the container is restarted every time.
options:
  name:
    description:
      - Name of the VM in Engine, 1 to 64 letters, digits, C(.), C(_) and C(-).
    type: str
    required: true
  state:
    description:
      - V(present) sees to the VM and leaves a running one running, a stopped one stopped.
      - V(running) also starts it, and waits until its container has proven to stay.
      - V(stopped) also stops it. With the runtime V(guest) the guest is shut down, and its container has 20 seconds to
        end; with V(vdsm) the VM is powered off, since containers ignore a shutdown. Given nothing but a name, it only
        stops.
      - V(restarted) stops and starts it.
      - V(absent) stops and removes it. Disks that somebody attached are detached and kept. A VM that is protected
        against deletion is refused before it is stopped.
    type: str
    choices: [present, running, stopped, restarted, absent]
    default: running
  cluster:
    description:
      - Cluster of the VM. Needed to create it; a VM that is there cannot be moved.
      - VMs of the same name in other data centers are left alone.
    type: str
  description:
    description:
      - Description of the VM in Engine. An empty text clears it.
    type: str
  image:
    description:
      - Image of the container as an OCI reference, C([host[:port]/]path[:tag][@sha256:digest]).
      - Needed to create the VM.
    type: str
  runtime:
    description:
      - How the container is run. V(auto) decides from the cluster and keeps what a VM has.
      - RV(container_vm.runtime) is the decision.
      - V(vdsm) lets Vdsm 4.19 run C(docker). It needs a cluster of compatibility level 4.1 or lower, so an Engine from
        4.1 to 4.3. V(auto) takes it there.
      - V(guest) runs the container in a VM of its own, made from a template. It needs an Engine from 4.3 to 4.5, and
        nothing on the hosts. V(auto) takes it in all other clusters.
      - V(microvm) is the name of a later release and is refused.
    type: str
    choices: [auto, vdsm, guest, microvm]
    default: auto
  hosts:
    description:
      - Names of the hosts that may run the container. With the runtime V(vdsm) the VM is pinned to them, and each must
        have Vdsm 4.19, docker and vdsm-containers. With V(guest) Engine prefers them.
      - If unset, a new VM of the runtime V(vdsm) is pinned to all hosts of the cluster that carry the tag
        C(container-host), and a VM that is pinned already stays so. One of the runtime V(guest) may run on any host.
    type: list
    elements: str
  networks:
    description:
      - vNIC profiles of the container as C(network/profile), one NIC each. C(network) alone is short for
        C(network/network).
      - Vdsm uses the docker network that has the name of the first one's bridge, so that network must be there on every
        host. A guest asks DHCP on each, unless O(addresses) has an address for it.
      - An empty list removes all NICs. With the runtime V(vdsm) the container then gets the network of C([containers]
        network_name) on its host.
      - The NICs of a running container cannot be changed; use O(state=restarted).
    type: list
    elements: str
  memory:
    description:
      - Memory that Engine reserves when it chooses a host, in C(MiB), C(GiB) or C(TiB). A new VM gets V(512MiB).
      - The runtime V(vdsm) does not limit the container to it; a guest has no more.
    type: str
  cpu_shares:
    description:
      - CPU shares of the VM, V(0) to V(262144); V(0) is Engine's default.
      - The runtime V(vdsm) does not pass them to the container; the VM of a guest has them.
    type: int
  high_availability:
    description:
      - Restart the VM when its host fails. Refused by the runtime V(vdsm), where the end of a container looks like a
        clean shutdown, so that Engine would never restart it.
    type: bool
  command:
    description:
      - Command of the container in place of its image's. Refused by the runtime V(vdsm).
    type: list
    elements: str
  entrypoint:
    description:
      - Entry point of the container in place of its image's. Refused by the runtime V(vdsm).
    type: list
    elements: str
  environment:
    description:
      - Environment variables of the container. Values are never shown by this collection, but they are stored in the
        VM, where everybody who may see the VM can read them. O(secrets) are not. Refused by the runtime V(vdsm).
    type: dict
  ports:
    description:
      - Published ports as C([port of the guest:]container port[/tcp|/udp]). Without any, the container has the network
        of its guest, so that each of its ports is one of the VM. Refused by the runtime V(vdsm).
    type: list
    elements: str
  volumes:
    description:
      - Volumes as C(name:/path[:ro]) or C(/host/path:/path[:ro]). Refused by the runtimes of this release. Vdsm never
        passed its custom property C(volumeMap) to docker, and V(guest) does not make disks yet.
    type: list
    elements: str
  user:
    description:
      - User that the container runs as, a name or a number, with C(:group) if wanted. Refused by the runtime V(vdsm).
    type: str
  restart:
    description:
      - When the container is started again in its guest after it ended. V(no) is what a new one does, and the end of
        the container is the end of the VM. V(on-failure) tries five times within ten minutes, then the VM goes down.
      - Refused by the runtime V(vdsm).
    type: str
    choices: ["no", on-failure, always]
  template:
    description:
      - Template of a new VM, C(container-guest) if unset. It needs a Linux with cloud-init, podman or docker, systemd
        and qemu-guest-agent. A VM that is there keeps the one it was made of. Refused by the runtime V(vdsm).
    type: str
  working_dir:
    description:
      - Working directory of the container in place of its image's. Refused by the runtime V(vdsm).
    type: str
  health_check:
    description:
      - How podman finds out whether the container is healthy. One that is not is killed, so its VM goes down or
        restarts it. With docker in the guest it goes on.
      - Refused by the runtime V(vdsm).
    type: dict
    suboptions:
      command:
        description: Command that runs in the container, by its shell; its exit code 0 means healthy.
        type: str
        required: true
      interval:
        description: Seconds between two checks.
        type: int
      timeout:
        description: Seconds that a check may take.
        type: int
      start_period:
        description: Seconds after the start in which a failure does not count.
        type: int
      retries:
        description: Failures in a row until it counts as unhealthy.
        type: int
  addresses:
    description:
      - Static addresses of the guest, one for each network that has one; the others ask DHCP. An empty list gives DHCP
        to all. Refused by the runtime V(vdsm).
    type: list
    elements: dict
    suboptions:
      network:
        description: One of O(networks).
        type: str
        required: true
      address:
        description: Address with its prefix, as in C(192.0.2.10/24).
        type: str
        required: true
      gateway:
        description: Default route.
        type: str
      dns:
        description: Name servers.
        type: list
        elements: str
  secrets:
    description:
      - Environment variables of the container that are not stored in the VM's configuration, so not in its OVF. They
        are given to the start only, so they are in C(engine.log) and C(vdsm.log) of that start (base64 in the domain
        XML), in its payload on the host while the VM runs, and in files of root on the guest's disk.
      - The VM keeps a salted hash, by which a second run knows whether they have changed. If unset, the guest keeps
        those that it has; an empty dictionary removes them.
      - A start that is to bring other secrets needs them itself, since no run keeps them for another one. Refused by
        the runtime V(vdsm).
    type: dict
  registry_logins:
    description:
      - Logins at registries that the image is pulled from. They are treated as O(secrets) are. If only one of the two
        options is set, the other one counts as empty. Refused by the runtime V(vdsm).
    type: list
    elements: dict
    suboptions:
      registry:
        description: Host of the registry, with its port if it has one.
        type: str
        required: true
      username:
        description: Who logs in.
        type: str
        required: true
      password:
        description: With what.
        type: str
        required: true
seealso:
  - module: ovirt_contrib.containers.container_vm_info
  - module: ovirt.ovirt.ovirt_auth
  - module: ovirt.ovirt.ovirt_vm
"""

EXAMPLES = r"""
- name: Run a container VM
  ovirt_contrib.containers.container_vm:
    name: cache
    cluster: Default
    image: redis:7.2

- name: Pin a container VM to two hosts and give it a network of its own
  ovirt_contrib.containers.container_vm:
    name: web
    cluster: Default
    description: Front page
    image: registry.example.com:5000/shop/front:2.4
    hosts: [host1, host2]
    networks: [backend/backend]
    memory: 1GiB

- name: Run a container in a guest of its own on Engine 4.5
  ovirt_contrib.containers.container_vm:
    name: shop
    cluster: Modern
    template: debian-13-podman
    image: registry.example.com:5000/shop/front:2.4
    networks: [backend]
    memory: 2GiB
    environment:
      MODE: production
    secrets:
      DATABASE_PASSWORD: "{{ lookup('ansible.builtin.env', 'DATABASE_PASSWORD') }}"
    health_check:
      command: wget -q -O /dev/null http://127.0.0.1:8080/
      interval: 10
      retries: 3

- name: Choose another image for the next start, and show what differs
  ovirt_contrib.containers.container_vm:
    name: cache
    image: redis:7.4
  diff: true
  register: cache

- name: Start it anew with that image
  ovirt_contrib.containers.container_vm:
    name: cache
    state: restarted
  when: cache.restart_needed

- name: Remove a container VM
  ovirt_contrib.containers.container_vm:
    name: web
    state: absent
"""

RETURN = r"""
container_vm:
  description: The container VM as it is now, or as it would be in check mode.
  returned: success
  type: dict
  contains:
    name:
      description: Name of the VM.
      type: str
      sample: cache
    id:
      description: Id of the VM in Engine, V(null) when there was none and none was made.
      type: str
      sample: 6c1f2ff4-5c3e-4b11-a2b8-8f5d3b1c0f5e
    status:
      description:
        - Status in Engine's words, or V(absent).
        - With the runtime V(vdsm) a running container is V(powering_up) for its first 60 seconds, then V(up).
      type: str
      sample: powering_up
    runtime:
      description: The runtime that runs the container.
      type: str
      sample: vdsm
    image:
      description: Image that the next start uses. While RV(restart_needed) is true, the container still runs another.
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
      description: Hosts that the VM is pinned to, V(null) when it should be absent.
      type: list
      elements: str
      sample: [host1, host2]
    networks:
      description: vNIC profiles of the VM as C(network/profile), V(null) when it should be absent.
      type: list
      elements: str
      sample: [backend/backend]
    addresses:
      description:
        - IPv4 and IPv6 addresses of the VM, as the agent in its guest reports them. Link-local ones are left out, and
          those of networks within the guest.
        - Empty while the VM is not up, and until the agent has reported once, as after O(wait=false).
        - V(null) with the runtime V(vdsm), where nobody reports them, and when the VM should be absent.
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
plan:
  description: What the task does, or would do in check mode, in lines to be read; the same in both.
  returned: success
  type: list
  elements: str
  sample:
    - "cache on engine.example.com: 1 listed, 1 change, 0 as they should be"
    - "~ later  cache  image redis:7.2 -> redis:7.4  at its next start"
actions:
  description: What was done, or would be done in check mode, in this order.
  returned: success
  type: list
  elements: str
  sample: [create, networks, start]
restart_needed:
  description: Whether the container runs with another configuration than its next start will use.
  returned: success
  type: bool
  sample: false
correlation_id:
  description: Correlation id of the task's requests; Engine's events of this task carry it.
  returned: success
  type: str
  sample: containers-5f0c2d8e9b1a4c6d7e8f
"""

from typing import Any

from ..module_utils._engine.engine import Engine
from ..module_utils._engine.module import EngineModule
from ..module_utils._engine.patience import patience_from, patience_options
from ..module_utils._fleet.run import described, run
from ..module_utils._vm.differences import diffs
from ..module_utils._vm.members import order, problem_of_options
from ..module_utils._vm.runtimes.choice import addresses_of
from ..module_utils._vm.spec import container_options


def main() -> None:
    module = EngineModule({**container_options(), **patience_options()}, problem_of_options)
    module.end_with(lambda: ensure(module.params, module.check_mode))


def ensure(params: dict[str, Any], check: bool) -> tuple[str | None, dict[str, Any]]:
    """Make one container VM agree with the options: what went wrong, if anything, and what is returned."""
    asked, patience = order([params]), patience_from(params, [params["state"]])
    with Engine(params["auth"], timeout=params["timeout"]) as engine:
        done = run(engine, asked, patience, check=check)
    outcome = done.report[asked.specs[0].name]
    told = described(outcome)
    return outcome.error, {
        "changed": outcome.changed,
        "container_vm": {**told, "addresses": addresses_of(told["runtime"], told["status"], outcome.addresses)},
        "plan": done.plan,
        "actions": list(outcome.plan.actions),
        "restart_needed": outcome.restart_needed,
        "correlation_id": engine.correlation_id,
        "diff": diffs({outcome.plan.name: outcome.plan}),
    }


if __name__ == "__main__":
    main()
