"""The calendar is ready before the first reader comes, or on its way; a fault of it is noted."""

from __future__ import annotations

import asyncio
import gc
import threading
from concurrent.futures import ThreadPoolExecutor, wait
from importlib import import_module
from pathlib import Path

import pytest

import dashboard
from calendar_model import calendar
from calendar_model.access.permissions import ANONYMOUS
from calendar_model.mission.visible_calendar import calendar_for, make_ready
from calendar_model.reference import DATA_VARIABLE
from calendar_model.store.database import URL_VARIABLE
from calendar_model.translation import LANGUAGES, in_language
from calendar_model.web.warm_up import warm_up

# The package has a function of the same name as the module.
tables = import_module("calendar_model.calendar.table")


@pytest.fixture
def built(data_copy: Path, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The tables of a calendar that nobody has asked for yet, as they are built; no other is needed for the tests."""
    monkeypatch.setenv(DATA_VARIABLE, str(data_copy))
    made: list[object] = []
    build = tables.to_frame

    def to_frame(*given: object) -> object:
        made.append(given)
        return build(*given)

    monkeypatch.setattr(tables, "to_frame", to_frame)
    return made


def test_a_first_reader_finds_the_calendar_in_their_language(built: list[object]) -> None:
    asyncio.run(warm_up())
    made = len(built)
    assert made >= len(LANGUAGES)
    for code in LANGUAGES:
        with in_language(code):
            assert len(calendar_for(ANONYMOUS)[1]) > 0
    assert len(built) == made


def test_a_look_for_garbage_leaves_out_the_calendar(built: list[object]) -> None:
    try:
        asyncio.run(warm_up())
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()


def test_a_first_reader_who_comes_meanwhile_waits_for_the_same_calendar(
    built: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    began, go_on = threading.Event(), threading.Event()
    build = tables.reference_items
    times: list[str] = []

    def slow(*given: object) -> object:
        times.append(threading.current_thread().name)
        began.set()
        assert go_on.wait(60)
        return build(*given)

    monkeypatch.setattr(tables, "reference_items", slow)
    with ThreadPoolExecutor(2) as threads:
        ahead = threads.submit(make_ready)
        assert began.wait(60)
        reader = threads.submit(calendar_for, ANONYMOUS)
        assert wait([reader], timeout=0.5).not_done
        go_on.set()
        ahead.result(60)
        assert reader.result(60)[1] is calendar_for(ANONYMOUS)[1]
    assert len(set(times)) == 1


def test_a_workspace_that_is_away_is_noted(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setenv(URL_VARIABLE, "postgresql://nobody:canary@127.0.0.1:1/nothing")
    asyncio.run(warm_up())
    assert "calendar_model.web.warm_up" in [record.name for record in caplog.records]
    assert "canary" not in caplog.text


def test_any_other_failure_is_noted_without_what_it_says(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise ValueError("canary")

    monkeypatch.setattr("calendar_model.web.warm_up.make_ready", fail)
    asyncio.run(warm_up())
    assert "ValueError" in caplog.text
    assert "canary" not in caplog.text


def test_the_server_makes_it_ready(built: list[object]) -> None:
    async def serve() -> None:
        async with dashboard._opened(dashboard.app):
            while len(built) < len(LANGUAGES):
                await asyncio.sleep(0.05)

    asyncio.run(asyncio.wait_for(serve(), 60))


def test_health_asks_for_no_table(built: list[object]) -> None:
    assert calendar.current_reference().is_whole
    assert built == []
