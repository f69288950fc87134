# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Engine refuses of a host's name, address and password (VdsStatic, HostValidator; 4.1 to 4.5 alike)."""

from __future__ import annotations

import ipaddress
import re
from typing import Any

from ovirtsdk4 import types

from .. import texts
from ..context import Context
from ..refusal import Refusal

_NAME = re.compile(r"[0-9a-zA-Z_.-]+")  # ValidNameWithDot
_LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
# What java.net.URI takes for a host: the last label begins with a letter.
_HOST = re.compile(rf"(?:{_LABEL}\.)*[a-zA-Z](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?\.?")
_LONGEST = 255  # HOST_NAME_SIZE, HOST_HOSTNAME_SIZE


def inputs(ctx: Context, host: Any, action: str) -> None:
    """Refuse a bad name or address, as the annotations of VdsStatic do. The world may name hosts as it likes."""
    found = []
    if host.name is not None:
        if not 1 <= len(host.name) <= _LONGEST:
            found.append(("vdsStatic.name", texts.size(1, _LONGEST)))
        if not _NAME.fullmatch(host.name):
            found.append(("vdsStatic.name", "VALIDATION_VDS_NAME_INVALID"))
    if host.address is not None and not ctx.world:
        if len(host.address) > _LONGEST:
            found.append(("vdsStatic.hostName", texts.size(0, _LONGEST)))
        if not is_address(host.address):
            found.append(("vdsStatic.hostName", "VALIDATION_VDS_HOSTNAME_HOSTNAME_OR_IP"))
    if found:
        raise Refusal(*texts.invalid_inputs(found, action, "host", ctx.engine.version_text))


def is_address(text: str) -> bool:
    """Whether a text is a host name or an IP address (ValidationUtils.validHostname)."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return bool(_HOST.fullmatch(text))
    return True


def password(ctx: Context, host: Any) -> None:
    """Refuse an installation without a password, unless the Engine's key is to be used."""
    ssh = host.ssh
    if ssh is not None and ssh.authentication_method == types.SshAuthenticationMethod.PUBLICKEY:
        return
    given = host.root_password
    if given is None and ssh is not None and ssh.user is not None:
        given = ssh.user.password
    if not given:
        raise ctx.refuse("VDS_CANNOT_INSTALL_EMPTY_PASSWORD", "add", "host")
