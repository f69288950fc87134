# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""meta/runtime.yml is written from what is there; galaxy.yml is compared with environments.ini.

tools/generate_runtime            write meta/runtime.yml
tools/generate_runtime --check    only say what does not agree, and fail
"""

from __future__ import annotations

import re

from workshop.environments import ROOT, versions

RUNTIME = ROOT / "meta" / "runtime.yml"
HEADER = """---
# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Written by tools/generate_runtime from plugins/modules; do not edit.
"""


def runtime() -> str:
    """Return what meta/runtime.yml has to say: every module takes part in the action group `containers`."""
    modules = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py") if path.stem != "__init__")
    members = "\n".join(f"    - {name}" for name in modules)
    requires = versions()["collection"]["requires_ansible"]
    return f'{HEADER}requires_ansible: "{requires}"\naction_groups:\n  containers:\n{members}\n'


def disagreements() -> list[str]:
    """Return a sentence for each place that contradicts another."""
    stated = versions()["collection"]
    galaxy = (ROOT / "galaxy.yml").read_text()
    found = []
    if not RUNTIME.exists() or RUNTIME.read_text() != runtime():
        found.append("meta/runtime.yml is not what plugins/modules asks for: run `make runtime`.")
    for name, floor in stated.items():
        if "." in name and not re.search(rf'^  {re.escape(name)}: "{re.escape(floor)}"$', galaxy, re.MULTILINE):
            found.append(f'galaxy.yml: dependencies must have {name}: "{floor}", as tools/environments.ini says.')
    oldest = re.search(r"(\d+\.\d+)", stated["requires_ansible"])
    if oldest is None or not versions().has_section(f"core-{oldest[1]}"):
        found.append("environments.ini: the oldest supported ansible-core has no test environment.")
    return found


def main(arguments: list[str]) -> int:
    """Write or check."""
    if arguments != ["--check"]:
        RUNTIME.parent.mkdir(exist_ok=True)
        RUNTIME.write_text(runtime())
    problems = disagreements()
    print("\n".join(problems) or "meta/runtime.yml and galaxy.yml agree with what is there")
    return 1 if problems else 0
