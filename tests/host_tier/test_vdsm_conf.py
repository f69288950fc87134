# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""vdsm.conf is read as Vdsm 4.19 does, which is to say: as the ConfigParser of Python 2.7 itself."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host import vdsm
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.host import Host

from tests.host_tier import machines, shipping
from tests.unit.host.conftest import on  # noqa: F401  # pylint: disable=unused-import  # a fixture

PYTHON = shipping.interpreter("2.7")
#: What lib/vdsm/config.py.in does with its parameters, then with the files (v4.19.20).
READER = """
import ConfigParser, glob, json, os, sys
parser = ConfigParser.ConfigParser()
parser.add_section("containers")
for key, value in json.loads(sys.argv[2]).items():
    parser.set("containers", key, value)
root = sys.argv[1]
try:
    parser.read(root + "/etc/vdsm/vdsm.conf")
    dropins = []
    for place in ("/usr/lib/vdsm/vdsm.conf.d/", "/run/vdsm/vdsm.conf.d/", "/etc/vdsm/vdsm.conf.d/"):
        dropins.extend(glob.glob(root + place + "*.conf"))
    dropins.sort(key=os.path.basename)
    parser.read(dropins)
    print(json.dumps({key: parser.get("containers", key) for key in ("cgroup_slice", "network_name")}))
except Exception as error:
    print(json.dumps(type(error).__name__))
"""
CASES = [
    "[containers]\nnetwork_name = one\n",
    "[containers]\nNetwork_Name: one\nnetwork_name = two\n",
    "[containers]\nnetwork_name = one ; a comment\ncgroup_slice = two # none\n",
    "[containers]\nnetwork_name = ;all of it \n",
    "[containers]\nnetwork_name = ;all of it\n",
    "[containers]\nnetwork_name = one;two\n",
    '[containers]\nnetwork_name = ""\n',
    "[containers]\nnetwork_name =\n",
    "[containers]\nnetwork_name = %(cgroup_slice)s-net\ncgroup_slice = a\n",
    "[containers]\nnetwork_name = %(CGROUP_slice)s\n",
    "[containers]\nnetwork_name = %(network_gateway)s\n",
    "[containers]\nnetwork_name = %(nowhere)s\n",
    "[containers]\nnetwork_name = %(network_name)s\n",
    "[containers]\nnetwork_name = 100%\n",
    "[containers]\nnetwork_name = 100%d %(cgroup_slice)s\n",
    "[containers]\nnetwork_name = 100%% %(cgroup_slice)s\n",
    "[containers]\nnetwork_name = %%(cgroup_slice)s\n",
    "[DEFAULT]\nnetwork_name = theirs\n",
    "[DEFAULT]\nnetwork_name = theirs\n[containers]\ncgroup_slice = a\n",
    "[DEFAULT]\nbase = theirs\n[containers]\nnetwork_name = %(base)s\n",
    "[containers]\nnetwork_name = one\n  two\n",
    "[containers]\nnetwork_name = one\n\n  two\n",
    "[containers]\n  network_name = one\n",
    "  [containers]\nnetwork_name = one\n",
    "[containers]\nrem network_name = one\nREM = two\nremark = three\n",
    "[containers]\nnetwork_name\n",
    "network_name = one\n",
    "[containers\nnetwork_name = one\n",
    "[containers] ; a comment\nnetwork_name = one\n",
    "[Containers]\nnetwork_name = one\n",
    "[containers]\nnetwork_name = one\r\ncgroup_slice = a\r\n",
    "[containers]\nnetwork_name = a = b\ncgroup_slice: c: d\n",
    "[containers]\n: x\n",
    "",
    "# nothing\n\n;nothing\n",
]


def as_vdsm(root: Path) -> Any:
    """What Python 2.7 makes of the files."""
    defaults = json.dumps({**vdsm._UNUSED, **vdsm.DEFAULTS})
    done = subprocess.run([PYTHON or "", "-c", READER, root, defaults], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.skipif(PYTHON is None, reason="Python 2.7 is not on this machine")
@pytest.mark.parametrize("content", CASES)
def test_one_file(on: Any, content: str) -> None:  # noqa: F811
    machine = on(machines.empty).file("/etc/vdsm/vdsm.conf", content)
    effective, _files, problem = vdsm.configuration(Host())
    meant = as_vdsm(machine.root)
    assert bool(problem) == isinstance(meant, str), (meant, problem)
    assert problem or effective == meant


@pytest.mark.skipif(PYTHON is None, reason="Python 2.7 is not on this machine")
def test_files_and_their_order(on: Any) -> None:  # noqa: F811
    machine = on(machines.empty).file("/etc/vdsm/vdsm.conf", "[containers]\nnetwork_name = main\n[DEFAULT]\nbase = b\n")
    for number, path in enumerate(
        (
            "/usr/lib/vdsm/vdsm.conf.d/50-lib.conf",
            "/run/vdsm/vdsm.conf.d/40-run.conf",
            "/etc/vdsm/vdsm.conf.d/.99-hidden.conf",
            "/etc/vdsm/vdsm.conf.d/99-text.conf.rpmsave",
            "/etc/vdsm/vdsm.conf.d/45-etc.conf",
        )
    ):
        machine.file(path, f"[containers]\nnetwork_name = %(base)s{number}\n")
    effective, files, problem = vdsm.configuration(Host())
    assert (effective, problem) == (as_vdsm(machine.root), None)
    assert effective["network_name"] == "b0"
    assert not [path for path in files if "hidden" in path or "rpmsave" in path]
