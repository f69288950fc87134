# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The domain XML that Vdsm 4.19 makes of the dict that the Engine sends, and what its container code reads out of it.

It has the elements that containers need: no clock, no channels, no graphics. Written after
vdsm/virt/vmxml.py, vdsm/virt/vmdevices/network.py (getXML) and lib/vdsm/virt/xmlconstants.py at v4.19.20.
"""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

CONTAINERS_URI = "http://ovirt.org/vm/containers/1.0"
DRIVE_MAP_URI = "http://ovirt.org/vm/containers/drivemap/1.0"
QOS_URI = "http://ovirt.org/vm/tune/1.0"
DUMMY_BRIDGE = ";vdsmdummy;"  # where a NIC without a network goes, with its link up (network/ipwrapper.py)
_BOOT = {"a": "fd", "c": "hd", "d": "cdrom", "n": "network"}

for _prefix, _uri in (("ovirtcnt", CONTAINERS_URI), ("ovirtdm", DRIVE_MAP_URI), ("ovirt", QOS_URI)):
    ElementTree.register_namespace(_prefix, _uri)


def to_bool(value: Any) -> bool:
    """A boolean of Vdsm, which may be a text (utils.tobool)."""
    return value if isinstance(value, bool) else str(value).strip().lower() in ("true", "1", "yes", "y")


def build(conf: dict[str, Any]) -> str:
    """The domain XML of a VM."""
    kind = "kvm" if to_bool(conf.get("kvmEnable", "true")) else "qemu"
    domain = ElementTree.Element("domain", type=kind)
    _text(domain, "name", conf["vmName"])
    _text(domain, "uuid", conf["vmId"])
    memory = int(conf.get("memSize", 256)) * 1024
    _text(domain, "memory", memory)
    _text(domain, "currentMemory", memory)
    if "maxMemSize" in conf:  # the Engine sends it only when it differs from memSize
        maximum = _text(domain, "maxMemory", int(conf["maxMemSize"]) * 1024)
        maximum.set("slots", str(conf.get("maxMemSlots", "16")))
    _text(domain, "vcpu", conf.get("maxVCpus", conf.get("smp", "1"))).set("current", str(conf.get("smp", "1")))
    devices = ElementTree.SubElement(domain, "devices")
    _metadata(domain, conf.get("custom") or {})
    _os(domain, conf)
    for device in conf.get("devices") or ():
        if device.get("type") == "interface":
            devices.append(_interface(device))
        elif device.get("type") == "disk":
            devices.append(_disk(device))
    return encode(domain)


def encode(root: ElementTree.Element) -> str:
    """The bytes of the XML, as in the state files."""
    return ElementTree.tostring(root, encoding="unicode")


def _text(parent: ElementTree.Element, tag: str, value: Any) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, tag)
    child.text = str(value)
    return child


def _os(domain: ElementTree.Element, conf: dict[str, Any]) -> None:
    element = ElementTree.SubElement(domain, "os")
    _text(element, "type", "hvm").attrib.update(arch="x86_64", machine=str(conf.get("emulatedMachine", "pc")))
    for letter in str(conf.get("boot", "")):
        ElementTree.SubElement(element, "boot", dev=_BOOT[letter])
    for key, tag in (("initrd", "initrd"), ("kernel", "kernel"), ("kernelArgs", "cmdline")):
        if conf.get(key):
            _text(element, tag, conf[key])


def _metadata(domain: ElementTree.Element, custom: dict[str, str]) -> None:
    """The metadata of a container: type and image together, or nothing. A part of the volume map without a colon is an
    error in the words of Python 2.7."""
    metadata = ElementTree.SubElement(domain, "metadata")
    ElementTree.SubElement(metadata, f"{{{QOS_URI}}}qos")
    kind, image = custom.get("containerType"), custom.get("containerImage")
    if not kind or not image:
        return
    ElementTree.SubElement(metadata, f"{{{CONTAINERS_URI}}}container", image=image).text = kind
    drives = parse_drive_mapping(custom)
    if drives:
        parent = ElementTree.SubElement(metadata, f"{{{DRIVE_MAP_URI}}}drivemap")
        for name, drive in drives.items():
            ElementTree.SubElement(parent, f"{{{DRIVE_MAP_URI}}}volume", name=name, drive=drive)


def parse_drive_mapping(custom: dict[str, str]) -> dict[str, str]:
    """Parse volumeMap: `label:drive,label:drive`. No container gets any of these volumes."""
    text = custom.get("volumeMap")
    if text is None:
        return {}
    mapping = {}
    for part in text.split(","):
        name, colon, drive = part.strip().partition(":")
        if not colon:
            raise ValueError("need more than 1 value to unpack")
        mapping[name.strip()] = drive.strip()
    return mapping


def _interface(device: dict[str, Any]) -> ElementTree.Element:
    """A NIC on a bridge, or an SR-IOV one, which containers pass over."""
    element = ElementTree.Element("interface", type=str(device.get("device", "bridge")))
    ElementTree.SubElement(element, "mac", address=str(device.get("macAddr", "")))
    model = device.get("nicModel")
    if model:
        ElementTree.SubElement(element, "model", type="virtio" if model == "pv" else str(model))
    if device.get("device") == "hostdev":
        element.set("managed", "no")
        ElementTree.SubElement(element, "source")
    else:
        ElementTree.SubElement(element, "source", bridge=device.get("network") or DUMMY_BRIDGE)
    if "linkActive" in device:
        ElementTree.SubElement(element, "link", state="up" if to_bool(device["linkActive"]) else "down")
    if device.get("bootOrder"):
        ElementTree.SubElement(element, "boot", order=str(device["bootOrder"]))
    return element


def _disk(device: dict[str, Any]) -> ElementTree.Element:
    """A disk or CD. The storage behind a disk is not there; its path is what Vdsm would have prepared."""
    kind = str(device.get("device", "disk"))
    element = ElementTree.Element("disk", type="file", device=kind, snapshot="no")
    source = ElementTree.SubElement(element, "source", file=str(device.get("path") or _path(device)))
    if kind in ("cdrom", "floppy"):
        source.set("startupPolicy", "optional")
    ElementTree.SubElement(element, "target", bus=str(device.get("iface", "ide")), dev=str(device.get("name", "hdc")))
    if to_bool(device.get("readonly", False)):
        ElementTree.SubElement(element, "readonly")
    return element


def _path(device: dict[str, Any]) -> str:
    if "imageID" not in device:
        return ""
    parts = (device.get("poolID", ""), device.get("domainID", ""), device["imageID"], device.get("volumeID", ""))
    return "/rhev/data-center/{}/{}/images/{}/{}".format(*parts)
