"""PDF/A-2u for the archive, with the fonts within the file.

The fonts are those of the pages. They are variable and compressed, which a PDF cannot hold: each style is made once a
process, with the letters of the Latin, Greek and Cyrillic scripts.
"""

from __future__ import annotations

import hashlib
import io
import re
import tempfile
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer
from fpdf import FPDF
from fpdf.enums import DocumentCompliance

from calendar_model.documents import word
from calendar_model.documents.printable import printable
from calendar_model.documents.word import DocumentError
from calendar_model.figures.fonts import SANS, SERIF, font_file
from calendar_model.translation import gettext as _

_SCRIPTS = ((0x20, 0x530), (0x1E00, 0x2000), (0x2010, 0x2060), (0x20A0, 0x20C0), (0x2190, 0x2194))
"""The characters that a document can show: Latin, Greek and Cyrillic letters, punctuation, currencies and arrows."""
_MISSING = "\u25a1"
_STYLES = {(SERIF, ""): 400, (SANS, ""): 400, (SANS, "B"): 600}
"""The weight of each style."""
_DATES = re.compile(rb'(xmp:(?:ModifyDate|MetadataDate)=")[^"]{25}(")')


@cache
def _font(family: str, weight: int) -> bytes:
    """A family in one weight as a TrueType font; raises DocumentError if its file is not installed."""
    file = font_file(family)
    if file is None:
        raise DocumentError(_("The fonts of the pages are not installed, so no PDF can be made."))
    font = TTFont(file, recalcTimestamp=False)
    options = subset.Options(layout_features=[], notdef_outline=True, name_IDs=["*"], recalc_timestamp=False)
    wanted = subset.Subsetter(options)
    wanted.populate(unicodes=[code for first, last in _SCRIPTS for code in range(first, last)] + [ord(_MISSING)])
    wanted.subset(font)
    axes = {axis.axisTag: weight if axis.axisTag == "wght" else axis.defaultValue for axis in font["fvar"].axes}
    made = instancer.instantiateVariableFont(font, axes)
    made.flavor = None
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


class _Paper(FPDF):
    """A document of which the same content gives the same bytes."""

    def __init__(self, title: str, at: datetime) -> None:
        super().__init__(enforce_compliance=DocumentCompliance.PDFA_2U)
        self.set_title(title)
        self.set_lang("en-GB")
        self.set_creation_date(at)
        self.set_margins(22, 20)
        self.set_auto_page_break(True, 20)
        self._digest = hashlib.sha256(at.isoformat().encode())

    def footer(self) -> None:
        self.set_y(-14)
        self.set_font(SANS, "", 8)
        self.cell(0, 5, str(self.page_no()), align="R")

    def file_id(self) -> str:
        digest = self._digest.hexdigest()[:32].upper()
        return f"<{digest}><{digest}>"

    def write_text(self, text: str, family: str, style: str, size: float) -> None:
        """Write a paragraph; a character that the font has not becomes a square."""
        word.spend(text)
        shown = self._shown(printable(text), family, style)
        self._digest.update(shown.encode())
        self.set_font(family, style, size)
        self.multi_cell(0, size * 0.5, shown or " ", new_x="LMARGIN", new_y="NEXT", align="L")

    def _shown(self, text: str, family: str, style: str) -> str:
        known = self.fonts[f"{family.lower()}{style}"].cmap  # type: ignore[union-attr]
        return "".join(sign if sign == "\n" or ord(sign) in known else _MISSING for sign in text.replace("\t", "    "))


@word.bounded
def pdf(title: str, at: datetime, parts: Iterable[tuple[str, str]]) -> bytes:
    """A document from paragraphs, each with its kind: ``title``, ``heading``, ``fact`` or ``text``.

    ``title`` is in its properties, ``at`` the instant at which it says it was made. The same arguments give the same
    bytes. Raises :class:`~calendar_model.documents.word.DocumentError`.
    """
    paper = _Paper(title, at)
    with tempfile.TemporaryDirectory() as folder:
        for number, ((family, style), weight) in enumerate(_STYLES.items()):
            # The library takes fonts from files alone, and names them in nothing that it writes.
            file = Path(folder) / f"{number}.ttf"
            file.write_bytes(_font(family, weight))
            paper.add_font(family, style, file)
        paper.add_page()
        for kind, text in parts:
            if kind in ("title", "heading"):
                paper.ln(2)
            paper.write_text(text, *_LOOKS[kind])
        made = bytes(paper.output())
    # The library writes its own clock here, whatever day the document stands on.
    return _DATES.sub(rb"\g<1>" + at.isoformat(timespec="seconds").encode() + rb"\g<2>", made)


_LOOKS = {"title": (SERIF, "", 18), "heading": (SANS, "B", 12), "fact": (SANS, "", 9.5), "text": (SERIF, "", 11)}
"""Family, style and size in points of each kind of paragraph."""
