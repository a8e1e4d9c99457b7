"""The links in mails, asked for at the server's real application: without sign-in, and without redirect."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from calendar_model import clock
from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.clock import TODAY_VARIABLE
from calendar_model.mails.http import ROUTES
from calendar_model.mission.digest import choice
from calendar_model.mission.digest.choice import MailSettings
from calendar_model.mission.transactions import save, writing
from calendar_model.store import sent_mails
from calendar_model.store.database import current_workspace
from calendar_model.store.models import MailChoice, Person
from calendar_model.terms import MailRhythm, Role
from calendar_model.web.routes import known_route
from calendar_model.web.sign_in import SignedIn
from tests.day import TODAY
from tests.refusals import refused_for

SETTINGS = MailSettings(MailRhythm.WEEKLY, (1,), 7, "Europe/Oslo", "en", "amina@example.org")
COLUMNS = {
    "rhythm": MailRhythm.WEEKLY,
    "workdays": "1",
    "timezone": "UTC",
    "language": "en",
    "address": "victim@example.org",
}
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def amina() -> Viewer:
    who = member(save(ANONYMOUS, Person, {"name": "Amina Berg"}))
    choice.save_choice(who, SETTINGS)
    return who


def mailed(who: Viewer) -> str:
    """The secret in a digest that was sent."""
    token = choice.new_secret()
    hashed = choice.hash_of(token)
    assert sent_mails.claim(current_workspace(), who.person_id, choice.KIND, TODAY, hashed, clock.now())
    return token


def rhythm(who: Viewer) -> MailRhythm:
    return choice.must_have_chosen(who).settings.rhythm


def test_mail_programs_end_the_digest_without_signing_in(client: TestClient, amina: Viewer) -> None:
    address = f"/mail/unsubscribe/{mailed(amina)}"
    for _ in range(2):
        answer = client.post(address, data=ONE_CLICK, follow_redirects=False)
        assert (answer.status_code, rhythm(amina)) == (200, MailRhythm.OFF)


def test_to_open_a_link_changes_nothing(client: TestClient, amina: Viewer) -> None:
    ends, confirms = mailed(amina), choice.ask_confirmation(amina)
    for address in (f"/mail/unsubscribe/{ends}", f"/mail/confirm/{confirms}", "/mail/unsubscribe/unknown"):
        answer = client.get(address)
        assert (answer.status_code, answer.text.count("<button>")) == (200, 1)
        assert answer.headers["Cache-Control"] == "no-store"
        # Without a referrer browsers would send the origin "null" with the form, which is refused.
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert ends not in answer.text
        assert client.head(address).status_code in (200, 405)
    assert rhythm(amina) is MailRhythm.WEEKLY
    assert choice.must_have_chosen(amina).confirmed_at is None


def test_the_button_is_pressed_in_a_browser(client: TestClient, amina: Viewer) -> None:
    answer = client.post(f"/mail/unsubscribe/{mailed(amina)}", headers={"Origin": "http://localhost"})
    assert (answer.status_code, rhythm(amina)) == (200, MailRhythm.OFF)


def test_an_address_is_confirmed_once_and_in_time(
    client: TestClient, amina: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = choice.ask_confirmation(amina)
    assert client.post(f"/mail/confirm/{token}").status_code == 200
    assert choice.must_have_chosen(amina).is_on
    assert client.post(f"/mail/confirm/{token}").status_code == 404
    # A later link makes the earlier one worth nothing, and each is too old after three days.
    choice.save_choice(amina, MailSettings(**{**vars(SETTINGS), "address": "new@example.org"}))
    later = clock.now() + timedelta(hours=1)
    monkeypatch.setenv(TODAY_VARIABLE, later.isoformat())
    first = choice.ask_confirmation(amina)
    monkeypatch.setenv(TODAY_VARIABLE, (later + timedelta(hours=1)).isoformat())
    second = choice.ask_confirmation(amina)
    assert client.post(f"/mail/confirm/{first}").status_code == 404
    monkeypatch.setenv(TODAY_VARIABLE, (later + timedelta(days=4)).isoformat())
    assert client.post(f"/mail/confirm/{second}").status_code == 404
    assert not choice.must_have_chosen(amina).is_on


def test_who_guesses_is_held_up(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    guesser = TestClient(client.app, base_url="http://localhost", client=("127.0.0.9", 50_000))
    codes = [guesser.post(f"/mail/unsubscribe/{number:043}").status_code for number in range(102)]
    assert codes[:100] == [404] * 100
    assert codes[-1] == 429
    assert client.post(f"/mail/unsubscribe/{1:043}").status_code == 404


def test_other_addresses_of_mails_are_unknown(client: TestClient) -> None:
    assert [client.get(path).status_code for path in ("/mail/", "/mail/else/x")] == [404, 404]


def test_no_secret_is_in_the_log(client: TestClient, amina: Viewer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "calendar_model")
    token = mailed(amina)
    client.post(f"/mail/unsubscribe/{token}")
    assert token not in caplog.text
    for path in ("confirm", "unsubscribe"):
        assert known_route(f"/desk/mail/{path}/{token}").shown == f"/mail/{path}/*"


def test_no_sign_in_is_asked_for_behind_one(amina: Viewer) -> None:
    served = SignedIn(Starlette(routes=ROUTES), claims=lambda _cookies: None, pages=())
    outside = TestClient(served, base_url="http://calendar.example.org", client=("203.0.113.9", 50_000))
    assert outside.post(f"/mail/unsubscribe/{mailed(amina)}", data=ONE_CLICK).status_code == 200
    assert rhythm(amina) is MailRhythm.OFF


def test_a_confirmed_address_cannot_be_written(amina: Viewer) -> None:
    assert choice.confirm_address(choice.ask_confirmation(amina))
    with refused_for("mail-not-confirmed"), writing(amina) as session:
        session.get_one(MailChoice, amina.person_id).address = "victim@example.org"
    choice.save_choice(amina, replace(SETTINGS, address="victim@example.org"))
    with refused_for("mail-not-confirmed"), writing(amina) as session:
        session.get_one(MailChoice, amina.person_id).confirmed_at = clock.now()
    other = member(save(ANONYMOUS, Person, {"name": "Other", "roles": {Role.EDITOR}}))
    with refused_for("mail-not-confirmed"), writing(other) as session:
        at = clock.now()
        session.add(MailChoice(**COLUMNS, id=other.person_id, confirmed_at=at))
    third = member(save(ANONYMOUS, Person, {"name": "Third"}))
    with refused_for("calendar-of-another-person"), writing(other) as session:
        session.add(MailChoice(**COLUMNS, id=third.person_id))
