"""A week of digests for five people in three zones, against a list that was typed by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from calendar_model.clock import TODAY_VARIABLE
from calendar_model.mails import sending
from calendar_model.mission.digest import choice
from calendar_model.terms import MailRhythm
from tests.mails.mail_server import Inbox
from tests.mails.people import with_digest

EXPECTED = [
    # Who, and when by their own clock. Auckland is 13 hours ahead of UTC, Oslo one, New York five behind.
    ("amina@example.org", "Mon 2026-11-23 07:00"),
    ("chen@example.org", "Mon 2026-11-23 18:00"),
    ("boris@example.org", "Mon 2026-11-23 08:00"),
    ("esi@example.org", "Tue 2026-11-24 00:00"),
    ("amina@example.org", "Tue 2026-11-24 07:00"),
    ("esi@example.org", "Wed 2026-11-25 00:00"),
    ("amina@example.org", "Wed 2026-11-25 07:00"),
    ("boris@example.org", "Wed 2026-11-25 08:00"),
    ("esi@example.org", "Thu 2026-11-26 00:00"),
    ("amina@example.org", "Thu 2026-11-26 07:00"),
    ("dana@example.org", "Thu 2026-11-26 23:00"),
    ("esi@example.org", "Fri 2026-11-27 00:00"),
    ("amina@example.org", "Fri 2026-11-27 07:00"),
    ("boris@example.org", "Fri 2026-11-27 08:00"),
    ("esi@example.org", "Sat 2026-11-28 00:00"),
]


def test_a_week_for_five_people_in_three_zones(server: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    zones = {}
    people: dict[str, dict[str, Any]] = {
        "Amina": {"hour": 7, "timezone": "Europe/Oslo"},
        "Boris": {"hour": 8, "timezone": "America/New_York", "workdays": (1, 3, 5)},
        "Chen": {"hour": 18, "timezone": "Pacific/Auckland", "workdays": (1,), "rhythm": MailRhythm.WEEKLY},
        "Dana": {"hour": 23, "timezone": "Europe/Oslo", "workdays": (4,), "rhythm": MailRhythm.WEEKLY},
        "Esi": {"hour": 0, "timezone": "Pacific/Auckland", "workdays": (2, 3, 4, 5, 6)},
    }
    for name, chosen in people.items():
        who = with_digest(name, **chosen)
        zones[choice.must_have_chosen(who).settings.address] = str(chosen["timezone"])
    began = datetime(2026, 11, 22, 12, tzinfo=UTC)
    sent: list[tuple[str, str]] = []
    for half_hours in range(7 * 48):
        at = began + timedelta(minutes=30) * half_hours
        monkeypatch.setenv(TODAY_VARIABLE, at.isoformat())
        before = len(server.recipients)
        sending.send_due()
        sent += [
            (one, f"{at.astimezone(ZoneInfo(zones[one])):%a %Y-%m-%d %H:%M}") for one in server.recipients[before:]
        ]
    by_instant = [(one, when) for one, when in EXPECTED]
    assert sorted(sent) == sorted(by_instant)
    assert [when for one, when in sent if one == "amina@example.org"] == [
        w for o, w in EXPECTED if o.startswith("amina")
    ]
