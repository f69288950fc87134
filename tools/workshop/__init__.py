# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the commands in tools/ are made of: standard library only, because it runs before anything is installed."""
