# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of `python -m ovirt_lab.engine`."""

from __future__ import annotations

import argparse
import ipaddress
from pathlib import Path

DESCRIPTION = """\
An embedded oVirt Engine: answers the oVirt REST API v4 over TLS on this machine, to any unmodified client.
There are no real hosts behind it; it behaves as if there were, container hosts of Vdsm 4.19 included.
"""

EPILOG = """\
what it writes to --dir
  engine.json   url, username, password, ca_file, pid, version (readable by you only)
  engine.env    the same as `export OVIRT_URL=...` lines:  . .ovirt-lab/engine.env
  ca.pem        the certificate authority of this laboratory, kept for the next start
  engine.pid    the process; --stop ends it
  engine.log    what a detached Engine has to complain about
  engine.json, engine.env and engine.pid are removed when it ends.

failures on request (--fault, may be given several times)
  status:503[:match=METHOD REGEX][:nth=N][:count=M][:seconds=S]   answer with this code
  cut[:before|after][...]           break the connection; after: the Engine has acted
  hang[:before|after][...]          never answer
  delay:seconds=S[...]              answer late
  answer:NAME[:before|after][...]   another answer: html, empty, json_broken, cut, bomb, ... (lab/README.md)
  rewrite:from=REGEX[:to=TEXT][...] change the Engine's own answer
  refuse:NAME[...]                  refuse by a name of EngineMessage, such as VM_IS_LOCKED
  expire_tokens[:nth=N]             all tokens end; logging in again works
  restart[:before|after]:seconds=S[...]   the Engine goes away: answers lost, then 503, tokens end
  lock:vm=NAME:seconds=S            409 for what would change this VM
  host_gone:host=NAME               the host stops responding
While it runs: POST a JSON list of these to /ovirt-lab/faults (DELETE clears), GET /ovirt-lab/requests?since=N,
POST /ovirt-lab/clock {"advance": seconds}, GET /ovirt-lab/state; user and password as for the API.

examples
  python -m ovirt_lab.engine --detach && . .ovirt-lab/engine.env
  python -m ovirt_lab.engine --version 4.5 --world site.yml --latency 0.1
  python -m ovirt_lab.engine --fault 'status:503:match=POST .*/vms:nth=2'
  python -m ovirt_lab.engine --stop
"""


def parser() -> argparse.ArgumentParser:
    """The command line."""
    result = argparse.ArgumentParser(
        prog="python -m ovirt_lab.engine",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = result.add_argument
    add("--dir", default=".ovirt-lab", type=Path, help="where its files go (.ovirt-lab)")
    add("--host", default="127.0.0.1", help="address to listen on (127.0.0.1); any other but loopback needs --password")
    add("--port", default=0, type=int, help="port to listen on (any free one)")
    add("--version", metavar="VERSION", help="which Engine to be: 4.1, 4.3, 4.5 or a full one such as 4.1.2.0 (4.3)")
    add("--world", metavar="WORLD", help="what there is at the start: a file, or an example by its name: demo")
    add("--latency", type=float, metavar="SECONDS", help="answer every request so much later")
    add("--boot-delay", type=float, metavar="SECONDS", help="how long a VM takes from starting to powering up")
    add("--speed", type=float, default=1.0, metavar="N", help="let Engine time run N times faster")
    add("--fault", action="append", default=[], metavar="SPEC", help="a failure, see below")
    add(
        "--certificate", default="", metavar="KIND", help="a bad one: expired, future (not yet valid), elsewhere (name)"
    )
    add("--state", type=Path, metavar="FILE", help="start with the state saved there, save it at the end")
    add("--username", default="admin@internal", help="who may log in (admin@internal)")
    add("--password", help="with what (a random one; see engine.json)")
    add("--detach", action="store_true", help="go to the background when ready")
    add("--stop", action="store_true", help="end the Engine of --dir and return")
    return result


def reachable(host: str) -> bool:
    """Whether other machines may reach an address to listen on; of a name it is not known, so they may."""
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host != "localhost"
