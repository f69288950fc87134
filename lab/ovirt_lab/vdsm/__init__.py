# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for Vdsm 4.19 and its containers, for test hosts that have no libvirt: see README.md in this folder.

Standard library only, Python 3.9 and later; nothing here imports the rest of the lab, because a host gets only this.
"""
