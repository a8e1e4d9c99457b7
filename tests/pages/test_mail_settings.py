"""The digest by e-mail in Settings, opened through the entrance on Tuesday 24 November 2026."""

from __future__ import annotations

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from calendar_model.access.permissions import ANONYMOUS, OPERATOR, Viewer, member
from calendar_model.access.roles import FIRST_PERSON_ROLES
from calendar_model.mails import sending, smtp
from calendar_model.mission.digest import choice
from calendar_model.mission.transactions import save
from calendar_model.store.models import Person
from calendar_model.terms import MailRhythm, MailStop
from pages.components.shell.words import plain
from tests.app import open_page
from tests.pages.driver import click, run, said, sound

ADDRESS = "amina@example.org"


@pytest.fixture
def tokens(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A mail server is set up, and what would be mailed to confirm an address is listed instead."""
    found: list[str] = []
    monkeypatch.setenv(smtp.VARIABLE, "smtp://127.0.0.1:1")
    monkeypatch.setattr(sending, "_confirm", lambda _status, token: found.append(token))
    monkeypatch.setattr(sending._confirmations, "submit", lambda act, *given: act(*given))
    return found


@pytest.fixture
def amina() -> Viewer:
    return member(save(ANONYMOUS, Person, {"name": "Amina Berg", "roles": FIRST_PERSON_ROLES}))


def page(who: Viewer) -> AppTest:
    return sound(open_page("settings", who.person_id))


def keys(app: AppTest) -> set[str]:
    return {str(one.key) for kind in (app.selectbox, app.text_input, app.button, app.toggle) for one in kind}


def switched_on(who: Viewer, rhythm: MailRhythm = MailRhythm.WEEKLY) -> AppTest:
    app = page(who)
    app.selectbox(key="mail_rhythm").select(rhythm)
    app = run(app)
    app.text_input(key="mail_address").input(ADDRESS)
    return click(app, "mail_save")


def test_without_a_mail_server_nothing_is_offered(amina: Viewer) -> None:
    assert not {key for key in keys(page(amina)) if key.startswith("mail_")}


def test_a_user_switches_the_weekly_digest_on_and_confirms_the_address(amina: Viewer, tokens: list[str]) -> None:
    app = page(amina)
    assert app.selectbox(key="mail_rhythm").value is MailRhythm.OFF
    assert "mail_address" not in keys(app)
    app = switched_on(amina)
    status = choice.must_have_chosen(amina)
    of = status.settings
    assert (of.rhythm, of.workdays, of.hour, of.language, of.address) == (MailRhythm.WEEKLY, (1,), 7, "en", ADDRESS)
    assert not status.is_on
    assert "mail_ask" in keys(app)
    (token,) = tokens
    assert choice.confirm_address(token)
    app = page(amina)
    assert choice.must_have_chosen(amina).is_on
    assert "mail_ask" not in keys(app)
    assert any("Mon 30 Nov 2026, 07:00" in text for text in said(app))


def test_what_is_saved_is_shown_also_where_it_was_changed_elsewhere(amina: Viewer, tokens: list[str]) -> None:
    run(switched_on(amina))
    of = choice.must_have_chosen(amina).settings
    choice.save_choice(amina, replace(of, rhythm=MailRhythm.OFF))
    assert page(amina).selectbox(key="mail_rhythm").value is MailRhythm.OFF


def test_what_is_typed_survives_a_reload(amina: Viewer, tokens: list[str]) -> None:
    app = page(amina)
    app.selectbox(key="mail_rhythm").select(MailRhythm.WEEKLY)
    app = run(app)
    app.text_input(key="mail_address").input(ADDRESS)
    run(app)
    app = page(amina)
    assert app.selectbox(key="mail_rhythm").value is MailRhythm.WEEKLY
    assert app.text_input(key="mail_address").value == ADDRESS
    assert choice.own_choice(amina) is None


def test_another_address_is_saved_though_its_link_has_to_wait(amina: Viewer, tokens: list[str]) -> None:
    app = switched_on(amina)
    app.text_input(key="mail_address").input("berg@example.org")
    app = click(app, "mail_save")
    assert [*app.error] == []
    assert any("Wait 2 minutes" in one.value for one in app.toast)
    assert choice.must_have_chosen(amina).settings.address == "berg@example.org"
    assert len(tokens) == 1


def test_days_are_chosen_and_one_is_needed(amina: Viewer, tokens: list[str]) -> None:
    app = switched_on(amina, MailRhythm.DAILY)
    assert choice.must_have_chosen(amina).settings.workdays == (1, 2, 3, 4, 5)
    app.multiselect(key="mail_days").set_value([])
    app = click(app, "mail_save")
    assert [one.value for one in app.error] == ["Choose at least one day."]
    assert choice.must_have_chosen(amina).settings.workdays == (1, 2, 3, 4, 5)


def test_a_wrong_address_is_refused(amina: Viewer, tokens: list[str]) -> None:
    app = page(amina)
    app.selectbox(key="mail_rhythm").select(MailRhythm.WEEKLY)
    app = run(app)
    app.text_input(key="mail_address").input("Amina <amina@example.org>")
    app = click(app, "mail_save")
    assert [one.value for one in app.error] == [plain("Enter one e-mail address, such as name@example.org.")]
    assert (choice.own_choice(amina), tokens) == (None, [])


def test_a_link_is_not_sent_again_at_once(amina: Viewer, tokens: list[str]) -> None:
    app = click(switched_on(amina), "mail_ask")
    assert len(app.error) == 1
    assert len(tokens) == 1


def test_a_user_whose_mail_was_stopped_is_told_and_so_is_the_administrator(amina: Viewer, tokens: list[str]) -> None:
    switched_on(amina)
    assert choice.confirm_address(tokens[0])
    assert choice.stop_mail(amina.person_id, MailStop.BOUNCED, ADDRESS)
    app = page(amina)
    assert "mail_ask" in keys(app)
    # As the user, and as the administrator, who is not told the address.
    assert len([text for text in said(app) if "a message came back" in text]) == 2
    assert not any(ADDRESS in text for text in said(app))


def test_off_means_off_and_the_address_can_be_forgotten(amina: Viewer, tokens: list[str]) -> None:
    app = switched_on(amina)
    app.selectbox(key="mail_rhythm").select(MailRhythm.OFF)
    app = run(app)
    app.text_input(key="mail_address").input("")
    click(app, "mail_save")
    status = choice.must_have_chosen(amina)
    assert (status.settings.rhythm, status.settings.address) == (MailRhythm.OFF, "")


def test_an_administrator_keeps_contents_out_of_mails(amina: Viewer, tokens: list[str]) -> None:
    app = page(amina)
    app.toggle(key="contents_of_mails").set_value(False)
    run(app)
    assert not choice.holds_contents()


def test_others_do_not_decide_what_mails_hold(amina: Viewer, tokens: list[str]) -> None:
    other = member(save(OPERATOR, Person, {"name": "Other"}))
    assert "contents_of_mails" not in keys(page(other))
    assert "mail_rhythm" in keys(page(other))
