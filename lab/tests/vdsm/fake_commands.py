# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""systemd-run, systemctl and docker for tests: one script under three names. Units are processes, containers are files.

Beside the folder with the commands lies `state`: calls.jsonl (every command line), units/, containers/, and what a test
writes to change their ways: networks (names that docker knows), stop-timeout (seconds, for systemd's 90), refuse (what
systemd-run has to complain about).
"""

import fnmatch
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

STATE = Path(sys.argv[0]).resolve().parent.parent / "state"
NETWORKS = "bridge host none ovirtmgmt backend"


def setting(name, default):
    path = STATE / name
    return path.read_text(encoding="utf-8") if path.exists() else default


def alive(pid):
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return text.rpartition(")")[2].split()[0] != "Z"


def write(path, value):
    fresh = STATE / f"{path.name}.{os.getpid()}"
    fresh.write_text(json.dumps(value), encoding="utf-8")
    fresh.replace(path)


def systemd_run(words):
    options = []
    while words and words[0].startswith("--"):
        options.append(words.pop(0))
    unit = next(word.partition("=")[2] for word in options if word.startswith("--unit="))
    refusal = setting("refuse", "")
    path = STATE / "units" / unit
    if path.exists() and alive(json.loads(path.read_text(encoding="utf-8"))["pid"]):
        refusal = f"Failed to start transient service unit: Unit {unit}.service already exists."
    if refusal:
        print(refusal, file=sys.stderr)
        return 1
    quiet = subprocess.DEVNULL
    child = subprocess.Popen(words, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
    write(path, {"pid": child.pid, "command": words, "options": options})
    print(f"Running as unit {unit}.service.", file=sys.stderr)
    return 0


def exit_code(unit):
    path = STATE / "containers" / unit
    return json.loads(path.read_text(encoding="utf-8")).get("code", 0) if path.exists() else 125


def list_units(words):
    for path in sorted((STATE / "units").iterdir()):
        if not fnmatch.fnmatch(f"{path.name}.service", words[-1]):
            continue
        about = json.loads(path.read_text(encoding="utf-8"))
        if alive(about["pid"]):
            print(f"{path.name}.service loaded active running {' '.join(about['command'])}")
        elif exit_code(path.name):
            print(f"\u25cf {path.name}.service loaded failed failed {' '.join(about['command'])}")
    return 0


def stop(words):
    unit = words[-1].removesuffix(".service")
    path = STATE / "units" / unit
    about = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"pid": 0}
    if not alive(about["pid"]):
        print(f"Failed to stop {unit}.service: Unit {unit}.service not loaded.", file=sys.stderr)
        return 5
    os.kill(about["pid"], signal.SIGTERM)
    deadline = time.monotonic() + float(setting("stop-timeout", "5"))
    while "--no-block" not in words and alive(about["pid"]):
        if time.monotonic() > deadline:
            os.kill(about["pid"], signal.SIGKILL)
        time.sleep(0.01)
    return 0


def systemctl(words):
    if words[0] == "list-units":
        return list_units(words)
    if words[0] == "stop":
        return stop(words)
    path = STATE / "units" / words[-1].removesuffix(".service")
    print("MainPID={}".format(json.loads(path.read_text(encoding="utf-8"))["pid"] if path.exists() else 0))
    return 0


def docker(words):
    options = dict(word.lstrip("-").split("=", 1) for word in words[1:-1])
    path, image = STATE / "containers" / options["name"], words[-1]
    if path.exists():
        print(f'Conflict. The container name "/{options["name"]}" is already in use', file=sys.stderr)
        return 125
    if options["net"] not in setting("networks", NETWORKS).split() or "missing" in image:
        return 125
    about = {"image": image, "network": options["net"], "status": "running"}
    code = 3 if "exits" in image else 0
    if code:
        write(path, {**about, "status": "exited", "code": code})
        return code

    def told(*_):
        if "deaf" not in image:
            write(path, {**about, "status": "exited", "code": 0})
            sys.exit(0)

    signal.signal(signal.SIGTERM, told)
    write(path, about)
    while True:
        signal.pause()


def main():
    with (STATE / "calls.jsonl").open("a", encoding="utf-8") as log:
        log.write(json.dumps(sys.argv) + "\n")
    name = Path(sys.argv[0]).name
    if name != "docker":
        with (STATE / "affinities.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps([name, os.environ.get("TASKSET", "")]) + "\n")
    return {"systemd-run": systemd_run, "systemctl": systemctl, "docker": docker}[name](sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
