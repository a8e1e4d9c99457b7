"""Which mails are sent, in both databases: each is claimed once, however many claim it at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from calendar_model.store import sent_mails
from calendar_model.store.database import Workspace
from calendar_model.store.models import MailChoice, Person, sent_mail
from calendar_model.store.sent_mails import KEPT, TAKEN_OVER_AFTER, Claim, MailState
from calendar_model.terms import MailRhythm
from tests.store.conftest import writing

DAY = date(2026, 11, 24)
AT = datetime(2026, 11, 24, 6, tzinfo=UTC)


@pytest.fixture
def recipient(workspace: Workspace, person: Person) -> str:
    with writing(workspace) as session:
        session.add(MailChoice(id=person.id, rhythm=MailRhythm.DAILY, address="desk@example.org"))
        session.commit()
    return person.id


def claim(workspace: Workspace, recipient: str, number: int, at: datetime = AT) -> Claim | None:
    return sent_mails.claim(workspace, recipient, "digest", DAY, f"{number:064}", at)


def test_one_of_many_gets_the_claim(workspace: Workspace, recipient: str) -> None:
    with ThreadPoolExecutor(8) as threads:
        claims = list(threads.map(lambda number: claim(workspace, recipient, number), range(8)))
    assert len([one for one in claims if one is not None]) == 1


def test_the_database_itself_refuses_a_second_one(workspace: Workspace, recipient: str) -> None:
    assert claim(workspace, recipient, 1)
    same = {"person_id": recipient, "kind": "digest", "day": DAY, "state": "claimed", "claimed_at": AT, "tries": 1}
    with pytest.raises(IntegrityError), workspace.writing() as connection:
        connection.execute(sa.insert(sent_mail).values(**same, id="b" * 32, token_hash="c" * 64))


def test_a_claim_ends_as_it_is_noted(workspace: Workspace, recipient: str) -> None:
    mine = claim(workspace, recipient, 1)
    assert mine is not None
    assert sent_mails.last_done(workspace, recipient, "digest") is None
    assert sent_mails.mark(workspace, mine, MailState.SENT)
    assert sent_mails.last_done(workspace, recipient, "digest") == AT
    assert sent_mails.person_of(workspace, mine.token_hash) == recipient
    assert sent_mails.person_of(workspace, "f" * 64) == ""
    assert claim(workspace, recipient, 2, AT + timedelta(hours=5)) is None
    assert sent_mails.open_for(workspace, "digest", {recipient: DAY}, AT + timedelta(hours=5)) == set()
    assert sent_mails.open_for(workspace, "digest", {recipient: DAY + timedelta(1)}, AT) == {recipient}


def test_a_claim_that_is_given_back_is_free(workspace: Workspace, recipient: str) -> None:
    mine = claim(workspace, recipient, 1)
    assert mine is not None
    sent_mails.release(workspace, mine)
    assert claim(workspace, recipient, 2) is not None


def test_who_lost_a_claim_notes_nothing(workspace: Workspace, recipient: str) -> None:
    slow = claim(workspace, recipient, 1)
    fast = claim(workspace, recipient, 2, AT + TAKEN_OVER_AFTER)
    assert slow is not None
    assert fast is not None
    assert not sent_mails.mark(workspace, slow, MailState.SENDING)
    sent_mails.release(workspace, slow)
    assert sent_mails.mark(workspace, fast, MailState.SENDING)


def test_what_is_old_is_forgotten_and_all_goes_with_the_choice(workspace: Workspace, recipient: str) -> None:
    mine = claim(workspace, recipient, 1)
    assert mine is not None
    sent_mails.forget(workspace, DAY + KEPT)
    assert sent_mails.person_of(workspace, mine.token_hash) == recipient
    sent_mails.forget(workspace, DAY + KEPT + timedelta(days=1))
    assert sent_mails.person_of(workspace, mine.token_hash) == ""
    assert claim(workspace, recipient, 2) is not None
    with writing(workspace) as session:
        session.delete(session.get_one(MailChoice, recipient))
        session.commit()
    with workspace.single_statements() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(sent_mail)) == 0
