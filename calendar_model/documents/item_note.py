"""A briefing note on a calendar item, or on a session with its related items."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from calendar_model import wording
from calendar_model.calendar import Filter, listed_when, text_item, vote_words
from calendar_model.documents import word
from calendar_model.documents.note import BriefingNote, Reader, expectation_bullet, how_known
from calendar_model.documents.word import MadeFor
from calendar_model.messages.coverage import item_work_words
from calendar_model.messages.statements import state_label
from calendar_model.mission import briefing
from calendar_model.mission.coverage import work_by_item
from calendar_model.mission.dossier import Dossier, deadlines, dossier, held_in
from calendar_model.reference import Reference
from calendar_model.terms import ReadinessState
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Confidence, Kind, Precision


@word.bounded
def briefing_note(
    session: Session | None, item: str, reference: Reference, table: pd.DataFrame, reader: Reader
) -> bytes:
    """Write a note on a calendar item as a Word document; on a session, also on its related items.

    ``table`` is the whole calendar as the reader may see it, ``session`` reads as the reader; without one, and for
    nobody in particular, the note holds the calendar alone. An item not in the table gives a document that says so.
    """
    found = table[table["item"] == item]
    if found.empty:
        gone = _("This item is no longer in the calendar, or you do not have access. Open its dossier again to check.")
        return word.excuse(gone, MadeFor(reader.name, reader.today))
    return _ItemNote(reference, table, reader, session).write(found.iloc[0])


class _ItemNote(BriefingNote):
    """A note on one item."""

    def write(self, row: Any) -> bytes:
        item, code = row["item"], str(row["body"] or row["organisation"])
        forum = self.reference.organisations.get(code)
        body = forum.name if forum else code
        parts = (_("Briefing note"), body, row["location"], row["session"])
        self.start(row["title"], " · ".join(part for part in parts if part), self.reference.mission_to(code))
        found = None
        if self.session is not None:
            found = self.dossier(self.session, item)
        self.dates(row)
        if found is not None:
            self.missing(found)
        self.due(item)
        self.inside(row)
        self.past(row)
        if found is not None:
            self.heading(_("Our work"))
            if not self.work(found):
                word.line(self.document, _("No linked work yet."))
            self.inside_work(row)
        return self.finish()

    def dossier(self, session: Session, item: str) -> Dossier:
        return dossier(session, item, self.table, self.reference, self.reader.today, self.reader.person_id)

    def work_words(self, session: Session) -> dict[str, str]:
        """List by item, in a word or two, the records of the mission that are linked to it."""
        found = work_by_item(session, self.table, self.reference, self.reader.today)
        return {item: item_work_words(**vars(work)) for item, work in found.items()}

    def dates(self, row: Any) -> None:
        self.heading(_("Date"))
        self.mark_shown_rows(self.table[self.table["item"] == row["item"]])
        word.line(self.document, "", lead=listed_when(row, as_of=self.reader.today, zone=self.reader.zone))
        how = f"{how_known(row)}."
        # The basis of an exact day names its source; that of another day is how the calendar worked it out.
        if (
            row["date_precision"] != Precision.DAY
            or not row["source_url"]
            or self.reference.is_official(row["source_url"])
        ):
            how += f" {row['basis']}"
        word.line(
            self.document, how if row["confidence"] == Confidence.SOURCED else _("{how} Unsourced.").format(how=how)
        )
        states = [self.reference.states[one].name for one in row["countries"].split() if one in self.reference.states]
        if row["description"]:
            word.line(self.document, row["description"], lead=_("About:"))
        if states:
            word.line(self.document, ", ".join(states), lead=_("State:") if len(states) == 1 else _("States:"))

    def missing(self, found: Dossier) -> None:
        """Write the unmet expectations, what is still needed for each draft, and late follow-ups."""
        lines = [expectation_bullet(one) for one in found.readiness if one.state is not ReadinessState.DONE]
        self.mark_shown_ids(record for one in found.readiness for record in one.records)
        for draft in found.drafts:
            if draft.next is not None and draft.unmet:
                self.mark_shown(draft.statement)
                before = _("{title}, before it is {state_label}").format(
                    title=draft.statement.title, state_label=state_label(draft.next)
                )
                lines.append((f"{before}:", " ".join(map(str, draft.unmet))))
        for late in (one for one in found.follow_ups if one.due < self.reader.today):
            self.mark_shown(late.record)
            lines.append(
                (
                    _("Follow-up, late:"),
                    _("{what}, due {due}.").format(what=late.what.rstrip("."), due=wording.day(late.due)),
                )
            )
        if not found.readiness and not lines:
            return
        self.heading(_("Outstanding"))
        for lead, text in lines:
            word.bullet(self.document, text, lead=lead)
        if not lines:
            word.line(self.document, _("Nothing outstanding."))

    def due(self, item: str) -> None:
        found = deadlines(self.table, item)
        if found.empty:
            return
        self.heading(_("Deadlines"))
        ahead = found[found["end"] >= pd.Timestamp(self.reader.today)]
        if not ahead.empty:
            self.dated(ahead, whom=True)
        if over := len(found) - len(ahead):
            word.line(
                self.document,
                _("{over} {part} passed.").format(
                    over=over, part=_("deadline has") if over == 1 else _("deadlines have")
                ),
            )

    def inside(self, row: Any) -> None:
        """Write the items related to a session, those most asked for first."""
        if row["kind"] not in (Kind.SESSION, Kind.MEETING):
            return
        held = self.held(row)
        steps = self.table[
            self.table["related_to"].eq(row["item"]) & (self.table["kind"] == Kind.MILESTONE) & ~self.table["departure"]
        ]
        ours = self.work_words(self.session) if self.session is not None else None
        groups = (
            (_("Texts"), held[held["kind"].isin((Kind.RESOLUTION, Kind.MANDATE_RENEWAL))], ours),
            (_("Reviews"), held[held["kind"] == Kind.UPR_REVIEW], ours),
            (_("Dialogues and meetings"), held[held["kind"] == Kind.MEETING], ours),
            (_("Side events"), held[held["kind"] == Kind.SIDE_EVENT], None),
            (_("Steps"), steps.sort_values("start", kind="stable"), None),
        )
        if all(rows.empty for _title, rows, _columns in groups):
            return
        self.heading(_("Related items"))
        for head, rows, words in groups:
            if not rows.empty:
                self.heading(head, 2)
                self.dated(rows, ours=words)

    def held(self, row: Any) -> pd.DataFrame:
        """Return the items of a session and its side events, including ours."""
        item = row["item"]
        events = self.table["related_to"].eq(item) & self.table["kind"].isin((Kind.SIDE_EVENT, Kind.MEETING))
        names = {*held_in(self.table, item)["item"], *self.table.loc[events, "item"]}
        return self.table[self.table["item"].isin(names)]

    def past(self, row: Any) -> None:
        """Write the earlier texts of the track with their votes, or the earlier reviews of a State."""
        if row["kind"] == Kind.UPR_REVIEW:
            self.reviews(row["countries"].split())
            return
        tracks = [row["track"]] if row["track"] else []
        if row["kind"] == Kind.SESSION:
            tracks = [track for track in self.held(row)["track"].unique() if track]
        for track in tracks:
            self.texts(str(track))

    def texts(self, track: str) -> None:
        adopted = [one for one in self.reference.resolutions if one.track == track and one.adopted is not None]
        adopted = [one for one in adopted if one.adopted is not None and one.adopted <= self.reader.today]
        if not adopted:
            return
        self.heading(_("History: {title}").format(title=self.reference.tracks[track].title))
        for cycle in briefing.cycles(self.table, self.reference, Filter(tracks=(track,)), self.reader.today):
            coming = [f"{turn.what}, {turn.when} ({turn.how})" for turn in (cycle.next, cycle.then) if turn]
            ahead = _(" Upcoming: {coming}.").format(coming="; ".join(coming)) if coming else ""
            word.line(self.document, (cycle.parting or f"{cycle.rule.capitalize()}.") + ahead)
        lines = []
        for one in sorted(adopted, key=lambda one: one.adopted or date.min, reverse=True):
            day = wording.day(one.adopted, weekday=False) if one.adopted else ""
            lines.append((day, one.symbol or text_item(one), one.theme or one.title, vote_words(one) or _("not known")))
            self.source(one.symbol or one.title, one.record_url or one.source_url)
        word.table(self.document, (_("Adopted"), _("Symbol"), _("Subject"), _("Vote")), lines, (2.6, 3.6, 6.0, 4.4))

    def reviews(self, countries: Sequence[str]) -> None:
        before = [
            one
            for one in self.reference.reviews
            if one.country in countries and (one.outcome_date or one.date or date.max) <= self.reader.today
        ]
        if not before:
            return
        self.heading(_("Previous reviews"))
        lines = []
        for one in sorted(before, key=lambda one: one.cycle, reverse=True):
            outcome = (
                f"{one.outcome_session}, {wording.day(one.outcome_date)}" if one.outcome_date else _("not recorded")
            )
            reviewed = f"{one.session}, {wording.day(one.date)}" if one.date else one.session
            lines.append(
                (
                    _("{ordinal} cycle").format(ordinal=wording.ordinal(one.cycle)),
                    reviewed,
                    outcome,
                    one.outcome_decision,
                )
            )
            self.source(f"{self.reference.states[one.country].name}, {one.session}", one.source_url)
        word.table(
            self.document, (_("Cycle"), _("Reviewed"), _("Outcome adopted"), _("Decision")), lines, (2.6, 4.6, 4.6, 4.8)
        )

    def inside_work(self, row: Any) -> None:
        """Write our work on each text and review of a session."""
        if self.session is None or row["kind"] not in (Kind.SESSION, Kind.MEETING):
            return
        touched = work_by_item(self.session, self.table, self.reference, self.reader.today)
        inner: Any
        for inner in self.held(row).itertuples():
            if inner.item not in touched:
                continue
            found = self.dossier(self.session, inner.item)
            about = (found.engagements, found.through, found.cases, found.proposals, found.reprisals)
            ours = {one.id for listed in about for one in listed} | {draft.statement.id for draft in found.drafts}
            if ours - self.written:
                self.heading(_("Our work: {title}").format(title=inner.title))
                pressing = (ReadinessState.LATE, ReadinessState.DUE_SOON)
                lines = [expectation_bullet(one) for one in found.readiness if one.state in pressing]
                self.mark_shown_ids(record for one in found.readiness for record in one.records)
                for lead, text in lines:
                    word.bullet(self.document, text, lead=lead)
                self.work(found)
