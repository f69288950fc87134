# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""A tarball from an address, kept by its checksum."""

from __future__ import absolute_import, division, print_function

import hashlib
import os
import posixpath
import re
import tempfile

from ansible.module_utils.urls import fetch_url

from .._host.host import HostError, text

__metaclass__ = type

_ADDRESS = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_CHECKSUM = re.compile(r"sha256:([0-9a-fA-F]{64})\Z")
_CHUNK = 65536
#: Bytes. Vdsm's whole tree is a hundredth of it.
_LARGEST = 256 * 1024 * 1024


def address_of(module):
    """Return the option ``source`` when it is an address, else None. Raises HostError for one that cannot be used."""
    address = text(module.params["source"])
    if not _ADDRESS.match(address):
        return None
    # What follows a question mark may be a token, and is in no message.
    module.no_log_values.update(part for part in [_query(address)] if part)
    if "@" in address:
        # Wherever it is: a password may hold a slash.
        module.no_log_values.add(address.partition("://")[2].rpartition("@")[0])
        raise HostError(
            "the address in source has an @, as of a user name; put the name with its password into ~/.netrc of this "
            "machine instead, and write any other @ as %40"
        )
    if not address.lower().startswith(("https://", "http://")):
        raise HostError(
            "%s cannot be downloaded; give an address that begins with https:// or http://" % without_query(address)
        )
    if not module.params["checksum"]:
        raise HostError(
            "%s is an address, and needs a checksum (sha256: and 64 hexadecimal digits)" % without_query(address)
        )
    return address


def without_query(address):
    """An address in a message, without what follows a question mark or number sign."""
    return re.split("[?#]", address)[0]


def _query(address):
    return address[len(without_query(address)) + 1 :]


def digits(checksum):
    """Return the digits of a checksum. Raises HostError."""
    found = _CHECKSUM.match(text(checksum))
    if not found:
        raise HostError("checksum %s is not sha256: followed by 64 hexadecimal digits" % text(checksum))
    return found.group(1).lower()


def verified(host, path, shown, checksum):
    """Refuse a file whose content is another than the checksum says. Raises HostError."""
    wanted, place = digits(checksum), host.path(path)
    if os.path.isdir(place):
        raise HostError("%s is a folder, and checksum is for a tarball or an address; leave it out" % shown)
    if not os.path.isfile(place):
        return  # that there is none is reported where it is read
    with open(place, "rb") as stream:
        _refuse_other(_sha256(stream), wanted, shown)


def make_folder(path):
    """Make a folder unless it is there; the task of another host may be doing the same."""
    try:
        os.makedirs(path)
    except OSError:
        if not os.path.isdir(path):
            raise


def download(module, host, address, cache):
    """Return the path of the tarball. One of a known checksum is not fetched again; in check mode none is kept."""
    wanted = digits(module.params["checksum"])
    name = posixpath.basename(address.split("?")[0].split("#")[0].rstrip("/")) or "vdsm.tar.gz"
    name = re.sub(r"[^A-Za-z0-9._+-]", "_", name)
    path = os.path.join(cache, "sources", wanted, name)
    if os.path.isfile(host.path(path)):
        with open(host.path(path), "rb") as stream:
            if _sha256(stream) == wanted:
                return path
    if module.check_mode:
        # Ansible removes this folder when the module ends.
        path = os.path.join(module.tmpdir, name)
    else:
        make_folder(host.path(os.path.dirname(path)))
    _fetch(module, address, wanted, path if module.check_mode else host.path(path))
    return path


def _fetch(module, address, wanted, target):
    response, about = fetch_url(module, address, timeout=module.params["timeout"])
    if about["status"] != 200 or response is None:
        raise HostError(
            "%s could not be read (%s); look whether the address is right and this machine gets there"
            % (without_query(address), " ".join(text(about.get("msg") or "status %s" % about["status"]).split()))
        )
    handle, name = tempfile.mkstemp(prefix=".new-", dir=os.path.dirname(target))
    try:
        with os.fdopen(handle, "w+b") as stream:
            size = 0
            for chunk in iter(lambda: response.read(_CHUNK), b""):
                size += len(chunk)
                if size > _LARGEST:
                    raise HostError(
                        "%s has more than %d bytes, which Vdsm's sources have not" % (without_query(address), _LARGEST)
                    )
                stream.write(chunk)
            stream.flush()
            os.fsync(stream.fileno())
            stream.seek(0)
            _refuse_other(_sha256(stream), wanted, without_query(address))
        os.rename(name, target)
    except Exception:
        os.unlink(name)
        raise


def _sha256(stream):
    result = hashlib.sha256()
    for chunk in iter(lambda: stream.read(_CHUNK), b""):
        result.update(chunk)
    return result.hexdigest()


def _refuse_other(found, wanted, shown):
    if found != wanted:
        raise HostError(
            "%s has the checksum sha256:%s, and sha256:%s is wanted; get it anew, or correct the checksum once you "
            "know that the other one is right" % (shown, found, wanted)
        )
