"""What all pages are opened on."""

from __future__ import annotations

import pytest

from calendar_model.clock import TODAY_VARIABLE
from tests.conftest import TODAY


@pytest.fixture(autouse=True)
def _the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tuesday 24 November 2026."""
    monkeypatch.setenv(TODAY_VARIABLE, TODAY.isoformat())
