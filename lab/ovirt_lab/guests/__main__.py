# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m ovirt_lab.guests`: make the disk that guests boot from."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .available import NSPAWN, QEMU, lacks
from .ground import GuestError
from .image import disk

DESCRIPTION = """\
Makes the disk of a guest: Debian with cloud-init, podman and the guest agent, as a raw file. It is made once for what
goes into it; the last line says where it is. Container images (archives of `docker save`) can be put into it.
"""


def main(argv: list[str] | None = None) -> int:
    """Make the disk; 0 when it is there, 2 when it cannot be made."""
    parser = argparse.ArgumentParser(
        prog="python -m ovirt_lab.guests", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dir", default=".ovirt-lab/guests", type=Path, help="where it goes (.ovirt-lab/guests)")
    parser.add_argument(
        "--bootable", action="store_true", help="with a kernel and a boot loader: for qemu, and for a real oVirt"
    )
    named = "a container image to put into it, such as localhost/web:v1=web.tar"
    parser.add_argument("--image", action="append", default=[], metavar="NAME=FILE", help=named)
    options = parser.parse_args(argv)
    problem = lacks(QEMU if options.bootable else NSPAWN, make=True)
    try:
        if problem:
            raise GuestError(problem)
        images = {name: Path(file) for name, _, file in (each.rpartition("=") for each in options.image)}
        path = disk(options.dir, options.bootable, images, say=lambda words: print(words, file=sys.stderr))
    except (GuestError, OSError) as error:
        print(f"ovirt-lab: {error}", file=sys.stderr)
        return 2
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
