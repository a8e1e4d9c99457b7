"""Fills in the Word file of a template: a letterhead with placeholders in braces, and a place for a text.

Placeholders are found where a reader sees them, in paragraphs, tables, text boxes, headers and footers, also where Word
has split them over runs. What takes their place is text alone: it never becomes a field or markup. ``{text}`` marks the
paragraph in whose style the text of a statement is written.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import date
from typing import Any, TypeAlias

import docx
from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from calendar_model.documents import word
from calendar_model.documents.printable import printable
from calendar_model.mission.statements.templates import PLACEHOLDER, value_in_place

TEXT = "text"
"""The placeholder in whose place the text of a statement comes."""

Look: TypeAlias = Any
"""The properties of the run in which a placeholder stood (``w:rPr``), or None."""

_FILLED_IN = ("/header", "/footer")
"""How the types of relations end whose parts are filled in, besides the document itself."""
_BREAKS = frozenset(map(qn, ("w:tab", "w:br", "w:cr", "w:fldChar", "w:instrText")))
"""What stands between two texts of a paragraph, so that no placeholder goes across."""


class Place:
    """Where a text is written, paragraph by paragraph: at ``{text}``, or at the end of a document that has none."""

    def __init__(self, document: Document, mark: Any = None, look: Look = None) -> None:
        self._document, self._mark, self.look = document, mark, look
        """``look`` is that of the runs to be written."""
        self._stays = mark is not None and _has_more(mark)
        self._last = mark

    def paragraph(self) -> Paragraph:
        """The next paragraph to be written, empty, in the style of the one that had the placeholder."""
        if self._mark is None:
            return self._document.add_paragraph()
        made = OxmlElement("w:p")
        properties = self._mark.find(qn("w:pPr"))
        if properties is not None:
            made.append(own := deepcopy(properties))
            for name in ("w:sectPr", "w:pPrChange"):
                for found in own.findall(qn(name)):
                    own.remove(found)
        if self._stays:
            self._last.addnext(made)
            self._last = made
        else:
            self._mark.addprevious(made)
        return Paragraph(made, self._document._body)

    def close(self) -> None:
        """Remove the paragraph that had the placeholder, unless it holds anything else."""
        if self._mark is None or self._stays or self._mark.find(f"{qn('w:pPr')}/{qn('w:sectPr')}") is not None:
            return
        before = self._mark.getprevious()
        # The last one of a cell stays: a cell without a paragraph is damaged.
        if before is not None and before.tag == qn("w:p"):
            self._mark.getparent().remove(self._mark)


def opened(content: bytes, kind: str, author: str, on: date) -> Document:
    """The document in a Word file, its properties set as in :func:`calendar_model.documents.word.name_only`."""
    document = docx.Document(io.BytesIO(content))
    word.name_only(document, kind, author, on)
    return document


def fill(document: Document, known: Mapping[str, str]) -> Place:
    """Fill in what is known of a statement, by placeholder; return where its text is to be written.

    A placeholder without a value, and any other name in braces, is put in square brackets.
    """
    body = document.element.body
    paragraphs = list(body.iter(qn("w:p")))
    place = next((found for one in paragraphs if (found := _place(document, one)) is not None), Place(document))
    headers = [
        relation.target_part
        for relation in document.part.rels.values()
        if not relation.is_external and relation.reltype.endswith(_FILLED_IN)
    ]
    for one in (*paragraphs, *(found for part in headers for found in part.element.iter(qn("w:p")))):
        _fill_in(one, known)
    return place


def at_the_top(document: Document, text: str) -> None:
    """Put a paragraph in bold before all others."""
    made = OxmlElement("w:p")
    document.element.body.insert(0, made)
    Paragraph(made, document._body).add_run(printable(text)).bold = True


def dress(run: Run, look: Look) -> None:
    """Give a new run the properties of another."""
    if look is not None:
        run._r.insert(0, deepcopy(look))


def _place(document: Document, paragraph: Any) -> Place | None:
    """The place that a paragraph marks, with the placeholder taken out of it; None without one."""
    pieces = list(_pieces(paragraph))
    joined = _joined(pieces)
    for found in PLACEHOLDER.finditer(joined):
        if found[1].strip().casefold() == TEXT:
            first = _put(pieces, found.start(), found.end(), "")
            return Place(document, paragraph, _look_of(first))
    return None


def _fill_in(paragraph: Any, known: Mapping[str, str]) -> None:
    pieces = list(_pieces(paragraph))
    for found in reversed(list(PLACEHOLDER.finditer(_joined(pieces)))):
        value = " ".join(printable(value_in_place(found, known)).split())
        word.spend(value, 0)
        _put(pieces, found.start(), found.end(), value)


def _pieces(element: Any) -> Iterator[Any]:
    """The texts of a paragraph, and None for what stands between; a text box within it has paragraphs of its own."""
    for child in element:
        if child.tag == qn("w:t"):
            yield child
        elif child.tag in _BREAKS:
            yield None
        elif child.tag != qn("w:txbxContent"):
            yield from _pieces(child)


def _joined(pieces: list[Any]) -> str:
    return "".join("\n" if one is None else one.text or "" for one in pieces)


def _put(pieces: list[Any], start: int, end: int, value: str) -> Any:
    """Replace the signs from ``start`` to ``end`` of the joined texts; return the text that has the value."""
    at, first = 0, None
    for one in pieces:
        text = "\n" if one is None else one.text or ""
        left, right = max(start - at, 0), min(end - at, len(text))
        if one is not None and left < right:
            one.text = f"{text[:left]}{value if first is None else ''}{text[right:]}"
            one.set(qn("xml:space"), "preserve")
            first = one if first is None else first
        at += len(text)
    return first


def _look_of(text: Any) -> Look:
    run = text.getparent()
    return run.find(qn("w:rPr")) if run is not None and run.tag == qn("w:r") else None


def _has_more(paragraph: Any) -> bool:
    """Whether a paragraph holds anything beside an empty text."""
    has_text = any(one is not None and (one.text or "").strip() for one in _pieces(paragraph))
    return has_text or next(paragraph.iter(qn("w:drawing"), qn("w:pict")), None) is not None
