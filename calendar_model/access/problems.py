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
    """What is missing before a move. ``can_be_overridden``: by two persons; otherwise it has to be corrected.

    ``code`` names it for programs: the same for as long as the check is the same, whatever the words.
    """

    says: str
    can_be_overridden: bool = False
    code: str = ""


class Refused(ValueError):  # noqa: N818  what is refused is not an error of the program
    """A change that the rules do not let through; ``str()`` is for the reader.

    ``problems``: what is wrong, at least one. ``field``: the first column that has to be corrected, where it is one.
    ``lacks``: what is missing.
    """

    def __init__(
        self, first: Problem | str, *others: Problem, lacks: Iterable[UnmetRequirement] = (), field: str = ""
    ) -> None:
        self.problems = (first, *others) if isinstance(first, Problem) else ()
        super().__init__(" ".join(map(str, self.problems)) or str(first))
        self.lacks = tuple(lacks)
        self.field = field or next((problem.field for problem in self.problems if problem.field), "")
