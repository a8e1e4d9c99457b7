"""Sentences about subscriptions to this calendar, and about calendars followed from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping

from calendar_model.translation import N_

MESSAGES: Mapping[str, str] = {
    "calendar-of-another-person": (
        N_("Only the person whose calendar it is can create, change or revoke its address.")
    ),
    "calendar-handed-over": N_("A calendar cannot be transferred. The other person can set up their own."),
    "calendar-restricted": N_("Choose public or internal: restricted records are never in calendars."),
    "subscription-bound": N_("This address cannot be changed, and a revoked one cannot be restored. Create a new one."),
    "subscription-public-follow-ups": (
        N_("Your follow-ups are internal. Create an internal subscription to include them.")
    ),
    "subscription-too-long": N_("Choose an expiry date within two years; the address can be renewed when it expires."),
    "subscription-deleted": N_("An address cannot be deleted, only revoked; it stays in the history."),
    "subscription-end-out-of-bounds": (
        N_("Choose an expiry date after today and within two years; the address can be renewed when it expires.")
    ),
    "subscription-period-open": N_("Enter the first and last day of the period."),
    "subscription-name-too-long": N_("Enter a name of at most {limit} characters."),
    "subscription-alarm-out-of-bounds": (
        N_("Enter 1 to {limit} days before a deadline, or leave blank for no reminders.")
    ),
    "subscription-gone": N_("This address has been revoked. Create a new one."),
}
