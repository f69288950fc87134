# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls kcli's oVirt provider, each time with a new one as every command of kcli has.

kcli_steps.py HOST:PORT PASSWORD CA_FILE STEPS     steps are JSON: [[method, [arguments], {keywords}], ...]

The command `kcli` itself cannot be used: it takes an address with a port for one of IPv6. Waits are 60 times shorter.
The last line is what the methods returned, as JSON; one that raised is {"error": its text}.
"""

import json
import sys
import time

_sleep = time.sleep
time.sleep = lambda seconds: _sleep(max(0.02, seconds / 60))

from kvirt.providers.ovirt import KOvirt  # noqa: E402

address, password, ca_file, steps = sys.argv[1:]
results = []
for method, arguments, keywords in json.loads(steps):
    provider = KOvirt(address, user="admin@internal", password=password, insecure=False, ca_file=ca_file, org="Lab")
    filters = {name: keywords.pop(name) for name in ("filtervms", "filteruser", "filtertag") if name in keywords}
    for name, value in filters.items():
        setattr(provider, name, value)
    if method == "sleep":
        results.append(time.sleep(*arguments))
        continue
    try:
        results.append(getattr(provider, method)(*arguments, **keywords))
    except Exception as error:
        results.append({"error": str(error)})
    finally:
        provider.conn.close()
print()
print(json.dumps(results, default=str))
