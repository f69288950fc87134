# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The world of an Engine: the mapping that says what there is when it starts. populate.py makes it."""

from __future__ import annotations

import copy
import fnmatch
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import world_check

Level = tuple[int, int]

EXAMPLES = Path(__file__).parents[1] / "worlds"

# Custom properties of container VMs. Whole-string regular expressions without ";" (facts of CustomPropertiesUtils):
# type: docker only; image: [host[:port]/]path[:tag][@digest]; volumes: label:drive pairs.
_PART = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
CONTAINER_PROPERTIES = (
    "containerType=^docker$;"
    rf"containerImage=^(?:[a-zA-Z0-9.-]+(?::[0-9]+)?/)?{_PART}(?:/{_PART})*"
    r"(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$;"
    r"volumeMap=^[A-Za-z0-9_.-]+:[a-z]+(?:,[A-Za-z0-9_.-]+:[a-z]+)*$"
)

# Seconds. powering_up: an ordinary or container VM without guest agent (Vdsm 4.19 vm.py); watchdog: vm_sample_interval;
# next_run, rerun: how long a VM is down before the Engine's other thread goes on (runs.end, power.rerun). For hosts
# with a Vdsm of their own: VdsRefreshRate, TimeoutToResetVdsInSeconds, VdsRecoveryTimeoutInMinutes (0000_config.sql).
# ticket: how long a transfer is initializing (a real POST waits for the host's ticket, so none sees it); transfer: how
# often its command looks at it. start: of the Engine itself, where it is a service (engine_machine).
# agent: from when a guest is up to its first report.
DELAYS = {
    "boot": 1.0,
    "stop": 1.0,
    "disk": 2.0,
    "ticket": 0.0,
    "transfer": 1.0,
    "powering_up": 60.0,
    "watchdog": 15.0,
    "shutdown": 5.0,
    "reboot": 60.0,
    "suspend": 3.0,
    "migrate": 5.0,
    "host": 3.0,
    "next_run": 0.5,
    "rerun": 0.5,
    "refresh": 3.0,
    "grace": 60.0,
    "recovery": 180.0,
    "start": 0.0,
    "agent": 2.0,
}

# Cluster levels an Engine can drive (0000_config.sql of each version).
LEVELS: dict[Level, tuple[str, ...]] = {
    (4, 1): ("3.6", "4.0", "4.1"),
    (4, 3): ("4.1", "4.2", "4.3"),
    (4, 5): ("4.2", "4.3", "4.4", "4.5", "4.6", "4.7"),
}


def levels_of(number: tuple[int, ...]) -> tuple[str, ...]:
    """The cluster levels of an Engine of this version, (4, 5, 3, 0): 4.5.7 added 4.8."""
    known = LEVELS[(number[0], number[1])]
    return (*known, "4.8") if number >= (4, 5, 7) else known


def default_world(version: Level) -> dict[str, Any]:
    """The default world: two container hosts, and a host without containers from Engine 4.3 on."""
    old = "4.1" if version < (4, 4) else "4.2"
    vdsm = "4.19.20" if version < (4, 4) else "4.20.49"
    hosts: list[dict[str, Any]] = [
        {
            "name": name,
            "cluster": "Default",
            "vdsm": vdsm,
            "containers": True,
            "docker_networks": ["bridge", "ovirtmgmt", "backend"],
            "tags": ["container-host"],
        }
        for name in ("host1", "host2")
    ]
    clusters = [{"name": "Default", "version": old, "data_center": "Default"}]
    if version >= (4, 2):
        clusters.append({"name": "Modern", "version": "4.3", "data_center": "Default"})
        hosts.append({"name": "host3", "cluster": "Modern", "vdsm": "4.30.17", "containers": False})
    return {
        "data_centers": [{"name": "Default"}],
        "clusters": clusters,
        "hosts": hosts,
        "networks": [
            {"name": "ovirtmgmt", "vnic_profiles": ["ovirtmgmt"]},
            {"name": "backend", "vnic_profiles": ["backend"]},
        ],
        "storage_domains": [{"name": "data"}],
        "templates": [],
        "properties": dict.fromkeys(LEVELS[version], CONTAINER_PROPERTIES),
        "vms": [{"name": "db1", "cluster": "Default", "status": "up", "disk": 10}],
        "images": {"missing": [], "exits": []},
        "hosted_engine": None,
        "administrator": True,
        "filter_by_default": False,
        "delays": {},
        "latency": 0,
    }


@dataclass
class World:
    """A parsed world; `source` is the mapping."""

    source: dict[str, Any]
    delays: dict[str, float] = field(default_factory=lambda: dict(DELAYS))
    images: dict[str, list[str]] = field(default_factory=dict)
    properties: dict[str, str] = field(default_factory=dict)
    latency: float = 0.0
    administrator: bool = True  # whether the user is an administrator
    filter_by_default: bool = False  # ENGINE_API_FILTER_BY_DEFAULT

    @classmethod
    def parse(cls, world: dict[str, Any] | None, version: Level) -> World:
        """The default world with the given keys replaced; ValueError for a wrong key or value (world_check.py)."""
        source = default_world(version)
        unknown = sorted(set(world or {}) - set(source))
        if unknown:
            raise ValueError(f"world: unknown keys {', '.join(unknown)}; known are {', '.join(sorted(source))}")
        source.update(copy.deepcopy(world or {}))
        world_check.check(source)
        # The hosts and the VM of the default world are in its own clusters, which this world may not have.
        clusters = {cluster["name"] for cluster in source["clusters"]}
        for key in {"hosts", "vms"}.difference(world or {}):
            source[key] = [entry for entry in source[key] if entry["cluster"] in clusters]
        strange = sorted(set(source["delays"]) - set(DELAYS))
        if strange:
            raise ValueError(f"world: unknown delays {', '.join(strange)}; known are {', '.join(sorted(DELAYS))}")
        strange = sorted(set(source["images"]) - {"exits", "missing"})
        if strange:
            raise ValueError(f"world: unknown images {', '.join(strange)}; known are exits, missing")
        delays = {**DELAYS, **{key: float(value) for key, value in source["delays"].items()}}
        properties = {str(level): text for level, text in source["properties"].items()}
        switches = {name: bool(source[name]) for name in ("administrator", "filter_by_default")}
        return cls(source, delays, source["images"], properties, float(source["latency"]), **switches)

    @classmethod
    def read(cls, path: str | Path) -> dict[str, Any]:
        """The dict of a YAML file, or of an example by its name, such as `demo`."""
        import yaml  # here, because most starts have no world file

        if not Path(path).exists():
            examples = {example.stem: example for example in sorted(EXAMPLES.glob("*.yml"))}
            if str(path) not in examples:
                raise ValueError(f"there is no world {path}: no such file, and the examples are {', '.join(examples)}")
            path = examples[str(path)]
        try:
            loaded = yaml.safe_load(Path(path).read_text(encoding="utf-8")) or {}
        except yaml.YAMLError as error:
            raise ValueError(f"{path}: it is not YAML: {' '.join(str(error).split())}") from None
        if not isinstance(loaded, dict):
            raise ValueError(f"{path}: a world is a mapping with keys such as hosts and clusters")
        return loaded

    def image_is(self, what: str, image: str) -> bool:
        """Whether an image is one of those that are `missing` or whose program `exits`."""
        return any(fnmatch.fnmatchcase(image, pattern) for pattern in self.images.get(what) or ())
