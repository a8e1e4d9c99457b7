"""The file for the archive: complete, checked by its sums, the same for the same state, and without a title in names."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from calendar_model.access.permissions import Viewer, member
from calendar_model.access.unit_of_work import reading
from calendar_model.documents.archive import MANIFEST, archive_file
from calendar_model.documents.word import DocumentError
from calendar_model.mission.archive import ArchivedText, archive_content
from calendar_model.mission.documents import add_document, enter_reference
from calendar_model.mission.reads import reading_for_document, reads_of
from calendar_model.mission.statements import commands
from calendar_model.mission.transactions import save
from calendar_model.store.models import Case, Engagement, Person, Statement
from calendar_model.terms import EngagementForm, EngagementKind, ReadKind, StatementFormat, Suggester
from calendar_model.vocabulary import Sensitivity
from tests.day import TODAY
from tests.refusals import refused_for

SECRET = "qzcanary"


def archived(who: Viewer, record_id: str) -> bytes:
    with reading_for_document(who) as session:
        content = archive_content(session, record_id)
    return archive_file(content)


def unpacked(made: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def only(files: dict[str, bytes], end: str) -> bytes:
    (found,) = (data for name, data in files.items() if name.endswith(end))
    return found


@pytest.fixture
def statement(me: Viewer, other: Viewer) -> str:
    values = {"title": f"{SECRET} Item 4", "format": StatementFormat.STATEMENT, "sensitivity": Sensitivity.RESTRICTED}
    made = commands.start_statement(me, values, text="Mr President,", named=[me.person_id, other.person_id])
    commands.save_text(other, made, text="Mr President,\n\nПривет, 你好. Merci.", language="en", based_on=1)
    add_document(me, made, address="https://archive.example/17", title="The letter")
    return made


def test_it_has_the_texts_the_parts_and_the_history(me: Viewer, other: Viewer, statement: str) -> None:
    enter_reference(other, statement, "2026/17")
    files = unpacked(archived(me, statement))
    record = json.loads(only(files, f"{statement[:8]}.json"))
    assert (record["id"], record["kind"], record["record"]["title"]) == (statement, "statement", f"{SECRET} Item 4")
    assert record["parts"]["document_link"][0]["url"] == "https://archive.example/17"
    assert [one["number"] for one in record["parts"]["version"]] == [1, 2]
    assert record["parts"]["archived_as"][0]["reference"] == "2026/17"
    assert set(record["people"].values()) == {"Amina Berg", "Other"}
    assert "unsaved" not in record["parts"]
    assert only(files, "text-2-en.txt").decode() == "Mr President,\n\nПривет, 你好. Merci."
    lines = json.loads(only(files, "history.json"))["lines"]
    assert {line["by"] for line in lines} == {"Amina Berg", "Other"}
    assert all(re.fullmatch("[0-9a-f]{64}", line["digest"]) for line in lines)
    paper = only(files, ".pdf")
    assert paper.startswith(b"%PDF-1.")
    assert (b'pdfaid:part="2"' in paper or b"<pdfaid:part>2" in paper, b"/FontFile2" in paper) == (True, True)


def test_it_names_the_people_of_whom_the_history_alone_speaks(me: Viewer, statement: str) -> None:
    former = save(me, Person, {"name": "Former"})
    for named in ([me.person_id, former], [me.person_id]):
        with reading(me) as session:
            seen = session.get_one(Statement, statement).version
        save(me, Statement, {}, record_id=statement, seen=seen, named=named)
    record = json.loads(only(unpacked(archived(me, statement)), f"{statement[:8]}.json"))
    assert record["people"][former] == "Former"


def test_its_sums_are_those_of_its_files(me: Viewer, statement: str, tmp_path: Path) -> None:
    files = unpacked(archived(me, statement))
    listed = dict(line.split("  ")[::-1] for line in files[MANIFEST].decode().splitlines())
    assert listed == {name: hashlib.sha256(data).hexdigest() for name, data in files.items() if name != MANIFEST}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    tool = shutil.which("sha256sum")
    if tool is not None:
        subprocess.run([tool, "-c", MANIFEST], cwd=tmp_path, check=True, capture_output=True)


def test_the_same_state_gives_the_same_bytes(me: Viewer, other: Viewer, statement: str) -> None:
    first = archived(me, statement)
    assert archived(other, statement) == first
    add_document(me, statement, address="https://archive.example/18", title="The answer")
    assert archived(me, statement) != first


def test_no_name_says_what_it_is_about(me: Viewer, statement: str) -> None:
    files = unpacked(archived(me, statement))
    assert [name for name in files if SECRET in name] == []
    pattern = rf"(statement-\d{{4}}-\d\d-\d\d-{statement[:8]}(-history|-text-\d+-[a-z]+)?\.(pdf|json|txt)|{MANIFEST})"
    assert [name for name in files if not re.fullmatch(pattern, name)] == []


def test_that_a_restricted_record_is_archived_is_noted(me: Viewer, other: Viewer, statement: str) -> None:
    archived(other, statement)
    assert [(one.person_id, one.how) for one in reads_of(me, statement).newest] == [
        (other.person_id, ReadKind.DOCUMENT)
    ]


def test_nobody_archives_what_they_cannot_see_nor_another_kind(me: Viewer, statement: str) -> None:
    stranger = member(save(me, Person, {"name": "Stranger"}))
    with refused_for("record-gone"):
        archived(stranger, statement)
    values = {"engagement_kind": EngagementKind.CONSULTED, "on": TODAY, "form": EngagementForm.ONLINE}
    met = save(me, Engagement, {"title": "Talk", **values})
    with refused_for("archive-of-another-kind"):
        archived(me, met)


def test_what_is_linked_and_hidden_is_not_in_it(me: Viewer, other: Viewer) -> None:
    case = save(me, Case, {"title": f"{SECRET} 1", "suggested_by": Suggester.CIVIL_SOCIETY}, named=[me.person_id])
    shown = save(me, Statement, {"title": "Item 4", "format": StatementFormat.STATEMENT})
    save(me, Statement, {"sensitivity": "restricted"}, record_id=shown, seen=1, links=[case],
         named=[me.person_id, other.person_id])  # fmt: skip
    assert SECRET in only(unpacked(archived(me, shown)), f"{shown[:8]}.json").decode()
    for data in unpacked(archived(other, shown)).values():
        assert SECRET.encode() not in data
        assert case.encode() not in data


def test_many_long_texts_and_a_long_history_are_archived_too(me: Viewer, statement: str) -> None:
    with reading_for_document(me) as session:
        content = archive_content(session, statement)
    texts = tuple(ArchivedText(number, "en", "Mr President. " * 3_000) for number in range(1, 31))
    files = unpacked(archive_file(replace(content, texts=texts, lines=content.lines * 800)))
    assert len([name for name in files if "-text-" in name]) == 30
    assert len(json.loads(only(files, "history.json"))["lines"]) == 800 * len(content.lines)


def test_a_text_that_no_document_can_hold_is_refused_in_a_sentence(me: Viewer, statement: str) -> None:
    with reading_for_document(me) as session:
        content = archive_content(session, statement)
    texts = (ArchivedText(1, "en", "a\n" * 3_000),)
    with pytest.raises(DocumentError):
        archive_file(replace(content, texts=texts))
