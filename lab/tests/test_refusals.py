# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a real Engine refuses of data centers, hosts, profiles, a hosted Engine, ids and searches."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from client import Lab
from ovirtsdk4 import types
from test_infrastructure import named
from test_vms import refused

VERSIONS = pytest.mark.parametrize("version", ["4.1", "4.3", "4.5"])
MAINTENANCE = types.StorageDomainStatus.MAINTENANCE


@VERSIONS
def test_an_active_data_center_stays(version: str) -> None:
    lab = Lab(version)
    center, domain = named(lab, "datacenters", "Default"), named(lab, "storagedomains", "data")
    path = f"datacenters/{center.id}"
    refused(lab, 409, "[Cannot remove an active Data Center.]", lambda: lab.ask("DELETE", path))
    lab.ask("POST", f"{path}/storagedomains/{domain.id}/deactivate", "<action/>")
    words = "active/locked Storage Domains" if version == "4.1" else "not in Maintenance status"
    refused(lab, 409, words, lambda: lab.ask("DELETE", path))
    lab.clock.advance(30)
    assert lab.ask("GET", path).status == types.DataCenterStatus.MAINTENANCE
    lab.ask("DELETE", path)
    assert lab.ask("GET", f"storagedomains/{domain.id}").status == types.StorageDomainStatus.UNATTACHED


@pytest.mark.parametrize("path", ["vms", "hosts", "clusters", "datacenters", "networks", "vnicprofiles", "tags"])
def test_the_id_of_an_object_is_immutable(path: str) -> None:
    """AbstractBackendSubResource.validateUpdate; its own id may be sent along."""
    lab = Lab()
    obj = lab.ask("GET", path)[-1]
    other = type(obj)(id="00000000-0000-0000-0000-00000000abcd", comment="x")
    refused(lab, 409, "Attempt to set immutable field: id", lambda: lab.ask("PUT", f"{path}/{obj.id}", other))
    lab.ask("PUT", f"{path}/{obj.id}", type(obj)(id=obj.id, comment="x"))


def test_a_vnic_profile_stays_on_its_network() -> None:
    lab = Lab()
    profile, other = named(lab, "vnicprofiles", "backend"), named(lab, "networks", "ovirtmgmt")
    path = f"vnicprofiles/{profile.id}"
    text = "[Cannot edit VM network interface profile. VM network interface profile's network cannot be changed.]"
    moved = types.VnicProfile(network=types.Network(id=other.id))
    refused(lab, 400, text, lambda: lab.ask("PUT", path, moved))
    lab.ask("PUT", path, types.VnicProfile(description="x", network=types.Network(id=profile.network.id)))


@pytest.mark.parametrize(
    ("fields", "text"),
    [({"name": "my host"}, 'alphanumeric characters, numbers or "-_.", Attribute: vdsStatic.name'),
     ({"name": ""}, "size must be between 1 and 255, Attribute: vdsStatic.name"),
     ({"address": "no such place"}, "must be a FQDN or a valid IP address, Attribute: vdsStatic.hostName"),
     ({"address": "under_score.example"}, "must be a FQDN"),
     ({"address": "1.2.3"}, "must be a FQDN"),
     ({"root_password": ""}, "[Cannot install Host with empty password.]"),
     ({"root_password": None}, "empty password")],
)  # fmt: skip
def test_a_host_that_cannot_be_added(fields: dict[str, Any], text: str) -> None:
    lab = Lab()
    about = {"name": "new", "address": "new.example", "root_password": "secret", **fields}
    refused(lab, 400, text, lambda: lab.ask("POST", "hosts", types.Host(**about)))


@pytest.mark.parametrize("address", ["10.0.0.7", "fd00::7", "h7", "h-7.lab.example"])
def test_addresses_of_hosts(address: str) -> None:
    lab = Lab()
    assert lab.ask("POST", "hosts", types.Host(name="new", address=address, root_password="x")).address == address


def test_a_host_with_the_key_of_the_engine_needs_no_password() -> None:
    lab = Lab()
    key = types.Ssh(authentication_method=types.SshAuthenticationMethod.PUBLICKEY)
    assert lab.ask("POST", "hosts", types.Host(name="new", address="new.example", ssh=key)).name == "new"
    user = types.Ssh(user=types.User(user_name="root", password="secret"))
    host = lab.ask("POST", "hosts", types.Host(name="newer", address="newer.example", ssh=user))
    assert host.ssh.user.password is None


def test_an_update_of_a_host_checks_its_name() -> None:
    lab = Lab()
    host = named(lab, "hosts", "host1")
    refused(lab, 400, "alphanumeric", lambda: lab.ask("PUT", f"hosts/{host.id}", types.Host(name="a b")))


@VERSIONS
def test_levels_that_an_engine_does_not_have(version: str) -> None:
    lab = Lab(version)
    old = types.Version(major=3, minor=0)
    text = "Selected Compatibility Version is not supported"
    center = types.DataCenter(name="old", local=False, version=old)
    refused(lab, 400, f"[Cannot add Data Center. {text}.]", lambda: lab.ask("POST", "datacenters", center))
    cluster = types.Cluster(name="old", data_center=types.DataCenter(name="Default"), version=old)
    refused(lab, 400, text, lambda: lab.ask("POST", "clusters", cluster))
    path = f"clusters/{named(lab, 'clusters', 'Default').id}"
    refused(lab, 400, text, lambda: lab.ask("PUT", path, types.Cluster(version=old)))


@VERSIONS
def test_what_the_engine_may_not_do_to_its_own_vm(version: str) -> None:
    """VmActionByVmOriginTypeValidator; migrating it and changing it is allowed."""
    lab = Lab(version, {"hosted_engine": {}})
    vm = lab.engine.vm("HostedEngine")
    for action, word in (("stop", "stop"), ("shutdown", "shutdown"), ("reboot", "reboot"), ("suspend", "hibernate")):
        text = f"[Cannot {word} VM. This VM is not managed by the engine.]"
        refused(lab, 400, text, lambda action=action: lab.act(vm, action))
    snapshot = "<snapshot><description>x</description></snapshot>"
    text = "Cannot create Snapshot. This VM is not managed"
    refused(lab, 400, text, lambda: lab.ask("POST", f"vms/{vm.id}/snapshots", snapshot))
    assert lab.put(vm, comment="ours").comment == "ours"
    lab.act(vm, "migrate")
    vm.status, vm.host = types.VmStatus.DOWN, None
    lab.engine.store.touch(vm)
    refused(lab, 400, "Cannot run VM. This VM is not managed", lambda: lab.act(vm, "start"))


@pytest.mark.parametrize(
    "text",
    ["name=", "name!=", "name=db1 and", "name=db1 or", "sortby", "sortby name up", "sortby name page 1", "page",
     "page x", "page 1 sortby name", "name=db1 page 1 x", "two words", 'name="db1', "name=db1 = x", "name=db1;",
     "name!='x'", "name=db1 page 1 2"],
)  # fmt: skip
def test_a_search_with_a_syntax_error_finds_nothing(text: str) -> None:
    lab = Lab()
    assert lab.ask("GET", f"vms?search={quote(text)}") == []


@pytest.mark.parametrize(
    "text",
    ["db1", "name=db1 sortby name", "sortby name desc page 1", "page 1", 'name="db1" and status=up', "Vms: db1", " "],
)
def test_a_search_without_one_finds_something(text: str) -> None:
    lab = Lab()
    assert [vm.name for vm in lab.ask("GET", f"vms?search={quote(text)}")] == ["db1"]


def test_a_field_that_is_none_is_text_to_be_found() -> None:
    lab = Lab()
    assert lab.ask("GET", f"vms?search={quote('colour!=red')}") == []
