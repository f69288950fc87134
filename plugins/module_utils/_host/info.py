# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""Everything that matters about a container host, found with few commands that run side by side and change nothing."""

from __future__ import absolute_import, division, print_function

from . import safety, systemd, vdsm
from .docker import daemon, flags, owners, replies
from .docker.imitation import confirmed, runtime_command
from .host import HostError, one_line
from .net import devices, peers
from .net.probe import is_neighbour
from .undo import records

__metaclass__ = type

_UNITS = ("vdsmd.service", "docker.service", "docker.socket", "vdsm-*.service")
_PROPERTIES = ("Id", "LoadState", "ActiveState", "SubState", "UnitFileState", "ActiveEnterTimestampMonotonic")
_PROPERTIES += flags.PROPERTIES
_SYSTEMCTL = (
    ["systemctl", "show", "--no-pager"] + [word for name in _PROPERTIES for word in ("-p", name)] + list(_UNITS)
)
_RPM = ["rpm", "-q", "--qf", "%{NAME} %{VERSION} %{RELEASE}\\n"] + list(vdsm.PACKAGES + replies.PACKAGES)


def check_options(neighbours, known_peers):
    """Refuse neighbours and peers that cannot be asked. Raises HostError."""
    odd = [one_line(key) for key in neighbours if not is_neighbour(key)]
    if odd:
        raise HostError(
            "neighbours: %s is not an address and a device, such as 192.0.2.21 ovirtmgmt" % (", ".join(odd),)
        )
    odd = [one_line(peer) for peer in known_peers if peers.canonical(peer) is None]
    if odd:
        raise HostError("peers: %s is not an address" % (", ".join(odd),))


def gather(host, probe=False, neighbours=(), known_peers=()):
    """The result of container_host_info. Nothing that is missing, stopped or broken is a failure here."""
    under_way = records.under_way(host)
    before = [record["safety"] for record in under_way.values() if record["safety"]]
    # Those of a run that is under way as well: it is compared with what they were.
    neighbours = sorted({key for state in before for key in state.get("reachable") or {}} | set(neighbours))
    known_peers = sorted({key for state in before for key in state.get("paths") or {}} | set(known_peers))
    # The units come first: what can be asked depends on what runs.
    units = systemd.units(host(_SYSTEMCTL).out)
    client, runtime = vdsm.client(host), runtime_command(host)
    asked = vdsm.questions(client) if client and systemd.active(units, "vdsmd.service") else []
    dockers = _docker_questions(units) if runtime == "docker" else []
    watched = safety.commands()
    answers = host.all([_RPM] + watched + asked + dockers)
    packages = _packages(answers[0])
    vm_safety = safety.state_of(host, answers[1 : 1 + len(watched)], probe, neighbours, known_peers)
    replied = answers[1 + len(watched) :]
    runtime = confirmed(runtime, packages, replied[len(asked) :])
    more = _second_round(host, client, replied[: len(asked)], replied[len(asked) :] if runtime == "docker" else [])
    states = owners.unit_states(units)
    joined = owners.joined(states, more["containers"], vdsm.state_files(host), more["digests"])
    result = {
        "vdsm": _vdsm(host, packages, units, client, replied[: len(asked)]),
        "runtime": _runtime(host, packages, units, runtime, more),
        "networks": more["networks"],
        "peers": peers.peers(host, vm_safety["addresses"]),
        "safety": vm_safety,
        "under_way": under_way,
    }
    vm_safety["docker_bridges"] = replies.bridge_names(more["networks"])
    result["vdsm"].update(spm=more["spm"], running_vms=len(vm_safety["vms"]))
    result["vdsm"]["running_container_vms"] = sum(unit["active"] == "active" for unit in states.values())
    result["nics"] = devices.nics(
        devices.links(host), vm_safety["addresses"], vm_safety["routes"], more["networks"], peers.login_address()
    )
    result.update(joined)
    return result


def _docker_questions(units):
    """What can be asked of docker at once.

    Where only its socket listens, a question would start the daemon: then the client's version has to do.
    """
    if not systemd.active(units, "docker.service") and systemd.active(units, "docker.socket"):
        return [replies.CLIENT_VERSION]
    return [replies.VERSION, replies.NETWORKS, replies.CONTAINERS]


def _second_round(host, client, of_vdsm, of_docker):
    """What can be asked once the first answers are there."""
    versions = replies.versions(of_docker[0].out) if of_docker else {"client": None, "server": None}
    pools = vdsm.pools(of_vdsm[1]) if of_vdsm else None
    spm = [vdsm.spm_question(client, pool) for pool in pools or []]
    shown = []
    if versions["server"] and len(of_docker) > 1:
        lists = [replies.idents(answer.out) if answer.ok else [] for answer in of_docker[1:]]
        shown = [replies.info_command(versions["client"])] + replies.inspections(versions["client"], *lists)
    answers = host.all(spm + shown)
    spms, answers = answers[: len(spm)], answers[len(spm) :]
    found = {"containers": {}, "networks": [], "info": {}, "digests": {}, "versions": versions}
    found["said"] = of_docker[0].said if of_docker and not of_docker[0].ok else None
    found["spm"] = vdsm.is_spm(spms) if pools is not None else None
    if answers:
        found["info"] = replies.info(answers[0])
        found["networks"] = [network for answer in answers[1:] for network in replies.networks(answer)]
        for answer in answers[1:]:
            found["containers"].update(replies.containers(answer))
        found["digests"] = _digests(host, found["containers"])
    return found


def _digests(host, containers):
    images = sorted({container["image_id"] for container in containers.values() if container["image_id"]})
    return replies.digests(host(["docker", "inspect", "--type", "image"] + images)) if images else {}


def _packages(outcome):
    """Version and release by name; empty where no rpm is."""
    lines = [line.split() for line in outcome.out.splitlines()]
    return {words[0]: {"version": words[1], "release": words[2]} for words in lines if len(words) == 3}


def _named(packages, name):
    found = packages.get(name)
    return "%s-%s-%s" % (name, found["version"], found["release"]) if found else None


def _vdsm(host, packages, units, client, answers):
    package = packages.get("vdsm") or {"version": None, "release": None}
    config, files, problem = vdsm.configuration(host)
    running = systemd.active(units, "vdsmd.service")
    since = systemd.started(host, units, "vdsmd.service")
    if answers:
        capability, message = vdsm.capability(answers[0])
    elif package["version"]:
        why = "neither vdsm-client nor vdsClient is installed" if running else "vdsmd does not run"
        capability, message = "failed", why
    else:
        capability, message = None, None
    return {
        "installed": "vdsm" in packages,
        "package": _named(packages, "vdsm"),
        "version": package["version"],
        "release": package["release"],
        "containers_package": packages.get("vdsm-containers"),
        "running": running,
        "restart_needed": systemd.changed(host, vdsm.read_at_start(host, files), since),
        "supported": vdsm.supported(package["version"]),
        "capability": capability,
        "capability_message": message,
        "client": client,
        "config": config,
        "config_files": files,
        "config_error": problem,
    }


def _runtime(host, packages, units, name, more):
    info, versions, unit = more["info"], more["versions"], units.get("docker.service", {})
    config, configured, problem = daemon.daemon_config(host, versions["server"] or versions["client"])
    given = flags.flags(host, unit) if name == "docker" else {}
    root = daemon.root_dir(info, config, given) if name == "docker" else None
    version = versions["server"] or versions["client"]
    state = _daemon(unit, info) if name == "docker" else None
    if name == "podman":
        version = packages.get("podman", {}).get("version")
    return {
        "name": name,
        "packages": [_named(packages, known) for known in replies.PACKAGES if known in packages],
        "path": host.which("docker"),
        "vdsm_path": vdsm.docker_path(host),
        "daemon_path": daemon.daemon_path(host, unit),
        "flags": given,
        "swarm": daemon.in_swarm(host, info, root or daemon.DATA),
        "daemon": state,
        "enabled": unit.get("UnitFileState") == "enabled" if unit.get("LoadState") == "loaded" else None,
        "message": more["said"] if state == "failed" else None,
        "version": version,
        "storage_driver": info.get("Driver"),
        "cgroup_driver": info.get("CgroupDriver"),
        "root_dir": root,
        "free_bytes": daemon.free_bytes(host, root or daemon.DATA),
        "live_restore": info.get("LiveRestoreEnabled"),
        "running_containers": info.get("ContainersRunning"),
        "config": config,
        "config_error": problem,
        "configured": configured,
        "restart_needed": systemd.changed(host, [daemon.DAEMON_JSON], systemd.started(host, units, "docker.service")),
    }


def _daemon(unit, info):
    """``failed`` is a daemon that should answer and does not."""
    if info:
        return "running"
    return "failed" if unit.get("ActiveState") in ("failed", "active") else "stopped"
