# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Container VMs of runtime ``guest`` to test with: a site for them, and what their guests were told."""

from __future__ import annotations

import base64
import gzip
from typing import Any

import yaml
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._vm.guest.record import Record, read
from ovirt_lab.engine import Engine
from ovirtsdk4 import types

from tests.support.modules import Answer

_HOST = {"cluster": "Modern", "vdsm": "4.30.17", "memory": 64}
#: Two hosts without any preparation, and templates of a Linux and of a Windows. A VM of a person.
WORLD: dict[str, Any] = {
    "clusters": [
        {"name": "Modern", "version": "4.3", "data_center": "Default"},
        {"name": "Other", "version": "4.3", "data_center": "Default"},
    ],
    "hosts": [
        {"name": "host1", **_HOST},
        {"name": "host2", **_HOST},
        {"name": "far", **_HOST, "cluster": "Other"},
    ],
    "templates": [
        {"name": "container-guest", "agent": True, "disk": 4, "cluster": "Modern"},
        {"name": "windows", "agent": True, "disk": 4, "cluster": "Modern"},
    ],
    "vms": [{"name": "db1", "cluster": "Modern", "status": "up", "host": "host2"}],
}
NEW: dict[str, Any] = {"name": "web", "cluster": "Modern", "image": "redis:7.2"}


def record_of(engine: Engine, name: str = "web") -> Record | None:
    """What the stored custom script of a VM says."""
    return read(engine.vm(name).initialization.custom_script)


def assert_applied(engine: Engine, name: str = "web") -> None:
    """A VM is noted to have what its record says."""
    record = record_of(engine, name)
    assert record is not None
    assert record.is_applied


def write_script(engine: Engine, script: str, name: str = "web") -> None:
    """Store another custom script in a VM, as a person may."""
    vm = engine.vm(name)
    vm.initialization = types.Initialization(custom_script=script)
    engine.store.touch(vm)


def told(engine: Engine, name: str = "web") -> list[dict[str, str]]:
    """What each start of a VM has written into its guest: texts by path, none where the start was a plain one."""
    return [_files(start["files"].get("openstack/latest/user_data", "")) for start in engine.starts(name)]


def _files(user_data: str) -> dict[str, str]:
    written = (yaml.safe_load(user_data) or {}).get("write_files", []) if user_data else []
    return {file["path"]: gzip.decompress(base64.b64decode(file["content"])).decode() for file in written}


def images(engine: Engine, name: str = "web") -> list[str]:
    """The image that each start of a VM has named, "" for a plain start."""
    return [files.get("/etc/ovirt-container/image", "").strip() for files in told(engine, name)]


def seen_by_anybody(engine: Engine, password: str) -> str:
    """All that the API shows of VMs, their events and templates, to somebody who asks for all of it."""
    login = base64.b64encode(f"admin@internal:{password}".encode()).decode()
    headers = {"Authorization": f"Basic {login}", "All-Content": "true"}
    answers = [
        engine.handle("GET", f"/ovirt-engine/api/{path}", headers)
        for path in ("vms?follow=nics,disk_attachments,tags", "events", "templates", "jobs")
    ]
    assert {answer.status for answer in answers} == {200}
    return "\n".join(answer.body.decode() for answer in answers)


def assert_done(answer: Answer, *actions: str) -> None:
    """It succeeded with these actions, and has said so."""
    assert not answer.failed, answer.msg
    assert answer.data["actions"] == list(actions)
    assert answer.changed == bool(actions)
