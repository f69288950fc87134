# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A fleet planned against a model of the Engine: what it becomes, and whose VMs stay untouched."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.members import Order, order, surplus
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.plan import Plan, plan, way_back
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.site import Fleet, Site, Vm
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.spec import STATES
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.test_plan import apply, config, site

STEMS = ("web", "cache")
NAMES = [f"{stem}-{number}" for stem in STEMS for number in range(1, 6)] + ["web", "cache", "else-1"]
ORDINARY = {"sap_agent": "true"}

entries = st.lists(
    st.fixed_dictionaries(
        {"name": st.sampled_from(STEMS), "count": st.none() | st.integers(0, 5)},
        optional={
            "state": st.sampled_from([state for state in STATES if state != "restarted"]),
            "image": st.sampled_from(["redis", "redis:7.2"]),
            "description": st.just("text"),
        },
    ),
    max_size=2,
    unique_by=lambda entry: entry["name"],
)
owners = st.sampled_from(["fleet", "untagged", "person", "ordinary"])
theres = st.dictionaries(
    st.sampled_from(NAMES),
    st.tuples(owners, st.sampled_from(["down", "up"]), st.sampled_from(["redis", "redis:7.2"])),
    max_size=8,
)


def model(there: dict[str, tuple[str, str, str]], wanted: set[str]) -> Site:
    """A site with these VMs. An ordinary VM is never wanted, since that is refused (test_plan)."""
    vms, members, untagged = [], set(), set()
    for name, (owner, status, image) in there.items():
        if owner == "ordinary" and name in wanted:
            continue
        properties = ORDINARY if owner == "ordinary" else {"containerType": "docker", "containerImage": image}
        vms.append(Vm(f"id-{name}", name, status, config(properties=properties), "host1" if status == "up" else None))
        # Somebody may have given our tag to an ordinary VM.
        members |= {f"id-{name}"} if owner in ("fleet", "ordinary") else set()
        untagged |= {f"id-{name}"} if owner == "untagged" and name in wanted else set()
    made = site(*vms)
    made.fleet = Fleet("shop", frozenset(members), frozenset(untagged))
    return made


def planned(asked: Order, found: Site, now: bool) -> list[Plan]:
    return [plan(spec, found, now) for spec in [*asked.specs, *surplus(asked, found)]]


def carried_out(plans: list[Plan], found: Site) -> Site:
    """The site after these plans."""
    assert found.fleet is not None
    vms = {vm.name: vm for vm in found.vms}
    members = set(found.fleet.members)
    for made in plans:
        result = apply(made, vms.pop(made.name, None))
        if result:
            vms[made.name] = replace(result, id=f"id-{made.name}")
            members |= {f"id-{made.name}"} if "tag" in made.actions else set()
    after = site(*vms.values())
    after.fleet = replace(found.fleet, members=frozenset(members), untagged=found.fleet.untagged - members)
    return after


def ask(listed: list[dict[str, Any]], prune: bool) -> Order:
    return order(listed, {"cluster": "Default", "image": "redis"}, "shop", prune)


@given(entries, theres, st.booleans(), st.booleans())
def test_a_fleet_becomes_what_is_asked_for(
    listed: list[dict[str, Any]], there: dict[str, tuple[str, str, str]], prune: bool, now: bool
) -> None:
    asked = ask(listed, prune)
    wanted = {spec.name for spec in asked.specs}
    found = model(there, wanted)
    plans = planned(asked, found, now)
    after = carried_out(plans, found)
    states = {vm.name: vm for vm in after.vms}
    for spec in asked.specs:
        vm = states.get(spec.name)
        assert (vm is None) == (spec.state == "absent")
        if vm:
            assert spec.image == vm.config["properties"]["containerImage"]
            assert spec.state not in ("running", "stopped") or vm.down == (spec.state == "stopped")
            assert not (now and vm.next_run), "a running container kept what was to be replaced"
    assert [made.actions for made in planned(asked, after, now)] == [()] * len(asked.specs)


@given(entries, theres, st.booleans(), st.booleans())
def test_nothing_but_the_named_and_the_fleets_own_is_touched(
    listed: list[dict[str, Any]], there: dict[str, tuple[str, str, str]], prune: bool, now: bool
) -> None:
    asked = ask(listed, prune)
    wanted = {spec.name for spec in asked.specs}
    found = model(there, wanted)
    after = {vm.name: vm for vm in carried_out(planned(asked, found, now), found).vms}
    for vm in found.vms:
        owner = there[vm.name][0]
        if vm.name in wanted:
            continue
        counted = vm.name.rpartition("-")[0] in asked.counted
        if owner == "fleet" and (prune or counted):
            assert vm.name not in after
        else:
            assert after[vm.name] == vm


@given(entries, theres)
def test_what_a_person_made_never_gets_the_tag(
    listed: list[dict[str, Any]], there: dict[str, tuple[str, str, str]]
) -> None:
    asked = ask(listed, prune=True)
    found = model(there, {spec.name for spec in asked.specs})
    tagged = {made.name for made in planned(asked, found, now=False) if "tag" in made.actions}
    assert not {name for name in tagged if there.get(name, ("",))[0] == "person"}


@given(st.sampled_from(["redis", "redis:7.2"]), st.booleans())
def test_the_way_back_leads_to_what_ran(image: str, pending: bool) -> None:
    """Replaced and put back, a container runs what it ran before, and not what had waited for its next start."""
    ran = config(properties={"containerType": "docker", "containerImage": "redis:6", "sap_agent": "true"})
    waits = config(properties={**ran["properties"], "containerImage": "redis:6.2"}, memory_max=2**31)
    vm = Vm(
        "id-web", "web", "up", waits if pending else ran, "host1", next_run=pending, runs_with=ran if pending else None
    )
    found = site(vm)
    spec = order([{"name": "web", "image": image, "description": "new"}]).specs[0]
    made = plan(spec, found, now=True)
    assert made.replaces
    replaced = apply(made, vm)
    assert replaced is not None
    back = apply(plan(way_back(made, spec), site(replaced)), replaced)
    assert back is not None
    assert back.status == "up"
    assert back.config["properties"] == ran["properties"]
    assert back.config["description"] == ""
