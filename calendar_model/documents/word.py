"""Common parts of all Word documents: paper, styles, language, header and footer, tables, links.

Everything is a style of Word (Title, Heading 1 and 2, List Bullet …), so that a reader can navigate by headings, take
generate a table of contents, and apply another template at once.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import wraps
from typing import Any, ParamSpec

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from calendar_model.documents.printable import printable
from calendar_model.mission.statements import languages
from calendar_model.translation import N_
from calendar_model.translation import gettext as _
from calendar_model.wording import day
from calendar_model.work_queue import BusyError, WorkQueue

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

FONT = "Calibri"
BLUE, GREY = RGBColor(0x1D, 0x4E, 0x89), RGBColor(0x55, 0x55, 0x55)

_AFTER_BIDI = (
    "w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind", "w:contextualSpacing", "w:mirrorIndents",
    "w:suppressOverlap", "w:jc", "w:textDirection", "w:textAlignment", "w:textboxTightWrap", "w:outlineLvl", "w:divId",
    "w:cnfStyle", "w:rPr", "w:sectPr", "w:pPrChange",
)  # fmt: skip
"""Properties of a paragraph that follow ``w:bidi``: their order is fixed, and Word is strict about it."""

_AFTER_LANG = ("w:eastAsianLayout", "w:specVanish", "w:oMath", "w:rPrChange")
_AFTER_RTL = ("w:cs", "w:em", "w:lang", *_AFTER_LANG)
"""Properties of a run that follow ``w:lang`` and ``w:rtl``."""

_IN_TABLE = "Table Text"
_PAPER = (Cm(21.0), Cm(29.7))
_THUMBNAIL = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/thumbnail"


MOST_PARTS, MOST_CHARACTERS = 2_000, 400_000
"""Paragraphs of a document, a row of a table counted as :data:`_ROW`, and characters: some hundred pages. The library
that writes it needs longer for each paragraph the more there are."""
_ROW = 4

TOO_LONG = N_(
    "It would have more than {parts:,} paragraphs or {characters:,} characters. Shorten or divide the text, or select "
    "fewer records, and try again."
)
BUSY = N_("Other documents are being created. Try again in a minute.")

_queue = WorkQueue(at_once=2, waiting=6, seconds=60)
_P = ParamSpec("_P")


class DocumentError(Exception):
    """A document cannot be created; ``str()`` is a sentence that says what to do."""


@dataclass
class _Room:
    """The paragraphs and characters that may still be written into a document."""

    parts: int = MOST_PARTS
    characters: int = MOST_CHARACTERS


_room: ContextVar[_Room | None] = ContextVar("room in the document", default=None)


def bounded(make: Callable[_P, bytes]) -> Callable[_P, bytes]:
    """Limit how much a function writes into a document, and how many documents are written at once.

    Beyond the limits it raises :class:`DocumentError`, before any file is written.
    """

    @wraps(make)
    def made(*arguments: _P.args, **named: _P.kwargs) -> bytes:
        try:
            with _queue.slot(_(BUSY)):
                token = _room.set(_Room())
                try:
                    return make(*arguments, **named)
                finally:
                    _room.reset(token)
        except BusyError as busy:
            raise DocumentError(str(busy)) from None

    return made


def spend(text: str, parts: int = 1) -> None:
    """Count a text against the limits before it is written; raises :class:`DocumentError` beyond them."""
    room = _room.get()
    if room is None:
        return
    room.parts -= parts
    room.characters -= len(text)
    if room.parts < 0 or room.characters < 0:
        raise DocumentError(_(TOO_LONG).format(parts=MOST_PARTS, characters=MOST_CHARACTERS))


@dataclass(frozen=True)
class MadeFor:
    """The person for whom a document is prepared, by name (empty: anyone), and the day."""

    name: str
    on: date

    def header(self, *, restricted: bool) -> str:
        """Return the header of every page: for whom it was prepared, and whether it contains restricted records."""
        if not self.name:
            return _("Prepared from public records on {day}; contains no restricted records").format(day=day(self.on))
        holds = (
            _("contains restricted records: handle accordingly") if restricted else _("contains no restricted records")
        )
        return _("Prepared for {name} on {day}; {holds}").format(name=self.name, day=day(self.on), holds=holds)


def new(kind: str, made: MadeFor, author: str, *, margin: float = 2.2) -> Document:
    """An empty document in British English on A4, with a title in its properties that says only what kind it is.

    ``margin`` is in centimetres, on both sides.
    """
    document = docx.Document()
    name_only(document, kind, author, made.on)
    section = document.sections[0]
    section.page_width, section.page_height = _PAPER
    section.left_margin = section.right_margin = Cm(margin)
    section.top_margin, section.bottom_margin = Cm(2.4), Cm(2.2)
    section.header_distance = section.footer_distance = Cm(1.1)
    _style_all(document)
    package = document.part.package
    for name, relation in list(package.rels.items()):
        # The template's thumbnail of an empty page.
        if relation.reltype == _THUMBNAIL:
            del package.rels[name]
    return document


def name_only(document: Document, kind: str, author: str, on: date) -> None:
    """Have the properties of a document say no more than its kind, which mission made it, and on which day."""
    properties = document.core_properties
    properties.title, properties.author = kind, printable(author)
    properties.last_modified_by, properties.comments, properties.language = "", "", "en-GB"
    properties.created = properties.modified = datetime.combine(on, time())


def to_bytes(document: Document) -> bytes:
    """The document as a file."""
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def excuse(sentence: str, made: MadeFor) -> bytes:
    """Return a document that says why the requested one cannot be created, and what to do."""
    document = new(_("Not made"), made, "")
    document.add_paragraph(_("This document could not be created"), style="Title")
    document.add_paragraph(printable(sentence))
    return to_bytes(document)


# --- Styles


def _style_all(document: Document) -> None:
    styles: Any = document.styles
    defaults = styles.element.find(qn("w:docDefaults"))
    language = defaults.find(f".//{qn('w:lang')}")
    language.set(qn("w:val"), "en-GB")
    language.set(qn("w:eastAsia"), "zh-CN")
    normal = _styled(document, "Normal", 10.5, after=4)
    normal.paragraph_format.line_spacing = 1.1
    normal.paragraph_format.widow_control = True
    _styled(document, "Title", 20, color=BLUE, bold=True, after=2)
    _styled(document, "Subtitle", 10.5, color=GREY, after=8)
    _styled(document, "Heading 1", 14, color=BLUE, bold=True, before=14, after=4)
    _styled(document, "Heading 2", 11.5, color=BLUE, bold=True, before=8, after=2)
    _styled(document, "List Bullet", 10.5, after=2)
    _styled(document, "Quote", 10.5, after=2)
    styles["Quote"].paragraph_format.left_indent = Cm(1.2)
    _styled(document, "Caption", 9, color=GREY, after=4)
    _styled(document, "Header", 8.5, color=GREY)
    _styled(document, "Footer", 8.5, color=GREY)
    in_table = styles.add_style(_IN_TABLE, WD_STYLE_TYPE.PARAGRAPH)
    in_table.base_style = normal
    set_font(in_table, 9.5)
    in_table.paragraph_format.space_before = in_table.paragraph_format.space_after = Pt(2)
    for name in ("Title", "Subtitle"):
        properties = styles[name].element.get_or_add_pPr()
        for unwanted in ("w:pBdr", "w:numPr"):
            for found in properties.findall(qn(unwanted)):
                properties.remove(found)
    styles["Subtitle"].font.italic = styles["Caption"].font.bold = False
    styles["Title"].paragraph_format.keep_with_next = True


def style_of(document: Document, name: str) -> Any:
    """A style by its name."""
    return document.styles[name]


def _styled(
    document: Document,
    name: str,
    size: float,
    *,
    color: RGBColor | None = None,
    bold: bool | None = None,
    before: float = 0,
    after: float = 0,
) -> Any:
    style: Any = document.styles[name]
    properties = style.element.get_or_add_rPr()
    for unwanted in ("w:rFonts", "w:spacing", "w:kern", "w:sz", "w:szCs", "w:color"):
        for found in properties.findall(qn(unwanted)):
            properties.remove(found)
    set_font(style, size)
    if color is not None:
        style.font.color.rgb = color
    if bold is not None:
        style.font.bold = bold
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    return style


def set_font(style: Any, size: float) -> None:
    """Set the font and its size in points for all scripts: Word keeps a separate size for Arabic."""
    style.font.name, style.font.size = FONT, Pt(size)
    properties = style.element.get_or_add_rPr()
    fonts = properties.find(qn("w:rFonts"))
    fonts.set(qn("w:cs"), "Arial")
    fonts.set(qn("w:eastAsia"), "Microsoft YaHei")
    complex_size = OxmlElement("w:szCs")
    complex_size.set(qn("w:val"), str(round(size * 2)))
    properties.find(qn("w:sz")).addnext(complex_size)


# --- Parts


def head_and_foot(document: Document, head: str, foot: str = "") -> None:
    """Set the text at the head of every page, and the one beside the page number at its foot."""
    section = document.sections[0]
    section.header.paragraphs[0].text = printable(head)
    paragraph = section.footer.paragraphs[0]
    stops = style_of(document, "Footer").paragraph_format.tab_stops
    stops.clear_all()
    width = (section.page_width or 0) - (section.left_margin or 0) - (section.right_margin or 0)
    stops.add_tab_stop(width, WD_TAB_ALIGNMENT.RIGHT)
    paragraph.add_run(_("{foot}\tPage ").format(foot=printable(foot)))
    _field(paragraph, "PAGE")
    paragraph.add_run(_(" of "))
    _field(paragraph, "NUMPAGES")


def _field(paragraph: Paragraph, instruction: str) -> None:
    """Add a field that Word computes, such as the page number."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), instruction)
    paragraph._p.append(field)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)


def heading(document: Document, text: str, level: int = 1) -> None:
    """A heading of level 1 or 2."""
    spend(text)
    document.add_heading(printable(text), level)


def line(document: Document, text: str, *, lead: str = "", style: str = "") -> Paragraph:
    """A paragraph; ``lead`` comes before the text, in bold."""
    spend(f"{lead}{text}")
    paragraph = document.add_paragraph(style=style or None)
    if lead:
        paragraph.add_run(printable(f"{lead} " if text else lead)).bold = True
    if text:
        paragraph.add_run(printable(text))
    return paragraph


def bullet(document: Document, text: str, *, lead: str = "") -> Paragraph:
    """A line of a list."""
    return line(document, text, lead=lead, style="List Bullet")


def in_language(paragraph: Paragraph, language: str) -> None:
    """Mark the language of a paragraph's runs, and set the direction of languages written from the right."""
    tag = languages.tag(language)
    written_to_left = languages.right_to_left(language)
    if written_to_left and (properties := paragraph._p.get_or_add_pPr()).find(qn("w:bidi")) is None:
        properties.insert_element_before(OxmlElement("w:bidi"), *_AFTER_BIDI)
    for run in paragraph.runs:
        properties = run._r.get_or_add_rPr()
        for name in ("w:rtl", "w:lang"):
            for found in properties.findall(qn(name)):
                properties.remove(found)
        if written_to_left:
            properties.insert_element_before(OxmlElement("w:rtl"), *_AFTER_RTL)
        spoken = OxmlElement("w:lang")
        spoken.set(qn("w:val"), tag)
        spoken.set(qn("w:eastAsia"), tag)
        spoken.set(qn("w:bidi"), tag)
        properties.insert_element_before(spoken, *_AFTER_LANG)


def table(document: Document, heads: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[float]) -> None:
    """Add a table whose heading row repeats on every page; rows are not broken. Widths in centimetres."""
    made = document.add_table(rows=1, cols=len(heads), style="Table Grid")
    made.alignment, made.autofit = WD_TABLE_ALIGNMENT.LEFT, False
    _borders(made)
    for cell, text in zip(made.rows[0].cells, heads, strict=True):
        _cell(cell, text).bold = True
        shade = OxmlElement("w:shd")
        for name, value in (("val", "clear"), ("color", "auto"), ("fill", "E3EAF4")):
            shade.set(qn(f"w:{name}"), value)
        cell._tc.get_or_add_tcPr().append(shade)
    _row(made.rows[0], "w:cantSplit", "w:tblHeader")
    for values in rows:
        spend("".join(values), _ROW)
        row = made.add_row()
        _row(row, "w:cantSplit")
        for cell, text in zip(row.cells, values, strict=True):
            _cell(cell, text)
    for row in made.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Cm(width)
    for column, width in zip(made.columns, widths, strict=True):
        column.width = Cm(width)
    after = document.add_paragraph()
    after.paragraph_format.space_after = Pt(2)
    after.paragraph_format.line_spacing = Pt(4)


def _cell(cell: Any, text: str) -> Run:
    paragraph = cell.paragraphs[0]
    paragraph.style = _IN_TABLE
    run: Run = paragraph.add_run(printable(text))
    return run


def _row(row: Any, *marks: str) -> None:
    properties = row._tr.get_or_add_trPr()
    for mark in marks:
        properties.append(OxmlElement(mark))


def _borders(made: Any) -> None:
    """Thin grey lines between the rows and none between the columns."""
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:val"), "nil" if side in ("left", "right", "insideV") else "single")
        for name, value in (("sz", "4"), ("space", "0"), ("color", "A6A6A6")):
            edge.set(qn(f"w:{name}"), value)
        borders.append(edge)
    properties = made._tbl.tblPr
    layout = properties.find(qn("w:tblLayout"))
    layout.addprevious(borders) if layout is not None else properties.append(borders)


def link(paragraph: Paragraph, address: str, text: str = "") -> None:
    """An address in the web to be followed; as text alone where it is none."""
    text = printable(text or address)
    if not address.startswith(("https://", "http://")):
        paragraph.add_run(text)
        return
    relation = paragraph.part.relate_to(printable(address), RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    anchor = OxmlElement("w:hyperlink")
    anchor.set(qn("r:id"), relation)
    run = paragraph.add_run(text)
    run.font.color.rgb, run.font.underline = BLUE, True
    anchor.append(run._r)
    paragraph._p.append(anchor)
