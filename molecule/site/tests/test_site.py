# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each container answers on its address, from outside its host."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from testinfra.host import Host

testinfra_hosts = ["ansible://container_hosts"]
DATA = "molecule-site-data"


def containers(host: Host) -> list[dict[str, Any]]:
    """What docker on a host runs, in its own words."""
    names = host.check_output("docker ps --quiet").split()
    found: list[dict[str, Any]] = json.loads(host.check_output("docker inspect " + " ".join(names)))
    return found


def test_every_container_is_one_of_vdsm(host: Host) -> None:
    assert all(found["Name"].startswith("/vdsm-") for found in containers(host))


def test_every_container_answers_from_outside(host: Host) -> None:
    for found in containers(host):
        ((network, about),) = found["NetworkSettings"]["Networks"].items()
        url = f"http://{about['IPAddress']}/"
        if network == "storage":
            said = host.check_output(f"ip netns exec storage-server curl -sS --max-time 5 {url}")
        else:
            curl = ["docker", "run", "--rm", f"--network={DATA}", "--entrypoint=curl", "ovirt-lab/el9"]
            curl += ["-sS", "--max-time", "5", url]
            said = subprocess.run(curl, check=True, capture_output=True, text=True).stdout
        assert said.strip() == found["Config"]["Hostname"]


def test_forwarding_is_as_it_was(host: Host) -> None:
    assert host.check_output("iptables -S FORWARD").splitlines()[0] == "-P FORWARD ACCEPT"
