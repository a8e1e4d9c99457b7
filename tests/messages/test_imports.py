"""The sentences about imports: each code has one, and no other has."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path

import pytest

from calendar_model.messages import message
from calendar_model.messages.imports import MESSAGES
from calendar_model.vocabulary import Precision, Sensitivity, Standing

ROOT = Path(__file__).parents[2]
FOLDERS = (
    ROOT / "calendar_model" / "imports",
    ROOT / "calendar_model" / "commands",
    ROOT / "pages" / "components" / "imports",
)
AREAS = ("cell-", "command-", "file-", "ics-", "remote-", "row-", "table-", "word-template-")


def texts() -> set[str]:
    """All texts in the code that have the form of one of our codes."""
    trees = [ast.parse(file.read_text()) for folder in FOLDERS for file in folder.rglob("*.py")]
    constants = (node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {text for text in constants if isinstance(text, str) and text.startswith(AREAS) and " " not in text}


def test_every_code_has_its_sentence_and_no_sentence_is_left_over() -> None:
    # Which of the two is missing of a calendar that is followed, its column says.
    assert texts() - {"remote-no-"} | {"remote-no-name", "remote-no-body"} == set(MESSAGES)


@pytest.mark.parametrize(
    ("code", "values", "sentence"),
    [
        ("ics-too-many-parts", {"most": 100_000}, "The calendar has more than 100,000 components. Export a shorter period."),
        ("ics-parts-left-out", {"kinds": ["busy-times", "tasks"], "count": 3}, "Only events are imported; busy times, tasks are left out (3)."),
        ("ics-standing-by-hand", {"standing": Standing.HELD}, "Its status was set by hand and stays held."),
        ("ics-outside-period", {"count": 2, "since": date(2026, 1, 1), "until": date(2028, 12, 31)}, "2 events fall outside Thu 1 Jan 2026 – Sun 31 Dec 2028 and are left out."),
        ("cell-day-or-month-first", {"cell": "03/04/2027", "day_first": date(2000, 4, 3), "month_first": date(2000, 3, 4), "year": "2027"}, "“03/04/2027” could be 3 April or 4 March. Write it as 2027-04-03 or 3 April 2027."),
        ("cell-not-in-list", {"cell": "x" * 70, "terms": (Standing.HELD, Standing.CONFIRMED)}, f"“{'x' * 59}…” is not in the list. Enter one of: Held, Confirmed."),
        ("cell-unknown-state", {"cell": "Norwey", "nearest": "Norway"}, "“Norwey” is not a member State in the reference. Did you mean Norway?"),
        ("cell-unknown-state", {"cell": "Mars", "nearest": ""}, "“Mars” is not a member State in the reference."),
        ("row-outside-session", {"day": date(2027, 1, 18), "session": "UPR47", "start": date(2024, 11, 4), "end": date(2024, 11, 15), "precision": Precision.DAY}, "Mon 18 Jan 2027 is not in UPR47 (Mon 4 Nov – Fri 15 Nov 2024). Correct the date, or the session."),
        ("row-opened-by-hand", {"level": Sensitivity.RESTRICTED}, "Visibility stays restricted: an import never widens access"),
        ("row-does-not-fit", {"faults": ["One.", "Two."], "more": 4}, "One. Two. And 4 more faults."),
        ("table-columns-not-chosen", {"columns": ("First day", "Title")}, "Choose the columns for First day, Title. Nothing can be imported without them."),
    ],
)  # fmt: skip
def test_values_are_written_as_people_read_them(code: str, values: dict[str, object], sentence: str) -> None:
    assert message(code, values) == sentence
