# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python3 -m ovirt_lab.engine_machine`: what the unit ovirt-engine.service runs."""

from __future__ import annotations

import argparse
import os
import socket
import sys
from pathlib import Path

from ..ending import Ending
from ..engine_config.store import default_path
from .front import Front
from .service import Places, Service
from .settings import DEFAULT


def parser() -> argparse.ArgumentParser:
    """The command line; the machine needs none of it."""
    result = argparse.ArgumentParser(prog="python3 -m ovirt_lab.engine_machine", description=__doc__)
    add = result.add_argument
    add("--settings", type=Path, default=DEFAULT, help="written by ovirt_lab.hosts (%(default)s)")
    add("--database", type=Path, default=default_path(), help="engine-config's table (%(default)s)")
    add("--state", type=Path, default=Path("/var/lib/ovirt-lab/state.json"), help="kept at the end (%(default)s)")
    add("--pki", type=Path, default=Path("/etc/pki/ovirt-engine"), help="CA and key (%(default)s)")
    add("--listen", default="", metavar="ADDRESS", help="where to listen (on all addresses)")
    add("--port", type=int, default=443, help="with TLS (%(default)s)")
    add("--plain-port", type=int, default=80, help="without TLS (%(default)s)")
    return result


def main(argv: list[str] | None = None) -> int:
    """Run the Engine until SIGTERM or SIGINT; 1 if it cannot start."""
    options = parser().parse_args(argv)
    ending = Ending()
    front = Front()
    service = None
    try:
        ca_pem = front.listen(options.pki, address(), (options.port, options.plain_port), options.listen)
        ready()  # systemctl returns here; the health page says when the Engine answers
        service = Service(Places(options.settings, options.database, options.state), front, ca_pem)
        service.start(ending)
        print(f"ovirt-engine: ports {front.ports[0]} and {front.ports[1]}, at work", flush=True)
        ending.wait()
    except (OSError, ValueError) as error:
        print(f"ovirt-engine: {error}", file=sys.stderr)
        return 1
    finally:
        if service is not None:
            service.stop()
        front.close()
    return 0


def address() -> str:
    """The machine's address, as its own name says: docker writes it to /etc/hosts."""
    return socket.gethostbyname(socket.gethostname())


def ready() -> None:
    """Send READY=1 to systemd (sd_notify(3)); do nothing without a notification socket."""
    listener = os.environ.get("NOTIFY_SOCKET")
    if listener:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
            channel.connect(listener.replace("@", "\0", 1) if listener.startswith("@") else listener)
            channel.send(b"READY=1")


if __name__ == "__main__":
    sys.exit(main())
