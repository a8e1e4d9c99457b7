"""Briefing notes as Word: what somebody takes along to a meeting about an item, a session, or to the week's start.

A note holds what its reader may see, and says at the head of every page for whom it was made and whether restricted
records stand in it. Contacts stand there by their codes alone, never by who they are; what could name people in free
words (participants, programmes, accounts) is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from calendar_model import wording
from calendar_model.calendar import when
from calendar_model.documents import word
from calendar_model.documents.word import Made
from calendar_model.messages.coverage import EXPECTATION_LABELS, readiness_words
from calendar_model.messages.statements import decision, state_label
from calendar_model.mission import cases as checks
from calendar_model.mission.coverage import Readiness
from calendar_model.mission.dossier import Dossier, LinkedStatement
from calendar_model.mission.events import event_of
from calendar_model.mission.statements.speaking import said
from calendar_model.mission.statements.texts import speaking_seconds, spoken_words
from calendar_model.mission.statements.workflow import BEFORE_DELIVERY
from calendar_model.reference import Reference
from calendar_model.store.models import Contact, Engagement, FollowUp, Record, Version
from calendar_model.vocabulary import Confidence, Precision, Sensitivity, Standing
from calendar_model.wording import standing_words, term

_ANSWERED = "All questions before it is raised are answered."

SHORT = 150
"""Words of a text that stands in a note whole; of a longer one it says how long it is."""


@dataclass(frozen=True)
class Reader:
    """For whom a note is made: name and identifier (both empty for nobody in particular), day, IANA time zone."""

    name: str
    person_id: str
    today: date
    zone: str


class Note:
    """A note while it is written: what has been seen decides what stands at its head."""

    def __init__(self, reference: Reference, table: pd.DataFrame, reader: Reader, session: Session | None) -> None:
        self.reference, self.table, self.reader = reference, table, reader
        self.session = session if reader.person_id else None
        self.made = Made(reader.name, reader.today)
        self.restricted = False
        self.told: set[str] = set()
        self.recalled = 0
        self.sources: dict[str, str] = {}

    def begin(self, title: str, subtitle: str, author: str) -> None:
        self.document = word.new("Briefing note", self.made, author)
        word.line(self.document, title, style="Title")
        word.line(self.document, subtitle, style="Subtitle")
        self.warning = word.line(self.document, "")

    def end(self) -> bytes:
        self._sources()
        head = self.made.says(restricted=self.restricted)
        word.head_and_foot(self.document, head, "Briefing note")
        if self.restricted:
            self.warning.add_run(f"{head}.").bold = True
        else:
            self.warning._p.getparent().remove(self.warning._p)
        return word.to_bytes(self.document)

    # What is seen

    def see(self, *records: Record) -> None:
        self.restricted |= any(one.sensitivity is Sensitivity.RESTRICTED for one in records)

    def see_all(self, ids: Iterable[str]) -> None:
        wanted = sorted(set(ids))
        if self.session is not None and wanted and not self.restricted:
            restricted = select(Record.id).where(Record.id.in_(wanted), Record.sensitivity == Sensitivity.RESTRICTED)
            self.restricted = self.session.scalar(restricted.limit(1)) is not None

    def see_rows(self, rows: pd.DataFrame) -> None:
        self.restricted |= bool((rows["sensitivity"] == Sensitivity.RESTRICTED).any())
        self.recalled += int((rows["confidence"] != Confidence.SOURCED).sum())
        for title, address in zip(rows["title"], rows["source_url"], strict=True):
            self.source(title, address)

    def source(self, what: str, address: str) -> None:
        if address:
            self.sources.setdefault(address, what)

    # What is said

    def heading(self, text: str, level: int = 1) -> None:
        word.heading(self.document, text, level)

    def short(self, code: str) -> str:
        known = self.reference.organisations.get(code)
        return code if known is None else known.short_name or known.name

    def mission(self, code: str) -> str:
        """The mission of Norway to an organisation or to the nearest above it."""
        line = [self.reference.organisations[one].norway_mission for one in self.reference.lineage(code)]
        return next((mission for mission in line if mission), "")

    def dated(self, rows: pd.DataFrame, *, whom: bool = False, ours: Mapping[str, str] | None = None) -> None:
        """Rows of the calendar as a table."""
        self.see_rows(rows)
        heads, widths = ["When", "What", "How known"], [4.6, 8.2, 3.8]
        if whom:
            heads, widths = ["When", "What", "From whom", "How known"], [4.6, 6.2, 2.6, 3.2]
        if ours is not None:
            heads, widths = ["When", "What", "How known", "Ours"], [4.2, 6.2, 2.9, 3.3]
        lines = []
        row: Any
        for row in rows.itertuples():
            cells = [when(row, self.reader.zone), row.title]
            cells += ["everybody" if row.for_whom == "all" else row.for_whom] if whom else []
            cells.append(known(row))
            cells += [ours.get(row.item, "nothing yet")] if ours is not None else []
            lines.append(cells)
        word.table(self.document, heads, lines, widths)

    def _sources(self) -> None:
        if not self.sources and not self.recalled:
            return
        self.heading("Sources")
        for address, what in self.sources.items():
            paragraph = word.bullet(self.document, f"{what}: ")
            word.link(paragraph, address)
        if self.recalled:
            dates = "1 date above was" if self.recalled == 1 else f"{self.recalled} dates above were"
            word.line(self.document, f"{dates} not seen in a source.")

    # Our own work

    def work(self, found: Dossier) -> bool:
        """All that hangs on an item, under headings of the second level; whether there was anything."""
        parts = [
            self.engagements("Engagements", found.engagements, found.with_whom),
            self.engagements("Engagements through drafts, cases and events", found.through, found.with_whom),
            self.to_consult(found),
            self.drafts(found.drafts),
            self.cases(found),
            self.events(found),
            self.proposals(found),
            self.reprisals(found),
            self.follow_ups("Follow-ups open", found.follow_ups),
        ]
        return any(parts)

    def engagements(self, head: str, listed: Sequence[Engagement], with_whom: Mapping[str, Sequence[Contact]]) -> bool:
        if not listed:
            return False
        self.heading(head, 2)
        for one in listed:
            contacts = with_whom.get(one.id, ())
            self.see(one, *contacts)
            planned = "planned for " if one.on > self.reader.today else ""
            codes = ", ".join(contact.title for contact in contacts)
            about = [term(one.engagement_kind), f"{planned}{wording.day(one.on)}", term(one.form).lower(), one.place]
            about.append(f"with {codes}" if codes else "")
            self._record(one, about, one.outcome)
        return True

    def to_consult(self, found: Dossier) -> bool:
        if not found.to_consult:
            return False
        self.heading("Yet to consult", 2)
        for contact in found.to_consult:
            state = self.reference.states.get(contact.country)
            about = [term(contact.contact_kind), state.name if state else "", *found.because[contact.id]]
            self._record(contact, about)
        return True

    def drafts(self, listed: Sequence[LinkedStatement], heading: str = "Drafts and texts") -> bool:
        if not listed:
            return False
        self.heading(heading, 2)
        texts = self._texts(listed)
        for draft in listed:
            one = draft.statement
            about = [
                term(one.form),
                state_label(one.state),
                f"delivered on {wording.day(one.delivered_on)}" if one.delivered_on else "",
                f"version {draft.version}" if draft.version else "no text yet",
                f"due {wording.day(one.due)}" if one.due and one.state in BEFORE_DELIVERY else "",
                f"owner {one.owner.name}",
                f"waits for {one.waiting_for.name}" if one.waiting_for is not None else "",
            ]
            text = texts.get(one.id)
            words = spoken_words(text.text, text.language) if text is not None else 0
            if text is not None and words > SHORT:
                about.append(f"{words} words, about {said(speaking_seconds(text.text, text.language))} to say")
            self._record(one, about)
            if text is not None and words <= SHORT:
                for part in filter(str.strip, text.text.splitlines()):
                    quoted = word.line(self.document, part.strip(), style="Quote")
                    word.in_language(quoted, text.language)
        return True

    def _texts(self, listed: Sequence[LinkedStatement]) -> dict[str, Version]:
        """The newest text of each."""
        if self.session is None:
            return {}
        numbers = {draft.statement.id: draft.version for draft in listed}
        texts = self.session.scalars(select(Version).where(Version.statement_id.in_(numbers)))
        return {text.statement_id: text for text in texts if text.number == numbers[text.statement_id]}

    def cases(self, found: Dossier) -> bool:
        if not found.cases:
            return False
        self.heading("Cases", 2)
        for case in found.cases:
            known = checks.facts(case)
            says = [decision(one.code) for one in checks.kept_back(known)] or [*map(str, checks.missing(known))]
            says = says or ["All questions before it is raised are answered."]
            if case.closed_on is not None:
                says = [f"Closed on {wording.day(case.closed_on)}."]
            state = self.reference.states.get(case.country)
            risk = f"risk {term(case.risk).lower()}" if case.risk is not None else "risk not weighed"
            self._record(case, [state.name if state else "", risk], " ".join(says))
        return True

    def events(self, found: Dossier) -> bool:
        listed = [event for event in found.events if event.id != found.own]
        if not listed:
            return False
        self.heading("Side events and meetings of ours", 2)
        for event in listed:
            contacts = found.with_whom.get(event.id, ())
            self.see(*contacts)
            rows = self.table[[event_of(item) == event.id and item.endswith(event.id) for item in self.table["item"]]]
            codes = ", ".join(contact.title for contact in contacts)
            about = [when(row, self.reader.zone) for row in rows.itertuples()]
            about += [term(event.event_kind), standing_words(event.standing).lower(), event.room, event.location]
            about += ["defenders speak" if event.defenders_speak else "", f"speakers: {codes}" if codes else ""]
            if event.request_due and event.end >= self.reader.today and event.standing is not Standing.CANCELLED:
                about.append(f"room to be asked for by {wording.day(event.request_due)}")
            self._record(event, about)
        return True

    def proposals(self, found: Dossier) -> bool:
        if not found.proposals:
            return False
        self.heading("Language proposed in texts of others", 2)
        for one in found.proposals:
            says = f"“{one.wording.strip()}”."
            if one.final_wording.strip():
                says += f" In the end: “{one.final_wording.strip()}”."
            forum = self.short(one.forum) if one.forum else ""
            self._record(one, [one.text, forum, term(one.outcome).lower(), one.precedent_symbol], says)
        return True

    def reprisals(self, found: Dossier) -> bool:
        if not found.reprisals:
            return False
        self.heading("Reprisals", 2)
        for one in found.reprisals:
            day = f"alleged for {wording.day(one.alleged_on)}" if one.alleged_on else ""
            reported = f"reported to {one.reported_to}" if one.reported_to else ""
            self._record(one, [term(one.state), day, reported])
        return True

    def follow_ups(self, head: str, listed: Sequence[FollowUp]) -> bool:
        if not listed:
            return False
        self.heading(head, 2)
        for one in listed:
            self.see(one.record)
            late = "late, " if one.due < self.reader.today else ""
            text = f"{one.what.rstrip('.')} ({one.owner.name}; {one.record.title}{sample(one.record)})"
            word.bullet(self.document, text, lead=f"{wording.day(one.due)}, {late}".rstrip(", ") + ":")
        return True

    def _record(self, one: Record, about: Iterable[str], says: str = "") -> None:
        self.see(one)
        self.told.add(one.id)
        told = ", ".join(part.strip().rstrip(".") for part in about if part.strip())
        says = " ".join(says.split())
        restricted = " (restricted)" if one.sensitivity is Sensitivity.RESTRICTED else ""
        text = ". ".join(part for part in (told[:1].upper() + told[1:], says) if part)
        end = "" if not text or text.endswith((".", "”", "!", "?")) else "."
        word.bullet(self.document, f"{text}{end}", lead=f"{one.title}{sample(one)}{restricted}.")


def known(row: Any) -> str:
    """How firm a date is, in words; that it is a window is said there too."""
    says = standing_words(row.standing, departure=bool(row.departure))
    return says if row.date_precision == Precision.DAY else f"{says}, a window"


def open_expectation(found: Readiness) -> tuple[str, str]:
    """An expectation that is not met, as the lead of a bullet and its text."""
    return f"{EXPECTATION_LABELS[found.expectation]}, {found.state}:", f"{readiness_words(**vars(found))}."


def sample(one: Record) -> str:
    return " (sample)" if one.sample else ""
