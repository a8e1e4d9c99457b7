"""Tables of others as text: every usual way to write one is read alike, and whatever is none is refused."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from calendar_model.access.problems import Problem
from calendar_model.documents import table_csv
from calendar_model.imports.plan import ImportRefused
from calendar_model.imports.tables.reader import MAX_ROWS, TableSheet, read_sheets, read_table

TABLE = {
    "name": "a.csv",
    "header": ["Tittel", "Dato"],
    "rows": [["Frokost, på norsk", "03.03.2027"], ['Sier «hei»\nog "ha det"', ""]],
    "numbers": [2, 4],
}
LINES = 'Tittel{0}Dato\r\n"Frokost, på norsk"{0}03.03.2027\r\n{0}\r\n"Sier «hei»\nog ""ha det"""{0}\r\n'


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_csv_is_read_in_every_usual_encoding_and_with_every_usual_separator(separator: str, encoding: str) -> None:
    assert read_table(LINES.format(separator).encode(encoding), file_name="a.csv") == [TABLE]


def test_what_excel_writes_above_a_table_and_a_title_are_no_header() -> None:
    data = "sep=;\r\nArrangementer 2027;\r\n\r\nTittel;Dato;Sted\r\nEn, to;;Genève\r\n".encode("cp1252")
    assert read_table(data, file_name=r"C:\lister\b.csv") == [
        {"name": "b.csv", "header": ["Tittel", "Dato", "Sted"], "rows": [["En, to", "", "Genève"]], "numbers": [5]}
    ]


def workbook(fill: Callable[[Workbook], None]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    fill(book)
    book.save(out)
    return out.getvalue()


def test_a_workbook_gives_all_sheets_that_show_something_with_days_in_iso_and_whole_numbers_as_such() -> None:
    def fill(book: Workbook) -> None:
        sheet = book.worksheets[0]
        sheet.title = "Events"
        sheet.append(["Title", "First day", "Begins", "At", "Number", "Part", "Speak", "Sum"])
        sheet.append(
            ["A", date(2027, 3, 3), time(13), datetime.fromisoformat("2027-03-03T13:30"), 7.0, 1.5, True, "=1+1"]
        )
        sheet["A4"], sheet["J900"] = "B", " "
        book.create_sheet("Nothing")
        hidden = book.create_sheet("Secret")
        hidden.append(["Title", "First day"])
        hidden.sheet_state = "hidden"
        book.create_sheet("More").append(["X", "Y"])

    found = read_sheets(workbook(fill), "events.XLSX")
    assert found == (
        TableSheet(
            "Events",
            ("Title", "First day", "Begins", "At", "Number", "Part", "Speak", "Sum"),
            (
                ("A", "2027-03-03", "13:00", "2027-03-03T13:30", "7", "1.5", "true", ""),
                ("B", "", "", "", "", "", "", ""),
            ),
            (2, 4),
        ),
        TableSheet("More", ("X", "Y"), (), ()),
    )


def packed(parts: Mapping[str, bytes]) -> bytes:
    """A package of these parts, as a workbook is one."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


PARTS = {"[Content_Types].xml": b"<a/>", "xl/workbook.xml": b"<a/>"}
BOMB = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "cccccccc"><!ENTITY d "&b;&b;&b;&b;">]><a>&d;</a>'
REFUSED: dict[str, tuple[bytes, str, dict[str, int]]] = {
    "nothing": (b"  \r\n", "table-empty", {}),
    "a blank table": (
        b";;\r\n;\r\n",
        "table-none",
        {},
    ),
    "an old workbook": (b"\xd0\xcf\x11\xe0rest", "table-other-kind", {}),
    "no text": (
        bytes(range(256)) * 4,
        "table-not-text",
        {},
    ),
    "an open quotation mark": (
        b'a,b\n1,2\n"3,4\n5,6\n',
        "table-open-quotation-mark",
        {"row": 3},
    ),
    "too many rows": (
        b"a,b\n" + b"1,2\n" * (MAX_ROWS + 1),
        "table-too-many-rows",
        {"most": MAX_ROWS},
    ),
    "too many columns": (
        b"a,b\n" + b"1," * 61,
        "table-too-many-columns",
        {"row": 2, "columns": 61, "most": 60},
    ),
    "too long a cell": (
        b"a,b\n1," + b"x" * 2001,
        "table-cell-too-long",
        {"row": 2, "column": 2, "length": 2001, "most": 2000},
    ),
    "another kind of package": (
        packed({"word/document.xml": b"<a/>"}),
        "table-not-a-workbook",
        {},
    ),
    "a huge one": (packed({**PARTS, "xl/worksheets/sheet1.xml": b"0" * (65 * 2**20)}), "table-packed-too-large", {}),
    "entities": (
        packed({**PARTS, "xl/sharedStrings.xml": BOMB.encode()}),
        "table-workbook-with-entities",
        {},
    ),
    "entities in UTF-16": (
        packed({**PARTS, "xl/sharedStrings.xml": BOMB.encode("utf-16")}),
        "table-workbook-with-entities",
        {},
    ),
    "nonsense inside": (packed(PARTS), "table-unreadable-workbook", {}),
    "half of one": (packed(PARTS)[:100], "table-locked-workbook", {}),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_table_is_refused_with_what_to_do(what: str) -> None:
    data, code, values = REFUSED[what]
    with pytest.raises(ImportRefused) as refused:
        read_table(data, file_name="a.csv")
    assert refused.value.problem == Problem(code, values={"name": "a.csv", **values})


def test_a_row_far_below_all_others_is_not_waited_for() -> None:
    def fill(book: Workbook) -> None:
        book.worksheets[0]["B7"] = "here"

    with zipfile.ZipFile(io.BytesIO(workbook(fill))) as whole:
        parts = {one.filename: whole.read(one) for one in whole.infolist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b'row r="7"', b'row r="99999999999"')
    with pytest.raises(ImportRefused) as refused:
        read_table(packed(parts), file_name="a.xlsx")
    assert refused.value.problem.code == "table-damaged-workbook"


def test_a_refusal_comes_back_from_the_process_that_reads() -> None:
    with pytest.raises(ImportRefused) as refused:
        read_sheets(REFUSED["a huge one"][0], "a.csv")
    assert refused.value.problem == Problem("table-packed-too-large", values={"name": "a.csv"})


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)


@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=5))
@example([(f"{first}1+1", "a") for first in "=+-@＝＋－＠"])
@settings(max_examples=40, deadline=None)
def test_a_csv_of_our_own_comes_back_as_it_went_out(rows: list[tuple[str, str]]) -> None:
    written = table_csv(pd.DataFrame([("x", *row, "y") for row in rows], columns=["First one", "b", "c", "d"]))
    (found,) = read_table(written, file_name="own.csv")
    # An apostrophe that somebody typed before a sign of a formula is taken for that of a spreadsheet.
    assert [tuple(row) for row in found["rows"]] == [
        ("x", *(cell[1:] if cell[:1] == "'" and cell[1:2] in {*"=+-@＝＋－＠"} else cell for cell in row), "y")
        for row in rows
    ]


@given(st.one_of(st.binary(max_size=200), st.text(st.sampled_from("a1;,\t\"\n\r'=x|"), max_size=80).map(str.encode)))
@settings(max_examples=60, deadline=None)
def test_any_bytes_give_tables_or_a_problem(data: bytes) -> None:
    try:
        found = read_table(data, file_name="a.csv")
    except ImportRefused:
        return
    for one in found:
        assert {len(one["header"])} == {len(row) for row in [one["header"], *one["rows"]]}
        assert one["numbers"] == sorted(set(one["numbers"]))


def sheets(*tables: Sequence[Sequence[object]]) -> bytes:
    def fill(book: Workbook) -> None:
        book.remove(book.worksheets[0])
        for rows in tables:
            sheet = book.create_sheet()
            for row in rows:
                sheet.append(row)

    return workbook(fill)


def test_a_sheet_that_continues_the_rows_of_the_one_before_it_is_joined_to_it() -> None:
    first: list[list[object]] = [["Row", "Title", "Start"], [2, "B", "x"], [None, "Added", "y"], [1, "A", "z"]]
    rest: list[list[object]] = [["Row", "Zone"], [1, "Europe/Oslo"], [2, ""], [3, "Asia/Jakarta"]]
    (found,) = read_sheets(sheets(first, rest), "a.xlsx")
    assert found.header == ("Row", "Title", "Start", "Zone")
    assert found.rows == (("2", "B", "x", ""), ("", "Added", "y", ""), ("1", "A", "z", "Europe/Oslo"))
    assert found.numbers == (2, 3, 4)


@pytest.mark.parametrize(
    "rest",
    [
        [["Number", "Zone"], [1, "a"], [2, "b"]],
        [["Row", "Zone"], [1, "a"], [3, "b"]],
        [["Row", "Zone"], [1, "a"], [1, "b"], [2, "c"]],
    ],
)
def test_a_sheet_of_other_rows_stays_one_of_its_own(rest: Sequence[Sequence[object]]) -> None:
    assert len(read_sheets(sheets([["Row", "Title"], [1, "A"], [2, "B"]], rest), "a.xlsx")) == 2
