# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""vdsmd and supervdsmd as processes, as the units of a test host run them."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from .host_kit import Machine

LAB = Path(__file__).parents[2]


def pythons() -> list[str]:
    """The interpreters themselves: pyenv's shims are shell scripts, and there is no shell on these tests' PATH."""
    old = [*map(str, Path.home().glob(".pyenv/versions/3.9.*/bin/python3.9")), shutil.which("python3.9")]
    return [next((path for path in old if path and "shims" not in path), sys.executable), sys.executable]


class Daemons:
    """The processes of one host."""

    def __init__(self, machine: Machine, python: str = sys.executable, address: str = "127.0.0.1") -> None:
        self.machine, self.python, self.address = machine, python, address
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        with socket.socket() as probe:
            probe.bind((address, 0))
            self.port = probe.getsockname()[1]
        text = f"[addresses]\nmanagement_ip = {address}\nmanagement_port = {self.port}\n"
        text += "[vars]\nvm_sample_interval = 3\n"
        machine.write("/etc/vdsm/vdsm.conf", text)
        machine.write("/etc/ovirt-lab/vdsm.json", '{"speed": 30}')

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://{self.address}:{self.port}"

    def start(self, name: str, wait: bool = True) -> None:
        """Start one, and wait until it says READY; without `wait` as a unit of Type=simple does."""
        path = str(self.machine.state / "notify")
        Path(path).unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
            channel.bind(path)
            channel.settimeout(10)
            environment = {**os.environ, "PYTHONPATH": str(LAB), "NOTIFY_SOCKET": path, "PYTHONDONTWRITEBYTECODE": "1"}
            environment["OVIRT_LAB_ROOT"] = str(self.machine.root)
            if not wait:
                del environment["NOTIFY_SOCKET"]
            command = [self.python, "-m", "ovirt_lab.vdsm", name]
            self.running[name] = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
            assert not wait or channel.recv(100).startswith(b"READY=1")

    def state(self) -> str:
        """What a client gets to see: refused, 99, or at work."""
        body = json.dumps({"jsonrpc": "2.0", "id": "1", "method": "Host.ping", "params": {}}).encode()
        try:
            with urllib.request.urlopen(f"{self.url}/", body, timeout=10) as reply:
                return str(json.loads(reply.read()).get("error", {}).get("code", "at work"))
        except OSError:
            return "refused"

    def stop(self, name: str, number: int = signal.SIGTERM) -> int:
        """End one."""
        process = self.running.pop(name)
        process.send_signal(number)
        return process.wait(10)

    def ask(self, method: str, **params: Any) -> Any:
        """JSON-RPC; while it recovers, ask again."""
        body = json.dumps({"jsonrpc": "2.0", "id": "1", "method": method, "params": params}).encode()
        while True:
            with urllib.request.urlopen(f"{self.url}/", body, timeout=10) as reply:
                answer = json.loads(reply.read())
            if answer.get("error", {}).get("code") != 99:
                return answer.get("result", answer.get("error"))
            time.sleep(0.05)
