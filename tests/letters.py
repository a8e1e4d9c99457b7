"""Word files as missions have them: with a letterhead, placeholders, a table and a picture; and what may not be in one."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

ANYWHERE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def picture() -> bytes:
    """A PNG of one point."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0\0\0\0")) + chunk(b"IEND", b"")


def letter(*lines: str, has_text: bool = True, right_to_left: bool = False) -> bytes:
    """A mission's letter: a letterhead with a picture, a table, a paragraph for the text in a style of its own."""
    document = docx.Document()
    document.core_properties.author = "Somebody Known"
    header = document.sections[0].header
    header.paragraphs[0].add_run().add_picture(io.BytesIO(picture()))
    header.add_paragraph("Mission of Norway, {forum}")
    document.sections[0].footer.paragraphs[0].text = "{text} for {lead}"
    # As Word does, the placeholder is split over runs, with a style on one of them.
    split = document.add_paragraph()
    for part in ("Item {", "it", "em}, ", "{speak"):
        split.add_run(part)
    split.add_run("er}").bold = True
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "{date}", "{Speaking Limit}"
    for one in lines:
        document.add_paragraph(one)
    if has_text:
        style = document.styles.add_style("Read Aloud", 1)
        style.font.name = "Georgia"
        place = document.add_paragraph(style="Read Aloud")
        place.alignment = WD_ALIGN_PARAGRAPH.CENTER
        place.add_run("{te").italic = True
        place.add_run("xt}")
        if right_to_left:
            place._p.get_or_add_pPr().append(OxmlElement("w:bidi"))
        document.add_paragraph("Thank you.")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def repacked(data: bytes, changed: Mapping[str, bytes | tuple[bytes, bytes]]) -> bytes:
    """The package with other members: the bytes of a new one, or of one that is there what is replaced by what."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for member in package.infolist():
            content, change = package.read(member), changed.get(member.filename)
            if isinstance(change, tuple):
                assert change[0] in content, member.filename
                content = content.replace(*change)
            elif change is not None:
                content = change
            made.writestr(member.filename, content)
        for name in changed.keys() - set(package.namelist()):
            made.writestr(name, changed[name])  # type: ignore[arg-type]  # a new member has all of its bytes
    return out.getvalue()


def related(data: bytes, kind: str, target: str, *, external: bool = False, **members: bytes) -> bytes:
    """The package with one more relation of its document, and members in ``word/``."""
    mode = ' TargetMode="External"' if external else ""
    relation = f'<Relationship Id="rId900" Type="{kind}" Target="{target}"{mode}/></Relationships>'
    return repacked(
        data,
        {
            "word/_rels/document.xml.rels": (b"</Relationships>", relation.encode()),
            **{f"word/{name.replace('_', '.')}": content for name, content in members.items()},
        },
    )


def in_body(data: bytes, xml: str) -> bytes:
    """The package with this at the beginning of its body; ``w:`` and ``r:`` are declared."""
    return repacked(data, {"word/document.xml": (b"<w:body>", f"<w:body>{xml}".encode())})


def texts_of(content: bytes) -> list[str]:
    """The texts of the paragraphs of the body, those in tables too."""
    body = docx.Document(io.BytesIO(content)).element.body
    return ["".join(one.text or "" for one in paragraph.iter(qn("w:t"))) for paragraph in body.iter(qn("w:p"))]
