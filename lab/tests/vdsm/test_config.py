# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""vdsm.conf and its drop-ins: which word is the last one."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from ovirt_lab.vdsm import config
from ovirt_lab.vdsm.host import Host
from ovirt_lab.vdsm.site import Settings, Site, Version, read_settings

from .host_kit import Machine, Vdsm


def _value(machine: Machine, option: str) -> str:
    return config.load(Site(machine.root)).get("containers", option)


def test_defaults(machine: Machine) -> None:
    values = dict(config.load(Site(machine.root)).items("containers"))
    assert values == {
        "cgroup_slice": "machine",
        "network_name": "bridge",
        "network_gateway": "10.1.0.1",
        "network_interface": "eth1",
        "network_subnet": "10.1.0.0",
        "network_mask": "20",
    }


def test_dropins_are_read_after_the_file_by_name_and_not_by_folder(machine: Machine) -> None:
    machine.write("/etc/vdsm/vdsm.conf", "[containers]\nnetwork_name = main\ncgroup_slice = main\n")
    assert (_value(machine, "network_name"), _value(machine, "cgroup_slice")) == ("main", "main")
    machine.write("/etc/vdsm/vdsm.conf.d/10-admin.conf", "[containers]\nnetwork_name = admin\n")
    machine.write("/usr/lib/vdsm/vdsm.conf.d/50-vendor.conf", "[containers]\nnetwork_name = vendor\n")
    machine.write("/run/vdsm/vdsm.conf.d/20-run.conf", "[containers]\nnetwork_name = run\n")
    assert (_value(machine, "network_name"), _value(machine, "cgroup_slice")) == ("vendor", "main")
    machine.write("/etc/vdsm/vdsm.conf.d/99-admin.conf", "[containers]\nnetwork_name = last\n")
    assert _value(machine, "network_name") == "last"


def test_of_equal_names_etc_is_last(machine: Machine) -> None:
    for base in ("/etc", "/usr/lib", "/run"):
        machine.write(f"{base}/vdsm/vdsm.conf.d/50-x.conf", f"[containers]\nnetwork_name = {base.replace('/', '-')}\n")
    assert _value(machine, "network_name") == "-etc"


def test_only_conf_files_are_read(machine: Machine) -> None:
    for name in ("x.conf.rpmsave", ".hidden.conf", "x.cfg"):
        machine.write(f"/etc/vdsm/vdsm.conf.d/{name}", "[containers]\nnetwork_name = wrong\n")
    assert _value(machine, "network_name") == "bridge"


def test_the_blogs_file_is_not_looked_at(machine: Machine) -> None:
    machine.write("/etc/vdsm.conf", "[containers]\nnetwork_name = wrong\n")
    assert _value(machine, "network_name") == "bridge"


def test_it_is_read_as_python_2_read_it(machine: Machine) -> None:
    text = "[containers]\nnetwork_name = a ; a comment\nNETWORK_NAME: b#c\n[strange]\nx = 100%\n"
    machine.write("/etc/vdsm/vdsm.conf", text)
    assert _value(machine, "network_name") == "b#c"


def test_one_option_may_name_another(machine: Machine) -> None:
    machine.write("/etc/vdsm/vdsm.conf", "[containers]\ncgroup_slice = lab\nnetwork_name = net-%(cgroup_slice)s\n")
    assert _value(machine, "network_name") == "net-lab"


def test_the_default_section_does_not_reach_what_vdsm_has_defaults_for(machine: Machine) -> None:
    machine.write("/etc/vdsm/vdsm.conf", "[DEFAULT]\nnetwork_name = lab\n[containers]\n")
    assert _value(machine, "network_name") == "bridge"


def test_a_changed_file_is_seen_by_the_next_vdsmd_only(machine: Machine, vdsm: Vdsm) -> None:
    machine.write("/etc/vdsm/vdsm.conf", "[containers]\nnetwork_name = backend\n")
    vdsm.create(vmName="a")
    Vdsm(machine).create(vmName="b")
    assert [call[9] for call in machine.calls("systemd-run")] == ["--net=bridge", "--net=backend"]


def test_a_file_that_is_none_keeps_it_from_starting(machine: Machine) -> None:
    machine.write("/etc/vdsm/vdsm.conf.d/50-x.conf", "network_name = x\n")
    with pytest.raises(Exception, match="no section headers"):
        Host.of(Site(machine.root))


def test_the_laboratorys_settings(machine: Machine) -> None:
    assert read_settings(Site(machine.root)) == Settings()
    machine.write("/etc/ovirt-lab/vdsm.json", '{"speed": 20, "spm": true}')
    assert read_settings(Site(machine.root)) == Settings(speed=20, spm=True)
    machine.write("/etc/ovirt-lab/vdsm.json", '{"start": 2, "recovery": 1.5}')
    assert read_settings(Site(machine.root)) == Settings(start=2, recovery=1.5)
    machine.write("/etc/ovirt-lab/vdsm.json", '{"sped": 20}')
    with pytest.raises(ValueError, match="unknown settings sped"):
        read_settings(Site(machine.root))


def test_versions() -> None:
    assert Version.parse("4.19.20-1.el8\n") == Version("4.19.20", "1.el8")
    assert Version.parse("4.20.49-1.el8").cluster_levels == ["3.6", "4.0", "4.1", "4.2"]
    assert Version.parse("4.30.17-1.el8").cluster_levels == ["4.1", "4.2", "4.3"]


def test_that_of_a_test_hosts_package_is_reached_from_elsewhere(machine: Machine) -> None:
    """The Engine of test hosts is on another machine, so their vdsm.conf says that Vdsm listens on all addresses."""
    spec = (Path(__file__).parents[2] / "images/rpm/vdsm.spec").read_text(encoding="utf-8")
    (command,) = re.findall(r"^(printf '.*') > %{buildroot}/etc/vdsm/vdsm\.conf$", spec, re.MULTILINE)
    written = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=True).stdout
    assert config.load(Site(machine.root)).get("addresses", "management_ip") == "127.0.0.1"
    machine.write("/etc/vdsm/vdsm.conf", written)
    assert dict(config.load(Site(machine.root)).items("addresses")) == {
        "management_port": "54321",
        "management_ip": "::",
    }
