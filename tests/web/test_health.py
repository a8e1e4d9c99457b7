"""Alive and ready, and what an outage leaves in the log."""

from __future__ import annotations

import asyncio
import logging
import shutil
import threading
from pathlib import Path
from typing import NamedTuple

import pytest
from starlette.testclient import TestClient

from calendar_model.access.permissions import ANONYMOUS
from calendar_model.mission.transactions import save
from calendar_model.reference import DATA_VARIABLE
from calendar_model.store.database import URL_VARIABLE, current_workspace
from calendar_model.store.models import Person
from calendar_model.web import health
from calendar_model.web.health import LEAST_FREE, NO_DATABASE, NO_REFERENCE, NO_ROOM, Outages


class Usage(NamedTuple):
    """A disk with room for no more than this."""

    total: int
    used: int
    free: int


@pytest.fixture(autouse=True)
def _first_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """No outage has been seen yet."""
    monkeypatch.setattr(health, "OUTAGES", Outages())


def readiness(client: TestClient) -> tuple[int, list[str]]:
    response = client.get("/readyz")
    assert response.headers["Cache-Control"] == "no-store"
    assert ("Retry-After" in response.headers) == (response.status_code == 503)
    return response.status_code, response.text.splitlines()


def away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(URL_VARIABLE, "postgresql://nobody:canary@127.0.0.1:1/nothing")


def test_a_server_that_has_everything_is_alive_and_ready(client: TestClient) -> None:
    assert client.get("/healthz").status_code == 200
    assert readiness(client)[0] == 200
    assert client.head("/healthz").content == b""
    assert client.post("/healthz").status_code == 405


def test_a_database_that_is_away(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    away(monkeypatch)
    assert readiness(client) == (503, [NO_DATABASE])
    assert client.get("/healthz").status_code == 200
    monkeypatch.delenv(URL_VARIABLE)
    assert readiness(client)[0] == 200


def test_a_file_that_is_damaged(client: TestClient) -> None:
    workspace = current_workspace()
    assert workspace.file is not None
    workspace.engine.dispose()
    workspace.file.write_bytes(b"SQLite format 3\0" + b"\xff" * 100_000)
    assert readiness(client) == (503, [NO_DATABASE])


def test_a_reference_that_cannot_be_read(client: TestClient, data_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(data_copy))
    assert readiness(client)[0] == 200
    (data_copy / "sessions.csv").unlink()
    assert readiness(client) == (503, [NO_REFERENCE])


def test_a_disk_without_room(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    for free, expected in ((LEAST_FREE, 200), (LEAST_FREE - 1, 503)):
        monkeypatch.setattr(shutil, "disk_usage", lambda _, free=free: Usage(2**40, 2**40 - free, free))
        status, told = readiness(client)
        assert status == expected
    assert told == [NO_ROOM]


def test_all_reasons_are_told_at_once(client: TestClient, data_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(data_copy))
    (data_copy / "tracks.csv").unlink()
    away(monkeypatch)
    assert readiness(client) == (503, [NO_DATABASE, NO_REFERENCE])


def test_a_database_that_hangs_is_away_and_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PATIENCE_SECONDS", 0.05)
    answers, asked = threading.Event(), []

    def hangs() -> str:
        asked.append(1)
        answers.wait(30)
        return ""

    async def looked() -> list[list[str]]:
        try:
            return [await health.look(hangs) for _ in range(3)]
        finally:
            answers.set()

    assert asyncio.run(looked()) == [[NO_DATABASE]] * 3
    assert len(asked) == 1
    while health._asking.locked():
        pass
    assert asyncio.run(health.look(lambda: "")) == []


def test_many_probes_at_once_ask_once() -> None:
    asked = []

    def database() -> str:
        asked.append(1)
        return ""

    async def probes() -> list[list[str]]:
        return await asyncio.gather(*(health.look(database) for _ in range(500)))

    assert asyncio.run(probes()) == [[]] * 500
    assert len(asked) == 1


def test_an_outage_of_the_database_is_in_the_log_once_with_its_end(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    save(ANONYMOUS, Person, {"name": "Canary of a name"})
    workspace = current_workspace()
    assert workspace.file is not None
    sound = workspace.file.read_bytes()
    caplog.set_level(logging.DEBUG, "calendar_model")
    assert readiness(client)[0] == 200
    assert caplog.records == []
    workspace.engine.dispose()
    workspace.file.write_bytes(b"no database" * 1000)
    for _ in range(3):
        assert readiness(client)[0] == 503
    workspace.engine.dispose()
    workspace.file.write_bytes(sound)
    for _ in range(3):
        assert readiness(client)[0] == 200
    assert len(caplog.records) == 2
    assert "canary" not in caplog.text.lower()


def test_an_outage_of_the_reference_is_in_the_log_once_with_its_end(
    client: TestClient, data_copy: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(data_copy))
    caplog.set_level(logging.DEBUG, "calendar_model")
    held = (data_copy / "sessions.csv").read_bytes()
    (data_copy / "sessions.csv").unlink()
    for _ in range(3):
        readiness(client)
    (data_copy / "sessions.csv").write_bytes(held)
    for _ in range(3):
        readiness(client)
    begun, ended = [record.getMessage() for record in caplog.records]
    assert NO_REFERENCE in begun
    assert "Ready again" in ended


def test_the_server_looks_by_itself(
    data_copy: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(data_copy))
    caplog.set_level(logging.DEBUG, health.__name__)
    held = (data_copy / "sessions.csv").read_bytes()
    (data_copy / "sessions.csv").unlink()

    async def watched() -> None:
        watching = asyncio.create_task(health.watch(0.01))
        while not caplog.records:
            await asyncio.sleep(0.01)
        (data_copy / "sessions.csv").write_bytes(held)
        while len(caplog.records) < 2:
            await asyncio.sleep(0.01)
        watching.cancel()

    asyncio.run(asyncio.wait_for(watched(), 60))
    assert "Ready again" in caplog.records[-1].getMessage()
