# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes what is said of roles from their argument specs: a README each, and the options that container_host passes on.

usage: role_docs.py [--check]

aar-doc makes the READMEs. With --check nothing is written, and what is out of date is named.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROLES = ROOT / "roles"
#: Roles that container_host carries out, and their options that it decides itself.
PASSED_ON = ("docker", "vdsm_containers", "container_networks")
DECIDED = re.compile(r"(state|drained|goes_first)$")
BEGIN = "      # Passed on to the roles that are carried out. `make docs` copies these from their specs.\n"
TEMPLATE = """\
<!--
HEAD
`make docs` makes this of meta/argument_specs.yml.
-->

{{ content | replace('# Ansible Role: ', '# Role ', 1) }}
"""


def options_of(role: str) -> list[str]:
    """The options of a role's main entry point as they stand in its spec, each a text."""
    spec = (ROLES / role / "meta" / "argument_specs.yml").read_text()
    block = re.search(r"^  main:\n(?:.*\n)*?    options:.*\n((?:      .*\n)*)", spec, re.MULTILINE)
    if not block:
        raise SystemExit(f"role_docs: roles/{role} has no options of main")
    return [option for option in re.split(r"^(?=      \w)", block[1], flags=re.MULTILINE) if option]


def spec_with_passed_on() -> str:
    """The spec of container_host with the options that it passes on."""
    spec = (ROLES / "container_host" / "meta" / "argument_specs.yml").read_text().partition(BEGIN)[0]
    found = [option for role in PASSED_ON for option in options_of(role)]
    passed = "".join(option for option in found if not is_decided(option.split(":")[0].strip()))
    # A link to an option that is not here would lead nowhere.
    return spec + BEGIN + re.sub(r"\bO\((\w+)", lambda link: "C(" + link[1] if is_decided(link[1]) else link[0], passed)


def is_decided(option: str) -> bool:
    """Whether container_host decides about an option of another role itself."""
    return bool(DECIDED.search(option)) and not option.startswith("container_host_")


def readme(role: Path, place: Path) -> str:
    """The README of a role; ``place`` is a directory to work in."""
    copy = place / role.name
    shutil.copytree(role / "meta", copy / "meta")
    # One table of options is enough: all entry points of a role take the same.
    spec = copy / "meta" / "argument_specs.yml"
    spec.write_text(spec.read_text().replace("    options: *options\n", "      - Takes the options of C(main).\n"))
    program = Path(sysconfig.get_path("scripts"), "aar-doc")
    # Whoever holds the spec holds what is made of it.
    head = re.findall("^# (.*)", (role / "meta" / "argument_specs.yml").read_text(), re.MULTILINE)[:2]
    template = TEMPLATE.replace("HEAD", "\n".join(head))
    words = [str(program), "--output-mode", "replace", "--output-template", template, str(copy), "markdown"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"role_docs: aar-doc failed for {role.name}: {done.stdout}{done.stderr}")
    text = (copy / "README.md").read_text().replace("This entrypoint has no options.\n\n", "")
    # What follows is the same for every role, and its example sets nothing; README.md of the project has real ones.
    return text.partition("\n## Dependencies")[0].rstrip("\n") + "\n"


def main(words: list[str]) -> int:
    """Write, or with --check compare; how many files were out of date then."""
    check, stale = "--check" in words, []
    wanted = {ROLES / "container_host" / "meta" / "argument_specs.yml": spec_with_passed_on()}
    for path, text in wanted.items():
        stale += [path] if path.read_text() != text else []
        if not check:
            path.write_text(text)
    with tempfile.TemporaryDirectory() as place:
        for role in sorted(path for path in ROLES.iterdir() if path.is_dir()):
            path, text = role / "README.md", readme(role, Path(place))
            stale += [path] if not path.exists() or path.read_text() != text else []
            if not check:
                path.write_text(text)
    for path in stale:
        print(f"{path.relative_to(ROOT)}: {'is out of date; run `make docs`' if check else 'written'}")
    return len(stale) if check else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
