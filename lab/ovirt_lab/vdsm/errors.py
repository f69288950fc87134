# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The errors that Vdsm answers with (lib/vdsm/common/exception.py@v4.19.20), and libvirt's error."""

from __future__ import annotations

from typing import Any

DONE = {"code": 0, "message": "Done"}


class VdsmError(Exception):
    """An answer that is not a success."""

    code = 16
    message = "Unexpected exception"

    def __init__(self, message: str = "") -> None:
        self.message = message or type(self).message
        super().__init__(self.message)

    def response(self) -> dict[str, Any]:
        """The answer in Vdsm's own form."""
        return {"status": {"code": self.code, "message": self.message}}


class UnexpectedError(VdsmError):
    """Code 16."""


class NoSuchVM(VdsmError):
    """Code 1."""

    code = 1
    message = "Virtual machine does not exist"


class VMExists(VdsmError):
    """Code 4; also for a shutdown that cannot reach the guest."""

    code = 4
    message = "Virtual machine already exists"


class CannotCreateVM(VdsmError):
    """Code 9."""

    code = 9
    message = "Error creating the requested VM"


class MissingParameter(VdsmError):
    """Code 11."""

    code = 11
    message = "Missing required parameter"


class VMDestroyFailed(VdsmError):
    """Code 42."""

    code = 42
    message = "Virtual machine destroy error"


class MethodNotImplemented(VdsmError):
    """Code 44."""

    code = 44
    message = "Not implemented"


class RecoveryInProgress(VdsmError):
    """Code 99: the answer to all calls until the running VMs are recovered."""

    code = 99
    message = "Recovering from crash or Initializing"


class LibvirtError(Exception):
    """libvirtError, as a container domain raises it for nearly everything (virt/containers/errors.py)."""

    def __init__(self, message: str = "operation not supported") -> None:
        super().__init__(message)


class NoDomain(LibvirtError):
    """VIR_ERR_NO_DOMAIN."""

    def __init__(self) -> None:
        super().__init__("Domain not found")


class NotAvailable(RuntimeError):
    """There is no container code on this host (containersconnection.py)."""


class CommandFailed(Exception):
    """A command ended with another code than 0. Its text is the list of lines of stderr, as Python 2 prints a list:
    virt/containers/command.py@v4.19.20 passes it on like that."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__(str(lines))


class ConfigError(Exception):
    """Something is missing in the domain XML; the text names it (virt/containers/xmlfile.py)."""


class DestroyedOnStartup(Exception):
    """A VM was destroyed while it was being started. The Engine never sees this."""
