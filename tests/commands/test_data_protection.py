"""Data protection on the command line: what is due, periods, the sheet, files on a person, and erasing one."""

from __future__ import annotations

import json
import zipfile
from datetime import date
from pathlib import Path

import pytest

from calendar_model.__main__ import main
from calendar_model.access.permissions import OPERATOR, Viewer, member
from calendar_model.access.roles import RECORD_SUBJECTS, Subject
from calendar_model.access.unit_of_work import staff
from calendar_model.mission.contacts import find_contact
from calendar_model.mission.data_protection.retention import RULES, periods
from calendar_model.mission.data_protection.sheet import data_protection_sheet
from calendar_model.mission.records import get_record
from calendar_model.mission.transactions import save
from calendar_model.store.models import Case, Contact, Engagement, Identity, Person
from calendar_model.terms import ContactKind, EngagementForm, EngagementKind, RecordKind, Role, Suggester
from tests.refusals import refused_for

CANARY = "qzcanary"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    status = main(arguments)
    captured = capsys.readouterr()
    return status, captured.out + captured.err


@pytest.fixture
def me() -> Viewer:
    save(OPERATOR, Person, {"name": "Head", "roles": {Role.ADMINISTRATOR}})
    return member(save(OPERATOR, Person, {"name": "Kari"}))


def defender(who: Viewer) -> str:
    made = save(who, Contact, {"title": "Defender 001", "contact_kind": ContactKind.DEFENDER})
    save(who, Identity, {"contact_id": made, "name": CANARY})
    return made


def test_what_is_due_is_listed_for_all_staff_or_for_one_person(me: Viewer, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "retention", "due") == (0, "Nothing is due for deletion.\n")
    then = date(2019, 3, 4)
    met = {"engagement_kind": EngagementKind.CONSULTED, "on": then, "form": EngagementForm.ONLINE}
    engagement = save(me, Engagement, {"title": "Met", **met})
    case = save(me, Case, {"title": CANARY, "suggested_by": Suggester.MINISTRY, "closed_on": then})
    status, out = run(capsys, "retention", "due", "--format", "json")
    assert status == 0
    assert json.loads(out) == [
        {
            "id": engagement,
            "kind": "engagement",
            "title": "Met",
            "owner": "Kari",
            "counted_from": "day-held",
            "since": "2019-03-04",
            "months": 60,
            "due": "2024-03-04",
            "needs_archive": False,
        }
    ]
    assert CANARY not in run(capsys, "retention", "due")[1]
    status, out = run(capsys, "retention", "due", "--as", "Kari")
    assert status == 0
    assert case in out


def test_periods_are_listed_and_set_by_an_administrator(me: Viewer, capsys: pytest.CaptureFixture[str]) -> None:
    _, out = run(capsys, "retention", "table", "--format", "json")
    assert {one["kind"]: one["months"] for one in json.loads(out)} == {
        subject: RULES[subject].months for subject in RECORD_SUBJECTS
    }
    assert run(capsys, "retention", "set", "case", "48", "--as", "Kari")[0] == 2
    assert run(capsys, "retention", "set", "case", "4", "--as", "Head")[0] == 2
    assert run(capsys, "retention", "set", "case", "48", "--as", "Head") == (0, "Case: 4 years.\n")
    assert periods(me)[Subject.CASE] == 48
    _, out = run(capsys, "retention", "table")
    assert len(out.splitlines()) == len(RECORD_SUBJECTS) + 1


def test_it_prints_the_sheet(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "data-protection") == (0, data_protection_sheet())


def test_what_is_held_on_a_person_goes_to_a_new_file_of_their_own(
    me: Viewer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "held.json"
    assert run(capsys, "people", "export", "Kari", "--as", "Head", "--to", str(file))[0] == 0
    assert json.loads(file.read_text())["person"]["name"] == "Kari"
    assert file.stat().st_mode & 0o077 == 0
    assert run(capsys, "people", "export", "Kari", "--as", "Kari", "--to", str(file))[0] == 2
    defender(me)
    held = tmp_path / "contact.json"
    of_contact = ("people", "export", "--contact", "defender 1", "--to", str(held))
    assert run(capsys, *of_contact, "--as", "Head")[0] == 2
    assert run(capsys, "people", "export", "--contact", "Defender 1", "--to", str(held), "--as", "Kari")[0] == 0
    assert json.loads(held.read_text())["identity"]["name"] == CANARY


def test_a_contact_is_erased_only_when_that_is_confirmed(me: Viewer, capsys: pytest.CaptureFixture[str]) -> None:
    made = defender(me)
    erase = ("people", "erase", "--contact", "Defender 001", "--as", "Kari", "--reason", "They asked for it.")
    status, out = run(capsys, *erase)
    assert (status, CANARY in out) == (0, False)

    def has_identity() -> bool:
        contact = get_record(me, [RecordKind.CONTACT], made)
        assert isinstance(contact, Contact)
        return contact.identity is not None

    assert has_identity()
    assert run(capsys, *erase, "--yes")[0] == 0
    assert not has_identity()


def test_a_user_who_has_left_is_erased_only_when_that_is_confirmed(
    me: Viewer, capsys: pytest.CaptureFixture[str]
) -> None:
    save(OPERATOR, Person, {"active": False}, record_id=me.person_id, seen=1)
    assert run(capsys, "people", "erase", "Kari", "--as", "Head")[0] == 0
    assert "Kari" in {one.name for one in staff()}
    assert run(capsys, "people", "erase", "Kari", "--as", "Head", "--yes")[0] == 0
    assert {one.name for one in staff()} == {"Head", "Former colleague 1"}


def test_a_contact_is_found_by_code_or_identifier_as_far_as_it_is_seen(me: Viewer) -> None:
    other = member(save(OPERATOR, Person, {"name": "Other"}))
    made = defender(me)
    for named in ("Defender 001", "Defender 1", made):
        assert find_contact(me, named)[0] == made
    for who, named in ((other, "Defender 001"), (other, made), (me, "Defender 002")):
        with refused_for("contact-unknown"):
            find_contact(who, named)


def test_a_record_is_written_for_the_archive(me: Viewer, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    case = save(me, Case, {"title": CANARY, "suggested_by": Suggester.CIVIL_SOCIETY})
    file = tmp_path / "case.zip"
    status, printed = run(capsys, "archive", case, "--as", "Kari", "--to", str(file))
    assert (status, CANARY in printed) == (0, False)
    assert zipfile.is_zipfile(file)
    assert file.stat().st_mode & 0o077 == 0
    assert run(capsys, "archive", case, "--as", "Kari", "--to", str(file))[0] == 2
    assert run(capsys, "archive", case, "--as", "Head", "--to", str(tmp_path / "other.zip"))[0] == 2
    assert run(capsys, "archive", case, "--to", str(tmp_path / "other.zip"))[0] == 2
    assert not (tmp_path / "other.zip").exists()
