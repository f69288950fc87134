# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for engine-config and the table it edits, for an Engine machine of the lab.

Standard library only, Python 3.9 and later; nothing here imports the rest of the lab, because a machine may get only
this.
"""
