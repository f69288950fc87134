# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What make benchmark measures: ways to bring container VMs from absent to running, against one embedded Engine."""
