# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demonstration of runtime guest: an Engine 4.5, and a host that runs the guests of its VMs on this machine."""

from __future__ import annotations

import base64
import json
import ssl
import subprocess
import urllib.request
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from workshop import ROOT, WORK, lab
from workshop.console import heading, say
from workshop.environment import BIN
from workshop.processes import Children

from demo.showing import INVENTORY, LAB, DemoError, compare, environment, play, run
from demo.simulated import writes

FOLDER = WORK / "guests"
IMAGES = ("web:v1", "web:v2")
NAMES = ("front", "shop", "queue")
WISHES, WORLD = LAB / "guests.json", LAB / "guests.yml"
DEPLOY = ("playbooks/deploy_containers.yml", *INVENTORY, "-e", f"@{WISHES.relative_to(ROOT)}")
PORT = 8080


def lacks() -> str:
    """Why guests cannot run on this machine; empty if they can."""
    ask = "from ovirt_lab import guests; print(guests.lacks('nspawn', make=True))"
    done = subprocess.run([BIN / "python", "-c", ask], env=environment(), capture_output=True, text=True, check=True)
    return done.stdout.strip()


def wish(image: str) -> None:
    """Write the list of containers; the first of them has this image."""
    containers = [
        {
            "name": name,
            "cluster": "Default",
            "image": f"localhost/{image if name == NAMES[0] else IMAGES[0]}",
            "entrypoint": ["/init"],
            "networks": ["ovirtmgmt"],
        }
        for name in NAMES
    ]
    WISHES.write_text(json.dumps({"containers": containers, "containers_settle": 5, "containers_update": "now"}))


def start(children: Children) -> lab.Engine:
    """Make the template's disk, and start the Engine."""
    archives = FOLDER / "images"
    run(children, [BIN / "python", ROOT / "lab/images/containers/make", archives, *IMAGES], "The images")
    named = [f"--image=localhost/{name}={archives / name.replace(':', '-')}.tar" for name in IMAGES]
    make: list[str | Path] = [BIN / "python", "-B", "-m", "ovirt_lab.guests", "--dir", FOLDER, *named]
    disk = run(children, make, "ovirt_lab.guests").splitlines()[-1]
    world = {
        "clusters": [{"name": "Default", "version": "4.7"}],
        "hosts": [{"name": "host1", "guests": "nspawn"}],
        "networks": [{"name": "ovirtmgmt"}],
        "templates": [{"name": "container-guest", "image": disk}],
        "vms": [],
    }
    WORLD.write_text(json.dumps(world))
    try:
        return lab.start(children, BIN / "python", LAB, "--version", "4.5", "--world", WORLD, env=environment())
    except lab.LabError as problem:
        raise DemoError(str(problem)) from problem


def show(children: Children) -> None:
    """Run the steps."""
    heading("1. An oVirt Engine 4.5 starts, with one host and one template")
    say("   The VMs of this host are guests that really run on this machine, under systemd-nspawn (lab/). The template")
    say("   is a Debian with cloud-init and podman; the first run makes its disk of Debian's packages, in two minutes.")
    wish(IMAGES[0])
    engine = start(children)
    say(f"   Engine {engine.about['version']} answers at {engine.about['url']}, after {engine.seconds:.1f} s.")

    heading("2. Three containers are created and run, each in a VM of its own")
    first = play(children, *DEPLOY)
    wrote = writes(engine)
    prove(engine.about)

    heading("3. The same playbook again: nothing is left to do")
    second = play(children, *DEPLOY)
    compare(first, wrote, second, writes(engine) - wrote)

    heading(f"4. {NAMES[0]} gets another image")
    wish(IMAGES[1])
    play(children, *DEPLOY)
    prove(engine.about)


def prove(about: dict[str, Any]) -> None:
    """Ask each container, at the address that its guest's agent has told the Engine."""
    for name in NAMES:
        url = f"http://{address_of(about, name)}:{PORT}/"
        with urllib.request.urlopen(url, timeout=20) as answer:
            say(f"   {name}: {url} answers {answer.read().decode().strip()!r}")


def address_of(about: dict[str, Any], name: str) -> str:
    """The IPv4 address that the Engine shows for a VM. Raises DemoError if there is none."""
    login = base64.b64encode(f"{about['username']}:{about['password']}".encode()).decode()
    url = f"{about['url']}/vms?search=name%3D{name}&follow=reported_devices"
    request = urllib.request.Request(url, headers={"Authorization": f"Basic {login}"})  # noqa: S310 - https, see about
    trust = ssl.create_default_context(cafile=about["ca_file"])
    with urllib.request.urlopen(request, context=trust, timeout=30) as answer:  # noqa: S310
        found = [each.text or "" for each in ElementTree.parse(answer).iterfind(".//ip/address")]
    usable = [each for each in found if "." in each and not each.startswith("127.")]
    if not usable:
        raise DemoError(f"The Engine shows no address for {name}.")
    return usable[0]


def farewell(kept: bool) -> None:
    """Print what to try next."""
    heading("Try next")
    if kept:
        say(f"   The containers go on running. Change {WISHES.relative_to(ROOT)}, then")
        say(f"     PATH={BIN}:$PATH ansible-playbook {' '.join(DEPLOY)}")
        say("   make demo-down    stop it")
    else:
        say("   make demo RUNTIME=guest    the same, and it goes on running for you to try things")
    say("   docs/runtimes.md           the two runtimes, and what each honours")
