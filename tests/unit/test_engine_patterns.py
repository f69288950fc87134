# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the patterns of the role engine_properties let into the Engine, by the Engine's rule."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jinja2
import pytest
import yaml
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm import image as _image

VARS: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[2] / "roles" / "engine_properties" / "vars" / "main.yml").read_text()
)
DIGEST = "@sha256:" + "0123456789abcdef" * 4
LONG = "a" * 128

TAKEN = [
    "redis",
    "r",
    "mysql5",
    "my-app",
    "my__app",
    "a.b",
    "redis:3.2",
    "redis:7.2",
    "redis:latest",
    "redis:7.2-alpine_1",
    f"redis:{LONG}",
    "redis" + DIGEST,
    "redis:7.2" + DIGEST,
    "library/redis",
    "library/redis:7.2",
    "docker.io/library/redis",
    "docker.io/library/redis:3.2",
    "localhost/redis",
    "localhost:5000/redis",
    "registry:5000/redis",
    "registry.example.com/redis",
    "registry.example.com:5000/shop/queue:2.4",
    "registry.example:5000/a/b" + DIGEST,
    "REGISTRY.example.com/a/b/c/d",
    "192.0.2.7:5000/redis",
    "quay.io/centos/centos:stream9",
    "a--b/c---d",
]
REFUSED = [
    "",
    " ",
    "redis ",
    " redis",
    "redis\n",
    "Redis",
    "library/Redis",
    "redis:",
    "redis:.a",
    "redis:-a",
    f"redis:{LONG}a",
    "redis:a b",
    "redis@sha256:abc",
    "redis" + DIGEST.upper(),
    "redis" + DIGEST + "0",
    "docker://redis",
    "https://registry.example.com/redis",
    "-v/:/host",
    "--privileged",
    "redis;rm",
    "redis:7.2;containerType=none",
    "$(reboot)",
    "redis|cat",
    "a//b",
    "/redis",
    "redis/",
    "_redis",
    "redis_",
    "a...b",
    "a___b",
    "registry.example.com:port/redis",
    "registry_1.example.com:5000/redis",
    "r\u00e9dis",
]


def pattern(profile: str, name: str) -> str:
    """A pattern as the role gives it to the module."""
    text = VARS["__engine_properties_profiles"][profile][name]
    return jinja2.Environment().from_string(text).render(VARS).strip()  # noqa: S701 - no HTML


def takes(pattern: str, value: str) -> bool:
    """Whether the Engine does: String.matches, and no value may hold ";" (CustomPropertiesUtils.java, 4.1 to 4.5)."""
    return ";" not in value and re.fullmatch(pattern, value) is not None


def test_the_table_is_long_enough() -> None:
    assert len({*TAKEN, *REFUSED}) == len(TAKEN) + len(REFUSED) >= 40


@pytest.mark.parametrize("image", TAKEN)
def test_an_image_that_passes(image: str) -> None:
    assert takes(pattern("strict", "containerImage"), image)


@pytest.mark.parametrize("image", REFUSED)
def test_an_image_that_does_not(image: str) -> None:
    assert not takes(pattern("strict", "containerImage"), image)


def test_the_modules_take_the_same_images() -> None:
    """Else a module would let through what the Engine refuses, or the other way round."""
    assert pattern("strict", "containerImage") == _image.IMAGE.pattern


@pytest.mark.parametrize(("kind", "passes"), [("docker", True), ("none", False), ("rkt", False), ("", False)])
def test_docker_is_the_only_type(kind: str, passes: bool) -> None:
    """`none` runs docker (trap 18)."""
    assert takes(pattern("strict", "containerType"), kind) is passes


@pytest.mark.parametrize(
    ("volumes", "passes"),
    [("data:vda", True), ("data1:vdb", True), ("a:vda,b:vdb", True), ("data", False), ("a:vda,", False), ("", False)],
)
def test_volumes_are_a_list(volumes: str, passes: bool) -> None:
    """The pattern of 2017 takes one pair without digits (trap 17)."""
    assert takes(pattern("strict", "volumeMap"), volumes) is passes


def test_the_blog_to_the_letter() -> None:
    """Seed of the patterns: the blog of 2017, which refuses what people run (trap 16)."""
    assert [takes(pattern("blog", "containerImage"), image) for image in ("redis", "docker://redis")] == [True, True]
    assert not [image for image in TAKEN if takes(pattern("blog", "containerImage"), image) and not image.isalpha()]
    assert takes(pattern("blog", "containerType"), "none")


def test_no_pattern_ends_the_specification() -> None:
    patterns = [
        pattern(profile, name) for profile, names in VARS["__engine_properties_profiles"].items() for name in names
    ]
    assert not [text for text in patterns if ";" in text or "\n" in text]
    assert sum(map(len, patterns)) < 2000
