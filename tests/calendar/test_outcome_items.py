"""The adoption of UPR outcomes as items."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from calendar_model.calendar.items import Item, reference_items
from calendar_model.reference import Reference
from calendar_model.vocabulary import Kind, Standing
from tests.day import TODAY


def items_of(reference: Reference, as_of: date = TODAY) -> dict[str, Item]:
    return {item.item: item for item in reference_items(reference, as_of, date(2028, 12, 31))}


def test_each_outcome_with_a_day_is_an_item_of_the_session_that_adopts(reference: Reference) -> None:
    items = items_of(reference)
    dated = [row for row in reference.reviews if row.outcome_date]
    assert dated
    for row in dated:
        item = items[f"outcome-{row.code}"]
        assert (item.start, item.session, item.countries) == (row.outcome_date, row.outcome_session, (row.country,))
        assert (item.body, item.kind) == (reference.sessions[row.outcome_session].body, Kind.MILESTONE)
        assert (item.related_to, item.standing) == (row.code, Standing.HELD)


def test_an_outcome_without_a_day_is_no_item(reference: Reference) -> None:
    items = items_of(reference)
    assert not [row.code for row in reference.reviews if not row.outcome_date and f"outcome-{row.code}" in items]


def test_an_outcome_to_come_is_confirmed_until_its_day(reference: Reference) -> None:
    coming = TODAY + timedelta(days=100)
    rows = tuple(
        row.model_copy(update={"outcome_session": "HRC64", "outcome_date": coming}) if row.code == "upr-4-NOR" else row
        for row in reference.reviews
    )
    changed = replace(reference, reviews=rows)
    assert items_of(changed)["outcome-upr-4-NOR"].standing is Standing.CONFIRMED
    assert items_of(changed, coming + timedelta(days=1))["outcome-upr-4-NOR"].standing is Standing.HELD
