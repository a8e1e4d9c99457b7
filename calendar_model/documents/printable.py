"""Text as a Word or Excel file can hold it."""

from __future__ import annotations

import re

_NOT_IN_XML = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 does not allow (https://www.w3.org/TR/xml/#charsets), and the carriage return."""


def printable(text: str) -> str:
    """Return the text with line feeds as line ends, and a replacement for each character that XML does not allow."""
    return _NOT_IN_XML.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
