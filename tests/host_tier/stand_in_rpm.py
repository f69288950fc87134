# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""rpmbuild and rpm as far as a package of files goes: ``python stand_in_rpm.py rpmbuild|rpm WORDS``.

A package is a text file: what the spec says, as JSON, and the content of its files. The real rpmbuild is at work in
``molecule/vdsm_containers``.
"""

from __future__ import annotations

import json
import re
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any


def rpmbuild(words: list[str]) -> int:
    """Build what the spec says; like the real one, fail where a listed file was not installed."""
    defines = dict(word.split(" ", 1) for option, word in pairwise(words) if option == "--define")
    spec = Path(words[-1]).read_text()
    head = dict(re.findall(r"^(\w+): (.*)$", spec, re.MULTILINE))
    payload = Path(re.findall(r"^cp -a (\S+)/\. ", spec, re.MULTILINE)[0])
    listed = [line.removeprefix("%dir ").removeprefix("%ghost ") for line in spec.split("%files\n")[1].splitlines()[1:]]
    for name in listed:
        if not (payload / name.lstrip("/")).exists():
            print(f"error: File not found: {payload}{name}", file=sys.stderr)
            return 1
    contents = {path: (payload / path.lstrip("/")).read_bytes().hex() for path in listed if "." in path.split("/")[-1]}
    package = {"head": head, "files": sorted(listed), "contents": contents}
    target = Path(defines["_rpmdir"]) / f"{head['Name']}-{head['Version']}-{head['Release']}.noarch.rpm"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(package))
    return 0


def rpm(words: list[str]) -> int:
    """Answer the questions that are asked of a package's file."""
    package: dict[str, Any] = json.loads(Path(words[-1]).read_text())
    head = package["head"]
    if "--scripts" in words:
        return 0
    if "REQUIRENAME" in words[words.index("--qf") + 1]:
        print("rpmlib(FileDigests)  <=  4.6.0-1\n" + head["Requires"].replace(" = ", "  =  "))
        return 0
    print(head["Name"], head["Version"], head["Release"], head["BuildArch"])
    print("\n".join(package["files"]))
    return 0


if __name__ == "__main__":
    sys.exit({"rpmbuild": rpmbuild, "rpm": rpm}[sys.argv[1]](sys.argv[2:]))
