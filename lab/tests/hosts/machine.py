# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host under test: commands in it, and questions that tests ask often."""

from __future__ import annotations

import re
import subprocess
from typing import Any

from ovirt_lab.hosts import Group, Host


class Machine:
    """One host of the tests' group."""

    def __init__(self, group: Group, name: str) -> None:
        self.host: Host = next(host for host in group.hosts() if host.name == name)

    def run(self, script: str, check: bool = True, timeout: float = 60) -> subprocess.CompletedProcess[str]:
        """Run a shell script in the host, as root."""
        done = subprocess.run(
            ["docker", "exec", self.host.container, "bash", "-c", script],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout, check=False,
        )  # fmt: skip
        assert not check or done.returncode == 0, f"{script}: {done.stdout}{done.stderr}"
        return done

    def says(self, script: str) -> str:
        """What the script prints."""
        return self.run(script).stdout.strip()

    def install(self, *packages: str, repository: str | None = None) -> None:
        """By dnf; from a repository under /opt/repo that the host does not know, when one is named."""
        extra = f"--repofrompath=extra,file:///opt/repo/{repository} --nogpgcheck" if repository else ""
        self.run(f"dnf -q -y {extra} install {' '.join(packages)}")

    def started(self, *units: str) -> dict[str, str]:
        """When each of these units became active, once nothing is being started or stopped any more."""
        # systemctl waits for the unit that it was given, not for those that are restarted with it.
        self.run("while systemctl list-jobs --no-legend | grep -q .; do sleep 0.1; done")
        return {unit: self.says(f"systemctl show --value -p ActiveEnterTimestampMonotonic {unit}") for unit in units}

    def address(self, network: str, number: int) -> str:
        """The n-th of the addresses that are free on one of the group's networks."""
        prefix, _, last = self.host.networks[network]["free"].split("/")[0].rpartition(".")
        return f"{prefix}.{int(last) + number}"


def lost(report: str) -> tuple[int, int]:
    """Packets sent and lost, as ping tells at its end."""
    found: Any = re.search(r"(\d+) packets transmitted, (\d+) received", report)
    assert found, report
    return int(found[1]), int(found[1]) - int(found[2])
