# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """Options of modules that wait for container VMs."""

    DOCUMENTATION = r"""
options:
  wait:
    description:
      - Wait until a started container has proven to stay. V(false) returns when Engine has accepted the start.
      - A stop that something else depends on (a removal, a restart) is waited for in any case.
    type: bool
    default: true
  timeout:
    description:
      - Seconds that each wait may last. There is one for VMs that are locked or on their way to somewhere else and for
        an Engine in trouble, one for containers to stop, and one for containers to prove themselves.
      - Without O(auth.timeout) also the longest that the answer to one request may take.
    type: int
    default: 180
  poll_interval:
    description:
      - Most seconds between two looks at the Engine. The first looks follow each other faster.
    type: int
    default: 3
  settle:
    description:
      - Seconds that a started container must stay up before it is believed to run.
      - Vdsm looks after its containers every 15 seconds and shows one that ended at once as running until then, so less
        than 16 proves little on a real host. V(0) believes it at once.
    type: float
    default: 20
"""
