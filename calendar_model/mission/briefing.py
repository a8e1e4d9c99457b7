"""The briefing of a day: current and next items, and the state of each cycle and recurring meeting.

Everything is read from the filtered calendar table; nothing is projected here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from calendar_model import wording
from calendar_model.calendar import Filter, listed_when, listed_when_known, text_item, vote_words
from calendar_model.cycles import rule_in_force, rules_known
from calendar_model.reference import Reference
from calendar_model.reference.rows import Milestone, RecurringMeeting, Track
from calendar_model.translation import N_, NN_, Translated
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import (
    WINDOWS,
    Confidence,
    Kind,
    MilestoneKind,
    Precision,
    Standing,
    TrackSubject,
    Unit,
    View,
)

_STEPS = (Kind.DEADLINE, Kind.MILESTONE)
_WEIGHTY = (Kind.DEADLINE, Kind.SESSION, Kind.RESOLUTION, Kind.MANDATE_RENEWAL)
_WITH_ARTICLE = ("penholder", "recommending State", "mission", "State under review", "delegation")

MONTHS = (
    N_("Jan"),
    N_("Feb"),
    N_("Mar"),
    N_("Apr"),
    N_("May"),
    N_("Jun"),
    N_("Jul"),
    N_("Aug"),
    N_("Sep"),
    N_("Oct"),
    N_("Nov"),
    N_("Dec"),
)


@dataclass(frozen=True)
class BriefingEntry:
    """A line of the briefing: one item, or several of one session together.

    ``when`` is a phrase; ``countdown`` (``in 15 days``) is empty unless the day is exact. ``detail`` is a phrase beside
    the title, ``items`` are the identifiers of the items, ``parts`` their own lines where there are several, ``due``
    whether it is a deadline.
    """

    title: str
    when: str
    countdown: str
    detail: str
    whose: str
    standing: str
    due: bool
    exact: bool
    weighs: bool
    items: tuple[str, ...]
    opens: str
    parts: tuple[BriefingEntry, ...] = ()


def items_on(view: pd.DataFrame, day: date) -> pd.DataFrame:
    """Return the rows whose days, or whose window, include ``day``.

    Departures are left out, and mandate holders, whose terms include every day for years.
    """
    at, lasting = pd.Timestamp(day), view["kind"] == Kind.MANDATE_HOLDER
    return view[(view["start"] <= at) & (view["end"] >= at) & ~view["departure"] & ~lasting]


def items_between(view: pd.DataFrame, first: date, last: date) -> pd.DataFrame:
    """Return the rows that begin, or whose window begins, from ``first`` to ``last``, both inclusive."""
    return view[(view["start"] >= pd.Timestamp(first)) & (view["start"] <= pd.Timestamp(last))]


def entries(view: pd.DataFrame, reference: Reference, today: date, zone: str) -> tuple[BriefingEntry, ...]:
    """Return the rows as lines, in their order; ``zone`` is the reader's.

    A session's UPR reviews are one line, and so are its deadlines and milestones whose days are not fixed.
    """
    groups: dict[tuple[str, str], list[BriefingEntry]] = {}
    rows: dict[tuple[str, str], list[Any]] = {}
    row: Any
    for row in view.itertuples():
        key = (str(row.kind), str(row.item))
        if row.kind == Kind.UPR_REVIEW and row.session:
            key = ("reviews", str(row.session))
        elif row.kind in _STEPS and row.date_precision in WINDOWS and row.related_to:
            key = ("steps", str(row.session or row.related_to))
        groups.setdefault(key, []).append(_entry(row, reference, today, zone))
        rows.setdefault(key, []).append(row)
    return tuple(
        parts[0] if len(parts) == 1 else _combined_entry(key, parts, pd.DataFrame(rows[key]), reference)
        for key, parts in groups.items()
    )


def _entry(row: Any, reference: Reference, today: date, zone: str) -> BriefingEntry:
    exact = row.date_precision not in WINDOWS
    days = (row.start.date() - today).days
    whose = _whose(row.for_whom, row.kind) if row.kind in _STEPS else ""
    return BriefingEntry(
        title=row.title,
        when=listed_when(row, as_of=today, zone=zone),
        countdown=countdown(days, sure=row.earliest == row.latest) if exact and days >= 0 else "",
        whose=whose,
        detail=whose or _organisation(row.body, row.location, reference),
        standing=wording.standing_words(row.standing),
        due=row.kind == Kind.DEADLINE,
        exact=exact,
        weighs=row.kind in _WEIGHTY,
        items=(row.item,),
        opens=row.item,
    )


def countdown(days: int, *, sure: bool = True) -> str:
    return {0: _("today"), 1: _("tomorrow")}.get(
        days, _("in {part}{days} days").format(part="" if sure else _("about "), days=days)
    )


def _whose(whose: str, kind: Kind) -> str:
    if not whose or whose == "all":
        return ""
    if kind == Kind.DEADLINE:
        way = _("from the {whose}") if whose in _WITH_ARTICLE else _("from {whose}")
    else:
        way = _("for the {whose}") if whose in _WITH_ARTICLE else _("for {whose}")
    return way.format(whose=_(whose))


def _organisation(code: str, location: str, reference: Reference) -> str:
    known = reference.organisations.get(code)
    return ", ".join(part for part in (known.short_name if known else code, location) if part)


def _combined_entry(
    key: tuple[str, str], parts: list[BriefingEntry], rows: pd.DataFrame, reference: Reference
) -> BriefingEntry:
    sort, of = key
    precision = _coarsest(rows["date_precision"])
    first, last = rows["start"].min().date(), rows["end"].max().date()
    if sort == "reviews":
        names = sorted(reference.states[c].name for codes in rows["countries"] for c in codes.split())
        title = _("{session}: {count} States under review").format(session=of, count=len(parts))
        detail = ", ".join(names)
    else:
        count = sum(p.due for p in parts)
        counts = [_count_of(count, "deadline")] if count else []
        counts += [_count_of(len(parts) - count, "milestone")] if len(parts) > count else []
        names = [
            " ".join(n for n in (re.sub(rf",? {re.escape(of)}\b", "", p.title), f"({p.whose})" if p.whose else "") if n)
            for p in parts
            if p.due or not count
        ]
        title, detail = f"{of}: {_(' and ').join(counts)}", "; ".join(names)
    standings = [wording.standing_words(standing) for standing in rows["standing"]]
    held = bool((rows["standing"] == Standing.HELD).all())
    return BriefingEntry(
        title=title,
        when=wording.when_known(first, last, precision, held=held),
        countdown="",
        whose="",
        detail=detail,
        standing=standings[0] if len(set(standings)) == 1 else _counts_of(standings),
        due=any(p.due for p in parts),
        exact=not precision.is_window,
        weighs=any(p.due for p in parts),
        opens=str(rows["related_to"].iloc[0]) or parts[0].opens,
        items=tuple(i for p in parts for i in p.items),
        parts=tuple(parts),
    )


def _counts_of(standings: list[str]) -> str:
    return ", ".join(f"{count} {standing.lower()}" for standing, count in Counter(standings).most_common())


def _coarsest(precisions: pd.Series) -> Precision:
    """Return the coarsest precision of several items."""
    found = {Precision(precision) for precision in precisions}
    if any(precision.is_window for precision in found):
        return Precision.MONTH
    return Precision.EXPECTED if Precision.EXPECTED in found else Precision.DAY


def _count_of(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


@dataclass(frozen=True)
class CycleStep:
    """A text or session of a cycle: symbol or code, when, and its basis; ``open`` if today is within it."""

    what: str
    when: str
    how: str
    item: str
    open: bool = False


@dataclass(frozen=True)
class TrackCycle:
    """The state of a track; ``rule`` is the interval in practice, ``parting`` how it differs from the guidelines."""

    track: Track
    rule: str
    parting: str
    last: CycleStep | None
    next: CycleStep | None
    then: CycleStep | None


def cycles(table: pd.DataFrame, reference: Reference, chosen: Filter, today: date) -> tuple[TrackCycle, ...]:
    """Return the tracks that the filter keeps, whatever its period, each with its last text and the next two.

    ``table`` is the whole calendar table, so that a filter by words cannot make an older text the last one; within a
    track of states only the filter by country applies.
    """
    kept = replace(chosen, start=None, end=None).apply(table, reference)
    found = []
    for track in reference.tracks.values():
        if not (kept["track"] == track.code).any():
            continue
        rows = table[(table["track"] == track.code) & ~table["departure"] & (table["standing"] != Standing.CANCELLED)]
        if track.subject is TrackSubject.STATE:
            steps = _review_steps(Filter(countries=chosen.countries).apply(rows, reference), table, reference, today)
        else:
            steps = _text_steps(rows, reference, today)
        rule, parting = _intervals(reference, track, today)
        past, coming = steps
        ahead = [*coming, None, None]
        found.append(TrackCycle(track, rule, parting, past[-1] if past else None, ahead[0], ahead[1]))
    return tuple(found)


def _intervals(reference: Reference, track: Track, today: date) -> tuple[str, str]:
    practice, guidelines = (
        rule_in_force(rules_known(reference, track.code, view, today), today.year)
        for view in (View.PRACTICE, View.GUIDELINES)
    )
    if practice is None:
        return "", ""
    often = wording.every(practice.interval_years, practice.interval_years_max)
    if guidelines is None or guidelines.interval_years == practice.interval_years:
        return often, ""
    stated = wording.every(guidelines.interval_years, guidelines.interval_years_max)
    return often, _("{often} since {first_year}; the guidelines say {stated}.").format(
        often=often.capitalize(), first_year=practice.first_year, stated=stated
    )


def _text_steps(rows: pd.DataFrame, reference: Reference, today: date) -> tuple[list[CycleStep], list[CycleStep]]:
    texts = {text_item(r): r for r in reference.resolutions}
    past: list[CycleStep] = []
    coming: list[CycleStep] = []
    row: Any
    for row in rows.itertuples():
        text = texts.get(str(row.item))
        if row.standing == Standing.HELD and text is not None:
            on = listed_when(row, as_of=today)
            past.append(
                CycleStep(text.symbol, on, _("adopted {vote_words}").format(vote_words=vote_words(text)), str(row.item))
            )
            continue
        if row.departure:
            continue
        begun = row.start.date() <= today <= row.end.date()
        standing = wording.standing_words(row.standing).lower()
        how = (
            _("{standing}, no text recorded yet").format(standing=standing)
            if row.standing == Standing.NOT_CONFIRMED
            else standing
        )
        how = _("{how}, counted from {what}").format(how=how, what=past[-1].what) if past else how
        what = str(row.session) or f"{row.start.year}"
        coming.append(CycleStep(what, listed_when(row, as_of=today), how, str(row.item), begun))
    return past, coming


def _review_steps(
    reviews: pd.DataFrame, table: pd.DataFrame, reference: Reference, today: date
) -> tuple[list[CycleStep], list[CycleStep]]:
    sessions = table[table["kind"] == Kind.SESSION].drop_duplicates("session").set_index("session")
    past: list[CycleStep] = []
    coming: list[CycleStep] = []
    for code, group in reviews.groupby("session", sort=False):
        if code not in sessions.index:
            continue
        session: Any = sessions.loc[code]
        states = _count_of(len(group), "state")
        if len(group) == 1:
            states = reference.states[group["countries"].iloc[0]].name
        begun = session["start"].date() <= today <= session["end"].date()
        record = reference.sessions.get(str(code))
        cycle = (
            _("{ordinal} cycle, ").format(ordinal=wording.ordinal(record.cycle))
            if record is not None and record.cycle
            else ""
        )
        how = f"{wording.standing_words(session['standing']).lower()}, {cycle}{states}"
        step = CycleStep(str(code), listed_when(session, as_of=today), how, session["item"], begun)
        (past if session["end"].date() < today else coming).append(step)
    return past, coming


@dataclass(frozen=True)
class RecurringMeetingDates:
    """A recurring meeting with the dates and precision of its last and next editions."""

    meeting: RecurringMeeting
    months: str
    last: str
    next: str
    next_item: str


def recurring_meeting_dates(
    view: pd.DataFrame, table: pd.DataFrame, reference: Reference, today: date
) -> tuple[RecurringMeetingDates, ...]:
    """Return the recurring meetings of which ``view``, the filtered table, has an edition, in the reference's order."""
    editions = _editions(table, reference)
    shown = set(editions.loc[editions["item"].isin(view["item"]), "meeting"])
    editions = editions[editions["standing"] != Standing.CANCELLED]
    gone = editions["end"] < pd.Timestamp(today)
    last = editions[gone].sort_values("end", kind="stable").drop_duplicates("meeting", keep="last").set_index("meeting")
    coming = editions[~gone].sort_values(["start", "end"], kind="stable").drop_duplicates("meeting")
    lasts = {row.Index: _last_date(row, today) for row in last.itertuples()}
    nexts = {str(row.meeting): row for row in coming.itertuples()}
    return tuple(
        RecurringMeetingDates(
            meeting=meeting,
            months=usual_months(meeting),
            last=lasts.get(code, _("none known")),
            next=listed_when_known(nexts[code], as_of=today) if code in nexts else _("none scheduled"),
            next_item=str(nexts[code].item) if code in nexts else "",
        )
        for code, meeting in reference.recurring_meetings.items()
        if code in shown
    )


def _last_date(row: Any, today: date) -> str:
    # "Held" is left out, as it is implied for a past item.
    known = listed_when if row.standing == Standing.HELD else listed_when_known
    return known(row, as_of=today)


def _editions(table: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Return the editions of recurring meetings, with the code in the column ``meeting``.

    It is the identifier without the year, and without the number where there are several a year.
    """
    meetings = table[table["kind"] == Kind.MEETING]
    codes = meetings["item"].astype("str").str.extract(r"^(.+?)-\d{4}(?:-\d{1,2})?$", expand=False)
    return meetings.assign(meeting=codes)[codes.isin(list(reference.recurring_meetings)).to_numpy()]


def usual_months(meeting: RecurringMeeting) -> str:
    """Return a phrase such as ``Mar, Jun, Sep, Dec`` or ``Sep or Oct``, with the interval if it is not a year."""
    months = ", ".join(
        _(MONTHS[first - 1])
        if first == last
        else _("{first_month} or {last_month}").format(first_month=_(MONTHS[first - 1]), last_month=_(MONTHS[last - 1]))
        if last == first + 1
        else _("{first_month} to {last_month}").format(first_month=_(MONTHS[first - 1]), last_month=_(MONTHS[last - 1]))
        for first, last in meeting.slots
    )
    return months if meeting.interval_years == 1 else f"{months}, {wording.every(meeting.interval_years)}"


def months_of(meeting: RecurringMeeting) -> dict[str, str]:
    """Return for each month ``meets`` if an edition is always in it, ``may`` if it may be, else an empty text."""
    year = dict.fromkeys(map(_, MONTHS), "")
    for first, last in meeting.slots:
        for month in range(first, last + 1):
            year[_(MONTHS[month - 1])] = "meets" if first == last else year[_(MONTHS[month - 1])] or "may"
    return year


def rule_table(reference: Reference, bodies: Iterable[str]) -> pd.DataFrame:
    """Return the milestone rules of ``bodies`` in words, a row for each; the last column is the source address."""
    wanted = frozenset(bodies)
    return pd.DataFrame(
        [
            (
                m.name,
                reference.organisations[m.body].short_name,
                _MILESTONES[m.kind],
                counted_words(m) or speaking_words(m),
                _(m.for_whom),
                m.rule,
                _("sourced") if m.confidence is Confidence.SOURCED else _("unsourced"),
                m.source_url,
            )
            for m in reference.milestones.values()
            if m.body in wanted
        ],
        columns=[
            _("Rule"),
            _("Body"),
            _("Kind"),
            _("When or how long"),
            _("For whom"),
            _("In words"),
            _("Basis"),
            _("Source"),
        ],
    )


_MILESTONES = Translated(
    {
        MilestoneKind.DEADLINE: N_("Deadline"),
        MilestoneKind.EVENT: N_("Event"),
        MilestoneKind.PUBLICATION: N_("Publication"),
        MilestoneKind.PROCESS: N_("Process"),
        MilestoneKind.SPEAKING_TIME: N_("Speaking time"),
        MilestoneKind.DURATION: N_("Length"),
    }
)

_AMOUNTS = {
    Unit.DAYS: NN_("{number} day", "{number} days"),
    Unit.WORKING_DAYS: NN_("{number} working day", "{number} working days"),
    Unit.WEEKS: NN_("{number} week", "{number} weeks"),
    Unit.MONTHS: NN_("{number} month", "{number} months"),
    Unit.HOURS: NN_("{number} hour", "{number} hours"),
}
_ANCHORS = Translated(
    {
        "session-start": N_("the session opens"),
        "session-end": N_("the session closes"),
        "review": N_("the review"),
        "meeting-start": N_("the meeting opens"),
        "text": N_("action on the text"),
    }
)


def counted_words(milestone: Milestone) -> str:
    """Return ``15 days before the session closes, 13:00 local time``; empty for a rule without an offset."""
    if milestone.offset is None or milestone.unit is None or milestone.anchor is None:
        return ""
    amount = abs(milestone.offset)
    counted = wording.count(amount, *_AMOUNTS[milestone.unit])
    way = _("after") if milestone.offset > 0 else _("before")
    anchor = _ANCHORS[milestone.anchor.value]
    phrase = f"{counted} {way} {anchor}" if amount else _("when {anchor}").format(anchor=anchor)
    return (
        _("{phrase}, {time:%H:%M} local time").format(phrase=phrase, time=milestone.time) if milestone.time else phrase
    )


def speaking_words(milestone: Milestone) -> str:
    """Return ``member 2 min, observer 1 min 30 s``; empty for a rule without a length."""
    lengths = milestone.seconds.split("|") if milestone.seconds else []
    whose = milestone.seconds_for.split("|")
    return ", ".join(
        f"{who} {_length(int(seconds))}".strip() for seconds, who in zip(lengths, [*whose, *[""] * 9], strict=False)
    )


def _length(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    parts = ((hours, "h"), (minutes, "min"), (left, "s"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number)


def side_event_items(view: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Return the side events of the calendar table ``view``, and the deadlines of rules about side events."""
    prefixes = tuple(f"deadline-{m.code}-" for m in reference.milestones.values() if m.about is Kind.SIDE_EVENT)
    deadlines = view["item"].str.startswith(prefixes) if prefixes else False
    return view[(view["kind"] == Kind.SIDE_EVENT) | deadlines]


def side_event_rules(reference: Reference, chosen: Filter) -> tuple[Milestone, ...]:
    """Return the rules on side events of the organisations and bodies that the filter keeps."""
    within = {code for c in chosen.organisations for code in reference.beneath.get(c, {c})} | set(chosen.bodies)
    return tuple(
        m for m in reference.milestones.values() if m.about is Kind.SIDE_EVENT and (not within or m.body in within)
    )


def yearly_dates(table: pd.DataFrame, reference: Reference, bodies: Iterable[str], today: date) -> pd.DataFrame:
    """Return the seasons of the sessions of ``bodies`` and their recurring meetings, a row each.

    Columns ``What``, ``code`` (of the body), ``Usual months``, ``How often``, ``Next``.
    """
    wanted = frozenset(bodies)
    rows = []
    for season in reference.seasons.values():
        if season.body not in wanted or (season.last_year or today.year) < today.year:
            continue
        name = season.name[:1].upper() + season.name[1:]
        months = _months(season.window_from, season.window_until)
        opens = range(season.opens_from, season.opens_until + 1)
        own = (table["kind"] == Kind.SESSION) & (table["body"] == season.body) & table["start"].dt.month.isin(opens)
        rows.append((name, season.body, months, _("every year"), _next_date(table[own], today)))
    editions = _editions(table, reference)
    for code, meeting in reference.recurring_meetings.items():
        if meeting.organisation in wanted:
            months = ", ".join(_months(*slot) for slot in meeting.slots)
            often = wording.every(meeting.interval_years)
            rows.append(
                (
                    meeting.name,
                    meeting.organisation,
                    months,
                    often,
                    _next_date(editions[editions["meeting"] == code], today),
                )
            )
    return pd.DataFrame(rows, columns=[_("What"), "code", _("Usual months"), _("How often"), _("Next")])


def _months(first: int, last: int) -> str:
    names = [_(MONTHS[(month - 1) % 12]) for month in (first, last)]
    return names[0] if first == last else f"{names[0]}–{names[1]}"


def _next_date(items: pd.DataFrame, today: date) -> str:
    coming = items[(items["end"] >= pd.Timestamp(today)) & (items["standing"] != Standing.CANCELLED)]
    if coming.empty:
        return _("none scheduled")
    nearest = coming.sort_values(["start", "end"]).iloc[0]
    return listed_when_known(nearest, as_of=today)
