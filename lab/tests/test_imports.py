# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""No file of the laboratory imports itself by way of others: neither at its head, nor inside a function, nor by name.

Imports below `if TYPE_CHECKING:` do not count, since they never run. The package that a file is in does not count for
that file either, unless something of the package itself is imported: it is there before the file.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

LAB = Path(__file__).resolve().parents[1]


def name_of(file: Path, root: Path) -> str:
    """The dotted name of a file: `ovirt_lab.engine.core`; of a package its own name."""
    parts = file.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def statements(node: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """Every import statement that can run, at any depth."""
    for inner in ast.iter_child_nodes(node):
        if isinstance(inner, (ast.Import, ast.ImportFrom)):
            yield inner
        elif not (isinstance(inner, ast.If) and ast.unparse(inner.test) == "TYPE_CHECKING"):
            yield from statements(inner)


def targets(statement: ast.Import | ast.ImportFrom, package: str, modules: set[str]) -> Iterator[str]:
    """The modules that a statement imports: `from .a import b` is `package.a.b` if that is one, else `package.a`."""
    if isinstance(statement, ast.Import):
        yield from (alias.name for alias in statement.names)
        return
    above = package.split(".")
    above = above[: len(above) - statement.level + 1] if statement.level else []
    base = ".".join([*above, *([statement.module] if statement.module else [])])
    for alias in statement.names:
        yield f"{base}.{alias.name}" if f"{base}.{alias.name}" in modules else base


def loaded(tree: ast.Module, name: str, package: str, modules: set[str]) -> Iterator[str]:
    """The modules that a file imports by name: all in a folder that it goes through with iter_modules, and with
    import_module those of its own package that it has a text of."""
    names = {alias.asname or alias.name: target for statement in statements(tree) for alias in statement.names
             for target in targets(statement, package, modules) if target.endswith(f".{alias.name}")}  # fmt: skip
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for call in calls:
        what = ast.unparse(call.func).rpartition(".")[2]
        if what == "iter_modules":
            folder = ast.unparse(call.args[0]).removesuffix("__path__").removesuffix(".")
            folder = names[folder] if folder else name
            yield from (module for module in modules if module.rpartition(".")[0] == folder)
        elif what == "import_module" and not any(ast.unparse(other.func).endswith("iter_modules") for other in calls):
            yield from (module for module in modules if module.removeprefix(f"{package}.") in texts)


def with_packages(importer: str, target: str, modules: set[str]) -> Iterator[str]:
    """What an import runs: the module, and before it the packages that it is in and the importer is not in."""
    parts = target.split(".")
    for end in range(1, len(parts)):
        above = ".".join(parts[:end])
        if above in modules and not importer.startswith(f"{above}."):
            yield above
    if target in modules:
        yield target


def imports(root: Path) -> dict[str, set[str]]:
    """By module, the modules below `root` that it imports."""
    files = {name_of(file, root): file for file in root.glob("ovirt_lab/**/*.py")}
    modules, graph = set(files), {}
    for name, file in files.items():
        package = name if file.name == "__init__.py" else name.rpartition(".")[0]
        tree = ast.parse(file.read_text(encoding="utf-8"))
        found = {target for statement in statements(tree) for target in targets(statement, package, modules)}
        found.update(loaded(tree, name, package, modules))
        graph[name] = {each for target in found for each in with_packages(name, target, modules)} - {name}
    return graph


def circle(graph: dict[str, set[str]]) -> list[str]:
    """The modules of one import circle, in order; empty when there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_import_circles() -> None:
    """The head of each file names all that it needs, and the arrows never come back."""
    graph = imports(LAB)
    assert "ovirt_lab.engine.store" in graph["ovirt_lab.engine.core"], "the imports were not read"
    assert "ovirt_lab.engine.resources.vms" in graph["ovirt_lab.engine.loading"], "files that are loaded were not seen"
    assert "ovirt_lab.engine.server" in graph["ovirt_lab.engine"], "what is imported when asked for was not seen"
    assert circle(graph) == []


@pytest.mark.parametrize("second", ["from .a import A\n", "def f():\n    from . import a\n    return a\n"])
def test_a_circle_is_found(tmp_path: Path, second: str) -> None:
    """At the head of a file, and inside a function."""
    folder = tmp_path / "ovirt_lab"
    folder.mkdir()
    (folder / "__init__.py").write_text("", encoding="utf-8")
    (folder / "a.py").write_text("from .b import f\nA = 1\n", encoding="utf-8")
    (folder / "b.py").write_text(second, encoding="utf-8")
    assert set(circle(imports(tmp_path))) == {"ovirt_lab.a", "ovirt_lab.b"}


def test_types_make_no_circle(tmp_path: Path) -> None:
    """An import that only a type checker sees never runs."""
    folder = tmp_path / "ovirt_lab"
    folder.mkdir()
    (folder / "a.py").write_text("from .b import B\n", encoding="utf-8")
    (folder / "b.py").write_text("if TYPE_CHECKING:\n    from .a import A\n", encoding="utf-8")
    assert circle(imports(tmp_path)) == []


LOADS_ALL = "def load():\n    for m in pkgutil.iter_modules(__path__):\n        importlib.import_module(m.name)\n"
LOADS_ONE = "def get():\n    return importlib.import_module(f'{__name__}.file')\nA = 'file'\n"


@pytest.mark.parametrize(
    ("init", "file"),
    [
        (LOADS_ALL, "from . import A\n"),
        (LOADS_ONE, "from ovirt_lab.some import A\n"),
        ("from .file import A\n", "from .. import other\n"),
    ],
)
def test_a_circle_through_a_package_is_found(tmp_path: Path, init: str, file: str) -> None:
    """A package loads its files and each imports it; or a file imports another that imports out of its package."""
    folder = tmp_path / "ovirt_lab" / "some"
    folder.mkdir(parents=True)
    (folder.parent / "other.py").write_text("import ovirt_lab.some.third\n", encoding="utf-8")
    for name, text in (("__init__", init), ("file", file), ("third", "")):
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    assert {"ovirt_lab.some", "ovirt_lab.some.file"} <= set(circle(imports(tmp_path)))
