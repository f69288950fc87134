# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""vdsm.conf: read once, when vdsmd starts.

Order as lib/vdsm/config.py.in@v4.19.20 has it: /etc/vdsm/vdsm.conf first, then the drop-ins of three folders together,
sorted by file name only; the last word wins.
"""

from __future__ import annotations

import configparser
from pathlib import Path

from .site import Site

MAIN = "/etc/vdsm/vdsm.conf"
DROPIN_BASES = ("/usr/lib", "/run", "/etc")

# Sections and options that this stand-in reads, with Vdsm's defaults. Vdsm defines the last four of [containers] and
# never uses them.
DEFAULTS = {
    "vars": {
        "vm_sample_interval": "15",
        "user_shutdown_timeout": "30",
        "sys_shutdown_timeout": "120",
        "host_mem_reserve": "256",
        "extra_mem_reserve": "65",
        "guest_ram_overhead": "65",
        "cpu_affinity": "auto",
    },
    # A real one listens on all addresses, "::", with TLS. This one has no TLS, so a host has to say that it may.
    "addresses": {"management_port": "54321", "management_ip": "127.0.0.1"},
    "containers": {
        "cgroup_slice": "machine",
        "network_name": "bridge",
        "network_gateway": "10.1.0.1",
        "network_interface": "eth1",
        "network_subnet": "10.1.0.0",
        "network_mask": "20",
    },
}


def files(site: Site) -> list[Path]:
    """The files there are, in the order in which they are read."""
    main = site.path(MAIN)
    dropins = [path for base in DROPIN_BASES for path in site.path(f"{base}/vdsm/vdsm.conf.d").glob("*.conf")]
    # glob of the original leaves out hidden files
    dropins = sorted((path for path in dropins if not path.name.startswith(".")), key=lambda path: path.name)
    return [path for path in [main, *dropins] if path.exists()]


def load(site: Site) -> configparser.ConfigParser:
    """The configuration. vdsmd does not start with an invalid file, as the real one."""
    # As Python 2 read it: repeated options are no error, a ";" after white space begins a comment, and %(option)s is
    # the value of another option of the section.
    parser = configparser.ConfigParser(strict=False, comment_prefixes=("#", ";"), inline_comment_prefixes=(";",))
    parser.read_dict(DEFAULTS)
    parser.read(files(site), encoding="utf-8")
    return parser
