# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`initialization` of VMs and templates: how it is stored, merged, checked and shown.

InitializationMapper, VmHandler.addVmInitToDB and CloudInitHandler.validate of 4.1.9, 4.3.10 and 4.5.3.7. The object
holds the password itself; `shown` masks it.
"""

from __future__ import annotations

import copy
from typing import Any

from ovirtsdk4 import types

from .. import texts
from ..context import Context
from ..refusal import Refusal
from ..store import merge
from . import cloud_init

MASK = "******"
# Fields that InitializationMapper does not read: they are for VMs from an OVF.
_ELSEWHERE = ("configuration", "regenerate_ids")
_AUTOMATIC = (types.BootProtocol.AUTOCONF, types.BootProtocol.POLY_DHCP_AUTOCONF)


def merged(ctx: Context, stored: Any, sent: Any) -> Any:
    """The initialization that is stored after a request: `sent` over `stored`, field by field. Each may be None.

    An element without any field removes it. A password that is stored stays, whatever is sent: passwordAlreadyStored
    of the VmInit that was read for the request is still set when it is saved.
    """
    if sent is None:
        return stored
    sent = copy.copy(sent)
    older = sent.cloud_init is not None
    if older:
        cloud_init.fold(sent)
    for name in _ELSEWHERE:
        setattr(sent, name, None)
    if ctx.version < (4, 2):
        sent.cloud_init_network_protocol = None
    if not older and all(value is None for value in vars(sent).values()):
        return None
    result = merge(stored or types.Initialization(), sent)
    if stored is not None and stored.root_password:
        result.root_password = stored.root_password
    return result


def sent_in(body: Any) -> Any:
    """What a client sends in a VM or template: `initialization`, and `domain`, the older place of its domain. The
    body's own `domain` is removed."""
    domain, body.domain = body.domain, None
    if domain is None or domain.name is None:
        return body.initialization
    found = copy.copy(body.initialization) or types.Initialization()
    found.domain = domain.name if found.domain is None else found.domain
    return found


def check(ctx: Context, found: Any, action: str, kind: str = "vm") -> None:
    """Refuse network interfaces that cloud-init's network_data.json cannot have (4.2 and later)."""
    if found is None or ctx.version < (4, 2) or found.cloud_init_network_protocol == types.CloudInitNetworkProtocol.ENI:
        return
    names = [f"VALIDATION_CLOUD_INIT_{name}" for nic in found.nic_configurations or [] for name in _wrong(nic)]
    if names:
        say = {"action": action, "type": kind, "version": ctx.engine.version_text}
        lines = [texts.message(name, **say) for name in dict.fromkeys(names)]
        raise Refusal(400, texts.OPERATION_FAILED, texts.bracketed(lines))


def _wrong(nic: Any) -> list[str]:
    """VmInitToOpenStackMetadataAdapter.validate: what is wrong with an interface."""
    problems = {
        "START_ON_BOOT_INVALID": not nic.on_boot,
        "STATIC_IPV4_ADDRESS_MISSING": nic.boot_protocol == types.BootProtocol.STATIC and not _address(nic.ip),
        "STATIC_IPV6_ADDRESS_MISSING": nic.ipv6_boot_protocol == types.BootProtocol.STATIC and not _address(nic.ipv6),
        "IPV6_AUTOCONF_UNSUPPORTED": nic.ipv6_boot_protocol in _AUTOMATIC,
    }
    return [name for name, wrong in problems.items() if wrong]


def _address(ip: Any) -> str:
    return (ip.address or "") if ip is not None else ""


def shown(ctx: Context, obj: Any) -> None:
    """Mask the password of a copy of a VM or template that is shown; show the domain as an element of its own, too
    (VmBaseMapper); and every interface with its `ip` and, since 4.2, `ipv6`, even without an address."""
    if obj.initialization is None:
        return
    found = obj.initialization = copy.copy(obj.initialization)
    found.root_password = MASK if found.root_password else None
    found.domain = found.domain if (found.domain or "").strip() else None
    if found.domain:
        obj.domain = types.Domain(name=found.domain)
    if found.nic_configurations is not None:
        found.nic_configurations = [_whole(ctx, nic) for nic in found.nic_configurations]


def _whole(ctx: Context, nic: Any) -> Any:
    nic = copy.copy(nic)
    nic.ip = nic.ip or types.Ip()
    nic.ipv6 = (nic.ipv6 or types.Ip()) if ctx.version >= (4, 2) else None
    return nic
