# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""Files as a snapshot keeps them, links among them, and how they are put back.

A file is None where there is none, else ``{"content": base64, "mode", "uid", "gid", "attributes": {name: base64}}``, or
for a symbolic link ``{"link": its text, "real": path of the file in the end, "uid", "gid"}``. ``attributes`` is None
where extended attributes cannot be read.
"""

from __future__ import absolute_import, division, print_function

import base64
import errno
import os
import re
import shutil
import stat
import tempfile

from ..host import HostError, text

__metaclass__ = type

_GONE = (errno.ENOENT, errno.ENOTDIR)
#: What the kernel answers about extended attributes that a file or file system cannot have.
_NO_ATTRIBUTES = (errno.ENOTSUP, errno.EPERM, errno.EACCES, getattr(errno, "ENODATA", 61))


def look(host, path):
    """A file as it is now. Raises HostError where it cannot be read, as then it could not be put back."""
    place = host.path(path)
    try:
        status = os.lstat(place)
        if stat.S_ISLNK(status.st_mode):
            found = {"link": os.readlink(place), "real": _within(host, os.path.realpath(place))}
            return dict(found, uid=status.st_uid, gid=status.st_gid)
        if not stat.S_ISREG(status.st_mode):
            raise HostError("%s is neither a file nor a link" % (path,))
        with open(place, "rb") as source:
            content = source.read()
    except (IOError, OSError) as error:
        if error.errno in _GONE:
            return None
        raise HostError("%s cannot be read: %s" % (path, error.strerror))
    return {
        "content": encoded(content),
        "mode": stat.S_IMODE(status.st_mode),
        "uid": status.st_uid,
        "gid": status.st_gid,
        "attributes": attributes(host, path),
    }


def with_targets(host, paths):
    """These paths, and the files that links among them lead to: who follows a link changes those."""
    found = list(paths)
    for path in paths:
        place = host.path(path)
        real = os.path.realpath(place)
        if os.path.islink(place) and (os.path.isfile(real) or not os.path.lexists(real)):
            found.append(_within(host, real))
    return sorted(set(found), key=found.index)


def real(host, path):
    """The path on the host after all links are followed."""
    return _within(host, os.path.realpath(host.path(path)))


def _within(host, place):
    """The path on the host of a place below its root."""
    root = os.path.realpath(host.root)
    return place if root == "/" else "/" + os.path.relpath(place, root)


def content_of(file):
    """What a file is compared by: its content, or the target of a link. None for no file."""
    if file is None:
        return None
    return "-> " + file["link"] if "link" in file else file["content"]


def write(host, path, wanted):
    """Put a file or link back in one move, so that nobody reads half of it."""
    place = host.path(path)
    directory = os.path.dirname(place)
    if not os.path.isdir(directory):
        os.makedirs(directory, 0o755)
    # A directory of its own, as a link cannot be made in the place of a file.
    beside = tempfile.mkdtemp(prefix=".ovirt-containers-", dir=directory)
    temporary = os.path.join(beside, "file")
    try:
        if "link" in wanted:
            os.symlink(wanted["link"], temporary)
            os.lchown(temporary, wanted["uid"], wanted["gid"])
        else:
            _write_whole(temporary, wanted)
        os.rename(temporary, place)
    finally:
        shutil.rmtree(beside)
    if wanted.get("attributes") is not None:
        _set_attributes(host, path, wanted["attributes"])


def _write_whole(place, wanted):
    handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as target:
        target.write(decoded(wanted))
        # The owner first: to change it takes special bits of the mode away.
        os.fchown(target.fileno(), wanted["uid"], wanted["gid"])
        os.fchmod(target.fileno(), wanted["mode"])
        target.flush()
        os.fsync(target.fileno())


def attributes(host, path):
    """Extended attributes of a file, SELinux's label and ACLs among them; None where they cannot be read."""
    place = host.path(path)
    if not hasattr(os, "listxattr"):  # Python 2.7
        return _attributes_by_command(host, place)
    try:
        return {name: encoded(os.getxattr(place, name)) for name in os.listxattr(place)}
    except OSError as error:
        return {} if error.errno in _NO_ATTRIBUTES else None


def _attributes_by_command(host, place):
    if host.which("getfattr") is None:
        return None
    said = host(["getfattr", "--dump", "--match=-", "--encoding=base64", "--absolute-names", "--", place])
    if not said.ok:
        return None
    lines = re.findall(r"^([^#\s=]+)=0s(\S*)$", said.out, re.MULTILINE)
    return {text(name): text(value) for name, value in lines}


def _set_attributes(host, path, wanted):
    """Raises HostError that names those which could not be put back; the file itself is back then."""
    there = attributes(host, path)
    failed = []
    for name in sorted(set(there or {}) | set(wanted)):
        if (there or {}).get(name) != wanted.get(name) and not _set_attribute(host, host.path(path), name, wanted):
            failed.append(name)
    if failed:
        words = "its content, mode and owner are back, its extended attributes %s are not; see getfattr and restorecon"
        raise HostError(words % (", ".join(failed),))


def _set_attribute(host, place, name, wanted):
    if hasattr(os, "setxattr"):
        try:
            if name in wanted:
                os.setxattr(place, name, base64.b64decode(wanted[name]))
            else:
                os.removexattr(place, name)
        except OSError:
            return False
        return True
    change = ["--name=" + name, "--value=0s" + wanted[name]] if name in wanted else ["--remove=" + name]
    return host(["setfattr"] + change + ["--", place]).ok


def encoded(content):
    """Bytes as base64 text."""
    return base64.b64encode(content).decode("ascii")


def decoded(file):
    """The bytes of a file in a snapshot."""
    return base64.b64decode(file["content"])
