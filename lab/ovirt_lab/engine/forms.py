# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The text of dates and numbers as a real Engine writes it, where the SDK's writers give another one.

The SDK writes a date with six digits behind the second or with none, and a whole decimal number with `.0`. The Engine
writes three digits, and `Z` where it runs in UTC, as here: XMLGregorianCalendar of a java.util.Date. A whole BigDecimal
has no fraction.
"""

from __future__ import annotations

from collections.abc import Callable


def date(text: str) -> str:
    """A date and time of the SDK, `2026-01-01T00:00:00[.123456]+00:00`, with three digits of milliseconds."""
    seconds, rest = text[:19], text[19:]
    fraction = ""
    if rest.startswith("."):
        end = next((at for at, letter in enumerate(rest[1:], 1) if not letter.isdigit()), len(rest))
        fraction, rest = rest[1:end], rest[end:]
    return f"{seconds}.{fraction[:3]:0<3}{'Z' if rest in ('', '+00:00') else rest}"


def number(text: str) -> str:
    """A number without `.0` at its end."""
    return text.removesuffix(".0")


def whole(text: str) -> str:
    """A number without its fraction: the speed of a host's CPU, of which Vdsm tells thousandths of a MHz."""
    return str(round(float(text)))


#: Elements that are dates, xs:dateTime in ovirt-engine-api.xsd; lab/tests/test_json.py compares them with it.
DATES = (
    "creation_date", "creation_time", "date", "end_time", "issued", "last_cinder_backup", "last_db_backup",
    "last_dwh_backup", "last_engine_backup", "last_grafana_backup", "last_keycloak_backup", "last_updated",
    "modification_date", "start_time", "stop_time", "time",
)  # fmt: skip
_NUMBERS = ("datum", "memory_limit", "memory_usage")

#: What to do with the text of an element, by its tag. Each of these tags has one type wherever it occurs.
FORMS: dict[str, Callable[[str], str]] = {
    **dict.fromkeys(DATES, date),
    **dict.fromkeys(_NUMBERS, number),
    "speed": whole,
}
