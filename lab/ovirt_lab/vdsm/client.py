# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""/usr/bin/vdsm-client, in vdsm from 4.19.5 on (lib/vdsmclient/client.py and lib/vdsm/client.py@v4.19.20).

Output, streams and exit codes are as there. The connection is plain HTTP, with --insecure and without.
"""

from __future__ import annotations

import argparse
import http.client
import json
import socket
import sys
import uuid
from typing import Any

from . import python2

PROGRAM = "vdsm-client"
# The classes in lib/vdsm/api/vdsm-api.yml; the server checks the method.
_NAMESPACES = (
    "ConnectionRefs", "Host", "Image", "ISCSIConnection", "Lease", "LVMVolumeGroup", "SDM", "StorageDomain",
    "StoragePool", "Task", "VM", "Volume",
)  # fmt: skip
_TIMEOUTS = (TimeoutError, socket.timeout)  # noqa: UP041 (two classes before Python 3.10)


class ClientError(Exception):
    """An error; the user sees its text."""


class UsageError(Exception):
    """The command line is wrong."""


def parser() -> argparse.ArgumentParser:
    """The command line."""
    result = argparse.ArgumentParser(prog=PROGRAM)
    add = result.add_argument
    add("-a", "--host", default="localhost", help="where Vdsm is (localhost)")
    add("-p", "--port", default=54321, type=int, help="its port (54321)")
    add("--unsecure", dest="use_tls", action="store_false", help="the same as --insecure, which is its newer name")
    add("--insecure", dest="use_tls", action="store_false", help="without TLS")
    add("--timeout", default=60, type=float, help="seconds to wait for an answer (60)")
    add("namespace", help="the first half of the method's name")
    add("method", help="the second half")
    add("-f", "--file", help="a JSON file with the parameters; - for standard input")
    add("method_args", metavar="method_args", nargs="*", help="parameters: name=value name=value")
    return result


def main(argv: list[str]) -> int:
    """Run it."""
    options = parser()
    args = options.parse_args(argv)
    try:
        print(python2.dumps(_run(args)))
    except UsageError as error:
        options.error(str(error))
    except ClientError as error:
        sys.stderr.write(f"{PROGRAM}: {error}\n")
        return 1
    return 0


def _run(args: argparse.Namespace) -> Any:
    if args.method_args and args.file is not None:
        given = python2.repr_(args.method_args)
        raise UsageError(f"Conflicting command line parameters: {given} and file option: {python2.repr_(args.file)}")
    params = _from_file(args.file) if args.file else _from_words(args.method_args)
    if args.namespace not in _NAMESPACES:
        raise ClientError(f"'_Client' object has no attribute '{args.namespace}'")
    return call(args, f"{args.namespace}.{args.method}", params)


def _from_words(words: list[str]) -> dict[str, str]:
    params = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise UsageError(f"Invalid param {python2.repr_(word)}")
        params[name] = value
    return params


def _from_file(name: str) -> Any:
    try:
        if name == "-":
            text = sys.stdin.read()
        else:
            with open(name, encoding="utf-8") as file:
                text = file.read()
        if not text:
            raise UsageError("File is empty")
        return json.loads(text)
    except (OSError, ValueError) as error:
        raise UsageError(str(error)) from error


def call(args: argparse.Namespace, method: str, params: Any) -> Any:
    """Ask, and give back the result."""
    sent = {"jsonrpc": "2.0", "method": method, "params": params, "id": str(uuid.uuid4())}
    connection = http.client.HTTPConnection(args.host, args.port, timeout=args.timeout)
    try:
        connection.connect()
    except OSError as error:
        raise ClientError(
            f"Connection to {args.host}:{args.port} with use_tls={args.use_tls}, timeout={args.timeout} failed: {error}"
        ) from error
    # what comes from a file is unicode text in Python 2, what comes from the command line is not
    shown = python2.repr_(params, unicode_text=bool(args.file))
    try:
        connection.request("POST", "/", json.dumps(sent), {"Content-Type": "application/json"})
        answer = json.loads(connection.getresponse().read())
    except _TIMEOUTS as error:
        text = f"Request {method} with args {shown} timed out after {args.timeout} seconds"
        raise ClientError(text) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise ClientError(f"Request {method} with args {shown} failed: {error}") from error
    finally:
        connection.close()
    if "error" in answer:
        told = answer["error"]
        code, message = told["code"], told["message"]
        raise ClientError(f"Command {method} with args {shown} failed:\n(code={code}, message={message})")
    return answer["result"]
