# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""The AnsibleModule of modules that talk to an Engine: no control characters in results, no secrets in options.

Ansible hides a value of an option with ``no_log`` wherever its text occurs: with a header ``Version: 4`` it would
replace every 4 in names, ids and images. So the options keep ``no_log``, which keeps them out of the system's log, and
here the values are hidden in the one place that repeats options, ``invocation``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from .._vm.errors import SpecError
from .._vm.text import harmless, one_line
from .credentials import auth_options, is_secret_header, wants_users_view
from .engine import require_sdk
from .faults import EngineError

#: Ansible's own words for a value that is not shown.
HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
_LOGIN_IN_ADDRESS = re.compile(r"^.*@", re.DOTALL)


class EngineModule(AnsibleModule):
    """An AnsibleModule with the option ``auth``, in check mode too.

    :param options: the argument spec of the module's own options.
    :param explain: better words for options that Ansible refuses, made of the raw options; None keeps Ansible's.
    """

    def __init__(self, options: dict[str, Any], explain: Callable[[dict[str, Any]], str | None] | None = None) -> None:
        self._explain = explain
        super().__init__(argument_spec={**options, **auth_options()}, supports_check_mode=True)
        self._explain = None
        self.no_log_values.clear()
        require_sdk(self)
        if odd := _not_text(self.params):
            self.fail_json(msg=f"{odd} holds bytes that are not UTF-8 text. Correct {odd}")
        if wants_users_view(self.params["auth"]):
            self.warn(
                "The header Filter of auth.headers is not sent as given: in the user-level view that it asks for, "
                "pinnings are dropped and hosts are not searched. Every request says 'Filter: false'"
            )

    def end_with(self, work: Callable[[], tuple[str | None, dict[str, Any]]]) -> None:
        """Do the work and leave the module; the work gives what went wrong, if anything, and what is returned."""
        try:
            problem, result = work()
        except (SpecError, EngineError) as error:
            problem, result = str(error), {}
        if problem:
            self.fail_json(msg=problem, **result)
        self.exit_json(**result)

    def exit_json(self, **result: Any) -> None:
        """Leave the module well."""
        super().exit_json(**self._shown(result))

    def fail_json(self, msg: str, **result: Any) -> None:
        """Leave the module with one sentence."""
        if self._explain:
            msg = self._explain(self.params) or msg
        super().fail_json(msg=one_line(msg), **self._shown(result))

    def _shown(self, result: dict[str, Any]) -> dict[str, Any]:
        return {**harmless(result), "invocation": {"module_args": harmless(hidden(self.params, self.argument_spec))}}


def hidden(params: Any, options: dict[str, Any]) -> Any:
    """Options as they may be shown: without secrets, and without values of options that nobody knows."""
    if isinstance(params, (list, tuple)):
        return [hidden(entry, options) for entry in params]
    if not isinstance(params, dict):
        return HIDDEN
    return {key: _hidden(key, value, options.get(key)) for key, value in params.items() if not _is_internal(key)}


def _is_internal(key: Any) -> bool:
    return str(key).startswith("_ansible_")


def _hidden(key: str, value: Any, option: dict[str, Any] | None) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if key == "headers" and isinstance(value, dict):
        return {name: HIDDEN if is_secret_header(str(name)) else one for name, one in value.items()}
    if option is None or (option.get("no_log") and not isinstance(value, dict)):
        return HIDDEN
    if option.get("no_log"):
        return dict.fromkeys(value, HIDDEN)
    if "options" in option:
        return hidden(value, option["options"])
    is_address = key in ("url", "hostname") and isinstance(value, str)
    return _LOGIN_IN_ADDRESS.sub("********@", value) if is_address else value


def _not_text(value: Any, where: str = "") -> str | None:
    """The name of an option whose text cannot be sent: Python keeps bytes that are not UTF-8 as lone surrogates."""
    if isinstance(value, str):
        return where if re.search("[\ud800-\udfff]", value) else None
    if isinstance(value, dict):
        found = (_not_text(item, f"{where}.{key}".lstrip(".")) for key, item in value.items())
    elif isinstance(value, (list, tuple)):
        found = (_not_text(item, where) for item in value)
    else:
        return None
    return next(filter(None, found), None)
