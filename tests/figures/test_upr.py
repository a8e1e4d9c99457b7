"""The grid of a UPR cycle: a place for every state, and how each review stands."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest

from calendar_model.figures.upr import (
    ReviewState,
    cycle_counts,
    cycle_figure,
    cycle_of,
    cycle_summary,
    review_state,
    reviews_of_cycle,
    state_words,
    what_happened,
)
from calendar_model.reference import Reference
from calendar_model.translation import in_language


def grid(table: pd.DataFrame, reference: Reference, cycle: int, **changes: Any) -> go.Figure:
    reviews = reviews_of_cycle(table, "upr", cycle)
    given: dict[str, Any] = {"reference": reference, "theme": "light", "width": 1280}
    return cycle_figure(reviews, **{**given, **changes})


def items(figure: go.Figure, word: str) -> set[str]:
    found = next((t for t in figure.data if t.name.startswith(word)), None)
    return set() if found is None or found.customdata is None else {data[0] for data in found.customdata}


@pytest.mark.parametrize("cycle", [3, 4, 5])
def test_every_state_has_one_tile_and_no_two_share_a_place(
    table: pd.DataFrame, reference: Reference, cycle: int
) -> None:
    for width in (320, 1280):
        figure = grid(table, reference, cycle, width=width)
        tiles = [
            (x, y, data[0]) for t in figure.data for x, y, data in zip(t.base, t.y, t.customdata or (), strict=False)
        ]
        assert sorted(item[-3:] for _, _, item in tiles) == sorted(reference.states)
        assert len({(x, y) for x, y, _ in tiles}) == 193


def test_the_fourth_cycle_stands_as_the_reference_says(table: pd.DataFrame, reference: Reference) -> None:
    figure = grid(table, reference, 4)
    assert items(figure, "Rescheduled") == {"upr-4-MMR", "upr-4-UKR"}
    assert "upr-4-USA" in items(figure, "Not confirmed")
    assert cycle_counts(reviews_of_cycle(table, "upr", 4), reference) == {
        ReviewState.HELD: 165,
        ReviewState.NOT_CONFIRMED: 14,
        ReviewState.COMING: 12,
        ReviewState.MOVED: 2,
    }
    assert cycle_summary(reviews_of_cycle(table, "upr", 4), reference, 4) == (
        "4th cycle, 14 sessions, 193 States: 165 held, 14 not confirmed, 12 upcoming, 2 rescheduled or unconfirmed."
    )


def test_standing_is_told_by_pattern_and_words_not_by_colour_alone(table: pd.DataFrame, reference: Reference) -> None:
    looks = {t.name.partition(" (")[0]: t.marker.pattern.shape for t in grid(table, reference, 4).data}
    assert looks == {
        "Held": "",
        "Not confirmed": "/",
        "Upcoming": "",
        "Rescheduled or unconfirmed": "x",
        "Projected": ".",
        "Hidden by the filter": None,
    }


def test_the_next_cycle_is_expected_by_the_rhythm(table: pd.DataFrame, reference: Reference) -> None:
    assert cycle_counts(reviews_of_cycle(table, "upr", 5), reference) == {ReviewState.EXPECTED: 193}
    first = grid(table, reference, 5).layout.yaxis.ticktext[0]
    assert first == "<b>UPR55</b>  May–Nov 2027"


def test_what_the_filter_leaves_out_keeps_its_place_as_an_empty_tile(table: pd.DataFrame, reference: Reference) -> None:
    figure = grid(table, reference, 4, kept=frozenset({"upr-4-NOR"}))
    assert items(figure, "Held") == {"upr-4-NOR"}
    assert items(figure, "Rescheduled") == set()
    left_out = figure.data[-1]
    assert (left_out.name, left_out.text, left_out.hoverinfo) == ("Hidden by the filter (192)", None, "skip")


def test_hover_says_when_how_it_is_known_and_what_happened(table: pd.DataFrame, reference: Reference) -> None:
    hovers = {data[0]: data[1] for t in grid(table, reference, 4).data for data in t.customdata or ()}
    assert hovers["upr-4-USA"].split("<br>")[:4] == [
        "<b>UPR of United States of America, 4th cycle</b>",
        "UPR53, Nov 2026 (dates not set)",
        "Not confirmed",
        "Rescheduled from UPR50",
    ]
    assert hovers["upr-4-IND"].split("<br>")[1:4] == [
        "UPR41, Thu 10 Nov 2022",
        "Held",
        "Outcome adopted in HRC52, Mon 27 Mar 2023",
    ]


def test_what_happened_in_words(reference: Reference) -> None:
    listed = {r.code: r for r in reference.reviews}
    assert [what_happened(listed[f"upr-4-{code}"]) for code in ("USA", "MMR", "UKR", "NOR")] == [
        "Rescheduled from UPR50",
        "Postponed from UPR51",
        "Not held in UPR42",
        "",
    ]
    assert what_happened(None) == ""


def test_a_moved_review_that_was_held_counts_as_held(reference: Reference) -> None:
    moved = next(r for r in reference.reviews if r.code == "upr-4-USA")
    assert review_state("held", moved) is ReviewState.HELD
    assert review_state("provisional", moved) is ReviewState.MOVED
    assert review_state("projected", None) is ReviewState.EXPECTED


def test_the_state_of_a_review_is_in_the_language_of_its_reader() -> None:
    assert state_words(ReviewState.EXPECTED, "projected") == "Projected"
    assert state_words(ReviewState.COMING, "provisional") == "Upcoming, provisional"
    with in_language("nb"):
        assert state_words(ReviewState.EXPECTED, "projected") == "Beregnet"
        assert state_words(ReviewState.COMING, "provisional") == "Kommende, foreløpig"


def test_the_cycle_is_read_from_the_item() -> None:
    assert [cycle_of(item, "upr") for item in ("upr-4-USA", "upr-12-NOR", "session-UPR41", "upr-x-NOR")] == [
        4,
        12,
        None,
        None,
    ]


def test_no_reviews_make_an_empty_grid(table: pd.DataFrame, reference: Reference) -> None:
    figure = grid(table, reference, 99)
    assert [len(t.base) for t in figure.data] == [0] * 6
