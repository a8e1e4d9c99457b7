"""Two dashboards on one PostgreSQL: what happens at one is known to the other with its next answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx
import psycopg
import pytest
from playwright.sync_api import Browser, expect
from psycopg import sql

from calendar_model.access.permissions import member
from calendar_model.access.problems import Problem
from calendar_model.access.unit_of_work import reading
from calendar_model.feeds.limits import RateLimits
from calendar_model.mission.subscriptions import create_subscription, list_subscriptions
from calendar_model.mission.transactions import save
from calendar_model.store.database import Workspace, open_workspace
from calendar_model.store.failures import WHAT_TO_DO, Failure
from calendar_model.store.models import LanguageProposal
from tests.browser.conftest import PATIENCE, WIDE, settled
from tests.browser.sign_in import claims_of, cookie
from tests.deploy.conftest import Proxy, waited_for
from tests.deploy.page import opened

pytestmark = pytest.mark.postgresql
AWAY = WHAT_TO_DO[Failure.AWAY]
FEED = "/feeds/calendar.ics?organisation=un-hrc&kind=session"


@pytest.fixture
def signed_in(proxy: Proxy) -> dict[str, str]:
    """The cookie of a new sign-in of Amina's."""
    return cookie(proxy.address, claims_of(proxy.amina, nonce=str(next(_numbers))))


_numbers = iter(range(1000))


@pytest.fixture
def workspace(proxy: Proxy) -> Iterator[Workspace]:
    """The workspace that they share."""
    made = open_workspace(proxy.url)
    yield made
    made.close()


@pytest.fixture
def both(proxy: Proxy) -> Iterator[list[httpx.Client]]:
    """A client of each dashboard."""
    with ExitStack() as stack:
        yield [stack.enter_context(proxy.dashboard(number)) for number in range(2)]


def test_a_press_at_one_is_in_the_next_answer_of_the_other(
    proxy: Proxy, both: list[httpx.Client], signed_in: dict[str, str], workspace: Workspace
) -> None:
    amina = member(proxy.amina)
    path = f"/feeds/mine/{create_subscription(amina, name='Of the other', workspace=workspace)}.ics"
    [made] = [one.id for one in list_subscriptions(amina, workspace) if one.name == "Of the other"]
    answers = [client.get(path) for client in both]
    assert [answer.status_code for answer in answers] == [200, 200]
    # The same bytes, whichever is asked, so that a client of both is told that nothing is new.
    [tag] = {answer.headers["ETag"] for answer in answers}
    assert [client.get(path, headers={"If-None-Match": tag}).status_code for client in both] == [304, 304]
    with opened(proxy, 0, "subscribe", signed_in) as one, opened(proxy, 1, "subscribe", signed_in) as other:
        assert f"subscription_revoke_{made}" in other.buttons
        one.press(f"subscription_revoke_{made}")
        assert both[1].get(path, headers={"If-None-Match": tag}).status_code == 404
        other.run()
        assert f"subscription_revoke_{made}" not in other.buttons


def test_signing_out_at_one_counts_at_the_other(proxy: Proxy, signed_in: dict[str, str]) -> None:
    cookies = {signed_in["name"]: signed_in["value"]}
    with proxy.dashboard(0, **cookies) as one, proxy.dashboard(1, **cookies) as other:
        # A file that was not made for this reader, where nobody is signed in none.
        assert [client.get("/media/unknown.csv").status_code for client in (one, other)] == [403, 403]
        with opened(proxy, 1, "statements", signed_in) as page:
            assert "Amina" in page.text
            one.get("/auth/logout")
            assert [client.get("/media/unknown.csv").status_code for client in (one, other)] == [401, 401]
            page.run()
            assert "Amina" not in page.text
            assert "You have been signed out" in page.text


def test_guesses_at_secret_addresses_are_counted_by_both_together(both: list[httpx.Client], proxy: Proxy) -> None:
    burst = RateLimits().guesses.burst
    guesser = {"X-Forwarded-For": "203.0.113.7"}
    answers = [
        both[number % 2].get(f"/feeds/mine/{number:043}.ics", headers=guesser).status_code
        for number in range(burst + 4)
    ]
    assert set(answers[: burst - 1]) == {404}
    assert answers[-2:] == [429, 429]
    # Who knows a secret is answered, from there too if it was asked for before.
    assert [client.get(f"/feeds/mine/{proxy.secret}.ics").status_code for client in both] == [200, 200]


@contextmanager
def away(proxy: Proxy) -> Iterator[None]:
    """The database takes no connection, and has ended all that there were."""
    database = sql.Identifier("dashboards")
    with psycopg.connect(proxy.url.replace("/dashboards", "/postgres"), autocommit=True) as connection:

        def allow(allowed: bool) -> None:
            connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}").format(database, sql.Literal(allowed)))

        allow(False)
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'dashboards'")
        try:
            yield
        finally:
            allow(True)


def test_a_database_that_is_away_is_told_by_both_and_comes_back_without_a_restart(
    proxy: Proxy, both: list[httpx.Client], signed_in: dict[str, str]
) -> None:
    tags = [client.get(FEED).headers["ETag"] for client in both]
    with opened(proxy, 0, "subscribe", signed_in) as one, opened(proxy, 1, "subscribe", signed_in) as other:
        with away(proxy):
            answers = [client.get(FEED, headers={"If-None-Match": tags[0]}) for client in both]
            assert [answer.status_code for answer in answers] == [503, 503]
            assert all(int(answer.headers["Retry-After"]) > 0 for answer in answers)
            for page in (one, other):
                page.run()
                assert AWAY in page.text
        assert [client.get(FEED, headers={"If-None-Match": tags[0]}).status_code for client in both] == [304, 304]
        for page in (one, other):
            page.run()
            assert AWAY not in page.text
            assert "Amina" in page.text


def test_a_page_that_stays_open_takes_what_was_typed_to_the_other(proxy: Proxy, signed_in: dict[str, str]) -> None:
    with opened(proxy, 0, "engagements", signed_in, new="new") as page:
        title = page.fields["engagement_new_title"]
        page.typed[title] = "Lunch with defenders"
        page.run()
        typed = page.typed
    with opened(proxy, 1, "engagements", signed_in, typed, new="new") as page:
        assert "You typed this earlier" not in page.text
    # After a reload there, the dashboard has it.
    with opened(proxy, 1, "engagements", signed_in, new="new") as page:
        assert "Lunch with defenders" in page.text
        assert "You typed this earlier" in page.text
        page.press("engagement_new_discard")
        assert "Lunch with defenders" not in page.text


def test_what_is_taken_to_the_other_overwrites_nothing_unseen(
    proxy: Proxy, signed_in: dict[str, str], workspace: Workspace
) -> None:
    amina = member(proxy.amina)
    values = {"title": "Reprisals", "text": "L.1", "wording": "those who"}
    made = save(amina, LanguageProposal, values, workspace=workspace)
    with opened(proxy, 0, "language", signed_in, record=made) as page:
        page.typed[page.fields[f"language_{made}_title"]] = "Reprisals, by me"
        page.run()
        typed = page.typed
    save(amina, LanguageProposal, {"title": "Reprisals, by another"}, record_id=made, seen=1, workspace=workspace)
    with opened(proxy, 1, "language", signed_in, typed, record=made) as page:
        page.press(f"language_{made}_save")
        # Both are shown, and the next press is about the version that is.
        assert str(Problem("edit-conflict")) in page.text
        assert "Reprisals, by me" in page.text
        with reading(amina, workspace) as session:
            assert session.get_one(LanguageProposal, made).title == "Reprisals, by another"


@pytest.mark.browser
def test_a_browser_goes_on_at_the_other_when_its_dashboard_is_killed(
    proxy: Proxy, browser: Browser, signed_in: dict[str, str]
) -> None:
    context = browser.new_context(viewport=WIDE, ignore_https_errors=True, locale="en-GB")  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE)
    context.add_cookies([signed_in])  # type: ignore[list-item]
    page = context.new_page()
    page.goto(f"{proxy.address}/engagements?new=new")
    settled(page)
    title, place = (page.locator(f".st-key-engagement_new_{name} input") for name in ("title", "place"))
    title.fill("Lunch with defenders")
    title.press("Tab")
    settled(page)
    # Of what has not left the field no dashboard knows.
    place.click()
    page.keyboard.type("The mission")
    [number] = [number for number in range(2) if proxy.open_pages(number)]
    proxy.dashboards[number].kill()
    proxy.dashboards[number].wait()
    try:
        assert waited_for(lambda: proxy.open_pages(1 - number) > 0)
        expect(title).to_have_value("Lunch with defenders")
        expect(place).to_have_value("The mission")
        # The reader goes on, and reloads: the other one has all of it by now.
        place.fill("The mission in Geneva")
        page.get_by_role("button", name="Invited").click()
        expect(page.get_by_text("Defenders came to a meeting")).to_be_visible()
        settled(page)
        page.reload()
        settled(page)
        expect(page.get_by_role("button", name="Amina")).to_be_visible()
        expect(title).to_have_value("Lunch with defenders", timeout=20_000)
        expect(place).to_have_value("The mission in Geneva")
    finally:
        context.close()
        proxy.start(number)
