# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts for the tests of a file, where a docker daemon answers."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from ovirt_lab import hosts
from ovirt_lab.hosts import Group, HostSpec

from .machine import Machine


@pytest.fixture(scope="module")
def group(request: pytest.FixtureRequest) -> Iterator[Group]:
    """A group of this process' own, with the file's HOSTS up; images are built when they have to be."""
    problem = hosts.available()
    if problem:
        pytest.skip(f"no test hosts: {problem}")
    made = Group(f"ovirt-lab-test-{os.getpid()}")
    try:
        made.up([HostSpec.parse(text) for text in request.module.HOSTS])
        yield made
    finally:
        made.down()


@pytest.fixture
def machine(group: Group) -> Callable[[str], Machine]:
    """One of the hosts, by name."""
    return lambda name: Machine(group, name)
