# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the example scripts of the SDK's source distribution, as they are but for address and credentials."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from pathlib import Path

PASSWORD = "redhat123"  # what nearly all examples use
_PATIENCE = 60.0  # seconds for one example, on a busy machine
SPEED = 60  # Engine time, and the waits of the examples, run so much faster

# Only what stands in the call that makes the connection is rewritten.
_CONNECTION = re.compile(r"(?:sdk\.Connection|ConnectionBuilder|Connection)\((?:[^()]|\([^()]*\))*\)", re.DOTALL)

# time.sleep in an example waits for Engine time, which is faster than ours.
_SITE = """
import time
_sleep = time.sleep
time.sleep = lambda seconds: _sleep(max(0.02, seconds / {speed}))
"""


def repository() -> Path:
    """The folder that holds lab/."""
    return Path(__file__).resolve().parents[3]


@cache
def examples_dir() -> Path | str:
    """The unpacked examples of the installed SDK's version, downloaded once; or one line that says why not."""
    name = f"ovirt_engine_sdk_python-{version('ovirt-engine-sdk-python')}"
    store = repository() / ".work" / "sdk"
    given = os.environ.get("OVIRT_SDK_SOURCE")
    folder = Path(given) if given else store / name
    if not (folder / "examples").is_dir():
        if given:
            return f"SDK examples: no examples in OVIRT_SDK_SOURCE={given}"
        error = _download(store, name)
        if error:
            return error
    return folder / "examples"


def _download(store: Path, name: str) -> str:
    store.mkdir(parents=True, exist_ok=True)
    requirement = f"ovirt-engine-sdk-python=={name.rpartition('-')[2]}"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", requirement]
    done = subprocess.run(command, cwd=store, capture_output=True, text=True, check=False)
    archive = next(iter(sorted(store.glob("*.tar.gz"))), None)
    if archive is None:
        last = (done.stderr.strip().splitlines() or ["pip download failed"])[-1]
        return f"SDK examples: the source distribution cannot be downloaded: {last}"
    with tarfile.open(archive) as bundle:
        # Pythons before 3.11.4, such as Debian 12's, have no filters; the archive is pip's, and checked by it.
        bundle.extractall(store, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))  # noqa: S202
    return "" if (store / name / "examples").is_dir() else f"SDK examples: {archive.name} holds no {name}/examples"


def names() -> list[str]:
    """All example scripts, without `.py`."""
    folder = examples_dir()
    return [] if isinstance(folder, str) else sorted(path.stem for path in folder.glob("*.py"))


def rewrite(text: str, url: str, ca_file: str) -> str:
    """The script with address and credentials of the lab."""

    def connection(match: re.Match[str]) -> str:
        call = match[0]
        for name, value in {"url": url, "password": PASSWORD, "username": "admin@internal", "ca_file": ca_file}.items():
            call = re.sub(rf"\b{name}=(['\"])[^'\"]*\1", f"{name}={value!r}", call)
        return call

    text = re.sub(r"^API_URL = .*$", f"API_URL = {url!r}", text, flags=re.MULTILINE)
    text = re.sub(r"^API_CA_FILE = .*$", f"API_CA_FILE = {ca_file!r}", text, flags=re.MULTILINE)
    return _CONNECTION.sub(connection, text)


def run(
    name: str,
    url: str,
    ca_file: str,
    folder: Path,
    arguments: list[str],
    enough: Callable[[str], bool] | None = None,
) -> tuple[int, str]:
    """Run one example in a folder of its own: (exit code, output). One that has no end is ended when its output is
    `enough`; its exit code is then -15."""
    source = examples_dir()
    assert isinstance(source, Path), source
    shutil.copytree(source / "helpers", folder / "helpers")
    script = folder / f"{name}.py"
    script.write_text(rewrite((source / f"{name}.py").read_text(encoding="utf-8"), url, ca_file), encoding="utf-8")
    (folder / "sitecustomize.py").write_text(_SITE.format(speed=SPEED), encoding="utf-8")
    (folder / "password").write_text(PASSWORD, encoding="utf-8")
    settings = folder / ".config" / "ovirt.conf"
    settings.parent.mkdir()
    base = url.removesuffix("/ovirt-engine/api")
    settings.write_text(
        f"[lab]\nengine_url = {base}\nusername = admin@internal\npassword = {PASSWORD}\ncafile = {ca_file}\n",
        encoding="utf-8",
    )
    environment = {**os.environ, "HOME": str(folder), "PYTHONPATH": str(folder), "PYTHONUNBUFFERED": "1"}
    output = folder / "output"
    with output.open("w", encoding="utf-8") as file:
        example = subprocess.Popen(
            [sys.executable, str(script), *arguments],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    limit = time.monotonic() + _PATIENCE
    while example.poll() is None and not (enough and enough(output.read_text(encoding="utf-8"))):
        if time.monotonic() > limit:
            break
        time.sleep(0.02)
    if example.poll() is None:
        example.terminate()
    return example.wait(), output.read_text(encoding="utf-8")
