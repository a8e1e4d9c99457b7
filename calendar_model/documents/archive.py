"""What the archive gets of one record, as one file: a PDF, the data, the texts, the history and their checksums.

It is in English, as all that is stored. The same state of the record gives the same bytes: the file
speaks of the instant of the last change and not of today. File names have the kind, a day and a part of the identifier,
and never the title.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from enum import Enum
from typing import Any

from calendar_model import wording
from calendar_model.documents.pdf import pdf
from calendar_model.mission.archive import ArchiveContent, ArchivedLine
from calendar_model.translation import SOURCE, in_language

MANIFEST = "SHA256SUMS"
"""The file of checksums, as ``sha256sum -c`` reads it."""

FORMAT = 1
"""The version of the form of ``record.json`` and ``history.json``."""

ZIP = "application/zip"

MOST_LINES = 500
"""Lines of the history in the PDF; the data have all."""

_PARTS = {
    "agreed_text": "Agreed texts",
    "comment": "Comments on the text",
    "consultee": "Consulted",
    "consultee_answer": "Answers to the consultation",
    "override": "Overrides",
    "override_review": "Reviews of overrides",
    "follow_up": "Follow-ups",
    "document_link": "Documents",
    "cosponsor": "Co-sponsors",
    "archived_as": "Archived as",
    "retention_extension": "Kept longer",
}
"""Headings of the parts of a record in the PDF; other parts have the name of their table."""
_DRAWN_ABOVE = frozenset({"version"})
"""Tables that have a part of their own in the PDF."""
_NOT_IN_PDF = frozenset({"id", "record_id", "statement_id", "salt", "version", "text"})


def archive_file(content: ArchiveContent) -> bytes:
    """Return the file for the archive (ZIP). Raises :class:`~calendar_model.documents.word.DocumentError`."""
    with in_language(SOURCE):
        files = dict(_files(content))
    sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files.items()))
    files[MANIFEST] = sums.encode()
    at = content.as_of.astimezone(UTC)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(name, (max(at.year, 1980), at.month, at.day, at.hour, at.minute, at.second))
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, 0o600 << 16, 3
            archive.writestr(entry, data)
    return made.getvalue()


def excuse(sentence: str) -> bytes:
    """A file in place of one that cannot be made, with a sentence that says why."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(zipfile.ZipInfo("not-archived.txt"), f"{sentence}\n")
    return made.getvalue()


def _files(content: ArchiveContent) -> Iterator[tuple[str, bytes]]:
    stem = content.stem
    yield f"{stem}.json", _json(_record(content))
    yield f"{stem}-history.json", _json({"format": FORMAT, "lines": [_line(one) for one in content.lines]})
    for text in content.texts:
        yield _text_name(stem, text.number, text.language), text.text.encode("utf-8", "replace")
    yield f"{stem}.pdf", pdf(f"{content.kind.value.capitalize()} {content.record_id}", _whole(content), _paper(content))


def _whole(content: ArchiveContent) -> datetime:
    return content.as_of.astimezone(UTC).replace(microsecond=0)


def _text_name(stem: str, number: int, language: str) -> str:
    return f"{stem}-text-{number}-{''.join(sign for sign in language if sign.isalnum())}.txt"


# --- The data


def _record(content: ArchiveContent) -> Mapping[str, Any]:
    return {
        "format": FORMAT,
        "kind": content.kind,
        "id": content.record_id,
        "as_of": content.as_of,
        "record": content.columns,
        "calendar_items": content.items,
        "linked_records": [{"kind": kind, "title": title} for kind, title in content.linked],
        "parts": content.parts,
        "people": content.people,
    }


def _line(line: ArchivedLine) -> Mapping[str, Any]:
    sides = {"before": json.loads(line.before), "after": json.loads(line.after)}
    return {**vars(line), **sides}


def _json(content: Mapping[str, Any]) -> bytes:
    text = json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True, default=_plain)
    return f"{text}\n".encode("utf-8", "replace")


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date | time) else str(value)


# --- The paper


def _paper(content: ArchiveContent) -> Iterator[tuple[str, str]]:
    yield "title", content.title
    yield "fact", f"{wording.english_term(content.kind.value)} {content.record_id}"
    yield "fact", f"As of {wording.moment(_whole(content))} (UTC)"
    yield "heading", "Record"
    yield from _facts(content.columns, content.people)
    if content.items:
        yield "fact", f"Calendar items: {', '.join(content.items)}"
    if content.linked:
        yield "heading", "Linked records"
        for kind, title in content.linked:
            yield "fact", f"{wording.english_term(kind.value)}: {title}"
    # The newest text of each language; the earlier ones are in their files.
    newest = {text.language: text for text in content.texts}
    for text in newest.values():
        yield "heading", f"Text {text.number} ({text.language})"
        yield "fact", f"File: {_text_name(content.stem, text.number, text.language)}"
        for paragraph in text.text.split("\n"):
            if paragraph.strip():
                yield "text", paragraph
    for table, rows in content.parts.items():
        if table in _DRAWN_ABOVE:
            continue
        yield "heading", _PARTS.get(table, wording.english_term(table.replace("_", "-")))
        for number, row in enumerate(rows, 1):
            yield "fact", f"{number}."
            yield from _facts(row, content.people)
    yield "heading", "History"
    if len(content.lines) > MOST_LINES:
        yield "fact", f"The newest {MOST_LINES} of {len(content.lines)} lines; all are in {content.stem}-history.json."
    for line in content.lines[-MOST_LINES:]:
        by = line.by or "no person"
        reason = f" Reason: {line.reason}" if line.reason else ""
        what = wording.english_term(line.table.replace("_", "-")).lower()
        yield "fact", f"{line.number}. {wording.moment(line.at)} (UTC), {by}: {line.action} {what}.{reason}"


def _facts(columns: Mapping[str, Any], people: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in columns.items():
        if name in _NOT_IN_PDF or value is None or value == "":
            continue
        label = wording.english_term(name.removesuffix("_id").replace("_", "-"))
        yield "fact", f"{label}: {_shown(value, people)}"


def _shown(value: object, people: Mapping[str, str]) -> str:
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, datetime):
        return f"{wording.moment(value)} (UTC)"
    if isinstance(value, date):
        return wording.day(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return people.get(value, value) if isinstance(value, str) else str(value)
