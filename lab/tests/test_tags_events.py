# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tags, events, jobs and system options."""

from __future__ import annotations

import ovirtsdk4.types as types
import pytest
from client import Lab, Refused

ROOT = "00000000-0000-0000-0000-000000000000"


def test_tags_hang_below_root() -> None:
    lab = Lab()
    assert lab.ask("GET", f"tags/{ROOT}").name == "root"
    outer = lab.ask("POST", "tags", types.Tag(name="outer"))
    inner = lab.ask("POST", "tags", types.Tag(name="inner", parent=types.Tag(name="outer")))
    assert (outer.parent.id, inner.parent.id) == (ROOT, outer.id)
    vm = lab.vm()
    lab.ask("POST", f"vms/{vm.id}/tags", types.Tag(name="inner"))
    assert [v.name for v in lab.ask("GET", "vms?search=tag=inner")] == ["web"]
    assert [v.name for v in lab.ask("GET", "vms?search=tag=outer")] == ["web"]
    shown = lab.ask("GET", f"vms/{vm.id}/tags")[0]
    assert (shown.name, shown.vm.id, shown.parent.id) == ("inner", vm.id, outer.id)
    lab.ask("DELETE", f"tags/{outer.id}")  # the branch goes, and what it was assigned to loses it
    assert not lab.ask("GET", f"vms/{vm.id}/tags")
    assert [t.name for t in lab.ask("GET", "tags")] == ["root", "container_host"]


def test_tag_refusals() -> None:
    lab = Lab()
    outer = lab.ask("POST", "tags", types.Tag(name="outer"))
    inner = lab.ask("POST", "tags", types.Tag(name="inner", parent=types.Tag(id=outer.id)))
    below_inner = types.Tag(parent=types.Tag(id=inner.id))
    for text, status, call in (
        ("Tag name already exists", 409, lambda: lab.ask("POST", "tags", types.Tag(name="inner"))),
        ("Invalid tag name", 400, lambda: lab.ask("POST", "tags", types.Tag(name="not good"))),
        ("Cannot edit readonly tag", 409, lambda: lab.ask("DELETE", f"tags/{ROOT}")),
        ("recursive Tag hierarchy", 409, lambda: lab.ask("PUT", f"tags/{outer.id}", below_inner)),
        ("Entity not found", 404, lambda: lab.ask("POST", f"vms/{lab.engine.vm('db1').id}/tags", types.Tag(name="no"))),
    ):  # fmt: skip
        before = lab.engine.snapshot()
        with pytest.raises(Refused, match=text) as caught:
            call()
        assert caught.value.status == status
        assert lab.engine.snapshot() == before


def test_assigning_a_tag_twice_is_a_warning() -> None:
    lab = Lab()
    vm = lab.vm()
    for _ in range(2):
        lab.ask("POST", f"vms/{vm.id}/tags", types.Tag(name="container_host"))
    assert lab.codes("web")[-2:] == [440, 454]
    tag = lab.ask("GET", f"vms/{vm.id}/tags")[0]
    lab.ask("DELETE", f"vms/{vm.id}/tags/{tag.id}")
    assert lab.codes("web")[-1] == 446


def test_hosts_are_found_by_tag() -> None:
    assert [h.name for h in Lab().ask("GET", "hosts?search=tag=container_host")] == ["host1", "host2"]


def test_events_newest_first_from_and_search() -> None:
    lab = Lab()
    assert lab.ask("GET", "events?max=1")[0].index == 1  # never empty
    lab.vm("one")
    mark = lab.ask("GET", "events?max=1")[0].index
    vm = lab.vm("two", **{})
    lab.ask("DELETE", f"vms/{vm.id}", **{"Correlation-Id": "abc-1"})
    indexes = [e.index for e in lab.ask("GET", "events")]
    assert indexes == sorted(indexes, reverse=True)
    assert [e.code for e in lab.ask("GET", f"events?from={mark}")] == [113, 34]
    assert [e.code for e in lab.ask("GET", "events?search=correlation_id%3Dabc-1")] == [113]
    assert [e.code for e in lab.ask("GET", "events?search=event_vm%3Dtwo")] == [113, 34]  # though it is gone
    assert (
        lab.ask("GET", "events?search=type=113")[0].description == "VM two was successfully removed by admin@internal."
    )


def test_events_from_outside() -> None:
    lab = Lab()
    with pytest.raises(Refused, match=r"Event \[origin, severity, customId\] required for add"):
        lab.ask("POST", "events", types.Event(description="x"))
    event = types.Event(description="x", origin="me", severity=types.LogSeverity.WARNING, custom_id=7)
    assert lab.ask("POST", "events", event).code == 9802
    assert lab.ask("GET", "events?search=severity>normal")[0].description == "x"


def test_a_start_has_a_job_with_steps() -> None:
    lab = Lab()
    vm = lab.vm()
    job = lab.act(vm, "start").job
    shown = lab.ask("GET", f"jobs/{job.id}")
    assert (shown.description, shown.status) == ("Launching VM web", types.JobStatus.FINISHED)
    assert [s.type.value for s in lab.ask("GET", f"jobs/{job.id}/steps")] == ["validating", "executing", "finalizing"]


def test_options() -> None:
    lab = Lab()
    option = lab.ask("GET", "options/UserDefinedVMProperties?version=4.1")
    assert [v.version for v in option.values] == ["4.1"]
    assert option.values[0].value.startswith("containerType=^docker$;")
    for path in ("options/NoSuchThing", "options/UserDefinedVMProperties?version=9.9"):
        with pytest.raises(Refused) as caught:
            lab.ask("GET", path)
        assert caught.value.status == 404
    with pytest.raises(Refused):
        Lab("4.1").ask("GET", "options/UserDefinedVMProperties")
