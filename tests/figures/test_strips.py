"""The strips: what is filled, what is hollow, what was not tabled, and the numbers of the votes."""

from __future__ import annotations

import itertools
import re
from datetime import date
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest

from calendar_model.calendar import Filter, build_table, horizon
from calendar_model.figures.strips import difference_of_views, other_view, strip_figure, strip_summary
from calendar_model.reference import Reference
from tests.day import TODAY
from tests.feeds.tables import table_of


def strip(table: pd.DataFrame, reference: Reference, track: str, **changes: Any) -> go.Figure:
    given: dict[str, Any] = {
        "reference": reference,
        "track": track,
        "as_of": TODAY,
        "first_year": 1999,
        "last_year": 2036,
        "theme": "light",
        "width": 1280,
    }
    return strip_figure(table, **{**given, **changes})


def trace(figure: go.Figure, name: str) -> Any:
    return next(t for t in figure.data if t.name == name)


def symbols(figure: go.Figure) -> dict[str, str]:
    texts = trace(figure, "texts")
    return {data[0]: symbol for data, symbol in zip(texts.customdata, texts.marker.symbol, strict=True)}


def test_adopted_is_filled_due_is_hollow_and_what_did_not_come_is_crossed(
    table: pd.DataFrame, reference: Reference
) -> None:
    found = symbols(strip(table, reference, "ga-resolution", first_year=2019))
    assert found == {
        "ga-resolution-GA74": "diamond",
        "ga-resolution-GA76": "diamond",
        "ga-resolution-GA78": "diamond",
        "ga-resolution-GA80": "diamond-x-open",
        "ga-resolution-GA81": "diamond-open",
        "ga-resolution-GA84": "diamond-open",
        "ga-resolution-GA87": "diamond-open",
        "ga-resolution-GA90": "diamond-open",
    }


def test_only_what_is_due_without_a_day_has_a_dotted_window_at_its_true_width(
    table: pd.DataFrame, reference: Reference
) -> None:
    assert len(trace(strip(table, reference, "hrc-resolution"), "window").base) == 0
    window = {"item": "hrc-resolution-HRC67", "kind": "resolution", "track": "hrc-resolution", "standing": "projected"}
    days = {"start": "2028-02-01", "end": "2028-04-30", "date_precision": "month"}
    without_days = table_of([window | days])
    windows = trace(strip(without_days, reference, "hrc-resolution"), "window")
    assert (list(windows.base), [ms / 86_400_000 for ms in windows.x]) == (["2028-02-01"], [90])
    assert (windows.marker.pattern.shape, windows.width) == ("|", 2.5)


def test_a_text_that_is_due_has_its_mark_on_the_expected_day(table: pd.DataFrame, reference: Reference) -> None:
    texts = trace(strip(table, reference, "ga-resolution"), "texts")
    days = {data[0]: day for data, day in zip(texts.customdata, texts.x, strict=True)}
    expected = table.loc[table["item"] == "ga-resolution-GA81", "start"].iloc[0]
    assert days["ga-resolution-GA81"] == expected.date().isoformat()


@pytest.mark.parametrize(
    ("track", "votes"),
    [
        ("hrc-resolution", {"hrc-resolution-HRC31": (33, 8, 6), "hrc-resolution-HRC49": (39, 8, 0)}),
        ("ga-resolution", {"ga-resolution-GA70": (127, 41, 14)}),
        ("sr-mandate", {"sr-mandate-CHR56": (50, 3, 0)}),
    ],
)
def test_a_recorded_vote_is_a_bar_in_the_shares_of_the_votes(
    table: pd.DataFrame, reference: Reference, track: str, votes: dict[str, tuple[int, int, int]]
) -> None:
    figure = strip(table, reference, track)
    parts = [trace(figure, name) for name in ("for", "abstaining", "against")]
    items = [data[0] for data in parts[0].customdata]
    assert {item: tuple(part.customdata[i][2] for part in parts) for i, item in enumerate(items)} == votes
    for i, item in enumerate(items):
        shares = [part.y[i] / sum(other.y[i] for other in parts) for part in parts]
        assert shares == pytest.approx([count / sum(votes[item]) for count in votes[item]])
        # Each part stands on the one before: its foot is the top of that one.
        assert parts[1].base[i] + parts[1].y[i] == pytest.approx(parts[0].base[i])
        assert parts[2].base[i] + parts[2].y[i] == pytest.approx(parts[1].base[i])


def test_consensus_is_one_line_and_nothing_is_counted(table: pd.DataFrame, reference: Reference) -> None:
    stems = trace(strip(table, reference, "hrc-resolution"), "consensus")
    assert [data[0] for data in stems.customdata[::3]] == [
        "hrc-resolution-HRC13",
        "hrc-resolution-HRC22",
        "hrc-resolution-HRC40",
        "hrc-resolution-HRC58",
    ]


def test_hover_says_what_when_how_and_the_vote_in_words(table: pd.DataFrame, reference: Reference) -> None:
    texts = trace(strip(table, reference, "hrc-resolution"), "texts")
    hovers = dict(texts.customdata)
    assert hovers["hrc-resolution-HRC31"].split("<br>")[1:3] == [
        "Thu 24 Mar 2016, adopted",
        "Adopted by vote, 33 for, 6 against, 8 abstaining",
    ]
    expected = hovers["hrc-resolution-HRC67"].split("<br>")[1].replace("\xa0", " ")
    assert re.fullmatch(r"expected Mon 3 Apr 2028 ± \d+ days, projected", expected)


def test_the_guidelines_have_a_row_only_where_they_part_from_the_practice(
    table: pd.DataFrame, reference: Reference
) -> None:
    rows = trace(strip(table, reference, "ga-resolution"), "guidelines")
    assert list(zip((day[:7] for day in rows.x), rows.marker.symbol, strict=True)) == [
        ("2025-12", "diamond-x-open"),
        ("2027-12", "diamond-open"),
        ("2029-12", "diamond-open"),
        ("2031-12", "diamond-open"),
        ("2033-12", "diamond-open"),
        ("2035-12", "diamond-open"),
    ]
    assert list(trace(strip(table, reference, "hrc-resolution"), "guidelines").x) == []
    assert other_view(reference, "sr-mandate", TODAY, date(2036, 12, 31)) == ()


def test_the_interval_line_steps_where_the_cadence_changed(table: pd.DataFrame, reference: Reference) -> None:
    figure = strip(table, reference, "ga-resolution")
    line = trace(figure, "interval, practice")
    assert list(line.x) == ["1999-01-01", "2006-12-31", "2007-01-01", "2024-12-31", "2025-01-01", "2036-12-31"]
    assert line.y[0] == line.y[1] < line.y[2] == line.y[3] < line.y[4] == line.y[5]
    assert list(trace(figure, "interval, guidelines").x) == ["2025-01-01", "2036-12-31"]
    assert list(trace(figure, "interval in words").text) == [
        "every year",
        "every second year",
        "every third year",
        "guidelines: every second year",
    ]
    assert list(trace(strip(table, reference, "hrc-resolution"), "interval, guidelines").x) == []


def test_where_the_views_part_is_said_with_the_reason(reference: Reference) -> None:
    until = horizon(TODAY)
    assert difference_of_views(reference, "ga-resolution", TODAY, until) == (
        "Guidelines and practice differ since 2025. The guidelines say every second year: GA80, Nov–Dec 2025 (not tabled) and "
        "GA82, expected Thu 16 Dec 2027. In practice the text is tabled every third year: GA81, expected "
        "Tue 15 Dec 2026. "
        "No defenders text in 2025: Norway moved the Third Committee resolution to a three-year cycle."
    )
    assert difference_of_views(reference, "hrc-resolution", TODAY, until) == (
        "Guidelines and practice agree: every third year."
    )
    assert difference_of_views(reference, "no-such-track", TODAY, until) == ""


def test_before_the_change_the_views_agreed(reference: Reference) -> None:
    day = date(2024, 6, 1)
    assert other_view(reference, "ga-resolution", day, horizon(day)) == ()
    assert difference_of_views(reference, "ga-resolution", day, horizon(day)) == (
        "Guidelines and practice agree: every second year."
    )


def test_the_strip_shows_what_the_filter_keeps_and_no_more(table: pd.DataFrame, reference: Reference) -> None:
    kept = Filter.from_params([("q", "environmental")], reference).apply(table, reference)
    assert symbols(strip(kept, reference, "hrc-resolution")) == {"hrc-resolution-HRC40": "diamond"}


@pytest.mark.parametrize("width", [320, 640, 1280])
def test_labels_never_cover_each_other(table: pd.DataFrame, reference: Reference, width: int) -> None:
    figure = strip(table, reference, "ga-resolution", width=width)
    labels = trace(figure, "labels")
    plot = width - figure.layout.margin.l - figure.layout.margin.r
    span = (date(2037, 1, 1) - date(1999, 1, 1)).days
    rows: dict[float, list[tuple[float, float]]] = {}
    for x, y, text in zip(labels.x, labels.y, labels.text, strict=True):
        middle = (date.fromisoformat(x) - date(1999, 1, 1)).days / span * plot
        plain = text.replace("<i>", "").replace("</i>", "").replace("<s>", "").replace("</s>", "")
        rows.setdefault(y, []).append((middle - len(plain) * 2.7, middle + len(plain) * 2.7))
    assert len(labels.x) > 0
    for spans in rows.values():
        spans.sort()
        assert all(one[1] <= other[0] for one, other in itertools.pairwise(spans))


def test_a_title_that_looks_like_markup_stays_text(reference: Reference) -> None:
    table = build_table(reference, TODAY, horizon(TODAY))
    table["title"] = "<b>bold</b> & more"
    texts = trace(strip(table, reference, "hrc-resolution"), "texts")
    assert {data[1].split("<br>")[0] for data in texts.customdata} == {"<b>&lt;b&gt;bold&lt;/b&gt; &amp; more</b>"}


def test_the_summary_counts_and_names_the_next(table: pd.DataFrame, reference: Reference) -> None:
    guidelines = strip_summary(table, reference=reference, track="ga-resolution", first_year=1999, last_year=2036)
    assert guidelines == (
        "General Assembly resolution on human rights defenders, 1999 to 2036: 16 adopted, 1 of them by vote, 4 due, "
        "2 not tabled. Next: GA81, expected Tue 15 Dec 2026 ±\u00a08\u00a0days."
    )
