"""Word files of templates through the real worker: what is kept of one, and which are refused."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import docx
import pytest

from calendar_model.imports.plan import ImportRefused
from calendar_model.imports.word_templates import checked, kept_name
from calendar_model.mission.statements.templates import LARGEST_FILE
from tests.letters import ANYWHERE, in_body, letter, related, repacked, texts_of

VBA = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
TYPES = "[Content_Types].xml"
MAIN = b"wordprocessingml.document.main+xml"


def field(*parts: str) -> str:
    runs = "".join(f'<w:r><w:instrText xml:space="preserve">{part}</w:instrText></w:r>' for part in parts)
    return f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>{runs}<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", b"<Types/>")
        package.writestr("word/document.xml", b" " * 400_000_000)
    return out.getvalue()


def many() -> bytes:
    return repacked(letter(), {f"word/extra{number}.xml": b"<a/>" for number in range(3_000)})


def deep() -> bytes:
    return in_body(letter(), "<w:p>" * 60_000 + "</w:p>" * 60_000)


def entities() -> bytes:
    lines = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
    trap = f'<!DOCTYPE x [<!ENTITY l0 "ha">{lines}]>'.encode()
    return repacked(letter(), {"word/document.xml": (b"<w:document", trap + b"<w:document")})


def another_place() -> bytes:
    trap = b'<!DOCTYPE x [<!ENTITY file SYSTEM "file:///etc/passwd">]>'
    changed = repacked(letter("here"), {"word/document.xml": (b"<w:document", trap + b"<w:document")})
    return repacked(changed, {"word/document.xml": (b">here<", b">&file;<")})


REFUSED: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "empty": (lambda: b"", "a.docx", "file-empty"),
    "text": (lambda: b"Dear all", "a.docx", "word-template-kind"),
    "another ending": (letter, "a.doc", "word-template-kind"),
    "a template of Word": (letter, "a.dotx", "word-template-kind"),
    "a macro template of Word": (letter, "a.DOTM", "word-template-macros"),
    "macros": (lambda: related(letter(), VBA, "vbaProject.bin", vbaProject_bin=b"\xd0"), "a.docx", "word-template-macros"),
    "hidden macros": (lambda: repacked(letter(), {"word/x/vbaProject.bin": b"\xd0"}), "a.docx", "word-template-macros"),
    "declared macros": (
        lambda: repacked(
            letter(),
            {TYPES: (b"application/vnd.openxmlformats-officedocument." + MAIN, b"application/vnd.ms-word.document.macroEnabled.main+xml")},
        ),
        "a.docx",
        "word-template-macros",
    ),
    "a template declared": (
        lambda: repacked(letter(), {TYPES: (MAIN, b"wordprocessingml.template.main+xml")}), "a.docx", "word-template-kind",
    ),
    "a remote template": (
        lambda: related(letter(), f"{ANYWHERE}/attachedTemplate", "https://example.org/a.dotm", external=True),
        "a.docx",
        "word-template-remote",
    ),
    "a remote picture": (
        lambda: related(letter(), f"{ANYWHERE}/image", "https://example.org/a.png", external=True),
        "a.docx",
        "word-template-remote",
    ),
    "a link to a file": (
        lambda: related(letter(), f"{ANYWHERE}/hyperlink", "file://server/share", external=True),
        "a.docx",
        "word-template-remote",
    ),
    "a field that runs": (lambda: in_body(letter(), field("DD", "EAUTO cmd")), "a.docx", "word-template-remote"),
    "a field that reads": (
        lambda: in_body(letter(), '<w:p><w:fldSimple w:instr="includetext c:/x"/></w:p>'), "a.docx", "word-template-remote",
    ),
    "an object": (
        lambda: related(letter(), f"{ANYWHERE}/oleObject", "a.bin", a_bin=b"\xd0"), "a.docx", "word-template-embedded",
    ),
    "a workbook": (lambda: related(letter(), f"{ANYWHERE}/package", "a.xlsx", a_xlsx=b"PK"), "a.docx", "word-template-embedded"),
    "another text": (lambda: related(letter(), f"{ANYWHERE}/aFChunk", "a.htm", a_htm=b"<p>"), "a.docx", "word-template-embedded"),
    "an unknown relation": (lambda: related(letter(), "urn:x", "a.bin", a_bin=b"x"), "a.docx", "word-template-embedded"),
    "what is not there": (
        lambda: in_body(letter(), '<w:p><w:r><w:object><w:control r:id="rId77"/></w:object></w:r></w:p>'),
        "a.docx",
        "word-template-embedded",
    ),
    "a bomb": (bomb, "a.docx", "word-template-too-large"),
    "thousands of parts": (many, "a.docx", "word-template-too-large"),
    "deep": (deep, "a.docx", "word-template-damaged"),
    "many paragraphs": (lambda: in_body(letter(), "<w:p/>" * 60_000), "a.docx", "word-template-too-large"),
    "large": (lambda: letter() + b"x" * LARGEST_FILE, "a.docx", "word-template-too-large"),
    "entities": (entities, "a.docx", "word-template-damaged"),
    "an entity from a file": (another_place, "a.docx", "word-template-damaged"),
    "a path out": (lambda: repacked(letter(), {"../../etc/cron.d/x": b"x"}), "a.docx", "word-template-damaged"),
    "an absolute path": (lambda: repacked(letter(), {"/etc/x": b"x"}), "a.docx", "word-template-damaged"),
    "a path outside related": (
        lambda: related(letter(), f"{ANYWHERE}/header", "../../../etc/passwd"), "a.docx", "word-template-damaged",
    ),
    "cut off": (lambda: letter()[:5_000], "a.docx", "word-template-damaged"),
    "a workbook by another name": (
        lambda: repacked(letter(), {TYPES: (MAIN, b"spreadsheetml.sheet.main+xml")}), "a.docx", "word-template-kind",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED)
def test_what_may_not_be_a_template_is_refused(kind: str) -> None:
    made, name, code = REFUSED[kind]
    with pytest.raises(ImportRefused) as refused:
        checked(made(), name)
    assert refused.value.problem.code == code
    assert str(refused.value)


def test_a_letter_stays_as_it_is_laid_out_without_what_it_needs_not() -> None:
    given = related(
        related(letter(), f"{ANYWHERE}/comments", "comments.xml", comments_xml=b"<c>A remark</c>"),
        f"{ANYWHERE}/hyperlink",
        "mailto:post@example.org",
        external=True,
    )
    given = in_body(given, '<w:p><w:r><w:commentReference w:id="0"/></w:r></w:p>' + field(" PAGE "))
    content = checked(given, "Letter.DOCX")
    assert texts_of(content) == texts_of(given)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        whole = b"".join(package.read(name) for name in package.namelist())
        assert len([name for name in package.namelist() if name.endswith(".png")]) == 1
        assert not {"docProps/core.xml", "word/comments.xml", "docProps/thumbnail.jpeg"} & set(package.namelist())
    assert b"Somebody Known" not in whole
    assert b"A remark" not in whole
    assert b"commentReference" not in whole
    assert b"mailto:post@example.org" in whole
    kept, was = docx.Document(io.BytesIO(content)), docx.Document(io.BytesIO(given))
    assert [one.style.name for one in kept.paragraphs if one.style] == [
        one.style.name for one in was.paragraphs if one.style
    ]
    assert kept.sections[0].header.paragraphs[1].text == "Mission of Norway, {forum}"
    assert len(kept.sections[0].header.part.related_parts) == 1
    # What is kept is taken again as it is.
    assert checked(content, "a.docx") == content


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Letter.docx", "Letter.docx"),
        ("C:\\Users\\x\\Brev til råd.DOCX", "Brev til råd.docx"),
        ("../../a\u202eb.docx", "ab.docx"),
        ("x" * 500, f"{'x' * 120}.docx"),
        (".docx", ".docx.docx"),
        ("", "Word.docx"),
    ],
)
def test_the_name_of_a_file_is_only_a_name(name: str, kept: str) -> None:
    assert kept_name(name) == kept
