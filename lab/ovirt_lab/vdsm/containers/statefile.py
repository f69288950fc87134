# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state files: /var/run/vdsm/containers/<runtime uuid>.xml holds the domain XML of a container VM, and is the only
place that says which VM a container belongs to (virt/containers/xmlfile.py@v4.19.20)."""

from __future__ import annotations

from xml.etree import ElementTree

from .. import domxml
from ..errors import ConfigError
from ..site import RUN_DIR, Site

STATE_DIR = f"{RUN_DIR}/containers"


class StateFile:
    """One state file. It stays when a container dies by itself."""

    def __init__(self, site: Site, rt_uuid: str) -> None:
        self.path = site.path(f"{STATE_DIR}/{rt_uuid}.xml")

    def read(self) -> str:
        """The domain XML."""
        return self.path.read_text(encoding="utf-8")

    def save(self, root: ElementTree.Element) -> None:
        """Write it; prepare() has made the folder."""
        self.path.write_text(domxml.encode(root), encoding="utf-8")

    def clear(self) -> None:
        """Remove it, if it is there."""
        self.path.unlink(missing_ok=True)


def prepare(site: Site) -> None:
    """Make the folder, when vdsmd starts."""
    site.path(STATE_DIR).mkdir(parents=True, exist_ok=True)


def container_type(root: ElementTree.Element) -> str:
    """The text of the container element; without one there is no container."""
    found = root.find(f"./metadata/{{{domxml.CONTAINERS_URI}}}container")
    if found is None:
        raise ConfigError("missing container type")
    return (found.text or "").strip()


def memory(root: ElementTree.Element) -> int:
    """Memory in MiB. It is required and not used."""
    node = root.find("./maxMemory")
    if node is None:
        raise ConfigError("memory")
    return int(node.text or "") // 1024


def image(root: ElementTree.Element) -> str:
    """The image of the container element. A CD-ROM with a `file` attribute, even an empty one, is required as well:
    earlier the path of the image was there."""
    discs = root.findall('.//disk[@type="file"]')
    sources = [disc.find("./source/[@file]") for disc in discs if disc.get("device") == "cdrom"]
    paths = [(source.get("file") or "").strip('"') for source in sources if source is not None]
    if not paths:
        raise ConfigError("image path not found")
    container = root.find(f"./metadata/{{{domxml.CONTAINERS_URI}}}container")
    named = container.get("image") if container is not None else None
    return paths[0] if named is None else named


def network(root: ElementTree.Element) -> str:
    """The bridge of the first bridged NIC whose link is up. A NIC without a link element raises:
    the VM's exit message is then Python 2's."""
    for interface in root.findall('.//interface[@type="bridge"]'):
        link = interface.find("./link")
        if link is None:
            raise AttributeError("'NoneType' object has no attribute 'get'")
        source = interface.find("./source[@bridge]")
        if link.get("state") == "up" and source is not None:
            return (source.get("bridge") or "").strip('"')
    raise ConfigError("network settings not found")
