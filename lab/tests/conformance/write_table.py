# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the table of SDK examples into lab/README.md: `python -m conformance.write_table` in lab/tests."""

from __future__ import annotations

import re
from pathlib import Path

from .example_cases import LEFT_OUT, RUN

README = Path(__file__).parents[2] / "README.md"
HEADING = "## The SDK's examples\n"


def main() -> None:
    """Replace everything after the heading, and the figures."""
    rows = {**dict.fromkeys(RUN, "runs"), **LEFT_OUT}
    lines = [f"| `{name}.py` | {what} |" for name, what in sorted(rows.items())]
    table = "\n".join(["| example | runs, or why it is left out |", "|---|---|", *lines])
    text = README.read_text(encoding="utf-8").split(HEADING)[0]
    text = re.sub(r"\d+ of \d+ scripts", f"{len(RUN)} of {len(rows)} scripts", text)
    README.write_text(f"{text}{HEADING}\n{table}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
