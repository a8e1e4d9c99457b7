"""Subscriptions on the Feeds page: created from the view, the address shown once to its owner, and the list."""

from __future__ import annotations

import re
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from calendar_model import wording
from calendar_model.access.permissions import ANONYMOUS, member
from calendar_model.calendar import Filter
from calendar_model.clock import now
from calendar_model.feeds import PUBLIC_URL_VARIABLE
from calendar_model.mission.subscriptions import (
    Subscriber,
    create_subscription,
    find_subscriber,
    list_subscriptions,
    record_use,
    revoke_subscription,
)
from calendar_model.mission.transactions import save
from calendar_model.store.models import Person
from calendar_model.vocabulary import Sensitivity
from tests.app import ROOT, everything, open_page

ADDRESS = re.compile(r"(https|webcal)://calendar\.example\.org/feeds/mine/([\w-]{43})\.ics")
VIEW = {"organisation": "osce", "kind": "meeting"}
HELD = "OSCE; meeting"


@pytest.fixture(autouse=True)
def _public(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PUBLIC_URL_VARIABLE, "https://calendar.example.org")


@pytest.fixture
def person() -> str:
    return save(ANONYMOUS, Person, {"name": "Desk"})


def page(person: str) -> AppTest:
    app = open_page("feeds", person, **VIEW)
    assert not app.exception
    return app


def shown(app: AppTest) -> list[str]:
    """The secrets on the page, in the fields from which they are copied and anywhere else: both forms of one."""
    assert not app.exception
    fields = [found.groups() for code in app.code if (found := ADDRESS.fullmatch(code.value))]
    assert sorted(set(ADDRESS.findall(everything(app)))) == sorted(fields)
    secrets = [secret for _, secret in fields]
    assert sorted(fields) == sorted((form, secret) for secret in set(secrets) for form in ("https", "webcal"))
    return sorted(set(secrets))


@pytest.mark.parametrize("name", ["today", "coverage", "timeline"])
def test_the_filter_leads_to_a_subscription(name: str) -> None:
    leads = [one.proto.label for one in open_page(name, organisation="osce").get("page_link")]
    assert leads.count("Subscribe") == (2 if name == "timeline" else 1)


def click(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception
    return app


def opened(token: str) -> Subscriber:
    found = find_subscriber(token)
    assert found is not None
    return found


def said(app: AppTest) -> list[str]:
    return [element.value for element in (*app.toast, *app.error)]


def test_a_subscription_is_created_in_one_click_and_its_address_shown_once(person: str) -> None:
    app = click(page(person), "subscription_make")
    assert said(app) == ["“OSCE; meeting” created. Copy the address now: it is shown only once."]
    (token,) = shown(app)
    found = opened(token)
    assert (found.name, found.query) == (HELD, "organisation=osce&kind=meeting")
    assert (found.level, found.follow_ups, found.alarm_days) == (Sensitivity.INTERNAL, False, None)
    assert not found.windows
    assert [one.ends_on for one in list_subscriptions(member(person))] == [date(2027, 11, 24)]
    assert shown(app.run()) == [token]
    assert shown(click(app, "subscription_done")) == []
    assert shown(page(person)) == []


def test_a_subscription_has_the_chosen_settings(person: str) -> None:
    app = page(person)
    app.text_input(key=f"subscription_new_{person}_name").input("Vienna")
    app.number_input(key=f"subscription_new_{person}_alarm_days").set_value(14)
    app.checkbox(key=f"subscription_new_{person}_follow_ups").check()
    app.checkbox(key=f"subscription_new_{person}_windows").check()
    app.date_input(key=f"subscription_new_{person}_expires_on").set_value(date(2027, 3, 31))
    (token,) = shown(click(app, "subscription_make"))
    found = opened(token)
    assert (found.name, found.follow_ups, found.alarm_days, found.windows) == ("Vienna", True, 14, True)
    told = [one.value for one in app.markdown]
    assert "**Vienna**" in told
    assert (
        "OSCE; meeting · internal · reminder 14 days before deadlines · includes my follow-ups · includes items whose dates are not set"
    ) in told
    day = wording.day(now())
    assert f"Created {day}, expires Wed 31 Mar 2027, not fetched yet" in [one.value for one in app.caption]
    record_use(found, date(2026, 11, 24))
    assert f"Created {day}, expires Wed 31 Mar 2027, last fetched Tue 24 Nov 2026" in [
        one.value for one in app.run().caption
    ]
    assert app.text_input(key=f"subscription_new_{person}_name").value == ""


def test_a_public_one_has_no_follow_ups(person: str) -> None:
    app = page(person)
    app.checkbox(key=f"subscription_new_{person}_follow_ups").check().run()
    app.radio(key=f"subscription_new_{person}_level").set_value(Sensitivity.PUBLIC).run()
    assert app.checkbox(key=f"subscription_new_{person}_follow_ups").disabled
    (token,) = shown(click(app, "subscription_make"))
    found = opened(token)
    assert (found.level, found.follow_ups) == (Sensitivity.PUBLIC, False)


def test_its_address_is_gone_when_the_page_is_left(person: str) -> None:
    app = click(page(person), "subscription_make")
    app.switch_page(str(ROOT / "pages" / "follow_ups.py")).run()
    app.switch_page(str(ROOT / "pages" / "feeds.py")).run()
    assert shown(app) == []


def test_no_other_user_sees_it(person: str) -> None:
    other = save(ANONYMOUS, Person, {"name": "Other"})
    app = click(page(person), "subscription_make")
    app.session_state["acting"] = other
    app.run()
    assert shown(app) == []
    assert "**OSCE; meeting**" not in [one.value for one in app.markdown]
    app.session_state["acting"] = ""
    app.run()
    assert (shown(app), [b.key for b in app.button if str(b.key).startswith("subscription")]) == ([], [])
    assert [link.proto.label for link in app.get("page_link")].count("Select user") == 1


def test_a_subscription_is_replaced_and_revoked_without_affecting_others(person: str) -> None:
    beside, first = create_subscription(member(person), name="Beside"), create_subscription(member(person), name="Mine")
    app = click(page(person), f"subscription_replace_{opened(first).subscription_id}")
    assert said(app) == [
        "“Mine” has a new address. The old one no longer works. Copy the address now: it is shown only once."
    ]
    (second,) = shown(app)
    assert find_subscriber(first) is None
    click(app, f"subscription_revoke_{opened(second).subscription_id}")
    assert said(app) == ["“Mine” revoked. Its address no longer works."]
    assert shown(app) == []
    assert (find_subscriber(second), opened(beside).name) == (None, "Beside")


def test_an_expired_subscription_says_so_and_is_replaced(person: str, monkeypatch: pytest.MonkeyPatch) -> None:
    create_subscription(member(person), name="Mine", expires_on=date(2026, 12, 1))
    monkeypatch.setenv("HRD_CALENDAR_TODAY", "2026-12-02")
    app = page(person)
    assert "**Mine** has expired. Replace it to get a new address." in [one.value for one in app.markdown]
    (ended,) = list_subscriptions(member(person))
    (token,) = shown(click(app, f"subscription_replace_{ended.id}"))
    assert opened(token).name == "Mine"
    assert [one.ends_on for one in list_subscriptions(member(person))] == [date(2027, 12, 2)]


def test_name_reminders_and_follow_ups_are_changed(person: str) -> None:
    token = create_subscription(member(person), name="Mine", chosen=Filter(kinds=("deadline",)), alarm_days=7)
    kept = opened(token).subscription_id
    app = click(page(person), f"subscription_change_{kept}")
    assert app.number_input(key=f"subscription_edit_{kept}_alarm_days").value == 7
    app.text_input(key=f"subscription_edit_{kept}_name").input("Deadlines")
    app.number_input(key=f"subscription_edit_{kept}_alarm_days").set_value(None)
    app.checkbox(key=f"subscription_edit_{kept}_follow_ups").check()
    app.checkbox(key=f"subscription_edit_{kept}_windows").check()
    click(app, f"subscription_edit_{kept}_save")
    assert said(app) == ["“Deadlines” saved."]
    found = opened(token)
    assert (found.name, found.alarm_days, found.follow_ups, found.windows) == ("Deadlines", None, True, True)
    click(app, f"subscription_change_{kept}")
    app.text_input(key=f"subscription_edit_{kept}_name").input("x" * 81)
    click(app, f"subscription_edit_{kept}_save")
    assert said(app) == ["Enter a name of at most 80 characters."]
    click(app, f"subscription_edit_{kept}_leave")
    assert opened(token) == found
    assert f"subscription_change_{kept}" in {button.key for button in app.button}


def test_a_subscription_revoked_elsewhere_gets_a_sentence(person: str) -> None:
    found = opened(create_subscription(member(person)))
    app = page(person)
    revoke_subscription(member(person), found.subscription_id)
    click(app, f"subscription_revoke_{found.subscription_id}")
    assert said(app) == ["This address has been revoked. Create a new one."]


def test_an_empty_list_says_what_to_do(person: str) -> None:
    assert (
        "No subscriptions yet. You can create several, one for each calendar or device. Each is listed here with its "
        "content, last fetch and expiry date."
    ) in [one.value for one in page(person).markdown]
