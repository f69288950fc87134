# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tags, events, jobs and system options."""

from __future__ import annotations

import pytest
from client import Lab, Refused
from ovirtsdk4 import types

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
    assert [t.name for t in lab.ask("GET", "tags")] == ["root", "container-host"]


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
        before = lab.engine.state()
        with pytest.raises(Refused, match=text) as caught:
            call()
        assert caught.value.status == status
        assert lab.engine.state() == before


def test_assigning_a_tag_twice_is_a_warning() -> None:
    lab = Lab()
    vm = lab.vm()
    for _ in range(2):
        lab.ask("POST", f"vms/{vm.id}/tags", types.Tag(name="container-host"))
    assert lab.codes("web")[-2:] == [440, 454]
    tag = lab.ask("GET", f"vms/{vm.id}/tags")[0]
    lab.ask("DELETE", f"vms/{vm.id}/tags/{tag.id}")
    assert lab.codes("web")[-1] == 446


def test_tag_names() -> None:
    """The annotations of Tags.java: letters of any script, digits, dot, minus and underscore; fifty at most."""
    lab = Lab()
    for name in ("web.eu-1_b", "größe", "x" * 50):
        assert lab.ask("POST", "tags", types.Tag(name=name)).name == name
    words = "Invalid tag name. Only letters, numbers, '-', and '_' are valid characters., Attribute: _tag.name"
    size = "size must be between 1 and 50, Attribute: _tag.name"
    for name, text in (("a b", words), ("a/b", words), ("m²", words), ("x" * 51, size), ("", size)):
        with pytest.raises(Refused) as caught:
            lab.ask("POST", "tags", types.Tag(name=name))
        assert (caught.value.status, caught.value.detail) == (400, f"[{text}]")


def test_a_tag_or_vm_that_is_gone_is_not_found_out_before_the_database_does() -> None:
    """AttachVmsToTagCommand checks nothing, and the resource does not look its VM up (BackendVmTagsResource)."""
    lab = Lab()
    vm, gone = lab.vm(), "11111111-1111-1111-1111-111111111111"
    tag = lab.ask("GET", "tags?max=2")[1]
    before = lab.engine.state()
    for address, ident in ((f"vms/{vm.id}", gone), (f"vms/{gone}", tag.id), (f"hosts/{gone}", tag.id)):
        with pytest.raises(Refused) as caught:
            lab.ask("POST", f"{address}/tags", types.Tag(id=ident))
        assert (caught.value.status, caught.value.detail) == (400, "[Internal Engine Error]")
    assert lab.engine.state() == before
    assert lab.ask("GET", f"vms/{gone}/tags") == []
    assert lab.raw("GET", f"vms/{gone}/nics").status == 404
    assert lab.raw("GET", "vms/no-id/tags").status == 404


def test_a_tag_is_searched_for_as_an_expression_that_minds_case() -> None:
    """TagsDirector.getTagNamesAndChildrenNamesByRegExp: a dot is any character there."""
    lab = Lab()
    for name in ("a.b", "axb", "A.b"):
        lab.ask("POST", "tags", types.Tag(name=name))
        lab.ask("POST", f"vms/{lab.vm(f'vm-{name}').id}/tags", types.Tag(name=name))
    assert [v.name for v in lab.ask("GET", "vms?search=tag%3Da.b")] == ["vm-a.b", "vm-axb"]
    assert [v.name for v in lab.ask("GET", "vms?search=tag%3D*.b")] == ["vm-a.b", "vm-axb", "vm-A.b"]
    assert [v.name for v in lab.ask("GET", "vms?search=name%3DVM-a.b")] == ["vm-a.b", "vm-A.b"]


def test_tags_in_a_new_vm_are_ignored() -> None:
    """VmMapper does not read them."""
    lab = Lab()
    vm = lab.vm(tags=[types.Tag(name="container-host")])
    assert lab.ask("GET", f"vms/{vm.id}/tags") == []


def test_hosts_are_found_by_tag() -> None:
    assert [h.name for h in Lab().ask("GET", "hosts?search=tag=container-host")] == ["host1", "host2"]


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


def test_who_added_what_is_found_by_correlation_id() -> None:
    """AuditLogConditionFieldAutoCompleter: ILIKE, with `*`; CurrentFilter: other characters dropped, cut to 36."""
    lab = Lab()
    network = types.OperatingSystem(boot=types.Boot(devices=[types.BootDevice.HD, types.BootDevice.NETWORK]))
    cluster, template = types.Cluster(name="Default"), types.Template(name="Blank")
    body = types.Vm(name="web", cluster=cluster, template=template, os=network)
    vm = lab.ask("POST", "vms", body, **{"Correlation-Id": "fleet_1-" + "a.b/c" * 20})
    lab.ask("POST", f"vms/{vm.id}/start", "<action/>", **{"Correlation-Id": "fleet_2"})
    added = lab.ask("GET", "events?search=correlation_id%3Dfleet_*%20and%20type%3D34%20and%20event_vm%3Dweb")
    assert [(e.code, e.correlation_id) for e in added] == [(34, ("fleet_1-" + "abc" * 20)[:36])]
    assert {e.code for e in lab.ask("GET", "events?search=correlation_id%3DFLEET_2")} == {153}
    assert lab.ask("GET", "events?search=correlation_id%3Dfleet2") == []
    lab.put(vm, name="renamed")  # an event keeps the name of its time
    assert lab.ask("GET", "events?search=event_vm%3Dweb%20and%20type%3D34")[0].vm.id == vm.id


def test_events_from_outside() -> None:
    lab = Lab()
    with pytest.raises(Refused, match=r"Parameter 'event.custom_id' is mandatory but was not provided\."):
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


@pytest.mark.parametrize(("version", "first"), [("4.1", "web"), ("4.3", "db"), ("4.5", "db")])
def test_jobs_are_listed_oldest_first_since_4_2(version: str, first: str) -> None:
    """`start_time ASC` of SearchObjectAutoCompleter; 4.1 asks GetAllJobs, which says DESC."""
    lab = Lab(version)
    for name in ("db", "web"):
        lab.vm(name)
        lab.clock.advance(1)
    assert lab.ask("GET", "jobs")[0].description == f"Creating VM {first} in Cluster Default"


def test_events_of_one_moment_turn_round_with_the_order() -> None:
    lab = Lab("4.5")
    lab.run(lab.vm("web"))
    found = [event.index for event in lab.ask("GET", "events?search=sortby%20time%20asc")]
    assert found == sorted(found) and len(found) > 3
