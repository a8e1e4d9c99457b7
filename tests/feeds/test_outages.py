"""What keeps a subscriber's copy when something is away here, and what an address may carry beside what it asks for."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route
from starlette.testclient import TestClient

from calendar_model.access.permissions import Viewer
from calendar_model.calendar import Filter
from calendar_model.feeds.http import INCOMPLETE, MAX_PARALLEL_BUILDS, FeedSource, HttpRefusal, PolledEndpoint
from calendar_model.feeds.links import ADDED_BY_OTHERS, ADDED_PREFIX
from calendar_model.mission.subscriptions import create_subscription
from calendar_model.reference import DATA_VARIABLE

FEED = "/feeds/calendar.ics"
ITEM = "/feeds/item/session-HRC61.ics"
ADDED = [*sorted(ADDED_BY_OTHERS), f"{ADDED_PREFIX}source", ADDED_PREFIX]


@pytest.fixture
def addresses(staff_member: Viewer) -> dict[str, str]:
    """One of each kind."""
    council = Filter(organisations=("un-hrc",))
    return {"open": FEED, "item": ITEM, "mine": f"/feeds/mine/{create_subscription(staff_member, chosen=council)}.ics"}


@pytest.mark.parametrize("which", ["open", "item", "mine"])
def test_what_programs_add_is_left_out_and_all_else_refused(
    client: TestClient, addresses: dict[str, str], which: str
) -> None:
    path = addresses[which]
    plain = client.get(path)
    assert plain.status_code == 200
    for name in ADDED:
        added = client.get(f"{path}?{name}=1790000000&{name}=")
        assert (added.status_code, added.content) == (200, plain.content), name
        assert added.headers["ETag"] == plain.headers["ETag"]
    for name in ("tz", "T", "utm", "__", "ts", "fbclid2", "token"):
        assert client.get(f"{path}?{name}=1").status_code == 400, name
        assert client.get(f"{path}?t=1&{name}=1").status_code == 400, name


def test_what_programs_add_leaves_the_filter_alone(client: TestClient) -> None:
    asked = client.get(f"{FEED}?organisation=osce&q=human%20rights")
    added = client.get(f"{FEED}?_=5&organisation=osce&utm_source=x&q=human+rights&t=")
    assert added.content == asked.content


@pytest.mark.parametrize("query", ["q=" + "x" * 201, "q=" + "+".join("x" * 13), "&".join(["organisation=osce"] * 401)])
def test_a_question_without_measure_is_refused_with_a_sentence(client: TestClient, query: str) -> None:
    response = client.get(f"{FEED}?{query}")
    assert response.status_code == 400
    assert response.text.endswith(".")
    assert len(response.text) < 300


def _away(folder: Path) -> None:
    for file in folder.glob("*.csv"):
        file.unlink()


def _one_away(folder: Path) -> None:
    (folder / "sessions.csv").unlink()


def _empty(folder: Path) -> None:
    (folder / "sessions.csv").write_bytes(b"")


def _no_text(folder: Path) -> None:
    (folder / "tracks.csv").write_bytes(b"\xff\xfe\x00" * 100)


def _cut_off(folder: Path) -> None:
    text = (folder / "meetings.csv").read_text("utf-8")
    (folder / "meetings.csv").write_text(text + '"begun and not ended', "utf-8")


def _no_column(folder: Path) -> None:
    text = (folder / "sessions.csv").read_text("utf-8")
    (folder / "sessions.csv").write_text(text.replace("code,", "kode,", 1), "utf-8")


@pytest.mark.parametrize("harm", [_away, _one_away, _empty, _no_text, _cut_off, _no_column])
def test_a_reference_that_goes_away_costs_no_client_its_copy(
    client: TestClient,
    addresses: dict[str, str],
    data_copy: Path,
    monkeypatch: pytest.MonkeyPatch,
    harm: object,
) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(data_copy))
    tags = {which: client.get(path).headers["ETag"] for which, path in addresses.items()}
    assert callable(harm)
    harm(data_copy)
    for which, path in addresses.items():
        for headers in ({}, {"If-None-Match": tags[which]}):
            response = client.get(path, headers=headers)
            assert (response.status_code, response.text) == (503, INCOMPLETE), which
            assert int(response.headers["Retry-After"]) > 0
            assert response.headers["Cache-Control"] == "no-store"
    for file in (Path(__file__).parents[2] / "data").glob("*.csv"):
        (data_copy / file.name).write_bytes(file.read_bytes())
    assert {which: client.get(path).status_code for which, path in addresses.items()} == dict.fromkeys(addresses, 200)


def test_a_reference_that_was_never_there(
    client: TestClient, addresses: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "nowhere"))
    assert {client.get(path).status_code for path in addresses.values()} == {503}


def test_a_faulty_row_leaves_the_rest(client: TestClient, data_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = data_copy / "sessions.csv"
    lines = file.read_text("utf-8").splitlines(keepends=True)
    file.write_text("".join([*lines, "one,cell,too,few\n", lines[-1]]), "utf-8")
    monkeypatch.setenv(DATA_VARIABLE, str(data_copy))
    response = client.get(f"{FEED}?organisation=un-hrc&kind=session")
    assert response.status_code == 200
    assert response.text.count("BEGIN:VEVENT") > 5


def test_no_more_feeds_are_built_at_once_than_there_is_room_for() -> None:
    inside, most, lock = 0, 0, threading.Lock()
    full = threading.Barrier(MAX_PARALLEL_BUILDS)

    class Slow(PolledEndpoint):
        def source(self, request: Request, base_url: str) -> FeedSource:
            nonlocal inside, most
            with lock:
                inside += 1
                most = max(most, inside)
            full.wait(30)  # none goes on before all that may are inside, so that one too many would be seen
            with lock:
                inside -= 1
            raise HttpRefusal(404, "Nothing is here.")

    async def polls() -> list[int]:
        app = httpx.ASGITransport(Starlette(routes=[Route("/feeds/slow.ics", Slow)]))
        async with httpx.AsyncClient(transport=app, base_url="http://localhost") as many:
            answers = await asyncio.gather(
                *(many.get(f"/feeds/slow.ics?q={n}") for n in range(5 * MAX_PARALLEL_BUILDS))
            )
        return [answer.status_code for answer in answers]

    assert asyncio.run(polls()) == [404] * (5 * MAX_PARALLEL_BUILDS)
    assert most == MAX_PARALLEL_BUILDS
