# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""One module at a time works with the records of a host."""

from __future__ import absolute_import, division, print_function

import contextlib
import errno
import fcntl
import os
import time

from ..host import HostError

__metaclass__ = type

#: How long one waits for another.
SECONDS = 60


@contextlib.contextmanager
def locked(directory, make):
    """Lock the records of the host. A second module on the same host waits until they are free.

    The directory itself is what is locked, so that no file is left behind. It is made if ``make`` is true.
    """
    handle = None
    deadline = time.time() + SECONDS
    while handle is None and (make or os.path.isdir(directory)):
        if make and not os.path.isdir(directory):
            _make(directory)
        handle = _lock(directory, deadline)
    try:
        yield
    finally:
        if handle is not None:
            os.close(handle)


def _lock(directory, deadline):
    """A locked handle of the directory; None if that has gone meanwhile."""
    try:
        handle = os.open(directory, os.O_RDONLY)
    except OSError as error:
        if error.errno == errno.ENOENT:
            return None
        words = "the records in %s cannot be opened: %s; run this as root"
        raise HostError(words % (directory, error.strerror))
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except (IOError, OSError) as error:
            if error.errno not in (errno.EACCES, errno.EAGAIN) or time.time() > deadline:
                os.close(handle)
                words = "the records in %s are locked by another process (%s); wait until it has ended"
                raise HostError(words % (directory, error.strerror))
            time.sleep(0.1)
    try:
        same = os.stat(directory).st_ino == os.fstat(handle).st_ino
    except OSError:
        same = False
    if not same:
        os.close(handle)
        return None
    return handle


def _make(directory):
    try:
        os.makedirs(directory, 0o700)
    except OSError as error:
        if error.errno != errno.EEXIST:
            words = "%s for the record of this host cannot be made: %s. Nothing was changed. Correct the cause."
            raise HostError(words % (directory, error.strerror))
