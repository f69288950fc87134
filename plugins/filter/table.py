# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: table
short_description: Show a list of dictionaries as a table
version_added: 0.1.0
description:
  - Turns a list of dictionaries into aligned lines, a heading first, for people to read. Control characters, which a
    terminal would obey, are shown as U+FFFD.
author:
  - ovirt_contrib.containers contributors (@ovirt-contrib)
positional: columns
options:
  _input:
    description:
      - The rows.
    type: list
    elements: dict
    required: true
  columns:
    description:
      - Keys to show, in this order. What a row lacks, or has as V(null), is shown as C(-).
    type: list
    elements: str
    required: true
"""

EXAMPLES = r"""
- name: Show container VMs
  ansible.builtin.debug:
    msg: "{{ found.container_vms | ovirt_contrib.containers.table(['name', 'image', 'status']) }}"
  vars:
    found:
      container_vms:
        - name: cache
          image: redis:7.2
          status: up
"""

RETURN = r"""
_value:
  description: The lines.
  type: list
  elements: str
  sample:
    - "NAME   IMAGE      STATUS"
    - "cache  redis:7.2  up"
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ..module_utils._vm.text import one_line, padded, width


def table(rows: list[dict[str, Any]], columns: list[str]) -> list[str]:
    """Aligned lines for ``rows``, a heading first. Raises AnsibleFilterError when a row is not a dictionary."""
    if not columns or not all(isinstance(row, dict) for row in rows):
        raise AnsibleFilterError("table needs a list of dictionaries and the names of the columns to show")
    cells = [[column.upper().replace("_", " ") for column in columns]]
    cells += [["-" if row.get(column) is None else one_line(str(row[column])) for column in columns] for row in rows]
    widths = [max(map(width, column)) for column in zip(*cells, strict=True)]
    return ["  ".join(padded(cell, most) for cell, most in zip(line, widths, strict=True)).rstrip() for line in cells]


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Names and functions."""
        return {"table": table}
