# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Import every file of resources/, which registers its kinds and transitions by that.

It is not done in resources/__init__.py, since each of the files imports that: it would be a circle.
"""

from __future__ import annotations

import importlib
import pkgutil

from . import resources


def load_all() -> None:
    """Import every resource file once."""
    for module in pkgutil.iter_modules(resources.__path__):
        importlib.import_module(f"{resources.__name__}.{module.name}")
