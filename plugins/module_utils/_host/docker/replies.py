# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""Docker as it answers on a command line: 1.10 of EL 7 to 29, or podman in its place."""

from __future__ import absolute_import, division, print_function

import re

from ..host import version_tuple

__metaclass__ = type

VERSION = ["docker", "version"]
CLIENT_VERSION = ["docker", "--version"]
NETWORKS = ["docker", "network", "ls", "-q", "--no-trunc"]
#: The option by which a network of the driver bridge chooses its device.
BRIDGE_NAME = "com.docker.network.bridge.name"
#: What Vdsm calls its containers: its prefix and a random UUID for each start.
VDSM_NAME = re.compile(r"^vdsm-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
CONTAINERS = ["docker", "ps", "-a", "-q", "--no-trunc", "--filter", "name=vdsm-"]
#: Every packaging of docker's daemon or client for Enterprise Linux.
ENGINES = (
    "docker",
    "docker-latest",
    "docker-engine",
    "docker-ce",
    "docker-ce-cli",
    "docker-ee",
    "docker-io",
    "moby-engine",
)
PACKAGES = ENGINES + ("podman-docker", "podman")
#: docker info knows --format since 1.13; its text says the same in other words.
_INFO_WORDS = {
    "Storage Driver": "Driver",
    "Cgroup Driver": "CgroupDriver",
    "Docker Root Dir": "DockerRootDir",
    "Live Restore Enabled": "LiveRestoreEnabled",
    "Live Restore": "LiveRestoreEnabled",
    "Running": "ContainersRunning",
    "Swarm": "Swarm",
}
#: Limits of a container as they are returned, and as docker calls them.
LIMITS = {
    "memory": "Memory",
    "memory_reservation": "MemoryReservation",
    "memory_swap": "MemorySwap",
    "cpu_shares": "CpuShares",
    "cpu_period": "CpuPeriod",
    "cpu_quota": "CpuQuota",
    "nano_cpus": "NanoCpus",
    "cpuset_cpus": "CpusetCpus",
    "pids": "PidsLimit",
}


def versions(said):
    """Versions of client and server from the text of ``docker version`` or ``docker --version``.

    The text, since its lines are the same from 1.10 to 29, with a daemon and without.
    """
    found = {"client": None, "server": None}
    short = re.match(r"Docker version (\S+?),? ", said + " ")
    if short:
        found["client"] = short.group(1)
    part = "client"
    for line in said.splitlines():
        word = line.strip()
        if re.match(r"(Client|Server)\b.*:", line):
            part = line[:6].lower()
        # The first of its part: the server's is followed by those of containerd and runc.
        if found[part] is None and re.match(r"\s*Version:\s+\S", line):
            found[part] = word.split()[1]
    return found


def info_command(client):
    """The command that describes the daemon, for this version of the client."""
    if version_tuple(client) and version_tuple(client) < (1, 13):
        return ["docker", "info"]
    return ["docker", "info", "--format", "{{json .}}"]


def info(outcome):
    """What the daemon says of itself, in docker's own keys; empty when none answers."""
    parsed = outcome.json()
    if isinstance(parsed, dict):
        # Docker 18.09 and later print what the client knows even without a daemon.
        return {} if parsed.get("ServerErrors") or not parsed.get("Driver") else parsed
    found = {}
    for line in outcome.out.splitlines() if outcome.ok else []:
        key, colon, value = line.partition(":")
        if colon and key.strip() in _INFO_WORDS:
            found[_INFO_WORDS[key.strip()]] = value.strip()
    if "LiveRestoreEnabled" in found:
        found["LiveRestoreEnabled"] = found["LiveRestoreEnabled"].lower() == "true"
    if "ContainersRunning" in found:
        running = found["ContainersRunning"]
        found["ContainersRunning"] = int(running) if running.isdigit() else None
    return found


def objects(outcome):
    """The objects of a list in JSON; an empty list for any other text."""
    found = outcome.json()
    return [raw for raw in found if isinstance(raw, dict)] if isinstance(found, list) else []


def _dict(value):
    return value if isinstance(value, dict) else {}


def _dicts(value):
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def idents(said):
    """Ids of networks or containers that docker listed, and nothing that could be an option."""
    return [word for word in said.split() if re.match(r"[0-9a-f]{12,64}\Z", word)]


def network(raw):
    """A network of ``docker network inspect`` as it is returned."""
    options = {key: value for key, value in _dict(raw.get("Options")).items() if hasattr(value, "split")}
    configs = [
        config for config in _dicts(_dict(raw.get("IPAM")).get("Config")) if hasattr(config.get("Subnet"), "split")
    ]
    # IPv4 first: with both, docker prints them in the order in which they were given.
    configs.sort(key=lambda config: ":" in config["Subnet"])
    first = configs[0] if configs else {}
    ends = _dict(raw.get("Containers")).items()
    return {
        "name": raw.get("Name"),
        "id": raw.get("Id"),
        "driver": raw.get("Driver"),
        "subnet": first.get("Subnet"),
        "subnets": [config["Subnet"] for config in configs],
        # Docker 1.10 to 1.12 print the gateway of a default pool with its prefix.
        "gateway": ("%s" % (first.get("Gateway") or "",)).partition("/")[0] or None,
        "ip_range": first.get("IPRange") or None,
        "aux_addresses": _dict(first.get("AuxiliaryAddresses")) or _dict(first.get("AuxAddress")),
        "parent": options.get("parent"),
        "internal": bool(raw.get("Internal")),
        "options": options,
        "labels": _dict(raw.get("Labels")),
        "endpoints": sorted("%s" % (_dict(end).get("Name") or ident,) for ident, end in ends),
    }


def inspections(client, networks, containers):
    """Commands that show these networks and containers: one, where docker is 1.13 or later and takes both."""
    if version_tuple(client) >= (1, 13):
        return [["docker", "inspect"] + networks + containers] * bool(networks + containers)
    commands = [["docker", "network", "inspect"] + networks] * bool(networks)
    return commands + [["docker", "inspect", "--type", "container"] + containers] * bool(containers)


def networks(outcome):
    """All networks of ``docker network inspect`` or ``docker inspect``, by name."""
    entries = [network(raw) for raw in objects(outcome) if "IPAM" in raw and hasattr(raw.get("Name"), "split")]
    return sorted(entries, key=lambda entry: entry["name"])


def bridge_names(found):
    """Names that networks of the driver bridge give their bridges by an option."""
    names = [net["options"].get(BRIDGE_NAME) for net in found if net["driver"] == "bridge"]
    return sorted({name for name in names if name})


def foreign(raw):
    """What a network has that container_network could not make again."""
    pool = _dict(raw.get("IPAM"))
    found = ["several subnets"] if len(pool.get("Config") or []) > 1 else []
    found += ["IPv6"] if raw.get("EnableIPv6") else []
    found += ["the scope %s" % (raw.get("Scope"),)] if raw.get("Scope") not in (None, "local") else []
    found += ["the IPAM driver %s" % (pool.get("Driver"),)] if pool.get("Driver") not in (None, "default") else []
    found += ["IPAM options"] if pool.get("Options") else []
    found += ["attachable"] if raw.get("Attachable") else []
    return found


def users(name):
    """The command that lists all containers of a network, stopped ones too (docker 1.12 and later know the filter)."""
    return ["docker", "ps", "-a", "--filter", "network=" + name, "--format", "{{.Names}}"]


def containers(outcome):
    """Vdsm's containers of ``docker inspect``, by name."""
    found = {}
    for raw in objects(outcome):
        name = ("%s" % (raw.get("Name") or "",)).lstrip("/")
        if "State" in raw and VDSM_NAME.match(name):
            found[name] = _container(raw)
    return found


def _container(raw):
    state, config, host = [_dict(raw.get(part)) for part in ("State", "Config", "HostConfig")]
    # An empty cgroup setting of a container is 0, "" or null, and -1 for swap without limit.
    limits = {key: host.get(word) if host.get(word) not in (0, "", -1) else None for key, word in LIMITS.items()}
    return {
        "container_id": raw.get("Id"),
        "image": _word(config.get("Image")),
        "image_id": _word(raw.get("Image")),
        "addresses": _addresses(_dict(raw.get("NetworkSettings"))),
        "status": state.get("Status") or ("running" if state.get("Running") else "exited"),
        "exit_code": None if state.get("Running") else state.get("ExitCode"),
        "started_at": _time(state.get("StartedAt")),
        "limits": limits,
    }


def _addresses(settings):
    ends = _dict(settings.get("Networks"))
    return {name: _dict(end).get("IPAddress") or None for name, end in ends.items()}


def _word(value):
    """Text that is not empty, else None."""
    return value if value and hasattr(value, "split") else None


def _time(said):
    """None for docker's way to say never."""
    return None if not _word(said) or said.startswith("0001-") else said


def digests(outcome):
    """Digests by image id, from ``docker inspect --type image``; several for an image of several names."""
    found = {_word(raw.get("Id")): raw.get("RepoDigests") for raw in objects(outcome)}
    return {key: [word for word in value if _word(word)] for key, value in found.items() if isinstance(value, list)}


def digest_of(image, known):
    """The digest that belongs to an image's name, else any it has."""
    name = re.sub(r"(@.*|:[^/:]*)$", "", image or "")
    matching = [digest for digest in known if digest.partition("@")[0] in (name, "docker.io/" + name)]
    return (matching or known or [None])[0]
