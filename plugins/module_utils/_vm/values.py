# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""The checks of the values in a spec, one for each option: each returns the value in the form that a spec has. Pure."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Callable
from typing import Any

from .errors import SpecError
from .guest.files import is_reserved
from .image import problem_of_image
from .text import shortened

MIB = 1024**2
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


def memory_text(size: int) -> str:
    """Bytes as a person writes them: ``512MiB``, ``2GiB``."""
    for unit in ("TiB", "GiB"):
        if size and size % _UNITS[unit] == 0:
            return f"{size // _UNITS[unit]}{unit}"
    return f"{size // MIB}MiB"


def as_is(value: Any) -> Any:
    """A value without a check of its own; a list becomes a tuple."""
    return tuple(value) if isinstance(value, list) else value


def _name(value: str) -> str:
    if not 1 <= len(value) <= MAX_NAME or not all(_is_letter(char) or char in "0123456789._-" for char in value):
        raise SpecError(
            f"name {value!r} is not a VM name: Engine takes 1 to {MAX_NAME} letters, digits, '.', '_' and '-'. Choose "
            "such a name"
        )
    return value


def _is_letter(char: str) -> bool:
    return unicodedata.category(char).startswith("L")


def _description(value: str) -> str:
    # XML has one line end. A text with another would come back changed, and differ in every run.
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
            f"image {shortened(value, 120)!r} is not an image reference: {problem}. "
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


def _variables(what: str) -> Callable[[dict[str, Any]], dict[str, str]]:
    def check(values: dict[str, Any]) -> dict[str, str]:
        for key, value in values.items():
            if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", str(key)):
                raise SpecError(f"{what} key {key!r} is not a variable name: letters, digits and '_' are needed")
            _without_nul(f"{what} {key}", str(value))
        return {str(key): "" if value is None else str(value) for key, value in values.items()}

    return check


def _secrets(values: dict[str, Any]) -> dict[str, str]:
    for key in values:
        if is_reserved(str(key)):
            raise SpecError(
                f"secrets cannot have {key}: the shell and podman read a variable of this name themselves. Use another "
                "name, or environment, which is stored in the VM"
            )
    return _variables("secrets")(values)


def _without_nul(what: str, text: str) -> str:
    if "\0" in text:
        raise SpecError(f"{what} holds a NUL, which no process can be given. Remove it")
    return text


def _words(what: str) -> Callable[[list[str]], tuple[str, ...]]:
    return lambda values: tuple(_without_nul(what, value) for value in values)


def _text(what: str) -> Callable[[str], str]:
    return lambda value: _without_nul(what, value)


def _health_check(value: dict[str, Any]) -> dict[str, Any]:
    said = {key: one for key, one in value.items() if one is not None}
    _without_nul("health_check command", said["command"])
    for key, number in said.items():
        if key != "command" and number < 1:
            raise SpecError(f"health_check {key} is {number}; a whole number of 1 or more is needed. Correct it")
    return said


def _addresses(values: list[dict[str, Any]]) -> dict[str, Any]:
    """By network; the addresses in their usual form."""
    found: dict[str, Any] = {}
    for value in values:
        network = _network(value["network"])
        if network in found:
            raise SpecError(f"addresses has {network} twice. Leave one of them")
        found[network] = _address(network, value)
    return found


def _address(network: str, value: dict[str, Any]) -> dict[str, Any]:
    try:
        interface = ipaddress.ip_interface(value["address"])
        gateway = ipaddress.ip_address(value["gateway"]) if value.get("gateway") else None
        dns = [str(ipaddress.ip_address(server)) for server in value.get("dns") or ()]
    except ValueError as error:
        raise SpecError(f"addresses of {network}: {error}. Give an address such as 192.0.2.10/24") from None
    if "/" not in value["address"]:
        raise SpecError(f"addresses of {network}: {value['address']} has no prefix. Give it as in 192.0.2.10/24")
    if gateway is not None and gateway not in interface.network:
        raise SpecError(f"addresses of {network}: gateway {gateway} is not in {interface.network}. Correct one of them")
    said: dict[str, Any] = {"address": interface.with_prefixlen}
    return said | ({"gateway": str(gateway)} if gateway else {}) | ({"dns": dns} if dns else {})


def _logins(values: list[dict[str, Any]]) -> dict[str, tuple[str, str]]:
    """By registry."""
    return {value["registry"]: (value["username"], value["password"]) for value in values}


CHECKS: dict[str, Callable[[Any], Any]] = {
    "name": _name,
    "description": _description,
    "image": _image,
    "memory": _memory,
    "cpu_shares": _cpu_shares,
    "hosts": _hosts,
    "networks": _networks,
    "environment": _variables("environment"),
    "secrets": _secrets,
    "command": _words("command"),
    "entrypoint": _words("entrypoint"),
    "user": _text("user"),
    "working_dir": _text("working_dir"),
    "health_check": _health_check,
    "addresses": _addresses,
    "registry_logins": _logins,
    "ports": _each("ports", _PORT, "[host port:]container port[/tcp or /udp] is needed, as in '8080:80'"),
    "volumes": _each(
        "volumes",
        _VOLUME,
        "name or /path, ':', an absolute path in the container and at most ':ro' or ':rw' are needed, as in "
        "'data:/var/lib/data' or '/srv/www:/www:ro'",
    ),
}
