# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""What may be asked of a container VM: the one schema, and the refusal of what makes no sense in it.

Nothing here talks to an Engine. A value that passes is well formed; whether a runtime can honour it is said in
``runtimes``, whether the site has such a cluster, host or network in ``plan``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from .image import problem_of_image
from .runtimes.names import RUNTIME_NAMES
from .text import shortened

MIB = 1024**2
STATES = ("present", "running", "stopped", "restarted", "absent")
# ValidationUtils.java and VmBase.java, Engine 4.1 to 4.3: names are letters, ASCII digits and "._-", 64 at most
# (MaxVmNameLength); descriptions are ASCII and letters, 255 at most.
MAX_NAME = 64
MAX_DESCRIPTION = 255
_MEMORY = re.compile(r"([0-9]{1,12}) ?(MiB|GiB|TiB)")
_UNITS = {"MiB": MIB, "GiB": 1024 * MIB, "TiB": 1024**2 * MIB}
_VOLUME = re.compile(r"(?:/[^:,;]*|[A-Za-z0-9][A-Za-z0-9_.-]*):/[^:,;]*(?::(?:ro|rw))?")
_PORT = re.compile(r"(?:[0-9]{1,5}:)?[0-9]{1,5}(?:/(?:tcp|udp))?")
# VmManagementCommandBase.isCpuSharesValid, Engine 4.1: 0 to 262144.
MAX_CPU_SHARES = 262144
MIN_MEMORY = 32 * MIB


class SpecError(ValueError):
    """A spec that cannot be fulfilled as written. Its text says what was found, what is needed and what to do."""


class VmStateError(SpecError):
    """A spec that is fine, but cannot be fulfilled in the state that its VM is in. No other spec depends on it."""


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

    @property
    def asks_for_power_only(self) -> bool:
        """Whether nothing is said about the VM but which one it is and whether it runs."""
        return all(getattr(self, key) is None for key in _ABOUT_THE_VM)


_ABOUT_THE_VM = tuple(
    field.name for field in fields(ContainerVm) if field.name not in ("name", "state", "cluster", "runtime")
)


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
        # Values of an environment are secrets as often as not; none of them may reach a log.
        "environment": {"type": "dict", "no_log": True},
        "ports": dict(strings),
        "volumes": dict(strings),
        "user": {"type": "str"},
        "restart": {"type": "str", "choices": ["no", "on-failure", "always"]},
    }


def parse(params: dict[str, Any]) -> ContainerVm:
    """Turn module parameters into a :class:`ContainerVm`. Raises :class:`SpecError` with every problem found."""
    given = {name: params.get(name) for name in container_options()}
    values: dict[str, Any] = {}
    problems = []
    for name, value in given.items():
        try:
            values[name] = None if value is None else _CHECKS.get(name, _as_is)(value)
        except SpecError as problem:
            problems.append(str(problem))
    if problems:
        raise SpecError(f"{given['name']}: " + "; ".join(problems))
    return ContainerVm(**values)


def stem_of(name: str) -> str:
    """``web`` of ``web-12``; empty when no entry with ``count`` gives such a name."""
    match = re.fullmatch(r"(.+)-[1-9][0-9]*", name)
    return match[1] if match else ""


def memory_text(size: int) -> str:
    """Bytes as a person writes them: ``512MiB``, ``2GiB``."""
    for unit in ("TiB", "GiB"):
        if size and size % _UNITS[unit] == 0:
            return f"{size // _UNITS[unit]}{unit}"
    return f"{size // MIB}MiB"


def _as_is(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _name(value: str) -> str:
    if not 1 <= len(value) <= MAX_NAME or not all(_is_letter(char) or char in "0123456789._-" for char in value):
        raise SpecError(
            f"name {value!r} is no VM name: Engine takes 1 to 64 letters, digits, '.', '_' and '-'. Choose such a name"
        )
    return value


def _is_letter(char: str) -> bool:
    return unicodedata.category(char).startswith("L")


def _description(value: str) -> str:
    # XML knows one line end, and a text that came back another would differ on every run.
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    bad = [char for char in text if not (_is_letter(char) or char in "\n\t" or " " <= char <= "~")]
    if bad or len(text) > MAX_DESCRIPTION:
        found = f"holds {bad[0]!r}" if bad else f"is {len(text)} characters long"
        raise SpecError(
            f"description {found}: Engine takes {MAX_DESCRIPTION} characters at most, ASCII and letters. Shorten or "
            "reword it"
        )
    return text


def _image(value: str) -> str:
    if problem := problem_of_image(value):
        raise SpecError(
            f"image {shortened(value, 120)!r} is no image reference: {problem}. "
            "[host[:port]/]path[:tag][@sha256:digest] is needed, as in 'redis', 'library/redis:7.2' or "
            "'registry.example.com:5000/team/app@sha256:...'"
        )
    return value


def _memory(value: str) -> int:
    match = _MEMORY.fullmatch(value.strip())
    size = int(match[1]) * _UNITS[match[2]] if match else 0
    if size < MIN_MEMORY:
        raise SpecError(
            f"memory {value!r} is not a size: a whole number with MiB, GiB or TiB, of 32MiB or more, is needed, "
            "as in '512MiB' or '2GiB'"
        )
    return size


def _cpu_shares(value: int) -> int:
    if not 0 <= value <= MAX_CPU_SHARES:
        raise SpecError(
            f"cpu_shares {value} is out of range: Engine takes 0 (its default) to {MAX_CPU_SHARES}. Give such a number"
        )
    return value


def _each(what: str, pattern: re.Pattern[str], needed: str) -> Callable[[list[str]], tuple[str, ...]]:
    def check(values: list[str]) -> tuple[str, ...]:
        for value in values:
            if not pattern.fullmatch(value):
                raise SpecError(f"{what} {value!r} is malformed: {needed}")
        return tuple(values)

    return check


def _hosts(values: list[str]) -> tuple[str, ...]:
    if not values:
        raise SpecError(
            "hosts is empty: a container VM is pinned to at least one container host. Name one, or leave hosts out"
        )
    return tuple(dict.fromkeys(values))


def _networks(values: list[str]) -> tuple[str, ...]:
    return tuple(_network(value) for value in values)


def _network(value: str) -> str:
    """``network`` is short for ``network/network``: Engine gives each new network a vNIC profile of its own name."""
    parts = value.split("/")
    if len(parts) == 1:
        parts *= 2
    if len(parts) != 2 or not all(part.strip() for part in parts):
        raise SpecError(
            f"networks {value!r} names no vNIC profile: 'network/profile' is needed, as in 'ovirtmgmt/ovirtmgmt'"
        )
    return "/".join(parts)


def _environment(values: dict[str, Any]) -> dict[str, str]:
    for key in values:
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", str(key)):
            raise SpecError(f"environment key {key!r} is no variable name: letters, digits and '_' are needed")
    return {str(key): "" if value is None else str(value) for key, value in values.items()}


_CHECKS: dict[str, Callable[[Any], Any]] = {
    "name": _name,
    "description": _description,
    "image": _image,
    "memory": _memory,
    "cpu_shares": _cpu_shares,
    "hosts": _hosts,
    "networks": _networks,
    "environment": _environment,
    "ports": _each("ports", _PORT, "[host port:]container port[/tcp or /udp] is needed, as in '8080:80'"),
    "volumes": _each(
        "volumes",
        _VOLUME,
        "name or /path, ':', an absolute path in the container and at most ':ro' or ':rw' are needed, as in "
        "'data:/var/lib/data' or '/srv/www:/www:ro'",
    ),
}
