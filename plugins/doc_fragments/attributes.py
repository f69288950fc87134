# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """What a reader may expect of a module of this collection."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying target.
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing in C(check_mode)), in diff mode.
  idempotent:
    description: Running it again with the same options changes nothing.
"""

    # Modules that talk to the Engine's API: one `auth` serves all of them.
    ACTIONGROUP_CONTAINERS = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/ovirt_contrib.containers.containers) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - ovirt_contrib.containers.containers
"""

    # Modules that run on a container host, on the Engine's machine or where the package is built.
    ACTIONGROUP_HOSTS = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/ovirt_contrib.containers.hosts) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - ovirt_contrib.containers.hosts
"""

    INFO = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying target.
    support: full
    details:
      - It only reads.
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing in C(check_mode)), in diff mode.
    support: N/A
    details:
      - It only reads.
  idempotent:
    description: Running it again with the same options changes nothing.
    support: full
    details:
      - It only reads.
"""
