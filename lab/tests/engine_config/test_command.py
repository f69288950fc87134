# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command as an admin meets it: words in, text and exit code out. Nothing ever goes to stderr."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ovirt_lab.engine_config import store

KEY = "UserDefinedVMProperties"
LAB = Path(__file__).parents[2]
Command = Callable[..., tuple[int, str]]


def environment(path: Path, **more: str) -> dict[str, str]:
    """What the command finds; nothing of the lab's needs, as a machine has only this package."""
    return {"PATH": os.defpath, "PYTHONPATH": str(LAB), "LC_ALL": "C.UTF-8", store.VARIABLE: str(path), **more}


WORDS = [sys.executable, "-S", "-m", "ovirt_lab.engine_config"]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "options.json"


@pytest.fixture
def run(database: Path) -> Command:
    """Run it on an Engine 4.1, unless the test has made another one."""
    store.create(database, "4.1", {"4.1": "sap=^.*$"})

    def command(*words: str, stdin: str | None = None, **more: str) -> tuple[int, str]:
        ran = subprocess.run(
            [*WORDS, *words],
            input=(stdin or "").encode(),
            capture_output=True,
            timeout=20,
            env=environment(database, **more),
            check=False,
        )
        assert ran.stderr == b""
        return ran.returncode, ran.stdout.decode()

    return command


def test_get(run: Command) -> None:
    code, out = run("-g", KEY)
    assert code == 0
    assert out == f"{KEY}:  version: 3.6\n{KEY}:  version: 4.0\n{KEY}: sap=^.*$ version: 4.1\n"
    assert run("--get=" + KEY) == (0, out)
    assert run("-g", KEY, "--cver=4.1") == (0, "sap=^.*$\n")
    assert run("-g", KEY, "--cver", "4.1") == (0, "sap=^.*$\n")
    assert run("-g", KEY, "--cver=4.0") == (0, "\n")
    assert run("-g", KEY, "--cver=4.9") == (1, f"Error fetching {KEY} value: no such entry with version '4.9'.\n")
    assert run("-g", KEY, "--unknown", "x") == (0, out)


def test_set_replaces(run: Command, database: Path) -> None:
    assert run("-s", f"{KEY}=a=1=2;", "--cver=4.1") == (0, "")
    assert store.running_values(database)["4.1"] == "a=1=2;"
    assert run("--set", f"{KEY}=", "--cver=4.1") == (0, "")
    assert store.running_values(database)["4.1"] == ""


def test_a_written_row_is_listed_last(run: Command) -> None:
    run("-s", f"{KEY}=a=1", "--cver=3.6")
    _code, out = run("-g", KEY)
    assert [line.rpartition(" ")[2] for line in out.splitlines()] == ["4.0", "4.1", "3.6"]


@pytest.mark.parametrize(
    ("words", "out"),
    [
        ((), "Error: at least 1 argument needed for configuration utility to run."),
        (("x",), "First argument must be an action, and start with '-' or '--'"),
        (("-x",), "Action verb must come first, and '-x' is not an action.\nPlease tell me what to do: list?"),
        (("-d",), "Action verb must come first, and '-d' is not an action."),
        (("--set=K=1",), "Action verb must come first, and '--set=K=1' is not an action."),
        (("-g",), "Missing key for get action."),
        (("-g", f"{KEY}=x"), f"Illegal second argument: {KEY}=x."),
        (("-s",), "Missing key or value for set action, make sure arguments are in proper order."),
        (("-s", "--cver=4.1", f"{KEY}=a=1"), "Missing key or value for set action"),
        (("-s", KEY, "--cver=4.1"), "Argument for set/merge action must be in format of key=value."),
        (("-s", f"{KEY}=a=1", "--cver=4.9"), f"Error setting {KEY}'s value. No such entry with version 4.9."),
        (("-m", f"{KEY}=a=1", "--cver=4.9"), "setValue: error merging %s value. No such entry%s."),
        (("-s", f"{KEY}=a;b", "--cver=4.1"), f"Cannot set value a;b to key {KEY}. Invalid syntax, user defined VM"),
        (("-s", f"{KEY}=a=[^;]", "--cver=4.1"), f"Cannot set value a=[^;] to key {KEY}. Invalid syntax"),
        (("-s", f"{KEY}= a=1", "--cver=4.1"), f"Cannot set value  a=1 to key {KEY}. Invalid syntax"),
        (
            ("-s", f"{KEY}=a={'x' * 3999}", "--cver=4.1"),
            f"Error setting {KEY}'s value. ERROR: value too long for type character varying(4000)",
        ),
        (("-g", "Nope"), "Error fetching Nope value: no such entry. Please verify key name and property file support."),
        (("-s", "Nope=1", "--cver=4.1"), "Error setting Nope's value. No such entry with version 4.1."),
        (("-s", "Nope=1"), "Error setting Nope's value. No such entry."),
        (("-s", "MaxRerunVmOnVdsCount=x"), "Cannot set value x to key MaxRerunVmOnVdsCount. "),
        (("-s", "UserSessionTimeOutInterval=0"), "Cannot set value 0 to key UserSessionTimeOutInterval. "),
        (("-s", "UserDefinedNetworkCustomProperties=a=(", "--cver=4.1"), "Cannot set value a=( to key"),
        (("-r",), "null"),
    ],
)
def test_errors(run: Command, database: Path, words: tuple[str, ...], out: str) -> None:
    before = store.load(database)
    code, said = run(*words)
    assert code == 1
    assert said.startswith(out)
    assert store.load(database) == before


def test_a_bad_pattern_is_taken(run: Command, database: Path) -> None:
    """It explodes later, in the Engine."""
    assert run("-s", f"{KEY}=a=(", "--cver=4.1") == (0, "")
    assert store.running_values(database)["4.1"] == "a=("


def test_merge_appends_and_never_replaces(run: Command, database: Path) -> None:
    assert run("-m", f"{KEY}=sap=^.*$", "--cver=4.1") == (
        0,
        "Merge operation cancelled as value is unchanged.\n",
    )
    assert run("-m", f"{KEY}=sap=x;b=1", "--cver=4.1") == (0, "")
    assert store.running_values(database)["4.1"] == "sap=^.*$;sap=x;b=1"
    assert run("-m", f"{KEY}=c=1", "--cver=4.0") == (0, "")
    assert store.running_values(database)["4.0"] == "c=1"
    assert run("-m", "MaxRerunVmOnVdsCount=4") == (0, "MaxRerunVmOnVdsCount does not support merge of values.\n")


def test_a_key_with_one_version_needs_none(run: Command, database: Path) -> None:
    assert run("-s", "MaxRerunVmOnVdsCount=4") == (0, "")
    assert store.load(database)["options"]["MaxRerunVmOnVdsCount"] == {"general": "4"}


MENU = "Please select a version:\n1. 3.6\n2. 4.0\n3. 4.1\n"


def test_the_menu_with_answers(run: Command, database: Path) -> None:
    assert run("-s", f"{KEY}=a=1", stdin="x\n0\n4\n 2\n2\n") == (0, MENU * 5)
    assert store.running_values(database)["4.0"] == "a=1"


@pytest.mark.parametrize("action", ["-s", "-m"])
def test_the_menu_never_ends_on_a_closed_input(run: Command, database: Path, action: str) -> None:
    process = subprocess.Popen(
        [*WORDS, action, f"{KEY}=a=1"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        env=environment(database),
    )
    assert process.stdout
    assert process.stdout.read(len(MENU) * 2000).decode() == MENU * 2000
    assert process.poll() is None
    process.terminate()
    process.stdout.close()
    assert process.wait(10) != 0
    assert store.running_values(database)["4.1"] == "sap=^.*$"


def test_list_and_all(run: Command) -> None:
    code, out = run("-l")
    assert code == 0
    assert f'{KEY}: "User defined VM properties" (Value Type: {KEY})\n' in out
    code, out = run("-a")
    assert code == 0
    assert "MaxRerunVmOnVdsCount: 3 version: general\n" in out
    assert f"{KEY}: sap=^.*$ version: 4.1\n" in out


def test_help(run: Command) -> None:
    code, out = run("-h")
    assert code == 0
    assert out.startswith("Usage: engine-config <action> [<args>]")
    assert run("-s", f"{KEY}=a=1", "--help") == (0, out)
    code, out = run(f"--help={KEY}")
    assert (code, out[:70]) == (0, "User defined VM properties specification should conform to ((([a-z_A-Z"[:70])
    assert "should be numeric" in run("--help=MaxRerunVmOnVdsCount")[1]
    assert run("--help=Nope")[1].startswith("Cannot display help for key Nope.")


def test_in_the_c_locale_what_is_not_ascii_is_lost(run: Command, database: Path) -> None:
    store.update(database, KEY, "4.1", "sap=é€")
    assert run("-g", KEY, "--cver=4.1") == (0, "sap=é€\n")
    for locale in ("C", "xx_XX.UTF-8"):  # one that is not there counts as C
        assert run("-g", KEY, "--cver=4.1", LC_ALL=locale) == (0, "sap=??\n")
    assert run("-s", f"{KEY}=sap=é", "--cver=4.1", LC_ALL="C") == (0, "")
    assert store.running_values(database)["4.1"] == "sap=\ufffd\ufffd"


def test_without_a_database(run: Command, database: Path) -> None:
    database.unlink()
    code, out = run("-g", KEY)
    assert code == 1
    assert out.startswith("Connection to the Database failed.")


def test_the_start_of_a_java_program(run: Command) -> None:
    before = time.monotonic()
    assert run("-g", KEY, "--cver=4.0", OVIRT_LAB_JVM_SECONDS="0.7") == (0, "\n")
    assert time.monotonic() - before > 0.7


def test_what_43_has_in_addition(run: Command, database: Path) -> None:
    store.create(database, "4.3", {"4.2": "a=1"})
    assert run("-d") == (0, f"Name: {KEY}\nVersion: 4.2\nCurrent: a=1\nDefault: \n\n")
    assert run("-g", "Nope")[1].startswith("Error fetching Nope value")


def test_what_45_does_differently(run: Command, database: Path) -> None:
    store.create(database, "4.5", {"4.2": "a=1"})
    for words in (
        ("-g", "Nope"),
        ("-s", "Nope=1", "--cver=4.2"),
        ("-m", "Nope=1", "--cver=4.2"),
        ("-m", "MaxRerunVmOnVdsCount=4"),
    ):
        assert run(*words) == (1, "null\n")
    code, out = run(f"--help={KEY}")
    assert (code, out[:32]) == (0, "Cannot display help for key User")
    assert run("-s", f"{KEY}=b=2", "--cver=4.7") == (0, "")
    assert run("-g", KEY, "--cver=4.7") == (0, "b=2\n")
