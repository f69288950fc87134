# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The form of values: statistics, dates, numbers."""

from __future__ import annotations

import datetime
import re

import pytest
from client import Lab
from ovirtsdk4 import types

from ovirt_lab.engine import Engine, forms

GAUGE, COUNTER = types.StatisticKind.GAUGE, types.StatisticKind.COUNTER
BITS = ("data.current.rx.bps", "data.current.tx.bps")


@pytest.mark.parametrize("version", ["4.1", "4.3", "4.5"])
def test_statistics_of_a_nic(version: str) -> None:
    """NicStatisticalQuery: rates are gauges, totals are counters; bits per second came after 4.1."""
    lab = Lab(version)
    vm = lab.vm()
    nic = lab.ask("POST", f"vms/{vm.id}/nics", types.Nic(name="nic1"))
    path = f"vms/{vm.id}/nics/{nic.id}/statistics"
    found = {s.name: (s.unit.value, s.kind, s.type.value) for s in lab.ask("GET", path)}
    rate, bits = ("bytes_per_second", GAUGE, "decimal"), ("bits_per_second", GAUGE, "decimal")
    assert found == {
        **dict.fromkeys(("data.current.rx", "data.current.tx"), rate),
        **({} if version == "4.1" else dict.fromkeys(BITS, bits)),
        **dict.fromkeys(("errors.total.rx", "errors.total.tx"), ("none", COUNTER, "integer")),
        **dict.fromkeys(("data.total.rx", "data.total.tx"), ("bytes", COUNTER, "integer")),
    }
    first = lab.ask("GET", path)[0]
    assert (first.nic.id, lab.ask("GET", f"{path}/{first.id}").name) == (nic.id, first.name)


def test_the_id_of_a_statistic_is_made_of_its_name() -> None:
    lab = Lab()
    for host in lab.engine.store.list("hosts"):
        found = {s.name: s.id for s in lab.ask("GET", f"hosts/{host.id}/statistics")}
        assert found["memory.total"] == "7816602b-c05c-3db7-a4da-3769f7ad8896"


def test_what_a_later_engine_knows_of_a_vm() -> None:
    names = {}
    for version in ("4.1", "4.3", "4.5"):
        lab = Lab(version)
        names[version] = {s.name for s in lab.ask("GET", f"vms/{lab.engine.vm('db1').id}/statistics")}
    assert names["4.3"] - names["4.1"] >= {"elapsed.time", "cpu.usage.history", "disks.usage"}
    assert names["4.5"] - names["4.3"] == {"memory.unused"}


@pytest.mark.parametrize("version", ["4.1", "4.3", "4.5"])
def test_whole_numbers_have_no_fraction(version: str) -> None:
    lab = Lab(version)
    host, vm = lab.engine.store.list("hosts")[0], lab.engine.vm("db1")
    for path in (f"hosts/{host.id}/statistics", f"vms/{vm.id}/statistics", f"hosts/{host.id}"):
        text = lab.raw("GET", path).body.decode()
        numbers = re.findall(r"<(?:datum|speed)>([^<]*)<", text)
        assert numbers and not [number for number in numbers if number.endswith(".0")]
    assert "<speed>2400</speed>" in text


DATE = r">(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[^<]*)<"


def test_dates_have_three_digits_behind_the_second() -> None:
    lab = Lab()
    lab.clock.advance(0.1234567)
    vm = lab.run(lab.vm("a", placement_policy=None))
    loaded = Engine("4.3", empty=True)
    loaded.store.load(lab.engine.state())
    lab.engine.store = loaded.store
    seen = []
    for path in ("", "vms", f"vms/{vm.id}", "events", "templates", f"vms/{vm.id}/snapshots", "jobs"):
        seen += re.findall(DATE, lab.raw("GET", path).body.decode())
    assert len(seen) > 10
    assert [text for text in seen if not re.fullmatch(r"[^.]*:\d\d\.\d{3}Z", text)] == []


@pytest.mark.parametrize(
    ("given", "wanted"),
    [("2026-01-01T00:00:00+00:00", "2026-01-01T00:00:00.000Z"),
     ("2026-01-01T00:00:00.987654+03:00", "2026-01-01T00:00:00.987+03:00"),
     ("2026-01-01T00:00:00.5", "2026-01-01T00:00:00.500Z"),
     (datetime.datetime(2026, 1, 1).isoformat(), "2026-01-01T00:00:00.000Z")],
)  # fmt: skip
def test_form_of_a_date(given: str, wanted: str) -> None:
    assert forms.date(given) == wanted


def test_the_speed_of_a_cpu_is_a_whole_number() -> None:
    lab = Lab()
    host = lab.engine.store.list("hosts")[0]
    host.cpu = types.Cpu(name="a", speed=2394.454)
    assert "<speed>2394</speed>" in lab.raw("GET", f"hosts/{host.id}").body.decode()


def test_nics_of_templates_have_no_statistics() -> None:
    lab = Lab()
    vm = lab.vm()
    lab.ask("POST", f"vms/{vm.id}/nics", types.Nic(name="nic1"))
    template = lab.ask("POST", "templates", types.Template(name="golden", vm=types.Vm(id=vm.id)))
    nic = lab.ask("GET", f"templates/{template.id}/nics")[0]
    path = f"templates/{template.id}/nics/{nic.id}"
    assert "statistics" not in lab.raw("GET", path).body.decode()
    assert lab.raw("GET", f"{path}/statistics").status == 404
