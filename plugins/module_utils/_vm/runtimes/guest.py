# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""Runtime ``guest``: a VM of a template, told at its start by cloud-init which image to run. Pure.

Nothing is needed on the hosts, and nothing in the Engine's configuration. What the VM is to run is in the record, its
stored custom script (``guest/record.py``); what makes its guest do so is given to the start (``guest/files.py``).
"""

from __future__ import annotations

import secrets as random
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ..configuration import DEFAULT_MEMORY
from ..errors import SpecError
from ..guest.files import Secrets, user_data
from ..guest.record import Record, same_secrets, sealed
from ..guest.scripts import NO_DISK, SIGN
from ..guest.user_data import LARGEST
from ..spec import ContainerVm
from ..text import listing
from .interface import EVERYWHERE, Runtime, host_named

if TYPE_CHECKING:
    from ..site import Cluster, Site, Vm

#: Fields of a spec that are part of the wish in the record, as they are.
WISHED = (
    "image", "command", "entrypoint", "environment", "ports", "user", "working_dir", "restart", "health_check",
    "addresses",
)  # fmt: skip
_DIGITS = 3  # of an exit code; the token of a record has five
#: What exit codes of podman and docker mean.
_EXIT_CODES = {
    "125": "the image cannot be pulled, or an option is wrong",
    "126": "its command cannot be run",
    "127": "its command does not exist in the image",
    "137": "it was killed, as an unhealthy container is, or one without memory",
}
#: What a new VM has where a spec is silent, besides what :meth:`Guest.desired` works out.
NEW_VM: dict[str, Any] = {
    "description": "", "networks": (), "cpu_shares": 0, "hosts": (), "affinity": "migratable",
    "high_availability": False,
}  # fmt: skip


class Guest(Runtime):
    """Containers on today's oVirt."""

    name = "guest"
    available = True
    fields = EVERYWHERE | set(WISHED) | {"hosts", "cpu_shares", "high_availability", "template", "secrets",
                                         "registry_logins"}  # fmt: skip
    shuts_down = True
    reports_addresses = True
    template = "container-guest"
    ended = (
        " Its guest powered off: the image cannot be pulled, a volume or an address is wrong, or the container ended. "
        "The VM's console shows which."
    )

    def owns(self, config: dict[str, Any]) -> bool:
        """A VM with a record, whoever made it."""
        return config.get("wish") is not None

    def image_of(self, config: dict[str, Any]) -> str | None:
        """The image of the wish."""
        image: str | None = (config.get("wish") or {}).get("image")
        return image

    def desired(self, spec: ContainerVm, current: dict[str, Any] | None, hosts: tuple[str, ...]) -> dict[str, Any]:
        """What the spec does not speak of stays as it is."""
        there = current or {}
        memory = spec.memory or there.get("memory") or DEFAULT_MEMORY
        config: dict[str, Any] = {
            "wish": _wish(spec, there.get("wish") or {}),
            "memory": memory,
            "memory_guaranteed": memory if spec.memory or not current else min(current["memory_guaranteed"], memory),
            "memory_max": max(memory, there.get("memory_max", 0)),
        }
        if current is None:
            config.update(NEW_VM)
        for key in ("cluster", "description", "networks", "cpu_shares", "high_availability"):
            if getattr(spec, key) is not None:
                config[key] = getattr(spec, key)
        if spec.hosts is not None:
            config["hosts"] = tuple(sorted(spec.hosts))
        return config

    def sign(self, record: Record | None) -> str:
        """Another one for each wish: until there is a new report, the Engine shows that of the last run."""
        return f"{SIGN}{record.token}" if record else ""

    def why(self, interfaces: Iterable[str]) -> str:
        """The exit code of podman or docker, or what is wrong with a volume."""
        signs = [name.removeprefix(SIGN) for name in interfaces if name.startswith(SIGN)]
        signs = [sign for sign in signs if sign == NO_DISK or (sign.isdigit() and len(sign) <= _DIGITS)]
        if not signs:
            return ""
        if signs[0] == NO_DISK:
            return " Its guest says: a volume cannot be mounted. The VM's console shows which, and why."
        meaning = _EXIT_CODES.get(signs[0], "its process ended so")
        return f" Its guest says: exit code {signs[0]} ({meaning}). The VM's console has the last lines."

    def wished(self, config: dict[str, Any]) -> dict[str, Any]:
        """All fields of the wish, empty ones too, so that nothing newer stays."""
        wish = config["wish"]
        lists = ("command", "entrypoint", "ports")
        empty: dict[str, Any] = {**dict.fromkeys(lists, ()), "environment": {}, "addresses": {}, "health_check": {}}
        found = {key: wish.get(key, empty.get(key, "")) for key in WISHED}
        return {key: tuple(value) if key in lists else value for key, value in found.items()}

    def hidden(self, spec: ContainerVm, record: Record | None) -> Secrets | None:
        """The secrets of a spec; None if it does not speak of them, so that the guest keeps those it has."""
        silent = spec.secrets is None and spec.registry_logins is None
        if silent and (record is None or record.secrets):
            return None
        return Secrets(spec.secrets or {}, spec.registry_logins or {})

    def check_start(self, spec: ContainerVm, record: Record | None) -> None:
        """Refuse a start that needs secrets which are nowhere: an earlier run has got them, and did not start it."""
        if record and record.secrets != record.given and self.hidden(spec, record) is None:
            raise SpecError(
                f"{spec.name}: its secrets or registry_logins were changed, its guest does not have them yet, and they "
                "are stored nowhere. Give both options again with this start"
            )

    def record(self, spec: ContainerVm, config: dict[str, Any], vm: Vm | None) -> Record | None:
        """The wish, with the hash of the secrets; a hash that fits stays as it is."""
        found = vm.record if vm and vm.record else Record({})
        kept = found.secrets
        if spec.secrets is not None or spec.registry_logins is not None:
            hidden = {"environment": spec.secrets or {}, "logins": spec.registry_logins or {}}
            hidden = hidden if any(hidden.values()) else {}
            kept = found.secrets if same_secrets(hidden, found.secrets) else sealed(hidden, random.token_hex(16))
        return Record(config["wish"], found.applied, kept, found.given)

    def check_site(
        self, spec: ContainerVm, config: dict[str, Any], vm: Vm | None, cluster: Cluster, site: Site
    ) -> None:
        """A template that the VM can be made of, hosts of its cluster, and user-data that an Engine can carry."""
        if vm is None:
            _check_template(spec, cluster, site)
        for host in spec.hosts or ():
            host_named(spec.name, host, cluster, site)
        networks = config.get("networks") or (vm.config.get("networks") if vm else None) or ()
        strange = sorted(set(config["wish"].get("addresses", {})) - set(networks))
        if strange:
            raise SpecError(
                f"{spec.name}: addresses names {listing(strange)}, and its networks are {listing(networks)}. Correct "
                "one of them"
            )
        wish = {**config["wish"], "networks": networks}
        given = user_data(wish, self.hidden(spec, None), macs=["00:00:00:00:00:00"] * len(networks)).text()
        size = max(len(given), len(Record(config["wish"]).script()))
        if size > LARGEST:
            raise SpecError(
                f"{spec.name}: what its guest is to be told has {size} bytes; {LARGEST} at most are tried. Shorten "
                "environment, secrets or command, or put them into the image"
            )


def _wish(spec: ContainerVm, there: dict[str, Any]) -> dict[str, Any]:
    """As JSON has it. An empty value removes what was there."""
    said = {key: value for key in WISHED if (value := getattr(spec, key)) is not None}
    said = {key: list(value) if isinstance(value, tuple) else value for key, value in said.items()}
    return {key: value for key, value in {**there, **said}.items() if value}


def _check_template(spec: ContainerVm, cluster: Cluster, site: Site) -> None:
    name = spec.template or Guest.template
    found = [each for each in site.templates if each.name == name and each.data_center in ("", cluster.data_center)]
    if not found:
        others = listing(sorted({each.name for each in site.templates}))
        raise SpecError(
            f"{spec.name}: template {name!r} does not exist for cluster {cluster.name!r}. Engine has: {others}. Give "
            "template: one with cloud-init and podman or docker in it"
        )
    if not found[0].cloud_init:
        raise SpecError(
            f"{spec.name}: template {name!r} has the operating system {found[0].os}, to whose VMs Engine gives no "
            "cloud-init. Give a template of a Linux"
        )
