"""Typed texts made safe for Streamlit's Markdown.

Titles, names, parameters of the address and cells of imported files are shown as they were written. A text for a label,
heading, caption, message or cell of ``st.table`` passes through :func:`plain`, or through :func:`plain_lines` if it may
have several lines. Options of ``st.selectbox`` and ``st.multiselect``, values of fields, cells of ``st.dataframe`` and
``st.code`` are not Markdown: there the backslashes would show.
"""

from __future__ import annotations

import re
from urllib.parse import quote

_SEAM = ":color[]"
"""An empty span without a style. Streamlit looks for emoji, icons, arrows and bare addresses in the text between two
elements, after backslashes are resolved: only an element between their halves keeps them apart."""

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
"""Line ends, and the indent that would turn the text into a code block."""

_IN_ADDRESSES = "%/:?#@!$&'*+,;=~[]"
"""Characters that ``quote`` leaves in an address: all with a meaning there, except the brackets that end a link."""

_END_OF_EMBEDDING, _END_OF_ISOLATE = "\u202c", "\u2069"
_CLOSED_BY = dict.fromkeys("\u202a\u202b\u202d\u202e", _END_OF_EMBEDDING) | dict.fromkeys(
    "\u2066\u2067\u2068", _END_OF_ISOLATE
)
"""The characters that change the direction of writing, and the one that ends each."""


def plain(text: str) -> str:
    """``text`` as one line of Markdown that shows it literally: nothing in it becomes a link, icon, formula, colour or
    list, and a change of the writing direction ends with it. Line breaks become spaces."""
    return _MARKS.sub(_escaped, _closed(_BREAKS.sub(" ", text)))


def plain_lines(text: str) -> str:
    """The same for a text of several lines, which stay lines; blank lines separate paragraphs."""
    lines = [plain(line) for line in text.strip().splitlines()]
    return re.sub(r"\n{2,}", "\n\n", "\n".join(f"{line}  " if line else "" for line in lines)).strip()


def linked(words: str, url: str) -> str:
    """Markdown for ``words``, which are already safe, as a link to ``url``; the words alone if it is no web address."""
    if not url.startswith(("https://", "http://")):
        return words
    return f"[{words}]({quote(url, safe=_IN_ADDRESSES)})"


def _escaped(match: re.Match[str]) -> str:
    if match["number"]:
        return f"{match[0]}\\"
    return f"\\{match[0]}" if match["mark"] else _SEAM


def _closed(text: str) -> str:
    """The text with every change of the writing direction ended, so that it does not affect what follows."""
    open_: list[str] = []
    for sign in text:
        if sign in _CLOSED_BY:
            open_.append(_CLOSED_BY[sign])
        elif sign == _END_OF_ISOLATE and sign in open_:
            # This also ends every change that began inside the isolate.
            while open_.pop() != sign:
                pass
        elif open_ and sign == open_[-1]:
            open_.pop()
    return text + "".join(reversed(open_))
