# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""Vdsm's source files of vdsm-containers, out of a source tree or a tarball. Nothing is unpacked and nothing is run."""

from __future__ import absolute_import, division, print_function

import hashlib
import os
import posixpath
import re
import stat
import sys
import tarfile
import zlib

from .._host.host import HostError, text, version_tuple
from . import checkout

try:
    from lzma import LZMAError
except ImportError:  # Python 2.7, which reads no xz
    LZMAError = EOFError

__metaclass__ = type

# lib/vdsm/virt/containers/Makefile.am, the same from v4.19.1 to v4.19.51.
_MODULES = ("__init__", "cgroups", "command", "connection", "docker", "domain")
_MODULES += ("doms", "errors", "events", "monitoring", "runner", "xmlfile")
#: The thirteen source files of the package below lib/vdsm (vdsm.spec.in@v4.19.20, %files containers).
FILES = tuple("virt/containers/%s.py" % name for name in _MODULES) + ("supervdsm_api/containers.py",)
_LIB = "lib/vdsm/"
#: Bytes. The largest of the thirteen has about 10,000.
_LARGEST = 1024 * 1024
#: What build-aux/pkg-version@v4.19.20 reads: v4.19.20, v4.19.20-1, v4.19.2-5-gfcfb64d. Archives are called likewise.
_DESCRIBED = re.compile(r"(?:vdsm-)?v?(?P<version>\d+(?:\.\d+)+)(?:-\d+)?(?:-\d+-g(?P<commit>[0-9a-f]{6,40}))?\Z")
_SUFFIX = re.compile(r"\.(tar|tgz|tbz2?|txz|tar\.(gz|bz2|xz))$")
# A broken archive shows in many ways, and few of them are tarfile's own.
_BROKEN = (tarfile.TarError, EOFError, IOError, OSError, ValueError, zlib.error, LZMAError)


class Source:
    """What was read of Vdsm's sources.

    files: path below lib/vdsm -> bytes; version: "4.19.20"; commit: that of sources between two releases, else None.
    """

    def __init__(self, shown, files, described):
        self.shown = shown
        self.files = files
        found = _DESCRIBED.match(described or "")
        self.version = found.group("version") if found else None
        self.commit = found.group("commit") if found else None

    @property
    def digest(self):
        """SHA-256 of the files' names and bytes."""
        result = hashlib.sha256()
        for name in sorted(self.files):
            result.update(("%s %d\n" % (name, len(self.files[name]))).encode("ascii") + self.files[name])
        return result.hexdigest()


def read(host, path, shown):
    """Return the :class:`Source` at a path. Raises HostError where it is none, in words that begin with ``shown``."""
    place = host.path(path)
    if os.path.isdir(place):
        return _tree(place, shown)
    if not os.path.isfile(place):
        raise HostError(
            "%s is neither a folder nor a file here; name Vdsm's source tree, a tarball or an address" % shown
        )
    try:
        with tarfile.open(place) as archive:
            return _tarball(archive, os.path.basename(path), shown)
    except _BROKEN as problem:
        said = text(str(problem)).split("\n")[0] or "it ends too early"
        raise HostError(
            "%s is not a tarball that Python %d.%d can read (%s); give a whole .tar.gz of Vdsm's sources"
            % (shown, sys.version_info[0], sys.version_info[1], said)
        )


def _tree(place, shown):
    if not os.path.isdir(os.path.join(place, _LIB)):
        raise HostError("%s is not a source tree of Vdsm: it has no folder lib/vdsm; name the top folder" % shown)
    files = {}
    for name in FILES:
        path = os.path.join(place, _LIB, name)
        if not os.path.lexists(path):
            continue
        if not stat.S_ISREG(os.lstat(path).st_mode):
            raise _no_plain_file(name, shown)
        with open(path, "rb") as stream:
            files[name] = _limited(stream, name, shown)
    described = _first_line(os.path.join(place, "VERSION")) or checkout.release(os.path.join(place, ".git"))
    return Source(shown, files, described or os.path.basename(os.path.realpath(place)))


def _tarball(archive, name, shown):
    members = {}
    for member in archive:
        path = posixpath.normpath(text(member.name))
        if path.startswith("/") or path.split("/")[0] == "..":
            raise HostError(
                "%s has a member %s, which leads out of it; get the archive anew from where Vdsm is published"
                % (shown, text(member.name))
            )
        members[path] = member
    tops = sorted({path.split("/")[0] for path in members} - {"."})
    top = "" if "lib" in tops else tops[0] + "/" if len(tops) == 1 else None
    if top is None or not any(path.startswith(top + _LIB) for path in members):
        raise HostError("%s holds no source tree of Vdsm: it has no lib/vdsm; give a tarball of the whole tree" % shown)
    files = {}
    for wanted in FILES:
        member = members.get(top + _LIB + wanted)
        if member is None:
            continue
        if not member.isreg():
            raise _no_plain_file(wanted, shown)
        files[wanted] = _limited(archive.extractfile(member), wanted, shown)
    version_file = members.get(top + "VERSION")
    described = (
        _line(archive.extractfile(version_file).read(200))
        if version_file is not None and version_file.isreg()
        else None
    )
    names = [top.rstrip("/"), _SUFFIX.sub("", name)]
    return Source(shown, files, described or next((each for each in names if _DESCRIBED.match(each)), None))


def _limited(stream, name, shown):
    content = stream.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise HostError("%s: lib/vdsm/%s has more than %d bytes, which Vdsm's has not" % (shown, name, _LARGEST))
    return content


def _no_plain_file(name, shown):
    return HostError(
        "%s: lib/vdsm/%s is not a regular file; give Vdsm's sources as they were published" % (shown, name)
    )


def _first_line(path):
    content = checkout.plain_file(path, 200)
    return None if content is None else _line(content)


def _line(content):
    return text(content).strip() or None


def check(source, version, release):
    """Refuse sources that the package cannot be made of. Raises HostError with one sentence.

    version, release: those of the vdsm that the hosts run.
    """
    wanted = "Vdsm %s, which the hosts run" % version
    if source.version is None:
        raise HostError(
            "%s does not tell its version: no file VERSION, no tag of git that is checked out, and no name like "
            "vdsm-%s; give an unchanged tarball, or call the folder vdsm-VERSION" % (source.shown, version)
        )
    if version_tuple(source.version) >= (4, 20):
        raise HostError(
            "%s is Vdsm %s: 4.20 never uses its container code and starts an ordinary VM, and later there is none; "
            "give the sources of %s" % (source.shown, source.version, wanted)
        )
    if source.version != version:
        raise HostError(
            "%s is Vdsm %s, and the package has to be of exactly the version of vdsm; give the sources of %s"
            % (source.shown, source.version, wanted)
        )
    named = re.search(r"git([0-9a-f]{6,40})", release)
    commit = named.group(1) if named else ""
    if not _same_commit(commit, source.commit or ""):
        raise HostError(
            "%s is %s, and the hosts run %s-%s, which is %s; give the sources that it was built from"
            % (source.shown, _commit(source.commit), version, release, _commit(commit))
        )
    missing = ["lib/vdsm/%s" % name for name in FILES if name not in source.files]
    if missing:
        raise HostError(
            "%s lacks %s (%d of %d files of vdsm-containers); give the whole sources of %s"
            % (source.shown, ", ".join(missing), len(missing), len(FILES), wanted)
        )


def _same_commit(one, other):
    return one.startswith(other) or other.startswith(one) if one and other else one == other


def _commit(name):
    return "commit %s" % name if name else "a release"
