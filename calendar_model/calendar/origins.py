"""The reference row behind a calendar item, or its future row if the item is projected."""

from __future__ import annotations

from collections.abc import Mapping

from calendar_model.cycles import edition_code
from calendar_model.reference import Reference
from calendar_model.reference.rows import MandateHolder, Meeting, MilestoneDate, Observance, Resolution, Review, Session
from calendar_model.vocabulary import Kind


def text_item(row: Resolution) -> str:
    """Return the identifier of a text: the one under which it was published, or by track and session as projected."""
    return row.published_as or (f"{row.track}-{row.session}" if row.track else f"resolution-{row.code}")


class Origins:
    """Finds the file and the key of an item's row in a reference."""

    def __init__(self, reference: Reference) -> None:
        self._milestones = sorted(reference.milestones, key=len, reverse=True)
        self._observances = {row.code for row in reference.observances}
        self._rows: Mapping[str, tuple[str, str]] = {
            **{text_item(row): (Resolution.FILE, row.code) for row in reference.resolutions},
            **{
                edition_code(reference.recurring_meetings[row.meeting], row.year, row.slot): (
                    Meeting.FILE,
                    row.code,
                )
                for row in reference.meetings
            },
        }

    def of(
        self, item: str, kind: str, *, session: str = "", countries: str = "", related_to: str = ""
    ) -> tuple[str, str] | None:
        """Return file and key of an item's row, from columns of the calendar table.

        The file does not have the key of a projected item yet. Returns None for an item without a row: a text that is
        due, or one of the mission's own events.
        """
        if item in self._rows:
            return self._rows[item]
        if kind == Kind.SESSION or item == f"close-{session}":
            return Session.FILE, session
        if kind == Kind.UPR_REVIEW:
            return Review.FILE, item
        if kind == Kind.MEETING and not item.startswith("event-"):
            return Meeting.FILE, item
        if kind == Kind.MANDATE_HOLDER:
            return MandateHolder.FILE, item.removeprefix("holder-")
        if kind == Kind.OBSERVANCE:
            code = item.rpartition("-")[0]
            return (Observance.FILE, code) if code in self._observances else None
        return self._set_by_hand(item, session, countries, related_to) if item.startswith("deadline-") else None

    def _set_by_hand(self, item: str, session: str, countries: str, related_to: str) -> tuple[str, str] | None:
        of = item.removeprefix("deadline-")
        milestone = next((code for code in self._milestones if of.startswith(f"{code}-")), None)
        subject = session or related_to
        if milestone is None or not subject:
            return None
        return MilestoneDate.FILE, f"{milestone} {subject} {countries}".rstrip()
