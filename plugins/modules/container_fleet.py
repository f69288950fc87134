#!/usr/bin/python

# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: container_fleet
short_description: Make many container VMs agree with a list, all together
version_added: 0.1.0
description:
  - Does for a list of container VMs what M(ovirt_contrib.containers.container_vm) does for one, with one login, a
    constant number of requests to see what is there, and several requests under way at once. A second run only reads.
  - What cannot be fulfilled is refused before the first change. What fails later is reported by name, the rest goes on,
    and the next run finishes the work. An Engine that is in trouble for a while, a connection that breaks, and another
    controller that works on the same list are dealt with within the task.
  - A fleet with a name knows the VMs that it made by a tag, and removes those it no longer wants. VMs of other fleets
    and of people are never removed by O(prune) or O(containers[].count).
  - Before the first change, and in check mode, lines on the standard error of C(ansible-playbook) show the plan, one
    for each kind of change; while it works, they show how far it is. They come through an action plugin, since a
    module's own output is read only when it has ended; standard output stays what the callback plugin makes it.
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
    details:
      - Shows what differs, under the names of the VMs; those with the same difference share one.
  idempotent:
    support: partial
    details:
      - A container with O(containers[].state=restarted) is restarted every time.
options:
  defaults:
    description:
      - What an entry of O(containers) gets where it says nothing itself. A list or a dictionary in an entry replaces
        the one here.
    type: dict
    default: {}
    suboptions: &container
      state:
        description:
          - What is to be, as O(ovirt_contrib.containers.container_vm#module:state).
          - V(running) unless said otherwise.
        type: str
        choices: [present, running, stopped, restarted, absent]
      cluster:
        description:
          - Cluster of the VM, needed to create it.
        type: str
      description:
        description:
          - Description of the VM in Engine.
        type: str
      image:
        description:
          - Image of the container, needed to create the VM; O(ovirt_contrib.containers.container_vm#module:image).
        type: str
      runtime:
        description:
          - How the container is run, as O(ovirt_contrib.containers.container_vm#module:runtime).
          - V(auto) unless said otherwise.
        type: str
        choices: [auto, vdsm, guest, microvm]
      hosts:
        description:
          - Hosts that may run the container, as O(ovirt_contrib.containers.container_vm#module:hosts).
        type: list
        elements: str
      networks:
        description:
          - vNIC profiles as C(network/profile), one NIC each.
        type: list
        elements: str
      memory:
        description:
          - Memory in C(MiB), C(GiB) or C(TiB). A new VM gets V(512MiB).
        type: str
      cpu_shares:
        description:
          - CPU shares of the VM, V(0) to V(262144).
        type: int
      high_availability:
        description:
          - Restart the VM when it fails.
        type: bool
      command:
        description:
          - Command of the container in place of its image's.
        type: list
        elements: str
      entrypoint:
        description:
          - Entry point of the container in place of its image's.
        type: list
        elements: str
      environment:
        description:
          - Environment variables of the container. Values are never shown.
        type: dict
      ports:
        description:
          - Published ports as C([host port:]container port[/tcp|/udp]).
        type: list
        elements: str
      volumes:
        description:
          - Volumes as C(name:/path[:ro]) or C(/host/path:/path[:ro]).
        type: list
        elements: str
      user:
        description:
          - User that the container runs as.
        type: str
      restart:
        description:
          - When the container is started again in its guest after it ended, as
            O(ovirt_contrib.containers.container_vm#module:restart).
        type: str
        choices: ["no", on-failure, always]
      template:
        description:
          - Template of a new VM, as O(ovirt_contrib.containers.container_vm#module:template).
        type: str
      working_dir:
        description:
          - Working directory of the container in place of its image's.
        type: str
      health_check:
        description:
          - How podman finds out whether the container is healthy, as
            O(ovirt_contrib.containers.container_vm#module:health_check).
        type: dict
        suboptions:
          command:
            description: Command that runs in the container.
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
          - Static addresses of the guest, as O(ovirt_contrib.containers.container_vm#module:addresses).
        type: list
        elements: dict
        suboptions:
          network:
            description: One of the networks.
            type: str
            required: true
          address:
            description: Address with its prefix.
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
          - Environment variables that are not stored in the VM, as
            O(ovirt_contrib.containers.container_vm#module:secrets).
        type: dict
      registry_logins:
        description:
          - Logins at registries, as O(ovirt_contrib.containers.container_vm#module:registry_logins).
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
  containers:
    description:
      - The container VMs. Entries take the options of M(ovirt_contrib.containers.container_vm) with the same meaning;
        where an entry says nothing, O(defaults) does.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description:
          - Name of the VM in Engine. With O(containers[].count) what comes before the number.
        type: str
        required: true
      count:
        description:
          - So many VMs of this kind, named C(NAME-1), C(NAME-2) and so on, V(0) to V(10000).
          - When it gets lower, the highest numbers are stopped and removed, as far as this fleet made them.
          - Needs O(fleet).
        type: int
      <<: *container
  fleet:
    description:
      - Name of the fleet, 1 to 20 ASCII letters, digits, C(_) and C(-).
      - VMs that the fleet makes get the tag C(container-fleet-NAME). VMs that were there before are managed when they
        are listed, but get no tag, so that they are never removed for not being listed.
      - Costs one more request for each VM that is made, since Engine takes no tag with a new VM.
    type: str
  prune:
    description:
      - Stop and remove container VMs that carry the tag of O(fleet) and are not listed. With an empty list that is all
        of them.
      - Needs O(fleet).
    type: bool
    default: false
  parallel:
    description:
      - Most requests that are under way at once, V(1) to V(100).
    type: int
    default: 10
  update:
    description:
      - What happens to a running container whose configuration changes. Its description does not count.
      - V(next_run) leaves it running; the change waits for its next start.
      - V(now) replaces it, O(batch) at a time. Each batch has to settle before the next one begins, also with
        O(wait=false). Containers that do not settle get back what they ran with before, and the containers of later
        batches are left as they are.
    type: str
    choices: [next_run, now]
    default: next_run
  batch:
    description:
      - How many containers O(update=now) replaces at a time.
    type: int
    default: 1
  fail_fast:
    description:
      - After a failure begin nothing more. Without it the rest goes on.
    type: bool
    default: false
  progress:
    description:
      - File that lines about the progress are appended to, on the machine that the module runs on.
      - Set by the action plugin when the task runs on the controller itself (C(delegate_to=localhost) or
        C(connection=local)) and not as another user; its lines are then shown. Give a file to follow a task on another
        machine with C(tail -f).
    type: path
seealso:
  - module: ovirt_contrib.containers.container_vm
  - module: ovirt_contrib.containers.container_vm_info
"""

EXAMPLES = r"""
- name: Run the containers of a shop
  ovirt_contrib.containers.container_fleet:
    fleet: shop
    defaults:
      cluster: Default
      networks: [backend]
    containers:
      - name: cache
        image: redis:7.2
        memory: 1GiB
      - name: web # web-1, web-2 and web-3
        image: registry.example.com:5000/shop/front:2.4
        count: 3

- name: See what another image and one web less would change
  ovirt_contrib.containers.container_fleet:
    fleet: shop
    prune: true # what the fleet made and is no longer listed goes: cache
    update: now
    defaults:
      cluster: Default
      networks: [backend]
    containers:
      - name: web
        image: registry.example.com:5000/shop/front:2.5
        count: 2
  check_mode: true
  diff: true

- name: Replace the image of running containers, one at a time
  ovirt_contrib.containers.container_fleet:
    fleet: shop
    update: now
    batch: 1
    defaults:
      cluster: Default
    containers:
      - name: web
        image: registry.example.com:5000/shop/front:2.5
        count: 3

- name: Remove the whole fleet
  ovirt_contrib.containers.container_fleet:
    fleet: shop
    prune: true
    containers: []
"""

RETURN = r"""
container_vms:
  description: The container VMs that were listed or removed, as they are now, or as they would be in check mode.
  returned: success and partial failure
  type: list
  elements: dict
  contains:
    name:
      description: Name of the VM.
      type: str
      sample: web-1
    result:
      description:
        - V(unchanged), V(changed), V(failed), or V(left) when nothing was begun because another one had failed.
      type: str
      sample: changed
    error:
      description: Why it failed, V(null) when it did not.
      type: str
    actions:
      description: What was planned, in this order.
      type: list
      elements: str
      sample: [create, tag, networks, start]
    done:
      description: What of RV(container_vms[].actions) was done.
      type: list
      elements: str
      sample: [create, tag, networks, start]
    restart_needed:
      description: Whether the container runs with another configuration than its next start will use.
      type: bool
      sample: false
    id:
      description: Id of the VM in Engine, V(null) when there is none.
      type: str
      sample: 6c1f2ff4-5c3e-4b11-a2b8-8f5d3b1c0f5e
    status:
      description: Status in Engine's words, or V(absent).
      type: str
      sample: powering_up
    runtime:
      description: The runtime that runs the container.
      type: str
      sample: vdsm
    host:
      description: Host that runs the container, V(null) when it does not run.
      type: str
      sample: host1
    image:
      description: Image that the next start uses.
      type: str
      sample: redis:7.2
    cluster:
      description: Cluster of the VM.
      type: str
      sample: Default
    hosts:
      description: Hosts that the VM is pinned to, V(null) when it should be absent.
      type: list
      elements: str
      sample: [host1, host2]
    networks:
      description:
        - vNIC profiles of the VM as C(network/profile), V(null) when it should be absent.
        - V(null) with Engine 4.1 in a list of more than 40 where they do not matter, since each would be a request.
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
  description:
    - What the task does, or would do in check mode, in at most 20 lines to be read; the same in both.
    - One line for each kind of change, with the names of the VMs folded to ranges.
  returned: success and partial failure
  type: list
  elements: str
  sample:
    - "shop on engine.example.com (4.3): 8 listed, 20 not listed any more, 28 change, 0 as they should be"
    - "~ replace  web-1 .. web-8   image front:2.4 -> front:2.5  4 batches of 2, at least 80 s"
    - "- remove   web-9 .. web-28  (count 28 -> 8)               20 of them running"
totals:
  description: How many there are of each RV(container_vms[].result), and how many each action was done to.
  returned: success and partial failure
  type: dict
  sample: {unchanged: 0, changed: 4, failed: 0, left: 0, create: 4, tag: 4, networks: 4, start: 4}
requests:
  description: Requests that the task sent, without logins and logouts.
  returned: success and partial failure
  type: int
  sample: 23
seconds:
  description: Seconds that the task took from its login to its end.
  returned: success and partial failure
  type: float
  sample: 21.4
correlation_id:
  description: Correlation id of the task's requests; Engine's events of this task carry it.
  returned: success and partial failure
  type: str
  sample: fleet-shop-5f0c2d8e9b1a4c6d7e8f01234
"""

import time
from collections.abc import Callable
from typing import Any

from ..module_utils._engine.engine import Engine
from ..module_utils._engine.module import EngineModule
from ..module_utils._engine.patience import patience_from, patience_options
from ..module_utils._engine.progress import Progress
from ..module_utils._fleet.answer import entry, failure, totals
from ..module_utils._fleet.manner import check_headers, manner_from
from ..module_utils._fleet.run import run
from ..module_utils._vm.differences import diffs
from ..module_utils._vm.members import member_options, order, problem_of_entries
from ..module_utils._vm.site import Fleet


def fleet_options() -> dict[str, dict[str, Any]]:
    """The argument spec of what only a fleet has."""
    options = {"name": {"type": "str", "required": True}, "count": {"type": "int"}, **member_options()}
    return {
        "containers": {"type": "list", "elements": "dict", "required": True, "options": options},
        "defaults": {"type": "dict", "default": {}, "options": member_options()},
        "fleet": {"type": "str"},
        "prune": {"type": "bool", "default": False},
        "parallel": {"type": "int", "default": 10},
        "update": {"type": "str", "choices": ["next_run", "now"], "default": "next_run"},
        "batch": {"type": "int", "default": 1},
        "fail_fast": {"type": "bool", "default": False},
        "progress": {"type": "path"},
    }


def main() -> None:
    module = EngineModule({**fleet_options(), **patience_options()}, problem_of_entries)
    module.end_with(lambda: ensure(module.params, module.check_mode, module.warn))


def ensure(params: dict[str, Any], check: bool, warn: Callable[[str], None]) -> tuple[str | None, dict[str, Any]]:
    """Make the container VMs agree with the list: what went wrong, if anything, and what is returned."""
    began = time.monotonic()
    progress = Progress(params["progress"], params["fleet"] or "container_fleet")
    manner = manner_from(params)
    asked = order(params["containers"], params["defaults"], params["fleet"], params["prune"])
    patience = patience_from(params, {spec.state for spec in asked.specs})
    check_headers(asked.fleet, params["auth"])
    trace = {"trace": Fleet.trace_of(asked.fleet)} if asked.fleet else {}
    with Engine(params["auth"], params["parallel"], timeout=params["timeout"], **trace) as engine:
        done = run(engine, asked, patience, manner, progress, check)
    if progress.broken:
        warn(f"The progress could not be shown to its end: {progress.broken}")
    report = done.report
    return failure(report), {
        "changed": done.changed,
        "container_vms": [entry(outcome, check) for outcome in report.values()],
        "plan": done.plan,
        "totals": totals(report, check),
        "requests": engine.requests,
        "seconds": round(time.monotonic() - began, 2),
        "correlation_id": engine.correlation_id,
        "diff": diffs({name: outcome.plan for name, outcome in report.items()}),
    }


if __name__ == "__main__":
    main()
