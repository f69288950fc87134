# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""Which runtime a container VM has, or gets. Pure."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from ..errors import SpecError
from ..spec import ContainerVm
from ..text import dotted
from .guest import Guest
from .interface import Runtime
from .microvm import Microvm
from .vdsm import Vdsm, elsewhere

#: All runtimes by name. ``auto`` takes the first that fits the cluster.
RUNTIMES: dict[str, Runtime] = {runtime.name: runtime for runtime in (Vdsm(), Guest(), Microvm())}
#: Runtimes that people may ask for and that are not supported: name -> why, and what to use.
_NO_RUNTIME = {
    "rkt": "rkt was abandoned in 2020, and Vdsm 4.19 never ran it. Take vdsm, which runs docker on the host",
    "runc": "docker and podman call runc themselves; it cannot pull an image. Take vdsm, which runs docker on the host",
    "docker": "docker is what runtime vdsm runs images with. Take vdsm",
    "podman": "Vdsm 4.19 knows docker only; podman belongs into a guest. Take vdsm, or leave runtime out",
    "systemd-nspawn": "Vdsm never had it, and it runs no OCI images by itself. Take vdsm, or leave runtime out",
    "libvirt-lxc": "libvirt's LXC driver is gone from the systems of oVirt hosts. Take vdsm, or leave runtime out",
}


def no_runtime(name: Any) -> str | None:
    """Why this runtime is not supported, for a sentence; None for a supported or an unknown name."""
    reason = _NO_RUNTIME.get(str(name).lower())
    return f"runtime {name} is not supported: {reason}" if reason else None


def runtime_of(config: dict[str, Any]) -> str | None:
    """The runtime of a VM with this configuration, None when it is not a container VM."""
    return next((runtime.name for runtime in RUNTIMES.values() if runtime.owns(config)), None)


def image_of(config: dict[str, Any]) -> str | None:
    """The image of a VM with this configuration, None when it names none or the VM is not a container VM."""
    name = runtime_of(config)
    return RUNTIMES[name].image_of(config) if name else None


def addresses_of(runtime: str | None, status: str | None, found: tuple[str, ...]) -> list[str] | None:
    """The addresses of a VM as they are returned: of one that is not up none, None where nobody reports any."""
    if not runtime or not RUNTIMES[runtime].reports_addresses or status == "absent":
        return None
    return list(found) if status == "up" else []


def image_properties() -> set[str]:
    """Names of custom properties that hold an image."""
    return {runtime.image_property for runtime in RUNTIMES.values() if runtime.image_property}


def host_tags() -> list[str]:
    """Tags of the hosts that can run containers."""
    return [runtime.host_tag for runtime in RUNTIMES.values() if runtime.host_tag]


def check(spec: ContainerVm) -> None:
    """Refuse, before any request, a spec that no runtime can honour in any cluster. Raises :class:`SpecError`."""
    if spec.state == "absent":
        return
    if spec.runtime != "auto" and not RUNTIMES[spec.runtime].available:
        raise SpecError(_not_there_yet(spec, f"runtime {spec.runtime} was asked for"))
    named = [RUNTIMES[spec.runtime]] if spec.runtime != "auto" else [r for r in RUNTIMES.values() if r.available]
    refusals = [_not_honoured(spec, runtime) for runtime in named]
    if all(refusals):
        raise SpecError(str(refusals[0]))


def choose(
    spec: ContainerVm, level: tuple[int, int], present: str | None, engine: tuple[int, ...] | None = None
) -> Runtime:
    """The runtime for ``spec`` in a cluster of compatibility ``level``.

    ``present`` is the runtime of the VM that is there, if one is: it is never switched. ``engine`` is the Engine's
    version, which a refusal for the level speaks of. Raises :class:`SpecError` when the runtime cannot be had or cannot
    honour a field of the spec.
    """
    fitting = next(runtime.name for runtime in RUNTIMES.values() if runtime.fits(level))
    name = (present or fitting) if spec.runtime == "auto" else spec.runtime
    if present and name != present:
        raise SpecError(
            f"{spec.name}: runtime {name} is asked for, but the VM is there with runtime {present}, and a VM never "
            f"changes its runtime. Leave runtime out, or remove the VM first (state: absent)"
        )
    runtime = RUNTIMES[name]
    if not runtime.fits(level):
        raise SpecError(f"{spec.name}: {runtime.why_unfit(level, engine)}")
    if not runtime.available:
        because = f"a cluster of compatibility level {dotted(level)} needs runtime {name}"
        raise SpecError(_not_there_yet(spec, because, engine))
    if refusal := _not_honoured(spec, runtime):
        raise SpecError(refusal)
    return runtime


def template_for(spec: ContainerVm, level: tuple[int, int]) -> str:
    """The template of a new VM of this spec in a cluster of this level; "" if its runtime needs none."""
    fitting = next(runtime for runtime in RUNTIMES.values() if runtime.fits(level))
    runtime = fitting if spec.runtime == "auto" else RUNTIMES[spec.runtime]
    return (spec.template or runtime.template) if runtime.template else ""


def is_elsewhere(spec: ContainerVm, level: tuple[int, int]) -> bool:
    """Whether the runtime that a spec asks for does not run in clusters of this level, so that it is refused there."""
    return spec.runtime != "auto" and not RUNTIMES[spec.runtime].fits(level)


def _not_there_yet(spec: ContainerVm, because: str, engine: tuple[int, ...] | None = None) -> str:
    return f"{spec.name}: {because}, which this release does not have yet. {elsewhere(engine)}"


def _not_honoured(spec: ContainerVm, runtime: Runtime) -> str | None:
    """Why this runtime cannot fulfil the spec, naming each field and who can; None if it can."""
    refused = []
    for field in fields(spec):
        # An empty value asks for nothing, so every runtime can honour it.
        if field.name not in runtime.fields and getattr(spec, field.name):
            able = [other.name for other in RUNTIMES.values() if field.name in other.fields]
            refused.append(f"{field.name} ({' and '.join(able)} can)")
    if not refused:
        return None
    return (
        f"{spec.name}: runtime {runtime.name} cannot honour {', '.join(refused)}. Leave it out, or use a runtime that "
        "can; microvm is not there yet"
    )
