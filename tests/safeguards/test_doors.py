"""No code goes past the doors: what could not be narrowed or checked stands in few files, each for its reason."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

FILES = [*(ROOT / "calendar_model").rglob("*.py"), *(ROOT / "pages").rglob("*.py"), ROOT / "dashboard.py"]


@pytest.mark.parametrize(
    ("word", "allowed"),
    [
        # Tables instead of mapped classes cannot be narrowed.
        ("__table__", {"safeguards/sight.py", "workspace/history.py"}),
        # Reads that are not narrowed: checks that look at all there is.
        (
            r"options\(everything=True",
            {
                # Whether a correction, which is public, adds a code to the reference.
                "safeguards/columns.py",
                # Lines of the history about corrections, which are public, also of those that are gone.
                "safeguards/corrections.py",
                "safeguards/desk.py",
                # Who is asked to clear: how many linked records they, who do not ask, cannot read.
                "safeguards/drafting.py",
                # Whether who is to do something can see the record.
                "safeguards/follow_ups.py",
                "safeguards/followed.py",
                # The names of the staff, so that no two have the same one.
                "safeguards/persons.py",
                "safeguards/sample.py",
                # Whether there is a new correction; corrections are public, and those withdrawn have no record left.
                "safeguards/sighted.py",
                "safeguards/subscriptions.py",
                # The numbers of codes, so that no two contacts get the same one.
                "workspace/contacts.py",
                "workspace/database.py",
            },
        ),
        (
            r'"everything": True',
            {
                # Who asks for access, and who grants it to a record of nobody, does not see the record.
                "safeguards/access_requests.py",
                "safeguards/access_rules.py",
                # All texts and clearances of a statement: whose text it is does not depend on who looks.
                "safeguards/clearance.py",
                "safeguards/corrections.py",
                "safeguards/follow_ups.py",
                "safeguards/rules.py",
            },
        ),
        # Sessions without the door's rules and eyes.
        (r"\.session\((write=True)?\)", {"safeguards/desk.py"}),
        (r"\.rules = ", {"safeguards/desk.py", "workspace/database.py"}),
        (r"\.access_rules = ", {"safeguards/desk.py"}),
        (r"\.sight = ", {"safeguards/desk.py", "workspace/database.py"}),
    ],
)
def test_what_goes_past_the_doors_stands_where_it_is_known(word: str, allowed: set[str]) -> None:
    holding = {path for path in FILES if re.search(word, path.read_text(encoding="utf-8"))}
    assert {str(path.relative_to(ROOT / "calendar_model")) for path in holding} <= allowed


def test_no_room_of_the_model_knows_streamlit() -> None:
    model = [path for path in FILES if "calendar_model" in path.parts]
    assert [path for path in model if re.search(r"^\s*(import|from) streamlit", path.read_text("utf-8"), re.M)] == []
