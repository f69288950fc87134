# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two protocols on port 54321, and the errors of each.

JSON-RPC 2.0 (lib/yajsonrpc) and XML-RPC (lib/vdsm/rpc/bindingxmlrpc.py) as at v4.19.20, with one difference: JSON-RPC
comes by HTTP POST instead of STOMP.
"""

from __future__ import annotations

import json
import logging
import xmlrpc.client
from typing import Any

from .api import RESULT, Api, interface_of
from .errors import NoDomain, NoSuchVM, RecoveryInProgress, UnexpectedError, VdsmError

_log = logging.getLogger("rpc")

# XML-RPC's names. The parameters are positional, in the order of the API's.
XMLRPC = {
    "ping": "Host.ping",
    "getVdsCapabilities": "Host.getCapabilities",
    "getVdsHardwareInfo": "Host.getHardwareInfo",
    "getVdsStats": "Host.getStats",
    "getAllVmStats": "Host.getAllVmStats",
    "getVmStats": "VM.getStats",
    "destroy": "VM.destroy",
    "shutdown": "VM.shutdown",
    "reset": "VM.reset",
    "getAllTasksStatuses": "Host.getAllTasksStatuses",
    "getConnectedStoragePoolsList": "Host.getConnectedStoragePools",
    "getSpmStatus": "StoragePool.getSpmStatus",
}


class JsonRpcError(Exception):
    """An error of the protocol, or one that Vdsm has told."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class Dispatcher:
    """Calls the API."""

    def __init__(self, api: Api) -> None:
        self.api = api

    # --- JSON-RPC

    def json(self, body: bytes, server_address: str = "") -> bytes:
        """The answer to a request, or to a batch of them."""
        try:
            sent = json.loads(body)
        except ValueError:
            text = (
                "Invalid JSON was received by the server. An error occurred on the server while parsing the JSON text."
            )
            return json.dumps(_failed(None, JsonRpcError(-32700, text))).encode()
        if isinstance(sent, list):
            return json.dumps([self._one(request, server_address) for request in sent]).encode()
        return json.dumps(self._one(sent, server_address)).encode()

    def _one(self, request: Any, server_address: str) -> dict[str, Any]:
        number = request.get("id") if isinstance(request, dict) else None
        try:
            result = self._call(request, server_address)
        except JsonRpcError as error:
            return _failed(number, error)
        except VdsmError as error:
            return _failed(number, JsonRpcError(error.code, str(error)))
        except Exception as error:  # anything else is an internal error with its text (JsonRpcServer._handle_request)
            _log.exception("Internal server error")
            return _failed(number, JsonRpcError(-32603, str(error)))
        return {"jsonrpc": "2.0", "id": number, "result": result}

    def _call(self, request: Any, server_address: str) -> Any:
        if not isinstance(request, dict) or request.get("jsonrpc") != "2.0" or "method" not in request:
            raise JsonRpcError(-32600, "The JSON sent is not a valid Request object with wrong protocol version")
        if not self.api.manager.ready:
            raise RecoveryInProgress
        method, params = request["method"], request.get("params", [])
        if method not in self.api.methods:
            raise JsonRpcError(-32601, f"The method u'{method}' does not exist or is not available.")
        function = self.api.methods[method]
        known = self.api.arguments(method)
        named = dict(zip(known, params)) if isinstance(params, list) else params  # noqa: B905 (strict: Python 3.10)
        answer = function(**{name: value for name, value in named.items() if name in known})
        if method not in RESULT:
            return True
        if method == "Host.getCapabilities":
            answer["info"]["lastClientIface"] = interface_of(server_address)
        return answer[RESULT[method]]

    # --- XML-RPC

    def xml(self, body: bytes, client: str = "", server_address: str = "") -> bytes:
        """The answer to a request."""
        params, method = xmlrpc.client.loads(body.decode("utf-8"))
        answer = self._called(str(method), list(params), client, server_address)
        return xmlrpc.client.dumps((_plain(answer),), methodresponse=True).encode()

    def _called(self, method: str, params: list[Any], client: str, server_address: str) -> dict[str, Any]:
        """Every failure that is not Vdsm's own is "Unexpected exception", code 16 (_wrap_api_method)."""
        try:
            if not self.api.manager.ready:
                raise RecoveryInProgress
            answer = self._routed(method, params)
        except VdsmError as error:
            return error.response()
        except NoDomain:
            return NoSuchVM().response()
        except Exception:
            _log.exception("unexpected error")
            return UnexpectedError().response()
        if method == "getVdsCapabilities":
            answer["info"].update(lastClient=client, lastClientIface=interface_of(server_address))
        return answer

    def _routed(self, method: str, params: list[Any]) -> dict[str, Any]:
        if method == "list":
            full, wanted = bool(params and params[0]), params[1] if len(params) > 1 else []
            return self.api.vm_full_list(wanted) if full else self.api.vm_list(wanted, False)
        if method == "create":
            return self.api.create(params[0]["vmId"], params[0])
        return self.api.methods[XMLRPC[method]](*params)


def _failed(number: Any, error: JsonRpcError) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": number, "error": {"code": error.code, "message": str(error)}}


def _plain(value: Any) -> Any:
    """What XML-RPC can carry: integers above 31 bits become text."""
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, int) and not -(2**31) <= value < 2**31:
        return str(value)
    return value
