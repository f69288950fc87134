# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The images of test hosts: built when their sources changed, and only then."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

from . import sources
from .bases import Say, base
from .docker import LabError, attempt, docker, inspect, need

# Image -> Debian suite it is made of, Enterprise Linux release it plays, packages beyond the common ones.
IMAGES = {
    "el8": ("bookworm", "8", ""),
    "el9": ("bookworm", "9", ""),
    "el7": ("bullseye", "7", "python2.7"),
}
LABEL = "ovirt-lab.sources"


def tag(image: str) -> str:
    """Its name in docker."""
    return f"ovirt-lab/{image}"


def identity(image: str) -> str:
    """Docker's id of the image that is there."""
    return str(inspect("image", tag(image))[0]["Id"])


def build(images: Sequence[str] = (), force: bool = False, say: Say = print) -> list[str]:
    """Build those of the images whose sources changed (all, when none is named); returns which."""
    unknown = [image for image in images if image not in IMAGES]
    if unknown:
        raise LabError(f"There is no image {unknown[0]!r}, only {', '.join(IMAGES)}.")
    need()
    wanted = [image for image in images or IMAGES if force or not _current(image)]
    # Images of one suite share their first layers, so they follow each other; the suites go side by side.
    suites = {suite: [image for image in wanted if IMAGES[image][0] == suite] for suite, _, _ in IMAGES.values()}
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda suite: _build_suite(suite, suites[suite], say), [s for s in suites if suites[s]]))
    return wanted


def _hash(image: str) -> str:
    return sources.digest(image, *IMAGES[image])


def _current(image: str) -> bool:
    found = inspect("image", tag(image))
    return bool(found) and (found[0]["Config"].get("Labels") or {}).get(LABEL) == _hash(image)


def _build_suite(suite: str, images: Iterable[str], say: Say) -> None:
    origin = base(suite, say)
    for image in images:
        started = time.monotonic()
        _build_image(image, origin)
        say(f"{tag(image)}: built in {time.monotonic() - started:.0f} s")


def _build_image(image: str, origin: str) -> None:
    _, release, extra = IMAGES[image]
    arguments = []
    for name, value in (("BASE", origin), ("EL", release), ("EXTRA", extra)):
        arguments += ["--build-arg", f"{name}={value}"]
    before = [each["Id"] for each in inspect("image", tag(image), f"{tag(image)}:packages")]
    context, digest = sources.context(), _hash(image)
    # The stage with the packages gets a name of its own, or it would stay behind without any.
    for name, target in ((f"{tag(image)}:packages", ["--target", "packages"]), (tag(image), [])):
        label = ["--label", f"{LABEL}={digest}"] if not target else []
        docker("build", *arguments, *target, *label, "--tag", name, "-", data=context, timeout=900)
    discard(before)


def discard(identities: Iterable[str]) -> None:
    """Remove those images whose names went to newer ones; docker keeps what a host still runs from."""
    for found in inspect("image", *set(identities)):
        if not found["RepoTags"]:
            attempt("image", "rm", found["Id"])
