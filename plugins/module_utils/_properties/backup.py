# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""Backups of the values before a change, and a lock between runs of this module, on the Engine machine."""

from __future__ import absolute_import, division, print_function

import errno
import fcntl
import os
import time

from .._host import systemd
from .._host.commands import raw
from .._host.files import write_whole
from .._host.host import HostError
from .engine_config import KEY

__metaclass__ = type

_UNIT = "ovirt-engine.service"
_PROPERTIES = ("Id", "LoadState", "ActiveState", "ActiveEnterTimestampMonotonic")
_clock = getattr(time, "monotonic", time.time)  # Python 2.7 has no monotonic


class Backups:
    """The directory of the backups. :attr:`path` is the one of this run, None without."""

    def __init__(self, host, directory, locale):
        self.host = host
        self.directory = directory
        self.locale = locale
        self.path = None
        self.values = {}
        self.handle = None

    def _place(self, name=""):
        return self.host.path(os.path.join(self.directory, name))

    def lock(self, seconds):
        """Keep other runs of this module out until :meth:`unlock`; wait so long for one that is at work."""
        self.handle = self._open_lock()
        self._wait(seconds)

    def unlock(self):
        """Let others in. The end of this process, however it comes, does the same."""
        if self.handle is not None:
            os.close(self.handle)
            self.handle = None

    def _open_lock(self):
        try:
            if not os.path.isdir(self._place()):
                os.makedirs(self._place(), 0o700)
            return os.open(self._place("lock"), os.O_RDWR | os.O_CREAT, 0o600)
        except (IOError, OSError) as problem:
            if problem.errno == errno.EEXIST:  # made by another run in this very moment
                return os.open(self._place("lock"), os.O_RDWR | os.O_CREAT, 0o600)
            raise HostError(
                "%s: %s; the values before a change are kept there, so nothing is changed"
                % (self.directory, problem.strerror)
            )

    def _wait(self, seconds):
        deadline = _clock() + seconds
        while True:
            try:
                fcntl.flock(self.handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except (IOError, OSError) as problem:
                if problem.errno not in (errno.EAGAIN, errno.EACCES):
                    raise
            if _clock() > deadline:
                raise HostError(
                    "%s is locked: another run has been changing the properties for %s s; wait for it, then run again"
                    % (os.path.join(self.directory, "lock"), seconds)
                )
            time.sleep(0.05)

    def keep(self, level, value):
        """Keep the value of a level as it is before it is written; one file for a run."""
        self.values[level] = value
        if self.path is None:
            self.path = self._new_name()
        self._write()

    def forget(self, level):
        """Take out a level that was not written after all; without any, nothing stays."""
        del self.values[level]
        if self.values:
            self._write()
        else:
            os.unlink(self._place(self.path))
            self.path = None

    def _write(self):
        write_whole(self._place(self.path), raw(script(self.values, self.locale)))

    def _new_name(self):
        stem = "%s-%s" % (KEY, time.strftime("%Y%m%dT%H%M%SZ", time.gmtime()))
        taken = self.host.names(self.directory)
        names = [stem + ".sh"] + ["%s-%d.sh" % (stem, number) for number in range(2, len(taken) + 3)]
        return next(name for name in names if name not in taken)

    def touch(self):
        """Stamp the backup after a write, so that an Engine that started just before it counts as older."""
        os.utime(self._place(self.path), None)

    @property
    def shown_path(self):
        """Path of the backup for the user, None without."""
        return os.path.join(self.directory, self.path) if self.path else None

    def outdated(self):
        """Whether a backup is newer than the start of the Engine, which then has not read what was written after it.

        None when the state of the service is not known.
        """
        words = [word for name in _PROPERTIES for word in ("-p", name)]
        found = systemd.units(self.host(["systemctl", "show", "--no-pager"] + words + [_UNIT]).out)
        unit = found.get(_UNIT, {})
        if unit.get("LoadState") == "loaded" and unit.get("ActiveState") in ("inactive", "failed"):
            return False  # its start will read them
        names = [name for name in self.host.names(self.directory) if name.startswith(KEY + "-")]
        paths = [os.path.join(self.directory, name) for name in names]
        return systemd.changed(self.host, paths, systemd.started(self.host, found, _UNIT))


def script(values, locale):
    """A backup: values by level, as a shell script that writes them back."""
    lines = ["# %s before a change. To put it back: sh FILE, then restart ovirt-engine." % KEY]
    lines += ["LC_ALL=%s" % locale, "export LC_ALL"]
    for level, value in sorted(values.items()):
        lines.append("engine-config -s %s --cver=%s" % (quoted("%s=%s" % (KEY, value)), level))
    return "\n".join(lines) + "\n"


def quoted(text):
    """A word quoted for the shell."""
    return "'" + text.replace("'", "'\\''") + "'"
