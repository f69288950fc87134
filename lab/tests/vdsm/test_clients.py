# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""vdsm-client and vdsClient byte by byte: what others have to read."""

from __future__ import annotations

import io
import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from ovirt_lab.vdsm import caps, cli, client, python2
from ovirt_lab.vdsm.server import Server

from .host_kit import Machine, Vdsm

VM = "b3f6fa00-b315-4ad4-8108-f73da817b5c5"
CAPS = {
    "software_version": "4.19.20",
    "containers": True,
    "clusterLevels": ["3.6", "4.0", "4.1"],
    "hooks": {},
    "netConfigDirty": "False",
    "cpuFlags": "fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2 ht",
    "packages2": {
        "vdsm": {"version": "4.19.20", "release": "1.el8"},
        "kernel": {"version": "3.10.0", "release": "514.el7.x86_64"},
    },
}


@pytest.fixture
def port(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(caps, "capabilities", lambda manager: {**CAPS, "containers": manager.containers.is_supported()})
    vdsm = Vdsm(machine)
    server = Server(vdsm.dispatcher, "127.0.0.1", 0)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    machine.write("/etc/vdsm/vdsm.conf.d/50-port.conf", f"[addresses]\nmanagement_port = {server.server_port}\n")
    yield str(server.server_port)
    server.shutdown()
    server.server_close()


def _free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def _vdsm_client(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    try:
        code: Any = client.main(list(argv))
    except SystemExit as end:
        code = end.code
    said = capsys.readouterr()
    return int(code), said.out, said.err


def _vds_client(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    code = cli.main(list(argv))
    said = capsys.readouterr()
    return code, said.out, said.err


# --- vdsm-client


def test_capabilities_as_json(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = _vdsm_client(capsys, "-p", port, "-a", "127.0.0.1", "Host", "getCapabilities")
    assert (code, err) == (0, "")
    # Python 2 puts a blank behind every comma, also at the end of a line
    assert out.startswith('{\n    "software_version": "4.19.20", \n    "containers": true, \n    "clusterLevels": [\n')
    assert out.endswith('    "lastClientIface": "lo"\n}\n')
    assert json.loads(out)["containers"] is True


def test_capabilities_without_docker(machine: Machine, port: str, capsys: pytest.CaptureFixture[str]) -> None:
    machine.no_docker()
    answer = _vdsm_client(capsys, "-p", port, "-a", "127.0.0.1", "Host", "getCapabilities")
    text = (
        "vdsm-client: Command Host.getCapabilities with args {} failed:\n"
        "(code=-32603, message=[Errno 2] No such file or directory: docker)\n"
    )
    assert answer == (1, "", text)


def test_an_empty_list_and_true(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert _vdsm_client(capsys, "-p", port, "Host", "getVMList") == (0, "[]\n", "")
    assert _vdsm_client(capsys, "-p", port, "--insecure", "Host", "ping") == (0, "true\n", "")


def test_parameters_and_errors(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    answer = _vdsm_client(capsys, "-p", port, "VM", "getStats", f"vmID={VM}")
    text = (
        f"vdsm-client: Command VM.getStats with args {{'vmID': '{VM}'}} failed:\n"
        "(code=1, message=Virtual machine does not exist)\n"
    )
    assert answer == (1, "", text)


def test_parameters_from_standard_input(
    port: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f'{{"vmID": "{VM}"}}'))
    code, _, err = _vdsm_client(capsys, "-p", port, "-f", "-", "VM", "getStats")
    assert code == 1
    assert err.startswith(f"vdsm-client: Command VM.getStats with args {{u'vmID': u'{VM}'}} failed:\n")


def test_names_that_are_none(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    answer = _vdsm_client(capsys, "-p", port, "Hosts", "getVMList")
    assert answer == (1, "", "vdsm-client: '_Client' object has no attribute 'Hosts'\n")
    _, _, err = _vdsm_client(capsys, "-p", port, "Host", "dance")
    assert err.endswith("(code=-32601, message=The method u'Host.dance' does not exist or is not available.)\n")


def test_nobody_there(capsys: pytest.CaptureFixture[str]) -> None:
    port = _free_port()
    answer = _vdsm_client(capsys, "-a", "127.0.0.1", "-p", port, "Host", "getVMList")
    text = (
        f"vdsm-client: Connection to 127.0.0.1:{port} with use_tls=True, timeout=60 failed: "
        "[Errno 111] Connection refused\n"
    )
    assert answer == (1, "", text)


def test_nobody_answers(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        port = str(silent.getsockname()[1])
        answer = _vdsm_client(capsys, "-a", "127.0.0.1", "-p", port, "--timeout", "0.1", "Host", "ping")
    assert answer == (1, "", "vdsm-client: Request Host.ping with args {} timed out after 0.1 seconds\n")


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("Host", "getVMList", "x"), "Invalid param 'x'"),
        (("-f", "nowhere.json", "Host", "getVMList"), "No such file or directory"),
        (("-f", "-", "Host", "getVMList", "a=b"), "Conflicting command line parameters: ['a=b'] and file option: '-'"),
        (("Host",), "the following arguments are required"),
    ],
)
def test_usage(argv: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = _vdsm_client(capsys, *argv)
    assert (code, out) == (2, "")
    assert said in err


# --- vdsClient


def test_capabilities_as_lines(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = _vds_client(capsys, "-s", "0", "getVdsCaps")
    assert (code, err) == (0, "")
    flags = CAPS["cpuFlags"]
    assert out == (
        "\tclusterLevels = ['3.6', '4.0', '4.1']\n"
        "\tcontainers = True\n"
        f"\tcpuFlags = '{flags}'\n"
        "\thooks = {}\n"
        "\tlastClient = '127.0.0.1'\n"
        "\tlastClientIface = 'lo'\n"
        "\tnetConfigDirty = 'False'\n"
        "\tpackages2 = {'kernel': {'release': '514.el7.x86_64', 'version': '3.10.0'},\n"
        "\t             'vdsm': {'release': '1.el8', 'version': '4.19.20'}}\n"
        "\tsoftware_version = '4.19.20'\n"
    )


def test_in_one_line(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = _vds_client(capsys, "-o", "0", "getVdsCaps")
    assert "\tsoftware_version = 4.19.20\n" in out
    assert "\tcontainers = True\n" in out


def test_failing_capabilities_say_it_on_stdout(machine: Machine, port: str, capsys: pytest.CaptureFixture[str]) -> None:
    machine.no_docker()
    assert _vds_client(capsys, "-s", "0", "getVdsCaps") == (16, "Unexpected exception\n", "")


def test_a_vm_that_is_not_there(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    expected = (1, "Virtual machine does not exist\n", "")
    assert _vds_client(capsys, f"127.0.0.1:{port}", "getVmStats", VM) == expected
    assert _vds_client(capsys, f"127.0.0.1:{port}", "destroy", VM) == expected
    assert _vds_client(capsys, f"127.0.0.1:{port}", "list", "ids") == (0, "", "")


def test_vms(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    vdsm = Vdsm(machine)
    vdsm.create(vmId=VM, vmName="web")
    server = Server(vdsm.dispatcher, "127.0.0.1", 0)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    address = f"127.0.0.1:{server.server_port}"
    try:
        assert _vds_client(capsys, address, "list", "ids") == (0, f"{VM}\n", "")
        _, out, _ = _vds_client(capsys, address, "list")
        assert out.startswith(f"\n{VM}\n\tStatus = Up\n")
        assert "\tcustom = {'containerType': 'docker', 'containerImage': 'redis:3.2'}\n" in out
        _, out, _ = _vds_client(capsys, address, "list", "table")
        assert out == f"{VM}      0  web                  Up                   {'':20}\n"
        _, out, _ = _vds_client(capsys, address, "getVmStats", VM)
        assert out.startswith(f"\n{VM}\n\tStatus = Powering up\n")
        assert _vds_client(capsys, address, "getVmStats", VM, "vmName") == (0, "web\n", "")
        assert _vds_client(capsys, address, "reset", VM) == (44, "Not implemented\n", "")
        assert _vds_client(capsys, address, "shutdown", VM, "30", "bye") == (0, "Machine shutting down\n", "")
        assert _vds_client(capsys, address, "destroy", VM) == (0, "Machine destroyed\n", "")
    finally:
        server.shutdown()
        server.server_close()


def test_nobody_there_for_it(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    port = _free_port()
    assert _vds_client(capsys, f"127.0.0.1:{port}", "getVdsCaps") == (
        255,
        f"Connection to 127.0.0.1:{port} refused\n",
        "",
    )


@pytest.mark.parametrize(
    ("argv", "first"),
    [
        (("0",), "ERROR - Need at least two arguments"),
        (("0", "dance"), "ERROR - Unknown command"),
        (("-x", "0", "list"), "ERROR - option -x not recognized"),
        (("0", "getVmStats"), "Error using command: list index out of range "),
        (("0", "list", "sideways"), 'Error using command: Invalid argument "sideways". '),
    ],
)
def test_its_usage(argv: tuple[str, ...], first: str, machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = _vds_client(capsys, *argv)
    assert (code, out.splitlines()[0], err) == (255, first, "")


def test_python_2_prints_long_text_in_one_piece() -> None:
    assert python2.pformat("x y " * 50) == repr("x y " * 50)
