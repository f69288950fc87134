# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documentation shows works: each example is run by ansible-playbook against an embedded Engine, unchanged but
for address and credentials.

That is the EXAMPLES of every module, and every ```yaml block of README.md and docs/ that holds plays or tasks. A block
that cannot be run has `<!-- not run: the reason -->` on the line above it. test_pages.py runs the commands.
"""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.contract.cases import OnHost, case_of

pytestmark = pytest.mark.timeout(300)

ROOT = Path(__file__).parents[2]
# Those of the host tier would change this machine's docker; tests/contract/test_on_host.py runs them elsewhere.
MODULES = sorted(
    path
    for path in (ROOT / "plugins" / "modules").glob("*.py")
    if path.stem != "__init__" and not isinstance(case_of(path.stem), OnHost)
)
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"(?:<!-- not run: (?P<reason>[^\n]*) -->\n)?```ya?ml\n(?P<text>.*?)^```", re.MULTILINE | re.DOTALL)
#: A started container is looked at again after this time, which is 20 seconds to the Engine.
DEFAULTS = {
    f"ovirt_contrib.containers.{module}": {"settle": 1, "poll_interval": 1}
    for module in ("container_vm", "container_fleet")
}


def examples(module: Path) -> str:
    """Return a module's EXAMPLES without importing it."""
    for node in ast.parse(module.read_text()).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "EXAMPLES":
            return str(ast.literal_eval(node.value))
    return ""


def blocks() -> list[Any]:
    """Return the blocks of all pages, those that say why they are not run marked as skipped."""
    found = []
    for page in PAGES:
        text, name = page.read_text(), str(page.relative_to(ROOT))
        for match in BLOCK.finditer(text):
            line = text[: match.start("text")].count("\n")
            reason = match["reason"]
            marks = [pytest.mark.skip(reason=f"{name}, line {line}: {reason}")] if reason else []
            found.append(pytest.param(match["text"], id=f"{name}-line{line}", marks=marks))
    return found


def as_plays(text: str) -> list[dict[str, Any]]:
    """Return plays as they are, and tasks in a play of their own."""
    content = yaml.safe_load(text)
    if not isinstance(content, list):
        return []
    if "ansible.builtin.import_playbook" in content[0]:
        return content
    plays: list[dict[str, Any]] = (
        content if "hosts" in content[0] else [{"name": "Examples", "hosts": "engine", "tasks": content}]
    )
    for play in plays:
        for defaults in play.get("module_defaults", {}).values():
            if "auth" in defaults:
                defaults["auth"] = "{{ engine_auth }}"
        play["module_defaults"] = {**DEFAULTS, **play.get("module_defaults", {})}
        play.setdefault("gather_facts", False)
    return plays


def run(plays: list[dict[str, Any]], site: dict[str, str], place: Path) -> None:
    """Run plays with the collection of this checkout; the login is in OVIRT_* and in the variable engine_auth."""
    (place / "play.yml").write_text(json.dumps(plays))
    local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable, "engine_auth": site}
    (place / "hosts.yml").write_text(
        json.dumps({"engine": {"hosts": {"lab": local}}, "all": {"hosts": {"localhost": local}}})
    )
    env = {
        **os.environ,
        **{f"OVIRT_{key.upper().replace('_', '')}": value for key, value in site.items()},
        "ANSIBLE_LOCAL_TEMP": str(place / "local"),
        "ANSIBLE_REMOTE_TEMP": str(place / "remote"),
    }
    env.setdefault("ANSIBLE_COLLECTIONS_PATH", str(ROOT / ".work" / "collections"))
    command: list[str | Path] = [
        Path(sys.executable).parent / "ansible-playbook",
        "-i",
        place / "hosts.yml",
        place / "play.yml",
    ]
    result = subprocess.run(command, env=env, cwd=place, capture_output=True, text=True, timeout=240, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "[WARNING]" not in result.stderr + result.stdout, result.stdout + result.stderr


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_examples_of_a_module(module: Path, site: dict[str, str], tmp_path: Path) -> None:
    """The EXAMPLES run in the order in which they stand."""
    plays = as_plays(examples(module))
    assert plays, f"{module.name} has no EXAMPLES"
    run(plays, site, tmp_path)


@pytest.mark.parametrize("text", blocks())
def test_block_of_a_page(text: str, site: dict[str, str], tmp_path: Path) -> None:
    """A block is YAML, and when it holds plays or tasks they run."""
    plays = as_plays(text)
    if plays:
        run(plays, site, tmp_path)
