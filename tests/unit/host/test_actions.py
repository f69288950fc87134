# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Steps of the way back on a host that does not stand still, or does not let them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.host import Host, HostError
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.undo import actions, firewall_back

from tests.host_tier import machines
from tests.host_tier.machine import Machine
from tests.unit.host.conftest import On

DOCKERS = {"do": "remove docker's rules", "steps": [], "links": [], "foreign": ["eth0", "ovirtmgmt"], "started": True}
#: A packet filter with a state, and with the kernel's refusal of a chain that rules still lead to.
FILTER = """#!/bin/sh
PATH=/usr/bin:/bin
table={table}
# -w -t TABLE -D|-X ...
deed=$4; shift 4
case $deed in
-D) grep -v -x -F -e "-A $*" "$table" >"$table.new"; mv "$table.new" "$table" ;;
-X) if grep -q -e "-j $1\\$" "$table" || grep -q -e "-A $1 " "$table"; then
        echo "iptables: Device or resource busy. CHAIN_DEL failed" >&2; exit 4
    fi
    grep -v -e "^:$1 " "$table" >"$table.new"; mv "$table.new" "$table" ;;
esac
"""
#: What a docker that is not quite dead makes between two looks.
SAVE = """#!/bin/sh
PATH=/usr/bin:/bin
table={table}
next=$(ls {table}.late.* 2>/dev/null | head -n 1)
cat "$table"
[ -z "$next" ] || {{ cat "$next" >>"$table"; rm "$next"; }}
"""


def firewall(machine: Machine, *looks: str) -> Path:
    """Let each look but the first find what came after the one before."""
    table = machine.bin.parent / "table"
    table.write_text("*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -i ovirtmgmt -j ACCEPT\n" + looks[0])
    for number, late in enumerate(looks[1:]):
        Path(f"{table}.late.{number}").write_text(late)
    machine._script("iptables-save", SAVE.format(table=table))
    machine._script("iptables", FILTER.format(table=table))
    return table


@pytest.fixture
def host(on: On) -> Host:
    on(machines.hypervisor)
    return Host()


@pytest.fixture
def machine(on: On) -> Machine:
    return on(machines.hypervisor).says("ip link delete *")


def test_rules_that_docker_makes_while_it_dies_go_too(machine: Machine) -> None:
    """Recorded on a loaded machine: the chains were read before docker had made the rules that lead to them."""
    table = firewall(
        machine,
        ":DOCKER - [0:0]\n:DOCKER-ISOLATION-STAGE-1 - [0:0]\n:DOCKER-ISOLATION-STAGE-2 - [0:0]\n",
        "-A FORWARD -j DOCKER-ISOLATION-STAGE-1\n-A FORWARD -o docker0 -j DOCKER\n",
        "-A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2\n",
        ":DOCKER-USER - [0:0]\n-A FORWARD -j DOCKER-USER\n-A DOCKER-USER -j RETURN\n",
    )
    actions.undo(Host(), DOCKERS)
    assert table.read_text() == "*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -i ovirtmgmt -j ACCEPT\n"


def test_there_is_a_limit(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(firewall_back, "DOCKER_SECONDS", 0.3)
    firewall(machine, ":DOCKER - [0:0]\n-A FORWARD -o docker0 -j DOCKER\n")
    machine._script("iptables", "#!/bin/sh\necho 'iptables: Device or resource busy. CHAIN_DEL failed' >&2\nexit 4\n")
    with pytest.raises(HostError, match=r"2 are still there after 0.3 s: .*CHAIN_DEL failed"):
        actions.undo(Host(), DOCKERS)


def test_what_was_there_before_stays(machine: Machine) -> None:
    kept = [{"command": "iptables", "table": "filter", "chain": "DOCKER-USER"}]
    table = firewall(machine, ":DOCKER-USER - [0:0]\n:DOCKER - [0:0]\n")
    actions.undo(Host(), {**DOCKERS, "steps": kept})
    assert ":DOCKER-USER" in table.read_text()
    assert ":DOCKER -" not in table.read_text()


def test_bridges_go_with_the_rules_that_name_them(machine: Machine) -> None:
    machine.device("docker0", kind="bridge").device("cbr0", kind="bridge").device("br-site", kind="bridge")
    firewall(machine, ":DOCKER - [0:0]\n-A FORWARD -o cbr0 -j DOCKER\n-A FORWARD -i cbr0 ! -o cbr0 -j ACCEPT\n")
    actions.undo(Host(), DOCKERS)
    assert [line for line in machine.asked if "link delete" in line] == [
        "ip link delete cbr0",
        "ip link delete docker0",
    ]


def test_a_bridge_of_the_host_never_goes(machine: Machine) -> None:
    firewall(machine, ":DOCKER - [0:0]\n-A FORWARD -o ovirtmgmt -j DOCKER\n")
    actions.undo(Host(), DOCKERS)
    assert not [line for line in machine.asked if "link delete" in line]


def test_a_firewall_that_cannot_be_read_is_no_clean_one(machine: Machine) -> None:
    machine.says("iptables-save", "", 1, "iptables-save: Permission denied")
    with pytest.raises(HostError, match="iptables-save failed: iptables-save: Permission denied"):
        actions.undo(Host(), DOCKERS)


RESTART = {"do": "restart", "units": ["supervdsmd.service", "vdsmd.service"]}
CODE = "/usr/lib/python2.7/site-packages/vdsm/virt/containers/docker.py"


@pytest.mark.parametrize(
    ("files", "restarts"),
    [
        ([], True),
        ([CODE, "/usr/bin/docker"], True),
        ([CODE, "/bin/docker"], True),
        ([CODE], False),
        ([CODE + "c"], False),
        ([CODE.replace("docker.py", "left-over.txt")], True),
        ([CODE, "/usr/local/bin/docker", "/snap/bin/docker"], False),
    ],
)
def test_vdsm_is_not_restarted_where_it_would_stop_containers(
    machine: Machine, files: list[str], restarts: bool
) -> None:
    machine.says("systemctl restart *").says("systemctl reset-failed *").says("vdsm-client *", "{}")
    for path in files:
        machine.file(path, "")
    problems = actions.undo_all(Host(), [RESTART])
    assert bool(problems) is not restarts
    assert any("systemctl restart" in line for line in machine.asked) is restarts
    assert restarts or "Vdsm would stop every container VM" in problems[0]


SLOW_VDSM = """#!/bin/sh
echo x >>{count}
[ $(wc -l <{count}) -gt 2 ] || {{ echo 'vdsm-client: Command Host.getCapabilities failed: code=99' >&2; exit 1; }}
echo '{{"containers": false}}'
"""


def test_a_restarted_vdsm_is_waited_for(machine: Machine, tmp_path: Path) -> None:
    """Vdsm's unit is Type=simple: systemctl returns while it reads its VMs and answers 99 to everything."""
    machine.says("systemctl restart *").says("systemctl reset-failed *")
    machine._script("vdsm-client", SLOW_VDSM.format(count=tmp_path / "count"))
    assert actions.undo_all(Host(), [RESTART]) == []
    assert (tmp_path / "count").read_text() == "x\n" * 3


def test_a_vdsm_that_stays_silent_is_a_problem(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "VDSM_SECONDS", 0.3)
    machine.says("systemctl restart *").says("systemctl reset-failed *")
    machine.says("vdsm-client *", "", 1, "Connection refused")
    (problem,) = actions.undo_all(Host(), [RESTART])
    assert problem == (
        "Could not restart supervdsmd.service and vdsmd.service: "
        "it was restarted and does not answer after 0.3 s: Connection refused"
    )


def test_steps_go_on_after_one_that_fails(machine: Machine) -> None:
    machine.says("systemctl stop *", "", 1, "no").says("systemctl enable *").says("systemctl reset-failed *")
    steps: list[dict[str, Any]] = [{"do": "stop", "unit": "a.service"}, {"do": "enable", "unit": "b.service"}]
    assert actions.undo_all(Host(), steps) == ["Could not stop a.service: no"]
    assert machine.asked[-1] == "systemctl enable -- b.service"


class TestTrees:
    """Nothing that is mounted below data is deleted, wherever links lead."""

    TREE = "/var/lib/docker"

    @pytest.fixture
    def data(self, machine: Machine) -> Path:
        """Docker's data is on another disk, by a link."""
        place = machine.root / "data/docker"
        (place / "volumes").mkdir(parents=True)
        (machine.root / "var/lib").mkdir(parents=True)
        (machine.root / self.TREE[1:]).symlink_to(place)
        machine.file("/data/docker/volumes/precious", "x")
        return place

    def problems(self, deed: str) -> list[str]:
        return actions.undo_all(Host(), [{"do": deed, "path": self.TREE}])

    @pytest.mark.parametrize("mount", ["/data/docker/volumes", r"/data/docker/volumes/a\040b"])
    def test_below_what_the_link_leads_to(self, machine: Machine, data: Path, mount: str) -> None:
        machine.file("/proc/self/mountinfo", f"99 1 0:50 / {mount} rw - nfs4 srv:/x rw\n")
        (problem,) = self.problems("empty tree")
        assert mount.replace(r"\040", " ") + " is mounted there" in problem
        assert (data / "volumes/precious").exists()

    def test_in_a_tree_with_a_blank(self, machine: Machine) -> None:
        machine.file("/srv/my data/x/precious", "")
        machine.file("/proc/self/mountinfo", r"99 1 0:50 / /srv/my\040data/x rw - nfs4 srv:/x rw" + "\n")
        assert actions.undo_all(Host(), [{"do": "remove tree", "path": "/srv/my data"}]) != []
        assert (machine.root / "srv/my data/x/precious").exists()

    def test_what_is_mounted_on_one_that_was_missing(self, machine: Machine) -> None:
        machine.file(f"{self.TREE}/precious", "")
        machine.file("/proc/self/mountinfo", f"99 1 0:50 / {self.TREE} rw - nfs4 srv:/x rw\n")
        assert "is mounted there" in self.problems("remove tree")[0]
        # One that was there and empty may well be a mount point.
        assert self.problems("empty tree") == []

    def test_a_link_that_came_in_its_place(self, machine: Machine, data: Path) -> None:
        (problem,) = self.problems("remove tree")
        assert "it is a link now, and what it leads to may be anybody's; delete it by hand" in problem
        assert (data / "volumes/precious").exists()

    def test_an_empty_one_behind_a_link_is_emptied(self, data: Path) -> None:
        assert self.problems("empty tree") == []
        assert list(data.iterdir()) == []


def test_rpm_is_not_ended_in_the_middle_of_its_transaction(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """That breaks its database; a scriptlet may take as long as it takes."""
    monkeypatch.setattr(actions, "SECONDS", 0.2)
    machine._script("rpm", f"#!/bin/sh\n/bin/sleep 0.6\necho done >>{machine.log}\n")
    machine.says("systemctl daemon-reload")
    assert actions.undo_all(Host(), [{"do": "remove packages", "packages": ["a-1"]}]) == []
    assert "done" in machine.asked
