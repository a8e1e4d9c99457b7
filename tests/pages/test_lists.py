"""Lists that are read in full: links, empty columns, and the paragraph that a narrow screen gets."""

from __future__ import annotations

import pandas as pd
from streamlit.testing.v1 import AppTest

from pages.components.shell.words import linked


def drawn(width: int) -> AppTest:
    def script(width: int) -> None:
        from datetime import date

        import pandas as pd
        import streamlit as st

        from calendar_model import calendar
        from pages.components.record.lists import full_list
        from pages.components.shell import context

        reference, table = calendar.current(date(2026, 11, 24))
        known = context.PageContext(reference, table, table, calendar.Filter(), "Europe/Zurich", date(2026, 11, 24))
        st.session_state[context._KEY] = known
        frame = pd.DataFrame(
            [("Wed 23 Sep 2026", "A [text]", "", "14", "https://example.org/a_(b)"), ("2028", "Other", "", "", "")],
            columns=["When", "What", "Nothing", "States", "Source"],
        )
        full_list(frame, "What", "the-list", "A list", width=width)

    return AppTest.from_function(script, kwargs={"width": width}).run(timeout=60)


def test_a_wide_screen_gets_a_table_without_empty_columns_and_with_links() -> None:
    app = drawn(1200)
    expected = pd.DataFrame(
        {
            "When": ["Wed\N{NO-BREAK SPACE}23\N{NO-BREAK SPACE}Sep\N{NO-BREAK SPACE}2026", "2028"],
            "What": [r"[A \[text\]](https://example.org/a_%28b%29)", "Other"],
            "States": ["14", ""],
        }
    )
    pd.testing.assert_frame_equal(app.table[0].value.reset_index(drop=True), expected, check_dtype=False)
    assert [b.key for b in app.get("download_button")] == ["csv_the-list", "xlsx_the-list"]


def test_a_narrow_screen_gets_a_paragraph_a_row_and_numbers_keep_their_name() -> None:
    app = drawn(360)
    assert list(app.table) == []
    assert app.markdown[0].value == (
        "**Wed 23 Sep 2026** · [A \\[text\\]](https://example.org/a_%28b%29) · 14 states\n\n**2028** · Other"
    )


def test_words_without_an_address_are_no_link() -> None:
    assert linked("Source", "") == "Source"
