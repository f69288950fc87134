# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""The option ``auth``: address of the Engine, credentials, and the refusal of what cannot work."""

from __future__ import annotations

import os
import re
from typing import Any
from urllib.parse import urlparse

from ansible.module_utils.basic import env_fallback

from .faults import EngineError


def auth_options() -> dict[str, dict[str, Any]]:
    """The ``auth`` option: keys and environment variables of ``ovirt.ovirt``, so that its ``ovirt_auth`` fact fits."""

    def variable(name: str, **spec: Any) -> dict[str, Any]:
        return {"type": "str", "fallback": (env_fallback, [name]), **spec}

    options = {
        # Their environment variables are used only when neither option is set (url_of).
        "url": {"type": "str"},
        "hostname": {"type": "str"},
        "username": variable("OVIRT_USERNAME"),
        "password": variable("OVIRT_PASSWORD", no_log=True),
        "token": variable("OVIRT_TOKEN", no_log=True),
        "ca_file": variable("OVIRT_CAFILE", type="path"),
        "insecure": {"type": "bool", "default": False},
        "kerberos": {"type": "bool", "default": False},
        # A header may be a credential (Authorization, Cookie). module.py hides the values of those that are.
        "headers": {"type": "dict", "no_log": True},
        "timeout": {"type": "int", "default": 0},
        "compress": {"type": "bool", "default": True},
    }
    return {"auth": {"type": "dict", "apply_defaults": True, "options": options}}


#: In the user-level view hosts are not searched, and pinnings are hidden and dropped (BackendHostsResource.java,
#: BackendVmResource.java). An Engine may have it as the default for users who are not administrators
#: (BaseBackendResource.isFiltered, Engine 4.1 to 4.5).
ADMINISTRATORS_VIEW = {"Filter": "false"}
#: A day; longer waits are slips.
MOST_SECONDS = 86400
_SECRET_HEADER = re.compile(r"auth|cookie|token|secret|key|passw|session|credential", re.IGNORECASE)
# RFC 9110: a name is a token; a value has no control characters but a tab.
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e]*")


def headers_of(auth: dict[str, Any]) -> dict[str, str]:
    """The user's headers as text, without the one that every request has anyway (:data:`ADMINISTRATORS_VIEW`)."""
    given = {str(key): "" if value is None else str(value) for key, value in (auth.get("headers") or {}).items()}
    return {key: value for key, value in given.items() if key.lower() != "filter"}


def wants_users_view(auth: dict[str, Any]) -> bool:
    """Whether the user's headers ask for the user-level view, which is not given."""
    return any(
        str(key).lower() == "filter" and str(value).lower() != "false"
        for key, value in (auth.get("headers") or {}).items()
    )


def secrets_of(auth: dict[str, Any]) -> set[str]:
    """What in ``auth`` must never be shown: password, token, and the values of headers that carry credentials."""
    found = [auth.get("password"), auth.get("token")]
    found += [value for key, value in headers_of(auth).items() if is_secret_header(key)]
    return {str(value) for value in found if value}


def is_secret_header(name: str) -> bool:
    """Whether a header of this name carries a credential."""
    return bool(_SECRET_HEADER.search(name))


def url_of(auth: dict[str, Any]) -> str:
    """The address of the API. What is written comes before the environment, a url before a host name."""
    url, hostname = auth.get("url"), auth.get("hostname")
    if not (url or hostname):
        url, hostname = os.environ.get("OVIRT_URL"), os.environ.get("OVIRT_HOSTNAME")
    if url:
        scheme, colon, rest = str(url).strip().rstrip("/").partition(":")
        return f"{scheme.lower()}{colon}{rest}"
    return f"https://{hostname}/ovirt-engine/api" if hostname else ""


def check_credentials(auth: dict[str, Any], url: str) -> None:
    """Refuse, before the first request, what cannot work or would send a password in the clear."""
    problem = _problem_of_address(url, auth) or _problem_of_login(auth)
    if problem:
        raise EngineError(problem)


def _problem_of_address(url: str, auth: dict[str, Any]) -> str | None:
    if not url:
        return "No Engine is named: give auth.url (https://FQDN/ovirt-engine/api), auth.hostname, or set OVIRT_URL"
    if "@" in url:  # before anything that would show the address, since a password may follow the name
        return "auth.url holds a user name: give it as auth.username, and the password as auth.password"
    try:
        parts = urlparse(url)
        right = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and url.isascii()
    except ValueError:  # a port out of range, an IPv6 address without its end
        parts, right = None, False
    if not right or not parts or any(char <= " " for char in url) or parts.path.startswith("//"):
        return (
            f"auth.url {url!r} is not an address: https://FQDN/ovirt-engine/api is needed, in ASCII. Correct auth.url"
        )
    if auth.get("hostname") and auth["hostname"] != parts.netloc and not auth.get("url"):
        return f"auth.hostname {auth['hostname']!r} is not a host name: give it alone, or give auth.url"
    if parts.scheme == "http" and not auth["insecure"]:
        return (
            f"auth.url {url!r} is plain http, which would send the password readable; use https://, or write "
            "auth.insecure: true if that is what you want"
        )
    return None


def _problem_of_login(auth: dict[str, Any]) -> str | None:
    ca_file = auth.get("ca_file")
    if ca_file and not auth["insecure"] and not os.path.isfile(ca_file):
        return f"auth.ca_file {ca_file!r} does not exist or is not a file; give the path of the Engine's CA certificate"
    if ca_file and not auth["insecure"] and not os.access(ca_file, os.R_OK):
        return f"auth.ca_file {ca_file!r} cannot be read by this user; give it the right to, or a copy"
    if not 0 <= auth["timeout"] <= MOST_SECONDS:
        return f"auth.timeout is {auth['timeout']} s; 0 to {MOST_SECONDS} is needed. Correct auth.timeout"
    for name, value in headers_of(auth).items():
        if not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
            return (
                f"auth.headers holds characters that HTTP does not take, in the header {name!r}: a name of ASCII "
                "letters, digits and '-', and a value of ASCII without line ends is needed. Correct auth.headers"
            )
    if auth.get("token") and not re.fullmatch(r"[\x21-\x7e]+", auth["token"]):
        return "auth.token holds characters that HTTP does not take, such as a line end. Correct auth.token"
    if not (auth.get("token") or auth["kerberos"] or (auth.get("username") and auth.get("password"))):
        return (
            "No credentials for the Engine: give auth.username and auth.password, auth.token or auth.kerberos, or set "
            "OVIRT_USERNAME and OVIRT_PASSWORD"
        )
    return None
