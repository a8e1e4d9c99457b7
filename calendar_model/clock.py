"""The only reader of the time: every other module asks here, so that the whole product can stand on any day.

The environment variable ``HRD_CALENDAR_TODAY`` names the day (``2028-02-29``) or the instant
(``2028-02-29T23:59:00+00:00``) on which it stands. The linter refuses any other reading of the time.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta

TODAY_VARIABLE = "HRD_CALENDAR_TODAY"
"""Environment variable that sets the day, or the instant, so that a screenshot or a test can be repeated."""


def today() -> date:
    """Return the day in UTC; raise ValueError as :func:`now` does."""
    return now().date()


def has_come(day: date) -> bool:
    """Return whether a day has begun somewhere on Earth, the earliest at UTC+14; raise ValueError as :func:`now` does.

    Days of records are those of the place: in Jakarta it is tomorrow for seven hours before it is in UTC.
    """
    return day <= (now() + timedelta(hours=14)).date()


def now() -> datetime:
    """Return the instant, aware and in UTC.

    With a day in ``HRD_CALENDAR_TODAY`` it is the machine's time of day on that day; with an instant (ISO 8601 with an
    offset) the time stands still there. Raises ValueError if the variable holds anything else.
    """
    fixed = os.environ.get(TODAY_VARIABLE)
    if not fixed:
        return machine_now()
    try:
        return datetime.combine(date.fromisoformat(fixed), machine_now().timetz())
    except ValueError:
        instant = datetime.fromisoformat(fixed)
    if instant.tzinfo is None:
        raise ValueError(f"{TODAY_VARIABLE} needs a UTC offset, as in 2028-02-29T12:00:00+00:00.")
    return instant.astimezone(UTC)


def machine_now() -> datetime:
    """Return the machine's own instant in UTC, whatever ``HRD_CALENDAR_TODAY`` says.

    Only for what is compared with other clocks: the dates of HTTP headers, and when files changed.
    """
    return datetime.now(UTC)
