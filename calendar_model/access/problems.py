"""What a rule answers to a change that it does not let through."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as default
from typing import Any

from calendar_model.messages import message

SHORTEST_REASON = 10
"""How many letters a reason has at least."""


@dataclass(frozen=True)
class Problem:
    """What is wrong with a change.

    ``code`` names the rule, the same for as long as the rule is the same, whatever the words. ``field`` is the column
    that has to be corrected, empty where it is none. ``values`` are what the sentence needs. ``str()`` is the sentence.
    """

    code: str
    field: str = ""
    values: Mapping[str, Any] = default(default_factory=dict)

    def __str__(self) -> str:
        return message(self.code, self.values)


@dataclass(frozen=True)
class UnmetRequirement:
    """What is missing before a move of a statement. ``str()`` is the sentence.

    ``code`` names the check, the same for as long as the check is the same, whatever the words. ``subject`` is the
    identifier of the record that has to be completed, empty where it is the statement itself or a record that the
    reader may not see. ``can_be_overridden``: by two persons; otherwise it has to be corrected. ``values`` are what the
    sentence needs.
    """

    code: str
    subject: str = ""
    can_be_overridden: bool = False
    values: Mapping[str, Any] = default(default_factory=dict, hash=False)

    def __str__(self) -> str:
        return message(self.code, self.values)


class Refused(ValueError):  # noqa: N818  what is refused is not an error of the program
    """A change that the rules do not let through; ``str()`` is for the reader.

    ``problems``: what is wrong with what was entered. ``unmet``: the requirements that a move does not meet yet.
    """

    def __init__(self, *problems: Problem, unmet: Iterable[UnmetRequirement] = ()) -> None:
        self.problems, self.unmet = problems, tuple(unmet)
        super().__init__(" ".join(map(str, (*self.problems, *self.unmet))))

    @property
    def field(self) -> str:
        """The first column that has to be corrected; empty where it is none."""
        return next((problem.field for problem in self.problems if problem.field), "")
