# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host in a folder: files where Vdsm looks for them, fake commands, a clock that stands still until it is moved."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
import uuid
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from ovirt_lab.vdsm import site as vdsm_site
from ovirt_lab.vdsm import supervdsm
from ovirt_lab.vdsm.api import Api
from ovirt_lab.vdsm.host import Host
from ovirt_lab.vdsm.manager import Manager
from ovirt_lab.vdsm.rpc import Dispatcher
from ovirt_lab.vdsm.site import Site

FAKES = Path(__file__).with_name("fake_commands.py")
# Of util-linux: it runs what stands behind its list of CPUs.
TASKSET = f"""#!{sys.executable} -IS
import os, sys
assert sys.argv[1] == "--cpu-list", sys.argv
os.environ["TASKSET"] = sys.argv[2]
os.execv(sys.argv[3], sys.argv[3:])
"""
STATE_FILES = "/var/run/vdsm/containers"


class StillClock:
    """Time that a test moves."""

    speed = 1.0

    def __init__(self) -> None:
        self.time = 1_000_000.0

    def now(self) -> float:
        return self.time

    def wait(self, event: threading.Event, seconds: float) -> bool:
        return event.wait(0.01)


class Machine:
    """The folder, with what tests do to it and ask of it."""

    def __init__(self, folder: Path, version: str = "4.19.20-1.el8", fixed: bool = False) -> None:
        """`fixed`: the commands are where Vdsm looks first, so that PATH need not be changed."""
        self.root, self.bin, self.state = folder / "root", folder / "bin", folder / "state"
        for path in (
            self.root / "bin",
            self.root / "usr/bin",
            self.bin,
            self.state / "units",
            self.state / "containers",
        ):
            path.mkdir(parents=True)
        # The one command that Vdsm knows by its path only.
        self.write("/usr/bin/taskset", TASKSET)
        (self.root / "usr/bin/taskset").chmod(0o755)
        self.fixed = fixed
        for name in ("systemd-run", "systemctl", "docker"):
            self.command(name)
        self.write(vdsm_site.VERSION_FILE, version + "\n")
        self.package()

    def command(self, name: str) -> None:
        """Put one of the commands on PATH."""
        path = self.bin / name
        path.write_text(f"#!{sys.executable} -IS\n" + FAKES.read_text(encoding="utf-8"), encoding="utf-8")
        path.chmod(0o755)
        if self.fixed:
            (self.root / "usr/bin" / name).symlink_to(path)

    def no_docker(self) -> None:
        """Take docker away."""
        (self.bin / "docker").unlink()
        (self.root / "usr/bin/docker").unlink(missing_ok=True)

    def package(self, there: bool = True) -> None:
        """vdsm-containers is installed, or not."""
        if there:
            self.write(vdsm_site.CONTAINER_CODE, "")
        else:
            (self.root / vdsm_site.CONTAINER_CODE.lstrip("/")).unlink(missing_ok=True)

    def write(self, path: str, text: str) -> None:
        """Write a file of the host."""
        target = self.root / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def set(self, name: str, text: str) -> None:
        """Change the ways of the fake commands."""
        (self.state / name).write_text(text, encoding="utf-8")

    def calls(self, name: str = "") -> list[list[str]]:
        """The command lines so far, of one command or all."""
        path = self.state / "calls.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        calls = [json.loads(line) for line in lines]
        return [call for call in calls if not name or Path(call[0]).name == name]

    def affinities(self) -> list[tuple[str, str]]:
        """The commands so far, and on which processors taskset has let them run."""
        path = self.state / "affinities.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return [tuple(json.loads(line)) for line in lines]

    def units(self) -> dict[str, dict[str, Any]]:
        """What systemd-run has started."""
        return {path.name: json.loads(path.read_text(encoding="utf-8")) for path in (self.state / "units").iterdir()}

    def containers(self) -> dict[str, dict[str, Any]]:
        """docker's containers."""
        folder = self.state / "containers"
        return {path.name: json.loads(path.read_text(encoding="utf-8")) for path in folder.iterdir()}

    def container(self) -> tuple[str, dict[str, Any]]:
        """The one container there is, once its process has come so far."""
        wait_until(lambda: len(self.containers()) == 1)
        return next(iter(self.containers().items()))

    def state_files(self) -> list[Path]:
        """Vdsm's state files."""
        return sorted((self.root / STATE_FILES.lstrip("/")).glob("*.xml"))

    def state_xml(self) -> ElementTree.Element:
        """The one state file there is."""
        (path,) = self.state_files()
        return ElementTree.fromstring(path.read_text(encoding="utf-8"))

    def end(self) -> None:
        """End all processes that systemd-run has started here."""
        for about in self.units().values():
            try:
                os.kill(about["pid"], signal.SIGKILL)
            except OSError:
                continue

    def kill(self, unit: str) -> None:
        """End the process of a unit, so that it has ended by itself."""
        pid = self.units()[unit]["pid"]
        os.kill(pid, signal.SIGTERM)
        wait_until(lambda: _is_over(pid))


class Vdsm:
    """A vdsmd without its sockets and threads: recovered, and looking only when it is told to."""

    def __init__(self, machine: Machine, clock: StillClock | None = None, ready: bool = True) -> None:
        self.machine = machine
        self.clock = clock or StillClock()
        site = Site(machine.root)
        self.host = Host.of(site, self.clock, supervdsm.Api(site))  # type: ignore[arg-type]
        self.manager = Manager(self.host)
        self.dispatcher = Dispatcher(Api(self.manager))
        if ready:
            self.manager.recover()

    def ask(self, method: str, **params: Any) -> Any:
        """The answer of JSON-RPC: a result, or {"error": ...}."""
        sent = {"jsonrpc": "2.0", "id": "1", "method": method, "params": params}
        answer = json.loads(self.dispatcher.json(json.dumps(sent).encode()))
        return answer["result"] if "result" in answer else {"error": answer["error"]}

    def create(self, **changes: Any) -> str:
        """Create a VM, wait until Vdsm has tried; its id."""
        params = vm_params(**changes)
        answer = self.ask("VM.create", vmID=params["vmId"], vmParams=params)
        assert "error" not in answer, answer
        self.manager.vms[params["vmId"]].creation.join(10)
        return str(params["vmId"])

    def stats(self, vm_id: str) -> dict[str, Any]:
        """VM.getStats."""
        (stats,) = self.ask("VM.getStats", vmID=vm_id)
        return dict(stats)

    def status(self, vm_id: str, after: float = 0.0) -> str:
        """Its status some seconds later."""
        self.clock.time += after
        return str(self.stats(vm_id)["status"])


def vm_params(**changes: Any) -> dict[str, Any]:
    """What an Engine 4.1 sends for a container VM; a key with None is left out, custom={...} replaces it."""
    params: dict[str, Any] = {
        "vmId": str(uuid.uuid4()),
        "vmName": "web",
        "memSize": 256,
        "maxMemSize": 512,
        "maxMemSlots": 16,
        "smp": "1",
        "kvmEnable": "true",
        "acpiEnable": "true",
        "vmType": "kvm",
        "custom": {"containerType": "docker", "containerImage": "redis:3.2"},
        "devices": [cdrom()],
        **changes,
    }
    return {key: value for key, value in params.items() if value is not None}


def cdrom() -> dict[str, Any]:
    """The CD device that every VM has."""
    return {"type": "disk", "device": "cdrom", "iface": "ide", "index": "2", "path": "", "readonly": "true"}


def nic(network: str = "ovirtmgmt", linked: bool = True, **more: Any) -> dict[str, Any]:
    """A NIC."""
    values = {"type": "interface", "device": "bridge", "nicModel": "pv", "macAddr": "00:1a:4a:16:01:51"}
    return {**values, "network": network, "linkActive": "true" if linked else "false", **more}


def _is_over(pid: int) -> bool:
    """Whether a process has ended; init may take its time to take note."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def wait_until(reached: Any, patience: float = 10.0, pause: float = 0.02) -> None:
    """Look until it is so."""
    deadline = time.monotonic() + patience
    while not reached():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(pause)
