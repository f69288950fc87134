# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""The options of a container VM: their schema, and the check of what a user gives.

Nothing here talks to an Engine. A value that passes is well formed; whether a runtime can honour it is said in
``runtimes``, whether the site has such a cluster, host or network in ``plan``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import Any

from .errors import SpecError
from .runtimes.names import RUNTIME_NAMES
from .values import CHECKS, as_is

STATES = ("present", "running", "stopped", "restarted", "absent")


@dataclass(frozen=True)
class ContainerVm:
    """One container VM as the user wants it. ``None`` means: leave alone what is there."""

    name: str
    state: str = "running"
    cluster: str | None = None
    description: str | None = None
    image: str | None = None
    runtime: str = "auto"
    hosts: tuple[str, ...] | None = None
    networks: tuple[str, ...] | None = None
    memory: int | None = None
    cpu_shares: int | None = None
    high_availability: bool | None = None
    command: tuple[str, ...] | None = None
    entrypoint: tuple[str, ...] | None = None
    environment: dict[str, str] | None = None
    ports: tuple[str, ...] | None = None
    volumes: tuple[str, ...] | None = None
    user: str | None = None
    restart: str | None = None
    template: str | None = None
    working_dir: str | None = None
    health_check: dict[str, Any] | None = None
    addresses: dict[str, Any] | None = None
    secrets: dict[str, str] | None = None
    registry_logins: dict[str, Any] | None = None

    @property
    def asks_for_power_only(self) -> bool:
        """Whether the spec sets nothing but the VM's identity and state."""
        return all(getattr(self, key) is None for key in _ABOUT_THE_VM)


_ABOUT_THE_VM = tuple(
    field.name for field in fields(ContainerVm) if field.name not in ("name", "state", "cluster", "runtime")
)


_HEALTH_CHECK: dict[str, Any] = {
    "command": {"type": "str", "required": True},
    "interval": {"type": "int"},
    "timeout": {"type": "int"},
    "start_period": {"type": "int"},
    "retries": {"type": "int"},
}
_ADDRESS: dict[str, Any] = {
    "network": {"type": "str", "required": True},
    "address": {"type": "str", "required": True},
    "gateway": {"type": "str"},
    "dns": {"type": "list", "elements": "str"},
}
_LOGIN: dict[str, Any] = {
    "registry": {"type": "str", "required": True},
    "username": {"type": "str", "required": True},
    "password": {"type": "str", "required": True, "no_log": True},
}


def container_options() -> dict[str, dict[str, Any]]:
    """The argument spec of one container VM."""
    strings = {"type": "list", "elements": "str"}
    return {
        "name": {"type": "str", "required": True},
        "state": {"type": "str", "choices": list(STATES), "default": "running"},
        "cluster": {"type": "str"},
        "description": {"type": "str"},
        "image": {"type": "str"},
        "runtime": {"type": "str", "choices": list(RUNTIME_NAMES), "default": "auto"},
        "hosts": dict(strings),
        "networks": dict(strings),
        "memory": {"type": "str"},
        "cpu_shares": {"type": "int"},
        "high_availability": {"type": "bool"},
        "command": dict(strings),
        "entrypoint": dict(strings),
        # Values of an environment are often secrets. None may reach a log.
        "environment": {"type": "dict", "no_log": True},
        "ports": dict(strings),
        "volumes": dict(strings),
        "user": {"type": "str"},
        "restart": {"type": "str", "choices": ["no", "on-failure", "always"]},
        "template": {"type": "str"},
        "working_dir": {"type": "str"},
        "health_check": {"type": "dict", "options": _HEALTH_CHECK},
        "addresses": {"type": "list", "elements": "dict", "options": _ADDRESS},
        "secrets": {"type": "dict", "no_log": True},
        "registry_logins": {"type": "list", "elements": "dict", "no_log": False, "options": _LOGIN},
    }


def parse(params: dict[str, Any]) -> ContainerVm:
    """Turn module parameters into a :class:`ContainerVm`. Raises :class:`SpecError` with every problem found."""
    given = {name: params.get(name) for name in container_options()}
    values: dict[str, Any] = {}
    problems = []
    for name, value in given.items():
        try:
            values[name] = None if value is None else CHECKS.get(name, as_is)(value)
        except SpecError as problem:
            problems.append(str(problem))
    if problems:
        raise SpecError(f"{given['name']}: " + "; ".join(problems))
    return ContainerVm(**values)


def stem_of(name: str) -> str:
    """``web`` of ``web-12``; empty when no entry with ``count`` gives such a name."""
    match = re.fullmatch(r"(.+)-[1-9][0-9]*", name)
    return match[1] if match else ""
