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
    StatementForm,
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


def test_an_item_of_which_nothing_of_ours_is_known_says_what_will_stand_there(staff_member: Viewer) -> None:
    app = opened(staff_member)
    assert app.title[0].value == "HRC text, due in HRC67"
    assert heads(app) == ["Readiness", "Deadlines", "Engagements", "Drafts", "Side events and meetings of ours"]
    assert [m for m in said(app) if m.startswith("None yet")] == [
        "None yet. Whom we consulted, supported or talked with about it stands here.",
        "None yet. What we are going to say or table stands here, with what misses before its next move.",
        "None yet. What we hold around it stands here, with its room and who speaks.",
    ]
    (head,) = [h.proto.body for h in app.get("html") if 'class="dossier-when"' in h.proto.body]
    assert "expected Mon 3 Apr 2028" in head
    assert "<strong>Projected.</strong>" in head


def test_what_is_begun_from_it_is_tied_to_it(staff_member: Viewer) -> None:
    assert links(opened(staff_member)) | {
        "Start a draft": f"new=resolution-text&tie={ITEM}",
        "Log an engagement": f"new=consulted&tie={ITEM}",
        "Plan a side event": f"new=side-event&tie={ITEM}",
    } == links(opened(staff_member))
    assert links(opened(staff_member, "session-HRC64"))["Start a draft"] == "new=national&tie=session-HRC64"


def test_all_of_it_on_one_page(staff_member: Viewer) -> None:
    defender = save(
        staff_member, Contact, {"title": "Defender 014", "contact_kind": ContactKind.DEFENDER, "country": "COL"}
    )
    group = save(
        staff_member, Contact, {"title": "Organisation 003", "contact_kind": ContactKind.ORGANISATION, **INTERNAL}
    )
    text = {"title": "Zero draft", "form": StatementForm.RESOLUTION_TEXT, "due": date(2028, 2, 20), **INTERNAL}
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
        "Side events and meetings of ours",
        "Language proposed in texts of others",
        "Reprisals",
        "Follow-ups open",
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
            "**In consultation**, waits for Desk. Before it is cleared misses:\n\n"
            "- Clearing is for somebody who may clear: ask one of them, or set it in Settings."
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


def test_what_misses_is_opened_from_its_mark(staff_member: Viewer) -> None:
    case = save(staff_member, Case, {"title": "Case 7", "suggested_by": Suggester.DEFENDER}, items=[ITEM])
    found = [(link.proto.label, link.proto.query_string) for link in opened(staff_member).get("page_link")]
    assert [pair for pair in found if pair[0] in ("Log one", "Begin a draft", "Open it")] == [
        ("Log one", f"new=consulted&tie={ITEM}"),
        ("Log one", f"new=participation-supported&tie={ITEM}"),
        ("Begin a draft", f"new=resolution-text&tie={ITEM}"),
        ("Open it", f"record={case}"),
        ("Begin a draft", f"new=resolution-text&tie={ITEM}"),
    ]


def test_a_session_lists_what_is_in_it_with_what_there_is(staff_member: Viewer) -> None:
    save(staff_member, Engagement, ROUND, items=[ITEM])
    save(staff_member, Engagement, {**ROUND, "title": "Second"}, items=[ITEM])
    app = opened(staff_member, "session-HRC67")
    assert "In it" in heads(app)
    assert links(app)["HRC text, due in HRC67"] == f"of={ITEM}"
    assert any(line.startswith("expected ") and line.endswith("projected · 2 engagements") for line in small(app))


def test_the_dossier_of_an_own_event(staff_member: Viewer) -> None:
    speaker = save(
        staff_member, Contact, {"title": "Organisation 003", "contact_kind": ContactKind.ORGANISATION, **INTERNAL}
    )
    event = save(staff_member, Event, PANEL, links=[speaker])
    app = opened(staff_member, f"event-{event}")
    assert app.title[0].value == "What missions can do"
    assert [head for head in heads(app) if head in ("Who speaks", "Programme", "Side events and meetings of ours")] == [
        "Who speaks",
        "Programme",
    ]
    assert [text for text in said(app) if text in ("Speakers: Organisation 003.", "Opening")] == [
        "Speakers: Organisation 003.",
        "Opening",
    ]
    assert links(app)["Open event"] == f"record={event}"


def test_who_is_not_named_sees_nothing_of_what_is_restricted(staff_member: Viewer, other: Viewer) -> None:
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
    assert "None yet. Whom we consulted, supported or talked with about it stands here." in said(opened(other))


def test_nobody_sees_the_public_part_and_where_to_say_who_they_are(staff_member: Viewer) -> None:
    event = save(staff_member, Event, {**PANEL, "defenders_speak": True}, items=[ITEM])
    save(staff_member, Event, {"sensitivity": Sensitivity.PUBLIC}, record_id=event, seen=1, reason="It is announced.")
    save(staff_member, Engagement, ROUND, items=[ITEM])
    app = opened(ANONYMOUS)
    assert heads(app) == ["Deadlines", "Side events and meetings of ours"]
    assert said(app)[-2:] == [
        "Defenders speak.",
        "What we do about it is shown to staff, each as much as they may see.",
    ]
    assert "Choose who you are" in links(app)


@pytest.mark.parametrize(
    ("item", "sentence"),
    [
        (
            "session-*HRC999*",
            (
                "The link asks for “session-\\*HRC999\\*”, which is not in the calendar, or not for you to see. Search the "
                "calendar for it by title, and open its dossier from there."
            ),
        ),
        ("", "A dossier belongs to an item of the calendar: open the item, then its dossier."),
    ],
)
def test_what_has_no_dossier_gets_a_sentence(staff_member: Viewer, item: str, sentence: str) -> None:
    assert said(opened(staff_member, item)) == [sentence]


def test_the_panel_says_in_a_line_what_there_is(staff_member: Viewer, other: Viewer) -> None:
    save(staff_member, Engagement, ROUND, items=[ITEM])
    save(staff_member, Engagement, {**ROUND, "sensitivity": Sensitivity.RESTRICTED}, items=[ITEM])
    draft = save(
        staff_member, Statement, {"title": "Draft", "form": StatementForm.RESOLUTION_TEXT, **INTERNAL}, items=[ITEM]
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
    app = open_page("overview", who.person_id, item=item)
    assert [e.value for e in app.exception] == []
    return app


def test_timeline_and_agenda_say_it_with_the_item(staff_member: Viewer, other: Viewer) -> None:
    save(staff_member, Engagement, ROUND, items=["session-HRC64"])
    save(staff_member, Engagement, {**ROUND, "sensitivity": Sensitivity.RESTRICTED}, items=["session-HRC64"])
    for who, words in ((staff_member, "2 engagements"), (other, "1 engagement"), (ANONYMOUS, "")):
        app = open_page("timeline", who.person_id, show="timeline", zoom="quarter", **{"from": "2027-01-01"})
        (chart,) = app.get("plotly_chart")
        assert [f"{count} engagement" in chart.proto.spec for count in (1, 2)] == [words[:1] == "1", words[:1] == "2"]
        app.segmented_control(key="show").set_value("agenda").run()
        parts = [caption for caption in small(app) if caption.startswith("HRC · projected")]
        assert f"HRC · projected{f' · {words}' if words else ''}" in parts
