# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""vdsmd."""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable

from . import sdnotify
from .api import Api
from .host import Host
from .manager import Manager
from .rpc import Dispatcher
from .server import listen
from .site import Site

_LIBVIRT_LOOK = 1.0  # libvirt's events come at once; a second is near enough
_log = logging.getLogger("vds")


def _every(seconds: float, host: Host, ended: threading.Event, work: Callable[[], None]) -> None:
    """Call a function again and again in a thread of its own; errors are logged."""

    def run() -> None:
        while not host.clock.wait(ended, seconds):
            try:
                work()
            except Exception:
                _log.exception("%s failed", work)

    threading.Thread(target=run, daemon=True).start()


def _recover(manager: Manager, ended: threading.Event) -> None:
    """Try to recover until it succeeds; until then all calls get "Recovering from crash or Initializing"."""
    if ended.wait(manager.host.settings.recovery):
        return
    while not manager.ready:
        try:
            manager.recover()
        except Exception:
            _log.exception("recovery: failed")
            if manager.host.clock.wait(ended, 5):
                return


def main(argv: list[str]) -> int:
    """vdsmd.service."""
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(levelname)s (%(threadName)s) [%(name)s] %(message)s"
    )
    host = Host.of(Site())
    manager, ended = Manager(host), threading.Event()
    _log.info("I am the stand-in for vdsm %s-%s", host.version.version, host.version.release)
    config = host.config
    # A real vdsmd needs time to import, and to read storage, networks and certificates.
    time.sleep(host.settings.start)
    server = listen(
        Dispatcher(Api(manager)),
        config.get("addresses", "management_ip"),
        config.getint("addresses", "management_port"),
    )
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
    threading.Thread(target=_recover, args=(manager, ended), name="vmrecovery", daemon=True).start()
    interval = config.getint("vars", "vm_sample_interval")
    _every(interval, host, ended, manager.watch_containers)
    _every(_LIBVIRT_LOOK, host, ended, manager.watch_libvirt)
    sdnotify.serve(f"listening on port {server.server_port}")
    ended.set()
    server.shutdown()
    return 0
