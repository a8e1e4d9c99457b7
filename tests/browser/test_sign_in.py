"""Sign-in with a real OpenID Connect provider on loopback: who has no account has no access, and what ends access ends it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from calendar_model.access.permissions import ANONYMOUS, ANY_STAFF, member
from calendar_model.access.unit_of_work import staff
from calendar_model.mission import accounts
from calendar_model.mission.persons import change_person
from calendar_model.mission.statements.commands import start_statement
from calendar_model.mission.subscriptions import create_subscription
from calendar_model.mission.transactions import save
from calendar_model.store.database import Workspace, open_workspace
from calendar_model.store.models import Person
from calendar_model.terms import StatementFormat
from tests.browser import sign_in
from tests.browser.conftest import PATIENCE, WIDE, free_port, settled, start_server, stop_server

AMINA: dict[str, object] = {"sub": "amina", "name": "Amina Berg", "email": "amina@example.org"}
JON: dict[str, object] = {"sub": "jon", "name": "Jon Lie", "email": "jon@example.org"}


class Site(NamedTuple):
    """A server with sign-in, its workspace from outside, its one user with an account, and its log."""

    address: str
    workspace: Workspace
    amina: str
    log: Path


@pytest.fixture(scope="module")
def identity_provider() -> Iterator[str]:
    with sign_in.provider(AMINA, JON) as address:
        yield address


@pytest.fixture
def site(identity_provider: str, tmp_path: Path) -> Iterator[Site]:
    workspace = open_workspace(f"sqlite:///{tmp_path / 'workspace.sqlite'}")
    amina = save(ANONYMOUS, Person, {"name": "Amina Berg"}, workspace=workspace)
    known = accounts.sign_in_of(sign_in.claims_of("amina", iss=identity_provider))
    assert known is not None
    accounts.note_waiting(known, workspace)
    accounts.bind(ANONYMOUS, known.code, amina, workspace=workspace)
    port, log = free_port(), tmp_path / "server.log"
    process, address = start_server(log, port, **sign_in.settings(tmp_path, port, identity_provider))
    yield Site(address, workspace, amina, log)
    stop_server(process)
    workspace.close()


@pytest.fixture
def opened(browser: Browser) -> Iterator[Callable[[], BrowserContext]]:
    """Opens a browser of its own for each reader."""
    contexts = []

    def new() -> BrowserContext:
        context = browser.new_context(viewport=WIDE, timezone_id="Europe/Oslo", locale="en-GB")  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        return context

    yield new
    for context in contexts:
        context.close()


def enter(page: Page, address: str, subject: str) -> None:
    """Signs in as somebody does: the button of the calendar, then the account at the provider."""
    page.goto(address)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name=subject).click()
    expect(page.get_by_role("heading", level=1).first).to_be_visible()


def status(address: str, cookies: str = "", method: str = "GET") -> int:
    try:
        with urlopen(Request(address, headers={"Cookie": cookies} if cookies else {}, method=method)) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code


def cookies_of(context: BrowserContext) -> str:
    """What the browser would send, and a thief of its cookies too."""
    return "; ".join(f"{one['name']}={one['value']}" for one in context.cookies())


def test_a_reader_signs_in_comes_back_to_the_page_asked_for_and_signs_out(
    site: Site, opened: Callable[[], BrowserContext]
) -> None:
    context = opened()
    page = context.new_page()
    # Nothing of the calendar is there before, on any page.
    for path in ("", "timeline", "settings", "statements?new=statement"):
        page.goto(f"{site.address}/{path}")
        expect(page.get_by_role("button", name="Sign in")).to_be_visible()
        expect(page.locator(".st-key-header")).to_have_count(0)
        expect(page).to_have_title(re.compile("^Sign in"))
    enter(page, f"{site.address}/statements?new=statement", "amina")
    page.wait_for_url(re.compile(r"/statements\?new=statement"))
    settled(page)
    expect(page.get_by_role("button", name="Amina Berg")).to_be_visible()
    stolen = cookies_of(context)
    assert status(f"{site.address}/media/unknown.csv", stolen) == 403

    page.get_by_role("button", name="Amina Berg").click()
    page.get_by_role("button", name="Sign out").click()
    # The provider is told too, and leads back.
    page.get_by_role("button", name="End session").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    expect(page.locator(".st-key-header")).to_have_count(0)
    # A copy of the cookie opens nothing any more.
    assert status(f"{site.address}/media/unknown.csv", stolen) == 401
    other = opened()
    for part in stolen.split("; "):
        name, _, value = part.partition("=")
        other.add_cookies([{"name": name, "value": value, "url": site.address}])
    page = other.new_page()
    page.goto(site.address)
    expect(page.get_by_text("You have been signed out")).to_be_visible()
    expect(page.locator(".st-key-header")).to_have_count(0)


def test_an_unknown_account_waits_until_an_administrator_links_it(
    site: Site, opened: Callable[[], BrowserContext]
) -> None:
    jon, amina = opened().new_page(), opened().new_page()
    enter(jon, site.address, "jon")
    expect(jon.get_by_text("is not linked to a user")).to_be_visible()
    expect(jon.locator(".st-key-header")).to_have_count(0)
    code = jon.locator(".st-key-sign_in code").inner_text()
    waiting = accounts.waiting_accounts(member(site.amina), site.workspace)
    assert [(one.subject, accounts.code_of(one.id)) for one in waiting] == [("jon", code)]

    enter(amina, site.address, "amina")
    amina.goto(f"{site.address}/settings")
    settled(amina)
    save(ANONYMOUS, Person, {"name": "Jon Lie"}, workspace=site.workspace)
    amina.reload()
    settled(amina)
    row = amina.locator("[class*=st-key-waiting_]")
    expect(row).to_contain_text(code)
    row.get_by_role("combobox").click()
    amina.get_by_role("option", name="Jon Lie").click()
    row.get_by_role("button", name="Link").click()
    expect(amina.get_by_text("Nobody waits for access")).to_be_visible()
    jon.reload()
    settled(jon)
    expect(jon.get_by_role("button", name="Jon Lie")).to_be_visible()


def test_a_person_made_inactive_is_out_at_the_next_click_with_their_subscriptions(
    site: Site, opened: Callable[[], BrowserContext]
) -> None:
    context = opened()
    page = context.new_page()
    token = create_subscription(member(site.amina), name="Mine", workspace=site.workspace)
    feed = f"{site.address}/feeds/mine/{token}.ics"
    enter(page, site.address, "amina")
    settled(page)
    assert status(feed) == 200
    kept = next(one for one in staff(site.workspace) if one.id == site.amina)
    change_person(ANY_STAFF, site.amina, kept.version, {"active": False}, site.workspace)
    page.get_by_role("link", name="Calendar", exact=True).click()
    expect(page.get_by_text("Your user is not active")).to_be_visible()
    expect(page.locator(".st-key-header")).to_have_count(0)
    assert status(feed) == 404
    assert status(f"{site.address}/media/unknown.csv", cookies_of(context)) == 401


def test_a_cookie_that_is_forged_or_too_old_opens_nothing(site: Site, opened: Callable[[], BrowserContext]) -> None:
    old = sign_in.claims_of("amina", iat=1)
    forged = {**sign_in.cookie(site.address, sign_in.claims_of("amina"))}
    forged["value"] = forged["value"][:-1] + ("A" if forged["value"][-1] != "A" else "B")
    for cookie in (sign_in.cookie(site.address, old), forged):
        context = opened()
        context.add_cookies([cookie])  # type: ignore[list-item]  # a dictionary of what Playwright calls a cookie
        page = context.new_page()
        page.goto(f"{site.address}/timeline")
        expect(page.locator(".st-key-sign_in")).to_be_visible()
        expect(page.locator(".st-key-header")).to_have_count(0)
        assert status(f"{site.address}/media/unknown.csv", cookies_of(context)) == 401


def test_without_a_sign_in_every_other_address_is_refused(site: Site) -> None:
    for path in ("media/x.csv", "component/x", "no/such/address"):
        assert status(f"{site.address}/{path}") == 401, path
    assert status(f"{site.address}/_stcore/upload_file/session/file", method="PUT") == 401
    for path in ("", "timeline", "healthz", "feeds/calendar.ics", "_stcore/health"):
        assert status(f"{site.address}/{path}") == 200, path


def test_a_file_is_given_to_the_reader_who_made_it_and_to_nobody_else(
    site: Site, opened: Callable[[], BrowserContext]
) -> None:
    jon = save(ANONYMOUS, Person, {"name": "Jon Lie"}, workspace=site.workspace)
    for one in (site.amina, jon):
        sign_in.bind_account(one, site.workspace)
    mine, others = (sign_in.cookie(site.address, sign_in.claims_of(one)) for one in (site.amina, jon))
    columns = {"title": "Item 3", "format": StatementFormat.STATEMENT}
    statement = start_statement(member(site.amina), columns, text="Mr President,", workspace=site.workspace)
    context = opened()
    context.add_cookies([mine])  # type: ignore[list-item]
    page = context.new_page()
    for path, key in (
        ("import", "import_template_"),
        ("", "csv_cycles"),
        (f"statements?record={statement}", "word_delivery_en"),
        (f"statements?record={statement}", "archive_file_"),
    ):
        page.goto(f"{site.address}/{path}")
        settled(page)
        if key == "archive_file_":
            page.get_by_text("Archive", exact=True).click()
        with page.expect_download() as downloading:
            page.locator(f"[class*='st-key-{key}']").get_by_role("button").first.click()
        assert Path(downloading.value.path()).stat().st_size, key
        address = downloading.value.url
        assert status(address, f"{mine['name']}={mine['value']}") == 200
        assert status(address, f"{others['name']}={others['value']}") == 403
        assert status(address) == 401


def test_the_log_names_no_account_and_no_token(site: Site, opened: Callable[[], BrowserContext]) -> None:
    enter(opened().new_page(), site.address, "amina")
    log = site.log.read_text(encoding="utf-8")
    assert not re.search(r"amina|code=|id_token|access_token", log)


@pytest.mark.parametrize(
    "given",
    [
        {"STREAMLIT_SERVER_ADDRESS": "0.0.0.0"},
        {"HRD_CALENDAR_PUBLIC_URL": "https://calendar.example.org"},
    ],
)
def test_without_sign_in_it_does_not_start_for_others(tmp_path: Path, given: dict[str, str]) -> None:
    with pytest.raises(AssertionError, match="Sign-in is not set up"):
        start_server(tmp_path / "server.log", **given)
