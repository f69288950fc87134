# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The images of test machines: built when their sources changed, and only then."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

from . import sdk, sources
from .bases import Say, base
from .docker import LabError, attempt, docker, inspect, need
from .mirrors import Mirror, mirror

# Image -> its Debian suite, the Enterprise Linux release it imitates, packages besides the common ones.
IMAGES = {
    "el8": ("bookworm", "8", ""),
    "el9": ("bookworm", "9", ""),
    "el7": ("bullseye", "7", "python2.7"),
    "engine": ("bookworm", "9", ""),
}
ENGINE = "engine"
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
    source = mirror()
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda suite: _build_suite(suite, suites[suite], source, say), [s for s in suites if suites[s]]))
    return wanted


def _recipe(image: str) -> sources.Recipe:
    return sources.MACHINE if image == ENGINE else sources.HOST


def _hash(image: str) -> str:
    more = (sdk.VERSION,) if image == ENGINE else ()
    return sources.digest(image, *IMAGES[image], *more, recipe=_recipe(image))


def _current(image: str) -> bool:
    found = inspect("image", tag(image))
    return bool(found) and (found[0]["Config"].get("Labels") or {}).get(LABEL) == _hash(image)


def _build_suite(suite: str, images: Iterable[str], source: Mirror, say: Say) -> None:
    origin = base(suite, source, say)
    for image in images:
        started = time.monotonic()
        _build_image(image, origin, source)
        say(f"{tag(image)}: built in {time.monotonic() - started:.0f} s")


def _build_image(image: str, origin: str, source: Mirror) -> None:
    suite, release, extra = IMAGES[image]
    # Stages get names, or their images would stay without one.
    names = {stage: f"{tag(image)}:{stage}" for stage in _recipe(image).stages}
    before = [each["Id"] for each in inspect("image", tag(image), *names.values())]
    more = {}
    if image == ENGINE:
        base_of_hosts = names.pop("system")
        arguments = {"BASE": origin, "EXTRA": extra, **source.arguments(suite)}
        _docker_build(sources.context(), arguments, "--target", "system", "--tag", base_of_hosts)
        origin, more = base_of_hosts, {"sdk.tar.gz": sdk.archive()}
    context, digest = sources.context(_recipe(image), more), _hash(image)
    arguments = {"BASE": origin, "EL": release, "EXTRA": extra, **source.arguments(suite)}
    words = ["--file", _recipe(image).dockerfile]
    for stage, name in names.items():
        _docker_build(context, arguments, *words, "--target", stage, "--tag", name)
    _docker_build(context, arguments, *words, "--label", f"{LABEL}={digest}", "--tag", tag(image))
    discard(before)


def _docker_build(context: bytes, arguments: dict[str, str], *words: str) -> None:
    values = [word for name, value in arguments.items() for word in ("--build-arg", f"{name}={value}")]
    docker("build", *values, *words, "-", data=context, timeout=900)


def discard(identities: Iterable[str]) -> None:
    """Remove the images that newer ones have replaced; docker keeps those that a host still uses."""
    for found in inspect("image", *set(identities)):
        if not found["RepoTags"]:
            attempt("image", "rm", found["Id"])
