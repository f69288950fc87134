# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes ovirt_lab/engine/api_model.json: the services, actions and links of the API model of each Engine.

python lab/tests/conformance/write_model.py MODEL ENGINE
    clones of https://github.com/oVirt/ovirt-engine-api-model and https://github.com/oVirt/ovirt-engine

The file has names only. Of a service it says, for each version of the Engine that has it, its base, the methods of its
collection or object, its actions, its sub-services by their addresses, and the service of its items ("*"). `needs` are
the attributes that are mandatory when something is added (`@InputDetail`), alternatives with a `|` between them, and
`signatures` those of each way to add, of which one has to be whole; not for services whose class in the Engine has an
`add` of its own, as that takes the place of the one that looks for a signature.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

# The model that each Engine was built with: `model.version` in pom.xml of ovirt-engine 4.1.9, 4.3.10 and 4.5.3.7.
TAGS = {"4.1": "4.1.40", "4.3": "4.3.31", "4.5": "4.5.12"}
ENGINES = {"4.1": "ovirt-engine-4.1.9", "4.3": "ovirt-engine-4.3.10", "4.5": "ovirt-engine-4.5.3.7"}
RESOURCES = "backend/manager/modules/restapi/jaxrs/src/main/java"
PLACE = Path(__file__).parents[2] / "ovirt_lab" / "engine" / "api_model.json"
METHODS = {"Add": "add", "List": "list", "Get": "get", "Update": "update", "Remove": "remove"}
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
SERVICE = re.compile(r"\bpublic interface (\w+Service)(?:\s+extends\s+([\w, ]+?))?\s*\{")
METHOD = re.compile(r"^ {4,5}interface (\w+)(?:\s+extends\s+([\w, ]+?))?\s*\{", re.MULTILINE)
ADD = re.compile(r"\binterface Add(?:\s+extends\s+[\w, ]+?)?\s*\{")
SIGNATURE = re.compile(r"\binterface \w+\s+extends\s+Add\b[^{]*\{")
MANDATORY = re.compile(r"or\(\s*mandatory\((.+?)\),\s*mandatory\((.+?)\)\s*\);|mandatory\((.+?)\);")
STEP = re.compile(r"(\w+)\(\)")
LOCATOR = re.compile(r"@Service\s+(\w+)\s+(\w+)\(([^)]*)\)\s*;")


def block(text: str, start: int) -> str:
    """What is in the braces that are open at a place."""
    depth, end = 1, start
    while depth:
        depth += {"{": 1, "}": -1}.get(text[end], 0)
        end += 1
    return text[start : end - 1]


def mandatory(text: str) -> list[str]:
    """The mandatory attributes of an `inputDetail`, with the parameter's name: "vm.cluster.id|vm.cluster.name"."""
    found = []
    for first, second, only in MANDATORY.findall(text):
        names = [".".join(STEP.findall(part)) for part in (first, second, only) if part]
        snake = [re.sub(r"([A-Z])", lambda big: f"_{big[1].lower()}", name).replace("._", ".") for name in names]
        if all(snake):
            found.append("|".join(snake))
    return found


def adding(text: str, own: bool) -> dict[str, Any]:
    """`needs` and `signatures` of a service's way to add. `own`: the Engine's class has an `add` of its own."""
    start = ADD.search(text)
    if start is None:
        return {}
    base = block(text, start.end())
    inner = [block(base, match.end()) for match in SIGNATURE.finditer(base)]
    for part in inner:
        base = base.replace(part, "")
    if not inner:
        return {"needs": mandatory(base)}
    signatures = [wanted for part in inner if (wanted := mandatory(part))]
    return {} if own else {"needs": mandatory(base), "signatures": signatures}


def parse(source: str, own: set[str]) -> tuple[str, dict[str, Any]] | None:
    """The name of the service of a file, and what is known of it."""
    text = COMMENT.sub("", source)
    found = SERVICE.search(text)
    if found is None:
        return None
    about: dict[str, Any] = {"base": "", "methods": [], "actions": [], "links": {}}
    about["base"] = next((name.strip() for name in (found[2] or "").split(",")), "")
    names = {name for name, _ in METHOD.findall(text)}
    for name, bases in METHOD.findall(text):
        # A method that extends another of its service is a signature of it, at the same address.
        if {base.strip() for base in bases.split(",")} & names:
            continue
        if name in METHODS:
            about["methods"].append(METHODS[name])
        else:
            about["actions"].append(name.lower())
    for service, name, parameters in LOCATOR.findall(text[found.end() :]):
        service = f"{service.removesuffix('Service')}Service"  # one is written without
        about["links"]["*" if parameters.strip() else name.lower()] = service
    about |= adding(text[found.end() :], found[1].removesuffix("Service") in own)
    return found[1], {key: value for key, value in about.items() if value}


def own_adds(directory: str, tag: str) -> set[str]:
    """The collections whose class in the Engine has a method `add`: "Vms"."""
    command = ["git", "-C", directory, "grep", "-l", "Response add(", tag, "--", RESOURCES]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"/(?:Backend)(\w+)Resource\.java", found))


def read(directory: str, tag: str, own: set[str]) -> dict[str, Any]:
    """The services of the model at a tag, by their names."""

    def git(*words: str) -> str:
        return subprocess.run(["git", "-C", directory, *words], capture_output=True, text=True, check=True).stdout

    paths = [path for path in git("ls-tree", "-r", "--name-only", tag).splitlines() if path.endswith("Service.java")]
    parsed = [parse(git("show", f"{tag}:{path}"), own) for path in paths]
    return dict(sorted(entry for entry in parsed if entry is not None))


def main(directory: str, engine: str) -> None:
    """Write the file. A service that is the same in several versions is written once."""
    services: dict[str, list[dict[str, Any]]] = {}
    for version, tag in TAGS.items():
        for name, about in read(directory, tag, own_adds(engine, ENGINES[version])).items():
            forms = services.setdefault(name, [])
            same = next((form for form in forms if form["service"] == about), None)
            if same is None:
                forms.append({"versions": [version], "service": about})
            else:
                same["versions"].append(version)
    lines = [f"{json.dumps(name)}: {json.dumps(forms, sort_keys=True)}" for name, forms in sorted(services.items())]
    PLACE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
