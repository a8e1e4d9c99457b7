"""Briefing notes as Word, for a meeting about an item or a session, or for the start of a week.

A note contains what its reader may see. The header of every page names the reader and warns of restricted records.
Contacts appear by their codes alone, never by their identities; free text that could name people (participants,
programmes, accounts) is left out. The sources that a note cites are official documents alone
(:meth:`~calendar_model.reference.Reference.is_official`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from calendar_model import wording
from calendar_model.calendar import listed_when
from calendar_model.documents import word
from calendar_model.documents.record_facts import (
    case_facts,
    case_sentences,
    engagement_facts,
    event_facts,
    proposal_facts,
    reprisal_facts,
    room_request,
)
from calendar_model.documents.word import MadeFor
from calendar_model.messages.coverage import EXPECTATION_LABELS, readiness_words
from calendar_model.messages.statements import made_as, state_label
from calendar_model.mission.coverage import Readiness
from calendar_model.mission.dossier import Dossier, LinkedStatement, any_restricted, newest_texts
from calendar_model.mission.statements.speaking import duration
from calendar_model.mission.statements.texts import speaking_seconds, spoken_words
from calendar_model.mission.statements.workflow import BEFORE_DELIVERY
from calendar_model.reference import Reference
from calendar_model.store.models import Contact, Engagement, FollowUp, Record, Version
from calendar_model.translation import N_
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Confidence, Sensitivity
from calendar_model.wording import standing_words, term

SHORT = 150
"""A text of at most this many words is quoted in a note; a longer one appears only with its length."""


@dataclass(frozen=True)
class Reader:
    """The reader of a note: name and identifier (both empty for nobody in particular), day, IANA time zone."""

    name: str
    person_id: str
    today: date
    zone: str


class BriefingNote:
    """A note while it is written; the records it shows decide what its header says."""

    def __init__(self, reference: Reference, table: pd.DataFrame, reader: Reader, session: Session | None) -> None:
        self.reference, self.table, self.reader = reference, table, reader
        self.session = session if reader.person_id else None
        self.made = MadeFor(reader.name, reader.today)
        self.restricted = False
        self.written: set[str] = set()
        self.recalled = 0
        self.sources: dict[str, str] = {}
        self.uncited: set[str] = set()

    def start(self, title: str, subtitle: str, author: str) -> None:
        self.document = word.new(_("Briefing note"), self.made, author)
        word.line(self.document, title, style="Title")
        word.line(self.document, subtitle, style="Subtitle")
        self.warning = word.line(self.document, "")

    def finish(self) -> bytes:
        self._sources()
        head = self.made.header(restricted=self.restricted)
        word.head_and_foot(self.document, head, _("Briefing note"))
        if self.restricted:
            self.warning.add_run(f"{head}.").bold = True
        else:
            self.warning._p.getparent().remove(self.warning._p)
        return word.to_bytes(self.document)

    # What the note shows

    def mark_shown(self, *records: Record) -> None:
        """Remember whether any of these records, which the note shows, is restricted."""
        self.restricted |= any(one.sensitivity is Sensitivity.RESTRICTED for one in records)

    def mark_shown_ids(self, ids: Iterable[str]) -> None:
        """As :meth:`mark_shown`, for records of which only the ids are known."""
        if self.session is not None and not self.restricted:
            self.restricted = any_restricted(self.session, ids)

    def mark_shown_rows(self, rows: pd.DataFrame) -> None:
        """As :meth:`mark_shown`, for rows of the calendar, whose sources are listed at the end of the note."""
        self.restricted |= bool((rows["sensitivity"] == Sensitivity.RESTRICTED).any())
        self.recalled += int((rows["confidence"] != Confidence.SOURCED).sum())
        for title, address in zip(rows["title"], rows["source_url"], strict=True):
            self.source(title, address)

    def source(self, what: str, address: str) -> None:
        """Cite an official document, once; count any other source."""
        if self.reference.is_official(address):
            self.sources.setdefault(address, what)
        elif address:
            self.uncited.add(address)

    # Calendar rows and sources

    def heading(self, text: str, level: int = 1) -> None:
        word.heading(self.document, text, level)

    def dated(self, rows: pd.DataFrame, *, whom: bool = False, ours: Mapping[str, str] | None = None) -> None:
        """Rows of the calendar as a table."""
        self.mark_shown_rows(rows)
        heads, widths = [_("When"), _("What"), _("Date status")], [4.6, 8.2, 3.8]
        if whom:
            heads, widths = [_("When"), _("What"), _("Due from"), _("Date status")], [4.6, 6.2, 2.6, 3.2]
        if ours is not None:
            heads, widths = [_("When"), _("What"), _("Date status"), _("Our work")], [4.2, 6.2, 2.9, 3.3]
        lines = []
        row: Any
        for row in rows.itertuples():
            cells = [listed_when(row, as_of=self.reader.today, zone=self.reader.zone), row.title]
            cells += [_("everyone") if row.for_whom == "all" else _(row.for_whom)] if whom else []
            cells.append(how_known(row))
            cells += [ours.get(row.item, _("none yet"))] if ours is not None else []
            lines.append(cells)
        word.table(self.document, heads, lines, widths)

    def _sources(self) -> None:
        if not self.sources and not self.uncited and not self.recalled:
            return
        self.heading(_("Sources"))
        for address, what in self.sources.items():
            paragraph = word.bullet(self.document, f"{what}: ")
            word.link(paragraph, address)
        if self.uncited:
            left_out = wording.count(
                len(self.uncited),
                "{number} source that is not an official document is left out; the calendar names it.",
                "{number} sources that are not official documents are left out; the calendar names them.",
            )
            word.line(self.document, left_out)
        if self.recalled:
            dates = (
                _("1 date above is")
                if self.recalled == 1
                else _("{recalled} dates above are").format(recalled=self.recalled)
            )
            word.line(self.document, _("{dates} unsourced.").format(dates=dates))

    # Our own work

    def work(self, found: Dossier) -> bool:
        """Write all records linked to an item, under headings of the second level; return whether there are any."""
        parts = [
            self.engagements(_("Engagements"), found.engagements, found.with_whom),
            self.engagements(_("Engagements through drafts, cases and events"), found.through, found.with_whom),
            self.to_consult(found),
            self.drafts(found.drafts),
            self.cases(found),
            self.events(found),
            self.proposals(found),
            self.reprisals(found),
            self.follow_ups(_("Open follow-ups"), found.follow_ups),
        ]
        return any(parts)

    def engagements(self, head: str, listed: Sequence[Engagement], with_whom: Mapping[str, Sequence[Contact]]) -> bool:
        if not listed:
            return False
        self.heading(head, 2)
        for one in listed:
            contacts = with_whom.get(one.id, ())
            self.mark_shown(one, *contacts)
            self._record(one, engagement_facts(one, contacts, self.reader.today), one.outcome)
        return True

    def to_consult(self, found: Dossier) -> bool:
        if not found.to_consult:
            return False
        self.heading(_("Yet to consult"), 2)
        for contact in found.to_consult:
            state = self.reference.states.get(contact.country)
            about = [term(contact.contact_kind), state.name if state else "", *found.because[contact.id]]
            self._record(contact, about)
        return True

    def drafts(self, listed: Sequence[LinkedStatement], heading: str = N_("Drafts and texts")) -> bool:
        if not listed:
            return False
        self.heading(heading, 2)
        texts = self._texts(listed)
        for draft in listed:
            one = draft.statement
            about = [
                made_as(one.voice, one.format),
                state_label(one.state),
                _("delivered on {delivered_on}").format(delivered_on=wording.day(one.delivered_on))
                if one.delivered_on
                else "",
                _("version {version}").format(version=draft.version) if draft.version else _("no text yet"),
                _("due {due}").format(due=wording.day(one.due)) if one.due and one.state in BEFORE_DELIVERY else "",
                _("owner {name}").format(name=one.owner.name),
                _("awaiting reply from {name}").format(name=one.waiting_for.name)
                if one.waiting_for is not None
                else "",
            ]
            text = texts.get(one.id)
            words = spoken_words(text.text, text.language) if text is not None else 0
            if text is not None and words > SHORT:
                about.append(
                    _("{words} words, about {duration} speaking time").format(
                        words=words, duration=duration(speaking_seconds(text.text, text.language))
                    )
                )
            self._record(one, about)
            if text is not None and words <= SHORT:
                for part in filter(str.strip, text.text.splitlines()):
                    quoted = word.line(self.document, part.strip(), style="Quote")
                    word.in_language(quoted, text.language)
        return True

    def _texts(self, listed: Sequence[LinkedStatement]) -> dict[str, Version]:
        """The newest text of each."""
        return newest_texts(self.session, listed) if self.session is not None else {}

    def cases(self, found: Dossier) -> bool:
        if not found.cases:
            return False
        self.heading(_("Cases"), 2)
        for case in found.cases:
            self._record(case, case_facts(case, self.reference), " ".join(case_sentences(case)))
        return True

    def events(self, found: Dossier) -> bool:
        listed = [event for event in found.events if event.id != found.own]
        if not listed:
            return False
        self.heading(_("Our side events and meetings"), 2)
        for event in listed:
            contacts = found.with_whom.get(event.id, ())
            self.mark_shown(*contacts)
            codes = ", ".join(contact.title for contact in contacts)
            about = event_facts(event, self.table, self.reader.zone)
            about += [
                _("defenders speak") if event.defenders_speak else "",
                _("speakers: {codes}").format(codes=codes) if codes else "",
            ]
            self._record(event, [*about, room_request(event, self.reader.today)])
        return True

    def proposals(self, found: Dossier) -> bool:
        if not found.proposals:
            return False
        self.heading(_("Language proposed in other texts"), 2)
        for one in found.proposals:
            quoted = f"“{one.wording.strip()}”."
            if one.final_wording.strip():
                quoted += _(" Final wording: “{final_wording}”.").format(final_wording=one.final_wording.strip())
            self._record(one, proposal_facts(one, self.reference), quoted)
        return True

    def reprisals(self, found: Dossier) -> bool:
        if not found.reprisals:
            return False
        self.heading(_("Reprisals"), 2)
        for one in found.reprisals:
            self._record(one, reprisal_facts(one))
        return True

    def follow_ups(self, head: str, listed: Sequence[FollowUp]) -> bool:
        if not listed:
            return False
        self.heading(head, 2)
        for one in listed:
            self.mark_shown(one.record)
            late = _("late, ") if one.due < self.reader.today else ""
            text = f"{one.what.rstrip('.')} ({one.owner.name}; {one.record.title}{sample(one.record)})"
            word.bullet(self.document, text, lead=f"{wording.day(one.due)}, {late}".rstrip(", ") + ":")
        return True

    def _record(self, one: Record, about: Iterable[str], sentences: str = "") -> None:
        self.mark_shown(one)
        self.written.add(one.id)
        facts = ", ".join(part.strip().rstrip(".") for part in about if part.strip())
        sentences = " ".join(sentences.split())
        restricted = _(" (restricted)") if one.sensitivity is Sensitivity.RESTRICTED else ""
        text = ". ".join(part for part in (facts[:1].upper() + facts[1:], sentences) if part)
        end = "" if not text or text.endswith((".", "”", "!", "?")) else "."
        word.bullet(self.document, f"{text}{end}", lead=f"{one.title}{sample(one)}{restricted}.")


def how_known(row: Any) -> str:
    """Return the date status of a row in words."""
    return standing_words(row.standing, departure=bool(row.departure))


def expectation_bullet(found: Readiness) -> tuple[str, str]:
    """Return an unmet expectation as the lead of a bullet and its text."""
    return f"{EXPECTATION_LABELS[found.expectation]}, {found.state}:", f"{readiness_words(**vars(found))}."


def sample(one: Record) -> str:
    return _(" (sample)") if one.sample else ""
