# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""Which of the addresses that a guest's agent reports are those of the VM. Pure."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable

from .guest.scripts import SIGN

#: Interfaces that nobody reaches from outside: loopback, the sign of a container, and networks within the guest.
_WITHIN = re.compile(rf"lo|{SIGN}.*|podman[0-9]+|docker[0-9]+|cni-.*|veth.*|br-[0-9a-f]{{12}}")


def outward(found: Iterable[tuple[str, Iterable[str]]]) -> tuple[str, ...]:
    """The addresses by which a VM can be reached, each once, in their order.

    ``found`` has each interface's name and its addresses, without prefix. Link-local ones are left out, and what is no
    address.
    """
    addresses = [text for name, texts in found if not _WITHIN.fullmatch(name) for text in texts if _is_outward(text)]
    return tuple(dict.fromkeys(addresses))


def _is_outward(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return not (address.is_link_local or address.is_loopback or address.is_unspecified)
