# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test hosts: what makes them, and what they are once a docker daemon runs them."""
