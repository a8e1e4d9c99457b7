"""Marks of classified documents, which this system must not hold.

They are those of the Security Act (lov om nasjonal sikkerhet, section 5-3), of the Protection Instruction
(beskyttelsesinstruksen, section 4), of NATO and of the European Union, as they stand on a document: in capitals.
"""

from __future__ import annotations

import re

MARKS = (
    "STRENGT HEMMELIG",
    "HEMMELIG",
    "KONFIDENSIELT",
    "BEGRENSET",
    "STRENGT FORTROLIG",
    "FORTROLIG",
    "NATO SECRET",
    "NATO CONFIDENTIAL",
    "NATO RESTRICTED",
    "EU SECRET",
    "EU CONFIDENTIAL",
    "EU RESTRICTED",
)
"""The marks; a longer one comes before a shorter one that it contains."""

_MARK = re.compile(r"\b(?:" + "|".join(MARKS).replace(" ", r"\s+") + r")\b")


def marks_in(*texts: str) -> tuple[str, ...]:
    """The marks that occur in these texts, each once, in the order in which they occur."""
    found = (" ".join(mark.split()) for text in texts for mark in _MARK.findall(text))
    return tuple(dict.fromkeys(found))
