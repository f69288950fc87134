# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# mypy: ignore-errors

"""Runs under every Python of a managed host, 2.7 too: ``python drive.py DIRECTORY < TASKS``.

DIRECTORY is what Ansible shipped, unpacked. A task is either a module with arguments on a machine (a root for files and
a PATH), or the name of a function with arguments. Prints what each gave.
"""

from __future__ import absolute_import, division, print_function

import importlib
import io
import json
import os
import sys

__metaclass__ = type

PLUGINS = "ansible_collections.ovirt_contrib.containers.plugins."


def run_module(task):
    """What a module prints, parsed."""
    basic = importlib.import_module("ansible.module_utils.basic")
    host = importlib.import_module(PLUGINS + "module_utils._host.host")
    host.Host.root = task["root"]
    os.environ["PATH"] = str(task["path"])
    basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": task["args"]}).encode("utf-8")
    basic._ANSIBLE_PROFILE = "legacy"  # ansible-core 2.19 and later
    module = importlib.import_module(PLUGINS + "modules." + task["module"])
    real, sys.stdout = sys.stdout, io.BytesIO() if sys.version_info[0] == 2 else io.StringIO()
    try:
        module.main()
    except SystemExit:
        pass  # how every module ends
    finally:
        said, sys.stdout = sys.stdout, real
    return json.loads(said.getvalue().strip().splitlines()[-1])


def call(task):
    """What a function returns."""
    module, _dot, name = task["call"].rpartition(".")
    return getattr(importlib.import_module(PLUGINS + "module_utils." + module), name)(*task["args"])


def main():
    sys.path.insert(0, sys.argv[1])
    tasks = json.load(sys.stdin)
    answers = [run_module(task) if "module" in task else call(task) for task in tasks]
    print(json.dumps(answers))


if __name__ == "__main__":
    main()
