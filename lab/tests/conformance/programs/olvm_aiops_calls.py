# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls the operations of olvm-aiops, which its commands and tools are made of.

olvm_aiops_calls.py URL PASSWORD CA_FILE CALLS     calls are JSON: [[module, function, {keywords}], ...]

Its command line is not used, because that needs the 60 MB of its MCP server. The last line is what the functions
returned, as JSON; one that raised is {"error": its text}.
"""

import importlib
import json
import os
import sys

from olvm_aiops.config import TargetConfig
from olvm_aiops.connection import OlvmConnection

url, password, ca_file, calls = sys.argv[1:]
os.environ["OLVM_LAB_PASSWORD"] = password
results = []
connection = OlvmConnection(TargetConfig("lab", url, "admin@internal", ca_file=ca_file))
for module, function, keywords in json.loads(calls):
    operation = getattr(importlib.import_module(f"olvm_aiops.ops.{module}"), function)
    try:
        results.append(operation(connection, **keywords))
    except Exception as error:
        results.append({"error": f"{type(error).__name__}: {error}"})
print(json.dumps(results, default=str))
