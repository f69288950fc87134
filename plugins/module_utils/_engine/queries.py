# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""The questions that are asked of an Engine: lists and searches, checked for what they must have."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

from .engine import Call, Engine
from .faults import EngineError
from .read import whole

#: More names than this make the search longer than servers accept; then all VMs are listed, still in one request.
NAMES_IN_A_SEARCH = 40
# A query in the administrator's view by somebody who is none; 400 in 4.1 to 4.5 (BackendResource.java).
_NOT_ALLOWED = re.compile(r"insufficient permissions|not authorized to perform this action", re.IGNORECASE)


def listed(engine: Engine, calls: dict[str, Call]) -> dict[str, Any]:
    """Run list requests together; the first that failed is raised, since an incomplete answer is of no use."""
    try:
        return engine.read(calls)
    except EngineError as error:
        if error.code == 404:
            # The list exists also when it is empty, so the address is wrong.
            raise EngineError(
                f"{engine.url} is not the API of an Engine; auth.url must end in /ovirt-engine/api", 404
            ) from error
        if _NOT_ALLOWED.search(str(error)):
            raise EngineError(
                f"{engine.user} may not see all that a container VM depends on (hosts, pinnings) at {engine.url}: an "
                "administrator's role is needed, such as ClusterAdmin. Give auth a user who has one",
                error.code,
            ) from error
        raise


def quoted(value: str) -> str:
    """A value for the Engine's search language, which has no escape for a quote."""
    return '"' + value.replace('"', "") + '"'


def search_names(names: list[str]) -> dict[str, str]:
    """The query for these VMs. The answer may hold others: wildcards and case make the search inexact."""
    if len(names) > NAMES_IN_A_SEARCH:
        return {}
    return {"search": " or ".join(f"name={quoted(name)}" for name in names)}


def by_tag(tag: str) -> str:
    """The search for what carries a tag.

    Engine keeps a translated search for a day, and with it what a tag meant when it was first searched for: a tag that
    did not exist then is never found. Only a text with "*" is translated anew (SearchQuery.java, Engine 4.1 to 4.5).
    """
    return f"tag={quoted(tag)} and name=*"


def clusters_list(with_networks: bool = False) -> Call:
    """All clusters, with their networks where the Engine knows `follow`."""
    query = {"follow": "networks"} if with_networks else {}
    return lambda system: whole(system.clusters_service().list(**query), "id", "name", "version.major", "version.minor")


def profiles_list(system: Any) -> Any:
    """All vNIC profiles."""
    return whole(system.vnic_profiles_service().list(), "id", "name")


def networks_list(cluster: str) -> Call:
    """The networks of a cluster, which is given by its id."""
    return lambda system: whole(
        system.clusters_service().cluster_service(cluster).networks_service().list(), "id", "name"
    )


def hosts_list(search: str | None = None) -> Call:
    """The hosts that a search finds, or all."""
    return lambda system: whole(system.hosts_service().list(search=search), "id", "name", "cluster.id")


def templates_list(system: Any) -> Any:
    """All templates, each once for each version that it has."""
    return whole(system.templates_service().list(), "id", "name")


def version_of(system: Any) -> tuple[int, ...]:
    """The Engine's version; four numbers, which only the whole text has."""
    version = whole([system.get()], "product_info.version.major", "product_info.version.minor")[0].product_info.version
    numbers = re.match(r"([0-9]+)\.([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?", version.full_version or "")
    if numbers:
        return tuple(int(number or 0) for number in numbers.groups())
    return (version.major, version.minor, version.build or 0, version.revision or 0)


def profiles_by_network(profiles: Any, networks: dict[str, Any]) -> tuple[dict[tuple[str, str], str], dict[str, str]]:
    """``Site.profiles`` and ``Site.networks``. Two data centers may have networks and profiles of the same names."""
    of_network = defaultdict(list)
    for profile in profiles:
        if profile.network:
            of_network[profile.network.id].append(profile)
    found = {
        (cluster, f"{network.name}/{profile.name}"): profile.id
        for cluster, members in networks.items()
        for network in members or ()
        for profile in of_network[network.id]
    }
    names = {
        profile.id: f"{network.name}/{profile.name}"
        for members in networks.values()
        for network in members or ()
        for profile in of_network[network.id]
    }
    return found, names
