"""The whole way of a statement that raises a case, as two persons walk it in a browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from calendar_model.access.permissions import ANONYMOUS
from calendar_model.mission.transactions import save
from calendar_model.store.database import open_workspace
from calendar_model.store.history import verify
from calendar_model.store.models import USUAL_ROLES, Person
from tests.browser import sign_in
from tests.browser.conftest import free_port, settled, start_server, stop_server
from tests.browser.driver import add, choose, fill, follow, press, says
from tests.staff import CLEARER

ITEM, TITLE = "ga-resolution-GA81", "GA text, due in GA81"
TEXT = "Madam Chair, we speak for those who defend the rights of others."


@pytest.fixture
def persons(tmp_path: Path) -> dict[str, str]:
    """The identifiers, by name, of two persons with accounts in a workspace. The second may clear."""
    workspace, made = open_workspace(f"sqlite:///{tmp_path / 'workspace.sqlite'}"), {}
    for name, roles in (("Desk officer", USUAL_ROLES), ("Head of section", CLEARER)):
        made[name] = save(ANONYMOUS, Person, {"name": name, "roles": roles}, workspace=workspace)
        sign_in.bind_account(made[name], workspace)
    workspace.close()
    return made


@pytest.fixture
def server(persons: dict[str, str], tmp_path: Path) -> Iterator[str]:
    port = free_port()
    process, address = start_server(tmp_path / "server.log", port, **sign_in.settings(tmp_path, port))
    yield address
    stop_server(process)


@pytest.fixture
def person(browser: Browser, server: str, persons: dict[str, str]) -> Iterator[Callable[[str], Page]]:
    """Opens the dashboard in a browser of their own, as somebody who has signed in."""
    contexts = []

    def opened(name: str) -> Page:
        context = sign_in.signed_in(browser, server, persons[name])
        contexts.append(context)
        page = context.new_page()
        page.goto(server)
        settled(page)
        expect(page.get_by_role("button", name=name)).to_be_visible()
        return page

    yield opened
    for context in contexts:
        context.close()


def test_from_the_timeline_to_the_follow_up(person: Callable[[str], Page], server: str, tmp_path: Path) -> None:
    officer, head = person("Desk officer"), person("Head of section")

    # From the timeline into the dossier of an item, and from there a draft.
    officer.goto(f"{server}/agenda?track=ga-resolution")
    settled(officer)
    press(officer, TITLE)
    officer.get_by_role("dialog").get_by_role("link", name="Dossier").click()
    expect(officer.get_by_role("heading", level=1)).to_have_text(TITLE)
    settled(officer)
    dossier = officer.url
    follow(officer, "New draft")
    fill(officer, Title="Statement on the text")
    press(officer, "Create statement")
    says(officer, "Statement created.")
    expect(officer).to_have_url(re.compile("record="))
    statement = officer.url
    text = officer.get_by_role("textbox", name="Text in English")
    text.fill(TEXT)
    text.press("Control+s")
    press(officer, re.compile("Save as version 1"))
    says(officer, "Save as version 2")

    # Somebody is consulted about it.
    officer.goto(dossier)
    settled(officer)
    says(officer, "No consultation yet")
    follow(officer, "New engagement")
    fill(officer, Title="Call with two networks", Outcome="They ask that surveillance is named.")
    press(officer, "Save engagement")
    officer.goto(dossier)
    settled(officer)
    says(officer, "Consulted once")

    # It raises a case.
    officer.goto(statement)
    settled(officer)
    follow(officer, "New case")
    fill(officer, Code="Case 001")
    choose(officer.get_by_role("combobox", name="Suggested by"), "Civil society")
    press(officer, "Save case")
    expect(officer).to_have_url(re.compile("record="))
    case = officer.url
    says(officer, "5 of 5 questions outstanding")

    # It goes to the person who may clear it; the page says what is still missing, and the button is disabled.
    officer.goto(statement)
    settled(officer)
    says(officer, "Restricted: visible only to Desk officer.")
    press(officer, "Send for consultation")
    says(officer, "Sent for consultation.")
    head.goto(f"{server}/statements")
    settled(head)
    says(head, "Awaiting my reply (1)")
    press(head, "Statement on the text")
    clear = head.get_by_test_id("stMain").get_by_role("button", name="Clear version 1")
    expect(clear).to_be_disabled()
    says(head, "the risk of reprisals has not been assessed, with reasons.")
    expect(head.get_by_test_id("stMain")).not_to_contain_text("Case 001")

    # What was still needed is supplied.
    officer.goto(case)
    settled(officer)
    fill(officer, Consulted_on="2026-11-20", Mission="The embassy", Advice_from_the_mission="No objection.")
    fill(officer, Date_of_consultation="2026-11-21", Their_wishes="To be heard.")
    choose(officer.get_by_role("combobox", name="With whom", exact=True), "Civil society")
    choose(officer.get_by_role("combobox", name="Risk level"), "Moderate")
    fill(officer, Reasons="Known to the authorities already.")
    choose(officer.get_by_role("combobox", name="Likely effect"), "Improvement")
    fill(officer, Reasons_for_this_assessment="A hearing is due.")
    choose(officer.get_by_role("combobox", name="Decision"), "Statement")
    fill(officer, Reason_for_the_decision="Asked for by those concerned.")
    press(officer, "Save case")
    says(officer, "All questions answered")

    # Who clears has to see the case too.
    head.reload()
    settled(head)
    expect(clear).to_be_disabled()
    says(head, "one individual case that you cannot read")
    press(officer, "Edit Access and links")
    add(officer.get_by_role("combobox", name="Visible only to"), "Head of section")
    press(officer, "Save case")
    says(officer, "visible only to Desk officer, Head of section")

    # Cleared by the other, delivered, and not closed before the contact afterwards.
    head.reload()
    settled(head)
    press(head, "Clear version 1")
    says(head, "Cleared.")
    officer.goto(statement)
    settled(officer)
    press(officer, "Mark as delivered")
    says(officer, "Marked as delivered.")
    expect(officer.get_by_test_id("stMain").get_by_role("button", name="Close", exact=True)).to_be_disabled()
    says(officer, "no contact since the statement with the defender, or with civil society on their behalf.")
    officer.goto(case)
    settled(officer)
    fill(officer, Contacted_on="2026-11-24", Their_assessment="The hearing went on in public.")
    choose(officer.get_by_role("combobox", name="Contact with"), "Civil society")
    press(officer, "Save case")
    officer.goto(statement)
    settled(officer)
    press(officer, "Close")
    says(officer, "Closed.")

    # On the timeline it is told in a word or two, to each what they may see.
    for page in (officer, head):
        page.goto(f"{server}/agenda?track=ga-resolution")
        settled(page)
        says(page, "1 engagement · 1 cleared text")

    workspace = open_workspace(f"sqlite:///{tmp_path / 'workspace.sqlite'}")
    assert verify(workspace).problems == ()
    workspace.close()
    log = (tmp_path / "server.log").read_text(encoding="utf-8")
    assert [word for word in ("Traceback", TEXT, "Case 001", "surveillance") if word in log] == []
