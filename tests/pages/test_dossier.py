"""The dossier of an item, opened through the entrance on Tuesday 24 November 2026."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from calendar_model.access.permissions import ANONYMOUS, Viewer
from calendar_model.mission.statements import commands
from calendar_model.mission.transactions import save, writing
from calendar_model.store.models import (
    Case,
    Contact,
    Engagement,
    Event,
    FollowUp,
    LanguageProposal,
    Reprisal,
    Statement,
)
from calendar_model.terms import (
    ContactKind,
    EngagementForm,
    EngagementKind,
    EventKind,
    StatementFormat,
    StatementState,
    Suggester,
)
from calendar_model.vocabulary import Sensitivity
from tests.app import everything, open_page
from tests.pages.driver import said

ITEM = "hrc-resolution-HRC67"
INTERNAL = {"sensitivity": Sensitivity.INTERNAL}
ROUND: dict[str, Any] = {
    "title": "Round in Geneva",
    "engagement_kind": EngagementKind.CONSULTED,
    "on": date(2026, 11, 3),
    "form": EngagementForm.IN_PERSON,
    "place": "Geneva",
    "participants": "Eight organisations",
    "outcome": "They ask for language on families.",
    **INTERNAL,
}
PANEL: dict[str, Any] = {
    "title": "What missions can do",
    "event_kind": EventKind.PANEL,
    "body": "un-hrc",
    "start": date(2028, 3, 1),
    "end": date(2028, 3, 1),
    "start_time": time(13),
    "end_time": time(14, 30),
    "timezone": "Europe/Zurich",
    "location": "Geneva",
    "room": "Room XXI",
    "programme": "Opening",
    **INTERNAL,
}


def opened(who: Viewer, item: str = ITEM) -> AppTest:
    app = open_page("dossier", who.person_id, of=item, tz="Europe/Zurich")
    assert [e.value for e in app.exception] == []
    return app


def heads(app: AppTest) -> list[str]:
    return [head.value for head in app.subheader]


def small(app: AppTest) -> list[str]:
    return [c.value for c in app.caption]


def links(app: AppTest) -> dict[str, str]:
    return {link.proto.label: link.proto.query_string for link in app.get("page_link")}


def test_an_item_without_linked_work_says_what_will_be_listed(staff_member: Viewer) -> None:
    app = opened(staff_member)
    assert app.title[0].value == "HRC text, due in HRC67"
    assert heads(app) == ["Readiness", "Deadlines", "Engagements", "Drafts", "Our side events and meetings"]
    assert [m for m in said(app) if m.startswith("No ") and m.endswith(("yet.", "met."))] == [
        "No engagements yet. Log whom we consulted, supported or met.",
        "No drafts yet.",
        "No side events or meetings yet.",
    ]
    (head,) = [h.proto.body for h in app.get("html") if 'class="dossier-when"' in h.proto.body]
    assert "expected Mon 3 Apr 2028" in head
    assert "<strong>Projected.</strong>" in head


def test_new_records_are_linked_to_the_item(staff_member: Viewer) -> None:
    assert links(opened(staff_member)) | {
        "New draft": f"new=resolution-text&tie={ITEM}",
        "New engagement": f"new=consulted&tie={ITEM}",
        "New side event": f"new=side-event&tie={ITEM}",
    } == links(opened(staff_member))
    assert links(opened(staff_member, "session-HRC64"))["New draft"] == "new=statement&tie=session-HRC64"


def test_all_linked_work_is_on_one_page(staff_member: Viewer) -> None:
    defender = save(
        staff_member, Contact, {"title": "Defender 014", "contact_kind": ContactKind.DEFENDER, "country": "COL"}
    )
    group = save(
        staff_member, Contact, {"title": "Organisation 003", "contact_kind": ContactKind.ORGANISATION, **INTERNAL}
    )
    text = {"title": "Zero draft", "format": StatementFormat.RESOLUTION_TEXT, "due": date(2028, 2, 20), **INTERNAL}
    draft = save(staff_member, Statement, text, items=[ITEM])
    commands.save_text(staff_member, draft, "Recalling the Declaration.", language="en", based_on=0)
    commands.move(staff_member, draft, StatementState.CONSULTATION, seen=1, waiting_for=staff_member.person_id)
    with writing(staff_member) as session:
        statement = session.get(Statement, draft)
        assert statement is not None
        statement.follow_ups.append(
            FollowUp(what="Ask the core group", due=date(2026, 11, 20), owner_id=staff_member.person_id)
        )
    save(staff_member, Engagement, ROUND, items=[ITEM], links=[group])
    save(
        staff_member,
        Engagement,
        {**ROUND, "title": "Call", "form": EngagementForm.PHONE, "on": date(2026, 12, 1), "outcome": ""},
        items=[ITEM],
    )
    save(staff_member, Event, {**PANEL, "defenders_speak": True}, items=[ITEM], links=[defender])
    save(
        staff_member,
        LanguageProposal,
        {
            "title": "In the text on privacy",
            "text": "Privacy",
            "forum": "un-hrc",
            "wording": "and defenders",
            **INTERNAL,
        },
        items=[ITEM],
    )
    case = save(
        staff_member, Case, {"title": "Case 7", "suggested_by": Suggester.DEFENDER, "country": "COL"}, items=[ITEM]
    )
    save(staff_member, Reprisal, {"title": "Reprisal 2", "reported_to": "OHCHR"}, links=[case])
    app = opened(staff_member)
    assert heads(app) == [
        "Readiness",
        "Deadlines",
        "Engagements",
        "Drafts",
        "Cases",
        "Our side events and meetings",
        "Language proposed in other resolutions",
        "Reprisals",
        "Open follow-ups",
        "History",
    ]
    records = [
        "Consulted · planned for Tue 1 Dec 2026 · phone · Geneva · Eight organisations",
        "Consulted · Tue 3 Nov 2026 · in person · Geneva · with Organisation 003 · Eight organisations",
        "Defender, Colombia · What missions can do · Restricted: visible only to Desk",
        "Resolution text · version 1 · due Sun 20 Feb 2028 · owner Desk",
        "Colombia · risk not assessed · Restricted: visible only to Desk",
        "Wed 1 Mar 2028, 13:00–14:30 (Geneva time) · Panel · provisional · Room XXI · Geneva",
        "Privacy · HRC · proposed",
        "Alleged · reported to OHCHR · Restricted: visible only to Desk",
    ]
    assert [caption for caption in small(app) if caption in records] == records
    texts = [
        "They ask for language on families.",
        (
            "**In consultation**, awaiting Desk. Still needed before it is cleared:\n\n"
            "- You are not authorised to clear. Ask someone who is, or change it in Settings."
        ),
        "Defenders speak: Defender 014.",
        "“and defenders”",
        "**Late.** **Fri 20 Nov 2026** · Ask the core group · Desk",
    ]
    assert [text for text in said(app) if text in texts] == texts
    assert "**Consulted:** done" in said(app)
    (told,) = [h.proto.body for h in app.get("html") if 'class="dossier-facts"' in h.proto.body]
    assert "Desk: “Zero draft” – moved it to consultation." in told
    assert len([e for e in app.expander if e.label != "More"]) == 0


def test_each_outstanding_expectation_links_to_its_action(staff_member: Viewer) -> None:
    case = save(staff_member, Case, {"title": "Case 7", "suggested_by": Suggester.DEFENDER}, items=[ITEM])
    found = [(link.proto.label, link.proto.query_string) for link in opened(staff_member).get("page_link")]
    assert [pair for pair in found if pair[0] in ("Log engagement", "Start draft", "Open case")] == [
        ("Log engagement", f"new=consulted&tie={ITEM}"),
        ("Log engagement", f"new=participation-supported&tie={ITEM}"),
        ("Start draft", f"new=resolution-text&tie={ITEM}"),
        ("Open case", f"record={case}"),
        ("Start draft", f"new=resolution-text&tie={ITEM}"),
    ]


def test_a_session_lists_its_items_with_linked_work(staff_member: Viewer) -> None:
    save(staff_member, Engagement, ROUND, items=[ITEM])
    save(staff_member, Engagement, {**ROUND, "title": "Second"}, items=[ITEM])
    app = opened(staff_member, "session-HRC67")
    assert "In this session" in heads(app)
    assert links(app)["HRC text, due in HRC67"] == f"of={ITEM}"
    assert any(line.startswith("expected ") and line.endswith("projected · 2 engagements") for line in small(app))


def test_the_dossier_of_an_own_event(staff_member: Viewer) -> None:
    speaker = save(
        staff_member, Contact, {"title": "Organisation 003", "contact_kind": ContactKind.ORGANISATION, **INTERNAL}
    )
    event = save(staff_member, Event, PANEL, links=[speaker])
    app = opened(staff_member, f"event-{event}")
    assert app.title[0].value == "What missions can do"
    assert [head for head in heads(app) if head in ("Speakers", "Programme", "Our side events and meetings")] == [
        "Speakers",
        "Programme",
    ]
    assert [text for text in said(app) if text in ("Speakers: Organisation 003.", "Opening")] == [
        "Speakers: Organisation 003.",
        "Opening",
    ]
    assert links(app)["Open event"] == f"record={event}"


def test_restricted_records_are_hidden_from_users_without_access(staff_member: Viewer, other: Viewer) -> None:
    hidden = {"sensitivity": Sensitivity.RESTRICTED}
    defender = save(staff_member, Contact, {"title": "CANARY 014", "contact_kind": ContactKind.DEFENDER})
    save(
        staff_member, Case, {"title": "CANARY case", "suggested_by": Suggester.DEFENDER}, items=[ITEM], links=[defender]
    )
    save(staff_member, Engagement, {**ROUND, "outcome": "CANARY", **hidden}, items=[ITEM])
    save(staff_member, Event, PANEL, items=[ITEM], links=[defender])
    restricted = save(staff_member, Event, {**PANEL, "title": "CANARY", **hidden}, items=[ITEM])
    assert "CANARY" in everything(opened(staff_member))
    for who in (other, ANONYMOUS):
        assert "CANARY" not in everything(opened(who))
        assert "CANARY" not in everything(opened(who, item=f"event-{restricted}"))
        assert "CANARY" not in everything(_panel(who))
    assert "No engagements yet. Log whom we consulted, supported or met." in said(opened(other))


def test_without_a_user_only_the_public_part_is_shown(staff_member: Viewer) -> None:
    event = save(staff_member, Event, {**PANEL, "defenders_speak": True}, items=[ITEM])
    save(staff_member, Event, {"sensitivity": Sensitivity.PUBLIC}, record_id=event, seen=1, reason="It is announced.")
    save(staff_member, Engagement, ROUND, items=[ITEM])
    app = opened(ANONYMOUS)
    assert heads(app) == ["Deadlines", "Our side events and meetings"]
    assert said(app)[-2:] == [
        "Defenders speak.",
        "Our work on this item is visible to users only. Select your name to see it.",
    ]
    assert "Select user" in links(app)


@pytest.mark.parametrize(
    ("item", "sentence"),
    [
        (
            "session-*HRC999*",
            (
                "“session-\\*HRC999\\*” is not in the calendar, or you do not have access. Search the calendar by title, and "
                "open the dossier from the item."
            ),
        ),
        ("", "Open a calendar item first, then its dossier."),
    ],
)
def test_an_unknown_item_gets_a_sentence(staff_member: Viewer, item: str, sentence: str) -> None:
    assert said(opened(staff_member, item)) == [sentence]


def test_the_panel_counts_linked_work_in_one_line(staff_member: Viewer, other: Viewer) -> None:
    save(staff_member, Engagement, ROUND, items=[ITEM])
    save(staff_member, Engagement, {**ROUND, "sensitivity": Sensitivity.RESTRICTED}, items=[ITEM])
    draft = save(
        staff_member, Statement, {"title": "Draft", "format": StatementFormat.RESOLUTION_TEXT, **INTERNAL}, items=[ITEM]
    )
    with writing(staff_member) as session:
        session.add(FollowUp(record_id=draft, what="Ask", due=date(2026, 12, 1), owner_id=staff_member.person_id))
    for who, line in (
        (staff_member, "2 engagements · 1 idea · next follow-up Tue 1 Dec 2026"),
        (other, "1 engagement · 1 idea · next follow-up Tue 1 Dec 2026"),
    ):
        app = _panel(who)
        assert line in said(app)
        assert links(app)["Dossier"] == f"of={ITEM}"
    assert "No linked work yet." in said(_panel(staff_member, "session-HRC64"))
    assert [text for text in said(_panel(ANONYMOUS)) if "engagement" in text] == []


def _panel(who: Viewer, item: str = ITEM) -> AppTest:
    app = open_page("today", who.person_id, item=item)
    assert [e.value for e in app.exception] == []
    return app


def test_timeline_and_agenda_say_it_with_the_item(staff_member: Viewer, other: Viewer) -> None:
    save(staff_member, Engagement, ROUND, items=["session-HRC64"])
    save(staff_member, Engagement, {**ROUND, "sensitivity": Sensitivity.RESTRICTED}, items=["session-HRC64"])
    for who, words in ((staff_member, "2 engagements"), (other, "1 engagement"), (ANONYMOUS, "")):
        app = open_page("timeline", who.person_id, zoom="quarter", **{"from": "2027-01-01"})
        (chart,) = app.get("plotly_chart")
        assert [f"{count} engagement" in chart.proto.spec for count in (1, 2)] == [words[:1] == "1", words[:1] == "2"]
        app = open_page("agenda", who.person_id, zoom="quarter", **{"from": "2027-01-01"})
        parts = [caption for caption in small(app) if caption.startswith("HRC · projected")]
        assert f"HRC · projected{f' · {words}' if words else ''}" in parts
