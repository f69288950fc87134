# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How Sphinx makes the site. tools/workshop/docsite.py adds the reference to the pages and runs Sphinx."""

from __future__ import annotations

from typing import Any

from docutils import nodes

project = "ovirt_contrib.containers"
copyright = "ovirt_contrib.containers contributors"  # noqa: A001  # the name that Sphinx reads
html_title = project
html_theme = "sphinx_rtd_theme"
html_show_sphinx = False
html_copy_source = False
html_use_index = False
extensions = ["myst_parser", "sphinx_antsibull_ext"]
# Headings of pages are link targets, as on GitHub.
myst_heading_anchors = 3
pygments_style = "ansible"
highlight_language = "yaml+jinja"

ANSIBLE_DOCS = "https://docs.ansible.com/projects/ansible/latest"
#: Labels of Ansible's own documentation that the reference links to, and their pages there.
PAGES = {
    "action_plugins": "plugins/action.html",
    "ansible_configuration_settings": "reference_appendices/config.html",
    "common_return_values": "reference_appendices/common_return_values.html",
}


def link_to_ansible(_app: Any, _env: Any, node: nodes.Element, content: nodes.Node) -> nodes.Node | None:
    """Return a link to a page of Ansible's documentation; None for a label of ours, which Sphinx then reports.

    The usual way, intersphinx, downloads a list of all labels from there at each build.
    """
    label = node.get("reftarget", "")
    page = PAGES.get(label)
    if label.startswith("ansible_collections.") and not label.startswith(f"ansible_collections.{project}."):
        page = "/".join(["collections", *label.split(".")[1:]]) + ".html"
    return nodes.reference("", "", content, internal=False, refuri=f"{ANSIBLE_DOCS}/{page}") if page else None


def setup(app: Any) -> None:
    """Register with Sphinx."""
    app.connect("missing-reference", link_to_ansible)
