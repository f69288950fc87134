# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Engine knows about VMs, apart from answering requests: defaults, checks, properties, the next run."""
