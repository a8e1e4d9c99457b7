"""The digest on the command line."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from calendar_model.__main__ import main
from calendar_model.clock import TODAY_VARIABLE
from calendar_model.mails import smtp
from calendar_model.mission.digest import choice
from calendar_model.terms import MailStop
from tests.mails.mail_server import Inbox, mail_server
from tests.mails.people import with_digest


@pytest.fixture
def inbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    monkeypatch.setenv(TODAY_VARIABLE, "2026-11-24T05:00:00+00:00")
    monkeypatch.setenv("HRD_CALENDAR_PUBLIC_URL", "https://calendar.example.org")
    with mail_server() as found:
        monkeypatch.setenv(smtp.VARIABLE, f"smtp://127.0.0.1:{found.port}")
        monkeypatch.setenv(smtp.FROM_VARIABLE, "calendar@example.org")
        yield found


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    status = main(["digest", *arguments])
    captured = capsys.readouterr()
    return status, captured.out + captured.err


def test_a_preview_sends_nothing(inbox: Inbox, capsys: pytest.CaptureFixture[str]) -> None:
    with_digest("Amina")
    status, said = run(capsys, "--preview", "Amina")
    assert status == 0
    assert "Call the embassy" in said
    assert "amina@example.org" not in said
    assert inbox.received == []


def test_a_preview_says_that_there_is_nothing_to_say(inbox: Inbox, capsys: pytest.CaptureFixture[str]) -> None:
    who = with_digest("Amina", task="")
    status, said = run(capsys, "--preview", who.person_id)
    assert (status, said.count("\n")) == (0, 1)


def test_those_that_are_due_are_sent_once(
    inbox: Inbox, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with_digest("Amina")
    monkeypatch.setenv(TODAY_VARIABLE, "2026-11-24T06:00:00+00:00")
    assert run(capsys, "--send") == (0, "Digests: sent: 1.\n")
    assert run(capsys, "--send") == (0, "Digests: nothing was due.\n")
    assert inbox.recipients == ["amina@example.org"]


def test_an_address_is_stopped(inbox: Inbox, capsys: pytest.CaptureFixture[str]) -> None:
    who = with_digest("Amina")
    assert run(capsys, "--bounced", "amina@example.org") == (0, "Mail was stopped for 1 user.\n")
    assert choice.must_have_chosen(who).stopped is MailStop.BOUNCED


def test_without_a_mail_server_nothing_is_sent(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(smtp.VARIABLE, raising=False)
    status, said = run(capsys, "--send")
    assert (status, smtp.VARIABLE in said) == (2, True)
