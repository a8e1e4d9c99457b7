"""Persons who get digests."""

from __future__ import annotations

from datetime import date

from calendar_model.access.permissions import OPERATOR, Viewer, member
from calendar_model.mission.digest import choice
from calendar_model.mission.digest.choice import MailSettings
from calendar_model.mission.transactions import save
from calendar_model.store.models import Engagement, FollowUp, Person
from calendar_model.terms import EngagementForm, EngagementKind, MailRhythm

WEEKDAYS = (1, 2, 3, 4, 5)


def with_mail(who: Viewer, address: str, **chosen: object) -> Viewer:
    """A person who has chosen a daily digest at 07:00 in Oslo, or something else, and confirmed the address."""
    usual = {"rhythm": MailRhythm.DAILY, "workdays": WEEKDAYS, "hour": 7, "timezone": "Europe/Oslo", "language": "en"}
    choice.save_choice(who, MailSettings(**{**usual, "address": address, **chosen}))  # type: ignore[arg-type]
    assert choice.confirm_address(choice.ask_confirmation(who))
    return who


def with_digest(
    name: str, *, task: str = "Call the embassy", due: date = date(2026, 11, 20), **chosen: object
) -> Viewer:
    """A new person who gets digests at NAME@example.org, with a follow-up that is late from its day on."""
    who = member(save(OPERATOR, Person, {"name": name}))
    with_mail(who, f"{name.lower()}@example.org", **chosen)
    if task:
        met = {"engagement_kind": EngagementKind.CONSULTED, "on": date(2026, 11, 2), "form": EngagementForm.ONLINE}
        record = save(who, Engagement, {"title": f"Meeting of {name}", **met})
        save(who, FollowUp, {"record_id": record, "what": task, "due": due, "owner_id": who.person_id})
    return who
