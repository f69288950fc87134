# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs of container_host_snapshot on a hypervisor whose firewall has a state, and what docker does to it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.undo import orphans

from tests.contract.cases.container_host_snapshot import host as hypervisor
from tests.host_tier.machine import Machine
from tests.host_tier.recordings import IPTABLES as RECORDED
from tests.support.modules import Answer, run_module
from tests.unit.host.conftest import On

#: Without docker's.
IPTABLES = "".join(line + "\n" for line in RECORDED.splitlines() if "docker" not in line.lower())
CONFIG = "/etc/docker/daemon.json"
DATA = "/var/lib/docker"
RECORDS = "var/lib/ovirt-containers"
FIRST, SECOND, THIRD = ({"controller": "admin", "place": "boot", "pid": pid, "started": 1} for pid in (11, 22, 33))
ABOUT = {"files": [CONFIG], "services": ["docker.service", "vdsmd.service"], "trees": [DATA]}
DOCKERS = "docker-ce.x86_64 20.10.24-3 2000\ncontainerd.io.x86_64 1.6-1 2000\n"
VDSM = "vdsm.noarch 4.19.20-1.el7.centos 1500000000\n"
#: A firewall with a state: what it is told to forget all at once, it forgets, and a policy is a policy.
FILTER = """#!/bin/sh
PATH=/usr/bin:/bin
printf '%s\\n' "iptables $*" >>{log}
case "$*" in
*-P*) shift 2; sed -i "s/^:$1 [A-Z]*/:$1 $2/" {tables} ;;
esac
"""


def quiet(on: On, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A hypervisor without docker, on which nothing else is at work."""
    monkeypatch.setattr(orphans, "QUIET", 0.0)
    machine = on(hypervisor)
    machine.says("systemctl is-enabled -- docker.service", "", 1)
    machine.says("systemctl is-active -- docker.service", "inactive", 3)
    for words in ("rpm -e *", "systemctl stop *", "systemctl disable *", "systemctl daemon-reload"):
        machine.says(words)
    firewall(machine, IPTABLES)
    tables = machine.bin.parent / "tables"
    machine._script("iptables-save", f"#!/bin/sh\nexec /bin/cat {tables}\n")
    machine._script("iptables", FILTER.format(log=machine.log, tables=tables))
    machine.says("systemctl reset-failed *").says("systemctl restart *").says("vdsm-client *", "{}")
    return machine


def firewall(machine: Machine, saved: str) -> None:
    """What iptables-save says from now on."""
    (machine.bin.parent / "tables").write_text(saved)


def run(
    state: str, owner: dict[str, Any] | None = FIRST, *, gone: Any = None, check: bool = False, **options: Any
) -> Answer:
    """One task of a run. ``gone``: a run that is known to have ended."""
    options = {**(ABOUT if state == "taken" else {}), **({"run": owner} if owner else {}), **options}
    options = {**options, "take_over": [gone] if gone else []}
    return run_module("container_host_snapshot", {"name": "x", "state": state, **options}, check=check)


def record(machine: Machine, name: str = "x") -> Any:
    """What a record on the host says."""
    return json.loads((machine.root / RECORDS / f"{name}.json").read_text())


def noted(machine: Machine, content: Any, name: str = "x") -> None:
    """Let it say something else."""
    machine.file(f"/{RECORDS}/{name}.json", json.dumps(content))


def names(machine: Machine) -> list[str]:
    """The records that there are."""
    return sorted(path.stem for path in (machine.root / RECORDS).glob("*.json"))


def docker_comes(machine: Machine, extra: str = "", config: str = "{}") -> None:
    """What a run does before it is killed: all that docker brings, and VMs are cut off."""
    machine.says("rpm -qa *", VDSM + DOCKERS + extra)
    machine.says("systemctl is-enabled -- docker.service", "enabled")
    machine.says("systemctl is-active -- docker.service", "active")
    firewall(machine, IPTABLES.replace(":FORWARD ACCEPT", ":FORWARD DROP"))
    machine.file(CONFIG, config).file("/proc/sys/net/ipv4/ip_forward", "1\n")
    (machine.root / DATA[1:] / "volumes").mkdir(parents=True, exist_ok=True)


def deeds(machine: Machine) -> list[str]:
    """What was done to the host, in order."""
    verbs = ("systemctl stop", "systemctl disable", "rpm -e", "iptables -w -P", "iptables -w -t")
    return [line for line in machine.asked if line.startswith(verbs)]
