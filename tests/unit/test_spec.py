# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.errors import SpecError
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.spec import (
    ContainerVm,
    container_options,
    parse,
)
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.text import shortened
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.values import MIB, memory_text
from hypothesis import given
from hypothesis import strategies as st

DIGEST = "sha256:" + "0123456789abcdef" * 4


def spec(**params: Any) -> ContainerVm:
    return parse({"name": "web", "state": "running", "runtime": "auto", **params})


@pytest.mark.parametrize(
    "image",
    [
        "redis",
        "a",
        "mysql5",
        "redis:3.2",
        "library/redis",
        "docker.io/library/redis",
        "my-app",
        "my__app",
        "a.b/c-d_e",
        "localhost:5000/app",
        "registry.example.com:5000/a/b:7.2",
        "10.0.0.1/app",
        "Registry.Example/app",
        f"redis@{DIGEST}",
        f"redis:7.2@{DIGEST}",
        "redis:" + "t" * 128,
        "redis:_tag",
    ],
)
def test_image_references_pass(image: str) -> None:
    assert spec(image=image).image == image


@pytest.mark.parametrize(
    "image",
    [
        "",
        "-redis",
        ";rm",
        "redis;rm -rf",
        "redis latest",
        "Redis",
        "redis:",
        "redis:-x",
        "redis:" + "t" * 129,
        "redis@sha256:abc",
        "redis@md5:" + "0" * 64,
        "/redis",
        "redis/",
        "a//b",
        "a..b",
        "redis\n",
        "docker://redis",
        "--privileged",
        "a" * 513,
    ],
)
def test_what_is_no_image_reference_is_refused(image: str) -> None:
    with pytest.raises(SpecError) as refusal:
        spec(image=image)
    assert repr(shortened(image, 120)) in str(refusal.value)


@given(st.text(max_size=30))
def test_no_image_can_break_out_of_a_custom_property_or_a_command_line(image: str) -> None:
    """Custom property values end at `;`, and docker takes a leading `-` for an option."""
    try:
        passed = spec(image=image).image
    except SpecError:
        return
    assert passed == image
    assert not set(image) & set("; \n\t\"'\\")
    assert not image.startswith("-")


@pytest.mark.parametrize(("text", "size"), [("512MiB", 512 * MIB), ("2 GiB", 2048 * MIB), ("1TiB", MIB * MIB)])
def test_memory_is_read_in_binary_units(text: str, size: int) -> None:
    assert spec(memory=text).memory == size
    assert memory_text(size) == text.replace(" ", "")


@pytest.mark.parametrize("text", ["", "512", "512MB", "1.5GiB", "-1GiB", "1MiB", "lots", "0GiB"])
def test_a_memory_that_could_mean_two_things_is_refused(text: str) -> None:
    with pytest.raises(SpecError, match="MiB, GiB or TiB"):
        spec(memory=text)


@given(st.integers(min_value=32, max_value=10**6))
def test_memory_survives_being_shown(mebibytes: int) -> None:
    assert spec(memory=memory_text(mebibytes * MIB)).memory == mebibytes * MIB


@pytest.mark.parametrize("name", ["web", "web-1", "a", "Web_1.example", "é1", "w" * 64])
def test_vm_names_pass(name: str) -> None:
    assert spec(name=name).name == name


@pytest.mark.parametrize("name", ["", "\u2167", "\u0661", "a b", "web;", 'we"b', "w" * 65, "web*", "web\n", "web/1"])
def test_what_is_no_vm_name_is_refused(name: str) -> None:
    with pytest.raises(SpecError, match="is not a VM name"):
        spec(name=name)


@pytest.mark.parametrize(
    ("field", "value", "needed"),
    [
        ("cpu_shares", -1, "0 .* to 262144"),
        ("cpu_shares", 262145, "0 .* to 262144"),
        ("hosts", [], "at least one container host"),
        ("networks", [""], "network/profile"),
        ("networks", ["a/b/c"], "network/profile"),
        ("networks", ["a/"], "network/profile"),
        ("ports", ["http"], "8080:80"),
        ("volumes", ["data"], "absolute path"),
        ("volumes", ["data:relative"], "absolute path"),
        ("volumes", ["data:/a:rx"], "absolute path"),
        ("environment", {"A-B": "x"}, "letters, digits"),
    ],
)
def test_a_refusal_says_what_is_needed(field: str, value: Any, needed: str) -> None:
    with pytest.raises(SpecError, match=needed) as refusal:
        spec(**{field: value})
    assert str(refusal.value).startswith("web: ")


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(SpecError) as refusal:
        spec(image="A B", memory="512MB", cpu_shares=-1)
    assert all(word in str(refusal.value) for word in ("image", "memory", "cpu_shares"))


def test_a_value_of_the_environment_is_never_told() -> None:
    with pytest.raises(SpecError) as refusal:
        spec(environment={"BAD-KEY": "s3cret"})
    assert "s3cret" not in str(refusal.value)


def test_unset_is_not_empty() -> None:
    assert spec().networks is None
    assert spec(networks=[]).networks == ()
    assert spec().description is None
    assert spec(description="").description == ""


def test_a_network_alone_means_its_own_profile() -> None:
    assert spec(networks=["ovirtmgmt", "backend/fast"]).networks == ("ovirtmgmt/ovirtmgmt", "backend/fast")


def test_the_schema_has_every_field() -> None:
    assert set(container_options()) == set(ContainerVm.__dataclass_fields__)


def test_a_host_named_twice_is_one() -> None:
    assert spec(hosts=["host1", "host2", "host1"]).hosts == ("host1", "host2")


@pytest.mark.parametrize("text", ["", "Front page", "zwei\nZeilen", "\u00fc\u4e2d", "x" * 255])
def test_descriptions_pass(text: str) -> None:
    assert spec(description=text).description == text


@pytest.mark.parametrize("text", ["\u2603", "a\x00b", "a\x01b", "\ud800", "x" * 256])
def test_what_engine_takes_for_no_description_is_refused(text: str) -> None:
    with pytest.raises(SpecError, match="description"):
        spec(description=text)


def test_line_ends_of_a_description_are_those_that_come_back() -> None:
    assert spec(description="a\r\nb\rc").description == "a\nb\nc"
