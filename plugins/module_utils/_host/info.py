# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""Everything that matters about a container host, found with few commands that run side by side and change nothing."""

from __future__ import absolute_import, division, print_function

import os

from .docker import containers as join
from .docker import daemon as daemons
from .docker import answers as docker
from .docker import flags
from . import systemd as fresh
from .net import devices as net
from .net import peers
from .undo import records
from . import safety
from . import vdsm
from .docker.imitation import confirmed, runtime_command

__metaclass__ = type

_UNITS = ("vdsmd.service", "docker.service", "docker.socket", "vdsm-*.service")
_PROPERTIES = ("Id", "LoadState", "ActiveState", "SubState", "UnitFileState", "ActiveEnterTimestampMonotonic")
_PROPERTIES += flags.PROPERTIES
_SYSTEMCTL = (
    ["systemctl", "show", "--no-pager"] + [word for name in _PROPERTIES for word in ("-p", name)] + list(_UNITS)
)
_RPM = ["rpm", "-q", "--qf", "%{NAME} %{VERSION} %{RELEASE}\\n"] + list(vdsm.PACKAGES + docker.PACKAGES)


def gather(run, probe=False, neighbours=(), known_peers=()):
    """The result of container_host_info. Nothing that is missing, stopped or broken is a failure here."""
    under_way = records.under_way(run)
    before = [record["safety"] for record in under_way.values() if record["safety"]]
    # Those of a run that is under way as well: it is compared with what they were.
    neighbours = sorted({key for snap in before for key in snap.get("reachable") or {}} | set(neighbours))
    known_peers = sorted({key for snap in before for key in snap.get("paths") or {}} | set(known_peers))
    # First: who is asked depends on who runs.
    units = vdsm.units(run(_SYSTEMCTL).out)
    client, runtime = vdsm.client(run), runtime_command(run)
    asked = vdsm.questions(client) if client and fresh.active(units, "vdsmd.service") else []
    dockers = _docker_questions(units) if runtime == "docker" else []
    watched = safety.commands()
    answers = run.all([_RPM] + watched + asked + dockers)
    packages = _packages(answers[0])
    snapshot = safety.judged(run, answers[1 : 1 + len(watched)], probe, neighbours, known_peers)
    told = answers[1 + len(watched) :]
    runtime = confirmed(runtime, packages, told[len(asked) :])
    more = _second_round(run, client, told[: len(asked)], told[len(asked) :] if runtime == "docker" else [])
    states = join.unit_states(units)
    joined = join.joined(states, more["containers"], vdsm.state_files(run), more["digests"])
    result = {
        "vdsm": _vdsm(run, packages, units, client, told[: len(asked)]),
        "runtime": _runtime(run, packages, units, runtime, more),
        "networks": more["networks"],
        "peers": peers.peers(run, snapshot["addresses"]),
        "safety": snapshot,
        "under_way": under_way,
    }
    snapshot["docker_bridges"] = docker.bridge_names(more["networks"])
    result["vdsm"].update(spm=more["spm"], running_vms=len(snapshot["vms"]))
    result["vdsm"]["running_container_vms"] = sum(unit["active"] == "active" for unit in states.values())
    result["nics"] = net.nics(
        net.links(run), snapshot["addresses"], snapshot["routes"], more["networks"], login_address()
    )
    result.update(joined)
    return result


def login_address():
    """The host's address that Ansible came in by; unknown where sudo has cleaned the environment."""
    words = os.environ.get("SSH_CONNECTION", "").split()
    return words[2] if len(words) == 4 else None


def _docker_questions(units):
    """What can be asked of docker at once.

    Where only its socket listens, a question would start the daemon: then the client's version has to do.
    """
    if not fresh.active(units, "docker.service") and fresh.active(units, "docker.socket"):
        return [docker.CLIENT_VERSION]
    return [docker.VERSION, docker.NETWORKS, docker.CONTAINERS]


def _second_round(run, client, of_vdsm, of_docker):
    """What can be asked once the first answers are there."""
    versions = docker.versions(of_docker[0].out) if of_docker else {"client": None, "server": None}
    pools = vdsm.pools(of_vdsm[1]) if of_vdsm else None
    spm = [vdsm.spm_question(client, pool) for pool in pools or []]
    shown = []
    if versions["server"] and len(of_docker) > 1:
        lists = [docker.idents(answer.out) if answer.ok else [] for answer in of_docker[1:]]
        shown = [docker.info_command(versions["client"])] + docker.inspections(versions["client"], *lists)
    answers = run.all(spm + shown)
    spms, answers = answers[: len(spm)], answers[len(spm) :]
    found = {"containers": {}, "networks": [], "info": {}, "digests": {}, "versions": versions}
    found["said"] = of_docker[0].said if of_docker and not of_docker[0].ok else None
    found["spm"] = vdsm.is_spm(spms) if pools is not None else None
    if answers:
        found["info"] = docker.info(answers[0])
        found["networks"] = [network for answer in answers[1:] for network in docker.networks(answer)]
        for answer in answers[1:]:
            found["containers"].update(docker.containers(answer))
        found["digests"] = _digests(run, found["containers"])
    return found


def _digests(run, containers):
    images = sorted({container["image_id"] for container in containers.values() if container["image_id"]})
    return docker.digests(run(["docker", "inspect", "--type", "image"] + images)) if images else {}


def _packages(outcome):
    """Version and release by name; empty where no rpm is."""
    lines = [line.split() for line in outcome.out.splitlines()]
    return {words[0]: {"version": words[1], "release": words[2]} for words in lines if len(words) == 3}


def _named(packages, name):
    found = packages.get(name)
    return "%s-%s-%s" % (name, found["version"], found["release"]) if found else None


def _vdsm(run, packages, units, client, told):
    package = packages.get("vdsm") or {"version": None, "release": None}
    config, files, problem = vdsm.configuration(run)
    running = fresh.active(units, "vdsmd.service")
    since = fresh.started(run, units, "vdsmd.service")
    if told:
        capability, message = vdsm.capability(told[0])
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
        "restart_needed": fresh.changed(run, vdsm.read_at_start(run, files), since),
        "supported": vdsm.supported(package["version"]),
        "capability": capability,
        "capability_message": message,
        "client": client,
        "config": config,
        "config_files": files,
        "config_error": problem,
    }


def _runtime(run, packages, units, name, more):
    info, versions, unit = more["info"], more["versions"], units.get("docker.service", {})
    config, configured, problem = daemons.daemon_config(run, versions["server"] or versions["client"])
    given = flags.flags(run, unit) if name == "docker" else {}
    root = daemons.root_dir(info, config, given) if name == "docker" else None
    version = versions["server"] or versions["client"]
    daemon = _daemon(unit, info) if name == "docker" else None
    if name == "podman":
        version = packages.get("podman", {}).get("version")
    return {
        "name": name,
        "packages": [_named(packages, known) for known in docker.PACKAGES if known in packages],
        "path": run.which("docker"),
        "vdsm_path": vdsm.docker_path(run),
        "daemon_path": daemons.daemon_path(run, unit),
        "flags": given,
        "swarm": daemons.in_swarm(run, info, root or daemons.DATA),
        "daemon": daemon,
        "enabled": unit.get("UnitFileState") == "enabled" if unit.get("LoadState") == "loaded" else None,
        "message": more["said"] if daemon == "failed" else None,
        "version": version,
        "storage_driver": info.get("Driver"),
        "cgroup_driver": info.get("CgroupDriver"),
        "root_dir": root,
        "free_bytes": daemons.free_bytes(run, root or daemons.DATA),
        "live_restore": info.get("LiveRestoreEnabled"),
        "running_containers": info.get("ContainersRunning"),
        "config": config,
        "config_error": problem,
        "configured": configured,
        "restart_needed": fresh.changed(run, [daemons.DAEMON_JSON], fresh.started(run, units, "docker.service")),
    }


def _daemon(unit, info):
    """``failed`` is a daemon that should answer and does not."""
    if info:
        return "running"
    return "failed" if unit.get("ActiveState") in ("failed", "active") else "stopped"
