"""Problems and notes as JSON, between the worker process and the application."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from calendar_model.access.problems import Problem
from calendar_model.imports.plan import ImportNote
from calendar_model.messages import message


def to_json(message: Problem | ImportNote) -> dict[str, Any]:
    """Code and values; values are texts, numbers and lists of texts."""
    return {"code": message.code, "values": dict(message.values)}


def problem_from_json(value: Any) -> Problem:
    """A problem as the worker sent it. Raises KeyError, TypeError or ValueError if it has no valid sentence."""
    code, values = _checked(value)
    return Problem(code, values=values)


def note_from_json(value: Any) -> ImportNote:
    """A note as the worker sent it. Raises as :func:`problem_from_json` does."""
    return ImportNote(*_checked(value))


def _checked(value: Any) -> tuple[str, Mapping[str, object]]:
    code, values = str(value["code"]), dict(value["values"])
    # The worker's answer is as untrusted as the file: a code without a sentence is refused here.
    message(code, values)
    return code, values
