# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""vdsm-containers as an RPM: the spec, rpmbuild, and a look at what came of it."""

from __future__ import absolute_import, division, print_function

import hashlib
import os
import re
import shutil
import tempfile
import time

from .._host.files import write_whole
from .._host.host import HostError
from .source import FILES

__metaclass__ = type

NAME = "vdsm-containers"
#: Python 2.7's site-packages of Enterprise Linux 7, where Vdsm 4.19 is.
CODE = "/usr/lib/python2.7/site-packages/vdsm/"
#: Version of the spec. It is part of a cached package's path, so that another spec is built anew.
RECIPE = "1"
_BYTECODE = ("c", "o")
#: Ending of the file beside a package that has its SHA-256.
_SUM = ".sha256"
# A macro in a version would be carried out by rpmbuild, and a version comes from a host.
_VERSION = re.compile(r"[0-9][0-9A-Za-z._+~^]*\Z")
_PATH = re.compile(r"[A-Za-z0-9._/+@-]+\Z")
_SECONDS = 120
_SPEC = """\
Name: {name}
Version: {version}
Release: {release}
Summary: Container support for Vdsm, built from Vdsm's sources
License: GPLv2+
URL: http://www.ovirt.org/develop/developer-guide/vdsm/vdsm/
BuildArch: noarch
AutoReqProv: no
Requires: vdsm = {version}-{release}

%description
Lets Vdsm {version} run containers beside virtual machines.

%install
mkdir -p %{{buildroot}}
cp -a {payload}/. %{{buildroot}}/

%files
%defattr(0644, root, root, 0755)
%dir {code}virt/containers
{files}
"""
# What a macro file of the machine might say otherwise: a package that EL 7's rpm 4.11 can read, and no further steps.
_DEFINES = (
    "_rpmformat 4",
    "_binary_payload w6.gzdio",
    "_binary_filedigest_algorithm 8",
    "_rpmfilename %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm",
    "__os_install_post %{nil}",
    "debug_package %{nil}",
    "use_source_date_epoch_as_buildtime 0",
    "clamp_mtime_to_source_date_epoch 0",
    "build_mtime_policy none",
)


def check_version(version, release):
    """Refuse a text that is not the version of a package. Raises HostError."""
    for option, value in (("version", version), ("release", release)):
        if not _VERSION.match(value):
            raise HostError(
                "%s is %s, which no package has; give what rpm -q says of vdsm, as 4.19.20 and 1.el7" % (option, value)
            )


def file_name(version, release):
    """Name of the package's file."""
    return "%s-%s-%s.noarch.rpm" % (NAME, version, release)


def tools(run):
    """Refuse a machine that cannot build. Raises HostError."""
    missing = [name for name in ("rpmbuild", "rpm") if not run.which(name)]
    if missing:
        raise HostError(
            "vdsm-containers cannot be built here: command not found: %s; install rpm-build (Enterprise Linux, Fedora) "
            "or rpm (Debian, Ubuntu), or name another machine to build on" % ", ".join(missing)
        )


def python2(run):
    """The Python 2.7 that bytecode for the hosts can be made with; None where there is none."""
    for name in ("python2.7", "python2", "python"):
        if run.which(name):
            answer = run([name, "-c", "import sys; print(sys.version_info[:2] == (2, 7))"])
            if answer.ok and answer.out.strip() == "True":
                return name
    return None


def build(run, source, version, release, target):
    """Build the package and put it at ``target``, whole or not at all. Raises HostError with one sentence."""
    work = tempfile.mkdtemp(prefix="vdsm-containers-")
    try:
        if not _PATH.match(work):
            raise HostError("%s cannot be built in: rpmbuild takes no such name; set TMPDIR to a plain one" % work)
        python = python2(run)
        payload = os.path.join(work, "payload")
        _lay_out(run, source, payload, python)
        _rpmbuild(run, work, _spec(version, release, payload, python is not None))
        made = os.path.join(work, "out", file_name(version, release))
        trouble = wrong(run, work, made, version, release)
        if trouble:
            raise HostError("rpmbuild made a package that is not %s: %s" % (NAME, trouble))
        with open(made, "rb") as stream:
            content = stream.read()
        write_whole(target, content, 0o644)
        write_whole(target + _SUM, hashlib.sha256(content).hexdigest().encode("ascii"), 0o644)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _lay_out(run, source, payload, python):
    """Write the files as they are to be installed; bytecode, where no Python 2.7 is here, as empty files."""
    code = payload + CODE
    # Not a time of the source: Python 2 knows by it whether its bytecode is of this file, also after an update.
    now = int(time.time())
    for name in FILES:
        path = os.path.join(code, name)
        if not os.path.isdir(os.path.dirname(path)):
            os.makedirs(os.path.dirname(path))
        with open(path, "wb") as stream:
            stream.write(source.files[name])
        os.utime(path, (now, now))
    if python is None:
        for name in FILES:
            for letter in _BYTECODE:
                open(os.path.join(code, name + letter), "wb").close()
        return
    for options in ([], ["-O"]):
        answer = run([python] + options + ["-m", "compileall", "-q", "-d", CODE, code], timeout=_SECONDS)
        if not answer.ok:
            where = re.search(r'File "([^"]+)", line (\d+)', answer.out + answer.err)
            raise HostError(
                "%s is not Python 2.7 (%s); give Vdsm's sources as published"
                % (source.shown, "%s, line %s" % where.groups() if where else answer.said)
            )


def _spec(version, release, payload, bytecode):
    # What Python writes there itself as root goes with the package: Python 2 imports bytecode that has no source.
    mark = "" if bytecode else "%ghost "
    lines = [CODE + name for name in FILES] + [mark + CODE + name + letter for name in FILES for letter in _BYTECODE]
    return _SPEC.format(name=NAME, version=version, release=release, payload=payload, code=CODE, files="\n".join(lines))


def _rpmbuild(run, work, spec):
    path = os.path.join(work, NAME + ".spec")
    with open(path, "w") as stream:
        stream.write(spec)
    own = ("_topdir %s/build" % work, "_rpmdir %s/out" % work, "_dbpath %s/db" % work, "_tmppath %s" % work)
    words = ["rpmbuild", "--quiet", "-bb", "--nodeps"]
    for define in _DEFINES + own:
        words += ["--define", define]
    home = os.environ.get("HOME")
    # The ~/.rpmmacros of the user must not change the package.
    os.environ["HOME"] = work
    try:
        answer = run(words + [path], timeout=_SECONDS)
    finally:
        os.environ.pop("HOME")
        if home is not None:
            os.environ["HOME"] = home
    if not answer.ok:
        raise HostError("rpmbuild failed: %s" % answer.said)


def wrong(run, work, path, version, release):
    """Return why a package that was just built is not the one that is wanted, None when it is."""
    if not os.path.isfile(path):
        return "there is no file %s" % os.path.basename(path)
    # A database of its own, or rpm makes one in the user's home.
    query = ["rpm", "--dbpath", os.path.join(work, "db"), "-q", "-p", "--nosignature"]
    shape = "%{NAME} %{VERSION} %{RELEASE} %{ARCH}\\n[%{FILENAMES}\\n]"
    named, needed, scripts = run.all(
        [
            query + ["--qf", shape, path],
            query + ["--qf", "[%{REQUIRENAME} %{REQUIREFLAGS:depflags} %{REQUIREVERSION}\\n]", path],
            query + ["--scripts", path],
        ]
    )
    for answer in (named, needed, scripts):
        if not answer.ok:
            return answer.said
    lines = named.out.splitlines()
    if lines[:1] != ["%s %s %s noarch" % (NAME, version, release)]:
        return "it is %s" % (lines[0] if lines else "nothing")
    listed, files = set(lines[1:]), expected()
    if listed != files:
        return "it has %s too much and lacks %s" % (_some(listed - files), _some(files - listed))
    requires = [" ".join(line.split()) for line in needed.out.splitlines()]
    requires = [line for line in requires if not line.startswith("rpmlib(")]
    if requires != ["vdsm = %s-%s" % (version, release)]:
        return "it needs %s" % (", ".join(requires) or "nothing")
    return "it has scripts" if scripts.out.strip() else None


def expected():
    """Paths that the package has: a folder, thirteen sources, and their bytecode, which may be empty files."""
    files = {CODE + name + letter for name in FILES for letter in ("",) + _BYTECODE}
    return files | {CODE + "virt/containers"}


def _some(paths):
    return ", ".join(sorted(paths)[:3]) or "nothing"


def kept(target):
    """Whether a package was built before and is whole."""
    try:
        with open(target, "rb") as stream, open(target + _SUM, "rb") as known:
            return hashlib.sha256(stream.read()).hexdigest().encode("ascii") == known.read()
    except (IOError, OSError):
        return False
