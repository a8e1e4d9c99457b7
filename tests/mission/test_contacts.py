"""The commands for contacts: consents and identities."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import EditConflict, reading
from calendar_model.mission.contacts import (
    erase_identity,
    keep_identity,
    record_consent,
    save_contact,
    withdraw_consent,
)
from calendar_model.store.models import Consent, Identity
from calendar_model.terms import ContactKind
from tests.day import TODAY

YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def contact(desk: Viewer) -> str:
    return save_contact(desk, {"title": "Defender 014", "contact_kind": ContactKind.DEFENDER})


def codes(refusal: pytest.ExceptionInfo[Refused]) -> list[tuple[str, str]]:
    return [(problem.code, problem.field) for problem in refusal.value.problems]


def test_a_consent_is_withdrawn_once(desk: Viewer, contact: str) -> None:
    record_consent(desk, contact, to_what=" To be quoted ", given_on=YESTERDAY, taken_by_id=desk.person_id)
    with reading(desk) as session:
        consent = session.scalars(select(Consent)).one()
    assert (consent.to_what, consent.until, consent.withdrawn_on) == ("To be quoted", None, None)
    withdraw_consent(desk, contact, consent.id, TODAY)
    withdraw_consent(desk, contact, consent.id, YESTERDAY)
    with reading(desk) as session:
        assert session.scalars(select(Consent.withdrawn_on)).all() == [TODAY]


def test_a_consent_is_refused_where_it_is_incomplete_or_its_contact_hidden(
    desk: Viewer, other: Viewer, contact: str
) -> None:
    with pytest.raises(Refused) as refusal:
        record_consent(desk, contact, to_what="", given_on=None, taken_by_id=None)
    assert codes(refusal) == [("required", "to_what"), ("required", "given_on"), ("required", "taken_by_id")]
    with pytest.raises(Refused) as refusal:
        record_consent(other, contact, to_what="To be quoted", given_on=TODAY, taken_by_id=other.person_id)
    assert codes(refusal) == [("contact-gone", "")]


def test_an_identity_is_kept_once_changed_and_erased_with_a_reason(desk: Viewer, contact: str) -> None:
    keep_identity(desk, contact, {"name": "A. Name"})
    with pytest.raises(Refused) as refusal:
        keep_identity(desk, contact, {"name": "Another name"})
    assert codes(refusal) == [("identity-exists", "")]
    with reading(desk) as session:
        kept = session.scalars(select(Identity)).one()
    keep_identity(desk, contact, {"channel": "By letter"}, identity_id=kept.id, seen=kept.version)
    with pytest.raises(EditConflict):
        erase_identity(desk, kept.id, seen=kept.version, reason="They have asked for it.")
    with pytest.raises(Refused) as refusal:
        erase_identity(desk, kept.id, seen=kept.version + 1, reason="Asked.")
    assert codes(refusal) == [("erasure-without-reason", "reason")]
    erase_identity(desk, kept.id, seen=kept.version + 1, reason="They have asked for it.")
    with reading(desk) as session:
        assert session.scalars(select(Identity)).all() == []
