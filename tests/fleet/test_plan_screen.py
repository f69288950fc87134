# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan screen of a fleet of thirty: the same in check mode, before the work and after it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.fleet.conftest import Harbour

SHOP: dict[str, Any] = {"fleet": "shop", "settle": 1}


def web(count: int, image: str = "shop/front:2.4") -> dict[str, Any]:
    return {"name": "web", "count": count, "image": image, "networks": ["backend"]}


CACHE: dict[str, Any] = {"name": "cache", "memory": "1GiB"}


def both(harbour: Harbour, *containers: dict[str, Any], lines: Path, **args: Any) -> tuple[list[str], list[str]]:
    """The plan, which check mode foresees, and what was told while it was carried out."""
    foreseen = harbour.fleet(*containers, check=True, **args)
    lines.unlink(missing_ok=True)
    done = harbour.fleet(*containers, progress=str(lines), **args)
    assert foreseen.data["plan"] == done.data["plan"]
    return done.data["plan"], lines.read_text().splitlines()


def test_create_roll_out_with_a_failure_and_prune(harbour: Harbour, tmp_path: Path) -> None:
    where = f"shop on {harbour.engine_address} (4.3)"
    lines = tmp_path / "lines"
    created, told = both(harbour, web(29), CACHE, lines=lines, **SHOP)
    assert created == [
        f"{where}: 30 listed, 30 change, 0 as they should be",
        "+ create  cache            redis:7.2 on host1|host2, 1GiB",
        "+ create  web-1 .. web-29  shop/front:2.4 on host1|host2, backend, 64MiB",
    ]
    assert told[0] == "shop: looking at the Engine"
    assert told[1:4] == created
    assert told[-4:-1] == created
    assert told[-1].startswith("30 done, 0 failed, 0 left for another run, after ")

    harbour.engine.world.images["exits"] = ["shop/front:2.5"]
    args = {**SHOP, "update": "now", "batch": 10}
    rolled, told = both(harbour, web(29, "shop/front:2.5"), CACHE, lines=lines, **args)
    assert rolled == [
        f"{where}: 30 listed, 29 change, 1 as they should be",
        "~ replace  web-1 .. web-29  image shop/front:2.4 -> shop/front:2.5  3 batches of 10, at least 3 s",
    ]
    assert "shop: batch 1 of 3: stopping: 10" in told
    assert "shop: batch 1 of 3: restoring image shop/front:2.4 of web-1 .. web-10" in told
    assert "shop: batch 1 of 3, restoring: writing and starting: 10" in told
    assert not [line for line in told if "batch 2" in line]
    assert told[-1].startswith("0 done, 10 failed (web-1 .. web-10), 19 left for another run (web-11 .. web-29), after")
    assert set(harbour.images().values()) == {"shop/front:2.4", "redis:7.2"}

    pruned, told = both(harbour, web(8), lines=lines, **SHOP, prune=True)
    assert pruned == [
        f"{where}: 8 listed, 22 not listed any more, 22 change, 8 as they should be",
        "- remove  cache            (not listed any more)  1 of them running",
        "- remove  web-9 .. web-29  (count 29 -> 8)        21 of them running",
    ]
    assert told[-1].startswith("22 done, 0 failed, 0 left")
    assert len(harbour.names()) == 8


def test_a_run_with_nothing_to_do_says_so_once(harbour: Harbour, tmp_path: Path) -> None:
    harbour.fleet(web(3), **SHOP)
    harbour.state()
    plan, told = both(harbour, web(3), lines=tmp_path / "lines", **SHOP)
    assert plan == [f"shop on {harbour.engine_address} (4.3): 3 listed, 0 change, 3 as they should be"]
    assert told == ["shop: looking at the Engine", *plan]


def test_what_cannot_be_changed_is_on_the_screen(harbour: Harbour) -> None:
    harbour.fleet("one", "two")
    lost = harbour.engine.vm("one").host.id
    host = next(host.name for host in harbour.engine.store.list("hosts") if host.id == lost)
    harbour.engine.faults.add(f"host_gone:host={host}")
    answer = harbour.fleet("one", "new", check=True)
    assert "1 cannot be changed" in answer.data["plan"][0]
    assert answer.data["plan"][-1].startswith("! cannot  one  its state is unknown, because Engine does not")
