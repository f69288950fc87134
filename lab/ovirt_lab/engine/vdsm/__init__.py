# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts of a world that have a Vdsm of their own (`vdsm_url`): the Engine calls it instead of simulating the host.

driver.py is the host driver (../drivers). links.py queues the calls (calls.py, rpc.py) as errands, and is the only file
with threads of its own. hosts.py and vms.py are the Engine's monitoring, commands.py has the commands of users,
answers.py the refusals, createinfo.py the dict that creates a VM. Only the calls themselves are made without the
Engine's lock. Arrows go driver -> links -> hosts -> vms -> commands -> calls.
"""
