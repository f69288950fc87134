# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collection as it is shipped: built from the project's files, installed without any network where nothing was."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from workshop import archive

BIN = Path(sys.executable).parent
ROOT = Path(__file__).parents[2]
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py") if path.stem != "__init__")
#: Nothing but these may come with it: installed content reads only the directories.
SHIPPED = {
    *("CHANGELOG.md", "CODE_OF_CONDUCT.md", "FILES.json", "LICENSE", "LICENSES", "MANIFEST.json", "README.md"),
    *("SECURITY.md", "bindep.txt", "changelogs", "inventories", "meta", "playbooks", "plugins", "requirements.txt"),
    "roles",
}


def run(place: Path, *command: str | Path) -> str:
    """Run a command of Ansible that finds our collection where it is installed only, and those of the pip package."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE")}
    env |= {"ANSIBLE_COLLECTIONS_PATH": str(place / "installed"), "ANSIBLE_NOCOLOR": "1"}
    words = [str(BIN / command[0]), *map(str, command[1:])]
    done = subprocess.run(words, cwd=place, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory that the archive is installed in."""
    place = tmp_path_factory.mktemp("archive")
    built = archive.build(place)
    run(place, "ansible-galaxy", "collection", "install", built, "--offline", "-p", place / "installed")
    return place


def test_nothing_else_is_shipped(installed: Path) -> None:
    content = installed / "installed" / "ansible_collections" / "ovirt_contrib" / "containers"
    assert {path.name for path in content.iterdir()} == SHIPPED
    assert [path.name for path in (content / "inventories").iterdir()] == ["example"]


def test_links_of_its_readme_work_where_nothing_else_is(installed: Path) -> None:
    content = installed / "installed" / "ansible_collections" / "ovirt_contrib" / "containers"
    about = yaml.safe_load((ROOT / "galaxy.yml").read_text())
    here, shipped = ((place / "README.md").read_text() for place in (ROOT, content))
    relative = archive.RELATIVE.findall(here)
    assert relative
    assert not archive.RELATIVE.findall(shipped)
    for path in relative:
        assert (ROOT / path.partition("#")[0]).exists(), f"README.md links to {path}, which is not there"
        assert f"]({about['repository']}/blob/{about['version']}/{path})" in shipped


@pytest.mark.parametrize(
    ("link", "wanted"),
    [
        ("[a](lab/README.md)", "[a](https://example.org/x/blob/1.0.0/lab/README.md)"),
        ("[a](docs/b.md#c)", "[a](https://example.org/x/blob/1.0.0/docs/b.md#c)"),
        *[(link, link) for link in ("[a](#b)", "[a](https://c.example.com/d)", "[a](mailto:b@example.com)", "a (b)")],
    ],
)
def test_relative_links_become_absolute(link: str, wanted: str) -> None:
    assert archive.absolute(link, "https://example.org/x/", "1.0.0") == wanted


def test_its_modules_can_be_read(installed: Path) -> None:
    names = [f"ovirt_contrib.containers.{module}" for module in MODULES]
    read = json.loads(run(installed, "ansible-doc", "--json", *names))
    assert {name for name, about in read.items() if about["doc"]["short_description"]} == set(names)
