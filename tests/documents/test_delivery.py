"""Statements in a layout to be read out, read back with python-docx."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from docx.shared import Pt

from calendar_model.documents.delivery import delivery
from calendar_model.documents.word import MadeFor
from calendar_model.reference import Reference
from calendar_model.store.models import Statement, Version
from calendar_model.terms import StatementState
from calendar_model.vocabulary import Sensitivity
from tests.day import TODAY
from tests.documents.delivery_copy import delivery_copy

TEXT = "Mr President,\n\nNorway thanks the Special Rapporteur. [Pause] We ask all States to listen.\n"


def opened(reference: Reference, text: str = TEXT, **options: Any) -> Document:
    return delivery_copy(reference, text, **options)


def texts(document: Document) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs]


def state(document: Document) -> str:
    return next(one.text for one in document.paragraphs if one.style is not None and one.style.name == "State")


def test_all_of_it(reference: Reference) -> None:
    document = opened(reference)
    assert texts(document) == [
        "Check against delivery",
        "Dialogue on defenders",
        "Forum: UN Human Rights Council",
        "Agenda item: 3",
        "Speaker: Ambassador",
        "Date: due on Mon 1 Mar 2027",
        "Language: English",
        "Speaking time: about 7 s, limit 2 min; 13 words at 120 a minute",
        "Cleared by Ola Head on Fri 20 Nov 2026, 10:00 (version 2)",
        "Mr President,",
        "Norway thanks the Special Rapporteur. [Pause] We ask all States to listen.",
    ]
    section = document.sections[0]
    assert (
        section.header.paragraphs[0].text
        == "Prepared for Amina Berg on Tue 24 Nov 2026; contains no restricted records"
    )
    footer = section.footer.paragraphs[0]
    assert footer.text == "Cleared by Ola Head on Fri 20 Nov 2026, 10:00 (version 2)\tPage  of "
    assert [field.get(qn("w:instr")) for field in footer._p.findall(qn("w:fldSimple"))] == ["PAGE", "NUMPAGES"]
    assert [(run.text, run.italic) for run in document.paragraphs[-1].runs] == [
        ("Norway thanks the Special Rapporteur. ", None),
        ("[Pause]", True),
        (" We ask all States to listen.", None),
    ]
    assert (document.core_properties.title, document.core_properties.author) == (
        "Statement",
        "Permanent Mission of Norway in Geneva",
    )


def test_what_is_read_out_is_large_and_not_broken(reference: Reference) -> None:
    document = opened(reference)
    first, last = document.paragraphs[-2:]
    style: Any = document.styles["Spoken"]
    assert (style.font.size, style.paragraph_format.line_spacing, style.paragraph_format.keep_together) == (
        Pt(16),
        1.5,
        True,
    )
    assert [one.style.name for one in (first, last) if one.style is not None] == ["Spoken", "Spoken"]
    assert [one.paragraph_format.keep_with_next for one in (first, last)] == [True, None]


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"state": StatementState.DRAFT, "cleared_by": None, "cleared_at": None}, "Draft, not cleared (version 2)"),
        ({"state": StatementState.CONSULTATION}, "Draft, not cleared (version 2)"),
        ({"number": 1}, "Not the cleared text: this is version 1; version 2 was cleared"),
        (
            {"number": 1, "versions": [Version(number=1, language="en"), Version(number=2, language="fr")]},
            "Cleared by Ola Head on Fri 20 Nov 2026, 10:00 (version 1)",
        ),
        (
            {"number": 1, "versions": [Version(number=1, language="en"), Version(number=2, language="en")]},
            "Not the cleared text: this is version 1; version 2 was cleared",
        ),
        ({"state": StatementState.DROPPED}, "Dropped: do not deliver"),
        (
            {"state": StatementState.DELIVERED, "delivered_on": date(2027, 3, 2)},
            "Cleared by Ola Head on Fri 20 Nov 2026, 10:00 (version 2)",
        ),
    ],
)
def test_the_clearance_is_stated_clearly(reference: Reference, columns: dict[str, Any], says: str) -> None:
    assert state(opened(reference, **columns)) == says


@pytest.mark.parametrize(
    ("text", "language", "limit", "says"),
    [
        ("word " * 241, "en", 120, "about 2 min 1 s, limit 2 min, 1 s over; 241 words at 120 a minute"),
        ("word", "en", None, "about 1 s, no limit on record; 1 word at 120 a minute"),
        ("主席先生", "zh", 60, "about 2 s, limit 1 min; 4 characters and words at 180 a minute"),
    ],
)
def test_how_long_it_takes(reference: Reference, text: str, language: str, limit: int | None, says: str) -> None:
    assert f"Speaking time: {says}" in texts(opened(reference, text, language=language, limit=limit))


def test_arabic_runs_from_right_to_left(reference: Reference) -> None:
    spoken = opened(reference, "سيدي الرئيس،\n[توقف] شكرا", language="ar").paragraphs[-2:]
    assert [[child.tag for child in one._p.get_or_add_pPr()] for one in spoken] == [
        [qn("w:pStyle"), qn("w:keepNext"), qn("w:bidi")],
        [qn("w:pStyle"), qn("w:bidi")],
    ]
    for run in (run for one in spoken for run in one.runs):
        assert run._r.find(f"{qn('w:rPr')}/{qn('w:rtl')}") is not None
        language = run._r.find(f"{qn('w:rPr')}/{qn('w:lang')}")
        assert language is not None
        assert language.get(qn("w:bidi")) == "ar-SA"
    assert opened(reference).paragraphs[-1]._p.find(f"{qn('w:pPr')}/{qn('w:bidi')}") is None


def test_a_restricted_statement_is_not_called_by_its_title(reference: Reference) -> None:
    document = opened(reference, sensitivity=Sensitivity.RESTRICTED, title="On case X-1")
    assert texts(document)[1] == "National statement"
    assert document.sections[0].header.paragraphs[0].text == (
        "Prepared for Amina Berg on Tue 24 Nov 2026; contains restricted records: handle accordingly"
    )


def test_a_statement_without_a_text_gets_a_sentence(reference: Reference) -> None:
    content = delivery(Statement(), None, reference, limit=None, made=MadeFor("Amina Berg", TODAY), zone="Europe/Oslo")
    assert texts(docx.Document(io.BytesIO(content))) == [
        "This document could not be created",
        "The statement has no saved text yet. Write and save one, then download the document again.",
    ]


def test_signs_that_no_word_file_holds_do_not_stop_it(reference: Reference) -> None:
    assert texts(opened(reference, "a\x00b\r\nc\ud800"))[-2:] == ["a\ufffdb", "c\ufffd"]
