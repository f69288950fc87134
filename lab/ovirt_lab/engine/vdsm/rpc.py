# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Vdsm's JSON-RPC over HTTP, from the Engine's side."""

from __future__ import annotations

import http.client
import json
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

# Seconds of this machine's time. vdsConnectionTimeout is 20 and vdsHeartbeatInSeconds 30 in 0000_config.sql; in a
# laboratory nobody is that far away.
CONNECT = 5.0
MONITORING = 20.0
COMMAND = 180.0  # vdsTimeout
RECOVERING = 99  # "Recovering from crash or Initializing"
NO_VM = 1


@dataclass
class Answer:
    """The answer to a call: a result; or Vdsm's error code and message; or a network error (`network`)."""

    result: Any = None
    code: int = 0
    message: str = ""
    network: bool = False

    @property
    def ok(self) -> bool:
        """Whether the call succeeded."""
        return not self.code and not self.network


def ask(url: str, method: str, params: dict[str, Any] | None = None, patience: float = COMMAND) -> Answer:
    """Call a Vdsm. Network errors are part of the answer; nothing is raised for them."""
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port or 54321, timeout=CONNECT)
    body = json.dumps({"jsonrpc": "2.0", "id": str(uuid.uuid4()), "method": method, "params": params or {}})
    try:
        connection.connect()
        connection.sock.settimeout(patience)
        connection.request("POST", "/", body, {"Content-Type": "application/json"})
        said = json.loads(connection.getresponse().read())
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Answer(network=True, message=str(error) or type(error).__name__)
    finally:
        connection.close()
    if "error" in said:
        return Answer(code=int(said["error"]["code"]), message=str(said["error"]["message"]))
    return Answer(result=said.get("result"))
