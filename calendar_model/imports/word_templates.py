"""Word files that become templates: read in the sandbox, by :mod:`calendar_model.imports.word_reader`."""

from __future__ import annotations

import base64
from pathlib import PurePath

from calendar_model.imports.plan import ImportRefused
from calendar_model.imports.sandbox import read_in_sandbox
from calendar_model.mission.statements.templates import LARGEST_FILE

MEGABYTES = LARGEST_FILE // 2**20
"""The most that a file may have."""
LONGEST_NAME = 120
"""Characters of the name of a file that are kept."""


def checked(data: bytes, name: str) -> bytes:
    """Return a Word file as it may be kept, read and written anew in the sandbox.

    Raises :class:`~calendar_model.imports.plan.ImportRefused` for a file of another kind, one that is too large or
    damaged, and one with macros, embedded objects, or parts that are taken from elsewhere.
    """
    if len(data) > LARGEST_FILE:
        raise ImportRefused("word-template-too-large", megabytes=MEGABYTES)
    try:
        found = read_in_sandbox("word", data, file_name=name, megabytes=MEGABYTES)
        content = base64.b64decode(found["content"], validate=True)
    except ImportRefused as refused:
        # Their sentences are about rows and periods.
        if refused.problem.code in ("file-too-slow", "file-too-demanding", "file-unreadable"):
            raise ImportRefused("word-template-damaged") from None
        raise
    except (ValueError, TypeError, KeyError):
        raise ImportRefused("word-template-damaged") from None
    if len(content) > LARGEST_FILE:
        raise ImportRefused("word-template-too-large", megabytes=MEGABYTES)
    return content


def kept_name(name: str) -> str:
    """The name of a file without its folders, so long as it is kept."""
    path = PurePath(name.replace("\\", "/"))
    return f"{''.join(filter(str.isprintable, path.stem))[:LONGEST_NAME].strip() or 'Word'}.docx"
