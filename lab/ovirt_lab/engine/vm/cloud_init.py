# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`initialization.cloud_init`, the deprecated form of an initialization, which every Engine still takes.

VmMapper.map(CloudInit, VmInit), the same in 4.1.9, 4.3.10 and 4.5.3.7. It is read, and never shown.
"""

from __future__ import annotations

from typing import Any

from ovirtsdk4 import types


def fold(sent: Any) -> None:
    """Replace `cloud_init` of an initialization by the fields that stand for it; these win over what else is sent."""
    old, sent.cloud_init = sent.cloud_init, None
    if old.host is not None and old.host.address is not None:
        sent.host_name = old.host.address
    if old.authorized_keys:
        sent.authorized_ssh_keys = "\n".join(str(key.key) for key in old.authorized_keys)
    for name in ("regenerate_ssh_keys", "timezone"):
        if getattr(old, name) is not None:
            setattr(sent, name, getattr(old, name))
    if old.network_configuration is not None:
        _network(sent, old.network_configuration)
    for user in old.users or []:
        if user.user_name == "root":  # others are left out
            sent.user_name = user.user_name
            sent.root_password = user.password if user.password is not None else sent.root_password
    if old.files:
        sent.custom_script = old.files[0].content


def _network(sent: Any, network: Any) -> None:
    if network.nics is not None:
        sent.nic_configurations = [_interface(nic) for nic in network.nics]
    if network.dns is not None:
        sent.dns_servers = _addresses(network.dns.servers) or sent.dns_servers
        sent.dns_search = _addresses(network.dns.search_domains) or sent.dns_search


def _addresses(hosts: Any) -> str:
    return " ".join(host.address for host in hosts or [] if host.address is not None)


def _interface(nic: Any) -> Any:
    """Without a protocol neither an address nor `on_boot` is read; DHCP has no address."""
    found = types.NicConfiguration(name=nic.name, boot_protocol=nic.boot_protocol, on_boot=False)
    if nic.boot_protocol is None:
        return found
    found.on_boot = bool(nic.on_boot)
    if nic.boot_protocol != types.BootProtocol.DHCP and nic.network is not None:
        found.ip = nic.network.ip
    return found
