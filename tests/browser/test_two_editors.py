"""Two persons in two browsers write one draft: the second is told, sees both texts, and nothing is lost."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.statements import commands
from calendar_model.mission.statements.queries import unsaved
from calendar_model.mission.transactions import save
from calendar_model.store.database import Workspace, open_workspace
from calendar_model.store.models import Person, Statement
from calendar_model.terms import StatementFormat
from tests.browser import sign_in
from tests.browser.conftest import free_port, settled, start_server, stop_server

BASE = "We thank the Special Rapporteur.\n\nWe call on states to act.\n\nI thank you."


class Server:
    """A server that can be killed and started again at the same address."""

    def __init__(self, log: Path) -> None:
        self.log, self.port = log, free_port()
        self.start()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)

    def start(self) -> None:
        given = sign_in.settings(self.log.parent, self.port)
        self.process, self.address = start_server(self.log, self.port, **given)


class Site(NamedTuple):
    """A server, and the same workspace from outside, with two persons and a draft in it."""

    server: Server
    workspace: Workspace
    amina: Viewer
    bjorn: Viewer
    statement: str

    @property
    def page(self) -> str:
        return f"{self.server.address}/statements?record={self.statement}"

    def texts(self) -> list[tuple[int, str, str]]:
        """What is saved: number, whose, text."""
        with reading(self.amina, self.workspace) as session:
            statement = session.get(Statement, self.statement)
            assert statement is not None
            return [(version.number, version.written_by.name, version.text) for version in statement.versions]

    def unsaved(self, who: Viewer) -> str:
        """What is kept for somebody and not saved."""
        with reading(who, self.workspace) as session:
            kept = unsaved(session, self.statement)
            return kept.text if kept else ""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The server of the module, without a draft."""
    folder = tmp_path_factory.mktemp("two_editors")
    workspace = open_workspace(f"sqlite:///{folder / 'workspace.sqlite'}")
    amina = member(save(ANONYMOUS, Person, {"name": "Amina Berg"}, workspace=workspace))
    bjorn = member(save(ANONYMOUS, Person, {"name": "Bjørn Li"}, workspace=workspace))
    for one in (amina, bjorn):
        sign_in.bind_account(one.person_id, workspace)
    server = Server(folder / "server.log")
    yield Site(server, workspace, amina, bjorn, "")
    stop_server(server.process)
    workspace.close()


@pytest.fixture
def site(running: Site) -> Site:
    """The server of the module, with a draft of the test's own."""
    values = {"title": "Item 3", "format": StatementFormat.INTERACTIVE_DIALOGUE, "forum": "un-hrc"}
    made = save(running.amina, Statement, values, workspace=running.workspace)
    commands.save_text(running.amina, made, BASE, language="en", based_on=0, workspace=running.workspace)
    return running._replace(statement=made)


@pytest.fixture
def open_as(browser: Browser, site: Site) -> Iterator[Callable[[Viewer], Page]]:
    """Opens the draft in a browser of its own, as somebody."""
    contexts = []

    def opened(who: Viewer) -> Page:
        context = sign_in.signed_in(browser, site.server.address, who.person_id)
        contexts.append(context)
        page = context.new_page()
        page.goto(site.page)
        settled(page)
        return page

    yield opened
    for context in contexts:
        context.close()


def field(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Text in English")


def change(page: Page, old: str, new: str) -> None:
    """Edits the text in the field as somebody would, and waits until the server keeps it."""
    text = field(page)
    expect(text).to_be_visible()
    text.fill(text.input_value().replace(old, new))
    expect(page.locator(".editor .state")).to_have_text("Draft saved")


def save_text(page: Page, number: int) -> None:
    page.get_by_role("button", name=re.compile("^Save as version")).click()
    expect(page.get_by_text(f"Saved as version {number}.")).to_be_visible()
    settled(page)


def test_two_editors_of_one_draft_lose_nothing(site: Site, open_as: Callable[[Viewer], Page]) -> None:
    amina, bjorn = open_as(site.amina), open_as(site.bjorn)
    expect(field(bjorn)).to_have_value(BASE)
    change(bjorn, "Rapporteur.", "Rapporteur warmly.")
    change(amina, "to act.", "to act now.")
    save_text(amina, 2)
    expect(field(amina)).to_have_value(BASE.replace("to act.", "to act now."))

    # The second is told while they type, before they save, and the field stays under their hands.
    under_hands = field(bjorn).element_handle()
    field(bjorn).focus()
    change(bjorn, "I thank you.", "I thank you all.")
    told = bjorn.get_by_text(re.compile(r"^Amina Berg saved version 2 on .*, after you started from version 1 here\.$"))
    expect(told).to_be_visible()
    assert under_hands.evaluate("field => field.isConnected && field.getRootNode().activeElement === field")
    bjorn.get_by_role("button", name="Save as version 3").click()
    expect(bjorn.get_by_text("Your text is kept: merge the two below, then save.")).to_be_visible()
    expect(bjorn.get_by_role("heading", level=4)).to_have_text(["Your text", "Version 2, Amina Berg", "Merged text"])
    mine = BASE.replace("Rapporteur.", "Rapporteur warmly.").replace("I thank you.", "I thank you all.")
    theirs = BASE.replace("to act.", "to act now.")
    assert site.unsaved(site.bjorn) == mine
    assert site.texts() == [(1, "Amina Berg", BASE), (2, "Amina Berg", theirs)]

    bjorn.get_by_role("button", name="Merge both in the editor").click()
    both = mine.replace("to act.", "to act now.")
    # What was said above the field goes first; until the run is over, the page may hold the field before and after it.
    expect(told).to_have_count(0)
    settled(bjorn)
    expect(field(bjorn)).to_have_value(both)
    save_text(bjorn, 3)
    assert site.texts()[2:] == [(3, "Bjørn Li", both)]
    assert site.unsaved(site.bjorn) == ""
    expect(field(bjorn)).to_have_value(both)


def test_a_sentence_that_both_changed_is_settled_by_the_second(site: Site, open_as: Callable[[Viewer], Page]) -> None:
    amina, bjorn = open_as(site.amina), open_as(site.bjorn)
    change(amina, "We call on states to act.", "We call on all states to act.")
    save_text(amina, 2)
    change(bjorn, "We call on states to act.", "We urge states to act.")
    expect(bjorn.get_by_text("Both of you changed one passage differently")).to_be_visible()
    bjorn.get_by_role("button", name="Merge both in the editor").click()
    expect(bjorn.get_by_text("Both of you changed one passage differently")).to_have_count(0)
    settled(bjorn)
    expect(field(bjorn)).to_have_value(
        re.compile(re.escape("[We urge states to act.] [We call on all states to act.]"))
    )
    change(bjorn, "[We urge states to act.] [We call on all states to act.]", "We urge all states to act.")
    save_text(bjorn, 3)
    assert site.texts()[2] == (3, "Bjørn Li", BASE.replace("We call on states", "We urge all states"))


def test_a_reload_shows_what_was_typed_and_can_be_discarded_and_brought_back(
    site: Site, open_as: Callable[[Viewer], Page]
) -> None:
    page = open_as(site.bjorn)
    change(page, "to act.", "to act together.")
    typed = BASE.replace("to act.", "to act together.")
    page.reload()
    settled(page)
    expect(field(page)).to_have_value(typed)
    expect(page.get_by_text(re.compile(r"^You typed this on .* but did not save it\.$"))).to_be_visible()
    page.get_by_role("button", name="Discard and show version 1").click()
    expect(field(page)).to_have_value(BASE)
    page.get_by_role("button", name="Bring back that text").click()
    expect(field(page)).to_have_value(typed)
    assert site.unsaved(site.bjorn) == typed


def test_what_is_typed_and_saved_at_once_is_saved_whole(site: Site, open_as: Callable[[Viewer], Page]) -> None:
    page = open_as(site.amina)
    text = field(page)
    text.fill(f"{BASE} And more.")
    # Without a rest: the click itself sends what is typed.
    save_text(page, 2)
    assert site.texts()[1] == (2, "Amina Berg", f"{BASE} And more.")
    change(page, "And more.", "And yet more.")
    expect(page.get_by_text("after you started")).to_have_count(0)
    save_text(page, 3)
    assert site.texts()[2] == (3, "Amina Berg", f"{BASE} And yet more.")


def test_what_is_typed_while_the_server_is_away_is_there_when_it_is_back(
    site: Site, open_as: Callable[[Viewer], Page]
) -> None:
    page = open_as(site.bjorn)
    change(page, "to act.", "to act at once.")
    site.server.kill()
    field(page).press("End")
    field(page).press_sequentially(" Said to nobody.")
    expect(page.locator(".editor .state")).to_have_text("Saved in this browser, not sent yet")
    written = field(page).input_value()
    site.server.start()
    expect(page.locator(".editor .state")).to_have_text("Draft saved")
    assert site.unsaved(site.bjorn) == written
    site.server.kill()
    field(page).press_sequentially(" And again.")
    expect(page.locator(".editor .state")).to_have_text("Saved in this browser, not sent yet")
    written = field(page).input_value()
    site.server.start()
    page.goto(site.page)
    settled(page)
    expect(field(page)).to_have_value(written)
    expect(page.locator(".editor .state")).to_have_text("Draft saved")
    assert site.unsaved(site.bjorn) == written
    save_text(page, 2)
    assert site.texts()[1] == (2, "Bjørn Li", written)
