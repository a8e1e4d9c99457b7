"""Problems, unmet requirements and refusals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as default
from typing import Any

from calendar_model.messages import message

SHORTEST_REASON = 10
"""Minimum characters of a reason."""


@dataclass(frozen=True)
class Problem:
    """A problem with a change.

    ``code`` is the stable name of the rule. ``field`` is the column to correct, empty if there is none. ``values``
    fill the sentence. ``str()`` is the sentence.
    """

    code: str
    field: str = ""
    values: Mapping[str, Any] = default(default_factory=dict)

    def __str__(self) -> str:
        return message(self.code, self.values)


@dataclass(frozen=True)
class UnmetRequirement:
    """A requirement that is not met for a change of state of a statement. ``str()`` is the sentence.

    ``code`` is the stable name of the check. ``subject`` is the identifier of the record to complete, empty for the
    statement itself or a record that the reader may not see. ``can_be_overridden``: by two persons; otherwise it must
    be completed. ``values`` fill the sentence.
    """

    code: str
    subject: str = ""
    can_be_overridden: bool = False
    values: Mapping[str, Any] = default(default_factory=dict, hash=False)

    def __str__(self) -> str:
        return message(self.code, self.values)


class Refused(ValueError):  # noqa: N818  what is refused is not an error of the program
    """A change refused by the rules; ``str()`` is for the user.

    ``problems`` are those of the values entered, ``unmet`` the requirements that a change of state does not meet.
    """

    def __init__(self, *problems: Problem, unmet: Iterable[UnmetRequirement] = ()) -> None:
        self.problems, self.unmet = problems, tuple(unmet)
        super().__init__(" ".join(map(str, (*self.problems, *self.unmet))))

    @property
    def field(self) -> str:
        """The first column to correct; empty if there is none."""
        return next((problem.field for problem in self.problems if problem.field), "")
