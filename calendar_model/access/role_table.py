"""What each role allows, as a page: generated from the permissions that reads and writes follow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from calendar_model.access.roles import (
    MEANING,
    PERMISSIONS,
    RECORD_SUBJECTS,
    Operation,
    Subject,
    allowed_roles,
    allows,
    reads,
)
from calendar_model.terms import Role
from calendar_model.translation import SOURCE, in_language
from calendar_model.vocabulary import Sensitivity
from calendar_model.wording import english_term

YES, NAMED, NO = "yes", "named", "–"
"""Cells of the matrix: allowed, allowed on records in which one is named, refused."""

_INTRODUCTION = """\
# What each role allows

This page is written by `python -m calendar_model roles` from `calendar_model/access/roles.py`, which reads and writes
follow. A test compares the two, and another one tries every cell.

A person has several roles, and may do what any of them allows. What is not listed is refused. Restricted records are
read by the people named in them: *named* in a cell means so. To write a record one must also be able to read it.

Missions that share an installation have roles of their own. A role at one mission allows what its cells say with the
records of that mission, and with those that all missions share. At other missions its person reads and writes as one
without a role, except that they read restricted records in which they are named. Administrators and auditors hold their
role at all missions.
"""


def cell(role: Role, subject: Subject, action: Operation, level: Sensitivity | None = None) -> str:
    """Whether a role allows an action, on records of a level or on what has none."""
    if action is Operation.READ and level is not None:
        is_allowed = reads([role], level, is_named=True)
    else:
        is_allowed = allows([role], subject, action) and (level is None or reads([role], level, is_named=True))
    if not is_allowed:
        return NO
    return NAMED if level is Sensitivity.RESTRICTED and action is not Operation.CREATE else YES


def matrix() -> Iterator[tuple[Subject, Operation, Sensitivity | None]]:
    """The rows of the matrix: each subject with its actions and, for records, each level that it can have."""
    for subject in RECORD_SUBJECTS:
        for action in (Operation.READ, *PERMISSIONS[subject]):
            for level in levels_of(subject, action):
                yield subject, action, level
    for subject in Subject:
        if subject not in RECORD_SUBJECTS:
            for action in PERMISSIONS[subject]:
                yield subject, action, None


def levels_of(subject: Subject, action: Operation) -> tuple[Sensitivity, ...]:
    """The levels that records of a subject can have: corrections are public, and others become so with a reason; what
    names people begins restricted.
    """
    if subject is Subject.CORRECTION:
        return (Sensitivity.PUBLIC,)
    names_people = subject in (Subject.DEFENDER, Subject.CASE, Subject.REPRISAL)
    if action is Operation.CREATE:
        return (Sensitivity.RESTRICTED,) if names_people else (Sensitivity.INTERNAL, Sensitivity.RESTRICTED)
    return (Sensitivity.INTERNAL, Sensitivity.RESTRICTED) if names_people else tuple(Sensitivity)


def roles_page() -> str:
    """The whole page, in English."""
    with in_language(SOURCE):
        return "\n".join([_INTRODUCTION, *_meanings(), "", *_records(), "", *_others()]) + "\n"


def _meanings() -> Iterator[str]:
    yield "| role | what it is for |"
    yield "|---|---|"
    for role in Role:
        yield f"| {_words(role)} | {MEANING[role]} |"


def _records() -> Iterator[str]:
    yield "## Records"
    yield ""
    yield _head("record", "action", "level")
    for subject, action, level in matrix():
        if level is not None:
            yield _row([_words(subject), _words(action), _words(level)], subject, action, level)


def _others() -> Iterator[str]:
    yield "## Everything else"
    yield ""
    yield (
        "What belongs to a record is written where the record can be read. Subscriptions, followed calendars, what one "
        "follows and the last visit are those of one's own. Who grants access has it, or clears where no case officer "
        "has."
    )
    yield ""
    yield _head("what", "action")
    for subject, action, level in matrix():
        if level is None and allowed_roles(subject, action):
            yield _row([_words(subject), _words(action)], subject, action, None)


def _head(*first: str) -> str:
    names = [*first, *map(_words, Role)]
    return f"| {' | '.join(names)} |\n|{'---|' * len(names)}"


def _row(first: Iterable[str], subject: Subject, action: Operation, level: Sensitivity | None) -> str:
    return f"| {' | '.join([*first, *(cell(role, subject, action, level) for role in Role)])} |"


def _words(term: str) -> str:
    return english_term(term).lower()
