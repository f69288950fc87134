# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""Every container VM of an Engine, for listing them."""

from __future__ import annotations

from .._vm.site import Site, Vm
from .engine import Engine
from .lists import UnreadVm, list_vms
from .queries import clusters_list, hosts_list, listed, profiles_by_network, profiles_list, version_of
from .read import VmReader, read_cluster, read_host, whole


def find(engine: Engine, search: str) -> tuple[list[Vm], Site, dict[str, str]]:
    """Every container VM that a search finds, the site they are of, and VMs that cannot be read, each with the reason.

    Always five list requests, so Engine 4.1 leaves the networks unknown.
    """
    seen = listed(
        engine,
        {
            "vms": lambda system: list_vms(system, {"follow": "nics,reported_devices", "search": search}),
            "clusters": clusters_list(),
            "hosts": hosts_list(),
            "profiles": profiles_list,
            "networks": lambda system: whole(system.networks_service().list(), "id", "name"),
        },
    )
    site = Site(clusters={cluster.name: read_cluster(cluster) for cluster in seen["clusters"]})
    site.hosts = {host.name: read_host(host) for host in seen["hosts"]}
    # Networks of the whole site under no cluster in particular: here they only name what a NIC already has.
    _profiles_of_none, site.networks = profiles_by_network(seen["profiles"], {"": seen["networks"]})
    reader = VmReader(site)
    unread = {vm.name: vm.why for vm in seen["vms"] if isinstance(vm, UnreadVm)}
    vms = reader.readable((vm for vm in seen["vms"] if not isinstance(vm, UnreadVm)), unread)
    return [vm for vm in vms if vm.runtime], site, unread


def tags_and_version(engine: Engine) -> tuple[set[str], tuple[int, ...]]:
    """Names of all tags, and the Engine's version: why a search by tag finds nothing."""
    seen = listed(
        engine, {"tags": lambda system: whole(system.tags_service().list(), "id", "name"), "version": version_of}
    )
    return {tag.name for tag in seen["tags"]}, seen["version"]
