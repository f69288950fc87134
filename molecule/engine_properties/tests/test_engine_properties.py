# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Engine takes container VMs, and what others have defined is byte by byte what it was."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from ovirtsdk4 import Connection, Error, types
from testinfra.host import Host

testinfra_hosts = ["ansible://engine"]
ABOUT = Path(__file__).parents[3] / ".work" / "molecule" / "molecule-engine" / "engine.json"
IMAGE = "registry.example.com:5000/library/redis:7.2@sha256:" + "ab" * 32


@pytest.fixture
def engine() -> Iterator[Connection]:
    about = json.loads(ABOUT.read_text())
    login = {key: about[key] for key in ("url", "username", "password", "ca_file")}
    connection = Connection(**login)
    yield connection
    connection.close()


def vm(name: str, image: str) -> types.Vm:
    properties = {"containerType": "docker", "containerImage": image}
    return types.Vm(
        name=name,
        cluster=types.Cluster(name="Default"),
        template=types.Template(name="Blank"),
        custom_properties=[types.CustomProperty(name=key, value=value) for key, value in properties.items()],
    )


def test_foreign_properties_are_what_they_were(host: Host) -> None:
    stored = host.check_output("engine-config -g UserDefinedVMProperties --cver=4.1")
    assert stored.startswith("site=^[a-z]+$;containerImage=")
    assert ";owner=.*;site=^[a-z0-9]+$;" in stored
    assert stored.count("containerImage=") == 1
    assert "containerType=docker" in stored


def test_only_the_level_of_the_cluster_was_touched(host: Host) -> None:
    shown = host.check_output("engine-config -g UserDefinedVMProperties")
    assert "UserDefinedVMProperties:  version: 4.3" in shown


def test_one_restart(host: Host) -> None:
    """One start at first, and one restart for all changes; the second run (idempotence) made none."""
    started = host.check_output("journalctl -u ovirt-engine --no-pager | grep -c 'Started .*ovirt-engine'")
    assert int(started) == 2


def test_the_old_value_is_kept(host: Host) -> None:
    kept = host.check_output("cat /var/lib/ovirt-containers/engine-config/*")
    assert "site=^[a-z]+$;containerImage=^[a-zA-Z]+(://|)[a-zA-Z]+$;owner=.*;site=^[a-z0-9]+$;" in kept


def test_a_whole_reference_is_accepted(engine: Connection) -> None:
    vms = engine.system_service().vms_service()
    made = vms.list(search="name=used") or [vms.add(vm("used", IMAGE))]
    assert IMAGE in [item.value for item in made[0].custom_properties]


@pytest.mark.parametrize("image", [";rm", "redis;rm", "-v/:/host", "docker://redis"])
def test_nonsense_is_refused(engine: Connection, image: str) -> None:
    with pytest.raises(Error, match="custom properties"):
        engine.system_service().vms_service().add(vm("refused", image))
