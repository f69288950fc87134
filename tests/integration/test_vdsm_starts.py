# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""When the role vdsm_containers waits for a Vdsm: what its clients say while it starts, and what only looks like it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.plays import ROOT, play

VARIABLES = ROOT / "roles" / "vdsm_containers" / "vars" / "main.yml"
CLIENT = "vdsm-client: Connection to localhost:54321 with use_tls=True, timeout=60 failed: "
INITIALIZING = "Recovering from crash or Initializing"
FAILED = {"running": True, "capability": "failed", "spm": None}
CASES: list[tuple[dict[str, Any] | None, bool]] = [
    ({**FAILED, "capability_message": f"{CLIENT}[Errno 111] Connection refused"}, True),
    # Where ::1 is asked first and there is none.
    ({**FAILED, "capability_message": f"{CLIENT}[Errno 99] Cannot assign requested address"}, True),
    ({**FAILED, "capability_message": "Connection to localhost:54321 refused"}, True),  # vdsClient
    ({**FAILED, "capability_message": f"... failed: (code=99, message={INITIALIZING})"}, True),
    ({**FAILED, "capability_message": INITIALIZING}, True),  # vdsClient
    # The last 99 was the answer to the second call.
    ({"running": True, "capability": "false", "capability_message": None, "spm": None}, True),
    ({"running": True, "capability": "true", "capability_message": None, "spm": False}, False),
    ({"running": True, "capability": "false", "capability_message": None, "spm": True}, False),
    ({"running": False, "capability": "failed", "capability_message": "vdsmd does not run", "spm": None}, False),
    # vdsm-containers without docker.
    ({**FAILED, "capability_message": "... failed: (code=-32603, message=[Errno 2] docker)", "spm": False}, False),
    ({**FAILED, "capability_message": "neither vdsm-client nor vdsClient is installed"}, False),
    ({"running": False, "capability": None, "capability_message": None, "spm": None}, False),
    (None, False),  # the module failed, which is told by itself
]


@pytest.mark.timeout(120)
def test_what_is_waited_for(tmp_path: Path) -> None:
    looked = [{"container_host": {"vdsm": vdsm}} if vdsm else {"failed": True} for vdsm, _starts in CASES]
    tasks = [
        {
            "ansible.builtin.debug": {"msg": "{{ __vdsm_containers_starts }}"},
            "vars": {"__vdsm_containers_looked": each},
            "register": f"case{number}",
        }
        for number, each in enumerate(looked)
    ]
    results = ", ".join(f"case{number}.msg" for number in range(len(looked)))
    write = {"ansible.builtin.copy": {"dest": str(tmp_path / "out"), "content": f"{{{{ [{results}] | to_json }}}}"}}
    plays = [{"hosts": "localhost", "gather_facts": False, "vars_files": [str(VARIABLES)], "tasks": [*tasks, write]}]
    (tmp_path / "play.yml").write_text(json.dumps(plays))
    run = play(tmp_path / "play.yml")
    assert run.code == 0, run.text
    found = [str(value) == "True" for value in json.loads((tmp_path / "out").read_text())]
    assert found == [starts for _vdsm, starts in CASES]
