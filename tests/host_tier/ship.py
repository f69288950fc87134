# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes what Ansible would send to a host: ``python ship.py COLLECTIONS MODULE FILE < ARGUMENTS``.

A process of its own: Ansible's loader of collections has to be there before anything of the collection is imported.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from ansible.executor.module_common import modify_module
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import init_plugin_loader, module_loader
from ansible.template import Templar


def main(collections: str, module: str, target: str) -> None:
    """Build the parcel and write it."""
    init_plugin_loader([collections])
    name = f"ovirt_contrib.containers.{module}"
    place = str(Path(target).parent)
    internals = {"_ansible_tmpdir": place, "_ansible_remote_tmp": place, "_ansible_keep_remote_files": False}
    built: Any = modify_module(
        module_name=name,
        module_path=module_loader.find_plugin_with_context(name).plugin_resolved_path,
        module_args={**json.load(sys.stdin), **internals, "_ansible_selinux_special_fs": []},
        templar=Templar(loader=DataLoader()),
        task_vars={"ansible_python_interpreter": "/usr/bin/python"},
        module_compression="ZIP_DEFLATED",
    )
    # A tuple up to ansible-core 2.18, then an object.
    Path(target).write_bytes(built[0] if isinstance(built, tuple) else built.b_module_data)


if __name__ == "__main__":
    main(*sys.argv[1:])
