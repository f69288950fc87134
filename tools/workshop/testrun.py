# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the tests and says what ran, what was left out and why.

tools/test            everything but the slowest scenarios, three steps at a time
tools/test --all      these too: a quarter of an hour more
tools/test --quick    unit and contract tests under one ansible-core
tools/test --lint     linters and type checks
tools/test --dist     build the collection into dist/
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import nullcontext

from workshop import daemon, suite
from workshop.console import GREEN, RED, Stopwatch, coloured, heading, say, table
from workshop.environments import ROOT, WORK, Environment, environment
from workshop.processes import INTERRUPTIONS, Children
from workshop.sanity import sanity_step
from workshop.sources import link_collection
from workshop.steps import LOGS, Outcome, Step

# One more than the cores of a small machine: much of the time a scenario waits for its hosts.
AT_A_TIME = 3
LINES_OF_A_FAILURE = 60


def options_of(words: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="tools/test", description="Test the project.")
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--all", action="store_true", help="the slowest scenarios too")
    choice.add_argument("--quick", action="store_true", help="unit and contract tests under one ansible-core")
    choice.add_argument("--lint", action="store_true", help="linters and type checks only")
    choice.add_argument("--dist", action="store_true", help="build the collection into dist/")
    return parser.parse_args(words)


def set_up(names: list[str]) -> tuple[list[str], list[str]]:
    """Make the environments; return those that are there, and why others are not."""
    if subprocess.run([ROOT / "tools" / "setup", *names], check=False).returncode:
        raise SystemExit("test: the environments could not be made; see above")
    described = [environment(name) for name in names]
    there = [env.name for env in described if env.ready()]
    return there, [missing(env) for env in described if not env.ready()]


def missing(env: Environment) -> str:
    """Say why an environment is not there."""
    return f"{env.name} ({env.why}): no Python {' or '.join(reversed(env.versions))} on this machine"


def choose(options: argparse.Namespace, no_docker: str | None) -> tuple[list[Step], list[str]]:
    """Return the steps to run and what is left out from the start."""
    cores = suite.cores()
    if options.lint:
        there, left_out = set_up(["lint"])
        return (suite.lint_steps() if there else []), left_out
    if options.quick or options.dist:
        there = []
        for name in cores:
            there = there or set_up([name])[0]
        if options.dist:
            step = suite.build_step(there[0])
            step.command.append("--keep")
            return [step], []
        return suite.pytest_steps(there[:1], suite.QUICK), []
    there, left_out = set_up(["lint", *cores, *([] if no_docker else suite.MOLECULE)])
    usable = [name for name in cores if name in there]
    if not usable:
        return [], left_out
    if no_docker:
        left_out.append(f"container hosts (molecule, tests of lab/images, the host tier on EL): {no_docker}")
    steps = host_steps(there, options.all) if "molecule" in there else []
    if steps and not options.all:
        left_out.append(f"{', '.join(suite.SLOW)}: make test-all runs what takes that long")
    steps += suite.pytest_steps(usable, suite.DIRECTORIES) + [sanity_step(name) for name in suite.ends(usable)]
    steps.append(suite.build_step(usable[0]))
    steps += suite.lint_steps() if "lint" in there else []
    return steps, left_out


def host_steps(there: list[str], slow: bool) -> list[Step]:
    """Build the images of the container hosts, once for all who want them, and return the scenarios."""
    python = environment("molecule").python
    built = subprocess.run(
        [python, "-B", "-m", "ovirt_lab.hosts", "build"],
        env={**os.environ, "PYTHONPATH": str(ROOT / "lab")},
        check=False,
    )
    if built.returncode:
        raise SystemExit("test: the images of the container hosts could not be built; see above")
    return [step for step in suite.molecule_steps(slow) if step.environment in there]


def run_all(steps: list[Step], children: Children) -> dict[str, Outcome]:
    """Run the steps, tell about each as it ends, and show the log of one that failed."""
    outcomes: dict[str, Outcome] = {}
    pool = ThreadPoolExecutor(AT_A_TIME)
    running = {pool.submit(step.run, children): step for step in steps}
    try:
        for done in as_completed(running):
            step = running[done]
            outcomes[step.title] = outcome = done.result()
            tell(step, outcome)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return {step.title: outcomes[step.title] for step in steps}


def tell(step: Step, outcome: Outcome) -> None:
    """Print one line about a step that has ended; after a failure also the end of its log."""
    word = coloured("FAILED", RED) if outcome.failed else coloured("ok", GREEN)
    say(f"  {step.title}: {word}, {count(outcome)} in {outcome.seconds:.1f} s")
    if outcome.failed:
        lines = step.log.read_text(errors="replace").splitlines()
        shown = [line for line in lines if re.match(step.telling, line)] or lines
        say("\n".join(f"    | {line}" for line in shown[-LINES_OF_A_FAILURE:]))
        say(f"    | all {len(lines)} lines: {step.log.relative_to(ROOT)}")


def count(outcome: Outcome) -> str:
    """Return the numbers of a step in words, without the zeros."""
    parts = {"passed": outcome.passed, "failed": outcome.failed, "skipped": outcome.skipped}
    return ", ".join(f"{number} {word}" for word, number in parts.items() if number) or "nothing to run"


def summarise(outcomes: dict[str, Outcome], left_out: list[str], watch: Stopwatch) -> int:
    """Print what ran, how long it took and what was left out; the last line has the totals."""
    heading("What ran")
    rows = [
        {
            "step": title,
            "result": "FAILED" if outcome.failed else "ok",
            "tests": str(outcome.passed + outcome.failed),
            "skipped": str(outcome.skipped or ""),
            "seconds": f"{outcome.seconds:.1f}",
        }
        for title, outcome in outcomes.items()
    ]
    say("\n".join(table(rows)))
    left_out = left_out + [reason for outcome in outcomes.values() for reason in outcome.left_out]
    left_out = list(dict.fromkeys(left_out))
    heading("What was left out, and why")
    say("\n".join(f"  {reason}" for reason in left_out) or "  nothing")
    passed, failed, skipped = (
        sum(getattr(outcome, name) for outcome in outcomes.values()) for name in ("passed", "failed", "skipped")
    )
    say()
    say(f"Took {watch}. Logs of every step are in {LOGS.relative_to(ROOT)}/.")
    say(coloured(f"{passed} passed, {failed} failed, {skipped} skipped", RED if failed or not passed else GREEN))
    return 1 if failed or not passed else 0


def run(options: argparse.Namespace, no_docker: str | None, children: Children, watch: Stopwatch) -> int:
    """Run what was asked for and tell how it went."""
    steps, left_out = choose(options, no_docker)
    link_collection()
    shutil.rmtree(LOGS, ignore_errors=True)
    LOGS.mkdir(parents=True)
    heading(f"{len(steps)} steps, {AT_A_TIME} at a time" if len(steps) > 1 else "One step")
    outcomes = run_all(steps, children)
    if options.dist:
        say("\n".join(f"  dist/{path.name}" for path in (ROOT / "dist").glob("*.tar.gz")))
    return summarise(outcomes, left_out, watch)


def main(words: list[str]) -> int:
    """Read the command line, and see to a docker daemon for the time of a whole run."""
    INTERRUPTIONS.watch()
    options = options_of(words)
    watch = Stopwatch()
    children = Children()
    try:
        part = options.quick or options.lint or options.dist
        with nullcontext("not asked for") if part else daemon.docker(children) as no_docker:
            return run(options, no_docker, children, watch)
    except KeyboardInterrupt:
        say("test: interrupted")
        return 130
    finally:
        INTERRUPTIONS.ignore()
        children.end_all()
        shutil.rmtree(WORK / "build", ignore_errors=True)
