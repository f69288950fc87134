# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filters of container_vm_info: the search they become, and why it may have found nothing."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._engine.filters import (
    FILTERS,
    check_filters,
    doubts_about_tag,
    not_there,
    search,
)
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.errors import SpecError
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.site import Cluster, Host, Site

SITE = Site(
    clusters={"Default": Cluster("c-1", "Default", (4, 1), "dc")},
    hosts={"host1": Host("h-1", "host1", "c-1", (4, 19), True)},
)


def filters(**given: str) -> dict[str, Any]:
    """Options with these filters."""
    return {**dict.fromkeys(FILTERS), **given}


def test_all_vms_are_searched_without_a_filter() -> None:
    assert search(filters()) == "sortby name asc"


def test_filters_are_one_search() -> None:
    assert search(filters(name="web*", host="host1")) == 'name="web*" and host="host1" sortby name asc'
    assert search(filters(tag="shop")) == 'tag="shop" and name=* sortby name asc'


@pytest.mark.parametrize("value", ["", " ", 'a"b'])
def test_a_filter_that_cannot_be_searched_for(value: str) -> None:
    with pytest.raises(SpecError, match=r"^cluster .* cannot be searched for"):
        check_filters(filters(cluster=value))
    check_filters(filters(cluster="Default"))


def test_a_name_that_the_site_lacks() -> None:
    [doubt] = not_there(filters(cluster="Prod", host="HOST*"), SITE)
    assert doubt == "cluster 'Prod' does not exist, so no container VM is found; Engine has: Default"


@pytest.mark.parametrize("name", ["Default", "default", "Def*", "*"])
def test_a_name_that_the_site_has(name: str) -> None:
    assert not_there(filters(cluster=name), SITE) == []


def test_a_pattern_is_no_regular_expression() -> None:
    assert not_there(filters(cluster="D.fault"), SITE) != []


def test_doubts_about_a_tag() -> None:
    assert doubts_about_tag("shop", {"shop"}, (4, 3, 10, 4)) == []
    assert "Engine has: a, b" in doubts_about_tag("shop", {"b", "a"}, (4, 3, 10, 4))[0]
    assert "Engine 4.1.2.0 finds nothing" in doubts_about_tag("a_b", {"a_b"}, (4, 1, 2, 0))[0]
