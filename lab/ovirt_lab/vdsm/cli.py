# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""/usr/bin/vdsClient, of package vdsm-cli up to 4.19 (client/vdsClient.py@v4.19.20): the commands for containers,
with its output, its streams and its exit codes. It speaks XML-RPC; the connection is plain HTTP."""

from __future__ import annotations

import getopt
import os
import re
import sys
import xmlrpc.client
from collections.abc import Callable
from typing import Any

from . import config, python2
from .domxml import to_bool
from .site import KEY_FILE, Site

_FAILED = 255  # sys.exit(-1)


class Client:
    """A connection and its commands. Each command prints its result and returns Vdsm's status code, the exit code."""

    def __init__(self, server: Any, pretty: bool = True) -> None:
        self.server = server
        self.pretty = pretty

    def _show(self, answer: dict[str, Any]) -> int:
        status = answer["status"]
        if status["code"] != 0:
            print(status["message"])
        elif "vmList" in answer:
            _print_conf(answer["vmList"])
        elif "statsList" in answer:
            for stats in answer["statsList"]:
                _print_conf(stats)
        else:
            _print_dict(answer.get("info", status), self.pretty)
        return int(status["code"])

    def _say(self, answer: dict[str, Any]) -> int:
        print(answer["status"]["message"])
        return int(answer["status"]["code"])

    def get_caps(self, args: list[str]) -> int:
        """getVdsCaps"""
        return self._show(self.server.getVdsCapabilities())

    def get_hardware(self, args: list[str]) -> int:
        """getVdsHardwareInfo"""
        return self._show(self.server.getVdsHardwareInfo())

    def get_stats(self, args: list[str]) -> int:
        """getVdsStats"""
        return self._show(self.server.getVdsStats())

    def get_vm_stats(self, args: list[str]) -> int:
        """getVmStats <vmId> [key]"""
        answer = self.server.getVmStats(args[0])
        if len(args) > 1 and answer["status"]["code"] == 0:
            print(answer["statsList"][0][args[1]])
            return 0
        return self._show(answer)

    def get_all_vm_stats(self, args: list[str]) -> int:
        """getAllVmStats"""
        return self._show(self.server.getAllVmStats())

    def destroy(self, args: list[str]) -> int:
        """destroy <vmId>"""
        return self._say(self.server.destroy(args[0]))

    def shutdown(self, args: list[str]) -> int:
        """shutdown <vmId> <delay> <message> [reboot] [timeout] [force]"""
        vm_id, delay, message = args[:3]
        more: list[Any] = [to_bool(args[3])] if len(args) > 3 else []
        if len(args) > 4:
            more += [args[4], len(args) > 5 and to_bool(args[5])]
        return self._say(self.server.shutdown(vm_id, delay, message, *more))

    def reset(self, args: list[str]) -> int:
        """reset <vmId>"""
        return self._show(self.server.reset(args[0]))

    def show_list(self, args: list[str]) -> int:
        """list [table|long|ids] [vms:vmId1,vmId2]"""
        view = args[0] if args and not args[0].startswith("vms:") else "long"
        chosen = next((arg for arg in args if arg.startswith("vms:")), "vms:")
        wanted = [vm.strip() for vm in chosen.partition(":")[2].split(",") if vm.strip()]
        if chosen != "vms:" and not wanted:
            raise ValueError("Empty VMs list.")
        if view not in ("table", "long", "ids"):
            raise ValueError(f'Invalid argument "{view}".')
        answer = self.server.list(True, wanted)
        if answer["status"]["code"]:
            print(answer["status"]["message"])
            return 1
        for conf in answer["vmList"]:
            self._row(view, conf)
        return 0

    def _row(self, view: str, conf: dict[str, Any]) -> None:
        if view == "long":
            _print_conf(conf)
        elif view == "ids":
            print(conf["vmId"])
        else:
            pid, name = conf.get("pid", "none"), conf.get("vmName", "<< NO NAME >>")
            print(f"{conf['vmId']:<36} {pid:>6}  {name:<20} {conf['status']:<20} {'':<20}")

    def spm_status(self, args: list[str]) -> int:
        """getSpmStatus <spUUID>"""
        answer = self.server.getSpmStatus(args[0])
        if answer["status"]["code"]:
            print(answer["status"]["message"])
            return 1
        for key, value in answer["spm_st"].items():
            print(f"\t{key} = {value}")
        return 0

    def pools(self, args: list[str]) -> int:
        """getConnectedStoragePoolsList"""
        answer = self.server.getConnectedStoragePoolsList()
        if answer["status"]["code"]:
            print(answer["status"]["message"])
            return 1
        for pool in answer["poollist"]:
            print(pool)
        return 0


COMMANDS: dict[str, Callable[[Client, list[str]], int]] = {
    "getVdsCaps": Client.get_caps,
    "getVdsHardwareInfo": Client.get_hardware,
    "getVdsStats": Client.get_stats,
    "getVmStats": Client.get_vm_stats,
    "getAllVmStats": Client.get_all_vm_stats,
    "getSpmStatus": Client.spm_status,
    "getConnectedStoragePoolsList": Client.pools,
    "destroy": Client.destroy,
    "shutdown": Client.shutdown,
    "reset": Client.reset,
    "list": Client.show_list,
}


def _print_dict(values: dict[str, Any], pretty: bool) -> None:
    """Sorted; a value that takes several lines is indented under its key."""
    for key in sorted(values):
        shown = values[key]
        if pretty:
            shown = python2.pformat(shown).replace("\n", "\n\t" + " " * len(f"{key} = "))
        print(f"\t{key} = {shown}")


def _print_conf(conf: dict[str, Any]) -> None:
    if "vmId" in conf:
        print("\n" + conf["vmId"])
        if "status" in conf:
            print("\tStatus = " + conf["status"])
    for key, value in conf.items():
        if key not in ("vmId", "status"):
            print(f"\t{key} = {value}")


def _usage() -> None:
    print("Usage:  vdsClient [OPTIONS] <server> <command> [Command parameters]")
    print("\nOptions\n-h\tDisplay this help\n-s\tConnect to server with SSL.")
    print("-o, --oneliner\tShow the key-val information in one line.")
    print("\nCommands")
    for name in sorted(COMMANDS):
        print(f"{name}\n\t{COMMANDS[name].__doc__}")


def _address(server: str, site: Site) -> str:
    """host:port; "0" is this host (cannonizeHostPort, lib/vdsm/vdscli.py)."""
    own = config.load(site)
    port = own.get("addresses", "management_port")
    if server == "0":
        host = own.get("addresses", "management_ip")
        host = "localhost" if host == "::" else host
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    found = re.match(r"(?P<host>.+?)(:(?P<port>\d+))?$", server)
    return f"{found['host']}:{found['port'] or port}" if found else server


def main(argv: list[str]) -> int:
    """Run it."""
    site, pretty, secure = Site(), True, False
    try:
        options, args = getopt.getopt(argv, "hmso", ["help", "methods", "SSL", "truststore=", "oneliner"])
        for name, _ in options:
            if name in ("-h", "--help", "-m", "--methods"):
                _usage()
                return 0
            secure |= name in ("-s", "--SSL")
            pretty &= name not in ("-o", "--oneliner")
        if len(args) < 2:
            raise ValueError("Need at least two arguments")
        if args[1] not in COMMANDS:
            raise ValueError("Unknown command")
    except (getopt.GetoptError, ValueError) as error:
        print(f"ERROR - {error}")
        _usage()
        return _FAILED
    key = site.path(KEY_FILE)
    if secure and key.exists() and not os.access(key, os.R_OK):
        print(f"Exception: No permission to read file: {key}", file=sys.stderr)
        return _FAILED
    return _execute(_address(args[0], site), args[1], args[2:], pretty)


def _execute(address: str, command: str, args: list[str], pretty: bool) -> int:
    try:
        with xmlrpc.client.ServerProxy(f"http://{address}/RPC2") as server:
            return COMMANDS[command](Client(server, pretty), args)
    except (TypeError, IndexError, ValueError, AssertionError) as error:
        print("Error using command:", error, "\n")
        print(f"{command}\n\t{COMMANDS[command].__doc__}")
    except ConnectionRefusedError:
        print(f"Connection to {address} refused")
    except (OSError, xmlrpc.client.Error) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
    return _FAILED
