# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""From a wish to the files of a guest, and to the user-data of the start that brings them. Pure."""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from . import scripts
from .scripts import HOLD, HOME, START_UNIT, UNIT, VOLUMES, VOLUMES_UNIT
from .user_data import File, UserData

_LABEL = 16  # characters of an ext4 label
_BURST = 5  # restarts within ten minutes until `on-failure` gives up

#: What podman, docker or the shell read themselves. Such a variable cannot reach the container by way of their own
#: environment, so it is an argument of their command line.
_RESERVED = re.compile(
    r"PATH|HOME|USER|LOGNAME|SHELL|TMPDIR|IFS|ENV|PS4|PWD|OLDPWD|CDPATH|UID|EUID|PPID|RANDOM|SECONDS|LINENO|GROUPS|"
    r"DIRSTACK|FUNCNAME|SHELLOPTS|BASHOPTS|POSIXLY_CORRECT|OPT(IND|ARG|ERR)|BASH.*|_|_CONTAINERS_.*|LD_.*|XDG_.*|DBUS_.*|"
    r"CONTAINER_.*|CONTAINERS_.*|STORAGE_.*|REGISTRY_.*|REGISTRIES_.*|DOCKER_.*|PODMAN_.*|BUILDAH_.*|NETAVARK_.*|"
    r"NOTIFY_SOCKET|LISTEN_.*|INVOCATION_ID|GO(DEBUG|GC|MEMLIMIT|MAXPROCS|TRACEBACK)|SSL_CERT_.*|"
    r"(HTTP|HTTPS|FTP|ALL|NO)_PROXY|(http|https|ftp|all|no)_proxy"
)


@dataclass(frozen=True)
class Secrets:
    """What is given to one start and is not in the VM's stored data: variables of the container, and logins by
    registry, each (user, password)."""

    environment: Mapping[str, str] = field(default_factory=dict)
    logins: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def is_reserved(name: str) -> bool:
    """Whether a variable of this name cannot be a secret, since podman, docker or the shell read it themselves."""
    return _RESERVED.fullmatch(name) is not None


def label_of(volume: str) -> str:
    """The label of a volume's file system: its name, or where that is too long, its beginning and a hash."""
    if len(volume) <= _LABEL:
        return volume
    return f"{volume[:9]}-{hashlib.sha256(volume.encode()).hexdigest()[:6]}"


def user_data(
    wish: Mapping[str, Any],
    secrets: Secrets | None = None,
    disks: Mapping[str, str] | None = None,
    macs: Sequence[str] = (),
    sign: str = "up",
) -> UserData:
    """The user-data that sets a guest up.

    ``disks`` has the id of the disk of each volume by its name, ``macs`` the MAC address of each interface in the order
    of ``wish["networks"]``. ``sign`` ends the name of the interface that shows that the container runs. With
    ``secrets`` None the guest keeps those that it has.
    """
    files = [
        File(f"{HOME}/run", "0700", scripts.RUN),
        File(f"{HOME}/pull", "0700", scripts.PULL),
        File(f"{HOME}/stop", "0700", scripts.STOP),
        File(f"{HOME}/started", "0700", scripts.STARTED),
        File(f"{HOME}/ended", "0700", scripts.ENDED),
        File(f"{HOME}/mount", "0700", scripts.MOUNT),
        File(f"{HOME}/image", "0600", f"{wish['image']}\n"),
        File(f"{HOME}/sign", "0600", f"{sign}\n"),
        File(f"{HOME}/environment", "0600", _exports(_by_file(wish))),
        File(f"{HOME}/arguments", "0600", _arguments(wish)),
        File(f"{HOME}/volumes", "0600", _volumes(wish, disks or {})),
        File(f"/etc/systemd/system/{UNIT}", "0644", _unit(wish)),
        File(f"/etc/systemd/system/{VOLUMES_UNIT}", "0644", scripts.VOLUMES_TEXT),
        File(f"/etc/systemd/system/{START_UNIT}", "0644", scripts.START_TEXT),
        *_networks(wish, macs),
        *(_secret_files(secrets) if secrets is not None else ()),
    ]
    wants = f"/etc/systemd/system/multi-user.target.wants/{START_UNIT}"
    commands = (
        ("ln", "-sf", f"/etc/systemd/system/{START_UNIT}", wants),
        ("sh", "-c", "networkctl reload 2>/dev/null; nmcli connection reload 2>/dev/null; true"),
        ("systemctl", "daemon-reload"),
        ("systemctl", "start", "--no-block", UNIT),
    )
    return UserData(tuple(files), commands)


def quoted(text: str) -> str:
    """A text as one word of POSIX sh, byte by byte."""
    return "'" + text.replace("'", "'\\''") + "'"


def _exports(values: Mapping[str, str]) -> str:
    return "".join(f"export {name}={quoted(value)}\n" for name, value in values.items())


def _by_file(wish: Mapping[str, Any]) -> dict[str, str]:
    return {name: value for name, value in wish.get("environment", {}).items() if not is_reserved(name)}


def _arguments(wish: Mapping[str, Any]) -> str:
    """`set -- ...` with what follows `podman run` and `docker run` alike, and whether there is a health check."""
    words = [f"--env={name}" for name in _by_file(wish)]
    words += [f"--env={name}={value}" for name, value in wish.get("environment", {}).items() if is_reserved(name)]
    ports = wish.get("ports", ())
    words += [f"--publish={port}" for port in ports] or ["--network=host"]
    for volume in wish.get("volumes", ()):
        mode = "ro,z" if volume.get("read_only") else "z"
        words.append(f"--volume={VOLUMES}/{label_of(volume['name'])}/_data:{volume['path']}:{mode}")
    words += [
        f"--{option}={wish[key]}" for key, option in (("user", "user"), ("working_dir", "workdir")) if key in wish
    ]
    words += _health(wish.get("health_check"))
    health = "health=kill\n" if wish.get("health_check") else "health=\n"
    first, *rest = wish.get("entrypoint") or ("",)
    words += [f"--entrypoint={first}"] if first else []
    words += ["--", wish["image"], *rest, *wish.get("command", ())]
    return f"{health}set -- {' '.join(map(quoted, words))}\n"


def _health(check: Mapping[str, Any] | None) -> list[str]:
    """podman kills a container that is not healthy; with docker it goes on, and is only called unhealthy."""
    if not check:
        return []
    words = [f"--health-cmd={check['command']}"]
    for key in ("interval", "timeout", "start_period"):
        words += [f"--health-{key.replace('_', '-')}={check[key]}s"] if key in check else []
    return words + ([f"--health-retries={check['retries']}"] if "retries" in check else [])


def _unit(wish: Mapping[str, Any]) -> str:
    """The container's unit: what happens to the VM when the container ends."""
    restart = wish.get("restart", "no")
    ends = {
        "no": ["SuccessAction=poweroff", "FailureAction=poweroff"],
        # Without FailureAction: it fires before the first restart.
        "on-failure": [
            "SuccessAction=poweroff", f"StartLimitBurst={_BURST}", "StartLimitIntervalSec=600",
            "StartLimitAction=poweroff",
        ],
        "always": ["StartLimitIntervalSec=0"],
    }[restart]  # fmt: skip
    again = [f"Restart={restart}", *(["RestartSec=1"] if restart != "no" else [])]
    return "\n".join(
        [
            "[Unit]",
            "Description=Container of this VM",
            f"ConditionPathExists=!{HOLD}",
            f"Requires={VOLUMES_UNIT}",
            "Wants=network-online.target",
            f"After={VOLUMES_UNIT} network-online.target local-fs.target docker.service",
            *ends,
            "",
            "[Service]",
            *again,
            "Delegate=yes",
            "KillMode=mixed",
            "TimeoutStartSec=900",
            "TimeoutStopSec=40",
            f"ExecStartPre=/bin/sh {HOME}/pull",
            f"ExecStart=/bin/sh {HOME}/run",
            f"ExecStartPost=-/bin/sh {HOME}/started",
            f"ExecStop=-/bin/sh {HOME}/stop",
            f"ExecStopPost=-/bin/sh {HOME}/ended",
            "",
        ]
    )


def _volumes(wish: Mapping[str, Any], disks: Mapping[str, str]) -> str:
    user = str(wish.get("user", "0"))
    owner = user if re.fullmatch(r"[0-9]+(:[0-9]+)?", user) else "0"
    return "".join(f"{disks[each['name']]} {label_of(each['name'])} {owner}\n" for each in wish.get("volumes", ()))


def _secret_files(secrets: Secrets) -> list[File]:
    """Empty files where there are none, in place of those of an earlier start."""
    logins = {
        registry: {"auth": base64.b64encode(f"{user}:{password}".encode()).decode()}
        for registry, (user, password) in sorted(secrets.logins.items())
    }
    return [
        File(f"{HOME}/secrets", "0600", _exports(secrets.environment)),
        File(f"{HOME}/secret-names", "0600", "".join(f"{name}\n" for name in secrets.environment)),
        File(f"{HOME}/auth/config.json", "0600", json.dumps({"auths": logins})),
    ]


def _networks(wish: Mapping[str, Any], macs: Sequence[str]) -> list[File]:
    """The configuration of each interface, found by its MAC address: DHCP unless the wish has an address for it.

    For systemd-networkd and for NetworkManager; the one that is not there does not look.
    """
    files = []
    for number, (network, mac) in enumerate(zip(wish.get("networks", ()), macs, strict=True)):
        address = wish.get("addresses", {}).get(network)
        name = f"ovirt-container-{number}"
        files.append(File(f"/etc/systemd/network/05-{name}.network", "0644", _networkd(mac, address)))
        text = _network_manager(name, mac, address)
        files.append(File(f"/etc/NetworkManager/system-connections/{name}.nmconnection", "0600", text))
    return files


def _networkd(mac: str, address: Mapping[str, Any] | None) -> str:
    lines = ["[Match]", f"MACAddress={mac}", "", "[Network]"]
    if address is None:
        return "\n".join([*lines, "DHCP=yes", ""])
    lines += [f"Address={address['address']}"]
    lines += [f"Gateway={address['gateway']}"] if address.get("gateway") else []
    return "\n".join([*lines, *(f"DNS={server}" for server in address.get("dns", ())), ""])


def _network_manager(name: str, mac: str, address: Mapping[str, Any] | None) -> str:
    lines = ["[connection]", f"id={name}", "type=ethernet", "autoconnect-priority=10", ""]
    lines += ["[ethernet]", f"mac-address={mac}"]
    if address is None:
        return "\n".join([*lines, "", "[ipv4]", "method=auto", "", "[ipv6]", "method=auto", ""])
    version = ipaddress.ip_interface(address["address"]).version
    gateway = f",{address['gateway']}" if address.get("gateway") else ""
    lines += ["", f"[ipv{version}]", "method=manual", f"address1={address['address']}{gateway}"]
    lines += [f"dns={';'.join(address['dns'])};"] if address.get("dns") else []
    return "\n".join([*lines, "", *(["[ipv6]", "method=auto"] if version == 4 else ["[ipv4]", "method=disabled"]), ""])
