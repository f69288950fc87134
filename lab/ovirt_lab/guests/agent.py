# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guest agent of qemu (qemu-ga), asked as Vdsm asks it (vdsm.virt.qemuguestagent)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .json_lines import Line


@dataclass(frozen=True)
class Interface:
    """An interface as the guest reports it."""

    name: str
    mac: str
    addresses: tuple[str, ...]  # IPv4 and IPv6


@dataclass(frozen=True)
class Report:
    """What an agent says of its guest."""

    host_name: str
    interfaces: tuple[Interface, ...]
    system: dict[str, str]  # guest-get-osinfo: id, name, version-id, kernel-release, machine, ...


class Agent:
    """A connection to an agent. Its questions raise json_lines.Unanswered and Refused."""

    def __init__(self, path: str, timeout: float = 3.0) -> None:
        self._line = Line(path, timeout)
        try:
            self._line.synchronize()
        except Exception:
            self.close()
            raise

    def report(self) -> Report:
        """Ask for all that it tells."""
        return Report(
            host_name=self._line.ask("guest-get-host-name").get("host-name", ""),
            interfaces=tuple(_interface(each) for each in self._line.ask("guest-network-get-interfaces")),
            system={key: str(value) for key, value in self._line.ask("guest-get-osinfo").items()},
        )

    def shut_down(self, mode: str) -> None:
        """Have the guest power down (mode powerdown) or reboot (reboot). An agent has no time to answer that."""
        self._line.send("guest-shutdown", mode=mode)

    def close(self) -> None:
        """Close the connection; an agent talks to one client at a time."""
        self._line.close()


def _interface(told: dict[str, Any]) -> Interface:
    addresses = tuple(each["ip-address"] for each in told.get("ip-addresses", []))
    return Interface(told["name"], told.get("hardware-address", ""), addresses)
