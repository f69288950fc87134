# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs of container_fleet in processes of their own, which can be killed. Started from a process that has it loaded."""

from __future__ import annotations

import multiprocessing
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from typing import Any

from tests.support.modules import run_module

_CONTEXT: ForkServerContext = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    ["tests.fleet.elsewhere", "ansible_collections.ovirt_contrib.containers.plugins.modules.container_fleet"]
)


def begin(args: dict[str, Any]) -> tuple[BaseProcess, Any]:
    """Begin a run; returns its process, and where its answer can be received when it has come to its end."""
    here, there = _CONTEXT.Pipe(duplex=False)
    process = _CONTEXT.Process(target=_run, args=(args, there), daemon=True)
    process.start()
    there.close()
    return process, here


def _run(args: dict[str, Any], answers: Any) -> None:
    answers.send(run_module("container_fleet", args).data)
