# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refusals and events that follow when Vdsm refuses a call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import texts
from ..refusal import Refusal
from .rpc import Answer

if TYPE_CHECKING:
    from ..core import Engine

_NETWORK = "Network error during communication with the Host."
# The Engine's words for Vdsm's error codes (VdsmErrors.properties).
_WORDS = {1: "Desktop does not exist", 4: "Desktop already exists", 9: "Error creating the requested Desktop",
          42: "Virtual machine destroy error", 99: "Recovering from crash or Initializing"}  # fmt: skip


def refusal(answer: Answer) -> Refusal:
    """The refusal of a request whose command Vdsm has refused: 400 (BackendResource.doAction)."""
    words = _NETWORK if answer.network else _WORDS.get(answer.code, "Unexpected exception")
    return Refusal(400, texts.OPERATION_FAILED, texts.bracketed([words]))


def broker_failed(engine: Engine, host: Any, command: str, answer: Answer) -> None:
    """Write the event with Vdsm's error message (VdsBrokerCommand.logToAudit)."""
    engine.journal.event("VDS_BROKER_COMMAND_FAILURE", host=host, CommandName=command, message=answer.message)
