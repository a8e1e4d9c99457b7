"""A delivery copy of a statement, as its reader opens it."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import Any

import docx
from docx.document import Document

from calendar_model.documents.delivery import delivery
from calendar_model.documents.word import MadeFor
from calendar_model.reference import Reference
from calendar_model.store.models import Person, Statement, Version
from calendar_model.terms import StatementFormat, StatementState, Voice
from calendar_model.vocabulary import Sensitivity
from tests.day import TODAY


def delivery_copy(
    reference: Reference,
    text: str,
    *,
    language: str = "en",
    limit: int | None = 120,
    number: int = 2,
    template: bytes | None = None,
    **columns: Any,
) -> Document:
    """The copy of a text of a cleared statement, which may differ in some ``columns``; ``limit`` is in seconds."""
    values: dict[str, Any] = {
        "title": "Dialogue on defenders",
        "voice": Voice.NATIONAL,
        "format": StatementFormat.STATEMENT,
        "state": StatementState.CLEARED,
        "sensitivity": Sensitivity.INTERNAL,
        "forum": "un-hrc",
        "agenda_item": "3",
        "speaker": "Ambassador",
        "due": date(2027, 3, 1),
        "speaking_seconds": 120,
        "cleared_version": 2,
        "cleared_by": Person(name="Ola Head"),
        "cleared_at": datetime(2026, 11, 20, 9, tzinfo=UTC),
        **columns,
    }
    content = delivery(
        Statement(**values),
        Version(number=number, language=language, text=text),
        reference,
        limit=limit,
        made=MadeFor("Amina Berg", TODAY),
        zone="Europe/Oslo",
        template=template,
    )
    return docx.Document(io.BytesIO(content))
