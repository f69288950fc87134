# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A play without hosts ends well and has done nothing; with this lookup it is refused."""

from __future__ import annotations

DOCUMENTATION = r"""
name: play_hosts
short_description: Name the hosts of a play, or say why there are none
version_added: 0.1.0
author:
  - ovirt_contrib.containers contributors (@ovirt-contrib)
description:
  - Returns its pattern unchanged when the inventory has hosts for it and C(--limit) leaves one of them in.
  - Fails otherwise, and so does the playbook, before its first play begins. Without this a play that finds no host is
    skipped, and ansible-playbook ends as if all was well.
  - Checks the collections that this one depends on too, since a play would notice one that is missing in the middle.
  - The playbooks of this collection use it for C(hosts).
options:
  _terms:
    description:
      - Pattern of the play's hosts, as C(hosts) takes it. One only.
    type: list
    elements: str
    required: true
  also:
    description:
      - Patterns of hosts that later plays need. They are checked in the same way.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- name: Deploy containers
  hosts: "{{ lookup('ovirt_contrib.containers.play_hosts', 'engine', also=['container_hosts']) }}"
  gather_facts: false
  tasks:
    - name: See what runs where
      ovirt_contrib.containers.container_vm_info:
        auth: "{{ engine_auth }}"
"""

RETURN = r"""
_raw:
  description: The pattern, in a list of one.
  type: list
  elements: str
"""

import importlib
import json
from itertools import starmap
from pathlib import Path
from typing import Any

import yaml
from ansible import context
from ansible.errors import AnsibleLookupError
from ansible.galaxy.dependency_resolution.versioning import meets_requirements
from ansible.plugins.loader import lookup_loader
from ansible.plugins.lookup import LookupBase

OWN = Path(__file__).parents[2]
#: What a group that the playbooks look for is, for somebody who has none.
GROUPS = {
    "engine": "the host that talks to the Engine's API, usually the controller itself (ansible_connection: local)",
    "engine_machine": "the machine that the Engine is installed on",
    "container_hosts": "the oVirt hosts that run containers",
}


class LookupModule(LookupBase):
    """The lookup."""

    def run(self, terms: list[str], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[str]:
        """Return the pattern; raises AnsibleLookupError with all that is wrong."""
        self.set_options(var_options=variables, direct=kwargs)
        if len(terms) != 1:
            raise AnsibleLookupError(f"play_hosts takes one pattern of hosts, not {len(terms)}. More go into `also`.")
        # There may be no inventory when only the syntax is checked.
        if not context.CLIARGS.get("syntax"):
            self._check([*terms, *self.get_option("also")], variables or {})
        return terms

    def _check(self, patterns: list[str], variables: dict[str, Any]) -> None:
        problems = [problem for problem in starmap(_trouble, _dependencies(OWN).items()) if problem]
        limit = variables.get("ansible_limit") or ""
        # A limit may be a file of hosts that failed (@site.retry): which these are is not looked at here.
        limited = None if not limit or "@" in limit else set(self._hosts(limit, variables))
        for pattern in patterns:
            hosts = set(self._hosts(pattern, variables))
            if not hosts:
                problems.append(_none(pattern))
            elif limited is not None and not hosts & limited:
                problems.append(_left_out(pattern, limit))
        if problems:
            raise AnsibleLookupError("\n".join(problems))

    def _hosts(self, pattern: str, variables: dict[str, Any]) -> list[str]:
        """Names of the hosts of the inventory that a pattern matches, whatever the limit."""
        by_pattern = lookup_loader.get("ansible.builtin.inventory_hostnames", loader=self._loader)
        return list(by_pattern.run([pattern], variables={"groups": dict(variables.get("groups", {}))}))


def _none(pattern: str) -> str:
    """Nobody is in a group."""
    if pattern not in GROUPS:
        return f"The inventory has no host for `{pattern}`. Name hosts that it has."
    variable = {"container_hosts": "containers_hosts"}.get(pattern, f"containers_{pattern}")
    return (
        f"The inventory has no host in the group `{pattern}`: {GROUPS[pattern]}. Add the group, as inventories/example "
        f"of this collection has it, or name hosts with -e {variable}=PATTERN."
    )


def _left_out(pattern: str, limit: str) -> str:
    """There are hosts, and none of them is within the limit."""
    return (
        f"`--limit {limit}` leaves out all hosts of `{pattern}`, and the playbook needs one of them. "
        f"Let it in (--limit '{limit},{pattern}'), or run without a limit."
    )


def _dependencies(place: Path) -> dict[str, str]:
    """What the collection in a directory depends on: versions by collection."""
    return dict(_about(place).get("dependencies") or {})


def _about(place: Path) -> dict[str, Any]:
    """What a collection says of itself: when it was built, or in its checkout."""
    if (place / "MANIFEST.json").exists():
        return dict(json.loads((place / "MANIFEST.json").read_text(encoding="utf-8"))["collection_info"])
    galaxy = place / "galaxy.yml"
    return dict(yaml.safe_load(galaxy.read_text(encoding="utf-8"))) if galaxy.exists() else {}


def _trouble(name: str, wanted: str) -> str | None:
    """What is wrong with a collection that this one depends on, if anything."""
    try:
        places = list(importlib.import_module(f"ansible_collections.{name}").__path__)
        version = str(_about(Path(places[0])).get("version") or "")
        # Of one without a version nothing is known; it is somebody's checkout.
        if not version or meets_requirements(version, wanted):
            return None
        found = f"is there in version {version}"
    except ImportError:
        found = "is not installed"
    return (
        f"The collection {name} {found}, and {wanted} is needed. "
        f"Install it: ansible-galaxy collection install --upgrade '{name}:{wanted}'"
    )
