# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bytes of disks, and the servers that move them: ovirt-imageio on a host, and its proxy beside the Engine.

`content.py` keeps a sparse file per disk, `tickets.py` says who may read or write which one, `handler.py` speaks HTTP,
and `service.py` starts and ends the servers. What the Engine does with a transfer is in `resources/imagetransfers.py`.
"""
