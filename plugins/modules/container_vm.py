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
  - A container VM is a VM in oVirt Engine whose host runs a container in its place. This module makes one such VM agree
    with its options.
  - Everything that Engine and Vdsm need silently (boot order, memory limits, pinning, both custom properties) is taken
    care of, also for container VMs that were made by hand.
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
      - V(stopped) also stops it. The VM is powered off, since containers ignore a shutdown. Given nothing but a name,
        it only stops.
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
        4.1 to 4.3.
      - V(guest) (a VM that runs the container) and V(microvm) are known names of later releases and are refused.
    type: str
    choices: [auto, vdsm, guest, microvm]
    default: auto
  hosts:
    description:
      - Names of the hosts that may run the container. With the runtime V(vdsm) the VM is pinned to them, and each must
        have Vdsm 4.19, docker and vdsm-containers.
      - If unset, a new VM is pinned to all hosts of the cluster that carry the tag C(container-host), and a VM that is
        pinned already stays so.
    type: list
    elements: str
  networks:
    description:
      - vNIC profiles of the container as C(network/profile), one NIC each. C(network) alone is short for
        C(network/network).
      - Vdsm uses the docker network that has the name of the first one's bridge, so that network must be there on every
        host.
      - An empty list removes all NICs; the container then gets the network of C([containers] network_name) on its host.
      - The NICs of a running container cannot be changed; use O(state=restarted).
    type: list
    elements: str
  memory:
    description:
      - Memory that Engine reserves when it chooses a host, in C(MiB), C(GiB) or C(TiB). A new VM gets V(512MiB).
      - The runtime V(vdsm) does not limit the container to it.
    type: str
  cpu_shares:
    description:
      - CPU shares of the VM, V(0) to V(262144); V(0) is Engine's default.
      - The runtime V(vdsm) does not pass them to the container.
    type: int
  high_availability:
    description:
      - Restart the VM when it fails. Refused by the runtime V(vdsm), where the end of a container looks like a clean
        shutdown, so that Engine would never restart it.
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
      - Environment variables of the container. Values are never shown. Refused by the runtime V(vdsm).
    type: dict
  ports:
    description:
      - Published ports as C([host port:]container port[/tcp|/udp]). Refused by the runtime V(vdsm).
    type: list
    elements: str
  volumes:
    description:
      - Volumes as C(name:/path[:ro]) or C(/host/path:/path[:ro]). Refused by the runtime V(vdsm), whose custom property
        C(volumeMap) was never passed to docker.
    type: list
    elements: str
  user:
    description:
      - User that the container runs as. Refused by the runtime V(vdsm).
    type: str
  restart:
    description:
      - When the container is started again after it ended. Refused by the runtime V(vdsm).
    type: str
    choices: ["no", on-failure, always]
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
    return outcome.error, {
        "changed": outcome.changed,
        "container_vm": described(outcome),
        "plan": done.plan,
        "actions": list(outcome.plan.actions),
        "restart_needed": outcome.restart_needed,
        "correlation_id": engine.correlation_id,
        "diff": diffs({outcome.plan.name: outcome.plan}),
    }


if __name__ == "__main__":
    main()
