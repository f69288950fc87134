# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible-test's sanity tests: on a copy of the collection, with a home of its own, and without get-pip.py's host."""

from __future__ import annotations

import ast
import configparser
import re
import subprocess
from pathlib import Path

from workshop.environments import ROOT, VENVS, WORK, pythons
from workshop.sources import NAME, copy_collection
from workshop.steps import Step, real_path, sanity

# Not imported: it acts as soon as it is read, as ansible-test wants it.
GET_PIP = ROOT / "tools" / "workshop" / "get_pip.py"
# ansible-test sees what becomes the collection, and its tests. The embedded Engine and the tools are programs of their
# own, never imported by Ansible: they have ruff, mypy and their tests, here below.
NOT_FOR_ANSIBLE_TEST = ("lab", "tools", ".ci", "docs")


def sanity_step(environment: str) -> Step:
    """Return the step that runs ansible-test's sanity tests on a copy, with a home of its own."""
    place = WORK / "sanity" / environment
    home = place / "home"

    def prepare() -> None:
        copy_collection(place, NOT_FOR_ANSIBLE_TEST)
        keep_pip_settings(VENVS / environment / "bin" / "python", home)
        cache = home / ".ansible" / "test" / "cache"
        cache.mkdir(parents=True, exist_ok=True)
        requirements = next(
            (VENVS / environment).glob("lib/*/site-packages/ansible_test/_internal/python_requirements.py")
        )
        for version in re.findall(r"\bpip='([\d.]+)'", requirements.read_text()):
            (cache / f"get_pip_{version.replace('.', '_')}.py").write_text(GET_PIP.read_text())

    interpreters = ":".join(str(Path(path).parent) for path in pythons().values())
    return Step(
        "ansible-test sanity",
        environment,
        [VENVS / environment / "bin" / "ansible-test", "sanity", "--local", "--color", "no"],
        sanity,
        prepare,
        place / NAME,
        "ERROR|FATAL",
        {
            "HOME": str(home),
            "PATH": f"{VENVS / environment / 'bin'}:{real_path()}:{interpreters}",
        },
    )


def keep_pip_settings(python: Path, home: Path) -> None:
    """Write down pip's settings where it finds them with another home and, as ansible-test has it, without PIP_*.

    Otherwise a machine whose package index or certificate authority is a setting of pip could not run the tests.
    """
    settings = configparser.RawConfigParser()
    listing = subprocess.run([python, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True).stdout
    for section, name, value in re.findall(r"^(\S+?)\.([\w-]+)=(.*)$", listing, re.MULTILINE):
        section = "global" if section == ":env:" else section
        if not settings.has_section(section):
            settings.add_section(section)
        settings.set(section, name, str(ast.literal_eval(value)))
    place = home / ".config" / "pip" / "pip.conf"
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("w") as file:
        settings.write(file)
