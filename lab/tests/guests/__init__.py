# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Guests that really run: from an uploaded image to what happens inside and out."""
