"""Users and roles on the command line, by the one who holds the machine."""

from __future__ import annotations

import json

import pytest

from calendar_model.__main__ import main
from calendar_model.access.permissions import OPERATOR, member
from calendar_model.access.role_table import roles_page
from calendar_model.access.unit_of_work import staff
from calendar_model.mission.missions import missions
from calendar_model.mission.persons import role_groups
from calendar_model.mission.transactions import save
from calendar_model.store.models import Engagement, Person
from calendar_model.terms import EngagementForm, EngagementKind, Role
from tests.day import TODAY


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    status = main(arguments)
    captured = capsys.readouterr()
    return status, captured.out + captured.err


def test_the_first_user_administers_and_the_next_one_writes(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "people")[0] == 0
    assert run(capsys, "people", "add", "Kari", "--post", "Geneva") == (
        0,
        "Added Kari: editor, clearer, case officer, administrator.\n",
    )
    assert run(capsys, "people", "add", "Ola") == (0, "Added Ola: editor, case officer.\n")
    assert run(capsys, "people", "add", "Per", "--role", "auditor") == (0, "Added Per: auditor.\n")
    status, out = run(capsys, "people", "--format", "json")
    assert status == 0
    assert {one["name"]: sorted(one["roles"]) for one in json.loads(out)} == {
        "Kari": ["administrator", "case-officer", "clearer", "editor"],
        "Ola": ["case-officer", "editor"],
        "Per": ["auditor"],
    }


def test_roles_are_given_and_taken(capsys: pytest.CaptureFixture[str]) -> None:
    save(OPERATOR, Person, {"name": "Kari", "roles": {Role.ADMINISTRATOR}})
    changed = run(capsys, "people", "role", "Kari", "--give", "reader", "--give", "auditor")
    assert changed == (0, "Kari: reader, administrator, auditor.\n")
    status, out = run(capsys, "people", "role", "Kari", "--take", "administrator")
    assert (status, out) == (2, "One active administrator is needed. Make another user an administrator first.\n")
    assert run(capsys, "people", "role", "Ola", "--give", "reader")[0] == 2


def test_groups_give_roles(capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "people", "group", "desk", "--give", "editor", "--give", "reader")
    assert run(capsys, "people", "group", "desk", "--take", "reader")[0] == 0
    assert [one[:2] for one in role_groups()] == [("desk", Role.EDITOR)]


def test_what_a_leaver_held_is_handed_over(capsys: pytest.CaptureFixture[str]) -> None:
    for name, roles in (("Head", {Role.ADMINISTRATOR}), ("Kari", {Role.EDITOR}), ("Ola", {Role.EDITOR})):
        save(OPERATOR, Person, {"name": name, "roles": roles})
    ids = {one.name: one.id for one in staff()}
    met = {"engagement_kind": EngagementKind.CONSULTED, "on": TODAY, "form": EngagementForm.ONLINE}
    save(member(ids["Kari"]), Engagement, {"title": "Briefing", **met})
    save(OPERATOR, Person, {"active": False}, record_id=ids["Kari"], seen=1)
    assert run(capsys, "people", "hand-over", "Kari", "Ola", "--as", "Ola")[0] == 2
    done = run(capsys, "people", "hand-over", "Kari", "Ola", "--as", "Head")
    assert done == (0, "Handed over: 1 records and 0 follow-ups.\n")


def test_it_prints_what_each_role_allows(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "roles") == (0, roles_page())


def test_missions_are_added_renamed_and_retired(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "people", "mission")[0] == 0
    assert run(capsys, "people", "mission", "add", "Geneva") == (0, "Added Geneva.\n")
    assert run(capsys, "people", "mission", "add", " geneva ")[0] == 2
    assert run(capsys, "people", "mission", "rename", "geneva", "Genève") == (0, "Changed Geneva.\n")
    assert run(capsys, "people", "mission", "retire", "Genève")[0] == 0
    assert [(one.name, one.active) for one in missions(OPERATOR)] == [("Genève", False)]
    assert run(capsys, "people", "mission", "reopen", "Genève")[0] == 0
    assert run(capsys, "people", "mission", "retire", "Vienna")[0] == 2


def test_roles_are_given_and_taken_at_a_mission(capsys: pytest.CaptureFixture[str]) -> None:
    save(OPERATOR, Person, {"name": "Kari", "roles": {Role.READER}})
    run(capsys, "people", "mission", "add", "Geneva")
    given = run(capsys, "people", "role", "Kari", "--give", "editor", "--mission", "geneva", "--home", "Geneva")
    assert given == (0, "Kari: reader, editor (Geneva).\n")
    assert run(capsys, "people", "role", "Kari", "--give", "auditor", "--mission", "Geneva")[0] == 2
    run(capsys, "people", "add", "Ola", "--mission", "Geneva", "--role", "editor", "--role", "administrator")
    listed = {one["name"]: one for one in json.loads(run(capsys, "people", "--format", "json")[1])}
    editor = {"mission": "Geneva", "role": "editor", "source": "hand"}
    assert {name: (one["mission"], list(one["roles"]), one["roles_at_missions"]) for name, one in listed.items()} == {
        "Kari": ("Geneva", ["reader"], [editor]),
        "Ola": ("Geneva", ["administrator"], [editor]),
    }
    assert run(capsys, "people", "role", "Kari", "--take", "editor") == (0, "Kari: reader.\n")


def test_groups_give_roles_at_a_mission(capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "people", "mission", "add", "Geneva")
    run(capsys, "people", "group", "desk", "--give", "editor", "--give", "reader", "--mission", "Geneva")
    run(capsys, "people", "group", "desk", "--give", "reader")
    run(capsys, "people", "group", "desk", "--take", "reader", "--mission", "Geneva")
    (geneva,) = missions(OPERATOR)
    assert set(role_groups()) == {("desk", Role.READER, None), ("desk", Role.EDITOR, geneva.id)}
