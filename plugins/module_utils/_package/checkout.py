# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""Which release of Vdsm a checkout of git is. Git is not run: the configuration of a checkout can name commands."""

from __future__ import absolute_import, division, print_function

import os
import re
import stat
import zlib

from .._host.host import text, version_tuple

__metaclass__ = type

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")
_TAG = re.compile(r"v[0-9][0-9A-Za-z._-]*\Z")
#: Bytes. Vdsm's packed-refs has some 100,000, a tag's object less than 2,000.
_LARGEST = 4 * 1024 * 1024


def plain_file(path, most):
    """The first bytes of a file; None where there is none, and for what is not a regular file, as a pipe."""
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return None
        with open(path, "rb") as stream:
            return stream.read(most)
    except (IOError, OSError):
        return None


def release(git):
    """The tag ``v4.19.20`` of the commit that is checked out; None without one. ``git`` is the folder .git."""
    packed = _packed(git)
    commit = _commit(git, packed)
    if commit is None:
        return None
    tags = [name for name, commits in _tags(git, packed).items() if commit in commits]
    # One commit may be several releases of the package: 4.19.20 and 4.19.20-1 are of one version.
    return max(tags, key=lambda name: (version_tuple(name[1:]), name)) if tags else None


def _line(git, *words):
    return text(plain_file(os.path.join(git, *words), 1000) or b"").strip()


def _commit(git, packed):
    """The commit of HEAD: a name of its own, or that of a branch."""
    head = _line(git, "HEAD")
    branch = re.match(r"ref: (refs/heads/[^\s\\]+)\Z", head)
    if branch:
        name = branch.group(1)
        # Nothing outside is read.
        inside = ".." not in name and "//" not in name
        head = (_line(git, *name.split("/")) if inside else "") or next(iter(packed.get(name, [])), "")
    return head if _COMMIT.match(head) else None


def _packed(git):
    """References by name in packed-refs: what each is, and for a tag with a text of its own also what that is of."""
    found, last = {}, None
    for line in text(plain_file(os.path.join(git, "packed-refs"), _LARGEST) or b"").splitlines():
        words = line.split(" ")
        if line.startswith("^") and last:
            found[last].append(line[1:])
        elif len(words) == 2 and _COMMIT.match(words[0]):
            last = words[1]
            found[last] = [words[0]]
    return found


def _tags(git, packed):
    """Commits by tag, of those that are called like a release."""
    prefix = "refs/tags/"
    found = {name[len(prefix) :]: commits for name, commits in packed.items() if name.startswith(prefix)}
    try:
        loose = os.listdir(os.path.join(git, "refs", "tags"))
    except OSError:
        loose = []
    for name in map(text, loose):
        commit = _line(git, "refs", "tags", name)
        if _COMMIT.match(commit):
            found[name] = [commit] + [of for of in [_tagged(git, commit)] if of]
    return {name: commits for name, commits in found.items() if _TAG.match(name)}


def _tagged(git, name):
    """The commit that a tag's own object is of; None where it is a commit itself, or in a pack."""
    content = plain_file(os.path.join(git, "objects", name[:2], name[2:]), _LARGEST)
    try:
        said = zlib.decompressobj().decompress(content or b"", 1000)
    except zlib.error:
        return None
    found = re.match(r"tag [0-9]+\0object ([0-9a-f]{40,64})\ntype commit\n", text(said))
    return found.group(1) if found else None
