# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """What every module that talks to an Engine shares."""

    DOCUMENTATION = r"""
options:
  auth:
    description:
      - Engine URL and credentials.
      - Keys and environment variables are those of the collection C(ovirt.ovirt), so that the fact of
        M(ovirt.ovirt.ovirt_auth) can be given as it is.
      - Give it once for all modules with C(module_defaults) and the action group
        C(group/ovirt_contrib.containers.containers).
    type: dict
    suboptions:
      url:
        description:
          - Address of the API, as in V(https://engine.example.com/ovirt-engine/api).
          - Plain C(http) is refused unless O(auth.insecure=true).
          - If neither this nor O(auth.hostname) is set, the environment variable E(OVIRT_URL) is used.
        type: str
      hostname:
        description:
          - Host name of the Engine, short for V(https://HOSTNAME/ovirt-engine/api).
          - If neither this nor O(auth.url) is set, the environment variable E(OVIRT_HOSTNAME) is used.
        type: str
      username:
        description:
          - User with its profile, as in V(admin@internal).
          - If unset, the environment variable E(OVIRT_USERNAME) is used.
        type: str
      password:
        description:
          - Password of the user.
          - If unset, the environment variable E(OVIRT_PASSWORD) is used.
        type: str
      token:
        description:
          - Token to use in place of a login. The module does not log out then.
          - A token given without O(auth.password) cannot be renewed when it expires.
          - If unset, the environment variable E(OVIRT_TOKEN) is used.
        type: str
      ca_file:
        description:
          - PEM file with the Engine's CA certificate.
          - Without it the certificate is verified with the CAs of the system.
          - If unset, the environment variable E(OVIRT_CAFILE) is used.
        type: path
      insecure:
        description:
          - Do not verify the Engine's certificate, and allow plain C(http).
          - The certificate is verified unless this is V(true), also when no O(auth.ca_file) is given.
        type: bool
        default: false
      kerberos:
        description:
          - Log in with the Kerberos ticket of the user who runs the module.
        type: bool
        default: false
      headers:
        description:
          - HTTP headers to send with every request.
          - Values of headers that carry credentials are never shown, which are C(Authorization), C(Cookie) and those
            with C(token), C(secret), C(key) or C(password) in their names.
          - A header C(Filter) is not sent as given. Every request says C(Filter=false), since pinnings are dropped in
            the user-level view; a user without an administrator's role is refused.
        type: dict
      timeout:
        description:
          - Seconds to wait for the answer to one request, to the login and to the logout.
          - V(0) stands for the module's own C(timeout), or 180 where it has none, and for 60 for the login. A logout
            never takes more than 10, and what it answers never costs the result of the work.
        type: int
        default: 0
      compress:
        description:
          - Ask the Engine for compressed answers.
        type: bool
        default: true
requirements:
  - python >= 3.10
  - ovirt-engine-sdk-python >= 4.4.0
notes:
  - Runs where it can reach the Engine, usually on the controller with C(delegate_to=localhost) or C(connection=local).
  - Logs in once and out once per task.
"""
