# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line's way to say what a host should be; nothing here needs docker."""

from __future__ import annotations

import sys
from ipaddress import ip_address
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from ovirt_lab import hosts
from ovirt_lab.hosts import Host, HostSpec, LabError, machine, networks
from ovirt_lab.hosts.__main__ import main


def test_a_host_has_a_name_and_an_image() -> None:
    assert HostSpec.parse("h1:el9") == HostSpec("h1", "el9", "2g")


def test_the_disk_of_docker_may_be_small() -> None:
    assert HostSpec.parse("full:el8:docker=64m") == HostSpec("full", "el8", "64m")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("h1", "no image ''"),
        ("h1:el10", "el8, el9, el7, engine"),
        ("e:engine:docker=1g", "has no docker"),
        ("H1:el9", "not 'H1'"),
        (":el9", "not ''"),
        ("a_b:el9", "not 'a_b'"),
        ("h1:el9:docker", "not 'docker'"),
        ("h1:el9:docker=0m", "docker=64m"),
        ("h1:el9:memory=1g", "not 'memory=1g'"),
    ],
)
def test_anything_else_is_refused_in_one_sentence(text: str, names: str) -> None:
    with pytest.raises(LabError) as refusal:
        HostSpec.parse(text)
    assert names in str(refusal.value)
    assert repr(text) in str(refusal.value)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["a:engine", "b:engine"], "a group has one"),
        (["h1:el9", "--speed", "2"], "--speed is for an Engine machine"),
        (["h1:el9", "--engine-version", "4.1"], "--engine-version is for an Engine machine"),
        (["h1:el9", "--world", "w.yml"], "--world is for an Engine machine"),
        (["a:engine", "--speed", "0"], "above 0"),
        (["a:engine", "--world", "/nonexistent"], "cannot be read"),
    ],
)
def test_what_an_engine_machine_needs(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["up", *words]) == 1
    shown = capsys.readouterr().err
    assert said in shown
    assert shown.count("\n") == 1


def test_only_a_host_has_a_vdsm() -> None:
    about = {"group": "g", "container": "g-x", "state": "running", "address": "10.0.0.2", "networks": {}}
    assert Host(name="x", image="el9", **about).as_dict()["vdsm_url"] == "http://10.0.0.2:54321"
    assert Host(name="x", image="engine", **about).as_dict()["vdsm_url"] == ""


def test_networks_come_from_where_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OVIRT_LAB_POOL", raising=False)
    assert str(networks.pool()) == "10.213.0.0/16"
    monkeypatch.setenv("OVIRT_LAB_POOL", "10.215.0.0/16")
    assert str(networks.pool()) == "10.215.0.0/16"


def test_a_subnet_that_the_machine_reaches_elsewhere_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Docker would take it. Routes: the default one, a bridge with 10.213.0.0/24, a VPN with 10.0.0.0/8."""
    heading = "Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT\n"
    routes = [
        ("eth0", "0.0.0.0", "0.0.0.0"),
        ("br-old", "10.213.0.0", "255.255.255.0"),
        ("tun0", "10.0.0.0", "255.0.0.0"),
    ]
    table = tmp_path / "route"
    table.write_text(heading + "".join(f"{name} {raw(to)} 0 1 0 0 0 {raw(mask)} 0 0 0\n" for name, to, mask in routes))
    asked: list[str] = []

    def create(*words: str) -> CompletedProcess[str]:
        asked.append(words[3])
        return CompletedProcess([], 0, "", "")

    monkeypatch.setattr(networks, "ROUTES", table)
    monkeypatch.setattr(networks, "inspect", lambda *_words: [])
    monkeypatch.setattr(networks, "attempt", create)
    networks.ensure("g", [])
    assert set(asked) == {"10.213.1.0/24"}


def raw(address: str) -> str:
    """An address as /proc/net/route has it."""
    return f"{int.from_bytes(ip_address(address).packed, sys.byteorder):08X}"


@pytest.mark.parametrize("value", ["10.215.0.1/16", "nonsense", "fd00::/64", "10.215.0.0/25"])
def test_a_pool_that_is_none_is_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OVIRT_LAB_POOL", value)
    with pytest.raises(LabError, match="OVIRT_LAB_POOL is"):
        networks.pool()


def test_only_its_own_login_is_forgotten(tmp_path: Path) -> None:
    (tmp_path / "engine.json").write_text("{}")
    machine.forget(tmp_path)
    assert (tmp_path / "engine.json").exists()  # of an Engine without a machine
    (tmp_path / machine.CA_FILE).write_text("")
    machine.forget(tmp_path)
    assert not list(tmp_path.iterdir())


def test_an_unknown_image_is_refused() -> None:
    with pytest.raises(LabError, match="no image 'el6', only el8, el9, el7"):
        hosts.build(["el6"])


def test_without_a_daemon_there_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    assert main(["list"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("ovirt-lab: ")
    assert "docker" in said
    assert said.count("\n") == 1


def test_without_docker_there_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    assert main(["up", "h1:el9"]) == 1
    assert capsys.readouterr().err.startswith("ovirt-lab: There is no docker command on PATH")
