# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The container in a guest: what reaches it, what stays of it, and that its end is the end of the VM."""

from __future__ import annotations

import base64
import ipaddress
import subprocess
import time

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.guest.files import Secrets

from .conftest import Bench, Booted

pytestmark = pytest.mark.timeout(900)

WEB = {"image": "localhost/web:v1", "entrypoint": ["/init"], "networks": ["lan/lan"]}
HOSTILE = {
    "QUOTES": "single ' double \" back ` slash \\ $HOME ${x} $(id) #no",
    "LINES": "one\ntwo\r\n\ttab\n",
    "UNICODE": "\u00e4\u20ac\U0001f600 \u2028 \x85 \ufeff end",
    "CONTROL": "\x01\x1b[31m\x7f",
    "EMPTY": "",
    "LARGE": "0123456789abcdef" * 4096,
    "PATH": "/bin:/of/the/container",
    "BASH_ENV": "/nowhere",
}


def variables(guest: Booted) -> dict[str, str]:
    found = base64.b64decode(guest.ask("cgi-bin/variables")).decode()
    return dict(entry.split("=", 1) for entry in found.split("\0") if entry)


def test_what_was_wished_arrives_and_volumes_outlive_the_container(bench: Bench) -> None:
    data = bench.volume("data")
    disks = {"data": data}
    command = ["two words", "$(id)", "it's", "--env", "line\nline", ""]
    volumes = [{"name": "data", "path": "/data"}]
    wish = {**WEB, "command": command, "environment": HOSTILE, "volumes": volumes}
    secrets = Secrets({"TOKEN": "s3cr3t 'x'"}, {"registry.example.com": ("user", "word")})
    guest = bench.start(wish, secrets, disks)
    assert guest.ask() == "v1"
    found = variables(guest)
    assert {name: found.get(name) for name in (*HOSTILE, "TOKEN")} == {**HOSTILE, "TOKEN": "s3cr3t 'x'"}
    assert guest.ask("cgi-bin/arguments").split("\n") == "\n".join(command).split("\n")[:-1]
    assert guest.ask("cgi-bin/hits") == "1"
    guest.shut_down()

    plain = bench.start(disks=disks)
    assert (plain.ask(), plain.ask("cgi-bin/hits")) == ("v1", "2"), "a plain start runs what is on the disk"
    assert variables(plain)["TOKEN"] == "s3cr3t 'x'"
    plain.shut_down()

    after = {**WEB, "image": "localhost/web:v2", "user": "1000", "working_dir": "/tmp", "volumes": volumes}
    updated = bench.start(after, None, disks)
    assert (updated.ask(), updated.ask("cgi-bin/who")) == ("v2", "1000 /tmp v2")
    assert variables(updated)["TOKEN"] == "s3cr3t 'x'", "secrets that are not given stay"
    updated.shut_down()

    without = bench.start(after, Secrets(), disks)
    assert (without.ask(), "TOKEN" in variables(without)) == ("v2", False)
    without.shut_down()


def test_the_end_of_the_container_is_the_end_of_the_vm(bench: Bench) -> None:
    guest = bench.start(WEB)
    guest.ask("cgi-bin/end?0")
    assert "the container has ended: success" in guest.is_off()
    again = bench.start()
    assert again.sign() == "container-up"
    again.ask("cgi-bin/end?3")
    assert again.sign() == "container-3"
    assert "the container has ended: exit-code (exited 3)" in again.is_off()


def test_a_guest_can_be_held_to_look_into_it(bench: Bench) -> None:
    guest = bench.start({**WEB, "command": ["first"]})
    guest.ask()
    guest.shut_down()
    held = bench.start(script="write_files: [{path: /run/ovirt-container.hold}]\n")
    assert held.address
    time.sleep(3)
    assert not held.answers()
    assert held.signs() == []
    held.shut_down()
    assert bench.start().ask("cgi-bin/arguments") == "first"


def test_restarts(bench: Bench) -> None:
    always = bench.start({**WEB, "restart": "always"})
    for code in (3, 0):
        always.ask(f"cgi-bin/end?{code}")
        until_down(always)
        assert always.ask() == "v1"
    always.shut_down()
    failing = bench.start({**WEB, "restart": "on-failure"})
    failing.ask("cgi-bin/end?3")
    until_down(failing)
    assert failing.ask() == "v1"
    failing.ask("cgi-bin/end?0")
    assert "the container has ended: success" in failing.is_off()


def until_down(guest: Booted) -> None:
    """Wait until the container has ended; it may be up again so soon that nobody sees it down."""
    deadline = time.monotonic() + 30
    while "web ends with" not in guest.console and guest.answers():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"image": "localhost:1/missing:v1"}, "the image localhost:1/missing:v1 cannot be pulled"),
        ({"entrypoint": ["/nothing"]}, "exit-code (exited 127)"),
        ({"health_check": {"command": "false", "interval": 1, "retries": 1}}, "the container has ended: exit-code"),
    ],
)
def test_why_a_container_does_not_run_is_on_the_console(bench: Bench, wish: dict[str, object], said: str) -> None:
    guest = bench.start({**WEB, **wish})
    assert said in guest.is_off()


def test_a_disk_of_somebody_else_is_refused(bench: Bench) -> None:
    foreign = bench.volume("data")
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-L", "theirs", str(foreign)], check=True)
    before = foreign.read_bytes()
    guest = bench.start({**WEB, "volumes": [{"name": "data", "path": "/data"}]}, disks={"data": foreign})
    said = guest.is_off()
    assert "volume data: its disk" in said, said
    assert "has a ext4 with the label 'theirs'" in said
    assert foreign.read_bytes() == before


def test_static_addresses_and_ports(bench: Bench, subnet: str) -> None:
    address = str(ipaddress.IPv4Network(subnet)[5])
    static = {"lan/lan": {"address": f"{address}/24", "gateway": str(ipaddress.IPv4Network(subnet)[1])}}
    guest = bench.start({**WEB, "addresses": static, "ports": ["80:8080"]})
    assert (guest.ask(port=80), guest.address) == ("v1", address)
    guest.shut_down()
    dynamic = bench.start({**WEB})
    assert dynamic.ask() == "v1"
    assert dynamic.address != address
    dynamic.shut_down()
