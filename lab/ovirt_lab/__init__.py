# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A laboratory for oVirt clients: an Engine without an oVirt behind it."""
