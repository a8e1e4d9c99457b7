"""What an address asks of the filter bar without measure."""

from __future__ import annotations

import pytest

from calendar_model.calendar.filters import LONGEST_TEXT, MOST_WORDS
from tests.app import everything, open_page


@pytest.mark.parametrize("text", ["word " * 20_000, "x" * (LONGEST_TEXT + 1)])
def test_a_search_that_is_too_long_is_told_beside_the_filter(text: str) -> None:
    app = open_page("timeline", q=text)
    assert not app.exception
    [warning] = app.warning
    assert str(LONGEST_TEXT) in warning.value
    assert str(MOST_WORDS) in warning.value


def test_unknown_values_are_not_all_said_back() -> None:
    app = open_page("timeline", organisation=[f"unknown-{'x' * 500}-{number}" for number in range(900)])
    assert not app.exception
    assert len(app.warning) == 4
    assert max(len(warning.value) for warning in app.warning) < 300
    assert "897" in app.warning[-1].value
    assert len(everything(app)) < 2_000_000
