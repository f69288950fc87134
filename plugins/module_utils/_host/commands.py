# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""Runs commands side by side, with closed or given input, in the C locale and with a time limit."""

from __future__ import absolute_import, division, print_function

import errno
import json
import os
import select
import signal
import subprocess
import sys
import time

__metaclass__ = type

#: Where the commands of a host are, also when PATH leaves some out (sudo and cron do that). Directories that packages
#: do not use come last; a docker may be there.
SBIN = ("/usr/local/sbin", "/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/bin", "/snap/bin")

# How a command runs: in a process group of its own, so that one out of time goes with its children. Python 2.7 does
# that by preexec_fn, for which the interpreter is copied; start_new_session is three times as quick.
_HOW = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "close_fds": True, "cwd": "/"}
_HOW.update({"preexec_fn": os.setsid} if sys.version_info[0] == 2 else {"start_new_session": True})

_clock = getattr(time, "monotonic", time.time)  # Python 2.7 has no monotonic


class Outcome:
    """How a command ended: ``code`` is None for one that does not exist, exceeded its time, or could not start."""

    def __init__(self, words, code, out="", err=""):
        self.words = list(words)
        self.code = code
        self.out = out
        self.err = err

    @property
    def ok(self):
        """Whether it ended well."""
        return self.code == 0

    @property
    def said(self):
        """The last three lines of its errors, or else of its output, as one line."""
        lines = [line.strip() for line in (self.err.strip() or self.out.strip()).splitlines() if line.strip()]
        return " ".join(lines[-3:]) or "exit code %s" % (self.code,)

    def json(self):
        """What it printed, parsed; None when it is not JSON, or nested deeper than Python can follow."""
        try:
            return json.loads(self.out)
        except (ValueError, RuntimeError):  # RecursionError is new in Python 3.5
            return None


def run_all(commands, timeout):
    """Run commands, each as words, path (None when it is not there) and input; their outcomes in the same order."""
    running = [_Command(*command) for command in commands]
    deadline = _clock() + timeout
    while any(command.open for command in running):
        left = deadline - _clock()
        if left <= 0:
            break
        _read_what_is_there(running, left)
    return [command.finish(deadline, timeout) for command in running]


class _Command:
    """A command that runs, and what it said so far."""

    def __init__(self, words, path, stdin):
        self.words = list(words)
        self.said = {}
        self.process = None
        self.trouble = "command not found: %s" % (words[0],)
        if path is None:
            return
        try:
            self.process = self._start(path, stdin)
        except (IOError, OSError) as error:
            self.trouble = "%s: %s" % (path, error.strerror or error)
            return
        except (TypeError, ValueError) as error:  # a NUL in a word
            self.trouble = "%s: %s" % (path, error)
            return
        self.said = {self.process.stdout: [], self.process.stderr: []}

    @property
    def open(self):
        """The pipes that may still say something."""
        return [pipe for pipe in self.said if not pipe.closed]

    def _start(self, path, stdin):
        environment = dict(os.environ, LC_ALL="C", LANGUAGE="C")
        # Where the caller left out the administrator's directories, the command may need them as well.
        environment["PATH"] = os.pathsep.join([place for place in (os.environ.get("PATH"),) + SBIN if place])
        # AnsibleModule.run_command knows no time limit and runs one command at a time.
        words = [raw(word) for word in [path] + self.words[1:]]
        process = subprocess.Popen(words, env=environment, **_HOW)  # pylint: disable=ansible-bad-function
        try:
            # Short texts only: what fits into a pipe cannot block.
            process.stdin.write(raw(stdin or ""))
            process.stdin.close()
        except (IOError, OSError):
            pass  # it ended without reading; its exit code says why
        return process

    def finish(self, deadline, timeout):
        """Its outcome. What is not done by now is killed with everything it started."""
        if self.process is None:
            return Outcome(self.words, None, "", self.trouble)
        late = bool(self.open)
        pause = 0.0002  # a command ends a moment after it has closed its output
        while not late and self.process.poll() is None:
            late = _clock() > deadline
            time.sleep(pause)
            pause = min(2 * pause, 0.005)
        out, err = (text(b"".join(self.said[pipe])) for pipe in (self.process.stdout, self.process.stderr))
        if late:
            self._kill()
            err = "no end after %s s: %s" % (timeout, " ".join(text(word) for word in self.words))
        for pipe in self.open:
            pipe.close()
        return Outcome(self.words, None if late else self.process.returncode, out, err)

    def _kill(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except OSError as error:
            if error.errno != errno.ESRCH:
                raise
        self.process.wait()


def _read_what_is_there(running, seconds):
    """Read from each command that says something, for so long."""
    by_pipe = {pipe: command for command in running for pipe in command.open}
    try:
        ready = select.select(list(by_pipe), [], [], seconds)[0]
    except select.error as error:  # a signal; Python 3.5 and later wait on by themselves
        if error.args[0] != errno.EINTR:
            raise
        return
    for pipe in ready:
        chunk = os.read(pipe.fileno(), 65536)
        if chunk:
            by_pipe[pipe].said[pipe].append(chunk)
        else:
            pipe.close()


def text(data):
    """Bytes as text, for any bytes."""
    return data.decode("utf-8", "replace") if isinstance(data, bytes) else data


def raw(value):
    """Anything as bytes, for the system: Python 3.6 in the C locale would take no other text than ASCII."""
    return value if isinstance(value, bytes) else ("%s" % (value,)).encode("utf-8", "surrogateescape")
