# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The service `ovirt-engine` of the Engine machine: its configuration, its restart, its saved state."""
