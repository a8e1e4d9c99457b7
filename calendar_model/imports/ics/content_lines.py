"""The bytes of a calendar file as components and their content lines (RFC 5545, 3.1); runs only in the worker process.

A fault in one component does not affect the others. An invalid line is left out and counted. A component without an end
finishes where the next one begins, and anything after the end of a calendar is ignored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from calendar_model.imports.plan import ImportRefused

MAX_PARTS = 100_000
"""Maximum number of components (events, alarms, zones) in a file."""

_PACKED = {
    b"PK\x03\x04": "zip",
    b"\x1f\x8b": "compressed",
    b"BZh": "compressed",
    b"7z\xbc\xaf": "compressed",
    b"%PDF": "pdf",
}
"""First bytes of files that could at best contain a calendar."""
_DEEPEST = 20
"""Maximum nesting of components; calendars have two levels."""
_CONTENT_LINE = re.compile(r'([\w-]+)((?:;[^":;]*(?:"[^"]*"[^":;]*)*)*):(.*)', re.DOTALL)
_OF_MOMENTS = frozenset({"DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE"})
"""Properties whose value has no colon, so that a colon in an unquoted parameter can be recognised."""
_PARAMETER = re.compile(r';([\w-]+)=("[^"]*"|[^;]*)')
_OUTER = frozenset({"VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VTIMEZONE"})
"""Components that are never nested in one another."""
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_CUT = re.compile(rb"(?:[\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]?|[\xf0-\xf4][\x80-\xbf]{0,2})\Z")
"""An incomplete multi-byte character at the end."""
_CUT_FOR_CERTAIN = re.compile(rb"(?:[\xc2\xc3\xce\xcf\xd0]|[\xe0-\xef][\x80-\xbf]|[\xf0-\xf4][\x80-\xbf]{1,2})\Z")
"""Such a character that Western European text does not end with, unlike É, Å, Ø or ß."""


@dataclass(slots=True)
class Property:
    """A content line: its value as written, and its parameters by upper-case name, without quotation marks."""

    value: str
    parameters: Mapping[str, str]


@dataclass(slots=True)
class Part:
    """A component: its properties by upper-case name, in file order, and its nested components.

    ``broken`` counts invalid lines.
    """

    name: str
    properties: dict[str, list[Property]] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    broken: int = 0

    def first(self, name: str) -> Property | None:
        """The first property with a name."""
        return next(iter(self.properties.get(name, ())), None)

    def text(self, name: str) -> str:
        """The unescaped text of the first property with a name; empty if there is none."""
        found = self.first(name)
        return re.sub(r"\\([\\;,nN])", _unescape, found.value) if found is not None else ""


def _unescape(match: re.Match[str]) -> str:
    return "\n" if match[1] in "nN" else match[1]


def read_parts(data: bytes) -> tuple[list[Part], list[str]]:
    """Return the calendars of a file, and the codes of remarks on its characters.

    Raises :class:`~calendar_model.imports.plan.ImportRefused` for a file that is not a calendar,
    is cut off, or has more than MAX_PARTS components.
    """
    for start, kind in _PACKED.items():
        if data.startswith(start):
            raise ImportRefused("ics-packed", kind=kind)
    lines, remarks = _lines(_in_one_width(data))
    first = next((line for line in lines if line.strip()), "")
    if first.strip().upper() != "BEGIN:VCALENDAR":
        raise ImportRefused("ics-not-a-calendar")
    calendars = _tree(lines)
    if not any(calendar.parts for calendar in calendars) and any(calendar.broken for calendar in calendars):
        raise ImportRefused("ics-broken")
    return calendars, remarks


def _in_one_width(data: bytes) -> bytes:
    """Return the bytes without byte order mark, in an encoding that extends ASCII."""
    wide = (
        "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else {b"B\0": "utf-16-le", b"\0B": "utf-16-be"}.get(data[:2])
    )
    if wide:
        try:
            data = data.decode(wide).encode()
        except UnicodeError:
            raise ImportRefused("ics-cut-off") from None
    return data.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"")


def _lines(data: bytes) -> tuple[list[str], list[str]]:
    """Return the unfolded content lines, and remarks on their characters.

    Folded lines are joined as bytes, because programs may fold inside a character (RFC 5545, 3.1).
    """
    found: list[str | bytes] = []
    for line in _unfolded(data).split(b"\n"):
        try:
            found.append(line.decode())
        except UnicodeDecodeError:
            found.append(line)
    utf8 = any(isinstance(line, str) and not line.isascii() for line in found)
    remarks: dict[str, None] = {}
    return [line if isinstance(line, str) else _decoded(line, utf8, remarks) for line in found], list(remarks)


def _unfolded(data: bytes) -> bytes:
    """Normalise line ends to one line feed (from CR CR LF, CR alone, or blank lines in between)."""
    if b"\n" not in data:
        data = data.replace(b"\r", b"\n")
    data = re.sub(rb"\r+\n?", lambda match: b"\n" if match[0].endswith(b"\n") else b" ", data)
    data = re.sub(rb"\n\n+", b"\n", data)
    return data.replace(b"\n ", b"").replace(b"\n\t", b"")


def _decoded(line: bytes, utf8: bool, remarks: dict[str, None]) -> str:
    """Decode a line that is not UTF-8: damaged if the file is otherwise UTF-8 (``utf8``), else Western European."""
    whole = _CUT.sub(b"", line)
    if (utf8 or _MULTIBYTE.search(line) or _CUT_FOR_CERTAIN.search(line)) and _is_utf8(whole):
        return whole.decode()
    if _MULTIBYTE.search(line):
        remarks["ics-damaged-letters"] = None
        return line.decode(errors="replace")
    remarks["ics-western-letters"] = None
    try:
        return line.decode("cp1252")
    except UnicodeDecodeError:
        return line.decode("latin-1")


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _tree(lines: list[str]) -> list[Part]:
    calendars: list[Part] = []
    opened: list[Part] = []
    begun = 0
    for line in lines:
        kind, _, name = line.partition(":")
        kind, name = kind.strip().upper(), name.strip().upper()
        if kind == "BEGIN" and (opened or name == "VCALENDAR"):
            begun += 1
            if begun > MAX_PARTS:
                raise ImportRefused("ics-too-many-parts", most=MAX_PARTS)
            if len(opened) >= _DEEPEST:
                raise ImportRefused("ics-broken")
            _open(Part(name), opened, calendars)
        elif kind == "END" and any(part.name == name for part in opened):
            while opened.pop().name != name:
                pass
        elif opened and line.strip() and kind != "END":
            _add(line, opened[-1])
    if opened or not calendars:
        raise ImportRefused("ics-cut-off")
    return calendars


def _open(part: Part, opened: list[Part], calendars: list[Part]) -> None:
    if part.name in _OUTER:
        # Events are not nested: the end of the previous one is missing.
        outer = next((place for place, one in enumerate(opened) if one.name in _OUTER), len(opened))
        del opened[outer:]
    (opened[-1].parts if opened else calendars).append(part)
    opened.append(part)


_NONE: Mapping[str, str] = {}


def _add(line: str, part: Part) -> None:
    pieces = _split(line.strip("\r"))
    if pieces is None:
        part.broken += 1
        return
    name, parameters, value = pieces
    found = dict(_parameters(parameters)) if parameters else _NONE
    part.properties.setdefault(name, []).append(Property(value, found))


def _split(line: str) -> tuple[str, str, str] | None:
    name = re.match(r"[\w-]*", line)
    assert name is not None
    if name[0].upper() in _OF_MOMENTS:
        head, colon, value = line.rpartition(":")
        return (name[0].upper(), head[name.end() :], value) if colon else None
    match = _CONTENT_LINE.fullmatch(line)
    return (match[1].upper(), match[2], match[3]) if match else None


def _parameters(text: str) -> Iterator[tuple[str, str]]:
    for name, value in _PARAMETER.findall(text):
        yield name.upper(), value.strip().strip('"').strip()
