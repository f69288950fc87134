# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""container_vm while things go wrong on the way."""

from __future__ import annotations

from typing import Any

import ovirtsdk4
import pytest
from ovirtsdk4 import types

from tests.contract.conftest import Site, start
from tests.support.containers import NEW, assert_one_sentence, by_hand


def test_a_locked_vm_is_tried_again_until_it_is_free(site43: Site) -> None:
    site43.container(**NEW, state="present")
    site43.engine.faults.add("lock:vm=web:seconds=40")
    answer = site43.container(name="web")
    assert not answer.failed, answer.msg


def test_a_vm_that_stays_locked_is_told_with_the_engines_words(site43: Site) -> None:
    site43.container(**NEW, state="present")
    site43.engine.faults.add("lock:vm=web:seconds=100000")
    answer = site43.container(name="web", timeout=1)
    assert answer.failed
    assert "correlation id containers-" in answer.msg


def test_a_refused_nic_loses_nothing_and_the_second_run_finishes(site43: Site) -> None:
    site43.engine.faults.add("status:500:match=POST .*/nics:count=0")
    broken = site43.container(**NEW, networks=["backend"], timeout=1)
    assert broken.failed
    site43.engine.faults.clear()
    assert "web: networks failed (create done): " in broken.msg
    assert broken.changed
    finished = site43.container(**NEW, networks=["backend"])
    assert not finished.failed, finished.msg
    assert finished.data["actions"] == ["networks", "start"]
    assert len(site43.engine.store.list(f"vms/{site43.engine.vm('web').id}/nics")) == 1


def test_trouble_in_the_middle_is_healed_within_the_run(site43: Site) -> None:
    site43.engine.faults.add("status:500:match=POST .*/nics")
    answer = site43.container(**NEW, networks=["backend"])
    assert not answer.failed, answer.msg
    assert answer.data["actions"] == ["create", "networks", "start"]
    assert len(site43.engine.store.list(f"vms/{site43.engine.vm('web').id}/nics")) == 1


def test_no_host_that_fits_is_told_with_the_engines_words(site43: Site) -> None:
    for host in site43.engine.store.list("hosts"):
        host.status = types.HostStatus.MAINTENANCE
        site43.engine.store.touch(host)
    answer = site43.container(**NEW)
    assert answer.failed
    assert "Cannot run VM" in answer.msg
    assert "no host" in answer.msg.lower()


def test_a_lost_host_is_told(site43: Site) -> None:
    site43.container(**NEW, hosts=["host1"])
    site43.engine.faults.add("host_gone:host=host1")
    answer = site43.container(name="web")
    assert "Engine does not reach host host1" in answer.msg


def test_an_engine_that_is_away_for_a_while_is_waited_for(site43: Site) -> None:
    site43.engine.faults.add("status:503:match=GET /ovirt-engine/api/vms.search:nth=2:count=3")
    answer = site43.container(**NEW)
    assert not answer.failed, answer.msg


def test_an_engine_that_stays_away_is_told_and_nothing_is_forgotten(site43: Site) -> None:
    site43.engine.faults.add("status:503:match=GET /ovirt-engine/api/vms.search:nth=2:count=0")
    answer = site43.container(**NEW, timeout=2)
    assert answer.failed
    assert answer.changed
    assert answer.data["actions"] == ["create", "start"]
    assert "web: up was wanted, it was " in answer.msg
    assert "Run the task again" in answer.msg


def test_a_refusal_of_the_host_is_told_with_its_reason(site43: Site) -> None:
    """The host's own word comes before Engine's general one, and what an earlier start said does not count."""
    by_hand(site43)
    site43.container(name="web", state="present")
    vm = site43.engine.vm("web")
    site43.engine.store.note(vm)["no_cdrom"] = True
    answer = site43.container(name="web")
    assert "Exit message: image path not found" in answer.msg
    assert "CD-ROM device was removed" in answer.msg
    site43.engine.store.note(vm)["no_cdrom"] = False
    site43.engine.world.images["missing"] = ["redis"]
    answer = site43.container(name="web")
    assert "image path not found" not in answer.msg
    assert "ended at once" in answer.msg


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ({"timeout": 10, "settle": 20}, "timeout is 10 s and settle 20 s"),
        ({"poll_interval": 0}, "poll_interval is 0 s; 1 or more is needed"),
        ({"timeout": 0}, "timeout is 0 s"),
        ({"settle": -1}, "settle is -1 s"),
    ],
)
def test_waiting_that_cannot_be_is_refused(site43: Site, args: dict[str, Any], told: str) -> None:
    assert_one_sentence(site43.container(**{**NEW, **args}).msg, told)
    assert site43.asked == []
    assert not site43.container(name="web", state="absent", timeout=10, settle=20).failed


def test_time_out_says_what_was_seen(site43: Site) -> None:
    site43.engine.world.delays["boot"] = 100000
    answer = site43.container(**NEW, timeout=1)
    assert answer.failed
    assert "up was wanted, it is wait_for_launch after 1 s" in answer.msg
    assert "Engine says: " in answer.msg


@pytest.mark.parametrize("number", range(1, 10))
def test_a_login_that_expires_anywhere_is_renewed_unseen(site43: Site, number: int) -> None:
    site43.engine.faults.add(f"expire_tokens:match=/ovirt-engine/api/:nth={number}")
    answer = site43.container(**NEW, networks=["backend"])
    assert not answer.failed, answer.msg
    assert [vm.name for vm in site43.engine.vms()].count("web") == 1
    assert len(site43.engine.store.list(f"vms/{site43.engine.vm('web').id}/nics")) == 1
    assert site43.engine.sessions.tokens == {}, "a login that was renewed was not ended"


def test_a_token_that_expires_before_the_first_write_changes_nothing(site43: Site) -> None:
    token = ovirtsdk4.Connection(**site43.auth).authenticate()
    site43.engine.faults.add("expire_tokens:match=GET .*/vnicprofiles")
    before = site43.state()
    auth = {"url": site43.auth["url"], "ca_file": site43.auth["ca_file"], "token": token}
    answer = site43.run("container_vm", {**NEW, "networks": ["backend"]}, auth=auth)
    assert_one_sentence(answer.msg, "does not accept the token.*log in again with ovirt.ovirt.ovirt_auth")
    assert site43.state() == before


def test_todays_ovirt_needs_a_template(tmp_path: Any) -> None:
    for site in start(tmp_path, "4.5"):
        answer = site.container(**NEW)
        assert_one_sentence(answer.msg, r"template 'container-guest' does not exist for cluster 'Default'")
        assert site.writes == []


@pytest.mark.parametrize(
    ("specification", "told"),
    [
        ("", "not configured by the system. The keys are: .*container.*README, Prepare the Engine"),
        ("containerImage=^[a-z]+$;containerType=^docker$", "illegal values. The keys are: containerImage.*README"),
    ],
)
def test_an_engine_without_our_properties_is_told_what_to_do(tmp_path: Any, specification: str, told: str) -> None:
    for site in start(tmp_path, "4.3"):
        site.engine.world.properties["4.1"] = specification
        answer = site.container(**NEW)
        assert_one_sentence(answer.msg, told)
        assert site.engine.vm("web") is None
