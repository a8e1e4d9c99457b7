"""Lists that are read in full: links, empty columns, and the paragraph that a narrow screen gets."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
import streamlit as st
from openpyxl import load_workbook
from streamlit.testing.v1 import AppTest

from calendar_model.access.permissions import Viewer
from calendar_model.mission.transactions import save
from calendar_model.store.models import Engagement
from calendar_model.terms import EngagementForm, EngagementKind
from calendar_model.vocabulary import Sensitivity
from pages.components.shell.words import linked
from tests.app import open_page
from tests.day import TODAY


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


def work_in_the_file(monkeypatch: pytest.MonkeyPatch, person: str) -> dict[Any, Any] | None:
    """Our work by title in the Excel file of *Feeds* as this person gets it; None if it has no such column."""
    files: dict[str, Callable[[], bytes]] = {}
    monkeypatch.setattr(st, "download_button", lambda *_args, data, key, **_more: files.update({key: data}))
    open_page("feeds", person, kind="session", body="un-hrc")
    head, *rows = load_workbook(io.BytesIO(files["xlsx_feed_items"]()))["Table"].values
    return {row[1]: row[-1] for row in rows} if head[-1] == "Our work" else None


def test_a_list_of_items_says_what_is_ours_and_nothing_restricted(
    staff_member: Viewer, table: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HRD_CALENDAR_TODAY", TODAY.isoformat())
    kind = {"engagement_kind": EngagementKind.COUNTRY_DESK, "form": EngagementForm.PHONE, "on": TODAY}
    for item, sensitivity in (("session-HRC64", Sensitivity.INTERNAL), ("session-HRC65", Sensitivity.RESTRICTED)):
        values = {"title": "Lunch", "sensitivity": sensitivity, **kind}
        save(staff_member, Engagement, values, items=[item], named=[staff_member.person_id])
    found = work_in_the_file(monkeypatch, staff_member.person_id)
    assert found is not None
    title = dict(zip(table["item"], table["title"], strict=True))
    assert found[title["session-HRC64"]].startswith("1 engagement")
    assert "engagement" not in str(found[title["session-HRC65"]])
    assert work_in_the_file(monkeypatch, "") is None
