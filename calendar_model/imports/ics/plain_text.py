"""Cleans untrusted texts of markup, control characters and extra blanks."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_MARKUP = 10
"""How many times the maximum length is parsed, including markup, because the parser is slow on malformed text."""


class _TextParser(HTMLParser):
    """The text of an HTML document, a line for each block."""

    _BLOCKS = frozenset({"br", "p", "div", "li", "tr", "ul", "ol", "table", "h1", "h2", "h3", "h4", "hr"})
    _UNSEEN = frozenset({"script", "style", "head", "title"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, _attributes: object) -> None:
        self._unseen += tag in self._UNSEEN
        if tag in self._BLOCKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in self._UNSEEN and self._unseen > 0
        if tag in self._BLOCKS - {"br", "hr"}:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.words.append(data)


_TAG = re.compile(r"</?[a-z][a-z0-9]*(\s[^<>]*)?/?>", re.IGNORECASE)


def plain(text: str, most: int, *, lines: bool = False) -> str:
    """Return a text without HTML, control characters and extra blanks, of limited length."""
    text = text[: most * _MARKUP]
    if _TAG.search(text):
        parser = _TextParser()
        parser.feed(text)
        parser.close()
        text = "".join(parser.words)
    cleaned = "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in text)
    if lines:
        cleaned = re.sub(r"\n{3,}", "\n\n", "\n".join(" ".join(line.split()) for line in cleaned.split("\n"))).strip()
    else:
        cleaned = " ".join(cleaned.split())
    return cleaned if len(cleaned) <= most else f"{cleaned[: most - 1].rstrip()}…"
