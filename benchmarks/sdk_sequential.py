# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Container VMs from absent to running through the oVirt SDK, one request after the other: sdk_sequential.py VMS.json

Prints the seconds of the work alone: from the login to the logout.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import ovirtsdk4
from ovirtsdk4 import types

POLL_SECONDS = 0.2
MIB = 1024**2


def wanted(entry: dict[str, Any]) -> types.Vm:
    """One entry of the list as a VM."""
    properties = {"containerType": "docker", "containerImage": entry["image"]}
    memory = int(entry["memory"].removesuffix("MiB")) * MIB
    return types.Vm(
        name=entry["name"],
        cluster=types.Cluster(name=entry["cluster"]),
        template=types.Template(name="Blank"),
        memory=memory,
        memory_policy=types.MemoryPolicy(guaranteed=memory),
        os=types.OperatingSystem(boot=types.Boot(devices=[types.BootDevice.HD, types.BootDevice.NETWORK])),
        placement_policy=types.VmPlacementPolicy(
            affinity=types.VmAffinity.PINNED, hosts=[types.Host(name=host) for host in entry["hosts"]]
        ),
        custom_properties=[types.CustomProperty(name=name, value=value) for name, value in properties.items()],
    )


def main(path: str) -> None:
    """Add all, start all, then look at all until each runs."""
    entries = json.loads(Path(path).read_text())["vms"]
    started = time.monotonic()
    connection = ovirtsdk4.Connection(
        url=os.environ["OVIRT_URL"],
        username=os.environ["OVIRT_USERNAME"],
        password=os.environ["OVIRT_PASSWORD"],
        ca_file=os.environ["OVIRT_CAFILE"],
    )
    service = connection.system_service().vms_service()
    idents = {service.add(wanted(entry)).id for entry in entries}
    for ident in idents:
        service.vm_service(ident).start()
    while idents - {vm.id for vm in service.list(search="name=bench*") if vm.status == types.VmStatus.UP}:
        time.sleep(POLL_SECONDS)
    connection.close()
    print(json.dumps({"work": time.monotonic() - started}))


if __name__ == "__main__":
    main(sys.argv[1])
