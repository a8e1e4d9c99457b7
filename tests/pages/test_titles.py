"""The title that the browser shows for each page, and keeps in its history."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

from calendar_model.access.permissions import Viewer
from calendar_model.mission.transactions import save
from calendar_model.store.models import Contact
from calendar_model.terms import ContactKind
from calendar_model.vocabulary import Sensitivity
from pages.components.shell import navigation
from tests.app import open_page

PAGES = [page.file for page in navigation.PAGES]


@pytest.fixture
def titles(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every title that the server sets, the last one last."""
    found: list[str] = []
    enqueue = ForwardMsgQueue.enqueue

    def note(queue: Any, message: Any) -> Any:
        if message.HasField("page_config_changed") and message.page_config_changed.title:
            found.append(message.page_config_changed.title)
        return enqueue(queue, message)

    monkeypatch.setattr(ForwardMsgQueue, "enqueue", note)
    return found


def test_every_page_has_a_title_of_its_own(titles: list[str]) -> None:
    own = []
    for page in PAGES:
        titles.clear()
        open_page(page)
        own.append(titles[-1])
    assert len(set(own)) == len(PAGES)
    assert all(title.endswith("Calendar for human rights defenders") for title in own)


def test_the_title_says_nothing_of_the_record_that_is_open(me: Viewer, titles: list[str]) -> None:
    record = save(
        me,
        Contact,
        {"title": "Defender Q-17", "contact_kind": ContactKind.DEFENDER, "sensitivity": Sensitivity.RESTRICTED},
    )
    app = open_page("contacts", me.person_id, record=record)
    assert [one.value for one in app.title] == ["Defender Q-17"]
    assert titles
    assert not any("Q-17" in title for title in titles)


def test_every_file_of_a_page_is_in_the_navigation() -> None:
    assert sorted(PAGES) == sorted(path.stem for path in navigation.FOLDER.glob("*.py"))
