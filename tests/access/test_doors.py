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
        (
            "__table__",
            {
                "access/permissions.py",
                # The level and the people of each record around a flush, seen by its writer or not.
                "access/protection.py",
                "store/history.py",
                # The operator encrypts what is there, in rows that nobody reads meanwhile.
                "store/sealing.py",
            },
        ),
        # Reads that are not narrowed: checks that look at all there is.
        (
            r"options\(everything=True",
            {
                # Whether a correction, which is public, adds a code to the reference.
                "mission/columns.py",
                # Lines of the history about corrections, which are public, also of those that are gone.
                "mission/corrections.py",
                "access/unit_of_work.py",
                # What a record is linked to, and which statements have raised a case, seen or not.
                "mission/checks.py",
                "mission/cases.py",
                # Whether a statement raises a case, seen or not: its text is in no template then.
                "mission/statements/templates.py",
                # Who is asked to clear: how many linked records they, who do not ask, cannot read.
                "mission/statements/requirements.py",
                # Whether anyone has replied to a comment that is to be deleted.
                "mission/statements/comments.py",
                # Whether who is to do something can see the record.
                "mission/follow_ups.py",
                "mission/remote_calendars.py",
                # The names of the staff, so that no two have the same one.
                "mission/persons.py",
                # Who changed which kind of record, for auditors: no contents.
                "mission/audit.py",
                "mission/sample.py",
                # Whether there is a new correction; corrections are public, and those withdrawn have no record left.
                "mission/visible_calendar.py",
                "mission/subscriptions.py",
                # Whose digest is due, and whose secret a link in a mail has: before that there is no viewer.
                "mission/digest/choice.py",
                # The numbers of codes, so that no two contacts get the same one.
                "mission/contacts.py",
                "store/session.py",
                # Whether what a deleted record was linked to is still there, once the deletion is undone.
                "mission/undo.py",
            },
        ),
        (
            r'"everything": True',
            {
                # Whether who ticks off the readings of a record has access to it.
                "mission/reads.py",
                # Whose account has signed in: before that there is no viewer.
                "mission/accounts.py",
                # Who administers, and who is left to clear and to grant.
                "access/staffing.py",
                "mission/persons.py",
                "mission/staffing.py",
                # Which missions there are, and at which of them a person has a role; nothing of a record.
                "mission/missions.py",
                # What is still open blocks a deletion, seen or not.
                "mission/data_protection/retention.py",
                # What is held on a user: their own rows, and counts of records.
                "mission/data_protection/export.py",
                # Whether anything of a leaver is open, and what belonged to them alone.
                "mission/data_protection/erasure.py",
                # How much a leaver held: counts, no titles.
                "mission/handover.py",
                # Who asks for access, and who grants it to a record of nobody, does not see the record.
                "mission/access_requests.py",
                "access/access_rules.py",
                # Whether anyone has written since about what is to be undone; only that is told.
                "access/undoing.py",
                # All texts and clearances of a statement: whose text it is does not depend on who looks.
                "mission/statements/clearance.py",
                # Whether a person who is to be consulted is an active user; nothing of a record.
                "mission/statements/consultation.py",
                # What a move of a statement depends on: that a case is hidden does not make its statement safe.
                "mission/statements/facts.py",
                "mission/corrections.py",
                "mission/follow_ups.py",
                "mission/rules.py",
            },
        ),
        # Sessions without rules and a scope.
        (r"\.session\((write=True)?\)", {"access/unit_of_work.py", "store/sealing.py"}),
        (r"\.rules = ", {"access/unit_of_work.py", "store/session.py"}),
        (r"\.access_rules = ", {"access/unit_of_work.py"}),
        (r"\.scope = ", {"access/unit_of_work.py", "store/sealing.py", "store/session.py"}),
    ],
)
def test_what_goes_past_the_doors_stands_where_it_is_known(word: str, allowed: set[str]) -> None:
    holding = {path for path in FILES if re.search(word, path.read_text(encoding="utf-8"))}
    assert {str(path.relative_to(ROOT / "calendar_model")) for path in holding} <= allowed


def test_no_room_of_the_model_knows_streamlit() -> None:
    model = [path for path in FILES if "calendar_model" in path.parts]
    assert [path for path in model if re.search(r"^\s*(import|from) streamlit", path.read_text("utf-8"), re.M)] == []
