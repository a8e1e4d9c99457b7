"""Templates of statements: filled in, made from a statement, kept within their mission."""

from __future__ import annotations

import hashlib
import json
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import select

from calendar_model.access.permissions import ANONYMOUS, OPERATOR, Viewer, member
from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import EditConflict, reading
from calendar_model.mission.missions import add_mission, change_mission
from calendar_model.mission.statements import commands
from calendar_model.mission.statements.templates import (
    LARGEST_FILE,
    FileFacts,
    content_of_file,
    delete_template,
    file_for,
    filled_in,
    fits,
    keep_file,
    remove_file,
    save_as_template,
    save_template,
    template_files,
    templates,
)
from calendar_model.mission.transactions import save
from calendar_model.reference import Reference
from calendar_model.store.backup import backup, restore
from calendar_model.store.database import current_workspace, open_workspace
from calendar_model.store.history import verify
from calendar_model.store.models import Case, Change, Person, Statement, TemplateFile
from calendar_model.terms import Role, StatementFormat, Suggester, Voice
from calendar_model.vocabulary import Sensitivity
from tests.day import TODAY

VALUES: dict[str, Any] = {"name": "Debate", "format": StatementFormat.GENERAL_DEBATE, "text": "Thanks, {forum}."}


def statement(me: Viewer, **values: Any) -> str:
    links = values.pop("links", None)
    known = {
        "title": "One",
        "format": StatementFormat.STATEMENT,
        "forum": "un-hrc",
        "sensitivity": Sensitivity.INTERNAL,
    }
    return commands.start_statement(me, {**known, **values}, text="Mr President,", links=links)


def code_of(refused: pytest.ExceptionInfo[Refused]) -> str:
    return refused.value.problems[0].code


def test_placeholders_are_filled_in_or_stay_in_square_brackets(reference: Reference) -> None:
    text = "{forum}, item {item}, {date}: {speaker} for {Lead}, {speaking limit}. {State} { } {a\nb}"
    values = {
        "forum": "un-hrc", "agenda_item": "3", "due": date(2027, 3, 1), "speaker": "Head", "speaking_seconds": 90,
        "format": StatementFormat.GENERAL_DEBATE, "voice": Voice.NATIONAL,
    }  # fmt: skip
    name = reference.organisations["un-hrc"].name
    filled = filled_in(text, values, reference, TODAY)
    assert filled == f"{name}, item 3, Mon 1 Mar 2027: Head for [Lead], 1 min 30 s. [State] [] {{a\nb}}"
    empty = filled_in("{forum} {item} {date} {speaking limit}", {}, reference, TODAY)
    assert empty == "[forum] [item] [date] [speaking limit]"


def test_one_is_kept_changed_and_deleted(me: Viewer, other: Viewer) -> None:
    made = save_template(me, VALUES)
    save_template(me, {**VALUES, "name": "Statement", "format": StatementFormat.STATEMENT})
    assert [one.name for one in templates(other)] == ["Statement", "Debate"]
    assert templates(ANONYMOUS) == ()
    save_template(other, {"text": "Less"}, template_id=made, seen=1)
    with pytest.raises(EditConflict):
        save_template(me, {"text": "More"}, template_id=made, seen=1)
    delete_template(me, made, seen=2)
    assert [one.name for one in templates(me)] == ["Statement"]
    with pytest.raises(Refused) as refused:
        save_template(me, {**VALUES, "name": " ", "text": ""})
    assert {one.field for one in refused.value.problems} == {"name", "text"}


def test_it_fits_a_format_and_where_they_are_given_a_voice_and_a_forum(me: Viewer) -> None:
    save_template(me, {**VALUES, "voice": Voice.JOINT, "forum": "osce"})
    (one,) = templates(me)
    debate = StatementFormat.GENERAL_DEBATE
    assert fits(one, debate, Voice.JOINT, "osce")
    for made_as, voice, forum in (
        (StatementFormat.STATEMENT, Voice.JOINT, "osce"),
        (debate, Voice.NATIONAL, "osce"),
        (debate, Voice.JOINT, "un-hrc"),
    ):
        assert not fits(one, made_as, voice, forum)


def test_one_is_made_from_a_statement_that_all_may_read(me: Viewer) -> None:
    save_as_template(me, statement(me), "From it", "en")
    (one,) = templates(me)
    assert (one.name, one.format, one.voice, one.forum, one.text) == (
        "From it", StatementFormat.STATEMENT, Voice.NATIONAL, "un-hrc", "Mr President,",
    )  # fmt: skip


def test_none_is_made_from_a_restricted_text_or_one_about_a_case(me: Viewer) -> None:
    case = save(me, Case, {"title": "Case 1", "suggested_by": Suggester.MINISTRY})
    for made in (statement(me, sensitivity=Sensitivity.RESTRICTED), statement(me, links=[case])):
        with pytest.raises(Refused) as refused:
            save_as_template(me, made, "From it", "en")
        assert code_of(refused) == "template-of-restricted"
    with pytest.raises(Refused) as refused:
        save_as_template(me, statement(me), "From it", "fr")
    assert code_of(refused) == "template-without-text"
    assert templates(me) == []


def test_those_of_a_mission_are_read_and_written_there(me: Viewer) -> None:
    missions = [add_mission(OPERATOR, name) for name in ("Geneva", "Vienna")]
    here, there, head = (
        member(save(OPERATOR, Person, {"name": name, "given": given}))
        for name, given in (
            ("Here", {(Role.EDITOR, missions[0])}),
            ("There", {(Role.EDITOR, missions[1])}),
            ("Reads here, writes there", {(Role.READER, missions[0]), (Role.EDITOR, missions[1])}),
        )
    )
    made = save_template(here, VALUES)
    assert [len(templates(who)) for who in (here, there, head, me)] == [1, 0, 1, 1]
    for who in (there, head):
        with pytest.raises(Refused):
            save_template(who, {"text": "Theirs"}, template_id=made, seen=1)
        with pytest.raises(Refused):
            delete_template(who, made, seen=1)
        with pytest.raises(Refused):
            save_template(who, {**VALUES, "mission_id": missions[0]})
    with pytest.raises(Refused):
        save_template(here, {"mission_id": missions[1]}, template_id=made, seen=1)
    save_template(here, {"text": "Ours"}, template_id=made, seen=1)


def test_one_of_a_retired_mission_is_still_changed_but_none_is_made_there(me: Viewer) -> None:
    mission = add_mission(OPERATOR, "Geneva")
    here = member(save(OPERATOR, Person, {"name": "Here", "given": {(Role.EDITOR, mission)}, "mission_id": mission}))
    made = save_template(here, VALUES)
    change_mission(OPERATOR, mission, 1, {"active": False})
    save_template(here, {"text": "Ours"}, template_id=made, seen=1)
    with pytest.raises(Refused) as refused:
        save_template(here, {**VALUES, "mission_id": mission})
    assert code_of(refused) == "mission-not-offered"
    shared = save_template(me, {**VALUES, "mission_id": None})
    with pytest.raises(Refused) as refused:
        save_template(me, {"mission_id": mission}, template_id=shared, seen=1)
    assert code_of(refused) == "mission-not-offered"


def test_the_history_of_one_is_read_where_it_is_read(me: Viewer) -> None:
    missions = [add_mission(OPERATOR, name) for name in ("Geneva", "Vienna")]
    given = {
        "Here": (Role.EDITOR, missions[0]),
        "There": (Role.EDITOR, missions[1]),
        "Runs it": (Role.ADMINISTRATOR, None),
    }
    here, there, runs = (member(save(OPERATOR, Person, {"name": name, "given": {one}})) for name, one in given.items())
    made = save_template(here, VALUES)
    save_template(here, {"text": "Ours"}, template_id=made, seen=1)
    keep_file(here, made, "Letter.docx", plain_file(), seen=2)
    delete_template(here, made, seen=2)
    save_template(me, {**VALUES, "name": "Of all"})

    def lines(who: Viewer) -> int:
        with reading(who) as session:
            return len(
                session.scalars(select(Change).where(Change.table.in_(("statement_template", "template_file")))).all()
            )

    assert [lines(who) for who in (here, there, me, runs)] == [6, 1, 6, 0]


def test_a_sample_person_writes_none(me: Viewer) -> None:
    fictional = save(OPERATOR, Person, {"name": "Fictional", "sample": True})
    made = save_template(me, VALUES)
    for act in (
        lambda: save_template(member(fictional), VALUES),
        lambda: save_template(member(fictional), {"text": "Theirs"}, template_id=made, seen=1),
        lambda: delete_template(member(fictional), made, seen=1),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert code_of(refused) == "acting-as-sample"


# --- The Word file of a template


def plain_file(text: str = "One") -> bytes:
    return b"PK" + text.encode()


def test_a_file_is_kept_replaced_removed_and_goes_with_its_template(
    either_database: None, me: Viewer, other: Viewer
) -> None:
    made = save_template(me, VALUES)
    keep_file(me, made, "Letter.docx", plain_file(), seen=1)
    assert template_files(other) == {made: FileFacts("Letter.docx", 5)}
    assert template_files(ANONYMOUS) == {}
    keep_file(other, made, "Other.docx", plain_file("Other"), seen=1)
    assert (template_files(me)[made].name, content_of_file(me, made)) == ("Other.docx", plain_file("Other"))
    remove_file(me, made, seen=1)
    assert template_files(me) == {}
    for gone in (lambda: content_of_file(me, made), lambda: remove_file(me, made, seen=1)):
        with pytest.raises(Refused) as refused:
            gone()
        assert code_of(refused) == "template-file-gone"
    keep_file(me, made, "Letter.docx", plain_file(), seen=1)
    save_template(me, {"text": "Less"}, template_id=made, seen=1)
    with pytest.raises(EditConflict):
        keep_file(me, made, "Letter.docx", plain_file(), seen=1)
    delete_template(me, made, seen=2)
    assert (templates(me), template_files(me)) == ([], {})


def test_the_history_has_the_digest_of_a_file_and_verifies_it(either_database: None, me: Viewer) -> None:
    made = save_template(me, VALUES)
    keep_file(me, made, "Letter.docx", plain_file(), seen=1)
    keep_file(me, made, "Letter.docx", plain_file("Two"), seen=1)
    remove_file(me, made, seen=1)
    keep_file(me, made, "Letter.docx", plain_file(), seen=1)
    with reading(me) as session:
        told = [
            (line.action, json.loads(line.before).get("content"), json.loads(line.after).get("content"))
            for line in session.scalars(select(Change).where(Change.table == "template_file").order_by(Change.number))
        ]
    one, two = ({"sha256": hashlib.sha256(plain_file(text)).hexdigest()} for text in ("One", "Two"))
    assert told == [("create", None, one), ("update", one, two), ("delete", two, None), ("create", None, one)]
    workspace = current_workspace()
    assert verify(workspace).clean
    with workspace.engine.begin() as connection:
        connection.execute(sa.update(TemplateFile).values(content=b"PK forged"))
    assert len(verify(workspace).problems) == 1


def test_a_file_is_in_the_backup_and_comes_back(either_database: None, me: Viewer, tmp_path: Path) -> None:
    made = save_template(me, VALUES)
    content = bytes(range(256)) * 3
    keep_file(me, made, "Letter.docx", content, seen=1)
    checksum = backup(current_workspace(), tmp_path / "backup.gz")
    url = f"sqlite:///{tmp_path / 'again.sqlite'}"
    assert restore(url, tmp_path / "backup.gz") == checksum
    with closing(open_workspace(url)) as again, reading(me, again) as session:
        assert [one.content for one in session.scalars(select(TemplateFile))] == [content]


def test_a_file_is_of_the_mission_of_its_template_and_not_too_large(me: Viewer) -> None:
    missions = [add_mission(OPERATOR, name) for name in ("Geneva", "Vienna")]

    here, there = (
        member(save(OPERATOR, Person, {"name": mission, "given": {(Role.EDITOR, mission)}})) for mission in missions
    )
    made = save_template(here, VALUES)
    keep_file(here, made, "Letter.docx", plain_file(), seen=1)
    assert [len(template_files(who)) for who in (here, there, me)] == [1, 0, 1]
    for act in (
        lambda: keep_file(there, made, "Theirs.docx", plain_file(), seen=1),
        lambda: remove_file(there, made, seen=1),
        lambda: content_of_file(there, made),
    ):
        with pytest.raises(Refused):
            act()
    with pytest.raises(Refused) as refused:
        keep_file(here, made, "Large.docx", b"PK" + bytes(LARGEST_FILE), seen=1)
    assert code_of(refused) == "template-file-too-large"
    assert content_of_file(here, made) == plain_file()


def test_the_file_that_fits_best_is_taken(me: Viewer) -> None:
    def kept(text: str, **values: Any) -> None:
        made = save_template(me, {**VALUES, **values})
        keep_file(me, made, "Letter.docx", plain_file(text), seen=1)

    one = Statement(format=StatementFormat.GENERAL_DEBATE, voice=Voice.NATIONAL, forum="un-hrc", mission_id=None)
    save_template(me, VALUES)
    kept("Other format", format=StatementFormat.STATEMENT)
    kept("Other forum", forum="osce")
    kept("Arabic", language="ar")
    assert file_for(me, one, "en") is None
    assert file_for(ANONYMOUS, one, "ar") is None
    assert file_for(me, one, "ar") == plain_file("Arabic")
    kept("French", language="fr")
    assert file_for(me, one, "en") == plain_file("French")
    kept("Any")
    assert [file_for(me, one, language) for language in ("en", "fr")] == [plain_file("Any"), plain_file("French")]
    kept("Voice", voice=Voice.NATIONAL)
    assert file_for(me, one, "en") == plain_file("Voice")
    kept("Forum", forum="un-hrc")
    assert file_for(me, one, "en") == plain_file("Forum")
