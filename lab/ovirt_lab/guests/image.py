# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The disk that guests boot from: Debian, cloud-init, podman and the guest agent, made of Debian's packages.

The recipe is in lab/images/guest. A disk is made once and kept under the hash of all that goes into it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ..hosts.mirrors import mirror
from .ground import RUN, Ground, GuestError, run

SUITE = "trixie"
RECIPE = Path(__file__).resolve().parents[2] / "images" / "guest"
SIZE = 1200  # MiB that the guest sees; a third of it is full
_PATIENCE = 1800.0  # seconds for the installation
_TO_BOOT = ("boot", "packages.bootable", "root.bootable")  # what only a disk that boots by itself is made of
_LEFT_OUT = ("man", "doc", "locale")  # of /usr/share

Say = Callable[[str], None]


def disk(folder: Path, bootable: bool = False, images: Mapping[str, Path] | None = None, say: Say = print) -> Path:
    """The raw disk of a guest, made in `folder` unless it is there; nobody may write to it.

    `bootable`: with a kernel and a boot loader; without them it is for systemd-nspawn only, and half as large.
    `images`: container images to put into it, as archives of `docker save` by the name that they get there.
    Raises GuestError if it cannot be made.
    """
    if not RECIPE.is_dir():
        raise GuestError("The recipe of guests (lab/images/guest) is not there: use a checkout of the project.")
    folder = folder.absolute()  # a ground has another working directory
    folder.mkdir(parents=True, exist_ok=True)
    base = folder / f"guest-{_digest(bootable)}.raw"
    with _alone(base):
        if not base.exists():
            say(f"{base.name}: made of Debian's packages (two minutes)")
            _make(base, bootable)
    if not images:
        return base
    filled = folder / f"guest-{_digest(bootable, images)}.raw"
    with _alone(filled):
        if not filled.exists():
            _fill(base, filled, images)
    return filled


def _digest(bootable: bool, images: Mapping[str, Path] | None = None) -> str:
    result = hashlib.sha256(f"{SUITE} {SIZE} {bootable}".encode())
    for path in sorted(RECIPE.rglob("*")):
        name = path.relative_to(RECIPE)
        if path.is_file() and (bootable or name.parts[0] not in _TO_BOOT):
            result.update(f"\0{name}\0".encode() + path.read_bytes())
    for image, archive in sorted((images or {}).items()):
        result.update(f"\0{image}\0".encode() + archive.read_bytes())
    return result.hexdigest()[:16]


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One process makes a disk; others wait for it."""
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make(target: Path, bootable: bool) -> None:
    with tempfile.TemporaryDirectory(prefix="ovirt-lab-guest-", dir=target.parent) as place:
        root, unfinished = Path(place, "root"), Path(place, "disk.raw")
        _install(root, bootable)
        # extlinux reads no file system of 64 bits.
        run("mke2fs", "-q", "-t", "ext4", "-L", "root", "-O", "^has_journal,^64bit", "-E", "lazy_itable_init=1",
            "-d", str(root), str(unfinished), f"{SIZE}M", timeout=_PATIENCE)  # fmt: skip
        if bootable:
            with _mounted(unfinished) as (ground, inside):
                ground.run(str(RECIPE / "boot"), inside)
        unfinished.rename(target)
        shutil.rmtree(root)


def _install(root: Path, bootable: bool) -> None:
    packages = [*_lines(RECIPE / "packages"), *(_lines(RECIPE / "packages.bootable") if bootable else [])]
    words = ["mmdebstrap", "--quiet", "--variant=minbase", "--mode=root", f"--include={','.join(packages)}"]
    words += ['--aptopt=APT::Install-Recommends "false"', "--dpkgopt=force-unsafe-io"]
    words += [f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in _LEFT_OUT]
    files = ["root", "root.bootable"] if bootable else ["root"]
    words += [f'--essential-hook=cp -R {RECIPE / each}/. "$1"' for each in files]
    words += [f'--customize-hook={RECIPE / "prepare"} "$1" {RECIPE / "masked"}', SUITE, str(root)]
    done = subprocess.run(
        [*words, *mirror().sources(SUITE)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=_PATIENCE, check=False, env={**os.environ, "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    if done.returncode:
        said = "\n".join(done.stderr.strip().splitlines()[-10:])
        raise GuestError(f"mmdebstrap could not make a guest of Debian {SUITE}: {said}")


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text().splitlines() if line and not line.startswith("#")]


def _fill(base: Path, target: Path, images: Mapping[str, Path]) -> None:
    with tempfile.TemporaryDirectory(prefix="ovirt-lab-guest-", dir=target.parent) as place:
        unfinished = Path(place, "disk.raw")
        run("cp", "--sparse=always", str(base), str(unfinished), timeout=_PATIENCE)
        with _mounted(unfinished) as (ground, inside):
            store = f"{inside}/var/lib/containers/storage"
            ground.run("mkdir", "-p", store, f"{RUN}/storage")
            for name, archive in images.items():
                where = f"containers-storage:[overlay@{store}+{RUN}/storage]{name}"
                ground.run("skopeo", "copy", "--quiet", f"docker-archive:{archive}", where, timeout=_PATIENCE)
        unfinished.rename(target)


@contextmanager
def _mounted(path: Path) -> Iterator[tuple[Ground, str]]:
    """A ground in which a disk is mounted, and where."""
    ground, inside = Ground(), f"{RUN}/disk"
    try:
        ground.run("mkdir", "-p", inside)
        ground.run_with_loop("mount", "-o", "loop", str(path), inside)
        yield ground, inside
        ground.run("umount", "--recursive", inside)  # skopeo leaves a mount behind
    finally:
        ground.close()
