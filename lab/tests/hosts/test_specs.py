# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line's way to say what a host should be; nothing here needs docker."""

from __future__ import annotations

import pytest

from ovirt_lab import hosts
from ovirt_lab.hosts import HostSpec, LabError
from ovirt_lab.hosts.__main__ import main


def test_a_host_has_a_name_and_an_image() -> None:
    assert HostSpec.parse("h1:el9") == HostSpec("h1", "el9", "2g")


def test_the_disk_of_docker_may_be_small() -> None:
    assert HostSpec.parse("full:el8:docker=64m") == HostSpec("full", "el8", "64m")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("h1", "no image ''"),
        ("h1:el10", "el8, el9, el7"),
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
