"""Adoptions of UPR outcomes by the Council, each as an item.

Only those with a known date. Upcoming adoptions are one milestone of their session, because their order is set a few
weeks before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from calendar_model.reference import Reference
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Confidence, Kind, Precision, Standing

if TYPE_CHECKING:
    from datetime import date

    from calendar_model.calendar.items import Item


def adoption_items(reference: Reference, reviews: Iterable[Item], as_of: date) -> Iterator[Item]:
    """Yield the adoption of each outcome with a date, from the items of the ``reviews``.

    It has the body, place and session of the adoption, and is related to its review.
    """
    items = {item.item: item for item in reviews}
    for row in reference.reviews:
        review = items.get(row.code)
        session = reference.sessions.get(row.outcome_session)
        if review is None or session is None or row.outcome_date is None:
            continue
        seat = reference.organisations[session.body]
        past = row.outcome_date < as_of
        recalled = "outcome_date" in row.recalled_fields or row.confidence is Confidence.RECALLED
        yield replace(
            review,
            item=f"outcome-{row.code}",
            title=_("Adoption of the UPR outcome of {state}").format(state=reference.states[row.country].name),
            kind=Kind.MILESTONE,
            body=session.body,
            session=session.code,
            start=row.outcome_date,
            end=row.outcome_date,
            date_precision=Precision.DAY,
            earliest=None,
            latest=None,
            standing=Standing.HELD if past else Standing.CONFIRMED,
            confidence=Confidence.RECALLED if recalled else Confidence.SOURCED,
            basis=_("Unsourced date of adoption.") if recalled else _("The date of adoption is from the source."),
            timezone=seat.timezone,
            location=seat.seat_city,
            description=f"{row.outcome_decision}." if row.outcome_decision else "",
            related_to=row.code,
            updated=max(row.updated, row.outcome_date + timedelta(days=1)) if past else row.updated,
            cycle="",
        )
