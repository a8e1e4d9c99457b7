"""Digests are sent once, to those who want them, by a real mail server on loopback."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import monotonic

import pytest
import sqlalchemy as sa

from calendar_model.access.permissions import ANONYMOUS, OPERATOR, member
from calendar_model.clock import TODAY_VARIABLE
from calendar_model.mails import messages, sending, smtp
from calendar_model.mission.digest import choice
from calendar_model.mission.digest.choice import MailSettings
from calendar_model.mission.transactions import save
from calendar_model.store import sent_mails
from calendar_model.store.database import current_workspace
from calendar_model.store.models import Person, sent_mail
from calendar_model.terms import MailRhythm, MailStop
from tests.mails.conftest import PUBLIC
from tests.mails.mail_server import Inbox
from tests.mails.people import with_digest

ROOT = Path(__file__).resolve().parents[2]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


MORNING = at("2026-11-24T06:00")
"""07:00 in Oslo, on a Tuesday."""


def states() -> list[str]:
    with current_workspace().single_statements() as connection:
        return sorted(connection.execute(sa.select(sent_mail.c.state)).scalars())


def test_a_digest_goes_out_once_a_day(server: Inbox) -> None:
    with_digest("Amina")
    assert sending.send_due(MORNING - timedelta(minutes=1)).counts == {}
    assert sending.send_due(MORNING).counts == {"sent": 1}
    assert sending.send_due(MORNING).counts == {}
    assert sending.send_due(MORNING + timedelta(hours=10)).counts == {}
    assert sending.send_due(MORNING + timedelta(days=1)).counts == {"sent": 1}
    assert server.recipients == ["amina@example.org"] * 2
    first, second = server.messages
    assert first["Message-ID"] != second["Message-ID"]


def test_a_mail_has_what_mail_programs_need(server: Inbox) -> None:
    with_digest("Amina")
    sending.send_due(MORNING)
    (message,) = server.messages
    assert message["To"] == "amina@example.org"
    assert message["From"].addresses[0].addr_spec == "calendar@example.org"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = message["List-Unsubscribe"].strip("<>")
    assert link.startswith(f"{PUBLIC}/mail/unsubscribe/")
    # As it is sent: mail programs do not look for an address in encoded words.
    sent = server.received[0][1]
    assert f"\r\nList-Unsubscribe: <{link}>\r\n".encode() in sent
    text, page = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert page is not None
    assert (text.get_content_type(), page.get_content_type()) == ("text/plain", "text/html")
    for part in (text, page):
        assert "Fri 20 Nov 2026" in part.get_content()
        assert "Call the embassy" in part.get_content()
        assert link in part.get_content()
    assert "Call the embassy" not in message["Subject"]
    assert all(len(line) <= 998 for line in sent.split(b"\r\n"))


def test_each_digest_is_in_the_language_of_its_reader(server: Inbox) -> None:
    with_digest("Amina")
    with_digest("Kari", language="nb")
    sending.send_due(MORNING)
    languages = {message["To"]: message["Content-Language"] for message in server.messages}
    assert languages == {"amina@example.org": "en", "kari@example.org": "nb"}
    bodies = {message["To"]: message.get_body(("plain",)) for message in server.messages}
    assert "fre. 20. nov. 2026" in bodies["kari@example.org"].get_content()  # type: ignore[union-attr]


def test_nothing_to_say_is_not_said_and_not_asked_again(server: Inbox) -> None:
    with_digest("Amina", task="")
    assert sending.send_due(MORNING).counts == {"empty": 1}
    assert sending.send_due(MORNING + timedelta(minutes=20)).counts == {}
    assert (server.received, states()) == ([], ["empty"])


def test_without_contents_there_are_counts_and_a_link(server: Inbox) -> None:
    with_digest("Amina")
    administrator = member(save(ANONYMOUS, Person, {"name": "Head", "roles": {"administrator"}}))
    choice.set_contents(administrator, contents=False)
    sending.send_due(MORNING)
    (content,) = (content for _address, content in server.received)
    assert b"Call the embassy" not in content
    assert b"Meeting of Amina" not in content
    assert b"(1)" in content
    assert PUBLIC.encode() in content


@pytest.mark.parametrize("why", ["off", "not confirmed", "inactive", "without a role", "another address"])
def test_nobody_else_gets_one(server: Inbox, why: str) -> None:
    who = with_digest("Amina")
    settings = choice.must_have_chosen(who).settings
    if why == "off":
        choice.save_choice(who, MailSettings(**{**vars(settings), "rhythm": MailRhythm.OFF}))
    elif why in ("not confirmed", "another address"):
        choice.save_choice(who, MailSettings(**{**vars(settings), "address": "someone@example.org"}))
    elif why == "inactive":
        save(OPERATOR, Person, {"active": False}, record_id=who.person_id, seen=1)
    else:
        save(OPERATOR, Person, {"roles": ()}, record_id=who.person_id, seen=1)
    assert sending.send_due(MORNING).counts == {}
    assert server.received == []


# --- Servers and addresses that fail


def test_an_address_that_does_not_answer_delays_nobody(server: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "_PATIENCE", 1.0)
    for name in ("Amina", "Boris", "Chen", "Dana"):
        with_digest(name)
    server.silent.add("amina@example.org")
    monkeypatch.setattr(
        smtp, "configured", lambda: smtp.MailServer("127.0.0.1", server.port, smtp.Tls.NONE, patience=3)
    )
    began = monotonic()
    counts = sending.send_due(MORNING).counts
    assert counts == {"sent": 3, "put-off": 1}
    assert sorted(server.recipients) == ["boris@example.org", "chen@example.org", "dana@example.org"]
    assert monotonic() - began < 15
    # A quarter of an hour later it is tried again, and again, and then no more that day.
    server.silent.clear()
    assert sending.send_due(MORNING + timedelta(minutes=14)).counts == {}
    assert sending.send_due(MORNING + timedelta(minutes=15)).counts == {"sent": 1}


def test_a_server_that_goes_on_for_ever_is_cut_off(server: Inbox) -> None:
    server.silent.add("amina@example.org")
    slow = smtp.MailServer("127.0.0.1", server.port, smtp.Tls.NONE, patience=30, in_all=0.5)
    message = messages.message_of(
        messages.confirmation_letter("token"), "calendar@example.org", "amina@example.org", identity="1"
    )
    began = monotonic()
    with pytest.raises(smtp.NotSent) as caught:
        smtp.hand_over(slow, message, "amina@example.org")
    assert caught.value.failure is smtp.MailFailure.PUT_OFF
    assert monotonic() - began < 10


def test_an_address_that_is_refused_for_good_is_stopped(server: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    who, other = with_digest("Amina"), with_digest("Boris")
    server.refused["amina@example.org"] = "550 5.1.1 No such user amina@example.org"
    assert sending.send_due(MORNING).counts == {"sent": 1, "address-refused": 1}
    assert choice.must_have_chosen(who).stopped is MailStop.REFUSED
    assert choice.must_have_chosen(other).stopped is None
    server.refused.clear()
    assert sending.send_due(MORNING + timedelta(days=1)).counts == {"sent": 1}
    administrator = member(save(ANONYMOUS, Person, {"name": "Head", "roles": {"administrator"}}))
    assert [one.person_id for one in choice.stopped_mails(administrator)] == [who.person_id]
    # Who confirms the address anew gets mail again.
    monkeypatch.setenv(TODAY_VARIABLE, "2026-11-26T12:00:00+00:00")
    monday = at("2026-11-30T06:00")
    assert choice.confirm_address(choice.ask_confirmation(who))
    assert sending.send_due(monday).counts == {"sent": 2}


def test_a_server_that_relays_nothing_stops_no_address(server: Inbox) -> None:
    who = with_digest("Amina")
    server.refused["amina@example.org"] = "554 5.7.1 Relay access denied"
    assert sending.send_due(MORNING).counts == {"put-off": 1}
    assert choice.must_have_chosen(who).stopped is None


def test_an_address_is_put_off_four_times_at_most(server: Inbox) -> None:
    with_digest("Amina")
    server.refused["amina@example.org"] = "450 4.2.1 Later"
    tried = [sending.send_due(MORNING + timedelta(minutes=15 * number)).counts for number in range(6)]
    assert tried == [{"put-off": 1}] * 4 + [{}] * 2


def test_a_text_that_the_server_refuses_does_not_stop_the_address(server: Inbox) -> None:
    who = with_digest("Amina")
    server.says_of_text = "554 5.7.1 Looks like spam"
    assert sending.send_due(MORNING).counts == {"put-off": 1}
    assert choice.must_have_chosen(who).stopped is None


def test_a_server_that_is_away_costs_nobody_their_digest(
    server: Inbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("Amina", "Boris"):
        with_digest(name)
    here = os.environ[smtp.VARIABLE]
    monkeypatch.setenv(smtp.VARIABLE, "smtp://127.0.0.1:1")
    assert set(sending.send_due(MORNING).counts) <= {"server", "later"}
    assert states() == []
    monkeypatch.setenv(smtp.VARIABLE, here)
    assert sending.send_due(MORNING + timedelta(minutes=1)).counts == {"sent": 2}
    assert "amina" not in caplog.text.lower()


def test_a_message_came_back(server: Inbox) -> None:
    who = with_digest("Amina")
    assert choice.stop_address("AMINA@example.org ") == 1
    assert choice.must_have_chosen(who).stopped is MailStop.BOUNCED
    assert choice.stop_address("amina@example.org") == 0
    assert sending.send_due(MORNING).counts == {}
    assert server.received == []


# --- Several senders, and senders that die


def in_another_process(moment: datetime, dies: str = "") -> subprocess.Popen[str]:
    """The command of cron in a process of its own, which dies at a point of its work."""
    program = f"""
import os, sys
from datetime import datetime
from calendar_model.mails import sending
from calendar_model.store import sent_mails
dies = {dies!r}
if dies == "after the claim":
    sending._digest = lambda *_: os._exit(9)
if dies == "after it was sent":
    mark = sent_mails.mark
    sent_mails.mark = lambda w, c, state: os._exit(9) if state == "sent" else mark(w, c, state)
print(sending.send_due(datetime.fromisoformat({moment.isoformat()!r})))
"""
    return subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_two_processes_send_each_digest_once(server: Inbox) -> None:
    names = ("Amina", "Boris", "Chen", "Dana", "Esi")
    for name in names:
        with_digest(name)
    senders = [in_another_process(MORNING) for _ in range(2)]
    said = [one.communicate(timeout=120)[0] for one in senders]
    assert [one.returncode for one in senders] == [0, 0], said
    assert sorted(server.recipients) == sorted(f"{name.lower()}@example.org" for name in names)
    assert states() == ["sent"] * 5


def test_a_sender_that_dies_after_its_claim_is_followed_by_another_once(server: Inbox) -> None:
    with_digest("Amina")
    dead = in_another_process(MORNING, "after the claim")
    dead.communicate(timeout=120)
    assert (dead.returncode, states(), server.received) == (9, ["claimed"], [])
    assert sending.send_due(MORNING + timedelta(minutes=14)).counts == {}
    assert sending.send_due(MORNING + timedelta(minutes=15)).counts == {"sent": 1}
    assert len(server.received) == 1
    # What dies twice is given up for the day; the next day has its own.
    next_day = MORNING + timedelta(days=1)
    for minutes in (0, 15):
        in_another_process(next_day + timedelta(minutes=minutes), "after the claim").communicate(timeout=120)
    assert sending.send_due(next_day + timedelta(minutes=30)).counts == {}
    assert sending.send_due(next_day + timedelta(days=1)).counts == {"sent": 1}


def test_a_sender_that_dies_after_sending_sends_nothing_twice(server: Inbox) -> None:
    with_digest("Amina")
    dead = in_another_process(MORNING, "after it was sent")
    dead.communicate(timeout=120)
    assert (dead.returncode, states(), len(server.received)) == (9, ["sending"], 1)
    assert [sending.send_due(MORNING + timedelta(hours=hours)).counts for hours in (1, 8)] == [{}, {}]
    assert len(server.received) == 1


def test_a_slow_sender_whose_claim_was_taken_over_sends_nothing(server: Inbox) -> None:
    who = with_digest("Amina")
    workspace, day = current_workspace(), date(2026, 11, 24)
    slow = sent_mails.claim(workspace, who.person_id, choice.KIND, day, "a" * 64, MORNING)
    assert slow is not None
    assert sending.send_due(MORNING + timedelta(minutes=15)).counts == {"sent": 1}
    assert not sent_mails.mark(workspace, slow, sent_mails.MailState.SENDING)
    assert states() == ["sent"]


# --- Across changes of the clock


@pytest.mark.parametrize(
    ("first", "days"),
    [
        # Oslo goes on from 02:00 to 03:00 on Sunday 29 March 2026, and back from 03:00 to 02:00 on 25 October.
        ("2026-03-28T00:00", ["2026-03-28T01:00", "2026-03-29T01:00", "2026-03-30T00:00"]),
        ("2026-10-24T00:00", ["2026-10-24T00:00", "2026-10-25T00:00", "2026-10-26T01:00"]),
    ],
)
def test_across_a_change_of_the_clock_each_day_has_one(
    server: Inbox, monkeypatch: pytest.MonkeyPatch, first: str, days: list[str]
) -> None:
    monkeypatch.setenv(TODAY_VARIABLE, "2026-03-01T12:00:00+00:00")
    with_digest("Amina", workdays=(1, 2, 3, 4, 5, 6, 7), hour=2, due=date(2026, 3, 1))
    instants = [at(first) + timedelta(minutes=30) * number for number in range(2 * 24 * 3 - 2)]
    sent = [moment for moment in instants if sending.send_due(moment).counts["sent"]]
    assert sent == [at(day) for day in days]
    assert len(server.received) == 3
