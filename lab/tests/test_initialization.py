# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`initialization`: how it is stored and shown, when a start gives it to the guest, and what the guest finds then."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from client import Lab, Refused
from ovirtsdk4 import types

VERSIONS = ("4.1", "4.3", "4.5")
SCRIPT = "write_files: []\n"
PREFIX = "openstack/latest/"


def init(**fields: Any) -> Any:
    return types.Initialization(**fields)


def nic(**fields: Any) -> Any:
    values = {"name": "eth0", "boot_protocol": types.BootProtocol.DHCP, "on_boot": True, **fields}
    return types.NicConfiguration(**values)


def refused(call: Any, status: int, text: str) -> None:
    with pytest.raises(Refused) as caught:
        call()
    assert caught.value.status == status and text in f"{caught.value.reason} {caught.value.detail}"


def stored(**fields: Any) -> Any:
    """What is seen of a new VM's initialization."""
    lab = Lab()
    return lab.get(lab.vm(initialization=init(**fields))).initialization


def start(lab: Lab, vm: Any, body: str = "<action/>", up: bool = True) -> dict[str, Any]:
    """Start a VM; what that start gave to its guest."""
    lab.act(vm, "start", body)
    if up:
        lab.clock.advance(3)
        assert lab.get(vm).status == types.VmStatus.UP
    return lab.engine.starts(vm.name)[-1]


def stop(lab: Lab, vm: Any) -> None:
    lab.act(vm, "stop")
    lab.clock.advance(3)


def user_data(found: dict[str, Any]) -> dict[str, Any]:
    return yaml.safe_load(found["files"][PREFIX + "user_data"])


CLOUD_INIT = "<action><use_cloud_init>true</use_cloud_init></action>"


# --- stored, merged, shown


@pytest.mark.parametrize("version", VERSIONS)
def test_it_is_in_lists_searches_and_single_answers(version: str) -> None:
    lab = Lab(version)
    vm = lab.vm("one", initialization=init(custom_script=SCRIPT, host_name="one"))
    for found in (lab.get(vm), lab.ask("GET", "vms?search=name%3Done")[0], lab.ask("GET", "vms")[-1]):
        assert (found.initialization.custom_script, found.initialization.host_name) == (SCRIPT, "one")


def test_an_update_changes_the_fields_that_it_has_and_empty_ones_stay_empty() -> None:
    lab = Lab()
    vm = lab.vm(initialization=init(custom_script=SCRIPT, host_name="one", dns_servers="192.0.2.1"))
    lab.put(vm, initialization=init(host_name="two", dns_servers=""))
    found = lab.get(vm).initialization
    assert (found.custom_script, found.host_name, found.dns_servers or "") == (SCRIPT, "two", "")


def test_an_update_is_made_at_once_whatever_the_status() -> None:
    lab = Lab()
    vm = lab.vm(initialization=init(custom_script=SCRIPT))
    start(lab, vm)
    lab.put(vm, initialization=init(custom_script="a: 1\n"))
    found = lab.get(vm)
    assert found.initialization.custom_script == "a: 1\n" and not found.next_run_configuration_exists


def test_an_element_without_a_field_removes_it() -> None:
    lab = Lab()
    vm = lab.vm(initialization=init(custom_script=SCRIPT))
    lab.ask("PUT", f"vms/{vm.id}", "<vm><initialization/></vm>")
    assert lab.get(vm).initialization is None


def test_a_refused_update_changes_nothing() -> None:
    lab = Lab("4.5")
    vm = lab.vm(initialization=init(host_name="one"))
    before = lab.engine.state()
    refused(lambda: lab.put(vm, initialization=init(nic_configurations=[nic(on_boot=False)])), 400, "Start On Boot")
    assert lab.engine.state() == before


def test_the_password_is_masked_wherever_it_is_shown() -> None:
    lab = Lab("4.5")
    vm = lab.vm(initialization=init(root_password="hunter2"))
    assert lab.get(vm).initialization.root_password == "******"
    for path in ("vms", f"vms/{vm.id}", f"vms/{vm.id}?follow=tags", f"vms/{vm.id}?all_content=true"):
        for accept in ("application/xml", "application/json"):
            assert b"hunter2" not in lab.raw("GET", path, Accept=accept).body, (path, accept)


def test_a_password_that_is_stored_stays_whatever_is_sent() -> None:
    lab = Lab("4.5")
    vm = lab.vm(initialization=init(root_password="first"))
    for sent in ("******", "second"):
        lab.put(vm, initialization=init(root_password=sent))
    assert user_data(start(lab, vm))["password"] == "first"


def test_the_domain_has_two_places() -> None:
    lab = Lab()
    vm = lab.vm(domain=types.Domain(name="example.com"))
    found = lab.get(vm)
    assert (found.initialization.domain, found.domain.name) == ("example.com", "example.com")
    lab.put(vm, domain=types.Domain(name="old.example"), initialization=init(domain="new.example"))
    assert lab.get(vm).domain.name == "new.example"


@pytest.mark.parametrize("version", VERSIONS)
def test_an_interface_is_shown_with_its_addresses_even_without_one(version: str) -> None:
    lab = Lab(version)
    vm = lab.vm(initialization=init(nic_configurations=[nic()]))
    body = lab.raw("GET", f"vms/{vm.id}").body
    assert b"<ip" in body and (b"<ipv6" in body) == (version != "4.1")


@pytest.mark.parametrize("version", VERSIONS)
def test_the_older_element_cloud_init_is_taken_and_shown_as_the_newer_fields(version: str) -> None:
    """VmMapper.map(CloudInit, VmInit)."""
    lab = Lab(version)
    old = """<vm><name>web</name><cluster><name>Default</name></cluster><template><name>Blank</name></template>
        <initialization><cloud_init><host><address>web.example</address></host><timezone>Etc/GMT</timezone>
        <authorized_keys><authorized_key><key>ssh-rsa A</key></authorized_key><authorized_key><key>ssh-rsa B</key>
        </authorized_key></authorized_keys><regenerate_ssh_keys>true</regenerate_ssh_keys>
        <users><user><user_name>joe</user_name></user><user><user_name>root</user_name><password>p</password></user></users>
        <network_configuration><nics><nic><name>eth0</name><boot_protocol>static</boot_protocol><on_boot>true</on_boot>
        <network><ip><address>192.0.2.5</address><netmask>255.255.255.0</netmask></ip></network></nic></nics>
        <dns><servers><host><address>192.0.2.1</address></host><host><address>192.0.2.2</address></host></servers>
        <search_domains><host><address>example</address></host></search_domains></dns></network_configuration>
        <files><file><name>x</name><content>runcmd: []</content></file></files></cloud_init></initialization></vm>"""
    found = lab.ask("POST", "vms", old).initialization
    assert found.cloud_init is None
    assert (found.host_name, found.timezone, found.regenerate_ssh_keys) == ("web.example", "Etc/GMT", True)
    assert (found.authorized_ssh_keys, found.user_name) == ("ssh-rsa A\nssh-rsa B", "root")
    assert (found.root_password, found.custom_script) == ("******", "runcmd: []")
    assert (found.dns_servers, found.dns_search) == ("192.0.2.1 192.0.2.2", "example")
    (eth0,) = found.nic_configurations
    assert (eth0.name, eth0.on_boot, eth0.ip.address) == ("eth0", True, "192.0.2.5")
    empty = "<vm><initialization><cloud_init/></initialization></vm>"
    assert lab.ask("PUT", f"vms/{lab.engine.vm('web').id}", empty).initialization.host_name == "web.example"


STATIC = types.BootProtocol.STATIC


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"on_boot": None}, "Start On Boot selection in cloud-init configuration is invalid"),
        ({"boot_protocol": STATIC}, "Static IPv4 address is missing"),
        ({"boot_protocol": STATIC, "ip": types.Ip(netmask="255.255.255.0")}, "Static IPv4 address is missing"),
        ({"ipv6_boot_protocol": STATIC}, "Static IPv6 address is missing"),
        ({"ipv6_boot_protocol": types.BootProtocol.AUTOCONF}, "Option 'autoconf'"),
    ],
)
def test_interfaces_that_cloud_init_cannot_have_are_refused(fields: dict[str, Any], text: str) -> None:
    lab = Lab("4.5")
    wrong = init(nic_configurations=[nic(**fields)])
    refused(lambda: lab.vm("one", initialization=wrong), 400, text)
    vm = lab.vm("two")
    refused(lambda: lab.put(vm, initialization=wrong), 400, text)
    once = types.Action(vm=types.Vm(initialization=wrong), use_cloud_init=True)
    refused(lambda: lab.ask("POST", f"vms/{vm.id}/start", once), 400, text)
    eni = types.CloudInitNetworkProtocol.ENI
    lab.vm("three", initialization=init(nic_configurations=[nic(**fields)], cloud_init_network_protocol=eni))
    Lab("4.1").vm("one", initialization=wrong)  # is not looked at before 4.2


# --- templates


def template(lab: Lab, **fields: Any) -> Any:
    source = lab.vm("source", initialization=init(**fields) if fields else None)
    made = lab.ask("POST", "templates", types.Template(name="base", vm=types.Vm(id=source.id)))
    lab.clock.advance(5)
    return made


def test_a_vm_takes_over_what_its_template_has_and_it_does_not_say() -> None:
    lab = Lab("4.5")
    base = template(lab, custom_script=SCRIPT, user_name="admin", root_password="pw")
    assert lab.ask("GET", f"templates/{base.id}").initialization.root_password == "******"
    vm = lab.vm(template=types.Template(name="base"), initialization=init(custom_script="a: 1\n"))
    found = user_data(start(lab, vm))
    assert (found["a"], found["user"], found["password"], "write_files" in found) == (1, "admin", "pw", False)


def test_a_template_is_changed_like_a_vm() -> None:
    lab = Lab("4.5")
    base = template(lab)
    lab.ask("PUT", f"templates/{base.id}", types.Template(initialization=init(host_name="one")))
    lab.ask("PUT", f"templates/{base.id}", types.Template(initialization=init(custom_script=SCRIPT)))
    found = lab.ask("GET", f"templates/{base.id}").initialization
    assert (found.host_name, found.custom_script) == ("one", SCRIPT)


# --- which starts give it


@pytest.mark.parametrize("version", ("4.3", "4.5"))
def test_only_the_first_start_gives_it_unless_it_is_asked_for(version: str) -> None:
    lab = Lab(version)
    vm = lab.vm(initialization=init(custom_script=SCRIPT))
    given = []
    for body in ("<action/>", "<action/>", CLOUD_INIT, "<action/>"):
        given.append(start(lab, vm, body)["initialize"])
        stop(lab, vm)
    assert given == ["cloud_init", "nothing", "cloud_init", "nothing"]


def test_an_engine_4_1_gives_it_only_when_it_is_asked_for() -> None:
    lab = Lab("4.1")
    vm = lab.vm(initialization=init(custom_script=SCRIPT))
    assert start(lab, vm)["files"] == {}
    stop(lab, vm)
    assert start(lab, vm, CLOUD_INIT)["initialize"] == "cloud_init"


def test_a_start_that_does_not_come_up_is_repeated_with_it() -> None:
    lab = Lab("4.5")
    vm = lab.vm(initialization=init(custom_script=SCRIPT))
    start(lab, vm, up=False)
    stop(lab, vm)
    assert start(lab, vm)["initialize"] == "cloud_init"


@pytest.mark.parametrize(
    ("flags", "initialize"),
    [
        ({}, "cloud_init"),
        ({"use_cloud_init": False}, "nothing"),
        ({"use_sysprep": False}, "nothing"),
        ({"use_initialization": True}, "cloud_init"),
        ({"use_cloud_init": False, "use_initialization": True}, "nothing"),
    ],
)
def test_flags_of_a_first_start(flags: dict[str, bool], initialize: str) -> None:
    lab = Lab("4.5")
    vm = lab.vm(initialization=init(custom_script=SCRIPT))
    lab.ask("POST", f"vms/{vm.id}/start", types.Action(**flags))
    assert lab.engine.starts(vm.name)[-1]["initialize"] == initialize


def test_a_vm_without_it_is_asked_to_initialize_its_guest() -> None:
    lab = Lab("4.5")
    vm = lab.vm()
    assert start(lab, vm)["initialize"] == "nothing"
    stop(lab, vm)
    found = start(lab, vm, "<action><use_initialization>true</use_initialization></action>")
    assert "disable_root" in user_data(found)


def test_two_ways_at_once_are_a_conflict() -> None:
    both = "<action><use_cloud_init>true</use_cloud_init><use_sysprep>true</use_sysprep></action>"
    for version, text in (("4.3", "sysprep and cloud_init tags"), ("4.5", "multiple initialization tags")):
        lab = Lab(version)
        refused(lambda lab=lab: lab.act(lab.vm(), "start", both), 409, text)  # type: ignore[misc]


def test_a_run_once_has_its_own_for_one_run() -> None:
    lab = Lab("4.5")
    vm = lab.vm(initialization=init(custom_script="a: 1\n", host_name="one"))
    once = types.Action(use_cloud_init=True, vm=types.Vm(initialization=init(custom_script="secret: 2\n")))
    lab.ask("POST", f"vms/{vm.id}/start", once)
    found = lab.engine.starts(vm.name)[-1]
    assert (user_data(found)["secret"], "a" in user_data(found)) == (2, False)
    assert json.loads(found["files"][PREFIX + "meta_data.json"])["hostname"] == "one"
    assert lab.get(vm).initialization.custom_script == "a: 1\n"
    lab.clock.advance(5)
    stop(lab, vm)
    assert user_data(start(lab, vm, CLOUD_INIT))["a"] == 1


def test_a_run_once_without_a_flag_gives_nothing_to_a_guest_that_was_up() -> None:
    lab = Lab("4.5")
    vm = lab.vm(initialization=init(custom_script="a: 1\n"))
    start(lab, vm)
    stop(lab, vm)
    once = types.Action(vm=types.Vm(initialization=init(custom_script="b: 2\n")))
    lab.ask("POST", f"vms/{vm.id}/start", once)
    assert lab.engine.starts(vm.name)[-1]["files"] == {}


def test_a_drive_of_the_vm_comes_before_a_first_start_and_not_before_one_that_asks() -> None:
    lab = Lab("4.5")
    mine = types.Payload(
        type=types.VmDeviceType.CDROM, volume_id="mine", files=[types.File(name="hello", content="world")]
    )
    vm = lab.vm(initialization=init(custom_script=SCRIPT), payloads=[mine])
    found = start(lab, vm)
    assert (found["initialize"], found["label"], found["files"]) == ("nothing", "mine", {"hello": "world"})
    stop(lab, vm)
    assert start(lab, vm, CLOUD_INIT)["label"] == "config-2"


def test_windows_gets_sysprep() -> None:
    lab = Lab("4.5")
    boot = types.Boot(devices=[types.BootDevice.HD, types.BootDevice.NETWORK])
    vm = lab.vm(os=types.OperatingSystem(type="windows_2019x64", boot=boot), initialization=init(host_name="pc"))
    assert start(lab, vm)["initialize"] == "sysprep"


def test_a_vm_with_all_ide_slots_in_use_has_no_room_for_the_drive() -> None:
    lab = Lab("4.5")
    vm = lab.vm(initialization=init(custom_script=SCRIPT))
    for number in range(3):
        disk = types.Disk(name=f"d{number}", provisioned_size=1 << 30, format=types.DiskFormat.COW)
        made = types.DiskAttachment(disk=disk, interface=types.DiskInterface.IDE, active=True)
        lab.ask("POST", f"vms/{vm.id}/diskattachments", made)
    lab.clock.advance(5)
    refused(lambda: lab.act(vm, "start"), 409, "too many devices")


def test_a_guest_tells_each_start_to_the_lab_over_http() -> None:
    lab = Lab("4.5")
    vm = lab.vm(initialization=init(custom_script=SCRIPT))
    start(lab, vm)
    from client import AUTHORIZATION

    answer = lab.engine.handle("GET", "/ovirt-lab/starts?vm=web", {"Authorization": AUTHORIZATION}, b"")
    assert json.loads(answer.body) == lab.engine.starts("web")
    answer = lab.engine.handle("GET", "/ovirt-lab/starts?vm=none", {"Authorization": AUTHORIZATION}, b"")
    assert (answer.status, json.loads(answer.body)["error"]) == (400, "there is no VM none")


# --- what the guest finds


def drive(version: str = "4.5", **fields: Any) -> dict[str, str]:
    """The files of a start with this initialization."""
    lab = Lab(version)
    return start(lab, lab.vm(initialization=init(**fields)), CLOUD_INIT)["files"]


def test_the_engines_own_keys_come_first_and_the_script_follows_as_text() -> None:
    text = drive(custom_script="#cloud-config\nruncmd: [mine]\n")[PREFIX + "user_data"]
    assert text.startswith("#cloud-config\n") and text.endswith("#cloud-config\nruncmd: [mine]\n")
    keys = [line.split(":")[0] for line in text.splitlines() if line[:1].isalpha()]
    assert keys[-1] == "runcmd" and keys.count("runcmd") == 2
    assert yaml.safe_load(text)["runcmd"] == ["mine"]
    assert yaml.safe_load(text)["output"] == {"all": ">> /var/log/cloud-init-output.log"}


@pytest.mark.parametrize(
    ("version", "root", "keys"),
    [
        ("4.1", 0, "True"),
        ("4.3", 0, "true"),
        ("4.5.3.7", 0, "true"),
        ("4.5.7.0", False, True),
    ],
)
def test_keys_that_differ_between_versions(version: str, root: object, keys: object) -> None:
    found = yaml.safe_load(drive(version, regenerate_ssh_keys=True)[PREFIX + "user_data"])
    assert (found["disable_root"], type(found["disable_root"])) == (root, type(root))
    assert (found["ssh_deletekeys"], type(found["ssh_deletekeys"])) == (keys, type(keys))


def test_each_start_is_another_instance() -> None:
    lab = Lab("4.5")
    vm = lab.vm(initialization=init(host_name="one", authorized_ssh_keys="ssh-ed25519 A\r\nssh-ed25519 B\n"))
    seen = []
    for _ in range(2):
        seen.append(json.loads(start(lab, vm, CLOUD_INIT)["files"][PREFIX + "meta_data.json"]))
        stop(lab, vm)
    assert seen[0].pop("uuid") != seen[1].pop("uuid")
    assert (
        seen[0]
        == seen[1]
        == {
            "hostname": "one",
            "name": "one",
            "public_keys": ["ssh-ed25519 A", "ssh-ed25519 B"],
            "meta": {"dsmode": "local", "essential": "false", "role": "server"},
            "launch_index": "0",
            "availability_zone": "nova",
        }
    )


def test_interfaces_as_network_data_have_no_mac_address() -> None:
    ip = types.Ip(address="192.0.2.7", netmask="255.255.255.0", gateway="192.0.2.1")
    static = nic(name="eth1", boot_protocol=STATIC, ip=ip, ipv6_boot_protocol=types.BootProtocol.DHCP)
    found = json.loads(drive(nic_configurations=[nic(), static], dns_servers="192.0.2.1")[PREFIX + "network_data.json"])
    dns = {"dns_nameservers": ["192.0.2.1"]}
    assert found == {
        "links": [{"id": name, "name": name, "type": "vif"} for name in ("eth0", "eth1")],
        "networks": [
            {"id": "eth0", "link": "eth0", "type": "ipv4_dhcp", **dns},
            {"id": "eth1", "link": "eth1", "type": "ipv4", "ip_address": "192.0.2.7", "netmask": "255.255.255.0",
             "gateway": "192.0.2.1", **dns},
            {"id": "eth1", "link": "eth1", "type": "ipv6_dhcp", **dns},
        ],
        "services": [{"type": "dns", "address": "192.0.2.1"}],
    }  # fmt: skip


@pytest.mark.parametrize("version", VERSIONS)
def test_interfaces_as_a_file_of_debian(version: str) -> None:
    eni = types.CloudInitNetworkProtocol.ENI
    found = drive(version, nic_configurations=[nic()], dns_search="example.com", cloud_init_network_protocol=eni)
    text = "auto eth0\niface eth0 inet dhcp\n  dns-search example.com\n"
    meta = json.loads(found[PREFIX + "meta_data.json"])
    assert found["openstack/content/0000"] == meta["network-interfaces"] == text
    assert meta["network_config"] == {"content_path": "/content/0000", "path": "/etc/network/interfaces"}


def test_without_interfaces_there_is_no_file_for_them() -> None:
    assert sorted(drive(host_name="one")) == [PREFIX + "meta_data.json", PREFIX + "user_data"]


def test_the_order_of_the_engines_keys_is_that_of_a_java_hash_map() -> None:
    """As OpenJDK 17 prints maps with these keys."""
    found = drive(regenerate_ssh_keys=True, timezone="UTC", root_password="pw", user_name="admin", host_name="one",
                  authorized_ssh_keys="A")  # fmt: skip
    text = found[PREFIX + "user_data"]
    keys = [line.split(":")[0] for line in text.splitlines() if line[:1].isalpha()]
    assert " ".join(keys) == "output password disable_root runcmd timezone ssh_deletekeys ssh_pwauth chpasswd user"
    meta = json.loads(found[PREFIX + "meta_data.json"])
    assert " ".join(meta) == "public_keys availability_zone hostname launch_index meta name uuid"
