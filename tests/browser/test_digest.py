"""The digest from Settings to the mail and back: chosen and confirmed in a browser, sent by a real mail server, ended."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, expect

from calendar_model.access.permissions import ANONYMOUS, member
from calendar_model.clock import TODAY_VARIABLE
from calendar_model.mails import smtp
from calendar_model.mission.transactions import save
from calendar_model.store.database import FOLDER_VARIABLE, open_workspace
from calendar_model.store.models import Engagement, FollowUp, Person
from calendar_model.terms import EngagementForm, EngagementKind
from tests.browser import sign_in
from tests.browser.conftest import ROOT, free_port, settled, start_server, stop_server
from tests.browser.driver import choose, fill, press, says
from tests.day import TODAY
from tests.mails.mail_server import Inbox, mail_server

ONE_CLICK = b"List-Unsubscribe=One-Click"


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with mail_server() as opened:
        yield opened


def links(message: EmailMessage, kind: str) -> list[str]:
    """The addresses in a part of a message, in order."""
    part = message.get_body((kind,))
    assert part is not None
    return re.findall(r'href="([^"]+)"' if kind == "html" else r"https?://\S+", part.get_content())


def test_a_digest_is_chosen_confirmed_read_and_stopped(browser: Browser, tmp_path: Path, inbox: Inbox) -> None:
    workspace = open_workspace(f"sqlite:///{tmp_path / 'workspace.sqlite'}")
    amina = member(save(ANONYMOUS, Person, {"name": "Amina Berg"}, workspace=workspace))
    sign_in.bind_account(amina.person_id, workspace)
    met = {"engagement_kind": EngagementKind.CONSULTED, "on": TODAY, "form": EngagementForm.ONLINE}
    record = save(amina, Engagement, {"title": "Meeting with the coalition", **met}, workspace=workspace)
    call = {"record_id": record, "what": "Call the embassy", "due": TODAY, "owner_id": amina.person_id}
    save(amina, FollowUp, call, workspace=workspace)
    workspace.close()

    port = free_port()
    environment = {
        smtp.VARIABLE: f"smtp://127.0.0.1:{inbox.port}",
        smtp.FROM_VARIABLE: "calendar@example.org",
        "HRD_CALENDAR_PUBLIC_URL": f"http://127.0.0.1:{port}",
        **sign_in.settings(tmp_path, port),
    }
    process, address = start_server(tmp_path / "server.log", port, **environment)
    context = sign_in.signed_in(browser, address, amina.person_id)
    try:
        page = context.new_page()
        page.goto(f"{address}/settings")
        settled(page)
        choose(page.get_by_label("Digest", exact=True), "On chosen days")
        fill(page, Address="amina@example.org")
        press(page, "Save e-mail settings")
        says(page, "Until then no digest is sent.")

        (confirmation,) = inbox.messages
        page.goto(next(one for one in links(confirmation, "html") if "/mail/confirm/" in one))
        page.get_by_role("button", name="Confirm").click()
        says(page, "Your address is confirmed.")

        sent = subprocess.run(
            [sys.executable, "-m", "calendar_model", "digest", "--send"],
            cwd=ROOT,
            env={
                **os.environ,
                **environment,
                FOLDER_VARIABLE: str(tmp_path),
                TODAY_VARIABLE: f"{TODAY + timedelta(days=1)}T12:00:00+00:00",
            },
            check=True,
            capture_output=True,
            text=True,
        )
        assert "sent: 1" in sent.stdout
        digest = inbox.messages[-1]
        assert (len(inbox.messages), inbox.recipients[-1]) == (2, "amina@example.org")
        to_record = f"{address}/engagements?record={record}"
        assert to_record in links(digest, "plain")
        page.goto(next(one for one in links(digest, "html") if one == to_record))
        expect(page.get_by_role("heading", name="Meeting with the coalition")).to_be_visible()

        # The button of a mail program: no cookie, no sign-in, no page in between.
        ends = str(digest["List-Unsubscribe"]).strip("<>")
        with urlopen(Request(ends, data=ONE_CLICK, method="POST")) as answer:
            assert (answer.status, answer.url) == (200, ends)
        page.goto(f"{address}/settings")
        settled(page)
        expect(page.get_by_label("Digest", exact=True)).to_have_value("No digest")
    finally:
        context.close()
        stop_server(process)
