# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m ovirt_lab.hosts`: container hosts, and an Engine machine, for other processes."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from . import machine
from .docker import LabError
from .group import DEFAULT, Group, groups
from .images import IMAGES, build, tag
from .spec import HostSpec

DESCRIPTION = """\
oVirt hosts in docker containers: systemd, dnf, real docker inside, a bridge ovirtmgmt, a stand-in Vdsm. And, if wanted,
their Engine's machine: ovirt-engine is a service there, and engine-config a command.
Whatever daemon the docker command reaches runs them (DOCKER_HOST is honoured).
"""

EPILOG = """\
examples
  python -m ovirt_lab.hosts build                       el8, el9, el7, engine; nothing to do when they are current
  python -m ovirt_lab.hosts up h1:el9 h2:el8            two hosts in group ovirt-lab: containers ovirt-lab-h1, ...
  python -m ovirt_lab.hosts up full:el9:docker=64m --group small --state-dir .ovirt-lab
  python -m ovirt_lab.hosts up engine:engine h1:el9 h2:el9 --state-dir .ovirt-lab --speed 20
  python -m ovirt_lab.hosts list --json
  docker exec ovirt-lab-h1 dnf -y install docker
  python -m ovirt_lab.hosts down

`up` builds what is missing, leaves a host alone that is as wanted, replaces one whose image or options changed, and
starts one that was stopped. --state-dir writes hosts.json: per host its container, image, address, vdsm_url, networks;
and engine.json: the Engine's url, username, password and ca_file. An Engine machine whose --world, --speed or
--engine-version is another one, or whose hosts are others, is replaced. Its world (lab/README.md) has the group's hosts
by their names; without one there is a cluster Default of all of them, and the Engine knows nothing of containers yet.
OVIRT_LAB_MIRROR: the Debian mirror to build images from (default: that of this machine's apt).
OVIRT_LAB_POOL: the network that those of groups are taken from (default 10.213.0.0/16).
lab/images/README.md tells what is in a host.
"""


def parser() -> argparse.ArgumentParser:
    """The command line."""
    result = argparse.ArgumentParser(
        prog="python -m ovirt_lab.hosts",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = result.add_subparsers(dest="command", required=True, metavar="COMMAND")
    images = commands.add_parser("build", help="build the images whose sources changed")
    images.add_argument("images", nargs="*", metavar="IMAGE", help=f"{', '.join(IMAGES)}; all, when none is named")
    images.add_argument("--force", action="store_true", help="even if they did not change")
    up = commands.add_parser("up", help="bring hosts up, and wait until systemd says running")
    up.add_argument("hosts", nargs="+", metavar="NAME:IMAGE[:docker=SIZE]", help="SIZE of /var/lib/docker, default 2g")
    up.add_argument("--timeout", type=float, default=60, metavar="S", help="seconds a host has to boot (60)")
    up.add_argument("--no-build", action="store_true", help="take the images as they are")
    up.add_argument("--world", type=Path, metavar="FILE.yml", help="what the Engine of an Engine machine manages")
    up.add_argument("--engine-version", choices=machine.VERSIONS, help=f"which Engine it is ({machine.INSTALLED})")
    up.add_argument("--speed", type=float, metavar="N", help="let its time run N times faster")
    down = commands.add_parser("down", help="remove a group's hosts, volumes and networks")
    shown = commands.add_parser("list", help="the hosts that are there, of all groups unless one is given")
    shown.add_argument("--json", action="store_true", help="as a JSON list")
    shown.add_argument("--group", metavar="G")
    for command in (up, down):
        command.add_argument("--group", default=DEFAULT, metavar="G", help=f"label and prefix (default {DEFAULT})")
        command.add_argument("--state-dir", type=Path, metavar="D", help="where hosts.json is, or is to be")
    return result


def _build(arguments: argparse.Namespace) -> None:
    built = build(arguments.images, force=arguments.force, say=_say)
    for image in arguments.images or IMAGES:
        if image not in built:
            _say(f"{tag(image)}: current")


def _up(arguments: argparse.Namespace) -> None:
    specs = [HostSpec.parse(text) for text in arguments.hosts]
    engine, options = _engine(specs, arguments)
    group = Group(arguments.group)
    for host, seconds in group.up(specs, timeout=arguments.timeout, rebuild=not arguments.no_build):
        _say(f"{host.container}: {host.image}, {host.address}, running after {seconds:.1f} s")
    if engine is not None:
        login = machine.up(group, engine, options, arguments.timeout)
        _say(f"{login['container']}: Engine {login['version']} ready at {login['url']}")
        if arguments.state_dir:
            machine.save(login, arguments.state_dir)
    if arguments.state_dir:
        group.save(arguments.state_dir)


def _engine(specs: list[HostSpec], arguments: argparse.Namespace) -> tuple[HostSpec | None, machine.EngineOptions]:
    """The Engine machine among the hosts, if any, and its options."""
    found = [spec for spec in specs if spec.is_engine]
    if len(found) > 1:
        raise LabError(f"{found[0].name} and {found[1].name} are Engine machines, but a group has one: leave one out.")
    given = {"--world": arguments.world, "--engine-version": arguments.engine_version, "--speed": arguments.speed}
    useless = [name for name, value in given.items() if value is not None]
    if useless and not found:
        raise LabError(f"{useless[0]} is for an Engine machine, and there is none: add engine:engine.")
    if arguments.speed is not None and arguments.speed <= 0:
        raise LabError(f"--speed is {arguments.speed:g}, but time has to go forward: give a number above 0.")
    try:
        world = arguments.world.read_text(encoding="utf-8") if arguments.world else ""
    except (OSError, UnicodeDecodeError) as error:
        raise LabError(f"The world {arguments.world} cannot be read: {error}.") from None
    version, speed = arguments.engine_version or machine.INSTALLED, arguments.speed or 1.0
    return next(iter(found), None), machine.EngineOptions(version, speed, world)


def _down(arguments: argparse.Namespace) -> None:
    for name in Group(arguments.group).down():
        _say(f"{name}: removed")
    if arguments.state_dir:
        (arguments.state_dir / "hosts.json").unlink(missing_ok=True)
        machine.forget(arguments.state_dir)


def _list(arguments: argparse.Namespace) -> None:
    names = [arguments.group] if arguments.group else groups()
    hosts = [host for name in names for host in Group(name).hosts()]
    if arguments.json:
        _say(json.dumps([host.as_dict() for host in hosts], indent=2))
        return
    for host in hosts:
        _say(f"{host.container}: {host.image}, {host.address or 'no address'}, {host.state}")


def _say(text: str) -> None:
    print(text, flush=True)


def main(argv: list[str] | None = None) -> int:
    """Run one command; its exit code."""
    arguments = parser().parse_args(argv)
    command = {"build": _build, "up": _up, "down": _down, "list": _list}[arguments.command]
    try:
        command(arguments)
    except LabError as error:
        print(f"ovirt-lab: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
