"""The current calendar: read once, and again when a file or the day changes."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from calendar_model.calendar import current
from calendar_model.clock import TODAY_VARIABLE, today
from tests.day import TODAY


def test_it_is_kept_until_a_file_changes(data_copy: Path) -> None:
    _, first = current(TODAY, data_copy)
    assert current(TODAY, data_copy)[1] is first
    sessions = data_copy / "sessions.csv"
    kept = [line for line in sessions.read_text(encoding="utf-8").splitlines() if not line.startswith("HRC70,")]
    sessions.write_text("\n".join(kept) + "\n", encoding="utf-8")
    changed = datetime(2030, 1, 1, tzinfo=UTC)
    os.utime(sessions, (changed.timestamp(), changed.timestamp()))
    _, second = current(TODAY, data_copy)
    assert second.attrs["version"] != first.attrs["version"]
    assert second.attrs["files_changed"] == changed


def test_it_is_built_again_on_another_day(data_copy: Path) -> None:
    _, first = current(TODAY, data_copy)
    _, second = current(TODAY + timedelta(days=1), data_copy)
    assert (first.attrs["as_of"], second.attrs["as_of"]) == (TODAY, TODAY + timedelta(days=1))


def test_today_can_be_fixed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TODAY_VARIABLE, "2025-12-31")
    assert today() == date(2025, 12, 31)


def test_an_empty_folder_gives_an_empty_calendar(tmp_path: Path) -> None:
    reference, table = current(TODAY, tmp_path)
    assert len(table) == 0
    assert reference.faults
