"""What the server writes: one JSON object a line if it is asked to, and never a secret, a question or a value."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import secrets
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import dropwhile
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin, Subprotocol

from calendar_model.store.database import FOLDER_VARIABLE
from calendar_model.web import logs
from calendar_model.web.logs import JsonFormatter
from calendar_model.web.observed import ObservedRequests, note_user
from tests.app import ROOT
from tests.browser.conftest import free_port, stop_server
from tests.web.asgi import Noting, ask, scope_of

HOST = [("Host", "localhost:8501")]


def line_of(record: logging.LogRecord) -> dict[str, Any]:
    text = JsonFormatter().format(record)
    assert "\n" not in text
    line: dict[str, Any] = json.loads(text)
    return line


def record(message: object, *args: object, error: BaseException | None = None, **fields: object) -> logging.LogRecord:
    info = (type(error), error, error.__traceback__) if error else None
    made = logging.LogRecord("somewhere", logging.ERROR, "file.py", 7, message, args, info)
    made.__dict__.update(fields)
    return made


def test_a_line_has_the_same_fields_whoever_logs() -> None:
    line = line_of(record("Something “%s” happened.", "small"))
    assert datetime.fromisoformat(line.pop("time")).utcoffset() is not None
    assert line == {"level": "error", "logger": "somewhere", "message": "Something “small” happened."}


def test_an_error_is_named_but_not_quoted() -> None:
    def fail() -> None:
        raise ValueError("canary")

    try:
        fail()
    except ValueError as error:
        line = line_of(record("It failed.\ncanary", error=error))
    assert line["error"] == "ValueError"
    assert line["traceback"][-1].endswith(" fail")
    assert "canary" not in json.dumps(line)


def test_what_others_attach_to_a_line_is_left_out() -> None:
    assert "canary" not in json.dumps(line_of(record("x", row={"title": "canary"}, title="canary")))


def test_a_task_that_nobody_waits_for_is_not_quoted(caplog: pytest.LogCaptureFixture) -> None:
    """asyncio puts the error into the message itself."""

    async def fail() -> None:
        raise ValueError("canary")

    async def forget() -> None:
        task = asyncio.create_task(fail())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        del task

    asyncio.run(forget())
    [told] = [record for record in caplog.records if record.name == "asyncio"]
    assert "canary" in told.getMessage()
    assert "canary" not in json.dumps(line_of(told))


@pytest.mark.parametrize(
    "message", ["GET /feeds/mine/canary.ics", "at http://x/media/canary.csv?x", "'/feeds/mine/canary'"]
)
def test_no_secret_address_is_in_a_message(message: str) -> None:
    assert "canary" not in line_of(record(message))["message"]


@contextmanager
def taken(name: str) -> Iterator[list[logging.LogRecord]]:
    """What a logger writes meanwhile."""
    records: list[logging.LogRecord] = []

    class Keeping(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            records.append(record)

    handler = Keeping()
    logger = logging.getLogger(name)
    level = logger.level
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    yield records
    logger.removeHandler(handler)
    logger.setLevel(level)


def test_a_request_is_one_line_with_its_user() -> None:
    lines: list[dict[str, Any]] = []

    async def signed_in(*asgi: Any) -> None:
        note_user("person-7")
        await Noting()(*asgi)

    def log(request: Any) -> None:
        logs.log_request(request)
        lines.extend(line_of(one) for one in records)

    with taken("calendar_model.web.logs.requests") as records:
        _, headers, _ = ask(
            ObservedRequests(signed_in, [log]), scope_of(HOST, path="/feeds/mine/canary.ics", query="q=canary")
        )
    [line] = lines
    assert headers["x-request-id"] == line["request_id"]
    assert line["duration_ms"] >= 0
    del line["time"], line["request_id"], line["duration_ms"]
    assert line == {
        "level": "info",
        "logger": "calendar_model.web.logs.requests",
        "message": "Request answered.",
        "user_id": "person-7",
        "method": "GET",
        "path": "/feeds/mine/*",
        "status": 200,
    }


def test_the_line_of_a_request_that_failed_says_where() -> None:
    lines: list[dict[str, Any]] = []

    async def fail(*asgi: Any) -> None:
        raise ValueError("canary")

    def log(request: Any) -> None:
        logs.log_request(request)
        lines.extend(line_of(one) for one in records)

    with taken("calendar_model.web.logs.requests") as records, pytest.raises(ValueError, match="canary"):
        ask(ObservedRequests(fail, [log]), scope_of(HOST))
    [line] = lines
    assert (line["level"], line["status"], line["error"]) == ("warning", 500, "ValueError")
    assert line["traceback"][-1].endswith(" fail")
    assert "canary" not in json.dumps(line)


@contextmanager
def server(command: str, folder: Path, **environment: str) -> Iterator[tuple[str, Callable[[], str]]]:
    """The server as an administrator starts it: its address, and what it has written to standard error."""
    port = free_port()
    started = {
        "streamlit": ["streamlit", "run", "dashboard.py", "--server.port", str(port)],
        "uvicorn": ["uvicorn", "dashboard:app", "--port", str(port)],
    }[command]
    errors = folder / "errors"
    with errors.open("wb") as told, (folder / "output").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *started],
            cwd=ROOT,
            env={**os.environ, FOLDER_VARIABLE: str(folder), **environment},
            stdout=output,
            stderr=told,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                if httpx.get(f"{address}/healthz", trust_env=False).status_code == 200:
                    break
            except httpx.TransportError:
                assert process.poll() is None, errors.read_text()
                time.sleep(0.1)
        yield address, errors.read_text
    finally:
        stop_server(process)


async def opened(url: str, origin: str) -> int:
    try:
        async with connect(url, origin=Origin(origin), subprotocols=[Subprotocol("streamlit")], proxy=None) as socket:
            await socket.send(b"canary, not what the server expects")
            await asyncio.wait_for(socket.wait_closed(), 1)
    except InvalidStatus as refused:
        return refused.response.status_code
    except TimeoutError:
        pass
    return 101


@pytest.mark.parametrize(("command", "form", "level"), [("streamlit", "json", "debug"), ("uvicorn", "text", "info")])
def test_no_server_writes_a_secret_or_a_question(tmp_path: Path, command: str, form: str, level: str) -> None:
    """A secret that opens nothing takes the same way; tests/feeds/test_logs.py polls with one that does."""
    secret = secrets.token_urlsafe(32)
    with server(command, tmp_path, HRD_CALENDAR_LOG=form, STREAMLIT_LOGGER_LEVEL=level) as (address, told):
        with httpx.Client(base_url=address, trust_env=False, timeout=60) as client:
            polled = client.get(f"/feeds/mine/{secret}.ics")
            assert polled.status_code == 404
            assert client.get("/feeds/item/canary.ics?q=canary").status_code == 400
            assert client.get("/canary?q=canary").status_code == 200
        sockets = address.replace("http", "ws")
        for path, origin, status in (
            ("/_stcore/stream?q=canary", address, 101),
            (f"/feeds/mine/{secret}.ics?q=canary", address, 403),
            (f"/feeds/mine/{secret}.ics", "http://evil.example", 403),
        ):
            assert asyncio.run(opened(f"{sockets}{path}", origin)) == status
    said = told() + (tmp_path / "output").read_text()
    assert [word for word in (secret, "canary") if word in said] == []
    assert ("X-Request-ID" in polled.headers) == (form == "json")
    if form == "text":
        return
    # What comes before the application is loaded, and with it this form, is of no request.
    lines = [json.loads(line) for line in dropwhile(lambda line: line[0] != "{", told().splitlines())]
    requests = [(one["method"], one["path"], one["status"]) for one in lines if "path" in one]
    # A websocket closes in its own time.
    assert sorted(one for one in requests if one[1] != "/healthz") == [
        ("GET", "/*", 200),
        ("GET", "/feeds/item/*", 400),
        ("GET", "/feeds/mine/*", 404),
        ("WEBSOCKET", "/_stcore/stream", 101),
        ("WEBSOCKET", "/_stcore/stream", 101),
        ("WEBSOCKET", "/feeds/mine/*", 403),
        ("WEBSOCKET", "/feeds/mine/*", 403),
    ]
    [mine] = [one for one in lines if one.get("request_id") == polled.headers["X-Request-ID"]]
    assert mine["path"] == "/feeds/mine/*"


def test_all_that_ends_a_program_is_a_line_without_its_value(tmp_path: Path) -> None:
    """Errors of threads, warnings, loggers of others made before and later, at whatever level."""
    script = """
import logging, threading, warnings
before = logging.getLogger("before")
before.addHandler(logging.StreamHandler())
from calendar_model.web import logs
logs.configure()
before.warning("before")
logging.getLogger("httpx").info("HTTP Request: GET https://canary.example")
logging.getLogger("later").debug("canary")
warnings.warn("warned")
def fail():
    raise ValueError("canary")
thread = threading.Thread(target=fail)
thread.start()
thread.join()
fail()
"""
    ended = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, logs.VARIABLE: "json"},
        capture_output=True,
        text=True,
    )
    lines = [json.loads(line) for line in ended.stderr.splitlines()]
    assert [(one["logger"], one.get("error")) for one in lines] == [
        ("before", None),
        ("py.warnings", None),
        ("calendar_model.web.logs.errors", "ValueError"),
        ("calendar_model.web.logs.errors", "ValueError"),
    ]
    assert "canary" not in ended.stderr
    assert ended.returncode == 1


def test_a_log_for_people_stays_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(logs.VARIABLE, raising=False)
    before = list(logging.getLogger().handlers)
    with warnings.catch_warnings():
        logs.configure()
    assert logging.getLogger().handlers == before
