# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Container VMs from absent to running with the fewest requests that can do it: raw_http.py VMS.json

Asynchronous HTTP over at most ten connections, no SDK, no Ansible: what any other way can be measured against. Prints
the seconds of the work alone: from the login to the logout.
"""

from __future__ import annotations

import asyncio
import json
import os
import ssl
import sys
import time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import aiohttp

CONNECTIONS = 10
POLL_SECONDS = 0.2
MIB = 1024**2
PROPERTY = "<custom_property><name>{}</name><value>{}</value></custom_property>"
BODY = """<vm><name>{name}</name><cluster><name>{cluster}</name></cluster><template><name>Blank</name></template>\
<memory>{memory}</memory><memory_policy><guaranteed>{memory}</guaranteed></memory_policy>\
<os><boot><devices><device>hd</device><device>network</device></devices></boot></os>\
<placement_policy><affinity>pinned</affinity><hosts>{hosts}</hosts></placement_policy>\
<custom_properties>{properties}</custom_properties></vm>"""


def wanted(entry: dict[str, Any]) -> str:
    """One entry of the list as the body of a request."""
    properties = {"containerType": "docker", "containerImage": entry["image"]}
    return BODY.format(
        name=escape(entry["name"]),
        cluster=escape(entry["cluster"]),
        memory=int(entry["memory"].removesuffix("MiB")) * MIB,
        hosts="".join(f"<host><name>{escape(host)}</name></host>" for host in entry["hosts"]),
        properties="".join(PROPERTY.format(name, escape(value)) for name, value in properties.items()),
    )


class Client:
    """A session with the Engine."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.session = session
        self.url = os.environ["OVIRT_URL"]
        self.headers = {"Accept": "application/xml", "Content-Type": "application/xml", "Version": "4"}

    async def sso(self, path: str, form: dict[str, str]) -> dict[str, Any]:
        """Log in or out."""
        base = self.url.removesuffix("/api")
        async with self.session.post(base + path, data=form, headers={"Accept": "application/json"}) as answer:
            answer.raise_for_status()
            return dict(await answer.json())

    async def ask(self, method: str, path: str, body: str | None = None) -> ElementTree.Element:
        """Send a request and read its answer."""
        async with self.session.request(method, self.url + path, data=body, headers=self.headers) as answer:
            text = await answer.text()
            if not answer.ok:
                raise RuntimeError(f"{method} {path}: {answer.status} {text}")
            return ElementTree.fromstring(text)

    async def run(self, entry: dict[str, Any]) -> None:
        """Add and start one VM."""
        vm = await self.ask("POST", "/vms", wanted(entry))
        await self.ask("POST", f"/vms/{vm.get('id')}/start", "<action/>")

    async def running(self) -> int:
        """Count the VMs that run."""
        found = await self.ask("GET", "/vms?search=name%3Dbench*")
        return sum(vm.findtext("status") == "up" for vm in found)


async def work(entries: list[dict[str, Any]]) -> None:
    """Log in, have all VMs run, log out."""
    trust = ssl.create_default_context(cafile=os.environ["OVIRT_CAFILE"])
    connector = aiohttp.TCPConnector(limit=CONNECTIONS, ssl=trust)
    async with aiohttp.ClientSession(connector=connector) as session:
        client = Client(session)
        login = {"username": os.environ["OVIRT_USERNAME"], "password": os.environ["OVIRT_PASSWORD"]}
        form = {"grant_type": "password", "scope": "ovirt-app-api", **login}
        token = (await client.sso("/sso/oauth/token", form))["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        await asyncio.gather(*(client.run(entry) for entry in entries))
        while await client.running() < len(entries):
            await asyncio.sleep(POLL_SECONDS)
        await client.sso("/services/sso-logout", {"token": token, "scope": "ovirt-app-api"})


def main(path: str) -> None:
    """Do it and tell how long it took."""
    entries = json.loads(Path(path).read_text())["vms"]
    started = time.monotonic()
    asyncio.run(work(entries))
    print(json.dumps({"work": time.monotonic() - started}))


if __name__ == "__main__":
    main(sys.argv[1])
