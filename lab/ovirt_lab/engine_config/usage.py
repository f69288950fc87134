# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `engine-config -h` prints: the actions and options that the manual page engine-config(8) names."""

from __future__ import annotations

USAGE = """Usage: engine-config <action> [<args>]

AVAILABLE ACTIONS
       -l, --list
           List the keys.

       -a, --all
           Print the values of all keys.

       -g KEY, --get=KEY
           Print the value of a key in the version of --cver, or all its values.

       -s KEY=VALUE, --set KEY=VALUE
           Store the value of a key in the version of --cver.

       -m KEY=VALUE, --merge KEY=VALUE
           Append to the value of a key in the version of --cver what is not in it.

       -h, --help
           Print this.

OPTIONS
       --cver=VERSION
           The version, needed where a key has others than 'general'.

       -p PROP_FILE, --properties=PROP_FILE
       -c CFG_FILE, --config=CFG_FILE
       --log-file=LOG_FILE
       --log-level=LOG_LEVEL
           Accepted and ignored: this is the stand-in of a test lab.

NOTE
       In order for your change(s) to take effect, restart the oVirt engine.
"""
