# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""supervdsmd: the actions that need root, behind a socket that only root may open.

The API is that of lib/vdsm/supervdsm_api/systemd.py@v4.19.20, and it is in the base package: the two calls that start
and stop containers work whether vdsm-containers is there or not. One line of JSON asks, one answers.
"""

from __future__ import annotations

import json
import os
import socket
import socketserver
import threading
import time
from pathlib import Path
from typing import Any

from . import commands, config, sdnotify
from .site import RUN_DIR, Site

SOCKET = f"{RUN_DIR}/svdsm.sock"
_ACCOUNTING = ("CPU", "Memory", "BlockIO")
_METHODS = ("systemd_run", "systemctl_stop", "ping")

Answer = tuple[int, list[str], list[str]]


class Api:
    """What can be asked for."""

    def __init__(self, site: Site) -> None:
        self._systemctl = commands.systemctl(site)
        self._systemd_run = commands.systemd_run(site)
        self._affinity = commands.affinity(site, config.load(site))

    def ping(self) -> Answer:
        """Answer, to show that supervdsmd runs."""
        return 0, [], []

    def systemd_run(self, unit_name: str, cgroup_slice: str, *args: str) -> Answer:
        """Start a command as a transient service (lib/vdsm/cmdutils.py has the order of the options)."""
        where = [f"--slice={cgroup_slice}"] if cgroup_slice else []
        accounting = [f"--property={name}Accounting=1" for name in _ACCOUNTING]
        return self._run([self._systemd_run.cmd, f"--unit={unit_name}", *where, *accounting, *args])

    def systemctl_stop(self, name: str) -> Answer:
        """Stop a unit and wait for systemd: up to 90 s for a container that ignores the signal."""
        return self._run([self._systemctl.cmd, "stop", name])

    def _run(self, command: list[str]) -> Answer:
        code, out, err = commands.run([*self._affinity, *command])
        return code, out.splitlines(), err.splitlines()


class Proxy:
    """The API from vdsmd's side."""

    def __init__(self, site: Site, patience: float = 2.0) -> None:
        self._path = str(site.path(SOCKET))
        self._patience = patience  # supervdsmd may be on its way up

    def systemd_run(self, unit_name: str, cgroup_slice: str, *args: str) -> Answer:
        """As Api."""
        return self._ask("systemd_run", unit_name, cgroup_slice, *args)

    def systemctl_stop(self, name: str) -> Answer:
        """As Api."""
        return self._ask("systemctl_stop", name)

    def ping(self) -> Answer:
        """As Api."""
        return self._ask("ping")

    def _ask(self, method: str, *args: str) -> Answer:
        with self._connected() as channel, channel.makefile("rw", encoding="utf-8") as stream:
            stream.write(json.dumps([method, *args]) + "\n")
            stream.flush()
            answer = json.loads(stream.readline() or "null")
        if not isinstance(answer, list):
            raise RuntimeError(str((answer or {}).get("error", "supervdsmd has gone away")))
        return answer[0], answer[1], answer[2]

    def _connected(self) -> socket.socket:
        deadline = time.monotonic() + self._patience
        while True:
            channel = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                channel.connect(self._path)
            except OSError:
                channel.close()
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
            else:
                return channel


class _Handler(socketserver.StreamRequestHandler):
    server: Server

    def handle(self) -> None:
        """One question."""
        answer: Any
        try:
            method, *args = json.loads(self.rfile.readline())
            if method not in _METHODS:
                raise ValueError(f"no such call: {method}")
            answer = getattr(self.server.api, method)(*args)
        except (OSError, TypeError, ValueError) as error:
            answer = {"error": str(error)}
        self.wfile.write(json.dumps(answer).encode() + b"\n")


class Server(socketserver.ThreadingUnixStreamServer):
    """Listens; a call that takes its time does not keep the others waiting."""

    daemon_threads = True

    def __init__(self, site: Site) -> None:
        self.api = Api(site)
        path = Path(site.path(SOCKET))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        super().__init__(str(path), _Handler)
        os.chmod(path, 0o600)


def main(argv: list[str]) -> int:
    """supervdsmd.service."""
    server = Server(Site())
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
    sdnotify.serve("listening")
    server.shutdown()
    return 0
