# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python3 -m ovirt_lab.vdsm vdsmd|supervdsmd|mom|client|cli`: what the units and commands of a test host run."""

from __future__ import annotations

import importlib
import sys

# Imported when asked for: a client should not load the server.
COMMANDS = {
    "vdsmd": ("daemon", "the daemon (vdsmd.service): JSON-RPC on port 54321"),
    "supervdsmd": ("supervdsm", "its helper that runs as root (supervdsmd.service): systemd-run, systemctl stop"),
    "mom": ("mom", "waits (mom-vdsm.service)"),
    "client": ("client", "/usr/bin/vdsm-client"),
    "cli": ("cli", "/usr/bin/vdsClient"),
}


def main(argv: list[str] | None = None) -> int:
    """Run one of the commands; its exit code."""
    arguments = sys.argv[1:] if argv is None else argv
    if not arguments or arguments[0] not in COMMANDS:
        known = "\n".join(f"  {name:<11} {text}" for name, (_, text) in COMMANDS.items())
        print(f"usage: python3 -m ovirt_lab.vdsm COMMAND [ARGUMENT...]\n{known}", file=sys.stderr)
        return 2
    module = importlib.import_module(f"{__package__}.{COMMANDS[arguments[0]][0]}")
    return int(module.main(arguments[1:]))


if __name__ == "__main__":
    sys.exit(main())
