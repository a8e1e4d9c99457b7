"""The one filter for records of staff: what it keeps of each kind, in Python and in SQL alike."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.unit_of_work import reading
from calendar_model.calendar import Filter
from calendar_model.calendar.filters import RecordFacts
from calendar_model.mission import record_filter
from calendar_model.mission.links import model_of
from calendar_model.mission.record_filter import FACT_COLUMNS, keeps, what_narrows
from calendar_model.mission.transactions import save
from calendar_model.store.database import Workspace
from calendar_model.store.models import (
    Case,
    Contact,
    Engagement,
    LanguageProposal,
    Person,
    Reprisal,
    Statement,
)
from calendar_model.terms import (
    ContactKind,
    EngagementForm,
    EngagementKind,
    ProposalOutcome,
    RecordKind,
    ReprisalState,
    StatementFormat,
    Suggester,
)
from tests.project_calendar import project_reference

REFERENCE = project_reference()
ORGANISATIONS, COUNTRIES = ("", "un-hrc", "un-hrc-upr", "osce"), ("", "KEN", "NOR")
DAYS = tuple(date(2026, month, 1) for month in (1, 6, 12))

FILTERS = st.builds(
    Filter,
    organisations=st.sampled_from([(), ("un",), ("un-hrc",), ("un-hrc-upr",), ("osce", "un-hrc-upr")]),
    bodies=st.sampled_from([(), ("un-hrc",), ("osce",)]),
    countries=st.sampled_from([(), ("KEN",), ("NOR", "KEN"), ("TGO",)]),
    kinds=st.sampled_from([(), ("session",)]),
    start=st.sampled_from([None, *DAYS]),
    end=st.sampled_from([None, *DAYS]),
    text=st.sampled_from(["", "nowhere"]),
)


@pytest.fixture
def staff_member(workspace: Workspace) -> Viewer:
    """Somebody who has kept records of each kind that is narrowed, with every combination of facts."""
    me = member(save(ANONYMOUS, Person, {"name": "Amina Berg"}, workspace=workspace))
    for number, (organisation, country) in enumerate((o, c) for o in ORGANISATIONS for c in COUNTRIES):
        day = DAYS[number % len(DAYS)]
        for kind, values in (
            (Case, {"country": country, "suggested_by": Suggester.CIVIL_SOCIETY}),
            (Contact, {"country": country, "contact_kind": ContactKind.ORGANISATION}),
            (
                Engagement,
                {
                    "organisation": organisation,
                    "on": day,
                    "engagement_kind": EngagementKind.INVITED,
                    "form": EngagementForm.IN_PERSON,
                },
            ),
            (
                LanguageProposal,
                {"forum": organisation, "text": "-", "wording": "-", "outcome": ProposalOutcome.PROPOSED},
            ),
            (Reprisal, {"country": country, "organisation": organisation, "state": ReprisalState.ALLEGED}),
            (Statement, {"forum": organisation, "format": StatementFormat.STATEMENT}),
        ):
            save(me, kind, {"title": f"{kind.__name__} {number}", **values}, workspace=workspace)
    return me


@given(chosen=FILTERS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_query_keeps_what_the_filter_keeps(workspace: Workspace, staff_member: Viewer, chosen: Filter) -> None:
    with reading(staff_member, workspace) as session:
        for kind in FACT_COLUMNS:
            model = model_of(kind)
            everything = session.scalars(select(model)).all()
            queried = session.scalars(select(model.id).where(*record_filter.conditions(chosen, kind, REFERENCE)))
            assert set(queried) == {one.id for one in everything if keeps(chosen, kind, one, REFERENCE)}
            assert len(everything) == len(ORGANISATIONS) * len(COUNTRIES)


@pytest.mark.parametrize(
    ("chosen", "facts", "kept"),
    [
        (Filter(), RecordFacts("", "", date(2026, 1, 1)), True),
        (Filter(organisations=("un",)), RecordFacts(organisation="un-hrc-upr"), True),
        (Filter(bodies=("un",)), RecordFacts(organisation="un-hrc-upr"), False),
        (Filter(organisations=("un",), bodies=("osce",)), RecordFacts(organisation="osce"), False),
        (Filter(organisations=("un",)), RecordFacts(organisation=""), False),
        (Filter(organisations=("un",)), RecordFacts(country="KEN"), True),
        (Filter(countries=("KEN",)), RecordFacts(country="KEN"), True),
        (Filter(countries=("KEN",)), RecordFacts(country=""), False),
        (Filter(countries=("KEN",)), RecordFacts(organisation="un-hrc"), True),
        (Filter(start=date(2026, 6, 1)), RecordFacts(day=date(2026, 6, 1)), True),
        (Filter(start=date(2026, 6, 1)), RecordFacts(day=date(2026, 5, 31)), False),
        (Filter(end=date(2026, 6, 1)), RecordFacts(day=date(2026, 6, 2)), False),
        (Filter(end=date(2026, 6, 1)), RecordFacts(organisation="un-hrc"), True),
        (Filter(kinds=("session",), text="defenders"), RecordFacts("osce", "KEN", date(2026, 1, 1)), True),
    ],
)
def test_a_record_is_narrowed_by_the_facts_that_its_kind_has(chosen: Filter, facts: RecordFacts, kept: bool) -> None:
    assert chosen.keeps(facts, REFERENCE) is kept


def test_what_narrows_a_kind_is_the_part_of_the_filter_that_looks_at_it() -> None:
    chosen = Filter(("un",), ("osce",), ("session",), ("hrc",), ("KEN",), ("held",), DAYS[0], DAYS[1], "text")

    assert what_narrows(chosen, RecordKind.CONTACT) == Filter(countries=("KEN",))
    assert what_narrows(chosen, RecordKind.ENGAGEMENT) == Filter(
        organisations=("un",), bodies=("osce",), start=DAYS[0], end=DAYS[1]
    )
    assert not what_narrows(Filter(text="text", kinds=("session",)), RecordKind.CASE).active
