"""Addresses of the files that pages give out: only who was given one knows it."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Protocol


class FileNames(Protocol):
    """What names a file by its content, its media type and its own name."""

    def __call__(self, data: bytes, mimetype: str, filename: str | None = None) -> str:
        """Return the name."""


def secret_names() -> FileNames:
    """Return what names files under a secret that is drawn here.

    The same file has the same name for as long as the process runs, and two files never share one. Streamlit's own
    names are digests without a secret, so that a guess at what a file holds could be tested by asking for it; and of
    large files they leave most of the content out, so that one reader could be given the file of another.
    """
    key = secrets.token_bytes(32)

    def name(data: bytes, mimetype: str, filename: str | None = None) -> str:
        digest = hmac.new(key, digestmod=hashlib.sha256)
        # Each part with its length, so that nothing of one can be taken for the beginning of the next.
        for part in (mimetype.encode(), (filename or "").encode("utf-8", "surrogatepass"), data):
            digest.update(len(part).to_bytes(8, "big") + part)
        return digest.hexdigest()

    return name
