# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A docker daemon for container hosts: the one that answers, one of our own, or one line why there is none."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from workshop import daemon, network
from workshop.processes import Children, alive


def commands(place: Path, **scripts: str) -> str:
    """Make commands and return a PATH with nothing else but a shell."""
    place.mkdir()
    for name, script in scripts.items():
        (place / name).write_text(f"#!/bin/sh\n{script}\n")
        (place / name).chmod(0o755)
    return str(place)


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of this machine's docker shows through."""
    for module in (daemon, network):
        monkeypatch.setattr(module, "search_path", lambda: os.environ["PATH"])
    monkeypatch.setattr(daemon, "WORK", tmp_path / "work")
    monkeypatch.setattr(daemon, "PROC", tmp_path / "proc")
    monkeypatch.setattr(network, "IPV4", tmp_path / "ipv4")
    monkeypatch.setattr(network, "LINKS", tmp_path / "links")
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    for name in ("ip_forward", "conf/all/forwarding", "conf/eth0/forwarding", "conf/all/accept_redirects"):
        (tmp_path / "ipv4" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "ipv4" / name).write_text("0\n")


def test_a_daemon_that_answers_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", commands(tmp_path / "bin", docker="echo 20.10.24"))
    with daemon.docker(Children()) as reason:
        assert reason is None
        assert "DOCKER_HOST" not in os.environ


def test_one_that_takes_too_long_does_not_answer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", commands(tmp_path / "bin", docker="exec /bin/sleep 60"))
    monkeypatch.setattr(daemon, "ANSWER_SECONDS", 0.2)
    assert not daemon.answers()


def test_without_docker_one_line_says_what_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    scripts = {name: "exit 1" for name in daemon.NEEDED if name not in ("dockerd", "containerd")}
    monkeypatch.setenv("PATH", commands(tmp_path / "bin", **scripts))
    with daemon.docker(Children()) as reason:
        assert reason == "no docker daemon answers, and dockerd, containerd to start one is not installed"


def test_an_ordinary_user_starts_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    scripts = dict.fromkeys(daemon.NEEDED, "exit 1")
    monkeypatch.setenv("PATH", commands(tmp_path / "bin", **scripts))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with daemon.docker(Children()) as reason:
        assert reason == "no docker daemon answers, and starting one needs root"


def test_a_daemon_that_does_not_start_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    scripts = dict.fromkeys(daemon.NEEDED, "exit 1") | {"dockerd": "echo first; echo no cgroups here; exit 1"}
    monkeypatch.setenv("PATH", commands(tmp_path / "bin", **scripts))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with daemon.docker(Children()) as reason:
        assert reason == "dockerd did not start: no cgroups here (.work/dockerd.log)"
    assert "DOCKER_HOST" not in os.environ


# A client that reaches our own daemon only, and what makes that daemon ready.
CLIENT = 'case "$DOCKER_HOST" in *ovirt-lab-docker-*) test -e "${DOCKER_HOST#unix://}" ;; *) exit 1 ;; esac'
SERVE = ': > "${2#unix://}"; exec /bin/sleep 60'


@pytest.mark.parametrize("set_before", [None, "tcp://192.0.2.1:2375"])
def test_one_of_our_own_is_started_named_and_ended(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, set_before: str | None
) -> None:
    """Its client answers once it is told where it listens, and its process ends with the block."""
    started = tmp_path / "started"
    scripts = dict.fromkeys(daemon.NEEDED, "exit 1") | {
        "docker": CLIENT,
        "dockerd": f'echo "$@" > {started}; {SERVE}',
    }
    monkeypatch.setenv("PATH", commands(tmp_path / "bin", **scripts))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    if set_before:
        monkeypatch.setenv("DOCKER_HOST", set_before)
    with daemon.docker(Children()) as reason:
        assert reason is None
        socket = os.environ["DOCKER_HOST"].removeprefix("unix://")
        words = started.read_text().split()
        assert words[words.index("--host") + 1] == f"unix://{socket}"
        assert words[words.index("--data-root") + 1] == str(tmp_path / "work" / "docker")
        place = Path(socket).parent
        assert place.is_dir()
    assert os.environ.get("DOCKER_HOST") == set_before
    assert not place.exists()


BEFORE = """*filter
:INPUT ACCEPT [1:2]
:FORWARD ACCEPT [0:0]
:DOCKERS-OWN - [0:0]
:LIBVIRT_FWO - [0:0]
-A FORWARD -j LIBVIRT_FWO
-A LIBVIRT_FWO -s 192.168.122.0/24 -i virbr0 -j ACCEPT
-A INPUT -i br-0123456789ab -j ACCEPT
COMMIT
"""
AFTER = """*filter
:INPUT ACCEPT [5:6]
:FORWARD DROP [0:0]
:DOCKER - [0:0]
:DOCKERS-OWN - [0:0]
:DOCKER-USER - [0:0]
:LIBVIRT_FWO - [0:0]
-A FORWARD -j DOCKER-USER
-A FORWARD -o docker0 -j DOCKER
-A FORWARD -j LIBVIRT_FWO
-A FORWARD -i br-lan -j ACCEPT
-A FORWARD -i br-0123456789abc -j ACCEPT
-A LIBVIRT_FWO -s 192.168.122.0/24 -i virbr0 -j ACCEPT
-A INPUT -i br-0123456789ab -j ACCEPT
-A DOCKER-USER -j RETURN
COMMIT
*nat
:POSTROUTING ACCEPT [0:0]
-A POSTROUTING -s 172.18.0.0/16 ! -o br-ba9876543210 -m comment --comment "of docker" -j MASQUERADE
-A POSTROUTING -s 192.168.122.0/24 ! -d 192.168.122.0/24 -j MASQUERADE
COMMIT
"""
TAKEN_AWAY = """-t filter -D FORWARD -j DOCKER-USER
-t filter -D FORWARD -o docker0 -j DOCKER
-t filter -D DOCKER-USER -j RETURN
-t nat -D POSTROUTING -s 172.18.0.0/16 ! -o br-ba9876543210 -m comment --comment of docker -j MASQUERADE
-t filter -X DOCKER
-t filter -X DOCKER-USER
-P FORWARD ACCEPT
"""


def net(place: Path, **scripts: str) -> str:
    """Make commands whose dockerd changes firewall and links; return a PATH to them."""
    place.mkdir()
    (place / "rules").write_text(BEFORE)
    (place / "done").touch()
    (place / "new").write_text(AFTER)
    for name in ("virbr0", "br-0123456789ab", "br-lan"):
        (place.parent / "links" / name / "bridge").mkdir(parents=True)
    new = " ".join(f"{place.parent}/links/{name}/bridge" for name in ("docker0", "br-ba9876543210", "br-new"))
    scripts = {
        **dict.fromkeys(daemon.NEEDED, "exit 1"),
        "docker": CLIENT,
        "dockerd": f"/bin/cat {place}/new > {place}/rules; /bin/mkdir -p {new}; {SERVE}",
        "iptables-save": f"exec /bin/cat {place}/rules",
        "iptables": f'echo "$@" >> {place}/done',
        "ip": f'echo "$@" >> {place}/links.done',
        **scripts,
    }
    return commands(place / "bin", **scripts)


def test_the_network_is_put_back(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Docker's rules, chains and links go that are new; what was there, or is not docker's, stays."""
    monkeypatch.setenv("PATH", net(tmp_path / "net"))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    kernel = {path: path.read_text() for path in (tmp_path / "ipv4").rglob("*") if path.is_file()}
    with daemon.docker(Children()) as reason:
        assert reason is None
        assert (tmp_path / "ipv4" / "ip_forward").read_text() == "1\n"
        # As the kernel does it.
        (tmp_path / "ipv4" / "conf" / "eth0" / "forwarding").write_text("1\n")
    assert (tmp_path / "net" / "done").read_text() == TAKEN_AWAY
    gone = (tmp_path / "net" / "links.done").read_text().splitlines()
    assert sorted(gone) == ["link delete br-ba9876543210", "link delete docker0"]
    assert {path: path.read_text() for path in kernel} == kernel


@pytest.mark.parametrize(
    "why", ["another docker runs by then", "one runs that listens elsewhere", "nobody knows what was there"]
)
def test_rules_that_may_be_somebody_elses_stay(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, why: str) -> None:
    others_run = tmp_path / "others_run"
    scripts = {
        "another docker runs by then": {"docker": CLIENT.replace("exit 1", f"test -f {others_run}")},
        "one runs that listens elsewhere": {},
        "nobody knows what was there": {"iptables-save": "exit 4"},
    }
    monkeypatch.setenv("PATH", net(tmp_path / "net", **scripts[why]))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with daemon.docker(Children()) as reason:
        assert reason is None
        others_run.touch()
        if "elsewhere" in why:
            (tmp_path / "proc" / "77").mkdir(parents=True)
            (tmp_path / "proc" / "77" / "comm").write_text("dockerd\n")
    assert (tmp_path / "net" / "done").read_text() == ""


def test_a_lasting_one_goes_on_until_it_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A second call finds it; its end puts the network back, from what was noted."""
    # Its command line has to look like dockerd's, by which it is known.
    daemonlike = f"/bin/cat {tmp_path}/net/new > {tmp_path}/net/rules; " + SERVE.replace(
        "exec /bin/sleep 60", 'while :; do /bin/sleep 0.1; done # "$@"'
    )
    monkeypatch.setenv("PATH", net(tmp_path / "net", dockerd=daemonlike))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert daemon.lasting() is None
    host = os.environ["DOCKER_HOST"]
    noted = daemon.note()
    assert noted is not None
    monkeypatch.delenv("DOCKER_HOST")
    assert daemon.lasting() is None
    assert os.environ["DOCKER_HOST"] == host
    assert daemon.note() == noted
    monkeypatch.delenv("DOCKER_HOST")
    assert daemon.end_lasting()
    assert not alive(noted["pid"])
    assert (tmp_path / "net" / "done").read_text() == TAKEN_AWAY
    assert not Path(noted["place"]).exists()
    assert not daemon.end_lasting()


def test_a_lasting_one_that_does_not_start_leaves_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", net(tmp_path / "net", dockerd="echo no cgroups here; exit 1"))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert daemon.lasting() == "dockerd did not start: no cgroups here (.work/dockerd.log)"
    assert daemon.note() is None
    assert "DOCKER_HOST" not in os.environ


def test_a_process_with_an_old_number_is_left_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The number of a daemon that was killed may be anybody's by now."""
    monkeypatch.setenv("PATH", net(tmp_path / "net"))
    place = daemon.new_place()
    (tmp_path / "work").mkdir()
    other = {"pid": os.getpid(), "place": str(place), "network": network.Network.look().as_dict()}
    (tmp_path / "work" / "docker.json").write_text(json.dumps(other))
    assert daemon.end_lasting()
