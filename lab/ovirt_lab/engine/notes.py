# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Engine knows of a VM or a host and the API does not show: the shapes of their notes (`Store.note`).

Notes are saved as JSON with the objects, so all values are plain.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, TypedDict, cast

from .store import Store


class Ending(str, Enum):
    """How a user ends a run."""

    STOP = "stop"
    SHUTDOWN = "shutdown"


class VmNote(TypedDict, total=False):
    """The note of a VM; a key that is missing means no. The keys from `config` on belong to one run."""

    run: int  # the number of the run; transitions of earlier runs are void
    next_run: str  # XML of the configuration that waits for the next start
    no_cdrom: bool  # the VM has no CD-ROM device
    consoles: list[str]  # its graphics protocols
    agent: bool  # its guest has an agent
    initialized: bool  # it has been up: cloud-init does not run again by itself
    starts: list[dict[str, Any]]  # its last starts, and what each gave to the guest (vm/starts.py)
    locked_until: float  # Engine time until which a fault keeps it locked
    config: str  # XML of a run-once configuration
    initialize: str  # how the user asked to initialize the guest
    container: bool  # its host runs it as a container
    tried: list[str]  # ids of the hosts that this start was given to
    cold_reboot: bool  # it starts again when it is down
    correlation: str  # correlation id of the request that started it
    user: str  # who started it
    wishes: Ending  # how a user ends it
    starting: bool  # its start has neither succeeded nor failed
    powered_off: float  # Engine time of the power off


# The keys that end with a run.
OF_A_RUN = (
    "config",
    "initialize",
    "container",
    "tried",
    "cold_reboot",
    "correlation",
    "user",
    "wishes",
    "starting",
    "powered_off",
)


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
    return of_vm(store, vm).get("container", False)
