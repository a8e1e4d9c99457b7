"""The workspace of the environment in either database."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from calendar_model.workspace.database import URL_VARIABLE


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty database, named in the environment."""
    if request.param == "postgresql":
        make: Callable[[], str] = request.getfixturevalue("new_postgresql")
        monkeypatch.setenv(URL_VARIABLE, make())
