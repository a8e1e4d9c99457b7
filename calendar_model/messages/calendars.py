"""Sentences about calendars that go out to calendar programs (subscriptions) or come in from others."""

from __future__ import annotations

from collections.abc import Mapping

MESSAGES: Mapping[str, str] = {
    "calendar-of-another-person": (
        "An address of a calendar is made, changed and revoked by the person whose calendar it is."
    ),
    "calendar-handed-over": ("A calendar stays with the person who set it up; somebody else makes one of their own."),
    "calendar-restricted": "Choose public or internal: what is restricted passes through no calendar.",
    "subscription-bound": "An address stays what it was, and revoked once it is revoked. Make a new one.",
    "subscription-public-follow-ups": (
        "Your follow-ups are internal: make a subscription of the level internal to have them in it."
    ),
    "subscription-too-long": "Let the address end within two years; it can be renewed when it has ended.",
    "subscription-deleted": "An address is revoked, and not deleted: the history keeps that it was there.",
    "subscription-end-out-of-bounds": (
        "Let it end after today and within two years; it can be renewed when it has ended."
    ),
    "subscription-period-open": "Give the period its first and its last day.",
    "subscription-name-too-long": "Give it a name of at most {limit} letters.",
    "subscription-alarm-out-of-bounds": (
        "An alarm rings 1 to {limit} days before a deadline; leave it empty for none."
    ),
    "subscription-gone": "This address opens nothing any more: it was revoked. Make a new one.",
}
