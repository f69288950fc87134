# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The base image, Debian: pulled if a registry answers, else made of Debian's packages on this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

from .docker import LabError, docker, inspect
from .mirrors import Mirror

Say = Callable[[str], None]
ANSWER = 10.0  # seconds until a registry has to answer
OPTIONS = (
    "--variant=apt",
    "--dpkgopt=path-exclude=/usr/share/man/*",
    "--dpkgopt=path-exclude=/usr/share/doc/*",
    "--dpkgopt=path-exclude=/usr/share/locale/*",
    "--dpkgopt=force-unsafe-io",
    '--aptopt=APT::Install-Recommends "false"',
)
_installing = threading.Lock()


def base(suite: str, source: Mirror, say: Say) -> str:
    """The name of an image of this Debian suite; pulled or made when it is not there."""
    pulled, made = f"debian:{suite}-slim", f"ovirt-lab/base:{suite}"
    # The one that is pulled has no certificates, so that its apt reads no https.
    for name in [made] if source.is_secret else [pulled, made]:
        if inspect("image", name):
            return name
    if not source.is_secret and _pull(pulled):
        say(f"{pulled}: pulled")
        return pulled
    why = "the mirror speaks https" if source.is_secret else "no registry answers"
    say(f"{made}: {why}, so it is made of Debian's packages (half a minute)")
    _make(suite, made, source)
    return made


def _pull(name: str) -> bool:
    """Try to pull; False if the registry does not answer within a few seconds."""
    with subprocess.Popen(
        ["docker", "pull", name], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        answered = threading.Event()

        def read() -> None:
            for _ in process.stdout or ():
                answered.set()

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        reader.join(ANSWER)
        if not answered.is_set():
            process.kill()
        try:
            return process.wait(300) == 0
        except subprocess.TimeoutExpired:
            process.kill()
            return False


def _make(suite: str, name: str, source: Mirror) -> None:
    """With mmdebstrap; it sets up its own sources, so the machine need not be Debian of that release."""
    _need_mmdebstrap()
    with tempfile.TemporaryDirectory(prefix="ovirt-lab-") as folder:
        archive = Path(folder) / "base.tar"
        more = ["--include=ca-certificates"] if source.is_secret else []
        done = subprocess.run(
            ["mmdebstrap", "--quiet", *OPTIONS, *more, suite, str(archive), *source.sources(suite)],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600, check=False,
        )  # fmt: skip
        if done.returncode:
            said = "\n".join(done.stderr.strip().splitlines()[-10:])
            raise LabError(
                f"mmdebstrap could not make a base of Debian {suite} from {source.archive or 'its own mirror'}: {said}"
            )
        docker("import", str(archive), name, timeout=300)


def _need_mmdebstrap() -> None:
    with _installing:
        if shutil.which("mmdebstrap"):
            return
        if os.geteuid() or not shutil.which("apt-get"):
            raise LabError(
                "No registry answers, so that the hosts' base image has to be made here, and for that mmdebstrap is "
                "missing: install it (Debian, Ubuntu: apt install mmdebstrap), or let docker pull debian:bookworm-slim."
            )
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for words in (["update", "-qq"], ["install", "-qq", "-y", "--no-install-recommends", "mmdebstrap"]):
            done = subprocess.run(
                ["apt-get", *words], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                timeout=300, check=False,
            )  # fmt: skip
        if not shutil.which("mmdebstrap"):
            raise LabError(f"mmdebstrap could not be installed: {done.stderr.strip()[-500:]}")
