"""Addresses of the files that pages give out: only who was given one knows it, and only that reader may open it."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable

FILES = "/media/"
"""Where Streamlit gives out what pages made for one reader, a download or a picture; no cache may keep one."""

_TAG = 32
"""Characters at the end of a name that say for whom it is."""


class FileNames:
    """Names files by their content, media type and own name, and by the reader for whom they are made.

    The same file of the same reader has the same name for as long as the process runs, and two files never share one.
    Streamlit's own names are digests without a secret, so that a guess at what a file holds could be tested by asking
    for it; and of large files they leave most of the content out, so that one reader could be given the file of
    another. ``reader`` says for whom the file is that is being named: the identifier of a person, or nothing.
    """

    def __init__(self, reader: Callable[[], str] = str) -> None:
        self._key, self._reader = secrets.token_bytes(32), reader

    def __call__(self, data: bytes, mimetype: str, filename: str | None = None) -> str:
        """Return the name."""
        content = self._digest(mimetype.encode(), (filename or "").encode("utf-8", "surrogatepass"), data)
        reader = self._reader()
        # The tag covers the name too, so that it fits no other file.
        named = self._digest(content.encode(), reader.encode())
        return named + self._tag(named, reader)

    def is_of(self, name: str, reader: str) -> bool:
        """Whether a file of this name was made for this reader."""
        return hmac.compare_digest(name[-_TAG:].encode(), self._tag(name[:-_TAG], reader).encode())

    def _tag(self, named: str, reader: str) -> str:
        return self._digest(b"for", named.encode(), reader.encode())[:_TAG]

    def _digest(self, *parts: bytes) -> str:
        digest = hmac.new(self._key, digestmod=hashlib.sha256)
        # Each part with its length, so that nothing of one can be taken for the beginning of the next.
        for part in parts:
            digest.update(len(part).to_bytes(8, "big") + part)
        return digest.hexdigest()
