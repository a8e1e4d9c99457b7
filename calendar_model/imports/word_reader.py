"""Reads a Word file that becomes a template, and writes anew what a page is laid out with; runs in the sandbox.

A file with macros, with embedded objects, or that takes anything from elsewhere but links to be followed, is refused.
What remains is written part by part: text with its styles, headers, footers, notes and pictures. Names of authors,
comments, data and fonts are left out.
"""

from __future__ import annotations

import base64
import io
import posixpath
import re
import zipfile
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

import docx
from lxml import etree

from calendar_model.imports.plan import ImportRefused

_MEMBERS, _UNPACKED, _ELEMENTS = 300, 12 * 2**20, 50_000
"""The most members of a package, bytes of them unpacked, and XML elements in all."""

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_VML = "urn:schemas-microsoft-com:vml"
_KIND = "application/vnd.openxmlformats-officedocument"
_MAIN = f"{_KIND}.wordprocessingml.document.main+xml"

_PARTS = {
    **{
        name: f"{_KIND}.wordprocessingml.{name}+xml"
        for name in ("styles", "numbering", "settings", "fontTable", "header", "footer", "footnotes", "endnotes")
    },
    "theme": f"{_KIND}.theme+xml",
}
"""The relations whose parts are kept, with the type of their content."""

_PICTURES = {
    "png": ("image/png", (b"\x89PNG\r\n\x1a\n",)),
    "jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "gif": ("image/gif", (b"GIF87a", b"GIF89a")),
    "bmp": ("image/bmp", (b"BM",)),
    "tiff": ("image/tiff", (b"II*\x00", b"MM\x00*")),
    "emf": ("image/x-emf", (b"\x01\x00\x00\x00",)),
    "wmf": ("image/x-wmf", (b"\xd7\xcd\xc6\x9a", b"\x01\x00\x09\x00")),
}
"""Kinds of picture, each with the type of its content and how its bytes begin."""

_LEFT_OUT = frozenset({
    "core-properties", "extended-properties", "custom-properties", "thumbnail", "customXml", "webSettings",
    "stylesWithEffects", "people", "comments", "commentsExtended", "commentsIds", "commentsExtensible",
    "glossaryDocument", "printerSettings", "font", "bibliography", "classificationlabels", "documenttasks",
})  # fmt: skip
"""The relations whose parts are left out: nothing of a page is laid out with them."""

_MACROS = frozenset({"vbaProject", "wordVbaData", "vbaProjectSignature", "keyMapCustomizations", "attachedToolbars"})

_DROPPED = frozenset({
    *(f"{{{_WORD}}}{name}" for name in (
        "attachedTemplate", "commentRangeStart", "commentRangeEnd", "commentReference", "dataBinding", "docVars",
        "embedRegular", "embedBold", "embedItalic", "embedBoldItalic", "mailMerge", "printerSettings", "updateFields",
        "writeProtection",
    )),
    # A second picture, as SVG, beside the first.
    "{http://schemas.microsoft.com/office/drawing/2016/SVG/main}svgBlip",
})  # fmt: skip
"""Elements that name what is left out, or that Word acts on when it opens a document."""

_TAKES_FROM_ELSEWHERE = re.compile(
    r"DDE|INCLUDETEXT|INCLUDEPICTURE|IMPORT|DATABASE|MACROBUTTON|(?<!HYPER)LINK|(?<![A-Z])(RD|INCLUDE)(?![A-Z])", re.I
)
"""Fields that take text, pictures or data from another file, or start a macro."""


def read_word_template(data: bytes, *, file_name: str, megabytes: int) -> dict[str, str]:
    """Return the file as it may be kept, in Base64.

    ``megabytes`` is what a refusal of too much names. Raises :class:`~calendar_model.imports.plan.ImportRefused`.
    """
    ending = PurePath(file_name).suffix.casefold()
    if ending in (".docm", ".dotm"):
        raise ImportRefused("word-template-macros")
    if ending != ".docx" or not data.startswith(b"PK"):
        raise ImportRefused("word-template-kind")
    try:
        content = _written(_PackageReader(_unpacked(data)))
        docx.Document(io.BytesIO(content))
    except ImportRefused:
        raise
    except _PackageTooLargeError:
        raise ImportRefused("word-template-too-large", megabytes=megabytes) from None
    except Exception:  # noqa: BLE001  what a parser stumbles over is the file, whatever it raises
        raise ImportRefused("word-template-damaged") from None
    return {"content": base64.b64encode(content).decode("ascii")}


class _PackageTooLargeError(Exception):
    """The package has more members, bytes or elements than are read."""


def _unpacked(data: bytes) -> Mapping[str, bytes]:
    """The members of a package. They are counted as they are unpacked: a small file can unpack to a huge one."""
    members: dict[str, bytes] = {}
    left = _UNPACKED
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        listed = packed.infolist()
        if len(listed) > _MEMBERS:
            raise _PackageTooLargeError
        for member in listed:
            name = member.filename
            if (
                name in members
                or name.startswith(("/", ".."))
                or posixpath.normpath(name) != name.rstrip("/")
                or "\\" in name
            ):
                raise ImportRefused("word-template-damaged")
            with packed.open(member) as part:
                members[name] = part.read(left + 1)
            left -= len(members[name])
            if left < 0:
                raise _PackageTooLargeError
    return members


class _PackageReader:
    """Takes the parts of a package that are kept, beginning with the document, and gives them names of its own."""

    def __init__(self, members: Mapping[str, bytes]) -> None:
        self._members = members
        self._elements = 0
        self._names: dict[str, str] = {}
        self.parts: dict[str, tuple[str, bytes]] = {}
        """The type and the bytes of each part that is kept, by its new name."""
        self.relations: dict[str, bytes] = {}
        """The relations of a part, by its new name."""
        if any(PurePath(name).name.casefold() == "vbaproject.bin" for name in members):
            raise ImportRefused("word-template-macros")
        self._check_kind()
        self.parts["word/document.xml"] = (_MAIN, b"")
        mains = [one for one in self._relations_of("") if _last(one) == "officeDocument"]
        if len(mains) != 1 or mains[0].get("TargetMode") == "External":
            raise ImportRefused("word-template-kind")
        self._take(_path("", mains[0]), "word/document.xml", _MAIN)

    def _check_kind(self) -> None:
        types = self._parsed("[Content_Types].xml")
        declared = [str(one.get("ContentType", "")) for one in types]
        if any("macroenabled" in one.casefold() for one in declared):
            raise ImportRefused("word-template-macros")
        if _MAIN not in declared:
            raise ImportRefused("word-template-kind")

    def _parsed(self, name: str) -> Any:
        if name not in self._members:
            raise ImportRefused("word-template-damaged")
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        root = etree.fromstring(self._members[name], parser)
        # A document type can only do harm here: Word writes none.
        if root.getroottree().docinfo.internalDTD is not None:
            raise ImportRefused("word-template-damaged")
        self._elements += sum(1 for _ in root.iter())
        if self._elements > _ELEMENTS:
            raise _PackageTooLargeError
        return root

    def _relations_of(self, path: str) -> list[Any]:
        folder, name = posixpath.split(path)
        where = posixpath.join(folder, "_rels", f"{name}.rels")
        return list(self._parsed(where)) if where in self._members else []

    def _take(self, path: str, new_name: str, kind: str) -> None:
        """Keep an XML part under a new name, with the parts that it is related to."""
        self._names[path] = new_name
        root = self._parsed(path)
        if kind == _MAIN and root.tag != f"{{{_WORD}}}document":
            raise ImportRefused("word-template-kind")
        _clean(root)
        used = {
            str(value)
            for element in root.iter(etree.Element)
            for name, value in element.attrib.items()
            if name.startswith(f"{{{_RELATION}}}") and value
        }
        relations = etree.Element(f"{{{_PACKAGE}}}Relationships", nsmap={None: _PACKAGE})
        kept = set()
        for one in self._relations_of(path):
            # A picture that is shown nowhere stays out.
            is_shown = _last(one) != "image" or one.get("Id") in used or _is_external(one)
            target = self._target(path, one) if is_shown else None
            if target is None:
                continue
            kept.add(str(one.get("Id")))
            attributes = {"Id": str(one.get("Id")), "Type": str(one.get("Type")), "Target": target}
            if _is_external(one):
                attributes["TargetMode"] = "External"
            etree.SubElement(relations, f"{{{_PACKAGE}}}Relationship", attributes)
        if used - kept:
            raise ImportRefused("word-template-embedded")
        self.parts[new_name] = (kind, _bytes(root))
        if len(relations):
            self.relations[new_name] = _bytes(relations)

    def _target(self, path: str, relation: Any) -> str | None:
        """Keep what a part is related to; return its new address, None for what is left out."""
        last = _last(relation)
        if _is_external(relation):
            address = str(relation.get("Target", ""))
            if last == "hyperlink" and address.casefold().startswith(("https://", "http://", "mailto:")):
                return address
            raise ImportRefused("word-template-remote")
        if last in _LEFT_OUT:
            return None
        if last in _MACROS:
            raise ImportRefused("word-template-macros")
        inside = _path(path, relation)
        if inside not in self._names:
            number = len(self._names)
            if last == "image":
                self._take_picture(inside, number)
            elif last in _PARTS:
                self._take(inside, f"word/{last}{number}.xml", _PARTS[last])
            else:
                raise ImportRefused("word-template-embedded")
        return f"/{self._names[inside]}"

    def _take_picture(self, path: str, number: int) -> None:
        data = self._members.get(path, b"")
        ending = next((ending for ending, (_, starts) in _PICTURES.items() if data.startswith(starts)), "")
        if not ending:
            raise ImportRefused("word-template-embedded")
        self._names[path] = name = f"word/media/image{number}.{ending}"
        self.parts[name] = (_PICTURES[ending][0], data)


def _last(relation: Any) -> str:
    """The last word of the type of a relation: the same in every edition of the standard."""
    return str(relation.get("Type", "")).rstrip("/").rpartition("/")[2]


def _is_external(relation: Any) -> bool:
    return str(relation.get("TargetMode", "")).casefold() == "external"


def _path(base: str, relation: Any) -> str:
    """The member at which a relation of another points."""
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(base), str(relation.get("Target", "")))).lstrip("/")


def _clean(root: Any) -> None:
    """Take out of a part what is left out or acted on; refuse fields that take anything from elsewhere."""
    instructions = [str(one.text or "") for one in root.iter(f"{{{_WORD}}}instrText", f"{{{_WORD}}}delInstrText")]
    simple = [str(one.get(f"{{{_WORD}}}instr", "")) for one in root.iter(f"{{{_WORD}}}fldSimple")]
    # Word may have split an instruction over runs.
    if any(map(_TAKES_FROM_ELSEWHERE.search, ("".join(instructions), *simple))):
        raise ImportRefused("word-template-remote")
    for element in list(root.iter()):
        if not isinstance(element.tag, str) or element.tag in _DROPPED:
            if element.getparent() is not None:
                element.getparent().remove(element)
        elif element.tag.startswith(f"{{{_VML}}}"):
            # Addresses of pictures and links that are no relation.
            for name in [name for name in element.attrib if etree.QName(name).localname in ("src", "href")]:
                del element.attrib[name]


def _bytes(root: Any) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _written(reader: _PackageReader) -> bytes:
    """The package of the parts that are kept."""
    types = etree.Element(f"{{{_TYPES}}}Types", nsmap={None: _TYPES})
    for ending, kind in (
        ("rels", "application/vnd.openxmlformats-package.relationships+xml"),
        *((ending, kind) for ending, (kind, _) in _PICTURES.items()),
    ):
        etree.SubElement(types, f"{{{_TYPES}}}Default", {"Extension": ending, "ContentType": kind})
    for name, (kind, _) in reader.parts.items():
        if name.endswith(".xml"):
            etree.SubElement(types, f"{{{_TYPES}}}Override", {"PartName": f"/{name}", "ContentType": kind})
    root = etree.Element(f"{{{_PACKAGE}}}Relationships", nsmap={None: _PACKAGE})
    main = {"Id": "rId1", "Type": f"{_RELATION}/officeDocument", "Target": "word/document.xml"}
    etree.SubElement(root, f"{{{_PACKAGE}}}Relationship", main)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:

        def put(name: str, data: bytes) -> None:
            # With one time for all, the same file gives the same bytes.
            package.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)

        put("[Content_Types].xml", _bytes(types))
        put("_rels/.rels", _bytes(root))
        for name, (_, data) in reader.parts.items():
            put(name, data)
        for name, data in reader.relations.items():
            folder, _, last = name.rpartition("/")
            put(f"{folder}/_rels/{last}.rels", data)
    return out.getvalue()
