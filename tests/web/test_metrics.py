"""Who may read the metrics, and what is in them: numbers by kinds, and nothing of a record, a person or a secret."""

from __future__ import annotations

import math
import secrets
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.testclient import TestClient

from calendar_model.store import database, failures
from calendar_model.store.database import WorkspaceError, current_workspace
from calendar_model.store.failures import Failure
from calendar_model.store.scheduled_backups import FOLDER_VARIABLE, Retention, back_up
from calendar_model.web import health, metrics, middleware
from calendar_model.web.health import NO_REFERENCE, NO_ROOM, Outages
from calendar_model.web.metrics import TOKEN_VARIABLE, VARIABLE, GuardedMetrics
from tests.web.asgi import Headers, Noting, ask, scope_of

TOKEN = secrets.token_hex(32)
HERE_CLIENT = ("127.0.0.1", 50_000)
HERE = [("Host", "localhost:8501")]
BEARER = ("Authorization", f"Bearer {TOKEN}")


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (VARIABLE, TOKEN_VARIABLE, FOLDER_VARIABLE):
        monkeypatch.delenv(name, raising=False)


def status(headers: Headers, client: str = "127.0.0.1", *, path: str = "/metrics", method: str = "GET") -> int:
    scope = scope_of(headers, path=path, method=method)
    scope["client"] = (client, 50_000) if client else None
    return ask(GuardedMetrics(Noting()), scope)[0]


def samples() -> dict[tuple[str, tuple[str, ...]], float]:
    """What Prometheus reads."""
    _, headers, body = ask(GuardedMetrics(Noting()), scope_of(HERE, path="/metrics"))
    assert headers["content-type"].startswith("text/plain; version=0.0.4")
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(body.decode())
        for sample in family.samples
    }


@pytest.mark.parametrize("path", ["/metrics", "/_stcore/metrics", "/desk/_stcore/metrics"])
def test_nobody_reads_them_unless_they_are_on(path: str) -> None:
    assert status(HERE, path=path) == 404
    assert status([*HERE, BEARER], path=path) == 404
    assert status([*HERE, ("Authorization", "Bearer ")], path=path) == 404


@pytest.mark.parametrize("path", ["/metrics", "/_stcore/metrics"])
def test_with_the_switch_they_answer_on_this_machine_only(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setenv(VARIABLE, "1")
    assert [status(HERE, client, path=path) for client in ("127.0.0.1", "127.9.9.9", "::1")] == [200] * 3
    assert [status(HERE, client, path=path) for client in ("10.0.0.7", "::ffff:10.0.0.7", "testclient", "")] == [
        404
    ] * 4
    # A proxy on this machine asks from this machine too.
    for name in ("X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via"):
        assert status([*HERE, (name, "127.0.0.1")], path=path) == 404
    assert status([("Host", "calendar.example.org")], path=path) == 404
    assert status([*HERE, BEARER], "10.0.0.7", path=path) == 404


def test_with_the_token_they_answer_elsewhere_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN_VARIABLE, TOKEN)
    public = [("Host", "calendar.example.org"), ("X-Forwarded-For", "10.0.0.7")]
    assert status([*public, BEARER], "10.0.0.7") == 200
    assert status(HERE) == 404
    for given in (
        TOKEN,
        f"bearer {TOKEN}",
        f"Bearer {TOKEN[:-1]}",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN}, x",
        "Bearer é",
    ):
        assert status([*HERE, ("Authorization", given)]) == 404
    assert status([*HERE, BEARER, BEARER]) == 404


def test_the_token_is_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN_VARIABLE, TOKEN)
    compared: list[bytes] = []

    def compare(given: bytes, expected: bytes) -> bool:
        compared.extend((given, expected))
        return False

    monkeypatch.setattr("hmac.compare_digest", compare)
    assert status([*HERE, ("Authorization", "Bearer x")]) == 404
    assert compared == [b"Bearer x", f"Bearer {TOKEN}".encode()]


def test_metrics_are_only_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "1")
    assert status(HERE, method="POST") == 405
    assert ask(GuardedMetrics(Noting()), scope_of(HERE, path="/metrics", method="HEAD"))[0] == 200


def test_the_server_guards_them(client: TestClient) -> None:
    assert [client.get(path).status_code for path in ("/metrics", "/_stcore/metrics")] == [404, 404]


def test_requests_are_counted_by_kind_and_nothing_else_of_them_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "1")
    before = samples()
    app = Starlette(middleware=middleware())
    client = TestClient(app, base_url="http://localhost", client=HERE_CLIENT)
    for path in ("/feeds/mine/canary.ics", "/feeds/mine/canary2.ics?q=canary", "/canary", "/timeline?q=canary"):
        assert client.get(path, headers={"User-Agent": "canary", "Cookie": "a=canary"}).status_code == 404
    assert client.request("CANARY", "/canary").status_code == 404
    counted = samples()
    assert "canary" not in repr(counted).lower()

    def more(*labels: str) -> float:
        key = ("hrd_calendar_requests_total", labels)
        return counted[key] - before.get(key, 0)

    assert more("subscription", "GET", "404") == 2
    assert more("page", "GET", "404") == 2
    assert more("page", "OTHER", "404") == 1
    key = ("hrd_calendar_request_seconds_count", ("subscription",))
    assert counted[key] - before.get(key, 0) == 2
    assert counted["process_resident_memory_bytes", ()] > 2**20


def test_the_number_of_series_does_not_grow_with_what_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "1")
    client = TestClient(Starlette(middleware=middleware()), base_url="http://localhost", client=HERE_CLIENT)
    client.get("/feeds/mine/x.ics")
    before = samples().keys()
    for _ in range(50):
        client.get(f"/feeds/mine/{secrets.token_urlsafe(9)}.ics")
    assert samples().keys() == before


def test_open_websockets_are_counted_until_they_close(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "1")
    key = ("hrd_calendar_open_websockets", ())
    before, during = samples()[key], []

    class Page(Noting):
        async def __call__(self, *asgi: object) -> None:
            await super().__call__(*asgi)  # type: ignore[arg-type]
            during.append(metrics._websockets._value.get())

    app = Page()
    for one in reversed(middleware()):
        app = one.cls(app, *one.args, **one.kwargs)  # type: ignore[assignment]
    assert ask(app, scope_of(HERE, kind="websocket", path="/_stcore/stream"))[0] == 101
    assert during == [before + 1]
    assert samples()[key] == before


def test_waits_outages_and_faults_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "1")
    monkeypatch.setattr(health, "OUTAGES", Outages())
    # Other tests leave databases that stay away.
    monkeypatch.setattr(failures, "_failing", {})
    workspace = current_workspace()
    before = samples()
    with workspace.writing() as connection:
        connection.exec_driver_sql("SELECT 1")
    failures.note_failure("sqlite:///canary", Failure.FULL)
    failures.note_failure("sqlite:///canary", Failure.FULL)
    health.OUTAGES.note([NO_ROOM])
    during = samples()
    failures.note_success("sqlite:///canary")
    health.OUTAGES.note([NO_REFERENCE])
    after = samples()

    def more(name: str, *labels: str) -> float:
        return during[name, labels] - before[name, labels]

    assert more("hrd_calendar_writer_wait_seconds_count") == 1
    assert more("hrd_calendar_outages_total", "full") == 1
    assert more("hrd_calendar_outages_total", "away") == 0
    faults = [[values["hrd_calendar_fault", (what,)] for what in ("database", "reference", "disk")] for values in (before, during, after)]  # fmt: skip
    assert faults == [[0, 0, 0], [1, 0, 1], [0, 1, 0]]
    assert "canary" not in repr(during)


def test_a_writer_that_waits_too_long_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "1")
    monkeypatch.setattr(database, "PATIENCE", 1)
    workspace = current_workspace()
    before = samples()
    with workspace.writing(), pytest.raises(WorkspaceError), workspace.writing():
        pass
    after = samples()
    assert after["hrd_calendar_writers_given_up_total", ()] - before["hrd_calendar_writers_given_up_total", ()] == 1


def test_the_age_of_the_newest_backup_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(VARIABLE, "1")
    key = ("hrd_calendar_backup_age_seconds", ())
    assert key not in samples()
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    assert samples()[key] == math.inf
    back_up(current_workspace(), tmp_path, Retention())
    assert 0 <= samples()[key] < 60
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "away"))
    assert samples()[key] == math.inf
