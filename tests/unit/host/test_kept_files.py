# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files, links, modes, owners and extended attributes: kept, and put back as they were."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.host import Host, HostError
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.undo import kept_files

from tests.host_tier import machines
from tests.host_tier.machine import Machine
from tests.unit.host.conftest import On

PATH = "/etc/docker/daemon.json"


@pytest.fixture
def machine(on: On) -> Machine:
    return on(machines.hypervisor)


@pytest.fixture
def place(machine: Machine) -> Path:
    place = machine.root / PATH[1:]
    place.parent.mkdir(parents=True)
    return place


def there_and_back(place: Path, change: Any) -> Any:
    """Keep a file, change it, put it back; what it is like then has to be what it was like."""
    host = Host()
    paths = kept_files.with_targets(host, [PATH])
    before = {path: kept_files.look(host, path) for path in paths}
    change(place)
    for path, file in before.items():
        if file is None:
            os.unlink(host.path(path))
        else:
            kept_files.write(host, path, file)
    assert {path: kept_files.look(host, path) for path in paths} == before
    return before


def replace(place: Path) -> None:
    """What a role does: a new file in one move."""
    new = place.with_suffix(".new")
    new.write_text("ours")
    new.rename(place)


def test_content_mode_and_owner(place: Path) -> None:
    place.write_bytes(b"\xff{}")
    place.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(place, 1, 2)
        place.chmod(0o4640)
    there_and_back(place, replace)
    assert place.read_bytes() == b"\xff{}"


def test_a_link_and_the_file_it_leads_to(place: Path, machine: Machine) -> None:
    target = machine.root / "etc/docker/site.json"
    target.write_text("theirs")
    place.symlink_to("site.json")

    def change(place: Path) -> None:
        replace(place)
        target.write_text("changed")

    before = there_and_back(place, change)
    assert os.readlink(place) == "site.json"
    assert target.read_text() == "theirs"
    assert before[PATH]["real"] == "/etc/docker/site.json"


def test_a_link_that_was_followed(place: Path, machine: Machine) -> None:
    target = machine.root / "etc/docker/site.json"
    target.write_text("theirs")
    place.symlink_to("site.json")
    there_and_back(place, lambda place: place.write_text("ours, through the link"))
    assert target.read_text() == "theirs"


def test_a_dangling_link(place: Path, machine: Machine) -> None:
    place.symlink_to("nowhere.json")
    there_and_back(place, lambda place: place.write_text("ours, where there was nothing"))
    assert os.readlink(place) == "nowhere.json"
    assert not place.exists()


def test_a_link_to_no_file_is_only_a_link(place: Path) -> None:
    """As /dev/null, which masks a unit."""
    place.symlink_to("/dev/null")
    assert kept_files.with_targets(Host(), [PATH]) == [PATH]
    there_and_back(place, replace)
    assert os.readlink(place) == "/dev/null"


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
def test_what_is_no_file_is_a_sentence(place: Path, make: Any) -> None:
    make(place)
    with pytest.raises(HostError, match=r"daemon\.json is neither a file nor a link"):
        kept_files.look(Host(), PATH)


def attributes_here(place: Path) -> bool:
    try:
        os.setxattr(place, "user.lab", b"1")
    except OSError:
        return False
    return True


def test_extended_attributes(place: Path) -> None:
    place.write_text("theirs")
    if not attributes_here(place):
        pytest.skip("the file system of this machine's temporary directory has no extended attributes")
    before = there_and_back(place, replace)
    assert before[PATH]["attributes"] == {"user.lab": kept_files.encoded(b"1")}


def test_extended_attributes_of_python_2_by_commands(
    place: Path, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("listxattr", "getxattr", "setxattr", "removexattr"):
        monkeypatch.delattr(os, name)
    place.write_text("theirs")
    assert kept_files.attributes(Host(), PATH) is None
    label = "security.selinux=0sc3lzdGVtX3U6b2JqZWN0X3I6ZXRjX3Q6czAA"
    machine.says("getfattr *", f"# file: {place}\n{label}\nuser.empty=0s\n").says("setfattr *")
    host = Host()
    before = kept_files.look(host, PATH)
    assert before["attributes"] == {"security.selinux": label.partition("0s")[2], "user.empty": ""}
    machine.says("getfattr *", f"# file: {place}\nuser.new=0sMQ==\n")
    kept_files.write(host, PATH, before)
    assert [line.partition(" --")[0] + " " + line.split()[1] for line in machine.asked if "setfattr" in line] == [
        "setfattr --name=security.selinux",
        "setfattr --name=user.empty",
        "setfattr --remove=user.new",
    ]


def test_attributes_that_cannot_be_put_back_are_named(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place.write_text("theirs")
    before = {**kept_files.look(Host(), PATH), "attributes": {"trusted.lab": kept_files.encoded(b"1")}}

    def refuse(*_words: Any) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "setxattr", refuse)
    with pytest.raises(HostError, match=r"its extended attributes trusted\.lab are not"):
        kept_files.write(Host(), PATH, before)
    assert place.read_text() == "theirs"


def test_a_failed_write_leaves_nothing(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place.write_text("theirs")
    before = kept_files.look(Host(), PATH)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        kept_files.write(Host(), PATH, before)
    assert [path.name for path in place.parent.iterdir()] == ["daemon.json"]
