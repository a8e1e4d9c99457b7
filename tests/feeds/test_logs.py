"""What the real server says to whoever keeps its logs: nothing of who fetched what."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.mission.subscriptions import create_subscription, list_subscriptions, revoke_subscription
from calendar_model.mission.transactions import save
from calendar_model.store.database import FOLDER_VARIABLE
from calendar_model.store.models import Person
from tests.browser.conftest import start_server, stop_server


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    return tmp_path


@pytest.fixture
def who(workspace: Path) -> Viewer:
    return member(save(ANONYMOUS, Person, {"name": "Desk"}))


@pytest.fixture
def server(workspace: Path, who: Viewer) -> Iterator[str]:
    """The server as `make run` starts it, but that it says all that it can."""
    process, address = start_server(workspace / "log", STREAMLIT_LOGGER_LEVEL="debug", PYTHONWARNINGS="always")
    yield address
    stop_server(process)


def test_no_secret_and_no_question_is_in_any_output(server: str, workspace: Path, who: Viewer) -> None:
    secrets = [create_subscription(who), create_subscription(who), "a-guess-of-somebody-who-knows-none"]
    revoke_subscription(who, next(one.id for one in list_subscriptions(who)))
    with httpx.Client(base_url=server, trust_env=False, timeout=60) as client:

        def ask(path: str, method: str = "GET", **headers: str) -> int:
            return client.request(method, path, headers=headers).status_code

        answers = [ask(f"/feeds/mine/{secret}.ics") for secret in secrets]
        assert answers == [404, 200, 404]
        mine = f"/feeds/mine/{secrets[1]}.ics"
        tag = client.get(mine).headers["ETag"]
        assert ask(mine, **{"If-None-Match": tag}) == 304
        assert [ask(f"{mine}?level=restricted"), ask(mine, "POST"), ask(mine, Host="no host")] == [400, 405, 400]
        assert ask(f"/feeds/mine/{secrets[1]}/x.ics") == 404
        assert ask("/feeds/calendar.ics?q=a-question-of-mine") == 200
        assert {ask(mine) for _ in range(70)} == {200, 429}
        # The workspace breaks under it: an error is answered, and what is said of it tells no more.
        for file in workspace.glob("workspace.sqlite*"):
            file.write_bytes(b"no database" * 1000)
        assert ask(f"/feeds/mine/{secrets[0]}.ics") == 503
    said = (workspace / "log").read_text("utf-8")
    assert "You can now view your Streamlit app" in said
    told = [*secrets, "a-question-of-mine", "/feeds/", "GET /", '" 200', " 404"]
    assert [word for word in told if word in said] == []
