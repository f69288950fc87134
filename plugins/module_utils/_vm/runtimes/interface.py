# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""What a runtime is: a way to run a container as a VM. Pure.

A runtime is one file beside this one, with a class of this kind. No other file names a runtime, a version of Vdsm or a
tag on hosts. To add one: write its file, and name it in ``choice.RUNTIMES``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import TYPE_CHECKING, Any, ClassVar

from ..errors import SpecError
from ..spec import ContainerVm
from ..text import listing

if TYPE_CHECKING:
    from ..guest.files import Secrets
    from ..guest.record import Record
    from ..site import Cluster, Host, Site, Vm

#: Fields that every runtime honours.
EVERYWHERE = frozenset({"name", "state", "cluster", "description", "image", "runtime", "networks", "memory"})
#: All fields of the schema.
ALL_FIELDS = frozenset(field.name for field in fields(ContainerVm))


def host_named(asker: str, name: str, cluster: Cluster, site: Site) -> Host:
    """The host of this name in a cluster. Raises :class:`SpecError` on behalf of ``asker`` when it has none."""
    found = site.hosts.get(name)
    if found is None or found.cluster != cluster.id:
        there = "is in another cluster" if found else "does not exist"
        raise SpecError(
            f"{asker}: host {name!r} {there}; hosts of cluster {cluster.name!r} are needed, which are "
            f"{listing(site.hosts_of(cluster))}. Correct hosts"
        )
    return found


class Runtime:
    """A way to run containers. The default answers are those of a runtime that is planned and not there yet."""

    #: The value of the option ``runtime``.
    name = ""
    #: Whether this release has it.
    available = False
    #: Fields of the schema that it honours; any other field that is set is refused.
    fields = ALL_FIELDS
    #: Tag in the Engine of hosts that can run it, where the Engine does not know them; "" where every host can.
    host_tag = ""
    #: The custom property that names the image, "" where none does.
    image_property = ""
    #: What the Engine's reasons for a failed start mean: part of its words -> explanation.
    hints: ClassVar[dict[str, str]] = {}
    #: What to look for when a container ended right after its start; a sentence with a blank before it, or "".
    ended = ""
    #: Whether a VM goes down in good order when its system is asked to shut down.
    shuts_down = False
    #: Whether an agent in the guest reports the addresses of the VM.
    reports_addresses = False
    #: The template of a new VM where the spec names none; "" where VMs have none.
    template = ""

    def fits(self, level: tuple[int, int]) -> bool:
        """Whether it runs in a cluster of this compatibility level."""
        return True

    def why_unfit(self, level: tuple[int, int], engine: tuple[int, ...] | None) -> str:
        """Why it does not run at ``level``, for a sentence after the VM's name. ``engine`` is the Engine's version."""
        return f"runtime {self.name} does not run in this cluster"

    def owns(self, config: dict[str, Any]) -> bool:
        """Whether a VM with this configuration is one of its container VMs."""
        return False

    def image_of(self, config: dict[str, Any]) -> str | None:
        """The image that a VM with this configuration runs, None where none is named."""
        image: str | None = config.get("properties", {}).get(self.image_property)
        return image

    def desired(self, spec: ContainerVm, current: dict[str, Any] | None, hosts: tuple[str, ...]) -> dict[str, Any]:
        """The configuration that ``spec`` asks for, with those keys only that it has an opinion on.

        ``current`` is the configuration found, None for a new VM. ``hosts`` carry :attr:`host_tag`.
        """
        raise NotImplementedError

    def sign(self, record: Record | None) -> str:
        """The interface that the guest's agent reports while the container of a record runs.

        "" where none does, so that the state of the VM is all there is.
        """
        return ""

    def why(self, interfaces: Iterable[str]) -> str:
        """What the guest's agent reported last of a container that ended: a sentence after a blank, or ""."""
        return ""

    def wished(self, config: dict[str, Any]) -> dict[str, Any]:
        """The fields of a spec that asks for the container of this configuration."""
        return {"image": self.image_of(config)}

    def hidden(self, spec: ContainerVm, record: Record | None) -> Secrets | None:
        """What is given to one start only; None where neither the spec nor the record speaks of it."""
        return None

    def check_start(self, spec: ContainerVm, record: Record | None) -> None:
        """Refuse a start for which the spec does not give all that is needed. Raises :class:`SpecError`."""

    def record(self, spec: ContainerVm, config: dict[str, Any], vm: Vm | None) -> Record | None:
        """The record to keep in the VM of this configuration, None for a runtime whose VMs have none."""
        return None

    def check_site(
        self, spec: ContainerVm, config: dict[str, Any], vm: Vm | None, cluster: Cluster, site: Site
    ) -> None:
        """Refuse what cannot run at this site. Raises :class:`SpecError`."""
        raise NotImplementedError
