# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes the checkout importable as the collection, and tells how faithful the embedded Engines were."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

ROOT = Path(__file__).parent.parent
COLLECTIONS = ROOT / ".work" / "collections"


def _link_collection() -> None:
    """Python and Ansible find the collection under its full name, through a link to this checkout."""
    link = COLLECTIONS / "ansible_collections" / "ovirt_contrib" / "containers"
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink():
        link.symlink_to(ROOT)
    sys.path.insert(0, str(COLLECTIONS))


_link_collection()

# A module runs on a host, where ansible-core does not check the text of its arguments. The controller does, and a
# process in which another test has imported it counts as one.
os.environ.setdefault("ANSIBLE_MODULE_STRICT_UTF8_RESPONSE", "false")

# For the everyday loop, for `make test`, and for `make test-all`: pytest --hypothesis-profile thorough
settings.register_profile("everyday", max_examples=8, deadline=None)
settings.register_profile("make-test", max_examples=30, deadline=None)
settings.register_profile("thorough", max_examples=100, deadline=None)
settings.load_profile("everyday")


# With `-n`, tests run in workers of pytest-xdist, and the line below is written by the process that started them.
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Let a worker tell what its Engines answered."""
    if hasattr(session.config, "workeroutput"):
        from tests.support import answers

        answers.TALLY.tell(session.config.workeroutput)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Count what a worker's Engines answered."""
    if hasattr(node, "workeroutput"):
        from tests.support import answers

        answers.TALLY.add(node.workeroutput)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line about what the Engines answered, where a test had one."""
    from tests.support import answers  # here, since tests of the tools run without the lab's needs

    answers.summarize(terminalreporter)
