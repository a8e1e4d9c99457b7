"""Sentences about the digest by e-mail."""

from __future__ import annotations

from collections.abc import Mapping

from calendar_model.translation import N_

MESSAGES: Mapping[str, str] = {
    "mail-of-sample": N_("Mail goes to real users only. Select your own name first."),
    "mail-without-day": N_("Choose at least one day."),
    "mail-on-several-days": N_("Choose one day for a weekly digest."),
    "mail-without-zone": N_("Choose a time zone."),
    "mail-no-address": N_("Enter one e-mail address, such as name@example.org."),
    "mail-not-confirmed": N_("An address is confirmed by the link that is mailed to it. Save it first."),
    "mail-not-chosen": N_("This user has not chosen a digest. It is switched on in Settings."),
    "mail-asked-lately": N_("A message was sent a moment ago. Wait {minutes} minutes before you ask for another."),
}
