# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Engine knows of a VM or a host and the API does not show: the shapes of their notes (`Store.note`),
and the run of a VM (`Store.run`).

Notes are saved as JSON with the objects, so all values are plain; those of a run are saved in the note of its VM.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import Enum
from typing import TYPE_CHECKING, Any, TypedDict, cast

if TYPE_CHECKING:
    from .store import Store


class Ending(str, Enum):
    """How a user ends a run."""

    STOP = "stop"
    SHUTDOWN = "shutdown"


@dataclass
class Run:
    """The present run of a VM, from its start to its end; of a VM that is down, its number alone counts."""

    number: int = 0  # each try to start the VM has another one, and its end too; transitions of earlier ones are void
    config: str = ""  # XML of a run-once configuration
    initialize: str = ""  # how the user asked to initialize the guest
    container: bool = False  # its host runs it as a container
    tried: list[str] = field(default_factory=list)  # ids of the hosts that this start was given to
    cold_reboot: bool = False  # it starts again when it is down
    correlation: str = ""  # correlation id of the request that started it
    user: str = ""  # who started it
    wishes: Ending | None = None  # how a user ends it
    starting: bool = False  # its start has neither succeeded nor failed
    powered_off: float = 0.0  # Engine time of the power off

    def over(self) -> Run:
        """What is left of it when it ends: the next number."""
        return Run(self.number + 1)

    def plain(self) -> dict[str, Any]:
        """Plain values by their names in a saved state, without those that are as in a VM that never ran."""
        found = {f.name: getattr(self, f.name) for f in fields(self)}
        found["tried"] = list(self.tried)
        found["wishes"] = self.wishes.value if self.wishes is not None else None
        return {_SAVED.get(name, name): value for name, value in found.items() if value}

    @classmethod
    def take(cls, saved: dict[str, Any]) -> Run:
        """The run that `plain` put into the saved note of a VM, out of which it is taken."""
        found = {f.name: saved.pop(_SAVED.get(f.name, f.name), None) for f in fields(cls)}
        run = cls(**{name: value for name, value in found.items() if value is not None})
        run.wishes = Ending(run.wishes) if run.wishes is not None else None
        return run


_SAVED = {"number": "run"}  # where the name in a saved state is another one


class VmNote(TypedDict, total=False):
    """The note of a VM, apart from its run; a key that is missing means no."""

    next_run: str  # XML of the configuration that waits for the next start
    no_cdrom: bool  # the VM has no CD-ROM device
    consoles: list[str]  # its graphics protocols
    agent: bool  # its guest has an agent
    initialized: bool  # it has been up: cloud-init does not run again by itself
    starts: list[dict[str, Any]]  # its last starts, and what each gave to the guest (vm/starts.py)
    locked_until: float  # Engine time until which a fault keeps it locked


class HostNote(TypedDict, total=False):
    """The note of a host."""

    vdsm: str  # the version of Vdsm: 4.19.20
    driver: str  # the name of its driver (drivers/); none means that it is simulated
    vdsm_url: str  # http://ADDRESS:PORT of its own Vdsm; a simulated host has none
    containers: bool  # it can run containers
    docker_networks: list[str]
    strikes: int  # starts that failed on it since it last was put to error
    recoveries: int  # how often its Vdsm said that it recovers
    hosted_engine: dict[str, bool]  # what its hosted engine agent reports


class TransferNote(TypedDict, total=False):
    """The note of an image transfer."""

    disk: str  # the id of the disk
    ticket: str  # the last part of its URLs, while it has one
    upload: bool
    guest: bool  # what the guest sees is moved, not the file as it is (the NBD backend)
    ending: bool  # its command is over with the next look
    verdict: str  # the event that is written at the end; the first one stays
    user: str
    correlation: str


def of_vm(store: Store, vm: Any) -> VmNote:
    """The note of a VM, to read and to change."""
    return cast(VmNote, store.note(vm))


def of_host(store: Store, host: Any) -> HostNote:
    """The note of a host, to read and to change."""
    return cast(HostNote, store.note(host))


def of_transfer(store: Store, transfer: Any) -> TransferNote:
    """The note of an image transfer, to read and to change."""
    return cast(TransferNote, store.note(transfer))


def is_container(store: Store, vm: Any) -> bool:
    """Whether the host of a VM runs it as a container."""
    return store.run(vm).container
