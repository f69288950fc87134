# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A machine that builds packages: rpmbuild and rpm that are stand-ins, and the laboratory's stub of Vdsm's sources."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

from tests.host_tier.machine import LAB, Machine

STAND_IN = Path(__file__).with_name("stand_in_rpm.py")
STUBS = LAB / "images" / "rpm" / "stub-sources"


def install(machine: Machine) -> Machine:
    """Put both commands on a machine."""
    for name in ("rpmbuild", "rpm"):
        words = " ".join(shlex.quote(str(word)) for word in (sys.executable, "-S", STAND_IN, name))
        script = f'#!/bin/sh\nprintf \'%s\\n\' "{name} $*" >> {machine.log}\nexec {words} "$@"\n'
        (machine.bin / name).write_text(script)
        (machine.bin / name).chmod(0o755)
    return machine


def sources(folder: Path, version: str = "4.19.20") -> Path:
    """Make the stub of Vdsm's source tree, with a tarball beside it; the path of the tree."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["/bin/sh", str(STUBS), version, str(folder)], check=True, env={"PATH": "/usr/bin:/bin"})
    return folder / f"vdsm-{version}"


def build_machine(place: Path) -> Machine:
    """Such a machine, with the sources of Vdsm 4.19.20 in /srv/sources, as a tree."""
    machine = install(Machine(place))
    tree = sources(machine.root / "srv/sources")
    tree.with_name(f"{tree.name}.tar.gz").unlink()  # what is no text cannot be compared
    return machine
