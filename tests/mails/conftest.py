"""A mail server of the environment, and the day on which digests are chosen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from calendar_model.clock import TODAY_VARIABLE
from calendar_model.mails import smtp
from tests.mails.mail_server import Inbox, mail_server

PUBLIC = "https://calendar.example.org"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    monkeypatch.setenv(TODAY_VARIABLE, "2026-11-20T12:00:00+00:00")
    with mail_server() as inbox:
        monkeypatch.setenv(smtp.VARIABLE, f"smtp://127.0.0.1:{inbox.port}")
        monkeypatch.setenv(smtp.FROM_VARIABLE, "calendar@example.org")
        monkeypatch.setenv("HRD_CALENDAR_PUBLIC_URL", PUBLIC)
        yield inbox
