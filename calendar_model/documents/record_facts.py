"""Facts about a record in words, as notes and dossiers list them beside its title.

The facts are texts in a fixed order; a text is empty where the record has no such fact, and is then not drawn.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pandas as pd

from calendar_model import wording
from calendar_model.calendar import when
from calendar_model.messages.statements import decision
from calendar_model.mission import cases as checks
from calendar_model.mission.events import item_of
from calendar_model.reference import Reference
from calendar_model.store.models import Case, Contact, Engagement, Event, LanguageProposal, Reprisal
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Standing
from calendar_model.wording import standing_words, term, terms


def engagement_facts(one: Engagement, contacts: Iterable[Contact], today: date) -> list[str]:
    """Its kinds, day, form and place, and the codes of the contacts."""
    planned = _("planned for ") if one.on > today else ""
    codes = ", ".join(contact.title for contact in contacts)
    return [
        terms(one.kinds),
        f"{planned}{wording.day(one.on)}",
        term(one.form).lower(),
        one.place,
        _("with {codes}").format(codes=codes) if codes else "",
    ]


def case_facts(case: Case, reference: Reference) -> list[str]:
    """Its state and its risk."""
    state = reference.states.get(case.country)
    risk = _("risk {term}").format(term=term(case.risk).lower()) if case.risk is not None else _("risk not assessed")
    return [state.name if state else "", risk]


def case_sentences(case: Case) -> list[str]:
    """Say when it was closed, or else why it is not raised, what is still needed first, or that nothing is."""
    if case.closed_on is not None:
        return [_("Closed on {closed_on}.").format(closed_on=wording.day(case.closed_on))]
    known = checks.facts(case)
    decided = [decision(one.code) for one in checks.reasons_not_to_raise(known)]
    missing = [str(unmet) for unmet in checks.missing(known)]
    return decided or missing or [_("All questions answered: ready to be raised.")]


def event_facts(event: Event, table: pd.DataFrame, zone: str) -> list[str]:
    """When it is, in the reader's IANA ``zone``, if the calendar ``table`` has it; its kind, standing and place."""
    rows = table[table["item"] == item_of(event.id)]
    days = [when(row, zone) for row in rows.itertuples()]
    return [*days, term(event.event_kind), standing_words(event.standing).lower(), event.room, event.location]


def room_request(event: Event, today: date) -> str:
    """Say when the room request is due, as long as that matters."""
    if not event.request_due or event.end < today or event.standing is Standing.CANCELLED:
        return ""
    return _("room request due {request_due}").format(request_due=wording.day(event.request_due))


def proposal_facts(one: LanguageProposal, reference: Reference) -> list[str]:
    """The text and forum in which language was proposed, its outcome and the precedent."""
    forum = reference.short_name(one.forum) if one.forum else ""
    return [one.text, forum, term(one.outcome).lower(), one.precedent_symbol]


def reprisal_facts(one: Reprisal) -> list[str]:
    """The state of the allegation, its day, and to whom it was reported."""
    day = _("date alleged: {alleged_on}").format(alleged_on=wording.day(one.alleged_on)) if one.alleged_on else ""
    reported = _("reported to {reported_to}").format(reported_to=one.reported_to) if one.reported_to else ""
    return [term(one.state), day, reported]
