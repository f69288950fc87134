# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Engine says when Vdsm has refused a call."""

from __future__ import annotations

from typing import Any

from .. import texts
from ..refusal import Refusal
from .rpc import Answer

_NETWORK = "Network error during communication with the Host."
# VdsmErrors.properties: how the Engine words Vdsm's codes; one it does not know is "unexpected".
_WORDS = {1: "Desktop does not exist", 4: "Desktop already exists", 9: "Error creating the requested Desktop",
          42: "Virtual machine destroy error", 99: "Recovering from crash or Initializing"}  # fmt: skip


def refusal(answer: Answer) -> Refusal:
    """How a request is answered whose command Vdsm has refused (BackendResource.doAction: no conflict, so 400)."""
    words = _NETWORK if answer.network else _WORDS.get(answer.code, "Unexpected exception")
    return Refusal(400, texts.OPERATION_FAILED, texts.bracketed([words]))


def broker_failed(engine: Any, host: Any, command: str, answer: Answer) -> None:
    """VdsBrokerCommand.logToAudit: what Vdsm said when it said no."""
    engine.journal.event("VDS_BROKER_COMMAND_FAILURE", host=host, CommandName=command, message=answer.message)
