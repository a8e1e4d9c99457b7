"""What a rule answers to a change that it does not let through."""

from __future__ import annotations

from collections.abc import Iterable

from calendar_model.safeguards.statements import Lack


class Refused(ValueError):  # noqa: N818  what is refused is not an error of the program
    """A change that the safeguards do not let through; ``str()`` is for the reader.

    ``lacks``: what is missing. ``field``: the column that has to be corrected, where it is one.
    """

    def __init__(self, says: str, lacks: Iterable[Lack] = (), *, field: str = "") -> None:
        super().__init__(says)
        self.lacks = tuple(lacks)
        self.field = field
