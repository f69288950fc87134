# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The user-level view, and what a user who is no administrator is refused."""

from __future__ import annotations

from typing import Any

import pytest
from client import MIB, Lab, Refused
from ovirtsdk4 import types

VERSIONS = pytest.mark.parametrize("version", ["4.1", "4.3", "4.5"])
FILTER, ALL = {"Filter": "true"}, {"Filter": "false"}
DENIED = "query execution failed due to insufficient permissions."


def user(version: str = "4.3", **world: Any) -> Lab:
    return Lab(version, {"administrator": False, **world})


def denied(lab: Lab, method: str, path: str, obj: Any = None, **headers: str) -> None:
    """This is refused as a query, and nothing is changed."""
    before = lab.engine.state()
    with pytest.raises(Refused) as caught:
        lab.ask(method, path, obj, **headers)
    assert (caught.value.status, caught.value.reason, caught.value.detail) == (400, "Operation Failed", DENIED)
    assert lab.engine.state() == before


def pinned(*hosts: types.Host) -> types.VmPlacementPolicy:
    return types.VmPlacementPolicy(affinity=types.VmAffinity.PINNED, hosts=list(hosts))


class TestFilteredAdministrator:
    """An administrator who asks for it sees what users see."""

    @VERSIONS
    def test_what_ignores_a_search(self, version: str) -> None:
        lab = Lab(version)
        old = version != "4.5"
        assert (len(lab.ask("GET", "hosts?search=name%3Dhost2", **FILTER)) > 1) == old
        assert (len(lab.ask("GET", "clusters?search=name%3Dnone", **FILTER)) > 0) == old
        lab.vm("one")
        events = lab.ask("GET", "events?search=event_vm%3Done", **FILTER)
        assert (len(events) > 1) == (version == "4.1")
        assert [vm.name for vm in lab.ask("GET", "vms?search=name%3Done", **FILTER)] == ["one"]
        assert len(lab.ask("GET", "hosts?max=1", **FILTER)) == 1
        for unfiltered in ({}, ALL):
            assert [h.name for h in lab.ask("GET", "hosts?search=name%3Dhost2", **unfiltered)] == ["host2"]

    @VERSIONS
    def test_where_a_vm_runs_is_not_shown(self, version: str) -> None:
        lab = Lab(version)
        vm = lab.engine.vm("db1")
        for path in (f"vms/{vm.id}", "vms?search=name%3Ddb1", f"vms/{vm.id}?all_content=true"):
            shown = [lab.ask("GET", path, **headers) for headers in (FILTER, ALL, FILTER, {})]
            first = [answer[0] if isinstance(answer, list) else answer for answer in shown]
            assert [(one.host is None, one.placement_policy is None) for one in first] == [
                (True, True), (False, False), (True, True), (False, False),
            ]  # fmt: skip

    @pytest.mark.parametrize(
        ("query", "headers", "view"),
        [
            ("?filter=true", {}, True), ("?filter", {}, True), ("?filter=Yes", {}, True), ("?filter=1", {}, True),
            (";filter=true", {}, True), ("", {"filter": "T"}, True), ("", {"Filter": ""}, True),
            ("?filter=false", FILTER, False), ("?filter=true", ALL, True), ("?filter=what", {}, False),
            ("?filter=0", {}, False), ("", ALL, False),
        ],
    )  # fmt: skip
    def test_how_it_is_asked_for(self, query: str, headers: dict[str, str], view: bool) -> None:
        lab = Lab()
        vm = lab.ask("GET", f"vms/{lab.engine.vm('db1').id}{query}", **headers)
        assert (vm.host is None) == view

    def test_a_placement_policy_is_dropped_when_it_is_written(self) -> None:
        lab = Lab()
        host = lab.engine.store.named("hosts", "host2")
        vm = lab.vm("kept", placement_policy=pinned(types.Host(name="host2")))
        assert lab.ask("PUT", f"vms/{vm.id}", types.Vm(description="x"), **FILTER).placement_policy is None
        lab.ask("PUT", f"vms/{vm.id}", types.Vm(placement_policy=pinned(types.Host(name="host1"))), **FILTER)
        policy = lab.get(vm).placement_policy
        assert (policy.affinity.value, [h.id for h in policy.hosts]) == ("pinned", [host.id])

    @VERSIONS
    def test_a_new_vm_is_not_pinned(self, version: str) -> None:
        """Hosts given by name are lost; those given by id were read before, and are preferred (VmMapper)."""
        lab = Lab(version)
        host = lab.engine.store.named("hosts", "host2")
        for name, ref, kept in (("a", types.Host(name="host2"), []), ("b", types.Host(id=host.id), [host.id])):
            body = types.Vm(
                name=name, cluster=types.Cluster(name="Default"), template=types.Template(name="Blank"),
                memory=256 * MIB, memory_policy=types.MemoryPolicy(guaranteed=256 * MIB),
                placement_policy=pinned(ref),
            )  # fmt: skip
            vm = lab.ask("POST", "vms", body, **FILTER)
            assert vm.placement_policy is None
            policy = lab.get(vm).placement_policy
            assert (policy.affinity.value, [h.id for h in policy.hosts or []]) == ("migratable", kept)

    @VERSIONS
    def test_what_is_for_administrators_only_is_refused(self, version: str) -> None:
        lab = Lab(version)
        vm, host = lab.engine.vm("db1"), lab.engine.store.named("hosts", "host1")
        for path in ("tags", f"vms/{vm.id}/tags", f"hosts/{host.id}", "jobs", "events/1", "permissions"):
            denied(lab, "GET", path, **FILTER)
            lab.ask("GET", path, **ALL)
        denied(lab, "POST", "tags", types.Tag(name="new"), **FILTER)
        for path in ("vms", f"vms/{vm.id}/nics", "vnicprofiles", "networks", "templates", "clusters"):
            lab.ask("GET", path, **FILTER)

    @VERSIONS
    def test_the_root_has_no_summary(self, version: str) -> None:
        root = Lab(version).ask("GET", "", **FILTER)
        assert root.product_info.version.major == 4
        assert (root.summary is None) == (version != "4.1")
        assert root.summary is None or root.summary.vms is None

    def test_the_engines_default_is_not_for_administrators(self) -> None:
        lab = Lab(world={"filter_by_default": True})
        assert lab.get(lab.engine.vm("db1")).host is not None


class TestUser:
    """A user without an administrator's role."""

    @VERSIONS
    def test_without_the_view_every_query_is_refused(self, version: str) -> None:
        for lab, headers in ((user(version), {}), (user(version, filter_by_default=True), ALL)):
            vm = lab.engine.vm("db1")
            for path in ("vms", f"vms/{vm.id}", "hosts", "clusters?search=name%3DDefault", "tags", "events?max=1"):
                denied(lab, "GET", path, **headers)
            new = types.Vm(
                name="a", cluster=types.Cluster(name="Default"), template=types.Template(name="Blank")
            )  # fmt: skip
            denied(lab, "POST", "vms", new, **headers)
            denied(lab, "PUT", f"vms/{vm.id}", types.Vm(description="x"), **headers)
            denied(lab, "DELETE", f"vms/{vm.id}", **headers)
            root = lab.ask("GET", "", **headers)
            assert root.product_info is None

    @VERSIONS
    def test_in_the_view_he_works_with_vms(self, version: str) -> None:
        for lab, headers in ((user(version), FILTER), (user(version, filter_by_default=True), {})):
            new = types.Vm(
                name="a", cluster=types.Cluster(name="Default"), template=types.Template(name="Blank"),
                os=types.OperatingSystem(boot=types.Boot(devices=[types.BootDevice.HD, types.BootDevice.NETWORK])),
                memory=256 * MIB, memory_policy=types.MemoryPolicy(guaranteed=256 * MIB),
            )  # fmt: skip
            vm = lab.ask("POST", "vms", new, **headers)
            lab.ask("POST", f"vms/{vm.id}/start", "<action/>", **headers)
            lab.clock.advance(120)
            assert lab.ask("GET", f"vms/{vm.id}", **headers).status.value == "up"
            lab.ask("POST", f"vms/{vm.id}/stop", "<action/>", **headers)
            lab.clock.advance(5)
            lab.ask("DELETE", f"vms/{vm.id}", **headers)
            assert lab.ask("GET", "", **headers).product_info is not None

    @pytest.mark.parametrize(("version", "status"), [("4.1", 400), ("4.3", 403), ("4.5", 403)])
    def test_he_may_change_nothing_else(self, version: str, status: int) -> None:
        lab = user(version)
        host = lab.engine.store.named("hosts", "host1")
        network = types.Network(name="new", data_center=types.DataCenter(name="Default"))
        for path, body in (("networks", network), (f"hosts/{host.id}/deactivate", "<action/>")):
            before = lab.engine.state()
            with pytest.raises(Refused, match="User is not authorized to perform this action") as caught:
                lab.ask("POST", path, body, **FILTER)
            assert caught.value.status == status and lab.engine.state() == before

    def test_actions_ask_no_query_but_a_run_once_does(self) -> None:
        lab = user()
        vm = lab.engine.vm("db1")
        lab.ask("POST", f"vms/{vm.id}/stop", "<action/>")
        lab.clock.advance(5)
        denied(lab, "POST", f"vms/{vm.id}/start", "<action><vm><memory>1073741824</memory></vm></action>")


def test_hosts_of_a_vm_that_is_not_pinned_are_preferred_only() -> None:
    lab = Lab(world={"vms": []})
    policy = types.VmPlacementPolicy(affinity=types.VmAffinity.MIGRATABLE, hosts=[types.Host(name="host2")])
    for name in ("a", "b"):
        vm = lab.vm(name, placement_policy=policy)
        lab.run(vm)
        assert lab.engine.store.follow(lab.engine.vm(name).host).name == "host2"
    lab.engine.store.named("hosts", "host2").status = types.HostStatus.MAINTENANCE
    vm = lab.vm("c", placement_policy=policy)
    lab.run(vm)
    assert lab.engine.store.follow(lab.engine.vm("c").host).name == "host1"
