"""Statements laid out in the Word file of a template, read back with python-docx."""

from __future__ import annotations

import io
from typing import Any

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st

from calendar_model.documents import word
from calendar_model.documents.letterhead import fill, opened
from calendar_model.documents.printable import printable
from calendar_model.reference import Reference
from calendar_model.terms import StatementState
from calendar_model.vocabulary import Sensitivity
from tests.day import TODAY
from tests.documents.delivery_copy import delivery_copy
from tests.letters import in_body, letter, texts_of

TEXT = "Mr President,\n\nNorway thanks the Rapporteur. [Pause] We ask all States to listen.\n"
SPOKEN = ["Mr President,", "Norway thanks the Rapporteur. [Pause] We ask all States to listen."]
FIELDS = (qn("w:instrText"), qn("w:fldSimple"), qn("w:fldChar"))


def laid_out(reference: Reference, template: bytes, text: str = TEXT, **options: Any) -> Document:
    return delivery_copy(reference, text, template=template, **options)


def texts(document: Document) -> list[str]:
    return [one.text for one in document.paragraphs]


def test_a_letter_is_filled_in_with_its_styles(reference: Reference) -> None:
    document = laid_out(reference, letter())
    assert texts(document) == ["Item 3, Ambassador", *SPOKEN, "Thank you."]
    (table,) = document.tables
    assert [cell.text for cell in table.rows[0].cells] == ["Mon 1 Mar 2027", "2 min"]
    section = document.sections[0]
    assert section.header.paragraphs[1].text == "Mission of Norway, UN Human Rights Council"
    assert section.footer.paragraphs[0].text == "[text] for [lead]"
    spoken = document.paragraphs[1:3]
    assert [one.style.name for one in spoken if one.style] == ["Read Aloud", "Read Aloud"]
    assert [(run.text, run.italic) for run in spoken[0].runs if run.text] == [("Mr President,", True)]
    assert [one.alignment for one in spoken] == [1, 1]
    assert [one.paragraph_format.keep_with_next for one in spoken] == [True, None]
    assert (document.core_properties.title, document.core_properties.author) == (
        "Statement",
        "Permanent Mission of Norway in Geneva",
    )


def test_without_a_place_the_text_comes_at_the_end(reference: Reference) -> None:
    assert texts(laid_out(reference, letter("Before.", has_text=False))) == ["Item 3, Ambassador", "Before.", *SPOKEN]


def test_what_stands_beside_the_place_stays_before_the_text(reference: Reference) -> None:
    assert texts(laid_out(reference, letter("Text: { TEXT }", has_text=False))) == [
        "Item 3, Ambassador",
        "Text: ",
        *SPOKEN,
    ]


def test_a_cell_can_be_the_place(reference: Reference) -> None:
    cell = "<w:tbl><w:tblGrid><w:gridCol/></w:tblGrid><w:tr><w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    document = laid_out(reference, in_body(letter(has_text=False), cell))
    assert [one.text for one in document.tables[0].cell(0, 0).paragraphs] == SPOKEN


def test_a_text_box_is_filled_in(reference: Reference) -> None:
    box = "<w:p><w:r><w:pict><w:txbxContent><w:p><w:r><w:t>For {item}</w:t></w:r></w:p></w:txbxContent></w:pict></w:r></w:p>"
    out = io.BytesIO()
    laid_out(reference, in_body(letter(), box)).save(out)
    assert "For 3" in texts_of(out.getvalue())


def test_arabic_runs_from_right_to_left_and_the_paragraph_keeps_its_direction(reference: Reference) -> None:
    for template in (letter(), letter(right_to_left=True)):
        (first, _, *_rest) = laid_out(reference, template, "سيدي الرئيس،\nشكرا", language="ar").paragraphs[1:]
        assert len(first._p.findall(f"{qn('w:pPr')}/{qn('w:bidi')}")) == 1
        for run in first.runs:
            order = [child.tag for child in run._r.get_or_add_rPr()]
            assert order.index(qn("w:rtl")) < order.index(qn("w:lang"))
            assert order[0] == qn("w:i")


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({}, []),
        ({"state": StatementState.DRAFT}, ["Draft, not cleared (version 2)"]),
        ({"state": StatementState.DROPPED}, ["Dropped: do not deliver"]),
        (
            {"sensitivity": Sensitivity.RESTRICTED, "title": "On case X-1"},
            ["Prepared for Amina Berg on Tue 24 Nov 2026; contains restricted records: handle accordingly"],
        ),
    ],
)
def test_what_is_not_cleared_or_restricted_says_so_at_the_top(
    reference: Reference, columns: dict[str, Any], says: list[str]
) -> None:
    assert texts(laid_out(reference, letter(), **columns)) == [*says, "Item 3, Ambassador", *SPOKEN, "Thank you."]


@pytest.mark.parametrize("template", [b"", b"PK broken", letter()[:4_000]], ids=["empty", "broken", "cut off"])
def test_a_file_that_fails_gives_the_plain_layout_with_a_sentence(reference: Reference, template: bytes) -> None:
    document = laid_out(reference, template)
    assert texts(document)[1:3] == ["Check against delivery", "Dialogue on defenders"]
    assert texts(document)[-2:] == SPOKEN
    assert texts(laid_out(reference, letter()))[0] == "Item 3, Ambassador"


def test_a_text_that_is_too_long_is_refused_as_without_a_template(reference: Reference) -> None:
    with pytest.raises(word.DocumentError):
        laid_out(reference, letter(), "word\n" * (word.MOST_PARTS + 1))


@given(
    st.lists(st.sampled_from(["{", "}", "item", "speaker", "{item}", "\\", '{ MERGEFIELD "x" }', "<w:p/>", "&", "]", "\t", "x"]), max_size=12),
    st.text(max_size=30),
)  # fmt: skip
def test_what_was_typed_is_never_a_field_markup_or_another_placeholder(parts: list[str], other: str) -> None:
    typed = "".join(parts) + other
    document = opened(letter(), "Statement", "", TODAY)
    fill(document, {"item": typed, "speaker": "Ambassador"})
    shown = " ".join(printable(typed.strip()).split()) or "[item]"
    assert document.paragraphs[0].text == f"Item {shown}, Ambassador"
    out = io.BytesIO()
    document.save(out)
    read = docx.Document(io.BytesIO(out.getvalue()))
    assert read.paragraphs[0].text == f"Item {shown}, Ambassador"
    assert list(read.element.body.iter(*FIELDS)) == []
    assert len(read.paragraphs) == len(docx.Document(io.BytesIO(letter())).paragraphs)
