"""What every column must hold: declared beside the columns, enforced for all of them and for every way to write."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import class_mapper

from calendar_model.access.permissions import ANONYMOUS, Viewer
from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import reading
from calendar_model.messages.columns import REQUIRED as REQUIRED_MESSAGES
from calendar_model.mission.rules import validate
from calendar_model.mission.statements import commands
from calendar_model.mission.transactions import save, writing
from calendar_model.reference import DATA_VARIABLE
from calendar_model.store.models import (
    Base,
    Case,
    Change,
    Code,
    Consent,
    Contact,
    Cosponsor,
    Engagement,
    Event,
    FollowUp,
    LanguageProposal,
    Record,
    Reprisal,
    Statement,
    longest,
)
from calendar_model.terms import (
    ContactKind,
    EngagementForm,
    EngagementKind,
    EventKind,
    RecordKind,
    StatementFormat,
    Suggester,
)
from tests.day import TODAY
from tests.refusals import refused_field

TOMORROW = TODAY + timedelta(days=1)

GOOD: dict[type[Record], dict[str, Any]] = {
    Case: {"title": "Case 1", "suggested_by": Suggester.MINISTRY},
    Contact: {"title": "Coalition 001", "contact_kind": ContactKind.COALITION},
    Engagement: {
        "title": "Breakfast",
        "engagement_kind": EngagementKind.INVITED,
        "on": TODAY,
        "form": EngagementForm.IN_PERSON,
    },
    Event: {
        "title": "Panel",
        "event_kind": EventKind.PANEL,
        "body": "un-hrc",
        "start": TODAY,
        "end": TODAY,
    },
    LanguageProposal: {"title": "PP12", "text": "A draft", "wording": "and defenders"},
    Reprisal: {"title": "Reprisal 1"},
    Statement: {"title": "General debate", "format": StatementFormat.GENERAL_DEBATE},
}

TEXTS = [
    (mapper.class_, name)
    for mapper in sorted(Base.registry.mappers, key=lambda mapper: mapper.class_.__name__)
    for name, column in mapper.columns.items()
    if isinstance(column.type, sa.String) and not isinstance(column.type, sa.Enum)
]
RECORD_TEXTS = [
    (kind, name)
    for kind, name in TEXTS
    if kind in GOOD and name not in ("id", "owner_id", "waiting_for_id", "cleared_by_id") and name != "kind"
]


def count(kind: type[Record]) -> int:
    with reading(ANONYMOUS) as session:
        return len(session.scalars(select(kind.id).execution_options(everything=True)).all())


# --- Lengths


@pytest.mark.parametrize(("kind", "column"), TEXTS, ids=lambda one: one if isinstance(one, str) else one.__name__)
def test_every_text_column_has_a_longest_length(kind: type[Base], column: str) -> None:
    assert 0 < longest(kind, column) <= 1_000_000


@pytest.mark.parametrize(
    ("kind", "column"), RECORD_TEXTS, ids=lambda one: one if isinstance(one, str) else one.__name__
)
def test_what_is_too_long_is_refused_by_field_with_both_lengths(
    staff_member: Viewer, kind: type[Record], column: str
) -> None:
    limit = longest(kind, column)
    values = {**GOOD[kind], column: "x" * (limit + 1)}
    with pytest.raises(Refused) as refusal:
        save(staff_member, kind, values)
    assert refusal.value.field == column
    assert f"{limit:,}" in str(refusal.value)
    assert f"{limit + 1:,}" in str(refusal.value)
    assert count(kind) == 0


def test_a_text_of_a_statement_is_bounded_saved_or_not(staff_member: Viewer) -> None:
    made, long = save(staff_member, Statement, GOOD[Statement]), "x" * 100_001
    for keep in (
        lambda: commands.save_text(staff_member, made, long, language="en", based_on=0),
        lambda: commands.keep_unsaved(staff_member, made, long, language="en", based_on=0),
    ):
        with pytest.raises(Refused) as refusal:
            keep()
        assert refusal.value.field == "text"


def test_a_reason_is_bounded(staff_member: Viewer) -> None:
    made = save(staff_member, Engagement, GOOD[Engagement])
    assert (
        refused_field(staff_member, Engagement, {"place": "Oslo"}, record_id=made, seen=1, reason="x" * 2_001)
        == "reason"
    )
    with reading(staff_member) as session:
        assert all(len(line.reason) < 2_001 for line in session.scalars(select(Change)))


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"])
def test_a_character_that_no_database_keeps_is_refused_field(staff_member: Viewer, text: str) -> None:
    assert refused_field(staff_member, Engagement, {**GOOD[Engagement], "outcome": text}) == "outcome"


# --- What is required


REQUIRED = [
    (kind, name)
    for kind, values in GOOD.items()
    for name, column in class_mapper(kind).columns.items()
    if column.info.get("required") and name in values
]


@pytest.mark.parametrize(("kind", "column"), REQUIRED, ids=lambda one: one if isinstance(one, str) else one.__name__)
def test_what_is_required_is_asked_for_at_birth_and_later(
    staff_member: Viewer, kind: type[Record], column: str
) -> None:
    empty = "  " if isinstance(GOOD[kind][column], str) and type(GOOD[kind][column]) is str else None
    assert refused_field(staff_member, kind, {**GOOD[kind], column: empty}) == column
    made = save(staff_member, kind, GOOD[kind])
    assert refused_field(staff_member, kind, {column: empty}, record_id=made, seen=1) == column


def test_every_text_without_a_default_is_required() -> None:
    """These the model writes itself, or checks as a whole, as it does the lines of the history."""
    accounts = {(kind, name) for kind in ("Account", "WaitingAccount") for name in ("issuer", "subject")}
    written = {("Imported", "uid"), ("Correction", "source_url"), *accounts}
    optional = {
        (kind.__name__, name)
        for kind, name in TEXTS
        if kind is not Change
        and (column := class_mapper(kind).columns[name]).info.get("longest")
        and column.default is None
        and not column.info.get("required")
    }
    assert optional == written


def test_every_required_column_has_its_sentence_and_every_sentence_its_column() -> None:
    required = {
        f"{column.table.name}.{name}"
        for mapper in Base.registry.mappers
        for name, column in mapper.columns.items()
        if column.info.get("required")
    }
    assert set(REQUIRED_MESSAGES) == required


@pytest.mark.parametrize("kind", GOOD, ids=lambda kind: kind.__name__)
def test_a_form_is_told_beforehand_what_is_required(kind: type[Record]) -> None:
    record_kind = RecordKind(str(class_mapper(kind).polymorphic_identity))
    assert validate(record_kind, GOOD[kind]) == ()
    required = {column.key for column in class_mapper(kind).column_attrs if column.columns[0].info.get("required")}
    # Of two columns that are asked for together one is named.
    found = {problem.field for problem in validate(record_kind, {}) if problem.code == "required"}
    assert found == required - ({"start"} if kind is Event else set())


# --- Days on which something happened


PAST = [
    (kind, name)
    for kind in GOOD
    for name, column in class_mapper(kind).columns.items()
    if column.info.get("past") and name != "delivered_on"
]


@pytest.mark.parametrize(("kind", "column"), PAST, ids=lambda one: one if isinstance(one, str) else one.__name__)
def test_nothing_has_happened_on_a_day_to_come(staff_member: Viewer, kind: type[Record], column: str) -> None:
    assert refused_field(staff_member, kind, {**GOOD[kind], column: TOMORROW}) == column
    made = save(staff_member, kind, {**GOOD[kind], column: TODAY})
    assert refused_field(staff_member, kind, {column: TOMORROW}, record_id=made, seen=1) == column


def test_an_engagement_can_be_planned(staff_member: Viewer) -> None:
    save(staff_member, Engagement, {**GOOD[Engagement], "on": TOMORROW})


def test_consents_and_follow_ups_have_not_happened_on_a_day_to_come_either(staff_member: Viewer) -> None:
    made = save(staff_member, Contact, GOOD[Contact])
    for field, row in (
        (
            "given_on",
            Consent(contact_id=made, to_what="To be named", given_on=TOMORROW, taken_by_id=staff_member.person_id),
        ),
        (
            "done_on",
            FollowUp(record_id=made, what="Call", due=TODAY, owner_id=staff_member.person_id, done_on=TOMORROW),
        ),
    ):
        with pytest.raises(Refused) as refusal, writing(staff_member) as session:
            session.add(row)
        assert refusal.value.field == field


# --- Codes and numbers


@pytest.mark.parametrize(
    ("kind", "column"),
    [
        (kind, name)
        for kind in GOOD
        for name, column in class_mapper(kind).columns.items()
        if column.info.get("code") is not None
    ],
    ids=lambda one: one if isinstance(one, str) else one.__name__,
)
def test_a_code_is_one_that_there_is(
    staff_member: Viewer, kind: type[Record], column: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    assert refused_field(staff_member, kind, {**GOOD[kind], column: "no-such-code"}) == column
    assert count(kind) == 0
    if class_mapper(kind).columns[column].info["code"] is Code.ZONE:
        return
    # Where there is no reference nothing can be said against a code.
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    save(staff_member, kind, {**GOOD[kind], column: "no-such-code"})


def test_a_cosponsor_is_a_state(staff_member: Viewer) -> None:
    made = save(staff_member, Statement, GOOD[Statement])
    for code in ("un-hrc", "XXX", ""):
        with pytest.raises(Refused) as refusal, writing(staff_member) as session:
            session.add(Cosponsor(statement_id=made, country=code))
        assert refusal.value.field == "country"


@pytest.mark.parametrize("seconds", [0, 9, 7201, -1])
def test_a_number_is_within_its_bounds(staff_member: Viewer, seconds: int) -> None:
    assert (
        refused_field(staff_member, Statement, {**GOOD[Statement], "speaking_seconds": seconds}) == "speaking_seconds"
    )
