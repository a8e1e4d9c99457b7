"""Corrections of the reference: the corrected rows, their basis, and the patch for the files."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from calendar_model.reference import Reference, load
from calendar_model.reference.corrections import (
    ROW_CLASS_OF,
    CorrectionEffect,
    RowCorrection,
    complete_dates,
    corrected_rows,
    correction_effect,
    differences,
    faults,
    file_rows,
    patch,
)
from calendar_model.vocabulary import Confidence, Precision, Standing
from tests.conftest import DATA
from tests.day import TODAY
from tests.reference.test_reader import edit

SOURCE = "https://www.ohchr.org/en/hr-bodies/hrc/sessions"
DAYS = {"start": "2027-03-01", "end": "2027-04-02", "date_precision": "day", "standing": "confirmed"}


def of(file: str, row: str, values: Mapping[str, str], **more: Any) -> RowCorrection:
    return RowCorrection(
        **{"file": file, "row": row, "values": values, "source_url": SOURCE, "note": "", "on": TODAY, **more}
    )


def of_session(values: Mapping[str, str], row: str = "HRC64", **more: Any) -> RowCorrection:
    return of("sessions.csv", row, values, **more)


# --- Corrected rows


def test_a_confirmed_session_stands_with_its_source_and_a_higher_revision() -> None:
    session = load(DATA, [of_session(DAYS, note="Printed in the programme of work.")]).sessions["HRC64"]
    assert (session.start, session.end) == (date(2027, 3, 1), date(2027, 4, 2))
    before = load(DATA).sessions["HRC64"]
    assert (session.standing, session.date_precision) == (Standing.CONFIRMED, Precision.DAY)
    assert session.revision == before.revision + 1
    assert (session.source_url, session.confidence, session.updated) == (SOURCE, Confidence.SOURCED, TODAY)
    assert session.source_note == "Correction recorded in the dashboard on Tue 24 Nov 2026"
    # How the window was known would contradict the days.
    assert session.notes == f"Before the correction: {before.notes}; Printed in the programme of work."
    assert session.recalled_fields == ("body", "number", "title", "location", "known_from")


@pytest.mark.parametrize(
    ("also", "precision", "standing"),
    [
        ({}, "day", "confirmed"),
        ({"date_precision": "month", "standing": "projected"}, "day", "confirmed"),
        ({"standing": "cancelled"}, "day", "cancelled"),
        ({"start": "2027-03-01", "end": "2027-03-31"}, None, None),
        ({"date_precision": "day", "standing": "provisional"}, "day", "provisional"),
    ],
)
def test_exact_days_of_a_window_say_by_themselves_that_they_are_known(
    also: dict[str, str], precision: str | None, standing: str | None
) -> None:
    base = file_rows(DATA, "sessions.csv")["HRC64"]
    assert (base["date_precision"], base["standing"]) == ("month", "projected")
    values = complete_dates(ROW_CLASS_OF["sessions.csv"], base, {"start": "2027-03-01", "end": "2027-04-02", **also})
    assert (values.get("date_precision"), values.get("standing")) == (precision, standing)


def test_days_that_were_exact_already_are_left_as_they_are_given() -> None:
    base = file_rows(DATA, "sessions.csv")["HRC61"]
    assert complete_dates(ROW_CLASS_OF["sessions.csv"], base, {"start": "2026-02-24"}) == {"start": "2026-02-24"}


def test_where_only_the_place_is_put_right_the_days_stay_from_memory() -> None:
    session = load(DATA, [of_session({"location": "Palais Wilson"})]).sessions["HRC64"]
    assert session.confidence_in("location") is Confidence.SOURCED
    assert session.confidence_in("start") is Confidence.RECALLED


def test_the_address_that_a_correction_replaces_is_not_lost() -> None:
    before = load(DATA).sessions["HRC61"]
    after = load(DATA, [of_session({"location": "Palais Wilson"}, "HRC61")]).sessions["HRC61"]
    assert after.notes == f"{before.notes}; Source before the correction: {before.source_url}"


def test_a_new_session_that_is_to_come_is_known_from_the_day_of_its_correction() -> None:
    values = {**DAYS, "body": "un-hrc", "number": "71", "title": "Human Rights Council, 71st session"}
    new = of_session({**values, "start": "2029-06-04", "end": "2029-07-06"}, "HRC71")
    reference = load(DATA, [new])
    assert (reference.faults, reference.sessions["HRC71"].known_from) == ((), TODAY)


def test_of_several_corrections_the_last_says_each_column() -> None:
    first = of_session(DAYS, record_id="1", source_url="https://example.org/first")
    second = of_session({"end": "2027-04-09"}, record_id="2", on=TODAY + timedelta(days=9))
    session = load(DATA, [first, second]).sessions["HRC64"]
    assert (session.start, session.end) == (date(2027, 3, 1), date(2027, 4, 9))
    assert session.revision == load(DATA).sessions["HRC64"].revision + 2
    assert session.source_url == SOURCE
    made = corrected_rows(DATA, [first, second])["sessions.csv", "HRC64"]
    assert correction_effect(made, first) is CorrectionEffect.APPLIES
    replaced = of_session({"end": "2027-04-10"}, record_id="0")
    made = corrected_rows(DATA, [replaced, second])["sessions.csv", "HRC64"]
    assert correction_effect(made, replaced) is CorrectionEffect.REPLACED


def test_once_the_file_says_the_same_nothing_of_the_correction_is_applied(data_copy: Path) -> None:
    one = of_session(DAYS, record_id="1")
    apply(data_copy, patch(data_copy, [one]))
    edit(data_copy, "sessions.csv", SOURCE, "https://example.org/as-the-editor-has-it")
    assert load(data_copy, [one]).sessions["HRC64"].source_url == "https://example.org/as-the-editor-has-it"
    assert correction_effect(corrected_rows(data_copy, [one])["sessions.csv", "HRC64"], one) is CorrectionEffect.IN_FILE
    assert patch(data_copy, [one]) == ""
    assert differences(data_copy, (), one) == ()


def test_a_file_that_was_changed_later_and_says_something_else_is_told(data_copy: Path) -> None:
    one = of_session(DAYS, record_id="1", on=TODAY - timedelta(days=30))
    edit(data_copy, "sessions.csv", "2027-02-01,2027-04-30,month", "2027-03-08,2027-04-09,day")
    made = corrected_rows(data_copy, [one])["sessions.csv", "HRC64"]
    assert correction_effect(made, one) is CorrectionEffect.FILE_DIFFERS


def test_a_withdrawn_correction_leaves_the_file_s_dates_and_never_counts_back() -> None:
    gone = of_session({}, written=2, withdrawn=True)
    session = load(DATA, [gone]).sessions["HRC64"]
    assert (session.start, session.confidence) == (date(2027, 2, 1), Confidence.RECALLED)
    assert session.revision == load(DATA).sessions["HRC64"].revision + 2


def test_a_correction_that_fits_no_more_is_left_out_with_a_fault(data_copy: Path) -> None:
    moved, place = of_session({"end": "2027-04-02", "date_precision": "day"}), of_session({"location": "Bern"}, "HRC65")
    edit(data_copy, "sessions.csv", "2027-02-01,2027-04-30,month", "2027-05-03,2027-05-28,day")
    reference = load(data_copy, [moved, place])
    assert reference.sessions["HRC64"].end == date(2027, 5, 28)
    assert reference.sessions["HRC65"].location == "Bern"
    line = 1 + [*file_rows(data_copy, "sessions.csv")].index("HRC64") + 1
    where = f"sessions.csv, line {line}, column end"
    sentence = "“2027-04-02” found; expected a date on or after the start, 2027-05-03."
    assert [str(fault) for fault in reference.faults] == [
        f"The correction of HRC64 (sessions.csv) is not valid and is left out: {where}: {sentence}"
    ]


# --- What fits


@pytest.mark.parametrize(
    ("candidate", "code", "column"),
    [
        (of("session.csv", "HRC64", DAYS), "correction-unknown-file", "file"),
        (of_session(DAYS, "HRC64 NOR"), "correction-unknown-row", "row"),
        (of_session({}), "correction-empty", "values"),
        (of_session({"updated": "2026-11-24"}), "correction-unknown-column", "updated"),
        (of_session(DAYS, source_url="javascript:alert(1)"), "correction-source-malformed", "source_url"),
        (of_session({"location": "Geneva\u2028,held"}), "correction-not-one-line", "values"),
        (of_session({**DAYS, "standing": "sure"}), "correction-value-does-not-fit", "standing"),
        (
            of("milestone_dates.csv", "hrc-tabling HRC64", {"date": "2027-03-18"}),
            "correction-value-does-not-fit",
            "standing",
        ),
        (of("upr_reviews.csv", "upr-4-NOR", {"date": "2027-03-18"}), "correction-value-does-not-fit", "date"),
    ],
)
def test_what_does_not_fit_is_said_by_code_and_column(candidate: RowCorrection, code: str, column: str) -> None:
    found = faults(DATA, (), candidate)
    assert (code, column) in [(fault.code, fault.column) for fault in found]
    assert all(str(fault).endswith(".") for fault in found)


def test_a_session_and_its_reviews_can_move_together() -> None:
    reviews = [row for row in load(DATA).reviews if row.session == "UPR50" and row.date]
    session = load(DATA).sessions["UPR50"]
    by = timedelta(days=364)
    moved = of_session({"start": str(session.start + by), "end": str(session.end + by)}, "UPR50", note="Why")
    together = [
        of("upr_reviews.csv", row.code, {"date": str(row.date + by)}, note="Why") for row in reviews if row.date
    ]
    assert len(faults(DATA, (), moved)) == len(together) > 0
    assert faults(DATA, (), moved, *together) == ()


# --- The patch

READABLE = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp", "Zs"]) | st.just(" "), max_size=20)
DAY = st.dates(date(2025, 1, 1), date(2030, 12, 31))
TEXTS = {
    "sessions.csv": ("title", "location", "interruption", "notes"),
    "meetings.csv": ("title", "location", "notes"),
    "resolutions.csv": ("theme", "penholder", "notes"),
    "cadences.csv": ("statement", "notes"),
    "milestones.csv": ("rule", "seconds_for", "notes"),
    "upr_reviews.csv": ("outcome_decision", "notes"),
}


@st.composite
def corrections(draw: st.DrawFn) -> RowCorrection:
    file = draw(st.sampled_from(sorted(TEXTS)))
    row = draw(st.sampled_from([*file_rows(DATA, file)]))
    values = draw(st.dictionaries(st.sampled_from(TEXTS[file]), READABLE.map(str.strip)))
    if file in ("sessions.csv", "meetings.csv") and draw(st.booleans()):
        start, days = draw(DAY), draw(st.integers(0, 40))
        values |= {"start": str(start), "end": str(start + timedelta(days)), "date_precision": "day"}
        row = draw(st.sampled_from([row, "A-new-row"])) if file == "meetings.csv" else row
        values |= {"meeting": "hrc-hls", "standing": "confirmed"} if row == "A-new-row" else {}
    return of(file, row, values, note=draw(READABLE).strip(), on=draw(st.dates(TODAY, date(2027, 12, 31))))


def apply(data: Path, difference: str) -> None:
    subprocess.run(["git", "apply", "-"], cwd=data.parent, input=difference.encode(), check=True)


def without_revisions(reference: Reference) -> dict[str, Any]:
    def bare(row: Any) -> Any:
        return row.model_copy(update={"revision": 0}) if hasattr(row, "revision") else row

    found: dict[str, Any] = {}
    for one in fields(Reference):
        value = getattr(reference, one.name)
        if one.name not in ("folder", "corrected", "recorded"):
            rows = value.values() if isinstance(value, dict) else value
            found[one.name] = [bare(row) for row in rows]
    return found


@settings(max_examples=12, deadline=None)
@given(st.lists(corrections(), min_size=1, max_size=4))
def test_a_patch_takes_the_files_to_where_the_corrections_stand(drawn: list[RowCorrection]) -> None:
    recorded: list[RowCorrection] = []
    for number, one in enumerate(drawn):
        if not faults(DATA, recorded, one):
            recorded.append(replace(one, record_id=str(number)))
    assume(recorded)
    corrected = load(DATA, recorded)
    assert corrected.faults == ()
    with TemporaryDirectory() as folder:
        data = Path(shutil.copytree(DATA, Path(folder) / "data"))
        difference = patch(data, recorded)
        if difference:
            apply(data, difference)
        assert without_revisions(load(data)) == without_revisions(corrected)
        assert patch(data, recorded) == ""
        assert without_revisions(load(data, recorded)) == without_revisions(corrected)


def test_lines_that_are_not_corrected_stay_byte_for_byte(data_copy: Path) -> None:
    path = data_copy / "sessions.csv"
    lines = path.read_bytes().removesuffix(b"\n").split(b"\n")
    lines[3] = lines[3].replace(b"un-hrc", b'"un-hrc"', 1)
    path.write_bytes(b"\xef\xbb\xbf" + b"\r\n".join(lines))
    new = of("sessions.csv", "HRC71", {**DAYS, "body": "un-hrc", "number": "71", "title": "71st, and last"})
    apply(data_copy, patch(data_copy, [of_session(DAYS), new]))
    after = path.read_bytes().removeprefix(b"\xef\xbb\xbf").split(b"\r\n")
    changed = [number for number, (one, other) in enumerate(zip(lines, after, strict=False)) if one != other]
    assert [after[number].split(b",")[0] for number in changed] == [b"HRC64"]
    assert [line.split(b",")[0] for line in after[len(lines) :]] == [b"HRC71", b""]
    assert load(data_copy).faults == ()


def test_the_files_revision_rises_by_one_with_a_move_and_not_with_a_word(data_copy: Path) -> None:
    before = load(data_copy).sessions
    both = [of_session(DAYS), of_session({"title": "Human Rights Council, sixty-fifth session"}, "HRC65")]
    apply(data_copy, patch(data_copy, both))
    sessions = load(data_copy).sessions
    assert sessions["HRC64"].revision == before["HRC64"].revision + 1
    assert sessions["HRC65"].revision == before["HRC65"].revision
