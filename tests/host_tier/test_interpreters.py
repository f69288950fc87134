# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The host tier under every Python that a managed host may have, as Ansible ships it.

What each interpreter answers has to be what the newest one answers; that those answers are right is tests/unit/host's.
"""

from __future__ import annotations

import ast
import copy
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.host_tier import machines, shipping
from tests.host_tier import recordings as said
from tests.host_tier.build_machine import build_machine, sources
from tests.host_tier.machine import Machine
from tests.unit.host.test_safety import BEFORE

HOST_TIER = ("container_host_info", "engine_vm_properties", "container_network", "vdsm_containers_rpm")
#: On the machine that runs the tests there is no engine-config, and none of Vdsm's sources.
ANYWHERE = ("container_host_info", "container_network")
ROOT = Path(__file__).parents[2]
UTILS = ROOT / "plugins" / "module_utils"
FILES = [path for folder in ("_host", "_properties", "_package") for path in (UTILS / folder).rglob("*.py")]
FILES += ROOT.glob("plugins/modules/container_host_*.py")
FILES += [ROOT / "plugins" / "modules" / f"{module}.py" for module in HOST_TIER[1:]]
pytestmark = pytest.mark.timeout(240)

NETWORK = {"name": "data", "subnet": "10.40.0.0/24", "parent": "eth2", "labels": {"owner": "é"}}
NETWORKS: list[dict[str, Any]] = [
    {**NETWORK, "_ansible_check_mode": True},
    NETWORK,
    NETWORK,
    {**NETWORK, "gateway": "10.40.0.9"},
    {**NETWORK, "gateway": "10.40.0.9", "recreate": True, "options": {"mtu": 9000, "x": True}},
    {"name": "storage", "state": "absent"},
    {"name": "é"},
    {"name": "new", "subnet": "10.20.0.0/25", "parent": "ovirtmgmt"},
    {"name": "data", "state": "absent"},
    {"name": "data", "state": "absent"},
]
PROPERTIES: list[dict[str, Any]] = [
    {"properties": {"b": "[a-z]+", "a": "é", "c": "\\d{2}"}, "_ansible_check_mode": True},
    {"properties": {"b": "[a-z]+", "a": "é", "c": "\\d{2}"}},
    {"properties": {"b": "[a-z]+", "a": "é", "c": "\\d{2}"}},
    {"properties": {"a": None, "b": "x"}, "cluster_levels": [4.1]},
    {"properties": {"é": "x"}},
    {"properties": {"a": "(?P<é>)"}},
    {"properties": {"a": 1}},
    {"properties": {"a": "é" * 4000}},
    {"properties": {"sap": "", "b": "x"}, "state": "absent"},
]
PACKAGE = {"version": "4.19.20", "release": "1.el7.centos", "source": "/srv/sources/vdsm-4.19.20", "cache": "/cache"}
PACKAGES: list[dict[str, Any]] = [
    {**PACKAGE, "_ansible_check_mode": True},
    PACKAGE,
    PACKAGE,
    {**PACKAGE, "source": "/srv/sources/vdsm-4.19.20.tar.gz"},
    {**PACKAGE, "source": "/srv/sources/vdsm-4.20.49.tar.gz"},
    {**PACKAGE, "source": "/srv/sources/half.tar.gz"},
    {**PACKAGE, "source": "/srv/sources/none"},
    {**PACKAGE, "release": "%(é)"},
]


def pythons() -> list[Any]:
    """The versions to test that this ansible-core manages, skipped with a reason where they are not on this machine.

    The newest ansible-core runs all of them. Another one runs those that the newest does not manage any more, and the
    last; all in a thorough run.
    """
    versions = [version for version in shipping.ALL if shipping.supported(version)]
    if shipping.CORE in shipping.OLDEST and settings.get_current_profile_name() != "thorough":
        last = next((version for version in reversed(versions) if shipping.interpreter(version)), versions[-1])
        versions = [version for version in versions if shipping.numbers(version) < shipping.NEWEST_FROM] + [last]
    found = []
    for version in versions:
        reason = f"Python {version} is not on this machine"
        marks = [pytest.mark.skip(reason=reason)] if shipping.interpreter(version) is None else []
        found.append(pytest.param(version, id=version, marks=marks))
    return found


@pytest.fixture(scope="module")
def parcels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, shipping.Parcel]:
    """What Ansible sends for each module."""
    found = {}
    for module in HOST_TIER:
        args: dict[str, Any] = {"name": "host-tier-test", "driver": "bridge", "_ansible_check_mode": True}
        args = args if module == "container_network" else {}
        args = {"properties": {}} if module == "engine_vm_properties" else args
        args = PACKAGE if module == "vdsm_containers_rpm" else args
        found[module] = shipping.ship(module, tmp_path_factory.mktemp(module), args)
    return found


def tasks(place: Path) -> dict[str, list[dict[str, Any]]]:
    """What every interpreter does, by what it has to be shipped with, on machines made for it."""
    built = {name: build(place / name) for name, build in machines.MACHINES.items()}
    info = [
        {"module": "container_host_info", "root": str(machine.root), "path": str(machine.bin), "args": {}}
        for machine in built.values()
    ]
    now = copy.deepcopy(BEFORE)
    now["vms"], now["reachable"] = ["é (pid 1)"], {}
    now["rules"]["iptables"]["filter"].append("-A FORWARD -m comment --comment é -j DROP")
    docker = machines.el7(place / "network")
    docker.says("unshare --net ip -batch -")
    network = [
        {"module": "container_network", "root": str(docker.root), "path": str(docker.bin), "args": spec}
        for spec in NETWORKS
    ]
    engine = Machine(place / "engine").engine("4.3", L4_1="sap=é", L4_2="b=1;sap=' \n;b=2;")
    properties = [
        {"module": "engine_vm_properties", "root": str(engine.root), "path": str(engine.bin), "args": spec}
        for spec in PROPERTIES
    ]
    builder = build_machine(place / "builder")
    for version in ("4.19.20", "4.20.49"):
        archive = sources(builder.root / "srv/sources", version)
    archive.with_name("half.tar.gz").write_bytes(archive.with_name(f"{archive.name}.tar.gz").read_bytes()[:99])
    return {
        "vdsm_containers_rpm": [
            {"module": "vdsm_containers_rpm", "root": str(builder.root), "path": str(builder.bin), "args": spec}
            for spec in PACKAGES
        ],
        "container_host_info": [
            *info,
            {"call": "_host.safety.harm", "args": [BEFORE, now]},
            {"call": "_host.net.firewall.nft_rules", "args": [said.NFT]},
        ],
        "engine_vm_properties": [*properties, {"call": "_properties.pattern.check", "args": ["a", "[é-ü]\\w{2,3}?"]}],
        "container_network": network,
    }


def answers(python: str, parcels: dict[str, shipping.Parcel], place: Path) -> list[Any]:
    """All answers of an interpreter, without what depends on the place or is Python's own wording."""
    found: list[Any] = []
    for module, todo in tasks(place).items():
        found += shipping.drive(python, parcels[module].directory, todo)
    found = json.loads(json.dumps(found).replace(str(place), ""))
    for answer in found:
        answer = answer if isinstance(answer, dict) else {}
        for part in ("vdsm", "runtime"):
            described = answer.get("container_host", {}).get(part, {})
            described["config_error"] = bool(described.get("config_error"))
            described.pop("free_bytes", None)
        answer.pop("invocation", None)
        if "not a tarball that Python" in answer.get("msg", ""):
            answer["msg"] = "the words are Python's"
        if answer.get("backup"):
            answer["backup"] = "at some time"
    return found


@pytest.fixture(scope="module")
def expected(parcels: dict[str, shipping.Parcel], tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """What the newest interpreter answers."""
    newest = next(version for version in reversed(shipping.ALL) if shipping.interpreter(version))
    return answers(shipping.interpreter(newest) or "", parcels, tmp_path_factory.mktemp("newest"))


def test_the_newest_interpreter_does_what_it_should(expected: list[Any]) -> None:
    packages, expected = expected[: len(PACKAGES)], expected[len(PACKAGES) :]
    information, networks = expected[: len(machines.MACHINES)], expected[-len(NETWORKS) :]
    properties = expected[-len(NETWORKS) - 1 - len(PROPERTIES) : -len(NETWORKS) - 1]
    assert [answer.get("changed", "refused") for answer in packages] == [True, True, False, False, *["refused"] * 4]
    assert all("container_host" in answer for answer in information)
    assert [bool(answer.get("changed")) for answer in networks] == [
        True, True, False, False, True, False, False, False, True, False,
    ]  # fmt: skip
    assert [bool(answer.get("failed")) for answer in networks] == [
        False, False, False, True, False, True, True, True, False, False,
    ]  # fmt: skip
    assert networks[2]["network"]["labels"] == {"owner": "é"}
    assert [(answer["changed"], bool(answer.get("failed"))) for answer in properties if "changed" in answer] == [
        (True, False), (True, False), (False, False), (True, False), (True, False),
    ]  # fmt: skip
    assert [answer["failed"] for answer in properties[4:8]] == [True] * 4
    assert properties[3]["levels"]["4.1"]["after"] == {"sap": "é", "b": "x", "c": "\\d{2}"}


@pytest.mark.parametrize("version", pythons())
def test_every_interpreter_says_the_same(
    version: str, parcels: dict[str, shipping.Parcel], expected: list[Any], tmp_path: Path
) -> None:
    assert list(differ(answers(shipping.interpreter(version) or "", parcels, tmp_path), expected)) == []


def differ(one: Any, other: Any, place: str = "") -> Iterator[str]:
    """Where two answers differ, and how."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted({*one, *other}):
            yield from differ(one.get(key), other.get(key), f"{place}/{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, pair in enumerate(zip(one, other, strict=True)):
            yield from differ(*pair, f"{place}/{index}")
    elif one != other:
        yield f"{place}: {one!r} and not {other!r}"


@pytest.mark.parametrize("module", ANYWHERE)
@pytest.mark.parametrize("version", pythons())
def test_the_parcel_runs_as_it_is(version: str, module: str, parcels: dict[str, shipping.Parcel]) -> None:
    """On this very machine, where nothing is changed: one only reads, the other is in check mode."""
    words = [shipping.interpreter(version) or "", str(parcels[module].file)]
    result = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False, env=dict(os.environ))
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stderr == ""
    json.loads(result.stdout.strip().splitlines()[-1])


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.name))
def test_no_list_comprehension_overwrites_a_name(path: Path) -> None:
    """In Python 2 the variable of a list comprehension is one of the function around it."""
    for function in ast.walk(ast.parse(path.read_text())):
        if isinstance(function, ast.FunctionDef):
            assert not overwritten(function), f"{function.name}, line {function.lineno}"


def overwritten(function: ast.FunctionDef) -> set[str]:
    """Names that a list comprehension binds although the function needs what they were before."""
    nested = (ast.ListComp, ast.GeneratorExp, ast.DictComp, ast.SetComp, ast.Lambda)
    inside = {id(name) for node in ast.walk(function) if isinstance(node, nested) for name in names(node)}
    outside = [name for name in names(function) if id(name) not in inside]
    stored = [(name.id, name.lineno) for name in outside if isinstance(name.ctx, ast.Store)]
    stored += [(argument.arg, function.lineno) for argument in function.args.args]
    found = set()
    for node in ast.walk(function):
        if isinstance(node, ast.ListComp):
            for bound in {name.id for part in node.generators for name in names(part.target)}:
                stores = [line for name, line in stored if name == bound]
                for use in outside:
                    newest = max([line for line in stores if line <= use.lineno], default=None)
                    late = use.id == bound and isinstance(use.ctx, ast.Load) and use.lineno > (node.end_lineno or 0)
                    if late and newest is not None and newest <= node.lineno:
                        found.add(bound)
    return found


def names(node: ast.AST) -> list[ast.Name]:
    return [name for name in ast.walk(node) if isinstance(name, ast.Name)]
