"""The address of one's own calendar on the page Settings: shown once, to whoever made it."""

from __future__ import annotations

import re
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from calendar_model import wording
from calendar_model.feeds import PUBLIC_URL_VARIABLE
from calendar_model.safeguards.desk import save
from calendar_model.safeguards.sight import OPEN, member
from calendar_model.safeguards.subscriptions import address_of, find, note_use
from calendar_model.workspace.records import Person, now
from tests.app import ROOT, everything, open_page

ADDRESS = re.compile(r"https://calendar\.example\.org/feeds/mine/([\w-]{43})\.ics")


@pytest.fixture(autouse=True)
def _fixed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HRD_CALENDAR_TODAY", "2026-11-24")
    monkeypatch.setenv(PUBLIC_URL_VARIABLE, "https://calendar.example.org")


@pytest.fixture
def desk() -> str:
    return save(OPEN, Person, {"name": "Desk"})


def shown(app: AppTest) -> list[str]:
    """The secrets on the page, in the field from which they are copied and anywhere else."""
    assert not app.exception
    field = [found[1] for code in app.code if (found := ADDRESS.fullmatch(code.value))]
    assert sorted(set(ADDRESS.findall(everything(app)))) == sorted(field)
    return field


def click(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    return app


def made(person: str) -> tuple[AppTest, str]:
    app = click(open_page("settings", person), "my_feed_make")
    (token,) = shown(app)
    return app, token


def test_it_is_made_in_one_click_and_shown_once(desk: str) -> None:
    app, token = made(desk)
    assert [s.value for s in app.success] == ["Your address is made. Copy it now: it is shown this once."]
    found = find(token)
    assert found is not None
    assert (found.person_id, found.follow_ups) == (desk, True)
    assert shown(app.run()) == [token]
    assert shown(click(app, "my_feed_done")) == []
    assert shown(open_page("settings", desk)) == []


def test_it_is_gone_when_the_page_is_left(desk: str) -> None:
    app, _ = made(desk)
    app.switch_page(str(ROOT / "pages" / "follow_ups.py")).run()
    app.switch_page(str(ROOT / "pages" / "settings.py")).run()
    assert shown(app) == []


def test_nobody_else_is_shown_it_or_told_of_it(desk: str) -> None:
    other = save(OPEN, Person, {"name": "Other"})
    app, _ = made(desk)
    app.session_state["acting"] = other
    app.run()
    assert shown(app) == []
    assert [button.label for button in app.button if (button.key or "").startswith("my_feed")] == ["Make my address"]


def test_without_follow_ups_and_then_with_them(desk: str) -> None:
    app = open_page("settings", desk)
    app.checkbox(key=f"my_feed_wanted_{desk}").uncheck().run()
    click(app, "my_feed_make")
    (token,) = shown(app)
    for says, wanted in (
        ("Your follow-ups are in your calendar.", True),
        ("Your follow-ups are no longer in your calendar.", False),
    ):
        app.checkbox(key=f"my_feed_follow_ups_{desk}").set_value(wanted).run()
        assert [s.value for s in app.success] == [says]
        found = find(token)
        assert found is not None
        assert found.follow_ups == wanted


def test_it_is_replaced_and_revoked_in_one_click_each(desk: str) -> None:
    app, first = made(desk)
    click(app, "my_feed_replace")
    (second,) = shown(app)
    assert [s.value for s in app.success] == [
        "Your address is made. The address before it opens nothing any more. Copy it now: it is shown this once."
    ]
    assert (find(first), find(second) is None) == (None, False)
    click(app, "my_feed_revoke")
    assert [s.value for s in app.success] == ["Your address is revoked: whoever asks there gets nothing any more."]
    assert shown(app) == []
    assert (find(second), address_of(member(desk))) == (None, None)


def test_one_revoked_elsewhere_is_said_to_be_gone(desk: str) -> None:
    app, _ = made(desk)
    click(open_page("settings", desk), "my_feed_revoke")
    click(app, "my_feed_revoke")
    assert [e.value for e in app.error] == ["There is no address of your own calendar any more; make a new one."]


def test_it_says_when_it_was_made_and_fetched(desk: str) -> None:
    app, token = made(desk)
    day = wording.day(now())
    assert f"You have one, made on {day}, not fetched yet." in [m.value for m in app.markdown]
    found = find(token)
    assert found is not None
    note_use(found, date(2026, 11, 24))
    app.run()
    assert f"You have one, made on {day}, last fetched on Tue 24 Nov 2026." in [m.value for m in app.markdown]
