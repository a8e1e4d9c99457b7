"""Tables as Excel workbooks, as openpyxl and pandas read them."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from calendar_model.access.permissions import Viewer
from calendar_model.calendar import EXPORTED
from calendar_model.documents.tables import could_run
from calendar_model.documents.workbook import DAY, HEADINGS, HOUR, LONGEST, MOST_ROWS, TOO_MANY, table_xlsx
from calendar_model.imports.tables.columns import match_columns
from calendar_model.imports.tables.reader import read_table
from calendar_model.imports.templates.engagements import COLUMNS as ENGAGEMENTS
from calendar_model.imports.templates.events import COLUMNS as EVENTS
from calendar_model.mission import engagements
from calendar_model.mission.transactions import save
from calendar_model.mission.visible_calendar import calendar_for
from calendar_model.store.models import Event
from calendar_model.terms import EventKind
from calendar_model.vocabulary import Sensitivity
from tests.day import TODAY

at = datetime.fromisoformat


def opened(frame: pd.DataFrame, **more: Any) -> Workbook:
    return load_workbook(io.BytesIO(table_xlsx(frame, "A list", made=TODAY, **more)))


def rows_of(book: Workbook, sheet: str = "Table") -> list[list[Any]]:
    return [list(row) for row in book[sheet].values]


def whole_row(book: Workbook) -> dict[str, Any]:
    """The first row of a table as its two sheets give it, by heading."""
    return {
        head: value for sheet in ("Table", "Details") for head, value in zip(*rows_of(book, sheet)[:2], strict=True)
    }


def test_values_keep_their_types_and_times_have_a_zone() -> None:
    zurich = ZoneInfo("Europe/Zurich")
    frame = pd.DataFrame(
        {
            "day": pd.Series([pd.Timestamp("2026-12-09"), pd.NaT]),
            "instant": pd.Series([datetime(2026, 3, 16, 12, tzinfo=UTC), None], dtype=object),
            "local": pd.Series([datetime(2026, 3, 16, 13, tzinfo=zurich), None], dtype=object),
            "fixed": [None, datetime(2026, 3, 16, 13, tzinfo=timezone(timedelta(hours=-3)))],
            "date": pd.Series([date(2026, 1, 2), date(1899, 12, 31)], dtype=object),
            "flag": [True, False],
            "number": pd.Series([1.5, None]),
            "count": [3, -1],
            "text": ["a", None],
        }
    )
    book = opened(frame, listed=list(frame.columns))
    heads = ["Day", "Instant", "Instant, time zone", "Local", "Local, time zone", "Fixed", "Fixed, time zone"]
    assert rows_of(book) == [
        [*heads, "Date", "Flag", "Number", "Count", "Text"],
        [
            *(at("2026-12-09"), at("2026-03-16 12:00"), "UTC"),
            *(at("2026-03-16 13:00"), "Europe/Zurich", None, None),
            *(at("2026-01-02"), True, 1.5, 3, "a"),
        ],
        [
            *(None, None, None, None, None),
            *(at("2026-03-16 13:00"), "UTC-03:00", "1899-12-31", False, None, -1, None),
        ],
    ]
    formats = [cell.number_format for cell in book["Table"][2]]
    assert [formats[place] for place in (0, 1, 2, 3, 7)] == [DAY, HOUR, "General", HOUR, DAY]


def test_the_sheet_is_set_up_for_screen_and_paper() -> None:
    book = opened(pd.DataFrame({"What": ["x" * 20, "words " * 30], "n": [1, 2]}), about={"Filter": "HRC"})
    sheet = book["Table"]
    assert book.sheetnames == ["Table", "About"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.print_title_rows) == ("B2", "A1:B3", "$1:$1")
    assert sheet.print_area == "'Table'!$A$1:$B$3"
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (
        "landscape",
        1,
        0,
    )
    fitted = sheet.sheet_properties.pageSetUpPr
    assert fitted is not None
    assert fitted.fitToPage
    assert (sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width) == (45, 9)
    assert (sheet.row_dimensions[2].height, sheet.row_dimensions[3].height) == (None, 75)
    assert rows_of(book, "About") == [
        ["Title", "A list"],
        ["Created", at("2026-11-24")],
        ["Rows", 2],
        ["Filter", "HRC"],
        ["Left out", "Downloaded tables never include restricted records."],
    ]
    assert (book.properties.title, book.properties.creator) == ("A list", None)


def test_a_wide_table_has_what_people_read_on_its_first_sheet_and_the_rest_on_a_second() -> None:
    frame = pd.DataFrame([[f"{name}{row}" for name in "abcdefghij"] for row in (1, 2)], columns=list("abcdefghij"))
    book = opened(frame, listed=["c", "a"])
    assert rows_of(book) == [["Row", "c", "a"], [1, "c1", "a1"], [2, "c2", "a2"]]
    assert rows_of(book, "Details") == [
        ["Row", *"bdefghij"],
        [1, *(f"{name}1" for name in "bdefghij")],
        [2, *(f"{name}2" for name in "bdefghij")],
    ]
    first, rest = book["Table"], book["Details"]
    assert (first.freeze_panes, first.auto_filter.ref, first.print_area) == ("C2", "A1:C3", "'Table'!$A$1:$C$3")
    assert (rest.freeze_panes, rest.auto_filter.ref, rest.print_title_cols) == ("B2", "A1:I3", "$A:$A")
    assert rest.print_title_rows == first.print_title_rows == "$1:$1"
    assert rest.page_setup.orientation == first.page_setup.orientation == "landscape"
    assert rows_of(opened(frame))[0] == ["Row", *"abcdefgh"]
    assert opened(frame[list("abcdefgh")]).sheetnames == ["Table", "About"]


def test_items_have_real_dates_and_windows_show_no_more_than_is_known(table: pd.DataFrame) -> None:
    items = ["hrd-day-2026", "session-UPR54", "aichr-2027-1", "deadline-hrc-tabling-HRC61"]
    book = opened(table[table["item"].isin(items)])
    assert rows_of(book)[0] == [
        *("Row", "Title", "Start", "End", "Kind", "Organisation or body", "Place", "Date status"),
    ]
    heads, *rows = [
        (*row, *rest[1:]) for row, rest in zip(book["Table"].iter_rows(), book["Details"].iter_rows(), strict=True)
    ]
    places = {cell.value: place for place, cell in enumerate(heads)}
    assert len(places) == len(EXPORTED) + 1
    found = {str(row[places["UID"]].value).split("@")[0]: row for row in rows}

    def said(item: str) -> list[Any]:
        row = found[item]
        start = row[places["Start"]]
        return [start.value, start.number_format, row[places["End"]].value, row[places["Time zone"]].value]

    def interval(item: str) -> list[Any]:
        cells = [found[item][places[name]] for name in ("Earliest start", "Latest start")]
        return [found[item][places["Date precision"]].value, *((cell.value, cell.number_format) for cell in cells)]

    expected = '[$-809]"expected" ddd d mmm yyyy'
    assert said("hrd-day-2026") == [at("2026-12-09"), DAY, at("2026-12-09"), None]
    assert said("session-UPR54") == [at("2027-01-18"), expected, at("2027-01-29"), "Europe/Zurich"]
    assert interval("session-UPR54") == ["Expected", (at("2027-01-18"), DAY), (at("2027-01-25"), DAY)]
    month = "[$-809]mmm yyyy"
    assert said("aichr-2027-1") == [at("2027-02-01"), month, at("2027-02-28"), "Asia/Jakarta"]
    assert interval("aichr-2027-1") == ["Month", (at("2027-02-01"), month), (at("2027-02-01"), month)]
    noon = at("2026-03-16 13:00")
    assert said("deadline-hrc-tabling-HRC61") == [noon, HOUR, noon, "Europe/Zurich"]
    assert [name for name, _ in rows_of(book, "About")] == ["Title", "Created", "Rows", "Dates", "Times", "Left out"]


def test_codes_become_words_and_names(table: pd.DataFrame) -> None:
    names = {"un-hrc": "HRC", "un": "UN", "FIN": "Finland", "HTI": "Haiti"}
    review = table[table["item"] == "upr-4-HTI"].assign(body="un-hrc", countries="FIN HTI")
    found = whole_row(opened(review, names=names))
    assert [found[name] for name in ("Kind", "Organisation or body", "Countries", "Date status")] == [
        *("UPR review", "HRC", "Finland, Haiti", "Projected"),
    ]
    assert [name for name in found if "_" in name or name != name[:1].upper() + name[1:]] == []
    assert whole_row(opened(review, names={"FIN": "Finland"}))["Countries"] == "FIN HTI"


def test_several_kinds_in_one_cell_become_words() -> None:
    frame = pd.DataFrame({"title": ["Talk", "Visit"], "kind": ["consulted; public-support", ""]})
    sheet = opened(frame).worksheets[0]
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]
    assert "Consulted, public support" in texts


def test_our_work_is_the_last_column_of_the_first_sheet(table: pd.DataFrame) -> None:
    items = table[table["item"].isin(["hrd-day-2026", "session-UPR54"])]
    head, *rows = rows_of(opened(items, our_work={"session-UPR54": "1 draft"}))
    assert head[-1] == "Our work"
    assert {row[1]: row[-1] for row in rows} == {
        title: "1 draft" if item == "session-UPR54" else None
        for title, item in zip(items["title"], items["item"], strict=True)
    }


def test_headings_are_known_again_by_the_import() -> None:
    names = list(engagements.COLUMNS)
    content = table_xlsx(pd.DataFrame([names], columns=names), "A list", made=TODAY, listed=engagements.LISTED)
    (sheet, _about) = read_table(content, file_name="a.xlsx")
    assert sheet["header"][:3] == ["Row", "Date", "Title"]

    def found(header: list[str], row: list[str]) -> dict[str, str]:
        matched = match_columns(ENGAGEMENTS, header)
        return {name: row[place].casefold() for name, place in matched.items() if place is not None}

    assert found(sheet["header"], sheet["rows"][0]) == found(names, names)
    assert match_columns(EVENTS, [HEADINGS.get(name, name) for name in EXPORTED]) == match_columns(EVENTS, EXPORTED)


def test_an_empty_calendar_has_its_header(table: pd.DataFrame) -> None:
    book = opened(table.head(0))
    assert book["Table"].max_row == 1
    assert book["Table"]["B1"].value == "Title"
    assert book["Details"].max_row == 1


def test_what_is_restricted_is_in_no_workbook(staff_member: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HRD_CALENDAR_TODAY", TODAY.isoformat())
    day = {"event_kind": EventKind.SIDE_EVENT, "body": "un-hrc", "start": TODAY, "end": TODAY}
    save(staff_member, Event, {"title": "Open door", "sensitivity": Sensitivity.INTERNAL, **day})
    save(
        staff_member,
        Event,
        {"title": "Canary", "sensitivity": Sensitivity.RESTRICTED, **day},
        named=[staff_member.person_id],
    )
    seen = calendar_for(staff_member)[1]
    ours = seen[seen["item"].str.startswith("event-")]
    assert sorted(ours["title"]) == ["Canary", "Open door"]
    assert [row[1] for row in rows_of(opened(ours))] == ["Title", "Open door"]


TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), min_size=1, max_size=6)


@settings(max_examples=30, deadline=None)
@given(
    TEXTS | st.lists(st.sampled_from(["=1+1", "+1", "-1", "@A1", "＝1", "\t=1", "#N/A", "=", "1", "TRUE"]), min_size=1)
)
def test_text_is_read_back_and_never_runs(texts: list[str]) -> None:
    def kept(text: str) -> str | None:
        held = text.replace("\r\n", "\n").replace("\r", "\n")
        bad = {*map(chr, range(32))} - {"\t", "\n"} | {"\ufffe", "\uffff"}
        return "".join("\ufffd" if sign in bad else sign for sign in held) or None

    content = table_xlsx(pd.DataFrame({"text": texts, "last": ["x"] * len(texts)}), "A list", made=TODAY)
    cells = [row[0] for row in load_workbook(io.BytesIO(content))["Table"].iter_rows(min_row=2)]
    assert [cell.value for cell in cells] == [kept(text) for text in texts]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert {cell.data_type for cell in cells if cell.value} <= {"s"}
    for cell in cells:
        runs = could_run(str(cell.value or ""))
        assert (bool(cell.quotePrefix), cell.number_format) == (runs, "@" if runs else "General")
    read = pd.read_excel(io.BytesIO(content), dtype=str, keep_default_na=False)
    assert read["Text"].tolist() == [kept(text) or "" for text in texts]


def test_a_text_too_long_for_a_cell_is_cut() -> None:
    assert rows_of(opened(pd.DataFrame({"text": ["a" * (LONGEST + 1)]})))[1] == ["a" * (LONGEST - 1) + "…"]


def test_a_table_that_is_too_long_says_so() -> None:
    head, row = rows_of(opened(pd.DataFrame({"number": range(MOST_ROWS + 1)})))
    assert (len(head), row) == (1, [TOO_MANY.format(rows=MOST_ROWS)])
