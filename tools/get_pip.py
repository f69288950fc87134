# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands in for the get-pip.py that ansible-test downloads: the sanity tests then need no host but a package index.

ansible-test makes its virtual environments without pip and runs this file in them, with pip's options after its name.
The interpreter brings pip along, so nothing has to be downloaded. Python 2.7 clean, as it may run on any target.
"""

from __future__ import absolute_import, division, print_function

import subprocess
import sys

# In a process of its own: ensurepip sets PIP_CONFIG_FILE to nothing, and the machine's index and CA would be lost.
subprocess.check_call([sys.executable, "-m", "ensurepip", "--default-pip"], stdout=subprocess.DEVNULL)
wanted = [word for word in sys.argv[1:] if word not in ("--no-setuptools", "--no-wheel")]
sys.exit(subprocess.call([sys.executable, "-m", "pip", "install", "-q"] + wanted))
