"""The faults that an editor of the CSV files gets: all at once, each with its place and what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from calendar_model.reference import ROW_CLASSES, Reference, load
from calendar_model.reference.rows import ReferenceRow


def edit(folder: Path, file: str, old: str, new: str) -> int:
    """Replaces the first ``old`` in a file and returns its line."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def faults(folder: Path) -> list[str]:
    return [str(fault) for fault in load(folder).faults]


def test_the_reference_has_no_faults(reference: Reference) -> None:
    assert reference.faults == ()


@pytest.mark.parametrize("kind", ROW_CLASSES)
def test_the_rows_of_each_file_are_found_by_key(reference: Reference, kind: type[ReferenceRow]) -> None:
    rows = reference.rows_by_key(kind.FILE)
    assert rows
    assert all(isinstance(row, kind) for row in rows.values())


def test_every_member_state_is_reviewed_once_in_each_cycle(reference: Reference) -> None:
    for cycle in (3, 4):
        assert sorted(r.country for r in reference.reviews if r.cycle == cycle) == sorted(reference.states)
    assert len(reference.states) == 193


@pytest.mark.parametrize(
    ("file", "old", "new", "column", "value", "expected"),
    [
        ("sessions.csv", "2026-02-23", "23.02.2026", "start", "23.02.2026", "a date written as 2026-02-23"),
        ("sessions.csv", ",2026-03-31,", ",2026-02-30,", "end", "2026-02-30", "a date written as 2026-02-23"),
        (
            "sessions.csv",
            ",2026-03-31,",
            ",2026-01-31,",
            "end",
            "2026-01-31",
            "a date on or after the start, 2026-02-23",
        ),
        ("sessions.csv", "HRC67,un-hrc,67,", "HRC67,un-hrc,0,", "number", "0", "at least 1"),
        (
            "sessions.csv",
            "2028-02-01,2028-04-30",
            "2028-02-03,2028-04-30",
            "start",
            "2028-02-03",
            "the first day of the month, because only the month is known",
        ),
        (
            "resolutions.csv",
            ",consensus,",
            ",unanimous,",
            "vote",
            "unanimous",
            "one of consensus, recorded",
        ),
        (
            "resolutions.csv",
            ",un-hrc,HRC61,",
            ",un-hrc,HRC6I,",
            "session",
            "HRC6I",
            "a code of sessions.csv; did you mean HRC6",
        ),
        (
            "resolutions.csv",
            ",2026-03-30,",
            ",2026-05-30,",
            "adopted",
            "2026-05-30",
            "a day of HRC61, 2026-02-23 to 2026-03-31",
        ),
        ("organisations.csv", "Europe/Vienna", "Europe/Wien", "timezone", "Europe/Wien", None),
        ("organisations.csv", ",meetings,", ",summits,", "dialogue_at", "summits", "one of sessions, meetings"),
        ("milestones.csv", ",upr-review,", ",upr-revue,", "drafts_for", "upr-revue", None),
        ("organisations.csv", ",UN-GE,", ",UN-XX,", "holidays", "UN-XX", None),
        ("recurring_meetings.csv", ",9-10,", ",9-13,", "slots", "9-13", None),
        ("observances.csv", "BYMONTHDAY=29", "BYMONTHDAY=99", "rrule", "FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=99", None),
        ("upr_reviews.csv", "upr-4-NOR,4,UPR47,NOR", "upr-4-NOR,4,UPR47,NRW", "country", "NRW", None),
    ],
)
def test_a_fault_names_its_place_and_what_would_be_right(
    data_copy: Path, file: str, old: str, new: str, column: str, value: str, expected: str | None
) -> None:
    line = edit(data_copy, file, old, new)
    found = [f for f in load(data_copy).faults if f.file == file]
    assert [(f.file, f.line, f.column, f.value) for f in found] == [(file, line, column, value)]
    assert found[0].expected
    if expected is not None:
        assert found[0].expected == expected


def test_all_faults_are_reported_at_once(data_copy: Path) -> None:
    edit(data_copy, "sessions.csv", "2026-02-23", "soon")
    edit(data_copy, "cadences.csv", ",practice,3,", ",habit,three,")
    edit(data_copy, "milestones.csv", ",13:00,", ",noonish,")
    edit(data_copy, "states.csv", "NOR,", "no,")
    found = {(f.file, f.column) for f in load(data_copy).faults}
    assert found >= {
        ("sessions.csv", "start"),
        ("cadences.csv", "view"),
        ("cadences.csv", "interval_years"),
        ("milestones.csv", "time"),
        ("states.csv", "code"),
    }


def test_a_faulty_row_is_left_out_with_what_hangs_on_it_and_reported_once(data_copy: Path) -> None:
    edit(data_copy, "sessions.csv", "2026-02-23", "soon")
    reference = load(data_copy)
    assert "HRC61" not in reference.sessions
    assert [r.symbol for r in reference.resolutions if r.session == "HRC61"] == []
    assert len(reference.faults) == 1
    assert len(reference.resolutions) == len(load().resolutions) - 1


def test_a_code_used_twice_points_to_the_first(data_copy: Path) -> None:
    path = data_copy / "states.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, lines[1]]) + "\n", encoding="utf-8")
    code = lines[1].split(",")[0]
    assert faults(data_copy) == [
        f"states.csv, line {len(lines) + 1}, column code: “{code}” found; expected a code used once; it is already in line 2."
    ]


def test_a_state_reviewed_twice_in_a_cycle(data_copy: Path) -> None:
    edit(data_copy, "upr_reviews.csv", "upr-4-NOR,4,UPR47,NOR", "upr-4-NOR,4,UPR47,DNK")
    found = load(data_copy).faults
    assert len(found) == 1
    assert found[0].expected.startswith("each State once in a cycle; DNK is already in line ")


def test_a_state_left_out_of_a_cycle(data_copy: Path) -> None:
    path = data_copy / "upr_reviews.csv"
    kept = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("upr-4-NOR,")]
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    assert faults(data_copy) == [
        "upr_reviews.csv, column country: “NOR” found; expected a row for Norway in cycle 4, in which every member State is reviewed."
    ]


@pytest.mark.parametrize("file", [kind.FILE for kind in ROW_CLASSES])
def test_no_broken_file_stops_the_reading(data_copy: Path, file: str) -> None:
    (data_copy / file).write_bytes(b"\xff\xfe not a table \x00")
    assert any(fault.file == file for fault in load(data_copy).faults)
    (data_copy / file).unlink()
    missing = [fault for fault in load(data_copy).faults if fault.file == file]
    assert missing[0].expected.endswith("restore it from version control")


def test_cells_out_of_line_say_what_to_do(data_copy: Path) -> None:
    line = edit(data_copy, "observances.csv", ",civil-soc,", ",civil-soc,,")
    assert faults(data_copy) == [
        (
            f"observances.csv, line {line}: “13 cells” found; "
            "expected 12 cells; put quotation marks around a cell that contains a comma."
        )
    ]


def test_columns_missing_and_unknown(data_copy: Path) -> None:
    edit(data_copy, "states.csv", "code,name", "code,nam")
    found = {(f.column, f.expected) for f in load(data_copy).faults if f.file == "states.csv" and f.line == 1}
    assert ("name", "a column name in the header") in found
    assert any(column == "nam" for column, _ in found)


def test_a_closed_ring_of_parents_is_refused(data_copy: Path) -> None:
    edit(data_copy, "organisations.csv", "un,United Nations,UN,,family", "un,United Nations,UN,un-hrc,family")
    found = [f for f in load(data_copy).faults if f.file == "organisations.csv"]
    assert {f.column for f in found} == {"parent"}


def test_the_tree_of_organisations(reference: Reference) -> None:
    assert reference.lineage("un-hrc-upr") == ("un-hrc-upr", "un-hrc", "un")
    assert reference.organisation_of("un-hrc-upr") == "un-hrc"
    assert reference.organisation_of("un") == "un"
    assert reference.beneath["osce"] == {"osce", "osce-odihr"}
