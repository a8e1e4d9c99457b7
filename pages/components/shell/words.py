"""Texts that somebody typed, made safe for Streamlit's Markdown.

Titles, names, parameters of the address and cells of other people's files are shown as they were written. Whatever goes
into a label, a heading, a caption, a message or a cell of ``st.table`` passes through :func:`plain`, or through
:func:`plain_lines` where it may have lines. Options of ``st.selectbox`` and ``st.multiselect``, values of fields, cells
of ``st.dataframe`` and ``st.code`` are no Markdown: there it would show its backslashes.
"""

from __future__ import annotations

import re
from urllib.parse import quote

_SEAM = ":color[]"
"""An empty span without a style. Emoji, icons, arrows and bare addresses are looked for in the text between two
elements, when backslashes are gone by: only an element between their halves keeps them apart."""

_MARKS = re.compile(
    r"""
    (?P<seam>
        (?<=:)(?=[\w+-]+:)                      # :smile:, :material_home:
      | (?<=http)(?=s?://) | (?<=www)(?=\.)     # bare addresses
      | (?<=@)(?=[\w-])
      | (?<=[<>~-])(?=[>=-])                    # ->, <->, --, >=, ~=
    )
  | (?P<mark> [\\`*_\[\]{}$~<>\#|] | &(?=[\#a-z]) | :(?=[:a-z]|[\w+-]+:) | (?<=material)/ | ^[-+=] )
  | ^(?P<number> \d+ )(?=[.)])
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)

_BREAKS = re.compile(r"^[ \t]+|\s*[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]\s*")
"""Ends of lines, and the indent that would make the text a block of code."""

_IN_ADDRESSES = "%/:?#@!$&'*+,;=~[]"
"""What ``quote`` leaves in an address as it is: all that has a meaning there, but for the brackets that end a link."""

_END_OF_EMBEDDING, _END_OF_ISOLATE = "\u202c", "\u2069"
_CLOSED_BY = dict.fromkeys("\u202a\u202b\u202d\u202e", _END_OF_EMBEDDING) | dict.fromkeys(
    "\u2066\u2067\u2068", _END_OF_ISOLATE
)
"""The signs that turn the direction of writing, and what ends each."""


def plain(text: str) -> str:
    """``text`` in one line of Markdown that shows it as it is: nothing in it becomes a link, an icon, a formula, a
    colour or a list, and a change of the direction of writing ends with it. Line breaks become spaces."""
    return _MARKS.sub(_escaped, _closed(_BREAKS.sub(" ", text)))


def plain_lines(text: str) -> str:
    """The same for a text of several lines, which stay lines; blank ones part paragraphs."""
    lines = [plain(line) for line in text.strip().splitlines()]
    return re.sub(r"\n{2,}", "\n\n", "\n".join(f"{line}  " if line else "" for line in lines)).strip()


def linked(words: str, url: str) -> str:
    """Markdown for ``words``, which are safe already, as a link to ``url``; the words alone without an address of the
    web."""
    if not url.startswith(("https://", "http://")):
        return words
    return f"[{words}]({quote(url, safe=_IN_ADDRESSES)})"


def _escaped(match: re.Match[str]) -> str:
    if match["number"]:
        return f"{match[0]}\\"
    return f"\\{match[0]}" if match["mark"] else _SEAM


def _closed(text: str) -> str:
    """The text with whatever turns the direction of writing ended, so that what follows is not turned with it."""
    open_: list[str] = []
    for sign in text:
        if sign in _CLOSED_BY:
            open_.append(_CLOSED_BY[sign])
        elif sign == _END_OF_ISOLATE and sign in open_:
            # It ends whatever was begun within the isolate as well.
            while open_.pop() != sign:
                pass
        elif open_ and sign == open_[-1]:
            open_.pop()
    return text + "".join(reversed(open_))
