"""The dot plot of the record: what is filled, what is hollow, how far a mark is from its line."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import plotly.graph_objects as go
import pytest

from calendar_model.cycles.record import Forecasted, ForecastTrial
from calendar_model.figures.coverage import WARNING
from calendar_model.figures.palette import INKS, ThemeName, contrast
from calendar_model.figures.record import record_figure, record_summary


def trial(
    year: int, error: int | None, *, series: str = "spring", width: int = 7, is_held: bool = True
) -> ForecastTrial:
    day = date(year, 3, 10)
    expected = None if error is None else day - timedelta(days=error)
    return ForecastTrial(
        kind=Forecasted.SESSION,
        body="a-body",
        series=series,
        name=f"The {series} session",
        item=f"S{year}",
        year=year,
        stood_on=date(year - 1, 3, 31),
        actual=day,
        is_held=is_held,
        expected=expected,
        earliest=expected and expected - timedelta(days=width),
        latest=expected and expected + timedelta(days=width),
        rule="on the second Monday of March" if expected else "",
    )


TRIALS = (
    trial(2020, None),
    trial(2021, 0),
    trial(2022, 7),
    trial(2023, -7),
    trial(2024, 60),
    trial(2027, 3, is_held=False),
    trial(2022, 0, series="autumn"),
    trial(2023, None, series="rare"),
)


def marks(figure: go.Figure) -> dict[str, Any]:
    return {t.name.partition(" (")[0]: t for t in figure.data if t.name != "intervals"}


def items(trace: Any) -> list[str]:
    return [data[0] for data in trace.customdata or ()]


def test_each_outcome_has_its_form_and_its_count() -> None:
    figure = record_figure(TRIALS, "light", 1280)
    found = marks(figure)
    assert {name: items(trace) for name, trace in found.items()} == {
        "On the expected day": ["S2021", "S2022"],
        "Inside the interval": ["S2022", "S2023"],
        "Outside the interval": ["S2024"],
        "No day expected": ["S2020"],
    }
    assert [trace.marker.symbol for trace in found.values()] == ["circle", "circle", "diamond", "x-thin"]
    assert [t.name for t in figure.data][1] == "On the expected day (2)"


def test_later_is_above_the_line_and_earlier_below_it() -> None:
    figure = record_figure(TRIALS, "light", 1280)
    middle = figure.layout.shapes[0].y0
    later, earlier = marks(figure)["Inside the interval"].y
    assert later < middle < earlier  # the axis points down
    assert middle - later == pytest.approx(earlier - middle)
    assert list(marks(figure)["Inside the interval"].text) == ["+7", "−7"]


def test_a_large_error_stays_in_its_band_and_says_how_far() -> None:
    figure = record_figure(TRIALS, "light", 1280)
    (far,) = marks(figure)["Outside the interval"].y
    assert far > 0
    assert list(marks(figure)["Outside the interval"].text) == ["+60"]


def test_what_is_only_announced_and_what_was_never_expected_is_left_out() -> None:
    figure = record_figure(TRIALS, "light", 1280)
    assert list(figure.layout.xaxis.tickvals) == [2020, 2021, 2022, 2023, 2024]
    assert len(figure.layout.shapes) == 2


def test_the_interval_is_drawn_from_its_first_to_its_last_day() -> None:
    figure = record_figure((trial(2021, 0),), "light", 1280)
    (line,) = (t for t in figure.data if t.name == "intervals")
    middle = figure.layout.shapes[0].y0
    assert list(line.x) == [2021, 2021, None]
    assert line.y[0] > middle > line.y[1]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_marks_stand_out_on_their_ground(theme: ThemeName) -> None:
    inks = INKS[theme]
    assert contrast(inks.accent, inks.ground) >= 3
    assert contrast(WARNING[theme], inks.ground) >= 3
    assert marks(record_figure(TRIALS, theme, 390))["Inside the interval"].marker.color == inks.ground


def test_on_a_phone_years_are_short() -> None:
    assert list(record_figure(TRIALS, "light", 390).layout.xaxis.ticktext)[:2] == ["’20", "’21"]


def test_without_trials_there_is_an_empty_picture() -> None:
    assert record_figure((), "light", 1280).layout.shapes == ()


def test_a_name_that_looks_like_markup_stays_text() -> None:
    named = ForecastTrial(**{**vars(trial(2021, 0)), "name": "<b>bold</b>"})
    assert "&lt;b&gt;" in record_figure((named,), "light", 1280).layout.annotations[0].text


def test_the_summary_counts_each_series() -> None:
    assert record_summary(TRIALS) == (
        "Expected days and what came, 2020 to 2024. "
        "The spring session: right in 1 of 4, within 7 days in 3, inside the interval in 3. "
        "The autumn session: right in 1 of 1, within 7 days in 1, inside the interval in 1."
    )
    assert record_summary(()) == "No forecast can be compared with a day that came."
