# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan screen, the diff and errors told once: pure functions of plans."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ansible_collections.ovirt_contrib.containers.plugins.module_utils._fleet.ending import ending, grouped
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.differences import diffs
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.errors import VmStateError
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.plan import Plan, plan
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.presentation import (
    COLUMNS,
    LINES,
    Scope,
    plan_lines,
)
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.site import Fleet, Vm
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.spec import ContainerVm
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.text import width
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.values import MIB
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.test_plan import found_vms, site, specs, vm

FRONT = {"containerType": "docker", "containerImage": "front:2.4"}
SCOPE = Scope("shop", "engine.example.com", "4.3", batch=2, settle=20)


def there(name: str, status: str = "up", **changes: Any) -> Vm:
    return replace(vm(status, name, properties=changes.pop("properties", FRONT), **changes), id=f"id-{name}")


def screen(asked: list[ContainerVm], *found: Vm, now: bool = False, **scope: Any) -> list[str]:
    """The screen for these specs; one for a name that ``listed`` leaves out is a removal by the fleet."""
    place = site(*found)
    plans, refused = {}, {}
    for spec in asked:
        try:
            plans[spec.name] = plan(spec, place, now)
        except VmStateError as problem:
            refused[spec.name] = str(problem)
            plans[spec.name] = Plan(spec.name)
    named = scope.pop("listed", {spec.name for spec in asked})
    return plan_lines(plans, replace(SCOPE, listed=frozenset(named), refused=refused, **scope))


def numbered(first: int, last: int, **about: Any) -> list[ContainerVm]:
    return [ContainerVm(f"web-{number}", **about) for number in range(first, last + 1)]


def test_a_fleet_of_thirty_on_one_screen() -> None:
    asked = [
        *numbered(1, 8, image="front:2.5"),
        *numbered(9, 28, state="absent"),
        ContainerVm("api-1", image="front:2.5", cluster="Default", networks=("backend/backend",)),
        ContainerVm("api-2", image="front:2.5", cluster="Default", networks=("backend/backend",)),
        ContainerVm("cache", memory=1024 * MIB),
        ContainerVm("queue"),
    ]
    found = [there(f"web-{number}") for number in range(1, 29)]
    found += [there("cache"), there("queue")]
    listed = {spec.name for spec in asked if spec.state != "absent"}
    lines = screen(asked, *found, now=True, listed=listed, counted={"web": 8})
    assert lines == [
        "shop on engine.example.com (4.3): 12 listed, 20 not listed any more, 31 change, 1 as they should be",
        "+ create   api-1, api-2     front:2.5 on host1|host2, backend",
        "~ replace  cache            memory 512MiB -> 1GiB  in all 5 batches of 2, at least 100 s",
        "~ replace  web-1 .. web-8   image front:2.4 -> front:2.5",
        "- remove   web-9 .. web-28  (count 28 -> 8)        20 of them running",
    ]


def test_what_waits_for_the_next_start() -> None:
    later = screen([ContainerVm("cache", memory=1024 * MIB)], there("cache"))
    assert later[1] == "~ later  cache  memory 512MiB -> 1GiB  at its next start"
    waiting = replace(there("cache", memory=1024 * MIB, memory_guaranteed=1024 * MIB), next_run=True)
    assert screen([ContainerVm("cache", memory=1024 * MIB)], waiting) == [
        "shop on engine.example.com (4.3): 1 listed, 0 change, 1 as they should be (1 at the next start)"
    ]


def test_one_line_for_each_kind_of_change() -> None:
    asked = [
        ContainerVm("new", image="redis@sha256:" + "0123456789abcdef" * 4, cluster="Default", state="present"),
        ContainerVm("again", state="restarted"),
        ContainerVm("off", image="redis:7.2"),
        ContainerVm("told", description="a new description"),
        ContainerVm("done", state="stopped"),
        ContainerVm("gone", state="absent"),
        ContainerVm("lost"),
    ]
    found = [there("again"), there("off", "down"), there("told"), there("done"), there("gone", "down")]
    lines = screen(asked, *found, there("lost", "unknown"))
    assert [line.split()[:3] for line in lines[1:]] == [
        ["+", "create", "new"],
        ["~", "restart", "again"],
        ["~", "start", "off"],
        ["~", "change", "told"],
        ["~", "stop", "done"],
        ["-", "remove", "gone"],
        ["!", "cannot", "lost"],
    ]
    text = "\n".join(lines)
    assert "redis@sha256:0123456789ab on host1|host2, not started" in text
    assert "image front:2.4 -> redis:7.2" in text
    assert 'description none -> "a new description"' in text
    assert "(state: absent)" in text
    assert "running" not in text
    assert "1 cannot be changed" in lines[0]
    assert "its state is unknown" in lines[-1]


def test_a_vm_that_gets_nothing_but_its_tag() -> None:
    place = site(there("web-1"))
    place.fleet = Fleet("shop", untagged=frozenset({"id-web-1"}))
    plans = {"web-1": plan(ContainerVm("web-1"), place)}
    assert plan_lines(plans, SCOPE)[1] == "~ tag  web-1  made by this fleet, gets its tag"


def test_a_thousand_different_changes_fit_on_a_screen() -> None:
    asked = [ContainerVm(f"web-{n}", description=f"number {n}") for n in range(1, 801)]
    asked += [ContainerVm(f"new-{n}", image=f"redis:{n}", cluster="Default") for n in range(1, 201)]
    lines = screen(asked, *[there(f"web-{n}") for n in range(1, 801)])
    assert len(lines) == LINES
    assert "different ones, --diff shows them" in lines[-1]
    assert sum("new-" in line for line in lines) == sum("web-" in line for line in lines) + 1 == 10


def test_names_and_values_from_elsewhere_cannot_break_the_screen() -> None:
    found = there("web", properties={"containerType": "docker", "containerImage": "evil\x1b[2J\u202e\nimage"})
    lines = screen([ContainerVm("web", image="redis")], found)
    assert lines[1] == "~ later  web  image evil\ufffd[2J\ufffd image -> redis  at its next start"


@given(st.lists(st.tuples(specs, found_vms), max_size=40), st.booleans())
def test_any_screen_keeps_its_size_and_names_every_kind(pairs: list[tuple[ContainerVm, Vm | None]], now: bool) -> None:
    plans, refused = {}, {}
    for number, (spec, found) in enumerate(pairs):
        name = f"{'容器' if number % 2 else 'web'}-{number}"
        known = [replace(found, name=name)] if found else []
        try:
            plans[name] = plan(replace(spec, name=name), site(*known), now)
        except VmStateError as problem:
            plans[name], refused[name] = Plan(name), str(problem)
    lines = plan_lines(plans, replace(SCOPE, refused=refused, listed=frozenset(plans)))
    assert len(lines) <= LINES
    assert all(width(line) <= COLUMNS for line in lines)
    assert (len(lines) > 1) == bool(refused or any(made.changed for made in plans.values()))


# --- diff


def test_a_diff_names_the_vms_and_shows_only_what_differs() -> None:
    place = site(*[there(f"web-{n}") for n in range(1, 9)], there("same"))
    plans = {spec.name: plan(spec, place) for spec in [*numbered(1, 8, image="front:2.5"), ContainerVm("same")]}
    assert diffs(plans) == [
        {
            "before_header": "web-1 .. web-8",
            "after_header": "web-1 .. web-8",
            "before": {"properties": {"containerImage": "front:2.4"}},
            "after": {"properties": {"containerImage": "front:2.5"}},
        }
    ]


def test_nothing_is_before_what_is_made_and_after_what_goes() -> None:
    made = plan(ContainerVm("new", image="redis", cluster="Default"), site())
    gone = plan(ContainerVm("old", state="absent"), site(there("old")))
    created, removed = diffs({"new": made, "old": gone})
    assert (created["before"], removed["after"]) == ({}, {})
    assert created["after"]["memory"] == "512MiB"
    assert removed["before"]["properties"] == FRONT


# --- errors


def test_equal_errors_are_grouped() -> None:
    errors = {f"web-{n}": f"web-{n}: start failed: Cannot run VM web-{n}. No host." for n in range(1, 11)}
    errors |= {"cache": "cache: it is locked", "web-1.example": "web-1.example: VM web-1 is odd"}
    assert grouped(errors) == [
        "web-1 .. web-10: start failed: Cannot run VM <name>. No host.",
        "cache: it is locked",
        "web-1.example: VM web-1 is odd",
    ]


def test_of_many_names_the_rest_is_counted() -> None:
    (sentence,) = grouped({name: f"{name}: no" for name in [f"vm{chr(97 + n)}x" for n in range(20)]})
    assert sentence.endswith(" more: no")


def test_the_end_of_a_run() -> None:
    assert ending(["a", "b"], ["c"], [], 12.6) == "2 done, 1 failed (c), 0 left for another run, after 13 s"
