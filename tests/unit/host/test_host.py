# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Commands that hang, ask, say much, or are not there."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.commands import raw
from ansible_collections.ovirt_contrib.containers.plugins.module_utils._host.host import Host, text, version_tuple

HOST = Host()


def python(code: str) -> list[str]:
    return ["python3", "-c", code]


def test_what_a_command_says_is_told() -> None:
    outcome = HOST(["sh", "-c", "echo out; echo ' one'; echo two >&2; exit 3"])
    assert (outcome.ok, outcome.code, outcome.out, outcome.err) == (False, 3, "out\n one\n", "two\n")
    assert outcome.said == "two"


def test_commands_run_side_by_side() -> None:
    start = time.monotonic()
    outcomes = HOST.all([["sh", "-c", f"sleep 0.4; echo {number}"] for number in range(5)])
    assert [outcome.out for outcome in outcomes] == [f"{number}\n" for number in range(5)]
    assert time.monotonic() - start < 1.5


def test_a_command_out_of_time_goes_with_its_children() -> None:
    start = time.monotonic()
    outcome = HOST(["sh", "-c", "echo started; sleep 77.25 & sleep 77.25"], timeout=0.5)
    assert time.monotonic() - start < 5
    assert outcome.code is None
    assert "no end after 0.5 s: sh -c" in outcome.said
    time.sleep(0.1)
    words = [Path(f"/proc/{pid}/cmdline") for pid in os.listdir("/proc") if pid.isdigit()]
    assert not [path for path in words if path.exists() and b"77.25" in path.read_bytes()]


def test_a_slow_command_does_not_take_the_others_answers_away() -> None:
    slow, quick = HOST.all([["sleep", "30"], ["echo", "here"]], timeout=0.5)
    assert slow.code is None
    assert quick.out == "here\n"


def test_a_command_that_is_not_there() -> None:
    outcome = HOST(["no-such-command-anywhere", "x"])
    assert outcome.code is None
    assert outcome.said == "command not found: no-such-command-anywhere"


def test_a_file_that_cannot_run(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(b"\x7fELF nonsense")
    broken.chmod(0o755)
    outcome = HOST([str(broken)])
    assert outcome.code is None
    assert str(broken) in outcome.said


def test_nothing_can_ask() -> None:
    assert HOST(python("import sys; print(repr(sys.stdin.read()))")).out == "''\n"
    assert HOST(["cat"], stdin="given é").out == "given é"
    assert [outcome.out for outcome in HOST.all([(["cat"], "one"), (["cat"], "two"), ["cat"]])] == ["one", "two", ""]
    assert HOST(["true"], stdin="nobody reads this").ok


def test_every_command_speaks_the_c_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    assert HOST(["sh", "-c", "echo $LC_ALL $LANGUAGE"]).out == "C C\n"


def test_much_output_blocks_nobody() -> None:
    big = python("import sys; sys.stdout.write('x' * 3000000); sys.stderr.write('y' * 3000000)")
    for outcome in HOST.all([big, big]):
        assert (outcome.ok, len(outcome.out), len(outcome.err)) == (True, 3000000, 3000000)


def test_bytes_that_are_no_text_are_survived() -> None:
    assert HOST(["printf", r"a\377b"]).out == "a\ufffdb"


def test_commands_of_the_administrator_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert HOST.which("sh") in ("/usr/bin/sh", "/bin/sh")
    assert HOST(["sh", "-c", "echo $PATH"]).out.startswith("/nowhere:/usr/local/sbin:")


def test_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc" / "one").write_text(" 0x10\n")
    (tmp_path / "proc" / "words").write_text("é\n")
    (tmp_path / "proc" / "link").symlink_to("../x/target")
    monkeypatch.setattr(Host, "root", str(tmp_path))
    assert (HOST.number("/proc/one"), HOST.number("/proc/words"), HOST.number("/proc/none")) == (16, None, None)
    assert (HOST.read("/proc/words"), HOST.read("/proc/none"), HOST.read("/proc")) == ("é", None, None)
    assert (HOST.target("/proc/link"), HOST.target("/proc/one")) == ("target", None)
    assert (HOST.names("/proc"), HOST.names("/none")) == (["link", "one", "words"], [])
    assert (HOST.exists("/proc/link"), HOST.exists("/proc/none")) == (True, False)


@pytest.mark.parametrize(
    ("version", "numbers"),
    [
        ("1.13.1", (1, 13, 1)),
        ("1.10.3-rc1", (1, 10, 3)),
        ("17.03.1-ce", (17, 3, 1)),
        ("20.10.24+dfsg1", (20, 10, 24)),
        ("4.19.20.1", (4, 19, 20, 1)),
        ("v2", ()),
        ("", ()),
        (None, ()),
    ],
)
def test_versions(version: str | None, numbers: tuple[int, ...]) -> None:
    assert version_tuple(version) == numbers


def test_texts() -> None:
    assert text("é".encode()) == text("é") == "é"
    assert (raw("é"), raw("é".encode()), raw(3), raw("\udcff")) == ("é".encode(), "é".encode(), b"3", b"\xff")
