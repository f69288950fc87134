# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rooms of plugins/module_utils: who may import whom, and that every file of the Engine tier has a unit test.

``python tests/unit/test_rooms.py`` prints the arrows.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UTILS = ROOT / "plugins" / "module_utils"
#: Room -> rooms that it may import, besides itself. Nothing of the Engine tier comes to a host, and nothing comes back.
MAY = {
    "_vm": set(),
    "_engine": {"_vm"},
    "_fleet": {"_engine", "_vm"},
    "_host": set(),
    "_properties": {"_host"},
    "_package": {"_host"},
}
ENGINE_TIER = ("_vm", "_engine", "_fleet")
FILES = sorted(UTILS.rglob("*.py"))


def imported(path: Path) -> set[str]:
    """The files below plugins/module_utils that a file imports, as paths relative to it without the ending."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.ImportFrom):
            continue
        module = node.module or ""
        if node.level:
            place = path.parents[node.level - 1].joinpath(*module.split("."))
        elif ".plugins.module_utils" in module:
            place = UTILS.joinpath(*module.partition(".plugins.module_utils")[2].split("."))
        else:
            continue
        places = [place] if place.with_suffix(".py").exists() else [place / name.name for name in node.names]
        found |= {str(one.relative_to(UTILS)) for one in places if UTILS in one.parents}
    return found


def arrows() -> set[tuple[str, str]]:
    """Pairs of rooms of which the first imports the second."""
    pairs = {(path.relative_to(UTILS).parts[0], Path(name).parts[0]) for path in FILES for name in imported(path)}
    return {(one, other) for one, other in pairs if one != other}


def test_there_is_nothing_beside_the_rooms() -> None:
    assert {path.relative_to(UTILS).parts[0] for path in FILES} == set(MAY)


def test_arrows_go_one_way() -> None:
    assert {(one, other) for one, other in arrows() if other not in MAY[one]} == set()


@pytest.mark.parametrize("room", ENGINE_TIER)
def test_every_file_of_the_engine_tier_is_imported_by_a_unit_test(room: str) -> None:
    tested = {name for path in (ROOT / "tests" / "unit").glob("test_*.py") for name in imported(path)}
    files = {str(path.relative_to(UTILS).with_suffix("")) for path in (UTILS / room).rglob("*.py")}
    assert files - tested == set()


def test_no_other_file_names_a_runtime() -> None:
    """Runtimes, versions of Vdsm and tags of hosts have a folder of their own; comments may speak of them."""
    words = {"vdsm", "guest", "microvm", "container-host", "containerType", "containerImage"}
    for room in ENGINE_TIER:
        for path in (UTILS / room).rglob("*.py"):
            if path.parent.name == "runtimes":
                continue
            constants = {node.value for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Constant)}
            assert not words & {value for value in constants if isinstance(value, str)}, path


if __name__ == "__main__":
    for one, other in sorted(arrows()):
        print(f"{one} -> {other}")
