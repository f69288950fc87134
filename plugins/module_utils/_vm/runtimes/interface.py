# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""What a runtime is: a way to run a container as a VM. Pure.

A runtime is one file beside this one, with a class of this kind. No other file names a runtime, a version of Vdsm or a
tag on hosts. To add one: write its file, and name it in ``choice.RUNTIMES``.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, ClassVar

from ..spec import ContainerVm

if TYPE_CHECKING:
    from ..site import Cluster, Site, Vm

#: Fields that every runtime honours.
EVERYWHERE = frozenset({"name", "state", "cluster", "description", "image", "runtime", "networks", "memory"})
#: All fields of the schema.
ALL_FIELDS = frozenset(field.name for field in fields(ContainerVm))


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

    def fits(self, level: tuple[int, int]) -> bool:
        """Whether it runs in a cluster of this compatibility level."""
        return True

    def why_unfit(self, level: tuple[int, int], engine: tuple[int, ...] | None) -> str:
        """Why it does not run at ``level``, for a sentence after the VM's name. ``engine`` is the Engine's version."""
        return f"runtime {self.name} does not run in this cluster"

    def owns(self, properties: dict[str, str]) -> bool:
        """Whether a VM with these custom properties is one of its container VMs."""
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

    def check_site(
        self, spec: ContainerVm, config: dict[str, Any], vm: Vm | None, cluster: Cluster, site: Site
    ) -> None:
        """Refuse what cannot run at this site. Raises :class:`SpecError`."""
        raise NotImplementedError
