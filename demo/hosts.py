# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demonstration with docker: an Engine machine, two hosts made container hosts, and containers that really run."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from workshop import lab
from workshop.console import heading, say
from workshop.environment import BIN
from workshop.processes import Children

from demo.showing import INVENTORY, LAB, SPEED, DemoError, compare, environment, play, run

GROUP = "ovirt-demo"  # the group of inventories/lab
HOSTS = ("host1", "host2")
STARTED = LAB / "hosts-started"
SITE = ("playbooks/site.yml", *INVENTORY)
REPORT = ("playbooks/report.yml", *INVENTORY)


def command(*words: str | Path) -> list[str | Path]:
    """Return a command of the lab for the demo's machines."""
    return [BIN / "python", "-B", "-m", "ovirt_lab.hosts", *words, "--group", GROUP, "--state-dir", LAB]


def take_away() -> bool:
    """Remove the machines of an earlier run, and return whether there were any."""
    if not STARTED.exists():
        return False
    subprocess.run(command("down"), env=environment(), check=False, capture_output=True)
    STARTED.unlink()
    return True


def docker(*words: str) -> str:
    """Run a docker command and return its output. Raises DemoError when it fails."""
    done = subprocess.run(["docker", *words], capture_output=True, text=True, check=False, env=environment())
    if done.returncode:
        raise DemoError(f"docker {' '.join(words)} failed: {done.stderr.strip()}")
    return done.stdout.strip()


def about() -> dict[str, Any]:
    """Return the content of engine.json: the Engine's address, version and login."""
    found: dict[str, Any] = json.loads((LAB / "engine.json").read_text())
    return found


def writes() -> int:
    """Count the writing requests that the Engine has had so far."""
    return sum(bool(request["writes"]) for request in lab.requests(about()))


def show(children: Children) -> None:
    """Run the steps."""
    heading("1. A site starts: an oVirt Engine and two hosts")
    say("   oVirt Engine is the server that manages virtual machines and the hosts that they run on. Here the three")
    say("   machines are docker containers (lab/): systemd, dnf and docker in them are real, and the Engine speaks the")
    say("   real REST API. The first run builds their images, which takes a minute or two.")
    start(children)

    heading("2. The site gets containers")
    say("   One playbook teaches the Engine about containers, turns the two hosts into container hosts, one after the")
    say("   other and drained first, and runs the three containers of inventories/lab/group_vars/all.yml. This takes a")
    say("   minute. Only changes are shown here; the playbook checks much more.")
    first = play(children, *SITE, brief=True)
    wrote = writes()

    heading("3. What runs now")
    say("   Each container is a VM to oVirt: it has a host, a status, networks, and can be stopped like any other.")
    play(children, *REPORT)
    say("\n   On the hosts, each of them is a container of docker, on the network of its vNIC profile:")
    prove()

    heading("4. The same playbook again: nothing is left to do")
    second = play(children, *SITE, brief=True)
    compare(first, wrote, second, writes() - wrote)


def start(children: Children) -> None:
    """Start the machines. No VM and no container runs yet, and the Engine knows nothing of containers."""
    STARTED.touch()
    wanted = ["engine:engine", *(f"{name}:el9" for name in HOSTS)]
    run(children, command("up", *wanted, "--speed", SPEED), "ovirt_lab.hosts")
    for name in HOSTS:
        prepare(f"{GROUP}-{name}")
    engine = about()
    say(f"   Engine {engine['version']} answers at {engine['url']}.")


def prepare(machine: str) -> None:
    """Load container images on a host, since it has no registry, and make its Vdsm's clock as fast as the Engine's."""
    docker("exec", machine, "systemctl", "enable", "--quiet", "lab-images.service")
    speed = json.dumps({"speed": int(SPEED)})
    docker("exec", machine, "sh", "-c", f"mkdir -p /etc/ovirt-lab; echo '{speed}' > /etc/ovirt-lab/vdsm.json")


def prove() -> None:
    """Show what docker on the hosts runs, and ask each container from another machine on its network."""
    for name in HOSTS:
        machine = f"{GROUP}-{name}"
        say(f"   $ docker exec {machine} docker ps")
        for line in docker("exec", machine, "docker", "ps", "--format", "table {{.Names}}\t{{.Image}}").splitlines():
            say(f"     {line}")
        for container in docker("exec", machine, "docker", "ps", "--quiet").split():
            network, address = where(machine, container)
            # On the hosts' own network from the other host, on an oVirt network from a server there.
            say(f"     {address} on {network} answers: {ask(machine, network, address)}")


def where(machine: str, container: str) -> tuple[str, str]:
    """Return the network and the address of a container."""
    shown = docker("exec", machine, "docker", "inspect", "--format", "{{json .NetworkSettings.Networks}}", container)
    ((network, found),) = json.loads(shown).items()
    return network, str(found["IPAddress"])


def ask(machine: str, network: str, address: str) -> str:
    """Return what a container answers on port 80."""
    curl = ["curl", "--silent", "--show-error", "--max-time", "5", f"http://{address}/"]
    if network == "storage":
        return docker("exec", machine, "ip", "netns", "exec", "storage-server", *curl)
    return docker("run", "--rm", f"--network={GROUP}-data", "--entrypoint=curl", "ovirt-lab/el9", *curl[1:])


def farewell(kept: bool) -> None:
    """Print what to try next."""
    heading("Try next")
    if kept:
        if where_daemon := os.environ.get("DOCKER_HOST"):
            say("   A docker daemon was started for this. Tell docker and Ansible where it listens:")
            say(f"     export DOCKER_HOST={where_daemon}")
        say("   The site keeps running. Change inventories/lab/group_vars/all.yml, then")
        say(f"     PATH={BIN}:$PATH ansible-playbook {' '.join(SITE)}")
        say("   Look at a host, or at the Engine machine:")
        say(f"     docker exec -it {GROUP}-host1 bash")
        say(f"     docker exec {GROUP}-engine engine-config -g UserDefinedVMProperties")
        say("   make demo-down    remove all of it")
    else:
        say("   make demo         the same, and the site keeps running for you to try things")
    say("   make test         prove all of it, under three versions of ansible-core")
    say("   inventories/example    the start of your own inventory")
