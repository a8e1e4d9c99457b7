"""From an idea to the delivered text in three browsers: consulted, commented on, rewritten, cleared by a third person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.statements import commands
from calendar_model.mission.statements.reviews import override_debts
from calendar_model.mission.transactions import save
from calendar_model.store.database import Workspace, open_workspace
from calendar_model.store.models import Case, Person, Statement
from calendar_model.terms import Role, StatementFormat, StatementState
from calendar_model.vocabulary import Sensitivity
from tests.browser import sign_in
from tests.browser.conftest import free_port, settled, start_server, stop_server
from tests.browser.driver import add, fill, press
from tests.cases import ANSWERS, CASE
from tests.staff import CLEARER

PASSAGE = "Defenders who work alone need all of us."
FIRST = f"Mr President,\n\nNorway thanks the Special Rapporteur for her report. {PASSAGE}\n\nI thank you."
SECOND = FIRST.replace("Norway thanks", "We thank").replace("Mr President", "Madam President")
THIRD = SECOND.replace(PASSAGE, "Her findings trouble us. Defenders who work alone in villages need all of us.")
FOURTH = "Excellencies,\n\n" + THIRD.replace("I thank you.", "Thank you.")
FIFTH = FOURTH.replace(" Defenders who work alone in villages need all of us.", "")


class Site(NamedTuple):
    """A server, the same workspace from outside, its people by name, and a statement that is an idea."""

    address: str
    workspace: Workspace
    people: dict[str, Viewer]
    statement: str


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder: Path = tmp_path_factory.mktemp("consultation")
    workspace = open_workspace(f"sqlite:///{folder / 'workspace.sqlite'}")
    roles = {
        "Amina Berg": None,
        "Ola Nor": {Role.READER},
        "Kari Moe": {Role.READER},
        "Head": CLEARER,
        "Deputy": CLEARER,
    }
    people = {}
    for name, given in roles.items():
        values = {"name": name} if given is None else {"name": name, "roles": given}
        people[name] = member(save(ANONYMOUS, Person, values, workspace=workspace))
        sign_in.bind_account(people[name].person_id, workspace)
    values = {"title": "Defenders", "format": StatementFormat.STATEMENT, "forum": "un-hrc"}
    made = save(people["Amina Berg"], Statement, values, workspace=workspace)
    port = free_port()
    process, address = start_server(folder / "server.log", port, **sign_in.settings(folder, port))
    yield Site(address, workspace, people, made)
    stop_server(process)
    workspace.close()


@pytest.fixture
def open_as(browser: Browser, site: Site) -> Iterator[dict[str, Page]]:
    """The statement in a browser of its own for each of three persons."""
    contexts = {name: sign_in.signed_in(browser, site.address, one.person_id) for name, one in site.people.items()}
    yield {name: context.new_page() for name, context in contexts.items()}
    for context in contexts.values():
        context.close()


def go(page: Page, site: Site) -> Page:
    page.goto(f"{site.address}/statements?record={site.statement}")
    settled(page)
    return page


def field(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Text in English")


def save_text(page: Page, text: str, number: int) -> None:
    expect(field(page)).to_be_visible()
    field(page).fill(text)
    expect(page.locator(".editor .state")).to_have_text("Draft saved")
    page.get_by_role("button", name=re.compile("^Save as version")).click()
    expect(page.get_by_text(f"Saved as version {number}.")).to_be_visible()
    settled(page)


def select_passage(page: Page, passage: str) -> None:
    """Selects a passage by keyboard, and presses the button below the field by keyboard too."""
    at = field(page).input_value().index(passage)
    field(page).evaluate(
        "(area, [at, end]) => { area.focus(); area.setSelectionRange(at, end); }", [at, at + len(passage)]
    )
    button = page.get_by_role("button", name="Comment on the selected passage")
    expect(button).to_have_attribute("aria-disabled", "false")
    page.keyboard.press("Tab")
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    settled(page)


def test_from_an_idea_to_the_delivered_text(site: Site, open_as: dict[str, Page]) -> None:
    amina, ola, head = go(open_as["Amina Berg"], site), open_as["Ola Nor"], open_as["Head"]
    save_text(amina, FIRST, 1)
    for name in ("Ola Nor", "Kari Moe"):
        add(amina.get_by_label("Views requested from"), name)
    press(amina, "Send for consultation")
    expect(amina.get_by_text("0 of 2 answered.")).to_be_visible()

    # A consultee sees who else is there, and comments on a passage of the text that they cannot change.
    go(ola, site)
    expect(ola.get_by_role("status").filter(has_text="Amina Berg")).to_be_visible()
    select_passage(ola, "Defenders who work alone")
    expect(ola.locator(".quoted")).to_have_text("Defenders who work alone")
    ola.get_by_label("Comment on this passage").fill("In which country?")
    press(ola, "Add comment")
    expect(ola.get_by_text("In which country?")).to_be_visible()

    # Three rewrites later it is still at its passage.
    for number, text in enumerate((SECOND, THIRD, FOURTH), start=2):
        save_text(amina, text, number)
    amina.get_by_text("Version 4 in English with comments: 1").click()
    expect(amina.locator(".compared mark").first).to_have_text("Defenders who work alone")
    expect(amina.get_by_text("The passage is gone.")).to_have_count(0)

    # Without its passage it is still open, and is attached to another.
    save_text(amina, FIFTH, 5)
    expect(amina.get_by_text("The passage is gone.")).to_be_visible()
    expect(amina.get_by_role("heading", name="Comments (1 open)")).to_be_visible()
    select_passage(amina, "Her findings trouble us")
    press(amina, "Attach to the selected passage")
    expect(amina.get_by_text("The passage is gone.")).to_have_count(0)
    expect(amina.locator(".quoted")).to_have_text("Her findings trouble us")

    # Nobody answers by the model: the clock of the server is another than that of the tests.
    go(ola, site)
    ola.get_by_text("Agrees", exact=True).click()
    settled(ola)
    press(ola, "Send answer")
    expect(ola.get_by_text("1 of 2 answered.")).to_be_visible()
    kari = go(open_as["Kari Moe"], site)
    kari.get_by_text("Objects", exact=True).click()
    settled(kari)
    fill(kari, Remark="Too short.")
    press(kari, "Send answer")
    expect(kari.get_by_text("2 of 2 answered, 1 objecting.")).to_be_visible()

    # A third person weighs what was said, and clears it all the same.
    go(head, site)
    expect(head.get_by_text("2 of 2 answered, 1 objecting.")).to_be_visible()
    expect(head.get_by_text("Kari Moe objects (version 5).")).to_be_visible()
    press(head, "Clear version 5")
    press(head, "Mark as delivered")
    expect(head.get_by_role("button", name="Add comment")).to_have_count(0)
    with reading(site.people["Head"], site.workspace) as session:
        assert session.get_one(Statement, site.statement).state is StatementState.DELIVERED


def test_an_override_is_requested_confirmed_used_and_reviewed_by_another(site: Site, open_as: dict[str, Page]) -> None:
    amina, *others = (site.people[name] for name in ("Amina Berg", "Head", "Deputy"))
    named = [one.person_id for one in (amina, *others)]
    unanswered = {**CASE, **ANSWERS, "mission_consulted_on": None}
    raised = save(amina, Case, unanswered, named=named, workspace=site.workspace)
    values = {"title": "Urgent", "format": StatementFormat.STATEMENT, "sensitivity": Sensitivity.RESTRICTED}
    text = "One defender waits for a hearing."
    made = commands.start_statement(amina, values, text=text, named=named, links=[raised], workspace=site.workspace)
    commands.move(amina, made, StatementState.CONSULTATION, seen=1, workspace=site.workspace)

    def at(name: str) -> Page:
        page = open_as[name]
        page.goto(f"{site.address}/statements?record={made}")
        settled(page)
        return page

    writer = at("Amina Berg")
    writer.get_by_text("Override outstanding checks").click()
    writer.get_by_label("Reason", exact=True).fill("The hearing is tomorrow.")
    press(writer, "Request override")
    head = at("Head")
    head.get_by_label("Reason for confirming").fill("Agreed with the embassy.")
    for button in ("Confirm override", "Clear version 1", "Mark as delivered"):
        press(head, button)
    expect(head.get_by_text("Not reviewed yet.")).to_be_visible()

    # Who asked cannot review; another person can, and the debt is gone from the list.
    writer = at("Amina Berg")
    expect(writer.get_by_text("Not reviewed yet.")).to_be_visible()
    expect(writer.get_by_role("button", name="Record review")).to_have_count(0)
    deputy = open_as["Deputy"]
    deputy.goto(f"{site.address}/statements")
    settled(deputy)
    press(deputy, re.compile("^Overrides not reviewed yet: 1"))
    press(deputy, "Urgent")
    deputy.get_by_role("textbox", name="Assessment of version 1 as delivered").fill(
        "It could not wait, and the family agreed."
    )
    press(deputy, "Record review")
    expect(deputy.get_by_text("having read version 1")).to_be_visible()
    expect(at("Head").get_by_text("It could not wait, and the family agreed.")).to_be_visible()
    assert override_debts(site.people["Deputy"], site.workspace) == []
