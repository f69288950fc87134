# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What docker.service gives its daemon on the command line, as systemd 219 to 257 show it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host import systemd, vdsm
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.docker import daemon, flags
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.host import Host

from tests.host_tier import machines
from tests.host_tier.machine import Machine
from tests.unit.host.conftest import On

#: docker-1.13.1-209.el7.centos under systemd 219.
EL7 = """\
Id=docker.service
ExecStart={ path=/usr/bin/dockerd-current ; argv[]=/usr/bin/dockerd-current --add-runtime \
docker-runc=/usr/libexec/docker/docker-runc-current --default-runtime=docker-runc --exec-opt \
native.cgroupdriver=systemd --userland-proxy-path=/usr/libexec/docker/docker-proxy-current $OPTIONS \
$DOCKER_STORAGE_OPTIONS $DOCKER_NETWORK_OPTIONS $ADD_REGISTRY ; ignore_errors=no ; start_time=[n/a] ; pid=0 }
Environment=GOTRACEBACK=crash PATH=/usr/libexec/docker:/usr/bin
EnvironmentFile=/run/containers/registries.conf (ignore_errors=yes)
EnvironmentFile=/etc/sysconfig/docker (ignore_errors=yes)
EnvironmentFile=/etc/sysconfig/docker-storage (ignore_errors=yes)
EnvironmentFile=/etc/sysconfig/docker-network (ignore_errors=yes)
FragmentPath=/usr/lib/systemd/system/docker.service
"""
SYSCONFIG = """\
# /etc/sysconfig/docker

# Modify these options if you want to change the way the docker daemon runs
OPTIONS='--selinux-enabled --log-driver=journald \\
   --signature-verification=false'
if [ -z "${DOCKER_CERT_PATH}" ]; then
    DOCKER_CERT_PATH=/etc/docker
fi
"""
#: docker-ce with a drop-in, under systemd 252.
CE = """\
Id=docker.service
ExecStart={ path=/usr/bin/dockerd ; argv[]=/usr/bin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock -D \
--live-restore --log-opt max-size=10m --log-opt max-file=3 --mtu 1400 -s overlay2 ; ignore_errors=no ; pid=1 }
FragmentPath=/usr/lib/systemd/system/docker.service
DropInPaths=/etc/systemd/system/docker.service.d/site.conf
"""


def told(machine: Machine, shown: str) -> Any:
    return flags.flags(Host(), systemd.units(shown)["docker.service"])


def test_of_the_distribution(on: On) -> None:
    machine = on(machines.empty).file("/etc/sysconfig/docker", SYSCONFIG)
    machine.file(
        "/etc/sysconfig/docker-storage",
        'DOCKER_STORAGE_OPTIONS="--storage-driver devicemapper --storage-opt dm.fs=xfs "',
    )
    found = told(machine, EL7)
    unit, main, storage = (
        "/usr/lib/systemd/system/docker.service",
        "/etc/sysconfig/docker",
        "/etc/sysconfig/docker-storage",
    )
    assert found == {
        "default-runtime": {"value": "docker-runc", "source": unit},
        "exec-opts": {"value": ["native.cgroupdriver=systemd"], "source": unit},
        "userland-proxy-path": {"value": "/usr/libexec/docker/docker-proxy-current", "source": unit},
        "selinux-enabled": {"value": True, "source": main},
        "log-driver": {"value": "journald", "source": main},
        "signature-verification": {"value": False, "source": main},
        "storage-driver": {"value": "devicemapper", "source": storage},
        "storage-opts": {"value": ["dm.fs=xfs"], "source": storage},
    }


def test_of_docker_com(on: On) -> None:
    found = told(on(machines.empty), CE)
    assert {key: value["value"] for key, value in found.items()} == {
        "hosts": ["fd://"],
        "containerd": "/run/containerd/containerd.sock",
        "debug": True,
        "live-restore": True,
        "log-opts": {"max-size": "10m", "max-file": "3"},
        "mtu": 1400,
        "storage-driver": "overlay2",
    }
    assert found["mtu"]["source"].endswith("docker.service, /etc/systemd/system/docker.service.d/site.conf")


def test_a_wrapper_of_a_shell(on: On) -> None:
    """docker 1.10 of EL 7."""
    shown = "Id=docker.service\nExecStart={ path=/bin/sh ; argv[]=/bin/sh -c /usr/bin/docker-current daemon "
    shown += "$OPTIONS 2>&1 ; ignore_errors=no }\n"
    machine = on(machines.empty).file("/etc/sysconfig/docker", "OPTIONS=--log-driver=syslog -g /data\n")
    found = told(machine, shown + "EnvironmentFiles=/etc/sysconfig/docker (ignore_errors=no)\n")
    assert {key: value["value"] for key, value in found.items()} == {"log-driver": "syslog", "data-root": "/data"}


@pytest.mark.parametrize(
    "shown", ["Id=docker.service\n", "Id=docker.service\nMainPID=0\n", "Id=docker.service\nExecStart=\n"]
)
def test_a_unit_without_a_command(on: On, shown: str) -> None:
    assert told(on(machines.empty), shown) == {}


def test_a_daemon_that_no_unit_has_started(on: On) -> None:
    machine = on(machines.empty).process(77, "/usr/bin/dockerd", "--log-level", "warn")
    assert told(machine, "Id=docker.service\nMainPID=77\n") == {
        "log-level": {"value": "warn", "source": "the running dockerd"}
    }


def test_a_quote_that_does_not_match(on: On) -> None:
    machine = on(machines.empty).file("/etc/sysconfig/docker", "OPTIONS='--log-driver=syslog\n")
    assert "default-runtime" in told(machine, EL7), "the unit's own flags are told all the same"


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("-l debug", {"log-level": "debug"}),
        ("-Dl debug", {"debug": True, "log-level": "debug"}),
        ("-DH fd://", {"debug": True, "hosts": ["fd://"]}),
        ("-DHfd:// -s=overlay2", {"debug": True, "hosts": ["fd://"], "storage-driver": "overlay2"}),
        ("-D=false -sdevicemapper", {"debug": False, "storage-driver": "devicemapper"}),
        ("-Dx -l warn", {"debug": True, "log-level": "warn"}),
        ("-D -l", {"debug": True, "log-level": ""}),
        ("--config-file /opt/docker.json", {"config-file": "/opt/docker.json"}),
        ("--config-file=/opt/docker.json", {"config-file": "/opt/docker.json"}),
    ],
)
def test_options_of_one_letter_and_a_file_elsewhere(on: On, words: str, found: dict[str, Any]) -> None:
    shown = f"Id=docker.service\nExecStart={{ path=/usr/bin/dockerd ; argv[]=/usr/bin/dockerd {words} ; pid=0 }}\n"
    assert {key: value["value"] for key, value in told(on(machines.empty), shown).items()} == found


def test_environment_files_of_a_pattern(on: On) -> None:
    machine = on(machines.empty).file("/etc/sysconfig/docker", "OPTIONS=--log-driver=syslog\nOTHER=--mtu=1400\n")
    machine.file("/etc/sysconfig/docker-site", "OPTIONS=--log-driver=journald\n")
    shown = "Id=docker.service\nExecStart={ path=/usr/bin/dockerd ; argv[]=/usr/bin/dockerd $OPTIONS $OTHER ; pid=0 }\n"
    assert told(machine, shown + "EnvironmentFiles=/etc/sysconfig/docker* (ignore_errors=yes)\n") == {
        "log-driver": {"value": "journald", "source": "/etc/sysconfig/docker-site"},
        "mtu": {"value": 1400, "source": "/etc/sysconfig/docker"},
    }
    assert told(machine, shown + "EnvironmentFiles=/etc/nowhere/* (ignore_errors=yes)\n") == {}


@pytest.mark.parametrize(
    ("content", "version", "config", "wrong"),
    [
        (b'\xef\xbb\xbf{"debug": true}', "20.10.24", {}, "byte order mark, which docker reads from version 23 on"),
        (b'\xef\xbb\xbf{"debug": true}', None, {}, "byte order mark"),
        (b'\xef\xbb\xbf{"debug": true}', "23.0.1", {"debug": True}, None),
        (b'{"a": "\xe9"}', "24.0.7", {}, "byte 7 is not UTF-8"),
        (b'{"a": "\xc3\xa9"}', "24.0.7", {"a": "é"}, None),
        (b" \n", "24.0.7", {}, None),
    ],
)
def test_bytes_of_daemon_json(on: On, content: bytes, version: str, config: Any, wrong: str | None) -> None:
    machine = on(machines.empty).file(daemon.DAEMON_JSON, "")
    (machine.root / daemon.DAEMON_JSON[1:]).write_bytes(content)
    found, there, problem = daemon.daemon_config(Host(), version)
    assert (found, there) == (config, True)
    assert (problem is None) if wrong is None else wrong in problem


def test_a_daemon_json_that_leads_nowhere_is_none(on: On) -> None:
    machine = on(machines.empty)
    (machine.root / "etc/docker").mkdir(parents=True)
    (machine.root / "etc/docker/daemon.json").symlink_to("site.json")
    assert daemon.daemon_config(Host(), "20.10.24") == ({}, True, None)


@pytest.mark.parametrize(
    ("said", "swarm"),
    [
        ({"Swarm": {"LocalNodeState": "active"}}, True),
        ({"Swarm": {"LocalNodeState": "inactive"}}, False),
        ({"Swarm": "active"}, True),
        ({"Swarm": "inactive"}, False),
        ({"Driver": "overlay2"}, False),
        # What is on the disk counts while no daemon answers.
        ({}, True),
    ],
)
def test_swarm(on: On, said: Any, swarm: bool) -> None:
    on(machines.empty).file("/data/swarm/docker-state.json", "{}")
    assert daemon.in_swarm(Host(), said, "/data") is swarm
    (Path(Host.root) / "data/swarm/docker-state.json").unlink()
    assert daemon.in_swarm(Host(), {}, "/data") is False, "docker makes the directory in any case"


@pytest.mark.parametrize(
    ("unit", "there", "process", "path"),
    [
        ("", "", "", None),
        (EL7, "/usr/bin/dockerd-current", "", "/usr/bin/dockerd-current"),
        # A unit that a package has left behind.
        (EL7, "", "", None),
        (CE.replace("/usr/bin/dockerd", "/opt/docker/dockerd"), "/opt/docker/dockerd", "", "/opt/docker/dockerd"),
        ("", "", "/snap/docker/2915/bin/dockerd", "/snap/docker/2915/bin/dockerd"),
        ("", "", "/usr/bin/dockerd-rootless.sh", None),
    ],
)
def test_a_daemon_without_its_command(on: On, unit: str, there: str, process: str, path: str | None) -> None:
    machine = on(machines.empty)
    if there:
        machine.file(there, "")
    if process:
        machine.process(77, process, "--group", "docker")
    assert daemon.daemon_path(Host(), systemd.units(unit).get("docker.service", {})) == path


@pytest.mark.parametrize("place", ["/usr/local/bin", "/snap/bin"])
def test_a_command_that_sudo_does_not_find(monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    """secure_path of Enterprise Linux has neither."""
    monkeypatch.setenv("PATH", "/sbin:/bin:/usr/sbin:/usr/bin")
    monkeypatch.setattr(os.path, "isfile", lambda path: path == f"{place}/docker")
    monkeypatch.setattr(os, "access", lambda path, mode: path == f"{place}/docker")
    assert Host().which("docker") == f"{place}/docker"


@pytest.mark.parametrize(
    ("path", "found"),
    [("/usr/bin/docker", True), ("/bin/docker", True), ("/usr/local/bin/docker", False), ("/snap/bin/docker", False)],
)
def test_where_vdsm_looks(on: On, path: str, found: bool) -> None:
    on(machines.empty).file(path, "")
    assert vdsm.docker_path(Host()) == (path if found else None)
