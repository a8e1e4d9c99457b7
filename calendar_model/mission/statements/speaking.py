"""Speaking time: the limits of a forum, from the reference, and durations in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import ceil

from calendar_model.reference import Reference
from calendar_model.reference.rows import Milestone
from calendar_model.store.models import Statement
from calendar_model.terms import StatementFormat, Voice
from calendar_model.translation import N_
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Confidence, MilestoneKind


@dataclass(frozen=True)
class SpeakingLimit:
    """A speaking limit: so many seconds, for whom (``member``, ``observer``, ``delegation, at most``, ``group``).

    ``occasion`` is the debate, such as "Interactive dialogue (recent sessions)"; ``rule`` the whole rule as a
    sentence; ``body`` the code of the body whose rule it is; ``milestone`` the code of the row that says so.
    """

    seconds: int
    for_whom: str
    occasion: str
    rule: str
    body: str
    confidence: Confidence
    source_url: str
    milestone: str


_TOPICS: dict[StatementFormat, tuple[str, ...]] = {
    StatementFormat.INTERACTIVE_DIALOGUE: ("dialogue",),
    StatementFormat.GENERAL_DEBATE: ("general debate",),
    StatementFormat.UPR_RECOMMENDATION: ("in the dialogue",),
    StatementFormat.PANEL_DISCUSSION: ("panel",),
    StatementFormat.STATEMENT: ("",),
}
"""The occasions in the reference by format of statement. While the debate is not decided it can be any, so all are
listed. Other formats are written, or have no limit in the reference."""

_GROUP = "group"
"""For whom a limit is in the reference that is one for groups."""

_HEADING = N_("Speaking time")


def speaking_limits(reference: Reference, forum: str, made_as: StatementFormat, on: date) -> tuple[SpeakingLimit, ...]:
    """The speaking limits for a format of statement in ``forum`` (a code of an organisation or body) in a year.

    They are those of the forum, or else of the nearest body above it that has one, that hold in the year of ``on``;
    the newest rule comes first. Empty where the reference knows none, and for an unknown forum. The order
    of the day may set another limit for one meeting: then that counts.
    """
    topics = _TOPICS.get(made_as, ())
    for body in reference.lineage(forum):
        rules = [
            rule
            for rule in reference.milestones.values()
            if rule.kind is MilestoneKind.SPEAKING_TIME
            and rule.body == body
            and (rule.first_year or on.year) <= on.year <= (rule.last_year or on.year)
            and any(topic in reference.as_recorded.milestones[rule.code].name.lower() for topic in topics)
        ]
        if rules:
            rules.sort(key=lambda rule: -(rule.first_year or 0))
            return tuple(limit for rule in rules for limit in _limits_of(rule))
    return ()


def applicable_limit(
    statement: Statement, reference: Reference, today: date
) -> tuple[int | None, tuple[SpeakingLimit, ...]]:
    """The speaking limit that counts for a statement, in seconds, and those that the reference knows.

    A limit entered with the statement has priority over the reference. Of several limits the shortest counts, because a
    text that fits it fits all; for a group, the shortest of those for groups where there are any. None where none is
    known.
    """
    known = speaking_limits(reference, statement.forum, statement.format, statement.due or today)
    if statement.speaking_seconds:
        return statement.speaking_seconds, known
    for_groups = [limit for limit in known if limit.for_whom == _GROUP and statement.voice is Voice.GROUP]
    return min((limit.seconds for limit in for_groups or known), default=None), known


def _limits_of(rule: Milestone) -> list[SpeakingLimit]:
    """One for each of whom the row names; a number that is none is left out."""
    spoken_by = [whom.strip() for whom in rule.seconds_for.split("|")]
    occasion = rule.name.removeprefix(_(_HEADING)).lstrip(", ")
    recalled = rule.confidence is Confidence.RECALLED or "seconds" in rule.recalled_fields
    return [
        SpeakingLimit(
            seconds=int(seconds),
            for_whom=whom,
            occasion=occasion[:1].upper() + occasion[1:],
            rule=f"{rule.rule.rstrip('.')}." if rule.rule else "",
            body=rule.body,
            confidence=Confidence.RECALLED if recalled else Confidence.SOURCED,
            source_url=rule.source_url,
            milestone=rule.code,
        )
        for seconds, whom in zip(rule.seconds.split("|"), spoken_by, strict=False)
        if seconds.strip().isdecimal() and int(seconds) > 0
    ]


def duration(seconds: float) -> str:
    """A duration in words, begun seconds as whole ones: ``45 s``, ``1 min 30 s``, ``2 min``."""
    minutes, rest = divmod(ceil(seconds), 60)
    if not minutes:
        return f"{rest} s"
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"
