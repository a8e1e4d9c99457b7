"""Lists of engagements, contacts and follow-ups, on both databases, as somebody sees them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import EditConflict, reading
from calendar_model.calendar import Filter
from calendar_model.mission import contacts, engagements, follow_ups
from calendar_model.mission.contacts import ConsentState
from calendar_model.mission.engagements import EngagementLinks, EngagementQuery, LinkedRecord
from calendar_model.mission.follow_ups import Nearness
from calendar_model.mission.history_lines import history_lines
from calendar_model.mission.records import WHOLE
from calendar_model.mission.transactions import save, writing
from calendar_model.store.database import Workspace
from calendar_model.store.history import of_record
from calendar_model.store.models import Case, Consent, Contact, Engagement, FollowUp, FurtherKind, Person, Record
from calendar_model.terms import ContactKind, EngagementForm, EngagementKind, RecordKind, Suggester
from calendar_model.vocabulary import Sensitivity
from tests.day import TODAY
from tests.project_calendar import project_reference

REFERENCE = project_reference()


@pytest.fixture
def me(workspace: Workspace) -> Viewer:
    return member(save(ANONYMOUS, Person, {"name": "Amina Berg"}, workspace=workspace))


@pytest.fixture
def other(workspace: Workspace) -> Viewer:
    return member(save(ANONYMOUS, Person, {"name": "Bo Dahl"}, workspace=workspace))


def engaged(workspace: Workspace, who: Viewer, title: str, on: date = date(2026, 11, 1), **more: Any) -> str:
    door = {name: more.pop(name, None) for name in ("items", "links", "named")}
    values = {"engagement_kind": EngagementKind.CONSULTED, "form": EngagementForm.IN_PERSON, "on": on, **more}
    return save(who, Engagement, {"title": title, **values}, **door, workspace=workspace)


def contact(workspace: Workspace, who: Viewer, title: str, **more: Any) -> str:
    return save(who, Contact, {"title": title, "contact_kind": ContactKind.DEFENDER, **more}, workspace=workspace)


def follow(workspace: Workspace, who: Viewer, record_id: str, what: str, due: date, **more: Any) -> None:
    with writing(who, workspace=workspace) as session:
        record = session.get(Record, record_id)
        assert record is not None
        record.follow_ups.append(FollowUp(**{"what": what, "due": due, "owner_id": who.person_id, **more}))


# --- Engagements


def titles(workspace: Workspace, who: Viewer, limit: int | None = None, **wanted: Any) -> list[str]:
    query = EngagementQuery(REFERENCE, **wanted)
    with reading(who, workspace) as session:
        found = engagements.list_engagements(session, query, limit)
        if limit is None:
            assert engagements.count(session, query) == len(found)
        return [line.title for line in found]


def test_the_newest_stands_first_and_those_of_a_day_by_title(workspace: Workspace, me: Viewer) -> None:
    engaged(workspace, me, "Lunch", date(2026, 11, 3))
    engaged(workspace, me, "Breakfast", date(2026, 11, 3))
    engaged(workspace, me, "To come", date(2027, 1, 5))
    engaged(workspace, me, "Old", date(2025, 1, 5))

    assert titles(workspace, me) == ["To come", "Breakfast", "Lunch", "Old"]
    assert titles(workspace, me, limit=2) == ["To come", "Breakfast"]


def test_every_field_of_what_is_wanted_narrows(workspace: Workspace, me: Viewer, other: Viewer) -> None:
    kenyan = contact(workspace, me, "Defender 001", country="KEN")
    togolese = contact(workspace, me, "Defender 002", country="TGO")
    engaged(workspace, me, "A", organisation="un-hrc", links=[kenyan])
    engaged(workspace, me, "B", date(2026, 10, 1), organisation="osce", links=[kenyan, togolese])
    engaged(workspace, other, "C", date(2026, 9, 1), engagement_kind=EngagementKind.INVITED)

    assert titles(workspace, me, kinds=(EngagementKind.INVITED,)) == ["C"]
    assert titles(workspace, me, organisations=("un-hrc", "osce")) == ["A", "B"]
    assert titles(workspace, me, organisations=("un",)) == ["A"]
    assert titles(workspace, me, above=Filter(bodies=("un-hrc",)), organisations=("osce",)) == []
    assert titles(workspace, me, countries=("KEN",)) == ["A", "B"]
    assert titles(workspace, me, countries=("TGO",)) == ["B"]
    assert titles(workspace, me, countries=("TGO", "KEN"), organisations=("un-hrc",)) == ["A"]
    assert titles(workspace, me, owner_id=other.person_id) == ["C"]
    assert titles(workspace, me, above=Filter(start=date(2026, 10, 1))) == ["A", "B"]
    assert titles(workspace, me, above=Filter(end=date(2026, 10, 1))) == ["B", "C"]
    assert titles(workspace, me, above=Filter(start=date(2026, 9, 2), end=date(2026, 9, 30))) == []


CONSULTED, SUPPORTED = EngagementKind.CONSULTED, EngagementKind.PARTICIPATION_SUPPORTED
INVITED, SECURITY = EngagementKind.INVITED, EngagementKind.SECURITY_MEASURES


def kept(workspace: Workspace, who: Viewer, record_id: str) -> Engagement:
    with reading(who, workspace) as session:
        return session.get_one(Engagement, record_id, options=WHOLE)


def kinds_in_list(workspace: Workspace, who: Viewer, **wanted: Any) -> list[tuple[EngagementKind, ...]]:
    with reading(who, workspace) as session:
        return [line.kinds for line in engagements.list_engagements(session, EngagementQuery(REFERENCE, **wanted))]


def test_an_engagement_has_a_main_kind_and_further_ones(workspace: Workspace, me: Viewer) -> None:
    values = {"title": "A", "form": EngagementForm.ONLINE, "on": TODAY}
    made = engagements.log_engagement(me, {**values, "kinds": [SUPPORTED, INVITED, CONSULTED]}, workspace=workspace)
    engaged(workspace, me, "B", date(2026, 10, 1))

    one = kept(workspace, me, made)
    assert (one.engagement_kind, one.kinds) == (SUPPORTED, (SUPPORTED, INVITED, CONSULTED))
    assert kinds_in_list(workspace, me) == [(SUPPORTED, INVITED, CONSULTED), (CONSULTED,)]
    assert titles(workspace, me, kinds=(SUPPORTED,)) == titles(workspace, me, kinds=(INVITED,)) == ["A"]
    assert titles(workspace, me, kinds=(CONSULTED, INVITED)) == ["A", "B"]

    engagements.edit_engagement(me, made, one.version, {"kinds": [CONSULTED, SUPPORTED]}, workspace=workspace)
    again = kept(workspace, me, made)
    assert again.kinds == (CONSULTED, SUPPORTED)
    assert titles(workspace, me, kinds=(INVITED,)) == []
    with reading(me, workspace) as session:
        steps = {step.code for line in history_lines(of_record(session, made)) for step in line.steps}
    assert steps >= {"history-further_kind-create", "history-further_kind-delete"}
    with pytest.raises(EditConflict):
        engagements.edit_engagement(me, made, one.version, {"kinds": [CONSULTED]}, workspace=workspace)
    with pytest.raises(Refused, match="Choose the kind of engagement"):
        engagements.edit_engagement(me, made, again.version, {"kinds": []}, workspace=workspace)


def test_another_further_kind_is_a_change_that_a_second_editor_notices(workspace: Workspace, me: Viewer) -> None:
    made = engaged(workspace, me, "A")
    seen = kept(workspace, me, made).version
    engagements.edit_engagement(me, made, seen, {"kinds": [CONSULTED, SUPPORTED]}, workspace=workspace)
    with pytest.raises(EditConflict):
        engagements.edit_engagement(me, made, seen, {"kinds": [CONSULTED, INVITED]}, workspace=workspace)


def test_a_file_has_all_kinds(workspace: Workspace, me: Viewer) -> None:
    engaged(workspace, me, "A", kinds=[CONSULTED, SUPPORTED])
    with reading(me, workspace) as session:
        found = engagements.list_engagements(session, EngagementQuery(REFERENCE))
        links = engagements.links_of(session, [line.id for line in found])
    table = engagements.engagements_table(found, links, {})
    assert table["kind"].to_list() == ["consulted; participation-supported"]


@pytest.mark.parametrize("kinds", [(SECURITY,), (SECURITY, CONSULTED), (CONSULTED, SECURITY), (INVITED, SUPPORTED)])
def test_security_measures_restrict_whatever_their_place(
    workspace: Workspace, me: Viewer, other: Viewer, kinds: tuple[EngagementKind, ...]
) -> None:
    born = engaged(workspace, me, "Born", kinds=kinds)
    made = engaged(workspace, me, "Made", engagement_kind=INVITED)
    engagements.edit_engagement(me, made, 1, {"kinds": kinds}, workspace=workspace)
    beside = engaged(workspace, me, "Beside", engagement_kind=kinds[0])
    with writing(me, workspace=workspace) as session:
        session.add_all(FurtherKind(record_id=beside, engagement_kind=kind) for kind in kinds[1:])

    restricted = SECURITY in kinds
    for record_id in (born, made, beside):
        one = kept(workspace, me, record_id)
        assert (one.sensitivity is Sensitivity.RESTRICTED) is restricted
        assert [access.person_id for access in one.named] == ([me.person_id] if restricted else [])
    assert len(titles(workspace, other)) == (0 if restricted else 3)
    assert len(titles(workspace, other, kinds=kinds[-1:])) == (0 if restricted else 3)
    with reading(other, workspace) as session:
        assert session.scalar(select(func.count(FurtherKind.id))) == (0 if restricted else 3)


def test_security_measures_among_the_kinds_are_never_public(workspace: Workspace, me: Viewer) -> None:
    made = engaged(workspace, me, "A", kinds=[CONSULTED, SECURITY])
    options: Any = {"reason": "They asked for it themselves.", "workspace": workspace}
    with pytest.raises(Refused):
        engagements.edit_engagement(me, made, 1, {"sensitivity": Sensitivity.PUBLIC}, **options)
    engagements.edit_engagement(me, made, 1, {"sensitivity": Sensitivity.INTERNAL}, **options)
    assert kept(workspace, me, made).sensitivity is Sensitivity.INTERNAL


def test_nobody_adds_a_kind_to_an_engagement_that_they_do_not_see(
    workspace: Workspace, me: Viewer, other: Viewer
) -> None:
    made = engaged(workspace, me, "A", engagement_kind=SECURITY)
    for kind in (SECURITY, INVITED):
        with pytest.raises(Refused), writing(other, workspace=workspace) as session:
            session.add(FurtherKind(record_id=made, engagement_kind=kind))
    assert kept(workspace, me, made).kinds == (SECURITY,)


def test_a_search_looks_for_every_word_in_words_and_codes(workspace: Workspace, me: Viewer) -> None:
    who = contact(workspace, me, "Defender 007")
    engaged(workspace, me, "Draft resolution", links=[who], outcome="They ask for Åpenhet.")
    engaged(workspace, me, "Draft statement", participants="Two lawyers", place="Genève, 100%")

    assert titles(workspace, me, search="draft") == ["Draft resolution", "Draft statement"]
    assert titles(workspace, me, search="DRAFT lawyers") == ["Draft statement"]
    assert titles(workspace, me, search="defender 007") == ["Draft resolution"]
    assert titles(workspace, me, search="åpenhet") == ["Draft resolution"]
    assert titles(workspace, me, search="100%") == ["Draft statement"]
    assert titles(workspace, me, search="1_0") == []


def test_a_contact_that_one_does_not_see_cannot_be_searched_for(
    workspace: Workspace, me: Viewer, other: Viewer
) -> None:
    who = contact(workspace, me, "Defender 009", country="KEN")
    made = engaged(workspace, me, "Consulted on the text", links=[who])

    assert titles(workspace, other) == ["Consulted on the text"]
    assert titles(workspace, other, search="009") == []
    assert titles(workspace, other, countries=("KEN",)) == []
    with reading(other, workspace) as session:
        assert engagements.links_of(session, [made]) == {made: EngagementLinks()}
        assert engagements.last_engagement_days(session, [who], TODAY) == {}
        assert contacts.list_countries(session) == []


def test_what_links_on_an_engagement_is_found_from_either_end(workspace: Workspace, me: Viewer) -> None:
    who = contact(workspace, me, "Defender 001")
    made = engaged(workspace, me, "Meeting", items=["b", "a"], links=[who])
    case = save(me, Case, {"title": "Case 1", "suggested_by": Suggester.DEFENDER}, links=[made], workspace=workspace)
    bare = engaged(workspace, me, "Another")

    with reading(me, workspace) as session:
        found = engagements.links_of(session, [made, bare])

    defender = LinkedRecord(who, RecordKind.CONTACT, "Defender 001", restricted=True)
    hidden = LinkedRecord(case, RecordKind.CASE, "Case 1", restricted=True)
    assert found == {made: EngagementLinks(("a", "b"), (defender,), (hidden,)), bare: EngagementLinks()}


def test_the_last_engagement_with_a_contact_is_no_planned_one(workspace: Workspace, me: Viewer) -> None:
    one, two = contact(workspace, me, "Defender 001"), contact(workspace, me, "Defender 002")
    engaged(workspace, me, "A", date(2026, 10, 1), links=[one])
    engaged(workspace, me, "B", date(2026, 11, 2), links=[one])
    engaged(workspace, me, "C", TODAY + timedelta(days=1), links=[one, two])

    with reading(me, workspace) as session:
        assert engagements.last_engagement_days(session, [one, two], TODAY) == {one: date(2026, 11, 2)}


def test_a_file_of_engagements_has_nothing_restricted(workspace: Workspace, me: Viewer) -> None:
    hidden = contact(workspace, me, "Defender 001")
    group = contact(workspace, me, "Coalition 001", contact_kind=ContactKind.COALITION)
    engaged(workspace, me, "Meeting", items=["a", "b"], links=[hidden, group], participants="CANARY", outcome="Agreed")
    engaged(workspace, me, "Secret", engagement_kind=EngagementKind.SECURITY_MEASURES)

    with reading(me, workspace) as session:
        found = engagements.list_engagements(session, EngagementQuery(REFERENCE))
        links = engagements.links_of(session, [line.id for line in found])
    frame = engagements.engagements_table(found, links, {me.person_id: "Amina Berg"})

    assert [line.title for line in found] == ["Meeting", "Secret"]
    assert tuple(frame.columns) == engagements.COLUMNS
    assert frame.to_dict("records") == [
        {
            "on": date(2026, 11, 1),
            "kind": "consulted",
            "title": "Meeting",
            "place": "",
            "form": "in-person",
            "organisation": "",
            "items": "a; b",
            "contacts": "Coalition 001",
            "outcome": "Agreed",
            "owner": "Amina Berg",
            "sensitivity": "internal",
            "sample": False,
        }
    ]


# --- Follow-ups


def test_open_follow_ups_stand_by_their_day_and_only_with_records_that_one_sees(
    workspace: Workspace, me: Viewer, other: Viewer
) -> None:
    meeting = engaged(workspace, me, "Meeting")
    secret = engaged(workspace, me, "Secret", engagement_kind=EngagementKind.SECURITY_MEASURES)
    follow(workspace, me, meeting, "Later", TODAY + timedelta(days=20))
    follow(workspace, me, meeting, "Done", TODAY, done_on=TODAY)
    follow(workspace, me, secret, "Hidden", TODAY - timedelta(days=3))
    follow(workspace, me, meeting, "Late", TODAY - timedelta(days=1))

    def seen(who: Viewer) -> list[tuple[str, str, RecordKind, bool]]:
        with reading(who, workspace) as session:
            found = follow_ups.open_follow_ups(session)
        return [(line.what, line.record_title, line.record_kind, line.restricted) for line in found]

    kind = RecordKind.ENGAGEMENT
    assert seen(me) == [
        ("Hidden", "Secret", kind, True),
        ("Late", "Meeting", kind, False),
        ("Later", "Meeting", kind, False),
    ]
    assert seen(other) == [("Late", "Meeting", kind, False), ("Later", "Meeting", kind, False)]
    assert seen(ANONYMOUS) == []


def whats(found: Sequence[follow_ups.FollowUpLine]) -> list[str]:
    return [line.what for line in found]


def test_of_a_record_what_is_open_stands_before_what_was_done(workspace: Workspace, me: Viewer) -> None:
    meeting = engaged(workspace, me, "Meeting")
    for what, due, done_on in (
        ("Done first", date(2026, 11, 1), date(2026, 11, 2)),
        ("Done last", date(2026, 11, 1), date(2026, 11, 20)),
        ("Second", date(2026, 12, 2), None),
        ("First", date(2026, 12, 1), None),
    ):
        follow(workspace, me, meeting, what, due, done_on=done_on)

    with reading(me, workspace) as session:
        assert whats(follow_ups.list_follow_ups(session, meeting)) == ["First", "Second", "Done last", "Done first"]
        assert whats(follow_ups.follow_ups_done_since(session, date(2026, 11, 2))) == ["Done last", "Done first"]
        assert whats(follow_ups.follow_ups_done_since(session, date(2026, 11, 3))) == ["Done last"]


def test_of_some_records_those_are_told_that_are_wanted_engagements(workspace: Workspace, me: Viewer) -> None:
    recent, old = engaged(workspace, me, "Recent"), engaged(workspace, me, "Old", date(2025, 1, 5))
    who = contact(workspace, me, "Defender 001")

    with reading(me, workspace) as session:
        assert engagements.kept_among(session, EngagementQuery(REFERENCE), [recent, old, who]) == {recent, old}
        assert engagements.kept_among(
            session, EngagementQuery(REFERENCE, Filter(start=date(2026, 1, 1))), [recent, old, who]
        ) == {recent}
        assert engagements.kept_among(session, EngagementQuery(REFERENCE), []) == set()


def test_ones_own_follow_ups_are_parted_by_how_near_they_are(workspace: Workspace, me: Viewer, other: Viewer) -> None:
    meeting = engaged(workspace, me, "Meeting")
    for what, days in (("yesterday", -1), ("today", 0), ("in six days", 6), ("in seven days", 7)):
        follow(workspace, me, meeting, what, TODAY + timedelta(days=days))
    follow(workspace, me, meeting, "Bo's", TODAY, owner_id=other.person_id)

    with reading(me, workspace) as session:
        mine, others = follow_ups.by_owner(follow_ups.open_follow_ups(session), me.person_id, TODAY)

    assert {due: whats(found) for due, found in mine.items()} == {
        Nearness.LATE: ["yesterday"],
        Nearness.SOON: ["today", "in six days"],
        Nearness.LATER: ["in seven days"],
    }
    assert whats(others) == ["Bo's"]


def test_a_file_of_follow_ups_has_none_of_restricted_records(workspace: Workspace, me: Viewer) -> None:
    meeting = engaged(workspace, me, "Meeting")
    secret = engaged(workspace, me, "Secret", engagement_kind=EngagementKind.SECURITY_MEASURES)
    follow(workspace, me, meeting, "Write back", TODAY)
    follow(workspace, me, secret, "CANARY", TODAY)

    with reading(me, workspace) as session:
        frame = follow_ups.follow_ups_table(follow_ups.open_follow_ups(session), {me.person_id: "Amina Berg"})

    assert frame.to_dict("records") == [
        {
            "due": TODAY,
            "what": "Write back",
            "owner": "Amina Berg",
            "done_on": None,
            "outcome": "",
            "record_kind": "engagement",
            "record_title": "Meeting",
            "sample": False,
        }
    ]


# --- Contacts


def test_the_next_code_counts_contacts_that_one_does_not_see(workspace: Workspace, me: Viewer, other: Viewer) -> None:
    with reading(me, workspace) as session:
        assert contacts.next_code(session, ContactKind.DEFENDER) == "Defender 001"
    contact(workspace, me, "Defender 014")
    contact(workspace, me, "Defender 3 of the north")
    contact(workspace, me, "Coalition 99", contact_kind=ContactKind.COALITION)

    for who in (me, other):
        with reading(who, workspace) as session:
            assert contacts.next_code(session, ContactKind.DEFENDER) == "Defender 015"
            assert contacts.next_code(session, ContactKind.ORGANISATION) == "Organisation 001"
            assert contacts.next_code(session, ContactKind.COALITION) == "Coalition 100"


def test_only_a_code_tells_that_somebody_unseen_has_it(workspace: Workspace, me: Viewer, other: Viewer) -> None:
    code = contact(workspace, me, "Defender 014")
    contact(workspace, me, "A name")

    with reading(me, workspace) as session:
        assert contacts.is_code_taken(session, "A name")
        assert not contacts.is_code_taken(session, "Defender 014", but=code)
    with reading(other, workspace) as session:
        assert contacts.is_code_taken(session, "Defender 014")
        assert contacts.is_code_taken(session, "Defender 14")
        assert not contacts.is_code_taken(session, "Defender 015")
        assert not contacts.is_code_taken(session, "A name")


def test_a_file_of_contacts_has_no_restricted_one(workspace: Workspace, me: Viewer) -> None:
    contact(workspace, me, "Defender 001", country="KEN")
    made = contact(workspace, me, "Coalition 001", contact_kind=ContactKind.COALITION, country="TGO")

    with reading(me, workspace) as session:
        frame = contacts.contacts_table(contacts.list_contacts(session), {made: date(2026, 11, 2)})

    assert frame.to_dict("records") == [
        {
            "code": "Coalition 001",
            "kind": "coalition",
            "country": "TGO",
            "field_of_work": "",
            "preferred_channels": "",
            "forbidden_channels": "",
            "last_contact": date(2026, 11, 2),
        }
    ]


@pytest.mark.parametrize(
    ("columns", "state", "says"),
    [
        ({}, ConsentState.HOLDS, "Valid until withdrawn."),
        ({"until": date(2026, 12, 25)}, ConsentState.HOLDS, "Valid until Fri 25 Dec 2026."),
        (
            {"until": date(2026, 12, 24)},
            ConsentState.ENDING,
            "Expires soon, on Thu 24 Dec 2026: ask for renewal.",
        ),
        (
            {"until": TODAY},
            ConsentState.ENDING,
            "Expires soon, on Tue 24 Nov 2026: ask for renewal.",
        ),
        (
            {"until": date(2026, 11, 23)},
            ConsentState.EXPIRED,
            "Expired on Mon 23 Nov 2026: ask again before relying on it.",
        ),
        (
            {"until": date(2026, 11, 23), "withdrawn_on": date(2026, 11, 2)},
            ConsentState.WITHDRAWN,
            "Withdrawn on Mon 2 Nov 2026: no longer valid.",
        ),
        ({"given_on": date(2026, 11, 25)}, ConsentState.TO_COME, "Not yet valid."),
        (
            {"given_on": date(2026, 11, 25), "until": date(2026, 11, 30)},
            ConsentState.TO_COME,
            "Not yet valid; expires on Mon 30 Nov 2026.",
        ),
    ],
)
def test_a_consent_says_whether_it_holds(columns: dict[str, date], state: ConsentState, says: str) -> None:
    consent = Consent(**{"to_what": "To be quoted", "given_on": date(2026, 1, 5), **columns})

    assert contacts.consent_state(consent, TODAY) is state
    assert contacts.consent_words(consent, TODAY) == says


days = st.dates(date(2026, 11, 1), date(2027, 1, 31))


@given(given_on=days, until=st.none() | days, withdrawn_on=st.none() | days, today=days)
def test_a_consent_is_relied_on_only_within_its_days_and_before_it_is_withdrawn(
    given_on: date, until: date | None, withdrawn_on: date | None, today: date
) -> None:
    consent = Consent(to_what="To be quoted", given_on=given_on, until=until, withdrawn_on=withdrawn_on)

    holds = contacts.consent_state(consent, today) in (ConsentState.HOLDS, ConsentState.ENDING)

    within = given_on <= today and (until is None or today <= until)
    assert holds == (within and (withdrawn_on is None or today < withdrawn_on))


def test_a_consent_that_was_given_anew_is_not_asked_for_again() -> None:
    expired = Consent(to_what="To be quoted", given_on=date(2026, 1, 5), until=date(2026, 11, 1))
    anew = Consent(to_what="to be quoted", given_on=date(2026, 11, 5))
    ending = Consent(to_what="To meet the press", given_on=date(2026, 1, 5), until=date(2026, 11, 30))
    withdrawn = Consent(to_what="To travel", given_on=date(2026, 1, 5), withdrawn_on=date(2026, 2, 1))

    assert contacts.consents_to_renew(Contact(consents=[expired, anew, ending, withdrawn]), TODAY) == [ending]
    assert contacts.consents_to_renew(Contact(consents=[expired, ending]), TODAY) == [expired, ending]
