# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts of a world that have a Vdsm of their own (`vdsm_url`): the Engine asks it, instead of knowing what it would do.

links.py carries questions and answers, and is the only place with threads; hosts.py and vms.py say what an answer means
(the Engine's host and VM monitoring), commands.py what is asked on behalf of a user, createinfo.py what a VM is to a
host. Everything but the asking itself happens under the Engine's lock.
"""
