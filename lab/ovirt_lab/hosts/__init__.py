# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Container hosts: real systemd machines in docker containers that look like oVirt hosts (see lab/images/README.md).

Standard library only: nothing here needs the SDK or an Engine.
"""

from .docker import LabError, available
from .group import Group, Host
from .images import build
from .machine import EngineOptions
from .spec import HostSpec

__all__ = ["EngineOptions", "Group", "Host", "HostSpec", "LabError", "available", "build"]
