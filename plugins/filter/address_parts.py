# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An address that may hold a login, in parts of which it is known what may be shown."""

from __future__ import annotations

DOCUMENTATION = r"""
name: address_parts
short_description: Take an address with a login apart
version_added: 0.1.0
author:
  - ovirt_contrib.containers contributors (@ovirt-contrib)
description:
  - Splits an address by where its parts go, so that a name and a password in it are in no message and in no file that
    others can read.
  - Whatever could be a login and is not plainly C(user:password@) is a problem. Of such an address nothing is
    shown.
options:
  _input:
    description: The address, or the path of a file. It may be empty.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Add a repository
  ansible.builtin.yum_repository:
    name: site
    description: Site
    baseurl: "{{ origin.address }}"
    username: "{{ origin.username | default(omit, true) }}"
    password: "{{ origin.password | default(omit, true) }}"
    mode: "0600"
  no_log: "{{ origin.secret }}"
  vars:
    origin: "{{ repository | ovirt_contrib.containers.address_parts }}"
"""

RETURN = r"""
_value:
  description: The parts.
  type: dict
  contains:
    address:
      description: The address without the login.
      type: str
      sample: https://repo.example.com/el9
    shown:
      description: It without what follows a question mark or number sign, which may be a secret as well.
      type: str
      sample: https://repo.example.com/el9
    username:
      description: The name, empty where there is none.
      type: str
      sample: builder
    password:
      description: The password, empty where there is none.
      type: str
      sample: secret
    secret:
      description: Whether anything in it must not be shown.
      type: bool
      sample: true
    problem:
      description: What is wrong with it and what to do, to follow its name; empty when it can be used.
      type: str
      sample: ""
"""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

Parts = dict[str, Any]

_ODD = re.compile(r"[\x00-\x20\x7f]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_AT = (
    "has an @ that does not end a user:password before the host; in a name or password write @ as %40, : as %3A, / as "
    "%2F, ? as %3F and # as %23"
)
_HALF = "has a name or a password before the host and not both; write user:password@, with the token as the password"
_BLANK = "has blanks or control characters in it; write a blank as %20"
_NONE = "is not a valid address; write it as https://host/path"


def address_parts(address: str) -> Parts:
    """Return an address in parts."""
    text = str(address)
    if "://" not in text:
        return path_parts(text)
    if _ODD.search(text):
        return parts(problem=_BLANK)
    try:
        split = urlsplit(text)
        # Whether it is a number is seen when it is asked for.
        _port = split.port
    except ValueError:
        return parts(problem=_AT if "@" in text else _NONE)
    login, at, _host = split.netloc.rpartition("@")
    if text.count("@") > len(at):
        return parts(problem=_AT)
    return with_login(split, login) if at else usable(split, "", "")


def path_parts(text: str) -> Parts:
    """Return the parts of a text that is not an address: a path, or nothing."""
    if "@" in text and not text.startswith(("/", ".", "~")):
        return parts(problem=_AT)
    return parts(address=text, shown=text)


def with_login(split: SplitResult, login: str) -> Parts:
    """Return the parts of an address with a login."""
    name, password = map(unquote, login.partition(":")[::2])
    if not name or not password:
        return parts(problem=_HALF)
    if _CONTROL.search(name + password):
        return parts(problem=_BLANK)
    return usable(split._replace(netloc=split.netloc.rpartition("@")[2]), name, password)


def usable(split: SplitResult, name: str, password: str) -> Parts:
    """Return the parts of an address without problem."""
    more = bool(split.query or split.fragment)
    return parts(
        address=split.geturl(),
        shown=split._replace(query="", fragment="").geturl(),
        username=name,
        password=password,
        secret=bool(name) or more,
    )


def parts(**known: Any) -> Parts:
    """Return all parts, where most are empty."""
    empty: Parts = {"address": "", "shown": "", "username": "", "password": "", "secret": False, "problem": ""}
    # Of one with a problem nobody knows what is secret.
    return {**empty, "secret": bool(known.get("problem")), **known}


class FilterModule:
    """Names the filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters of this file."""
        return {"address_parts": address_parts}
