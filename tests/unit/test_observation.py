# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is asked of an Engine, and its answers as plain data."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._engine import (
    find,
    lists,
    observe,
    queries,
    read,
    tags,
)
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._engine.answers import UnreadableError
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._engine.faults import EngineError
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.errors import SpecError
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.site import Cluster, Fleet, Host, Site
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.spec import ContainerVm
from ovirtsdk4 import types

from tests.unit.stand_in_engine import StandInEngine

WEB = """<vm id="vm-1"><name>web</name><status>up</status><memory>536870912</memory><cluster id="c-1"/><host id="h-1"/>
<custom_properties><custom_property><name>containerType</name><value>docker</value></custom_property></custom_properties>
<placement_policy><affinity>pinned</affinity><hosts><host id="h-1"/></hosts></placement_policy></vm>"""


@pytest.fixture
def engine() -> Any:
    """An Engine with a cluster and a host."""
    engine: Any = StandInEngine()
    version = types.Version(major=4, minor=1)
    engine.system.clusters_service().list.return_value = [types.Cluster(id="c-1", name="Default", version=version)]
    engine.system.hosts_service().list.return_value = [
        types.Host(id="h-1", name="host1", cluster=types.Cluster(id="c-1"), version=types.Version(major=4, minor=19))
    ]
    engine.system.vnic_profiles_service().list.return_value = []
    engine.system.networks_service().list.return_value = []
    answers(engine, WEB)
    return engine


def answers(engine: Any, *vms: str, code: int = 200) -> None:
    """Let the list of VMs be this."""
    asked = engine.system.vms_service().list.return_value
    asked._connection.wait.return_value = SimpleNamespace(code=code, body=f"<vms>{''.join(vms)}</vms>")
    asked._code.side_effect = EngineError("refused", code)


def test_names_are_quoted_for_a_language_without_an_escape() -> None:
    assert queries.quoted('a"b') == '"ab"'
    assert queries.search_names(["web", "cache"]) == {"search": 'name="web" or name="cache"'}
    assert queries.search_names(["web"] * 41) == {}


def test_a_search_by_tag_is_one_that_engine_does_not_keep() -> None:
    assert queries.by_tag("container-host") == 'tag="container-host" and name=*'


@pytest.mark.parametrize(
    ("full", "numbers"),
    [("4.1.2.0-1.el7", (4, 1, 2, 0)), ("4.5.6-1.el9", (4, 5, 6, 0)), (None, (4, 3, 0, 0)), ("odd", (4, 3, 0, 0))],
)
def test_the_version_has_four_numbers(engine: Any, full: str | None, numbers: tuple[int, ...]) -> None:
    version = types.Version(major=4, minor=3, full_version=full)
    engine.system.get.return_value = types.Api(product_info=types.ProductInfo(version=version))
    assert queries.version_of(engine.system) == numbers


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (EngineError("Not Found", 404), "is not the API of an Engine; auth.url must end in /ovirt-engine/api"),
        (EngineError("query failed due to insufficient permissions.", 400), "an administrator's role is needed"),
        (EngineError("busy", 503), "^busy"),
    ],
)
def test_a_list_that_is_refused_is_explained(engine: Any, error: EngineError, told: str) -> None:
    def refuse(_system: Any) -> None:
        raise error

    with pytest.raises(EngineError, match=told):
        queries.listed(engine, {"vms": refuse})


def test_networks_of_one_name_in_two_data_centers_stay_apart() -> None:
    networks = {"c-1": [types.Network(id="n-1", name="data")], "c-2": [types.Network(id="n-2", name="data")]}
    profiles = [types.VnicProfile(id=f"p-{n}", name="data", network=types.Network(id=f"n-{n}")) for n in (1, 2)]
    found, names = queries.profiles_by_network([*profiles, types.VnicProfile(id="p-3", name="none")], networks)
    assert found == {("c-1", "data/data"): "p-1", ("c-2", "data/data"): "p-2"}
    assert names == {"p-1": "data/data", "p-2": "data/data"}


def test_a_list_keeps_what_is_looked_at(engine: Any) -> None:
    (vm,) = lists.list_vms(engine.system, {"search": "name=web"})
    assert (vm.id, vm.name, vm.cluster.id, vm.host.id, vm.placement_policy.hosts[0].id) == (
        "vm-1", "web", "c-1", "h-1", "h-1",
    )  # fmt: skip
    (seen,) = lists.list_vms(engine.system, {}, lists.SeenVm)
    assert (seen.id, seen.status.value) == ("vm-1", "up")


def test_a_vm_that_cannot_be_read_costs_no_other(engine: Any) -> None:
    answers(engine, WEB, '<vm id="vm-2"><name>odd</name><memory>much</memory></vm>')
    good, odd = lists.list_vms(engine.system, {})
    assert isinstance(odd, lists.UnreadVm)
    assert (good.name, odd.name) == ("web", "odd")
    answers(engine, "<vm/>")
    with pytest.raises(UnreadableError, match="a VM without id or name"):
        lists.list_vms(engine.system, {})
    answers(engine, code=400)
    with pytest.raises(EngineError, match="refused"):
        lists.list_vms(engine.system, {})


def test_a_vm_as_plain_data(engine: Any) -> None:
    site = Site(
        clusters={"Default": Cluster("c-1", "Default", (4, 1), "dc")},
        hosts={"host1": Host("h-1", "host1", "c-1", (4, 19), True)},
    )
    (vm,) = read.VmReader(site).readable(lists.list_vms(engine.system, {}), {})
    assert (vm.name, vm.status, vm.host, vm.runtime) == ("web", "up", "host1", "vdsm")
    assert (vm.config["cluster"], vm.config["hosts"], vm.config["affinity"]) == ("Default", ("host1",), "pinned")
    assert vm.config["memory"] == 512 * 1024 * 1024


def test_what_lacks_something_is_unreadable() -> None:
    with pytest.raises(UnreadableError, match=r"a Cluster without version\.major"):
        read.whole([types.Cluster(id="c-1", name="Default")], "id", "version.major")


def test_all_container_vms(engine: Any) -> None:
    answers(engine, WEB, '<vm id="vm-2"><name>ordinary</name><cluster id="c-1"/></vm>')
    vms, site, unread = find.find(engine, "")
    assert ([vm.name for vm in vms], list(site.hosts), unread) == (["web"], ["host1"], {})


def test_what_is_seen_for_a_spec(engine: Any) -> None:
    site = observe.observe(engine, [ContainerVm("web", state="stopped")])
    assert [vm.name for vm in site.vms] == ["web"]
    assert site.hosts["host1"].proven
    searches = [call.kwargs["search"] for call in engine.system.hosts_service().list.call_args_list]
    assert searches == ['tag="container-host" and name=*']


def tag(name: str, ident: str = "t-1", parent: str | None = None) -> types.Tag:
    """A tag of the Engine."""
    return types.Tag(id=ident, name=name, parent=types.Tag(id=parent) if parent else None)


def test_a_tag_is_made_once(engine: Any) -> None:
    service = engine.system.tags_service()
    service.list.return_value = [tag("root")]
    assert tags.make_tag(engine, Fleet("shop"))
    assert service.add.call_args.args[0].name == "container-fleet-shop"
    service.list.return_value = [tag("container-fleet-shop")]
    assert not tags.make_tag(engine, Fleet("shop"))


def test_a_tag_that_somebody_else_has_made_meanwhile_is_there(engine: Any) -> None:
    service = engine.system.tags_service()
    service.list.side_effect = [[], [tag("container-fleet-shop")]]
    service.add = MagicMock(side_effect=EngineError("there is one of this name", 409))
    assert tags.make_tag(engine, Fleet("shop"))
    service.list.side_effect = [[], []]
    with pytest.raises(EngineError, match="there is one"):
        tags.make_tag(engine, Fleet("shop"))


def test_tags_below_a_fleets_own_are_refused(engine: Any) -> None:
    engine.system.tags_service().list.return_value = [tag("container-fleet-shop"), tag("blue", "t-2", "t-1")]
    with pytest.raises(SpecError, match=r"has tags below it \(blue\)"):
        tags.refuse_tags_below(engine, Fleet("shop"))
