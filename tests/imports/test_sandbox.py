"""Hostile bytes through the real child process: whatever they are, a sentence comes back."""

from __future__ import annotations

import gzip
import io
import zipfile
from datetime import date

import pytest

from calendar_model.imports import sandbox
from calendar_model.imports.ics.content_lines import BROKEN, CUT_OFF
from calendar_model.imports.plan import ImportRefused
from calendar_model.imports.sandbox import MAX_BYTES, TOO_LONG, TOO_MUCH, UNREADABLE, read_in_sandbox
from tests.imports.calendars import BRIEFING, calendar, event

DAYS = {"timezone": "Europe/Zurich", "since": "2026-01-01", "until": "2028-12-31"}


def packed() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as folder:
        folder.writestr("calendar.ics", calendar(BRIEFING))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "The file is empty. Choose another one."),
        (b"BEGIN:VCALENDAR\n" + b"x" * 50_000_000, "The file has more than 5 MB. Export a shorter stretch of time or fewer rows."),
        (packed(), "This is a packed folder or an Office file, not a calendar file. Unpack or export it to a file that ends in .ics."),
        (gzip.compress(calendar(BRIEFING)), "This is a packed file, not a calendar file. Unpack or export it to a file that ends in .ics."),
        (bytes(range(256)) * 4_000, "This is not a calendar file. Choose a file that ends in .ics, as calendar programs export it."),
        (b"BEGIN:VCALENDAR\n" + b"BEGIN:VALARM\nEND:VALARM\n" * 150_000, "The calendar holds more than 100,000 parts. Export a shorter period."),
        (b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\n" * 4_000, "The file ends in the middle: it was cut off on its way. Export or download it again."),
        (b"BEGIN:VCALENDAR\n" + b"BEGIN:VALARM\n" * 90_000 + b"END:VEVENT\n" * 90_000, BROKEN),
        (b"BEGIN:VCALENDAR\n" + b"\r" * 4_000_000, CUT_OFF),
        (b"BEGIN:VCALENDAR\n" + b"\n" * 4_000_000, CUT_OFF),
        (b"BEGIN:VCALENDAR\nX" + b';a="b"' * 600_000, CUT_OFF),
    ],
    ids=["empty", "large", "zip", "gzip", "binary", "parts", "nested", "deep", "line ends", "blank lines", "quotation marks"],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(ImportRefused) as refused:
        read_in_sandbox("calendar", data, **DAYS)
    assert str(refused.value) == says


def test_an_endless_series_of_seconds_is_one_refused_row() -> None:
    data = calendar(event("DTSTART:19700101T000000Z", "RRULE:FREQ=SECONDLY", uid="trap", title="Trap"), BRIEFING)
    found = read_in_sandbox("calendar", data, **DAYS)
    assert sorted((row["title"], row["fault"]) for row in found["rows"]) == [
        ("Briefing", ""),
        ("Trap", "It recurs every hour or more often: nobody's calendar does that."),
    ]


def test_a_rule_that_never_comes_true_is_stopped_by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 0.6)
    never = "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"
    traps = [event("DTSTART:20260101T000000Z", never, uid=f"{number}") for number in range(20)]
    with pytest.raises(ImportRefused) as refused:
        read_in_sandbox("calendar", calendar(*traps), **DAYS)
    assert str(refused.value) == TOO_LONG


def test_an_answer_without_end_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "MAX_ANSWER_BYTES", 100)
    with pytest.raises(ImportRefused) as refused:
        read_in_sandbox("calendar", calendar(BRIEFING), **DAYS)
    assert str(refused.value) == TOO_MUCH


def test_what_the_reader_stumbles_over_is_a_sentence() -> None:
    with pytest.raises(ImportRefused) as refused:
        read_in_sandbox("calendar", calendar(BRIEFING), **{**DAYS, "timezone": "Nowhere"})
    assert str(refused.value) == UNREADABLE


def test_the_child_knows_no_secret_of_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_a_file_at_the_limit_of_octets_is_read() -> None:
    data = calendar(event("DTSTART;VALUE=DATE:20270303", "DESCRIPTION:" + "a" * (MAX_BYTES - 400)))
    (row,) = read_in_sandbox("calendar", data, **DAYS)["rows"]
    assert (row["start"], len(row["programme"]), row["programme"][-1]) == (date(2027, 3, 3).isoformat(), 5_000, "…")
