# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The user-data of a guest and the record of its VM. What the files do in a guest is in tests/guest."""

from __future__ import annotations

import base64
import gzip
import subprocess
from typing import Any

import pytest
import yaml
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.guest import scripts
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.guest.files import (
    Secrets,
    is_reserved,
    label_of,
    quoted,
    user_data,
)
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.guest.record import (
    Record,
    read,
    same_secrets,
    sealed,
)
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.guest.user_data import File, UserData
from hypothesis import given
from hypothesis import strategies as st
from ovirt_lab.engine.vm import config_drive
from ovirtsdk4 import types

WISH: dict[str, Any] = {"image": "redis:7.2"}
#: What the API can carry: no NUL, and no half of a surrogate pair.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
ENGINES = [(4, 3, 10, 4), (4, 5, 0, 0), (4, 5, 7, 0)]


def unpacked(text: str) -> dict[str, str]:
    """The content of the files in user-data, by path."""
    files = yaml.safe_load(text)["write_files"]
    return {each["path"]: gzip.decompress(base64.b64decode(each["content"])).decode() for each in files}


@pytest.mark.parametrize("number", ENGINES)
@given(TEXTS)
def test_any_text_arrives_behind_what_the_engine_writes(number: tuple[int, ...], text: str) -> None:
    script = UserData((File("/a", "0600", text),), (("echo", "hello"),)).text("a comment")
    found = config_drive.files(number, types.Initialization(custom_script=script))["openstack/latest/user_data"]
    keys = yaml.safe_load(found)
    assert keys["runcmd"] == [["echo", "hello"]], "ours count, and not the Engine's"
    assert unpacked(found) == {"/a": text}
    assert (keys["ssh_deletekeys"], keys["ssh_pwauth"]) == (False, False)


@given(TEXTS)
def test_a_quoted_text_is_one_word_of_the_shell(text: str) -> None:
    script = f"printf %s {quoted(text)}"
    done = subprocess.run(["/bin/sh"], input=script.encode(), capture_output=True, check=True)
    assert done.stdout == text.encode()


WISHES = st.builds(lambda environment, image: {"image": image, "environment": environment},
                   st.dictionaries(TEXTS, TEXTS), TEXTS.filter(bool))  # fmt: skip


@given(WISHES, st.sampled_from([None, "0123456789abcdef"]), st.none() | WISHES, TEXTS)
def test_a_record_comes_back(
    wish: dict[str, Any], applied: str | None, runs: dict[str, Any] | None, hashed: str
) -> None:
    record = Record(wish, applied, hashed, hashed, runs)
    script = record.script()
    assert read(script) == record
    assert read(f"# of somebody else\n{script}") == record
    assert set(yaml.safe_load(script)) == {"ssh_deletekeys", "ssh_pwauth", "runcmd"}, "it sets nothing up"


def test_a_record_that_is_applied_forgets_what_ran_before() -> None:
    record = Record({"image": "new"}, None, "salt:hash", "", {"image": "old"})
    assert record.is_late
    assert record.as_applied() == Record({"image": "new"}, record.digest, "salt:hash", "salt:hash")
    assert not Record({"image": "new"}, record.digest, "salt:hash", "", {"image": "old"}).is_late


@pytest.mark.parametrize(
    "wish",
    [
        {}, {"image": ""}, {"image": 5}, {"image": "a", "command": "b"}, {"image": "a", "environment": {"A": 1}},
        {"image": "a", "addresses": {"n": {}}}, {"image": "a", "health_check": {"interval": 1}},
        {"image": "a", "ports": [80]},
    ],
)  # fmt: skip
def test_a_record_that_somebody_has_damaged_is_none(wish: dict[str, Any]) -> None:
    assert read(Record(wish).script()) is None
    assert read(Record({"image": "a"}, runs=wish).script()) is None


@pytest.mark.parametrize(
    "script",
    [None, "", "#cloud-config\n", "# ovirt_contrib.containers {}", "# ovirt_contrib.containers no", "runcmd: []"],
)
def test_a_script_without_a_record_is_of_somebody_else(script: str | None) -> None:
    assert read(script) is None


def test_a_record_is_applied_until_wish_or_secrets_change() -> None:
    record = Record(WISH, None, sealed({"A": "1"}, "00" * 16))
    assert not record.is_applied
    assert record.as_applied().is_applied
    assert not Record({"image": "redis:7.4"}, record.as_applied().applied, record.secrets).is_applied
    assert not Record(WISH, record.as_applied().applied, "").is_applied


def test_secrets_are_known_by_a_hash() -> None:
    kept = sealed({"A": "s3cr3t"}, "ab" * 16)
    assert "s3cr3t" not in kept
    assert same_secrets({"A": "s3cr3t"}, kept)
    assert not same_secrets({"A": "other"}, kept)
    assert not same_secrets({}, kept)
    assert not same_secrets({"A": "s3cr3t"}, "no hash")
    assert same_secrets({}, sealed({}, "00" * 16))


@pytest.mark.parametrize(("name", "wanted"), [("PATH", True), ("http_proxy", True), ("LD_PRELOAD", True), ("_", True),
                                              ("BASH_ENV", True), ("TOKEN", False), ("GOOGLE_KEY", False)])  # fmt: skip
def test_what_the_way_to_the_container_reads_itself_is_no_secret(name: str, wanted: bool) -> None:
    assert is_reserved(name) is wanted
    files = unpacked(user_data({**WISH, "environment": {name: "x"}}).text())
    assert (f"export {name}=" in files["/etc/ovirt-container/environment"]) is not wanted
    assert (f"--env={name}=x" in files["/etc/ovirt-container/arguments"]) is wanted


def test_labels_fit_and_differ() -> None:
    names = ["data", "a" * 16, "a" * 17, "a" * 18, "data-of-the-shop-1", "data-of-the-shop-2"]
    labels = [label_of(name) for name in names]
    assert labels[:2] == names[:2]
    assert len(set(labels)) == len(labels)
    assert max(map(len, labels)) <= 16


def test_secrets_are_in_files_of_their_own_or_stay() -> None:
    without = unpacked(user_data(WISH).text())
    assert not [path for path in without if "secret" in path or "auth" in path]
    given_ = unpacked(user_data(WISH, Secrets({"TOKEN": "x"}, {"registry": ("u", "p")})).text())
    assert given_["/etc/ovirt-container/secrets"] == "export TOKEN='x'\n"
    assert base64.b64encode(b"u:p").decode() in given_["/etc/ovirt-container/auth/config.json"]


@pytest.mark.parametrize("name", ["RUN", "PULL", "STOP", "ENDED", "MOUNT"])
def test_the_scripts_are_posix_shell(name: str) -> None:
    done = subprocess.run(["/bin/sh", "-n"], input=getattr(scripts, name), text=True, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
