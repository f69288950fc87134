# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two protocols over a real socket."""

from __future__ import annotations

import http.client
import json
import threading
import xmlrpc.client
from collections.abc import Iterator
from typing import Any

import pytest

from ovirt_lab.vdsm.server import Server

from .host_kit import Vdsm, vm_params


@pytest.fixture
def server(vdsm: Vdsm) -> Iterator[Server]:
    listening = Server(vdsm.dispatcher, "127.0.0.1", 0)
    threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield listening
    listening.shutdown()
    listening.server_close()


def _post(server: Server, body: Any) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    connection.request("POST", "/", body if isinstance(body, str) else json.dumps(body))
    answer = connection.getresponse()
    assert answer.status == 200
    return json.loads(answer.read())


def test_a_call(server: Server) -> None:
    answer = _post(server, {"jsonrpc": "2.0", "id": 7, "method": "Host.getVMList", "params": {}})
    assert answer == {"jsonrpc": "2.0", "id": 7, "result": []}


def test_the_interface_by_which_one_came(server: Server) -> None:
    answer = _post(server, {"jsonrpc": "2.0", "id": 7, "method": "Host.getCapabilities", "params": {}})
    assert answer["result"]["lastClientIface"] == "lo"


def test_a_batch_and_positional_parameters(server: Server) -> None:
    first, second = _post(
        server,
        [
            {"jsonrpc": "2.0", "id": 1, "method": "Host.ping", "params": []},
            {"jsonrpc": "2.0", "id": 2, "method": "VM.getStats", "params": ["x"]},
        ],
    )
    assert first["result"] is True
    assert second["error"] == {"code": 1, "message": "Virtual machine does not exist"}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("nonsense", -32700),
        ({"method": "Host.ping"}, -32600),
        ({"jsonrpc": "2.0", "id": 1}, -32600),
        ({"jsonrpc": "2.0", "id": 1, "method": "Host.dance"}, -32601),
        ({"jsonrpc": "2.0", "id": 1, "method": "VM.destroy"}, -32603),
        ([1], -32600),
    ],
)
def test_what_makes_no_sense(server: Server, body: Any, code: int) -> None:
    answer = _post(server, body)
    assert (answer[0] if isinstance(answer, list) else answer)["error"]["code"] == code


def test_xmlrpc_gives_the_whole_answer(server: Server) -> None:
    params = vm_params()
    with xmlrpc.client.ServerProxy(f"http://127.0.0.1:{server.server_port}/RPC2") as proxy:
        assert proxy.create(params)["vmList"]["status"] == "WaitForLaunch"  # type: ignore[index, call-overload]
        assert proxy.list(False)["vmList"][0]["vmId"] == params["vmId"]  # type: ignore[index, call-overload]
        assert proxy.destroy("x") == {"status": {"code": 1, "message": "Virtual machine does not exist"}}
        assert proxy.nonsense() == {"status": {"code": 16, "message": "Unexpected exception"}}


def test_other_verbs_and_giants_are_refused(server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    connection.request("GET", "/")
    assert connection.getresponse().status == 501
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    connection.request("POST", "/", headers={"Content-Length": str(1 << 30)})
    assert connection.getresponse().status == 413
