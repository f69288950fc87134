# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows containers that run as VMs, to somebody who has never seen oVirt.

python -m demo                a site: an Engine, two hosts, containers that run on them; removed at the end
python -m demo --keep         leave the site running
python -m demo --simulated    the Engine alone, which simulates its hosts; this is also shown without docker
python -m demo --runtime guest    an Engine 4.5, and containers in VMs of their own, which really run
python -m demo --down         remove a site that was left running
"""

from __future__ import annotations

import signal

if __name__ == "__main__":
    # Until INTERRUPTIONS watches, there is nothing to clean up: end at once on Ctrl-C, without a traceback.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import argparse
import shutil
import sys
from types import ModuleType

from workshop import daemon
from workshop.console import BOLD, GREEN, RED, Stopwatch, coloured, say
from workshop.environment import link_collection
from workshop.processes import INTERRUPTIONS, Children

from demo import guests, hosts, simulated
from demo.showing import LAB, OURS, SCRATCH, DemoError


def options_of(words: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m demo", description="Show containers run as VMs.")
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--keep", action="store_true", help="leave the site running")
    choice.add_argument("--down", action="store_true", help="remove a site that was left running")
    parser.add_argument("--simulated", action="store_true", help="simulate the hosts, also where docker runs")
    parser.add_argument("--runtime", choices=["vdsm", "guest"], default="vdsm", help="how containers are run (vdsm)")
    return parser.parse_args(words)


def choose(simulate: bool, runtime: str) -> ModuleType:
    """Return the demonstration for this machine, and say why when it is a smaller one. Raises DemoError."""
    if runtime == "guest":
        if problem := guests.lacks():
            raise DemoError(problem)
        return guests
    reason = "asked for" if simulate else daemon.lasting()
    if reason is None:
        return hosts
    say(f"Hosts and containers are simulated ({reason}).")
    return simulated


def demonstrate(options: argparse.Namespace, children: Children) -> int:
    """Run the demonstration and return the exit code."""
    watch = Stopwatch()
    if take_away():
        say("The site of an earlier run has been removed.")
    link_collection()
    if not LAB.exists():
        with INTERRUPTIONS.held():
            LAB.mkdir()
            OURS.touch()
    SCRATCH.mkdir(parents=True, exist_ok=True)
    say(coloured("Containers that run as VMs, managed by oVirt Engine", BOLD))
    try:
        shown = choose(options.simulated, options.runtime)
        shown.show(children)
    except DemoError as problem:
        say(coloured(f"\n{problem}", RED))
        return 1
    shown.farewell(options.keep)
    end = "It is all running." if options.keep else "Everything that was started has been stopped."
    say(coloured(f"\nDone in {watch}. {end}", GREEN))
    return 0


def take_away() -> bool:
    """Remove what an earlier run left, and return whether there was anything."""
    daemon.find_lasting()
    # A list, so that all three are called.
    return any([simulated.stop_engine(), hosts.take_away(), daemon.end_lasting()])


def remove_lab() -> None:
    """Remove the directory that the inventory reads, unless it is somebody else's."""
    if OURS.exists():
        shutil.rmtree(LAB, ignore_errors=True)
    else:
        (LAB / "engine.log").unlink(missing_ok=True)


def clean_up(children: Children, keep: bool) -> bool:
    """End what was started and remove what was written, also after Ctrl-C. A second Ctrl-C does not stop it.

    Returns whether there was a site to remove.
    """
    INTERRUPTIONS.ignore()
    removed = False
    if not keep:
        # The machines first: a daemon that we started must still run to remove them.
        removed = take_away()
        children.end_all()
        remove_lab()
    # Last: a play that runs for another moment would create it again.
    shutil.rmtree(SCRATCH, ignore_errors=True)
    return removed


def main(words: list[str]) -> int:
    """Run the command line, and return the exit code."""
    options = options_of(words)
    children = Children()
    code = 1
    try:
        INTERRUPTIONS.watch()
        code = 0 if options.down else demonstrate(options, children)
    except KeyboardInterrupt:
        code = 130
    finally:
        removed = clean_up(children, options.keep and code == 0)
    if options.down:
        say("The site has been removed." if removed else "There is no site to remove.")
    if code == 130:
        say("\nInterrupted. Everything that was started has been stopped and removed.")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
