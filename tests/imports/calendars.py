"""Calendar files as strangers write them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def calendar(*events: str, head: str = "") -> bytes:
    """A whole file; ``head`` are lines before the events."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Secretariat//Calendar//EN", *head.split("\n"), *events]
    return ("\r\n".join(line for line in [*lines, "END:VCALENDAR"] if line) + "\r\n").encode()


def event(*lines: str, uid: str = "one@secretariat.example", title: str = "Briefing") -> str:
    """A VEVENT of lines, with an identifier and a title."""
    named = [f"UID:{uid}", f"SUMMARY:{title}"]
    return "\r\n".join(["BEGIN:VEVENT", *(line for line in named if not line.endswith(":")), *lines, "END:VEVENT"])


BRIEFING = event("DTSTART;TZID=Europe/Zurich:20270303T100000", "DTEND;TZID=Europe/Zurich:20270303T113000")


def codes(remarks: Iterable[Mapping[str, Any]]) -> list[str]:
    """The codes of remarks as the worker sends them."""
    return [remark["code"] for remark in remarks]
