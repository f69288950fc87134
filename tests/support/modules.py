# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a module as Ansible does, but in this process: its arguments in, its JSON out."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from ansible.module_utils import basic

MODULES = Path(__file__).parents[2] / "plugins" / "modules"
PACKAGE = "ansible_collections.ovirt_contrib.containers.plugins.modules"


@dataclass(frozen=True)
class Answer:
    """What a module printed, as text and parsed."""

    text: str
    data: dict[str, Any]
    warnings: list[str] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether the module failed."""
        return bool(self.data.get("failed"))

    @property
    def changed(self) -> bool:
        """Whether it said that it changed something."""
        return bool(self.data.get("changed"))

    @property
    def msg(self) -> str:
        """Why it failed."""
        return str(self.data.get("msg", ""))


def all_modules() -> list[str]:
    """Names of all modules of the collection."""
    return sorted(path.stem for path in MODULES.glob("*.py") if path.stem != "__init__")


def run_module(name: str, args: dict[str, Any], *, check: bool = False, diff: bool = False) -> Answer:
    """Run module ``name`` with ``args`` and return its answer."""
    module = importlib.import_module(f"{PACKAGE}.{name}")
    given = {**args, "_ansible_check_mode": check, "_ansible_diff": diff, "_ansible_verbosity": 4}
    printed = io.StringIO()
    warnings: list[str] = []
    noted = mock.patch.object(basic.AnsibleModule, "warn", lambda self, warning, **_more: warnings.append(warning))
    with _arguments(given), contextlib.redirect_stdout(printed), contextlib.suppress(SystemExit), noted:
        module.main()
    text = printed.getvalue()
    return Answer(text, json.loads(text.strip().splitlines()[-1]), warnings)


@contextlib.contextmanager
def _arguments(given: dict[str, Any]) -> Iterator[None]:
    try:
        from ansible.module_utils.testing import patch_module_args  # ansible-core 2.17 and later
    except ImportError:
        basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": given}).encode()
        try:
            yield
        finally:
            basic._ANSIBLE_ARGS = None
    else:
        with patch_module_args(given):
            yield
