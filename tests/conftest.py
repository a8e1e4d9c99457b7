"""What many tests stand on: the project's own reference, and the calendar on one fixed day."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import HealthCheck, settings
from starlette.testclient import TestClient
from streamlit.components.v2 import manifest_scanner

from calendar_model import clock
from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.unit_of_work import staff
from calendar_model.clock import TODAY_VARIABLE
from calendar_model.mission import sample
from calendar_model.mission.transactions import save
from calendar_model.reference import Reference
from calendar_model.store import database
from calendar_model.store.database import FOLDER_VARIABLE, URL_VARIABLE
from calendar_model.store.models import Person
from tests.databases import (
    _layout_at_once,
    _statements_compiled_once,
    either_database,
    new_postgresql,
    new_sqlite,
    postgresql_server,
    url,
    workspace,
)
from tests.day import TODAY
from tests.project_calendar import DATA, project_reference, project_table

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# The fixtures are here and nowhere else, so that a test process has one server.
__all__ = [
    "DATA",
    "TODAY",
    "_layout_at_once",
    "_statements_compiled_once",
    "either_database",
    "new_postgresql",
    "new_sqlite",
    "postgresql_server",
    "url",
    "workspace",
]

_MORNING = datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=UTC)

# Examples are the same in every run, and none fails because the machine is slow. To try others:
# pytest --hypothesis-profile=default --hypothesis-seed=random
settings.register_profile(
    "suite",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("suite")


def pytest_configure() -> None:
    """All stands on one day, from its morning on, whatever the machine's clock says; modules that are read only now, too.

    The hours go on from test to test: what a server keeps between two requests would else be of the future.
    """
    began = time.monotonic()
    os.environ[TODAY_VARIABLE] = TODAY.isoformat()
    clock.machine_now = lambda: _MORNING + timedelta(seconds=time.monotonic() - began)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what needs a server of PostgreSQL, and orders the tests.

    What needs a browser goes first, the longest of it before the others, then the pages: else one worker is left with a
    long file at the end.
    """
    for item in items:
        assert isinstance(item, pytest.Function)
        parameters = item.callspec.params.values() if hasattr(item, "callspec") else ()
        if "postgresql_server" in item.fixturenames or "postgresql" in parameters:
            item.add_marker(pytest.mark.postgresql)
    folders = ("browser", "pages")
    longest = ("test_accessibility.py", "test_outage.py", "test_statements.py")

    def rank(item: pytest.Item) -> tuple[int, int]:
        folder, file = item.path.parent.name, item.path.name
        in_folder = longest.index(file) if file in longest else len(longest)
        return (folders.index(folder), in_folder) if folder in folders else (len(folders), 0)

    items.sort(key=rank)


@pytest.fixture(scope="session", autouse=True)
def _nobodys_workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What a test module opens for all its tests does not touch the workspace of whoever runs them either."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(URL_VARIABLE, raising=False)
        patch.setenv(FOLDER_VARIABLE, str(tmp_path_factory.mktemp("shared_workspace")))
        yield


@pytest.fixture(scope="session", autouse=True)
def _one_look_for_components() -> Iterator[None]:
    """Streamlit's test runner looks through all that is installed for each application; what is there stays there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(scope="session", autouse=True)
def _calendar_without_corrections_stays() -> Iterator[None]:
    """Nearly every test begins with the calendar without corrections: those that record some do not push it out."""
    with pytest.MonkeyPatch.context() as patch:
        # The package names the function of the same name.
        patch.setattr(import_module("calendar_model.calendar.current"), "_MAX_ENTRIES", 8)
        yield


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The one Chromium of a test process: a second one could not be driven beside it."""
    from tests.browser.conftest import chromium

    with chromium() as launched:
        yield launched


@pytest.fixture(autouse=True)
def _own_loop(request: pytest.FixtureRequest) -> Iterator[None]:
    """A browser that is open keeps its event loop in this thread, and nobody else could run one."""
    of_the_browser = None if "browser" in request.fixturenames else asyncio._get_running_loop()
    if of_the_browser is None:
        yield
        return
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(of_the_browser)


@pytest.fixture(autouse=True)
def _own_workspace(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test touches the workspace of whoever runs it: each has an empty one, made when it is first opened."""
    monkeypatch.delenv(URL_VARIABLE, raising=False)
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path_factory.mktemp("workspace", numbered=True)))
    yield
    for opened in database._open.values():
        opened.close()
    database._open.clear()


@pytest.fixture(scope="session")
def reference() -> Reference:
    return project_reference()


@pytest.fixture(scope="session")
def table() -> pd.DataFrame:
    return project_table()


@pytest.fixture(scope="session")
def client() -> TestClient:
    """The server's real application, asked without a port.

    It is not entered as a context: Streamlit's runtime starts once a process, and a second start waits for ever.
    """
    from dashboard import app

    here = ("127.0.0.1", 50_000)
    return TestClient(app, base_url="http://localhost", headers={"Accept-Encoding": "identity"}, client=here)


@pytest.fixture
def staff_member() -> Viewer:
    """Somebody of the staff, who writes."""
    return member(save(ANONYMOUS, Person, {"name": "Desk"}))


@pytest.fixture
def other() -> Viewer:
    """Somebody else of the staff."""
    return member(save(ANONYMOUS, Person, {"name": "Other"}))


@pytest.fixture
def me() -> Viewer:
    """Somebody of the staff, whose name pages say."""
    return member(save(ANONYMOUS, Person, {"name": "Amina Berg"}))


@pytest.fixture(scope="session")
def _sample_file(tmp_path_factory: pytest.TempPathFactory, table: pd.DataFrame) -> Path:
    """A workspace with nothing but the sample in it, to be copied."""
    file = tmp_path_factory.mktemp("sample") / database.FILE
    workspace = database.open_workspace(f"sqlite:///{file}")
    sample.load(table, TODAY, workspace)
    workspace.close()
    return file


@pytest.fixture
def sample_officer(_sample_file: Path) -> Viewer:
    """The sample is in the workspace of the environment; its desk officer."""
    folder = Path(os.environ[FOLDER_VARIABLE])
    folder.mkdir(exist_ok=True)
    shutil.copy(_sample_file, folder)
    return member(next(person.id for person in staff() if person.name == "Sample: desk officer"))


@pytest.fixture
def data_copy(tmp_path: Path) -> Path:
    """A copy of the reference that a test may break; its files were last changed the day before."""
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    before = (_MORNING - timedelta(days=1)).timestamp()
    for file in folder.rglob("*"):
        os.utime(file, (before, before))
    return folder
