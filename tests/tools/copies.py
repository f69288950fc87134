# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Copies of the project, to be run beside the checkout."""

from __future__ import annotations

from pathlib import Path

from workshop.archive import ROOT, copy_files


def copy_project(place: Path) -> Path:
    """Copy the project's files, tracked and new ones, and return where they are."""
    copy_files(ROOT, place)
    return place
