# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that a guest finds on the config drive of a start with cloud-init.

CloudInitHandler and VmInitToOpenStackMetadataAdapter of 4.1.9, 4.3.10, 4.5.3.7 and 4.5.7; Vdsm writes the files to an
ISO 9660 image labelled config-2.
"""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

from ovirtsdk4 import types

LABEL = "config-2"
_LATEST = "openstack/latest"
_STATIC, _DHCP, _NONE = types.BootProtocol.STATIC, types.BootProtocol.DHCP, types.BootProtocol.NONE
_SOURCES = (
    "sed -i '/^datasource_list: /d' /etc/cloud/cloud.cfg; "
    """echo 'datasource_list: ["NoCloud", "ConfigDrive"]' >> /etc/cloud/cloud.cfg"""
)

Number = tuple[int, ...]


def files(number: Number, found: Any) -> dict[str, str]:
    """Text by name on the drive. `number` is the Engine's version, (4, 5, 3, 0); `found` an Initialization or None.

    Each call makes another instance id, as each start does: cloud-init then takes the guest for a new one.
    """
    found = found or types.Initialization()
    meta = _meta_data(found)
    result = {}
    if number < (4, 2) or found.cloud_init_network_protocol == types.CloudInitNetworkProtocol.ENI:
        interfaces = _interfaces(number, found)
        if interfaces:
            meta["network-interfaces"] = interfaces
            meta["network_config"] = {"content_path": "/content/0000", "path": "/etc/network/interfaces"}
            result["openstack/content/0000"] = interfaces
    else:
        network = _network_data(found)
        if network:
            result[f"{_LATEST}/network_data.json"] = _json(network)
    result[f"{_LATEST}/meta_data.json"] = _json(_as_hash_map(meta))
    result[f"{_LATEST}/user_data"] = _user_data(number, found)
    return result


def _meta_data(found: Any) -> dict[str, Any]:
    meta: dict[str, Any] = {}
    if found.host_name:
        meta["hostname"] = meta["name"] = found.host_name
    if found.authorized_ssh_keys:
        keys = [key for key in re.split(r"(?:\r?\n|\r)+", found.authorized_ssh_keys) if key]
        meta["public_keys"] = keys
    meta["uuid"] = str(uuid.uuid4())
    meta["meta"] = {"dsmode": "local", "essential": "false", "role": "server"}
    meta["launch_index"], meta["availability_zone"] = "0", "nova"
    return meta


def _user_data(number: Number, found: Any) -> str:
    """The Engine's own keys as YAML, and custom_script appended as text."""
    import yaml  # here, because most Engines start no VM with cloud-init

    keys: dict[str, Any] = {}
    keys.update(_deletes_keys(number, found.regenerate_ssh_keys))
    if found.timezone is not None:
        keys["timezone"] = found.timezone
    if found.root_password:
        keys["password"] = found.root_password
    if found.user_name:
        keys["user"] = found.user_name
    keys["disable_root"] = False if number >= (4, 5, 7) else 0
    keys["output"] = {"all": ">> /var/log/cloud-init-output.log"}
    keys["runcmd"] = [_SOURCES]
    keys["chpasswd"] = {"expire": False}
    keys["ssh_pwauth"] = True
    text = yaml.safe_dump(_as_hash_map(keys), default_flow_style=False, sort_keys=False, allow_unicode=True)
    return f"#cloud-config\n{text}{found.custom_script or ''}"


def _deletes_keys(number: Number, wanted: bool | None) -> dict[str, Any]:
    """Whether cloud-init makes new host keys: a text before 4.5.7, and in 4.1 only to say yes."""
    if number < (4, 2):
        return {"ssh_deletekeys": "True"} if wanted else {}
    if wanted is None:
        return {}
    return {"ssh_deletekeys": wanted if number >= (4, 5, 7) else str(wanted).lower()}


def _interfaces(number: Number, found: Any) -> str:
    """/etc/network/interfaces, IPv4 only (storeNetworkAsEni)."""
    lines = []
    for nic in found.nic_configurations or []:
        if nic.on_boot:
            lines.append(f"auto {nic.name}")
        lines.append(f"iface {nic.name} inet {(nic.boot_protocol or _NONE).value}")
        ip = nic.ip or types.Ip()
        lines += [f"  {key} {value}" for key in ("address", "netmask", "gateway") if (value := getattr(ip, key))]
        if found.dns_servers is not None:
            lines.append(f"  dns-nameservers {found.dns_servers}")
        if found.dns_search is not None:
            lines.append(f"  dns-search {found.dns_search}")
    return "".join(f"{line}\n" for line in lines)


def _network_data(found: Any) -> dict[str, Any]:
    """network_data.json: an interface is known by its name only, not by its MAC address."""
    links, networks = [], []
    for nic in found.nic_configurations or []:
        mine = [each for each in (_network(found, nic, 4), _network(found, nic, 6)) if each is not None]
        networks += mine
        if mine:
            links.append({"id": nic.name, "name": nic.name, "type": "vif"})
    services = [{"type": "dns", "address": address} for address in _words(found.dns_servers)]
    parts = {"links": links, "networks": networks, "services": services}
    return {name: part for name, part in parts.items() if part}


def _network(found: Any, nic: Any, family: int) -> dict[str, Any] | None:
    protocol = nic.boot_protocol if family == 4 else nic.ipv6_boot_protocol
    if protocol == _NONE or (protocol is None and family == 6):
        return None
    network: dict[str, Any] = {"id": nic.name, "link": nic.name}
    if protocol == _DHCP:
        network["type"] = f"ipv{family}_dhcp"
    elif protocol == _STATIC:
        ip = nic.ip if family == 4 else nic.ipv6
        network |= {"type": f"ipv{family}", "ip_address": ip.address}
        network |= {key: value for key in ("netmask", "gateway") if (value := getattr(ip, key))}
    if found.dns_servers:
        network["dns_nameservers"] = _words(found.dns_servers)
    if found.dns_search:
        network["dns_search"] = _words(found.dns_search)
    return network


def _words(text: str | None) -> list[str]:
    return text.split(" ") if text else []


def _json(value: Any) -> str:
    """JSON as JsonHelper writes it, but for the spaces of a list."""
    return json.dumps(value, indent=2, separators=(",", " : "), ensure_ascii=False)


def _as_hash_map(values: dict[str, Any]) -> dict[str, Any]:
    """The same in the order of a Java HashMap: by the bucket of each key, of 16 in a map of 12 entries or less."""
    return dict(sorted(values.items(), key=lambda entry: _bucket(entry[0])))


def _bucket(key: str) -> int:
    code = 0
    for char in key:  # String.hashCode; all keys here are ASCII
        code = (code * 31 + ord(char)) & 0xFFFFFFFF
    return (code ^ code >> 16) & 15
