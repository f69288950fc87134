# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every link leads somewhere, links and actions have the form that a real Engine gives them, every name has words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from client import Lab

from ovirt_lab.engine import event_texts, texts

from . import schema

ENGINE = Path(texts.__file__).parent
# Only POST is known there (the SDK's services have no list).
WRITE_ONLY = {"externalvmimports", "externaltemplateimports", "options"}


@pytest.mark.parametrize("version", ["4.1", "4.3", "4.5"])
def test_every_link_leads_somewhere(version: str) -> None:
    """From the root all the way down; the fixture of conftest.py validates what is found."""
    lab = Lab(version)
    vm = lab.run(lab.container())
    lab.ask("POST", f"vms/{vm.id}/snapshots", "<snapshot><description>x</description></snapshot>")
    seen, waiting = {""}, [""]
    while waiting:
        path = waiting.pop()
        response = lab.raw("GET", path)
        assert response.status == 200 or path in WRITE_ONLY, path
        text = re.sub(r"<actions>.*?</actions>", "", response.body.decode(), flags=re.DOTALL)
        for found in re.findall(r'href="/ovirt-engine/api/([^"{?]*)"', text):
            if found not in seen and found.count("/") < 6:
                seen.add(found)
                waiting.append(found)
    assert len(seen) > 250


def test_links_and_actions_as_a_real_engine_sends_them() -> None:
    """Sub-collections are links, actions are named, references are short."""
    lab = Lab()
    vm = lab.engine.vm("db1")
    text = lab.raw("GET", f"vms/{vm.id}").body.decode()
    assert f'<link href="{vm.href}/nics" rel="nics"/>' in text
    assert f'<link href="{vm.href}/diskattachments" rel="diskattachments"/>' in text
    assert re.search(rf'<actions>\s*(<link href="{vm.href}/\w+" rel="\w+"/>\s*)+</actions>', text)
    assert f'<link href="{vm.href}/start" rel="start"/>' in text
    assert re.search(r'<cluster href="/ovirt-engine/api/clusters/[0-9a-f-]+" id="[0-9a-f-]+"/>', text)
    assert "<nics" not in text and not re.search(r"<(?!description|comment)(\w+)></\1>", text)


def test_the_validator_finds_mistakes() -> None:
    """It is of no use if it accepts everything."""
    if schema.missing():
        pytest.skip(schema.missing() or "")
    check = schema.schema().problems
    good = b"<vm id='1' href='/x'><name>a</name><memory>1</memory><status>up</status></vm>"
    assert check(good) == []
    assert check(good.replace(b"<memory>1", b"<memory>one"))
    assert check(good.replace(b"<status>up", b"<status>fine"))
    assert check(good.replace(b"<name>", b"<nics href='/x/nics'/><name>"))
    assert check(good.replace(b"<name>", b"<colour>red</colour><name>"))
    assert check(b"<vehicles/>")


def test_every_refusal_and_event_that_is_used_has_its_words() -> None:
    """Names in the sources of the lab are names of the tables."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in ENGINE.rglob("*.py"))
    for name in re.findall(r'(?:refuse|refusal|message)\(\s*"([A-Z_]{6,})"', source):
        assert name in texts.REFUSALS or f"ACTION_TYPE_FAILED_{name}" in texts.REFUSALS, name
    for name in re.findall(r'(?:event|_event)\([^"()]{0,30}"([A-Z_]{6,})"', source):
        assert name in event_texts.EVENTS, name


def test_words_differ_where_versions_do() -> None:
    """Substitution, brackets, status and versions."""
    assert texts.refusal("NAME_ALREADY_USED", "add", "host")[2].startswith("[Cannot add Host. The Host name")
    assert texts.refusal("VDS_NON_RESPONSIVE", "activate", "host", "4.1")[2].endswith("Host is non responsive.]")
    assert texts.refusal("USER_NOT_AUTHORIZED_TO_PERFORM_ACTION", version="4.1")[0] == 400
    assert texts.refusal("USER_NOT_AUTHORIZED_TO_PERFORM_ACTION", version="4.3")[0] == 403
    assert event_texts.event("USER_REMOVE_VM_FINISHED", "4.1", VmName="x")[2] == "VM x was successfully removed."
