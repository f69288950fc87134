# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the pages of docs/ and README.md say besides their YAML: commands, names, messages and tables of variables."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._engine.credentials import auth_options
from jinja2 import StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from tests.docs.test_examples import BLOCK, PAGES
from tests.support import plays

pytestmark = pytest.mark.timeout(300)

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
COLLECTION = "ovirt_contrib.containers"
#: Playbooks that change nothing but an Engine. The others need machines; scenarios of molecule run them.
ENGINE_ONLY = ("deploy_containers", "report")
#: Options of commands that ask a person or read a file that only a site has.
OF_A_SITE = ("--ask-vault-pass", "--vault-password-file")
PLAYBOOKS = sorted(path.stem for path in (ROOT / "playbooks").glob("*.yml"))
FENCE = re.compile(r"^```(?P<kind>\w*)\n(?P<text>.*?)^```", re.MULTILINE | re.DOTALL)
#: What else a name of the collection may be, besides what has a file.
GROUPS = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text())["action_groups"]


def blocks(path: Path, kind: str) -> list[str]:
    """The blocks of one kind on a page."""
    return [match["text"] for match in FENCE.finditer(path.read_text()) if match["kind"] == kind]


def runs_of(path: Path) -> list[list[str]]:
    """The words of each ansible-playbook command on a page."""
    lines = "".join(blocks(path, "console")).splitlines()
    commands = [line.removeprefix("$ ") for line in lines if line.startswith("$ ansible-playbook ")]
    return [shlex.split(command, comments=True)[1:] for command in commands]


def names(words: list[str]) -> tuple[str, list[str]]:
    """The playbook of a command, and its other words without the inventory and what only a site has."""
    kept: list[str] = []
    skip = False
    for word in words[1:]:
        if not skip and word not in (*OF_A_SITE, "-i"):
            kept.append(word)
        skip = not skip and word in ("-i", "--vault-password-file")
    return words[0].removeprefix(f"{COLLECTION}."), kept


@pytest.fixture
def inventory(site: dict[str, str], tmp_path: Path) -> Path:
    """The inventory of the page "Getting started", and two groups for the playbooks that need machines."""
    found = next(yaml.safe_load(text) for text in blocks(DOCS / "getting_started.md", "yaml"))
    found["engine"]["vars"] |= {"containers_settle": 1, "ansible_remote_tmp": str(tmp_path / "remote")}
    found |= {"engine_machine": {"hosts": {"engine.example.com": None}}}
    found |= {"container_hosts": {"hosts": {f"host{number}.example.com": None for number in range(1, 4)}}}
    path = tmp_path / "inventory.yml"
    path.write_text(yaml.safe_dump(found))
    return path


def login(site: dict[str, str]) -> dict[str, Any]:
    """The environment variables of a login."""
    return {f"OVIRT_{key.upper().replace('_', '')}": value for key, value in site.items()}


@pytest.mark.parametrize(
    "path", [path for path in PAGES if runs_of(path) and path.stem != "getting_started"], ids=lambda path: path.name
)
def test_commands_of_a_page(path: Path, site: dict[str, str], inventory: Path) -> None:
    """They run in the order in which they stand; those that need machines are parsed, with all their options."""
    seen: list[tuple[str, list[str]]] = []
    for words in runs_of(path):
        playbook, others = names(words)
        if (playbook, others) in seen:
            continue
        seen.append((playbook, others))
        assert playbook in PLAYBOOKS, f"{path.name}: there is no playbook {words[0]}"
        parsed = [] if playbook in ENGINE_ONLY else ["--syntax-check"]
        done = plays.play(words[0], "-i", inventory, *others, *parsed, cwd=inventory.parent, **login(site))
        assert done.code == 0, f"{path.name}: {' '.join(words)}\n{done.text}"


def test_getting_started_runs_what_it_says(site: dict[str, str], inventory: Path) -> None:
    """The run creates what the plan says, a second run changes nothing, and the table has the container VMs."""
    plan, run, report = (
        plays.play(words[0], "-i", inventory, *names(words)[1], cwd=inventory.parent, **login(site))
        for words in runs_of(DOCS / "getting_started.md")
    )
    again = plays.play(f"{COLLECTION}.deploy_containers", "-i", inventory, cwd=inventory.parent, **login(site))
    assert [done.code for done in (plan, run, report, again)] == [0, 0, 0, 0], plan.text + run.text + report.text
    assert plan.count("changed") == run.count("changed") == 1
    assert again.count("changed") == 0
    assert re.search(r"cache +redis:7\.2", report.text), report.text


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_names_on_a_page_are_there(path: Path) -> None:
    """A name of the collection is a module, plugin, role, playbook, group or file of it."""
    there = {found.stem for found in ROOT.glob("plugins/*/*.py")} | {found.name for found in ROOT.glob("roles/*")}
    there |= {*PLAYBOOKS, *GROUPS, "NAME"}
    found = set(re.findall(rf"{re.escape(COLLECTION)}\.(\w+)", path.read_text()))
    assert found <= there, f"{path.name}: {found - there}"


def sources() -> str:
    """All messages of the collection: the texts of its files, with blanks, quotes and line ends made one blank."""
    paths = [*ROOT.glob("plugins/**/*.py"), *ROOT.glob("roles/*/tasks/*.yml"), *ROOT.glob("playbooks/*.yml")]
    return plain("\n".join(path.read_text() for path in sorted(paths)))


def plain(text: str) -> str:
    """A text as it is compared: a Python string that goes on in the next line is one text."""
    joined = re.sub(r"[\"']\s*\n\s*f?r?[\"']", "", text)
    return " ".join(joined.replace("\\'", "'").split())


#: Messages of ansible-core; tests/integration/test_play_hosts.py sees them.
ANSIBLES = {"Attempting to decrypt but no vault secrets found"}
#: The usual words of ansible-core for a missing library; the library stands in ours.
OF_ANSIBLE = re.compile(r"Failed to import the required Python library \((.*)\)")
MESSAGES = [text for text in blocks(DOCS / "troubleshooting.md", "text") if text.strip() not in ANSIBLES]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda text: text[:40].strip())
def test_messages_of_troubleshooting_are_real(message: str) -> None:
    """Each part between the dots stands in a message of the collection."""
    there = sources()
    parts = [plain(part) for part in OF_ANSIBLE.sub(r"\1", message).split("...")]
    long_enough = [part for part in parts if len(part) > 3]
    assert long_enough
    for part in long_enough:
        assert part in there, f"no message has: {part}"


def table_of(playbook: str) -> set[str]:
    """The variables that the page of playbooks has below a playbook."""
    sections = re.split(r"^## ", (DOCS / "playbooks.md").read_text(), flags=re.MULTILINE)
    text = next(part for part in sections if part.startswith(f"`{playbook}`\n"))
    return set(re.findall(r"^\| `(\w+)` \|", text[text.index("| variable |") :], re.MULTILINE))


def variables_of(playbook: str) -> set[str]:
    """The variables that a playbook itself reads."""
    text = re.sub(r"^ *#.*\n", "", (ROOT / "playbooks" / f"{playbook}.yml").read_text(), flags=re.MULTILINE)
    return set(re.findall(r"\b(engine_auth|container_serial|containers_\w+|containers(?= \| default))\b", text))


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_the_table_of_a_playbook_has_its_variables(playbook: str) -> None:
    assert table_of(playbook) == variables_of(playbook)


def test_the_tags_of_site_are_those_of_the_page() -> None:
    content = yaml.safe_load((ROOT / "playbooks" / "site.yml").read_text())
    tags = {part["tags"]: part["ansible.builtin.import_playbook"] for part in content if part["tags"] != "always"}
    page = (DOCS / "playbooks.md").read_text()
    assert tags == {tag: f"{name}.yml" for tag, name in re.findall(r"^\| `(\w+)` \| `(\w+)` \|$", page, re.MULTILINE)}


@pytest.fixture
def credential() -> tuple[dict[str, Any], dict[str, Any]]:
    """The credential type of the page about AWX: its inputs and its injectors."""
    found = [yaml.safe_load(text) for text in blocks(DOCS / "awx.md", "yaml")]
    inputs, injectors = (
        next(part for part in found if isinstance(part, dict) and key in part) for key in ("fields", "env")
    )
    return inputs, injectors


def test_the_credential_type_for_awx_logs_in(
    credential: tuple[dict[str, Any], dict[str, Any]], site: dict[str, str], tmp_path: Path
) -> None:
    """What it injects is filled in as AWX does it, and a play logs in with nothing else, both ways of the page."""
    inputs, injectors = credential
    given = {"url": site["url"], "username": site["username"], "password": site["password"]}
    given["ca"] = Path(site["ca_file"]).read_text()
    assert {field["id"] for field in inputs["fields"]} == set(inputs["required"]) == set(given)
    assert {field["id"] for field in inputs["fields"] if field.get("secret")} == {"password"}
    fill = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False).from_string
    paths = {}
    for key, template in injectors["file"].items():
        paths[key.removeprefix("template.")] = tmp_path / key
        (tmp_path / key).write_text(fill(template).render(given) + "\n")
    context = {**given, "tower": {"filename": paths}}
    env: dict[str, Any] = {name: fill(template).render(context) for name, template in injectors["env"].items()}
    assert set(env) == login(site).keys()
    texts = [yaml.safe_load(text) for text in blocks(DOCS / "awx.md", "yaml")]
    variables = next(part for part in texts if isinstance(part, dict) and "engine_auth" in part)
    assert set(variables["engine_auth"]) <= set(auth_options()["auth"]["options"])
    task: dict[str, Any] = {f"{COLLECTION}.container_vm_info": {}}
    login_by_variable = {f"{COLLECTION}.container_vm_info": {"auth": "{{ engine_auth }}"}}
    play = {"hosts": "engine", "gather_facts": False, "vars": variables, "tasks": [task, login_by_variable]}
    (tmp_path / "play.yml").write_text(yaml.safe_dump([play]))
    controller = next(part for part in texts if isinstance(part, dict) and "engine" in part)
    controller["engine"]["vars"] = {"ansible_remote_tmp": str(tmp_path / "remote")}
    (tmp_path / "hosts.yml").write_text(yaml.safe_dump(controller))
    done = plays.play("-i", tmp_path / "hosts.yml", tmp_path / "play.yml", cwd=tmp_path, **env)
    assert done.code == 0, done.text
    assert done.count("ok") == 2


def test_every_yaml_block_of_a_page_can_be_read() -> None:
    for path in PAGES:
        for match in BLOCK.finditer(path.read_text()):
            assert yaml.safe_load(match["text"]), f"{path.name}: an empty block"
