"""What a rule answers to a change that it does not let through."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

SHORTEST_REASON = 10
"""How many letters a reason has at least."""


@dataclass(frozen=True)
class UnmetRequirement:
    """What is missing before a move. ``can_be_overridden``: by two persons; otherwise it has to be corrected.

    ``code`` names it for programs: the same for as long as the check is the same, whatever the words.
    """

    says: str
    can_be_overridden: bool = False
    code: str = ""


class Refused(ValueError):  # noqa: N818  what is refused is not an error of the program
    """A change that the safeguards do not let through; ``str()`` is for the reader.

    ``lacks``: what is missing. ``field``: the column that has to be corrected, where it is one.
    """

    def __init__(self, says: str, lacks: Iterable[UnmetRequirement] = (), *, field: str = "") -> None:
        super().__init__(says)
        self.lacks = tuple(lacks)
        self.field = field
