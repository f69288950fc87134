# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""What must be true before anything is planned for a VM. Pure; each raises :class:`SpecError`, or :class:`VmStateError`
where the state of the VM is why.
"""

from __future__ import annotations

from .errors import SpecError, VmStateError
from .site import HALTED, UNSEEN, Cluster, Site, Vm
from .spec import ContainerVm
from .text import listing


def check_identity(spec: ContainerVm, vm: Vm | None) -> None:
    """Refuse an ordinary VM of this name, and a VM in another cluster."""
    if vm and vm.runtime is None:
        raise SpecError(
            f"{spec.name}: a VM of this name exists and is not a container VM (it has neither the custom property "
            "containerType nor a record that can be read), so it is not touched. Choose another name"
        )
    if vm and spec.cluster not in (None, vm.config["cluster"]):
        raise SpecError(
            f"{spec.name}: the VM is in cluster {vm.config['cluster']!r}, and {spec.cluster!r} is asked for. A "
            "container VM is pinned to hosts of its cluster and cannot move. Correct cluster, or leave it out"
        )


def check_status(spec: ContainerVm, vm: Vm) -> None:
    """Refuse to start a container while it is not known whether it runs, or while its VM is paused or suspended."""
    if vm.status in UNSEEN:
        raise VmStateError(
            f"{spec.name}: its state is {vm.status}, because Engine does not reach host {vm.host}, so nobody knows "
            "whether its container runs. Bring the host back, or confirm in Engine that it was rebooted"
        )
    if vm.status in HALTED and spec.state == "running":
        raise VmStateError(
            f"{spec.name}: it is {vm.status}, which a container cannot come back from. Use state: restarted"
        )


def check_creation(spec: ContainerVm, site: Site) -> None:
    """Refuse a new VM without image or cluster. The name may be misspelt, so the error has similar names."""
    missing = [key for key in ("image", "cluster") if not getattr(spec, key)]
    if not missing:
        return
    near = site.names_near(spec.name)
    names = f"; similar names: {listing(near)}. Correct name" if near else ". Correct name"
    needed = " and ".join(f"{'an' if key == 'image' else 'a'} {key}" for key in missing)
    raise SpecError(
        f"{spec.name}: no container VM has this name{names}, or give {' and '.join(missing)}: to create it {needed} "
        f"{'is' if len(missing) == 1 else 'are'} needed"
    )


def check_networks(spec: ContainerVm, cluster: Cluster, site: Site) -> None:
    """Each network asked for has a vNIC profile in the cluster's data center."""
    for network in spec.networks or ():
        if (cluster.id, network) not in site.profiles:
            raise SpecError(
                f"{spec.name}: cluster {cluster.name!r} has no vNIC profile {network!r}. It has: "
                f"{listing(site.networks_of(cluster))}. Name one of them"
            )


def networks_of_running(spec: ContainerVm, vm: Vm) -> VmStateError:
    """The error for networks that differ while the container runs."""
    return VmStateError(
        f"{spec.name}: its networks differ from what is asked for ({listing(vm.config['networks'])} found, "
        f"{listing(spec.networks or ())} wanted), and those of a running container cannot be changed. Stop it first, "
        "or use state: restarted"
    )
