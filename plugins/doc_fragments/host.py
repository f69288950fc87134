# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """What every module that runs on a container host shares."""

    DOCUMENTATION = r"""
options: {}
requirements:
  - python 2.7 or >= 3.6 on the host, without further packages
notes:
  - Runs on the container host itself, as root. Vdsm 4.19 hosts are CentOS 7 with Python 2.7, which ansible-core 2.16 is
    the last to manage.
"""
