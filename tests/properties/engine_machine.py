# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module on an Engine machine that is a directory, and somebody else at its engine-config."""

from __future__ import annotations

import multiprocessing
from pathlib import Path
from typing import Any

from ovirt_lab.engine_config import store

from tests.host_tier.machine import Machine
from tests.support.modules import Answer, run_module

#: ``$number`` is that of the call within this run, ``$real`` the command itself.
_BETWEEN = """#!/bin/sh
PATH=/usr/bin:/bin
real={real}
echo >> {count}
number=$(wc -l < {count})
{script}
exec $real "$@"
"""


class EngineMachine:
    """An Engine 4.3 where level 4.1 has a property of somebody else."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.backups = machine.root / "var/lib/ovirt-containers/engine-config"

    def __call__(self, properties: dict[str, Any], *levels: str, check: bool = False, **args: Any) -> Answer:
        """Run the module."""
        given = {"properties": properties, "cluster_levels": list(levels) or ["4.1"], **args}
        return run_module("engine_vm_properties", given, check=check, diff=True)

    def killed(self, properties: dict[str, Any], *levels: str) -> int | None:
        """Run it in a process of its own, which something kills; the process's exit code."""
        child = multiprocessing.get_context("fork").Process(target=self, args=(properties, *levels))
        child.start()
        child.join(60)
        return child.exitcode

    def values(self) -> dict[str, str]:
        """What is stored, by level."""
        return store.running_values(self.machine.database)

    def put(self, level: str, value: str) -> None:
        """Store a value, whatever engine-config would say to it."""
        assert store.update(self.machine.database, store.USER_DEFINED, level, value)

    def interfere(self, script: str) -> None:
        """Have a shell script run before each call of engine-config."""
        command, real = self.machine.bin / "engine-config", self.machine.bin / "engine-config.real"
        if not real.exists():
            command.rename(real)
        count = self.machine.bin.parent / "count"
        count.write_text("")
        command.write_text(_BETWEEN.format(real=real, count=count, script=script))
        command.chmod(0o755)

    def leave(self) -> None:
        """Nobody interferes any more."""
        (self.machine.bin / "engine-config.real").replace(self.machine.bin / "engine-config")

    @property
    def kept(self) -> list[Path]:
        """The backups."""
        return sorted(self.backups.glob("UserDefinedVMProperties-*"))

    @property
    def writes(self) -> list[str]:
        """The writing calls."""
        return [line for line in self.machine.asked if line.startswith("engine-config -s")]
