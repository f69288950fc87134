# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every module promises. Made from ``cases/``; a module that has none fails."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.cases import OnHost, Reading, Writing, case_of, cases
from tests.contract.conftest import Site
from tests.support.modules import all_modules

ALL_MODULES = all_modules()


#: Those that talk to an Engine; what runs on a host is in test_on_host.py.
MODULES = [case.id for case in cases(ALL_MODULES, Writing, Reading)]


@pytest.mark.parametrize("module", ALL_MODULES)
def test_every_module_has_a_case(module: str) -> None:
    assert isinstance(case_of(module), (Writing, Reading, OnHost))


@pytest.mark.parametrize(("module", "case"), cases(MODULES, Writing))
def test_life_of_an_object(site: Site, module: str, case: Writing) -> None:
    """Create, again, modify, again, remove, again; each in check mode first."""
    steps = [("create", case.create), ("modify", case.modify), ("remove", case.remove)]
    for step, args in steps:
        _predicted_then_done(site, module, step, args, case.budget[step])
        again = {**args, "state": "running"} if args.get("state") == "restarted" else args
        _unchanged(site, module, again, case.budget["again"])
    assert site.logins()[0] == site.logins()[1] > 0


def _predicted_then_done(site: Site, module: str, step: str, args: dict[str, Any], budget: int) -> None:
    before = site.state()
    foreseen = site.run(module, args, check=True)
    assert not foreseen.failed, foreseen.msg
    assert foreseen.changed, f"check mode does not foresee {step}"
    assert site.writes == [], f"check mode of {step} writes"
    assert site.state() == before
    done = site.run(module, args)
    assert not done.failed, done.msg
    assert done.changed
    assert len(site.budgeted) <= budget, f"{step} takes {[f'{r.method} {r.path}' for r in site.budgeted]}"
    assert foreseen.data["diff"] == done.data["diff"] != []
    assert foreseen.data["plan"] == done.data["plan"]
    assert foreseen.data.keys() == done.data.keys()


def _unchanged(site: Site, module: str, args: dict[str, Any], budget: int) -> None:
    for check in (True, False):
        again = site.run(module, args, check=check)
        assert not again.failed, again.msg
        assert not again.changed
        assert site.writes == []
        assert len(site.budgeted) <= budget
        assert again.data["diff"] == []


@pytest.mark.parametrize(("module", "case"), cases(MODULES, Reading))
def test_reading_writes_nothing_and_costs_the_same_for_many(site: Site, module: str, case: Reading) -> None:
    for number in (0, 1, 60):
        case.populate(site.engine, number) if number else None
        for check in (False, True):
            answer = site.run(module, case.args, check=check)
            assert not answer.failed, answer.msg
            assert not answer.changed
            assert len(answer.data[case.key]) == case.finds(site.engine)
            assert site.writes == []
            assert len(site.asked) == case.requests
        if number:
            break_names(site)
    for args in case.others:
        answer = site.run(module, args)
        assert not answer.failed, answer.msg
        assert len(site.asked) == case.requests


def break_names(site: Site) -> None:
    """Give the VMs of one round other names, so that the next round can use the names again."""
    for vm in site.engine.vms():
        vm.name = f"{vm.name}-{len(site.engine.vms())}"
        site.engine.store.touch(vm)


def _args(module: str) -> dict[str, Any]:
    case = case_of(module)
    assert not isinstance(case, OnHost)
    return case.create if isinstance(case, Writing) else case.args


FAULTS = {
    "401": ("status:401:match=/api/:count=0", "refused the login|does not accept the token"),
    "500": ("status:500:match=/api/:count=0", "health page"),
    "503": ("status:503:count=0:match=.", "health page answers 503"),
    "time-out": ("delay:seconds=3:match=/api/:count=0", "did not answer within 1 s"),
    "cut": ("cut:before:match=/api/:count=0", "broke"),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("module", MODULES)
def test_an_engine_in_trouble_is_a_failure(site43: Site, module: str, fault: str) -> None:
    """No fault may look like success, nor like "absent"."""
    spec, told = FAULTS[fault]
    states = [{}, {"state": "absent"}] if "state" in _args(module) or module == "container_vm" else [{}]
    for state in states:
        site43.engine.faults.clear()
        site43.engine.faults.add(spec)
        before = site43.state()
        timeout = 1 if fault == "time-out" else 0
        answer = site43.run(module, {**_args(module), **state}, auth={**site43.auth, "timeout": timeout})
        assert answer.failed
        assert not answer.changed
        assert_matches(told, answer.msg)
        assert site43.auth["password"] not in answer.text
        site43.engine.faults.clear()
        assert site43.state() == before


def assert_matches(pattern: str, text: str) -> None:
    """The sentence says what it should, and is one."""
    import re

    assert re.search(pattern, text), text
    assert "\n" not in text
    assert "Traceback" not in text


@pytest.mark.parametrize("module", MODULES)
def test_no_secret_is_told(site43: Site, module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens: list[str] = []
    login = site43.engine.sessions.login

    def noted(now: float) -> str:
        tokens.append(login(now))
        return tokens[-1]

    monkeypatch.setattr(site43.engine.sessions, "login", noted)
    token = _token(site43)
    for auth in (site43.auth, {**site43.auth, "username": None, "password": None, "token": token}):
        for args in (_args(module), {**_args(module), "nonsense": 1}):
            answer = site43.run(module, args, auth=auth)
            assert site43.auth["password"] not in answer.text
            assert not [token for token in tokens if token in answer.text]


def _token(site: Site) -> str:
    import ovirtsdk4

    token: str = ovirtsdk4.Connection(**site.auth).authenticate()
    return token


@pytest.mark.parametrize("module", MODULES)
def test_logins_equal_logouts(site43: Site, module: str) -> None:
    site43.run(module, _args(module))
    assert site43.logins() == (1, 1)
    site43.engine.faults.add("status:500:match=/api/vms:count=0")
    site43.run(module, _args(module))
    assert site43.logins() == (2, 2)


@pytest.mark.parametrize("module", MODULES)
def test_a_token_that_was_given_is_not_ended(site43: Site, module: str) -> None:
    auth = {"url": site43.auth["url"], "ca_file": site43.auth["ca_file"], "token": _token(site43)}
    for _run in range(2):
        assert not site43.run(module, _args(module), auth=auth).failed
    assert site43.logins() == (1, 0)


@pytest.mark.parametrize("module", MODULES)
def test_an_expired_login_is_renewed(site43: Site, module: str) -> None:
    site43.engine.faults.add("expire_tokens:match=GET .*/api/:nth=2")
    answer = site43.run(module, _args(module))
    assert not answer.failed, answer.msg


@pytest.mark.parametrize("module", MODULES)
def test_an_expired_token_is_told(site43: Site, module: str) -> None:
    auth = {"url": site43.auth["url"], "ca_file": site43.auth["ca_file"], "token": _token(site43)}
    site43.engine.sessions.expire()
    answer = site43.run(module, _args(module), auth=auth)
    assert answer.failed
    assert_matches("does not accept the token.*ovirt_auth", answer.msg)
