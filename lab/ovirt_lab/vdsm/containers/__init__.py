# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Containers as Vdsm 4.19 runs them (lib/vdsm/virt/containers@v4.19.20)."""
