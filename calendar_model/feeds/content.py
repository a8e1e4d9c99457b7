"""Write content lines of RFC 5545: clean and escape a text, fold a long line.

The lines come out as icalendar writes them, byte for byte, with one exception. icalendar takes the two
characters ``\\N`` in a text for a line break; here they stay what the author wrote (RFC 5545, 3.3.11: a
backslash is escaped).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_LINE_BREAKS = re.compile("\r\n|[\r\x85\u2028\u2029]")
# Controls (C0 but for tab and line feed, DEL, C1) may not stand in a content line (RFC 5545, 3.1), and a lone
# surrogate has no bytes in UTF-8.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})

_LINE_BYTES = 74
"""Bytes of a physical line: 75 (RFC 5545, 3.1) less the space that opens a continuation."""

_ESCAPE_BEGINS = frozenset(b"\\^")


def clean(text: str) -> str:
    """The text without control characters and outer blanks, every kind of line break as a line feed."""
    if not text.isprintable():
        text = _UNPRINTABLE.sub("", _LINE_BREAKS.sub("\n", text))
    return text.strip()


def escape(text: str) -> str:
    """A TEXT value as it is written (RFC 5545, 3.3.11), cleaned first."""
    return clean(text).translate(_ESCAPES)


def fold(line: bytes) -> bytes:
    """A content line in UTF-8, broken into physical lines of at most 75 bytes.

    No character is split (RFC 5545, 3.1 allows it; readers that decode line by line do not), nor is an escape
    from the character that it escapes.
    """
    if len(line) <= _LINE_BYTES:
        return line
    parts = []
    start = 0
    while len(line) - start > _LINE_BYTES:
        cut = start + _LINE_BYTES
        while line[cut] & 0xC0 == 0x80:  # inside a character of several bytes
            cut -= 1
        if line[cut - 1] in _ESCAPE_BEGINS:
            cut -= 1
        parts.append(line[start:cut])
        start = cut
    parts.append(line[start:])
    return b"\r\n ".join(parts)


def join(lines: Iterable[str]) -> bytes:
    """The content lines in UTF-8, folded, each ended by CR LF. A line must hold no control character."""
    return b"".join([fold(line.encode()) + b"\r\n" for line in lines])
