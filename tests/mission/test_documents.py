"""Links to documents on a record, and its reference in the archive."""

from __future__ import annotations

import json

import pytest

from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.documents import (
    add_document,
    archived_as,
    documents_of,
    enter_reference,
    remove_document,
)
from calendar_model.mission.history_lines import history_lines
from calendar_model.mission.records import changes_of, delete_record
from calendar_model.mission.transactions import save, writing
from calendar_model.mission.undo import undo
from calendar_model.store.models import ArchivedAs, DocumentLink, Engagement, Person
from calendar_model.terms import EngagementForm, EngagementKind, RecordKind, Role
from calendar_model.vocabulary import Sensitivity
from tests.day import TODAY
from tests.refusals import refused_for

ENGAGEMENT = {
    "title": "Talk",
    "engagement_kind": EngagementKind.CONSULTED,
    "on": TODAY,
    "form": EngagementForm.ONLINE,
}
ADDRESS = "https://archive.example/17?v=1"


def test_a_document_is_linked_with_who_added_it_and_removed(me: Viewer, other: Viewer) -> None:
    made = save(me, Engagement, ENGAGEMENT)
    first = add_document(me, made, address=f"  {ADDRESS} ", title=" The  letter ")
    add_document(other, made, address="http://example.org/", title="")
    assert [(one.url, one.document_title, one.added_by.name) for one in documents_of(me, made)] == [
        (ADDRESS, "The letter", "Amina Berg"), ("http://example.org/", "http://example.org/", "Other"),
    ]  # fmt: skip
    remove_document(other, first)
    assert [one.document_title for one in documents_of(me, made)] == ["http://example.org/"]
    steps = [step.code for line in history_lines(changes_of(me, made)) for step in line.steps]
    assert steps[:3] == ["history-document_link-delete", "history-document_link-create", "history-document_link-create"]
    with refused_for("document-gone"):
        remove_document(other, first)


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)", "ftp://example.org/a", "example.org", "https://", "https://a b/", "file:///etc",
        "https://amina:secret@example.org/", "https://un.org@example.org/", "https://un.org\\@example.org/",
        "https://example.org/\u202egpj.exe", "https://example.org/\x1b[2J", "https://un.org\u200b.example.org/",
        "https://[example.org/", "https://:443/",
    ],
)  # fmt: skip
def test_only_web_addresses_are_linked(me: Viewer, address: str) -> None:
    made = save(me, Engagement, ENGAGEMENT)
    with refused_for("document-address-malformed"):
        add_document(me, made, address=address, title="Letter")
    with refused_for("required"):
        add_document(me, made, address=" ", title="Letter")


def test_they_are_not_published_with_their_record(me: Viewer) -> None:
    made = save(me, Engagement, ENGAGEMENT)
    add_document(me, made, address=ADDRESS, title="Letter")
    enter_reference(me, made, "2026/17")
    save(me, Engagement, {"sensitivity": Sensitivity.PUBLIC}, record_id=made, seen=1, reason="It was published.")
    with reading(ANONYMOUS) as session:
        assert session.get(Engagement, made) is not None
    assert (documents_of(ANONYMOUS, made), archived_as(ANONYMOUS, made)) == ([], None)
    assert [one.url for one in documents_of(me, made)] == [ADDRESS]


def test_links_are_not_changed_and_not_made_in_the_name_of_another(me: Viewer, other: Viewer) -> None:
    made = save(me, Engagement, ENGAGEMENT)
    link = add_document(me, made, address=ADDRESS, title="Letter")
    with refused_for("document-linked-already"):
        add_document(other, made, address=ADDRESS, title="Again")
    with refused_for("document-changed"), writing(me) as session:
        session.get_one(DocumentLink, link).url = "https://elsewhere.example/"
    columns = {"record_id": made, "url": "https://b.example/", "document_title": "B"}
    with refused_for("document-of-another"), writing(me) as session:
        session.add(DocumentLink(**columns, added_by_id=other.person_id))
    with refused_for("document-of-another"), writing(me) as session:
        session.add(ArchivedAs(record_id=made, reference="1", entered_by_id=other.person_id))


def test_they_are_seen_and_written_with_their_record_alone(me: Viewer, other: Viewer) -> None:
    made = save(me, Engagement, {**ENGAGEMENT, "sensitivity": Sensitivity.RESTRICTED})
    link = add_document(me, made, address=ADDRESS, title="Letter")
    enter_reference(me, made, "2026/17")
    assert (list(documents_of(other, made)), archived_as(other, made)) == ([], None)
    with refused_for("record-gone"):
        add_document(other, made, address="https://b.example/", title="B")
    with refused_for("document-gone"):
        remove_document(other, link)
    with refused_for("record-gone"):
        enter_reference(other, made, "2026/18")
    reader = member(save(me, Person, {"name": "Reader", "roles": {Role.READER}}))
    shown = save(me, Engagement, ENGAGEMENT)
    with refused_for("role-needed"):
        add_document(reader, shown, address=ADDRESS, title="Letter")
    with refused_for("role-needed"):
        enter_reference(reader, shown, "2026/17")


def test_the_reference_is_entered_and_corrected_without_changing_the_record(me: Viewer, other: Viewer) -> None:
    made = save(me, Engagement, ENGAGEMENT)
    with refused_for("required"):
        enter_reference(me, made, "  ")
    enter_reference(me, made, " 2026/17 ")
    enter_reference(me, made, "2026/17")
    enter_reference(other, made, "2026/18")
    found = archived_as(me, made)
    assert found is not None
    assert (found.reference, found.entered_by_id) == ("2026/18", other.person_id)
    lines = [line for line in changes_of(me, made) if line.table == "archived_as"]
    assert [(line.person_id, json.loads(line.after)["reference"]) for line in lines] == [
        (me.person_id, "2026/17"), (other.person_id, "2026/18"),
    ]  # fmt: skip
    save(me, Engagement, {"place": "Geneva"}, record_id=made, seen=1)


def test_they_go_and_come_back_with_their_record(me: Viewer) -> None:
    made = save(me, Engagement, ENGAGEMENT)
    add_document(me, made, address=ADDRESS, title="Letter")
    enter_reference(me, made, "2026/17")
    done = delete_record(me, RecordKind.ENGAGEMENT, made, seen=1, reason="It was entered twice.")
    undo(me, done)
    assert [one.url for one in documents_of(me, made)] == [ADDRESS]
    assert archived_as(me, made) is not None
