"""Reviews of the UPR in words, and what is due before them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from calendar_model import wording
from calendar_model.calendar import listed_when
from calendar_model.figures.upr import cycle_of, review_state, state_words, what_happened
from calendar_model.reference.rows import Review
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Kind, Standing
from pages.components.shell.context import PageContext
from pages.components.widgets import labels

OURS = ("recommending State",)
"""Whose steps before a review are ours."""


def reviews_of_session(table: pd.DataFrame, session: str) -> pd.DataFrame:
    """The reviews of one session in a calendar table."""
    return table[((table["session"] == session) & (table["kind"] == Kind.UPR_REVIEW)).to_numpy()]


def reviews_frame(reviews: pd.DataFrame, context: PageContext, track: str) -> pd.DataFrame:
    """Reviews of the calendar table as a list for people, in the same order."""
    listed = {r.code: r for r in context.reference.reviews}
    rows = [review_words(row, listed.get(row["item"]), context, track) for row in reviews.to_dict("records")]
    columns = [
        _("State"),
        _("Cycle"),
        _("Session"),
        _("Review"),
        _("Status"),
        _("Change"),
        _("Outcome session"),
        _("Outcome adopted"),
        _("Decision"),
        _("Basis"),
        _("Source"),
    ]
    return pd.DataFrame(rows, columns=columns)


def review_words(row: Any, review: Review | None, context: PageContext, track: str) -> tuple[str, ...]:
    """A review in words, in the order of the columns of :func:`reviews_frame`."""
    day = listed_when(row, as_of=context.today)
    stands = state_words(review_state(row["standing"], review), row["standing"])
    return (
        labels.state_name(row["countries"], context.reference),
        str(cycle_of(row["item"], track) or ""),
        row["session"],
        day,
        stands,
        what_happened(review),
        review.outcome_session if review else "",
        wording.day(review.outcome_date) if review and review.outcome_date else "",
        review.outcome_decision if review else "",
        row["basis"],
        row["source_url"],
    )


def due_before(session: str, context: PageContext) -> pd.DataFrame:
    """Coming deadlines and milestones of a session or its reviews: rows of the calendar table, in order."""
    table = context.table
    reviews = set(reviews_of_session(table, session)["item"])
    near = table["related_to"].isin({f"session-{session}", *reviews}) & table["kind"].isin(
        (Kind.DEADLINE, Kind.MILESTONE)
    )
    near &= (table["end"] >= pd.Timestamp(context.today)) & (table["standing"] != Standing.CANCELLED)
    return table[near.to_numpy()].sort_values(["start", "end"], kind="stable")
