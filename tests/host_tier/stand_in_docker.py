# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Docker as far as networks go: ``python stand_in_docker.py STATE docker's words``. The state is a file of JSON.

Answers are as those of docker's own client at the state's version, refusals in the daemon's own words. It starts often,
so it imports little.
"""

from __future__ import annotations

import hashlib
import json
import sys

TYPE_CHECKING = False  # the one of typing, which takes long to import
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    State = dict[str, Any]
FLAGS = {
    "--driver": "driver",
    "--subnet": "subnet",
    "--gateway": "gateway",
    "--ip-range": "ip_range",
    "--aux-address": "aux",
    "--opt": "options",
    "--label": "labels",
}


def fail(text: str) -> int:
    """What docker's client does with a refusal."""
    print(text, file=sys.stderr)
    return 1


def version(state: State, _words: list[str]) -> int:
    """Client and, where a daemon runs, server."""
    print(f"Client:\n Version:           {state['version']}\n API version:       1.41\n Go version:        go1.19")
    if state.get("down"):
        return fail("Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?")
    print(f"\nServer:\n Engine:\n  Version:          {state['version']}\n  API version:      1.41\n containerd:")
    print("  Version:          1.6.20")
    return 0


def info(state: State, _words: list[str]) -> int:
    """The few keys that are read."""
    said: State = {"Driver": "overlay2", "CgroupDriver": "cgroupfs", "DockerRootDir": "/var/lib/docker"}
    said["ContainersRunning"] = sum(item["State"]["Running"] for item in state.get("containers", []))
    print(json.dumps({**said, "LiveRestoreEnabled": False, "ServerVersion": state["version"]}))
    return 0


def networks(state: State) -> list[State]:
    """All networks, docker's own first."""
    own = [
        {"Name": name, "Id": identity(name), "Driver": driver, "Scope": "local", "IPAM": {"Config": config}}
        for name, driver, config in (
            ("bridge", "bridge", [{"Subnet": "172.17.0.0/16", "Gateway": "172.17.0.1"}]),
            ("host", "host", []),
            ("none", "null", []),
        )
    ]
    return own + list(state["networks"])


def identity(name: str) -> str:
    """An id that looks like docker's."""
    return hashlib.sha256(name.encode()).hexdigest()


def listed(state: State, _words: list[str]) -> int:
    """``docker network ls -q --no-trunc``."""
    print("\n".join(network["Id"] for network in networks(state)))
    return 0


def inspected(state: State, words: list[str]) -> int:
    """``docker inspect`` and ``docker network inspect``."""
    wanted = [word for word in words if not word.startswith("--") and word not in ("image", "container")]
    everything = networks(state) + state.get("containers", []) + state.get("images", [])
    found = [item for item in everything if item.get("Name", "").lstrip("/") in wanted or item["Id"] in wanted]
    print(json.dumps(found, indent=4))
    return 0 if len(found) == len(wanted) else fail("Error: No such object")


def created(state: State, words: list[str]) -> int:
    """``docker network create``."""
    given: State = {"driver": "bridge", "aux": {}, "options": {}, "labels": {}, "internal": False}
    rest = list(words)
    while rest and rest[0].startswith("--"):
        flag = rest.pop(0)
        if flag == "--internal":
            given["internal"] = True
        elif flag in ("--opt", "--label", "--aux-address"):
            key, _equals, value = rest.pop(0).partition("=")
            given[FLAGS[flag]][key] = value
        elif flag in FLAGS:
            given[FLAGS[flag]] = rest.pop(0)
        else:
            return fail(f"unknown flag: {flag}")
    if len(rest) != 1:
        return fail('"docker network create" requires exactly 1 argument.')
    if refusal := state.get("refuses"):
        return fail(f"Error response from daemon: {refusal}")
    if rest[0] in [network["Name"] for network in networks(state)]:
        return fail(f"Error response from daemon: network with name {rest[0]} already exists")
    state["networks"].append(made(rest[0], given))
    print(identity(rest[0]))
    return 0


def made(name: str, given: State) -> State:
    """A network as inspect shows it."""
    config = {"Subnet": given.get("subnet", "172.18.0.0/16")}
    config.update({"Gateway": given["gateway"]} if "gateway" in given else {})
    config.update({"IPRange": given["ip_range"]} if "ip_range" in given else {})
    config.update({"AuxiliaryAddresses": given["aux"]} if given["aux"] else {})
    return {
        "Name": name,
        "Id": identity(name),
        "Scope": "local",
        "Driver": given["driver"],
        "EnableIPv6": False,
        "IPAM": {"Driver": "default", "Options": {}, "Config": [config]},
        "Internal": given["internal"],
        "Attachable": False,
        "Containers": {},
        "Options": given["options"],
        "Labels": given["labels"],
    }


def removed(state: State, words: list[str]) -> int:
    """``docker network rm``."""
    for network in list(state["networks"]):
        if network["Name"] in words:
            if network["Containers"]:
                return fail(f"Error response from daemon: network {words[0]} has active endpoints")
            state["networks"].remove(network)
            print(network["Name"])
            return 0
    return fail(f"Error: No such network: {words[0]}")


def containers(state: State, words: list[str]) -> int:
    """``docker ps`` for Vdsm's containers, or the names of all that have a network."""
    if any(word.startswith("network=") for word in words):
        print("\n".join(state.get("users", [])))
    else:
        print("\n".join(item["Id"] for item in state.get("containers", [])))
    return 0


COMMANDS: list[tuple[str, Callable[[State, list[str]], int]]] = [
    ("version", version),
    ("info", info),
    ("network ls", listed),
    ("network inspect", inspected),
    ("network create", created),
    ("network rm", removed),
    ("inspect", inspected),
    ("ps", containers),
]


def answer(state: State, words: list[str]) -> int:
    """Find the command and do it; the exit code. The state may be another one afterwards."""
    if words == ["--version"]:
        print(f"Docker version {state['version']}, build 297e128")
        return 0
    for name, command in COMMANDS:
        length = len(name.split())
        if " ".join(words[:length]) == name:
            if state.get("down") and name != "version":
                return fail("Cannot connect to the Docker daemon at unix:///var/run/docker.sock.")
            return command(state, words[length:])
    return fail(f"docker: '{' '.join(words)}' is not a docker command.")


def main(place: str, words: list[str]) -> int:
    """Answer, and keep the state."""
    with open(place, encoding="utf-8") as file:
        before = file.read()
    state = json.loads(before)
    code = answer(state, words)
    if code == 0 and json.loads(before) != state:
        import docker_answers  # beside this file

        docker_answers.keep(place, state, answer)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
