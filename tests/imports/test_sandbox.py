"""Hostile bytes through the real worker process: whatever they are, a problem comes back."""

from __future__ import annotations

import gzip
import io
import zipfile
from datetime import date

import pytest

from calendar_model.access.problems import Problem
from calendar_model.imports import sandbox
from calendar_model.imports.plan import ImportRefused
from calendar_model.imports.sandbox import MAX_BYTES, read_in_sandbox
from tests.imports.calendars import BRIEFING, calendar, event

DAYS = {"timezone": "Europe/Zurich", "since": "2026-01-01", "until": "2028-12-31"}


def packed() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as folder:
        folder.writestr("calendar.ics", calendar(BRIEFING))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "code", "values"),
    [
        (b"", "file-empty", {}),
        (b"BEGIN:VCALENDAR\n" + b"x" * 50_000_000, "file-too-large", {"megabytes": 5}),
        (packed(), "ics-packed", {"kind": "zip"}),
        (gzip.compress(calendar(BRIEFING)), "ics-packed", {"kind": "compressed"}),
        (bytes(range(256)) * 4_000, "ics-not-a-calendar", {}),
        (b"BEGIN:VCALENDAR\n" + b"BEGIN:VALARM\nEND:VALARM\n" * 150_000, "ics-too-many-parts", {"most": 100_000}),
        (b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\n" * 4_000, "ics-cut-off", {}),
        (b"BEGIN:VCALENDAR\n" + b"BEGIN:VALARM\n" * 90_000 + b"END:VEVENT\n" * 90_000, "ics-broken", {}),
        (b"BEGIN:VCALENDAR\n" + b"\r" * 4_000_000, "ics-cut-off", {}),
        (b"BEGIN:VCALENDAR\n" + b"\n" * 4_000_000, "ics-cut-off", {}),
        (b"BEGIN:VCALENDAR\nX" + b';a="b"' * 600_000, "ics-cut-off", {}),
    ],
    ids=["empty", "large", "zip", "gzip", "binary", "parts", "nested", "deep", "line ends", "blank lines", "quotation marks"],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(data: bytes, code: str, values: dict[str, object]) -> None:
    with pytest.raises(ImportRefused) as refused:
        read_in_sandbox("calendar", data, **DAYS)
    assert refused.value.problem == Problem(code, values=values)


def test_an_endless_series_of_seconds_is_one_refused_row() -> None:
    data = calendar(event("DTSTART:19700101T000000Z", "RRULE:FREQ=SECONDLY", uid="trap", title="Trap"), BRIEFING)
    found = read_in_sandbox("calendar", data, **DAYS)
    assert sorted((row["title"], row["problem"]) for row in found["rows"]) == [
        ("Briefing", None),
        ("Trap", {"code": "ics-recurs-too-often", "values": {}}),
    ]


def test_a_rule_that_never_comes_true_is_stopped_by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 0.6)
    never = "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"
    traps = [event("DTSTART:20260101T000000Z", never, uid=f"{number}") for number in range(20)]
    with pytest.raises(ImportRefused) as refused:
        read_in_sandbox("calendar", calendar(*traps), **DAYS)
    assert refused.value.problem.code == "file-too-slow"


def test_an_answer_without_end_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "MAX_ANSWER_BYTES", 100)
    with pytest.raises(ImportRefused) as refused:
        read_in_sandbox("calendar", calendar(BRIEFING), **DAYS)
    assert refused.value.problem.code == "file-too-demanding"


def test_what_the_reader_stumbles_over_is_a_problem() -> None:
    with pytest.raises(ImportRefused) as refused:
        read_in_sandbox("calendar", calendar(BRIEFING), **{**DAYS, "timezone": "Nowhere"})
    assert refused.value.problem.code == "file-unreadable"


def test_the_worker_knows_no_secret_of_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONTZPATH", "")
    monkeypatch.setenv("PYTHONSTARTUP", "/nowhere")
    monkeypatch.setenv("DATABASE_URL", "postgresql://user:secret@host/database")
    assert set(sandbox._environment()) - {"PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "TZDIR"} == {
        "PYTHONTZPATH",
        "PYTHONPATH",
        "PYTHONNOUSERSITE",
        "PYTHONDONTWRITEBYTECODE",
        "PYTHONUTF8",
        "OPENBLAS_NUM_THREADS",
        "OMP_NUM_THREADS",
    }


def test_a_file_at_the_limit_of_bytes_is_read() -> None:
    data = calendar(event("DTSTART;VALUE=DATE:20270303", "DESCRIPTION:" + "a" * (MAX_BYTES - 400)))
    (row,) = read_in_sandbox("calendar", data, **DAYS)["rows"]
    assert (row["start"], len(row["programme"]), row["programme"][-1]) == (date(2027, 3, 3).isoformat(), 5_000, "…")
