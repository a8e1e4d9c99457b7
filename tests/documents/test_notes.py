"""Briefing notes, read back with python-docx, as each may see them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import docx
import pandas as pd
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from docx.shared import Cm

from calendar_model.access.permissions import ANONYMOUS, Viewer
from calendar_model.access.unit_of_work import reading
from calendar_model.calendar import Filter
from calendar_model.documents.item_note import briefing_note
from calendar_model.documents.note import Reader
from calendar_model.documents.week_note import week_note
from calendar_model.mission.statements import commands
from calendar_model.mission.transactions import save, writing
from calendar_model.reference import Reference
from calendar_model.store.models import (
    Case,
    Contact,
    Engagement,
    FollowUp,
    Identity,
    LanguageProposal,
    Record,
    Reprisal,
    Statement,
)
from calendar_model.terms import ContactKind, EngagementForm, EngagementKind, StatementFormat, Suggester
from calendar_model.translation import in_language
from calendar_model.vocabulary import Sensitivity
from tests.day import TODAY

ITEM = "hrc-resolution-HRC67"
CANARY = "Kanarifugl"
ZONE = "Europe/Zurich"


@pytest.fixture
def note(reference: Reference, table: pd.DataFrame) -> Callable[..., bytes]:
    """The note on an item, as somebody sees it."""

    def made(who: Viewer, item: str = ITEM, name: str = "Amina Berg") -> bytes:
        reader = Reader(name if who.person_id else "", who.person_id, TODAY, ZONE)
        with reading(who) as session:
            return briefing_note(session, item, reference, table, reader)

    return made


@pytest.fixture
def week(reference: Reference, table: pd.DataFrame) -> Callable[..., bytes]:
    """The note on a week, as somebody sees it."""

    def made(who: Viewer, monday: date, chosen: Filter | None = None) -> bytes:
        reader = Reader("Amina Berg" if who.person_id else "", who.person_id, TODAY, ZONE)
        with reading(who) as session:
            return week_note(session, monday, reference, table, reader, chosen or Filter())

    return made


def opened(content: bytes) -> Document:
    return docx.Document(io.BytesIO(content))


def texts(document: Document, *styles: str) -> list[str]:
    return [one.text for one in document.paragraphs if one.style is not None and one.style.name in styles]


def under(document: Document, heading: str) -> list[str]:
    """The paragraphs under a heading, up to the next one."""
    found: list[str] = []
    within = False
    for one in document.paragraphs:
        headed = one.style is not None and str(one.style.name).startswith("Heading")
        within = one.text == heading if headed else within
        if within and not headed and one.text:
            found.append(one.text)
    return found


def rows(document: Document, place: int) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in document.tables[place].rows]


def head(document: Document) -> str:
    return str(document.sections[0].header.paragraphs[0].text)


def parts(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return b"\n".join([*map(packed.read, packed.namelist()), *(name.encode() for name in packed.namelist())])


def write(staff_member: Viewer, kind: type[Record], title: str, *links: str, named: Any = None, **columns: Any) -> str:
    columns.setdefault("sensitivity", Sensitivity.RESTRICTED if named else Sensitivity.INTERNAL)
    return save(staff_member, kind, {"title": title, **columns}, items=[ITEM], links=links, named=named)


CONSULTED: dict[str, Any] = {
    "engagement_kind": EngagementKind.CONSULTED,
    "on": date(2026, 11, 3),
    "form": EngagementForm.ONLINE,
}


def drafted(staff_member: Viewer, statement: str, text: str, language: str = "en") -> None:
    commands.save_text(staff_member, statement, text, language=language, based_on=0)


def test_a_note_on_a_text(staff_member: Viewer, note: Callable[..., bytes]) -> None:
    contact = write(staff_member, Contact, "ORG-1", contact_kind=ContactKind.ORGANISATION)
    write(
        staff_member,
        Engagement,
        "First round",
        contact,
        **CONSULTED,
        kinds=[EngagementKind.CONSULTED, EngagementKind.INVITED],
        participants="Two people",
        outcome="Wants  a\nparagraph on families",
    )
    statement = write(
        staff_member, Statement, "Zero draft", format=StatementFormat.RESOLUTION_TEXT, due=date(2027, 12, 20)
    )
    drafted(staff_member, statement, "The Council,\n\n1. Decides to return to the matter;")
    save(
        staff_member,
        FollowUp,
        {
            "record_id": statement,
            "what": "Send it round.",
            "due": date(2026, 11, 20),
            "owner_id": staff_member.person_id,
        },
    )
    document = opened(note(staff_member))
    assert texts(document, "Title", "Subtitle") == [
        "HRC text, due in HRC67",
        "Briefing note · UN Human Rights Council · Geneva · HRC67",
    ]
    assert texts(document, "Heading 1") == [
        "Date",
        "Outstanding",
        "Deadlines",
        "History: Human Rights Council resolution on human rights defenders",
        "Our work",
        "Sources",
    ]
    days, known = under(document, "Date")[:2]
    assert days.startswith("expected Mon 3 Apr 2028 ±")
    assert known.startswith("Projected. Projected for HRC67, ")
    assert known.endswith("Unsourced.")
    participation, cleared, late = under(document, "Outstanding")
    assert participation.startswith("Participation, open: Participation not yet supported; by ")
    assert cleared.startswith("Cleared, open: Not cleared, in draft; by ")
    assert all(line.endswith(", based on the expected dates.") for line in (participation, cleared))
    assert late == "Follow-up, late: Send it round, due Fri 20 Nov 2026."
    columns, *due = rows(document, 0)
    assert columns == ["When", "What", "Due from", "Date status"]
    assert all(row[0].startswith("expected ") for row in due)
    assert sorted(row[1:] for row in due) == [
        ["Deadline for tabling draft resolutions, HRC67", "penholder", "Projected"],
        ["Side event room request by a State, HRC67", "mission", "Projected"],
        ["Written amendments by other States, HRC67", "penholder", "Projected"],
    ]
    assert rows(document, 1)[:3] == [
        ["Adopted", "Symbol", "Subject", "Vote"],
        ["4 Apr 2025", "A/HRC/RES/58/23", "defenders and new and emerging technologies / digital age", "by consensus"],
        [
            "1 Apr 2022",
            "A/HRC/RES/49/18",
            "defenders in conflict and post-conflict situations, incl. women defenders",
            "by vote, 39 for, 0 against, 8 abstaining",
        ],
    ]
    assert under(document, "Engagements") == [
        "First round. Consulted, invited, Tue 3 Nov 2026, online, with ORG-1. Wants a paragraph on families."
    ]
    assert under(document, "Drafts and texts") == [
        "Zero draft. Resolution text, draft, version 1, due Mon 20 Dec 2027, owner Desk.",
        "The Council,",
        "1. Decides to return to the matter;",
    ]
    assert under(document, "Open follow-ups") == ["Fri 20 Nov 2026, late: Send it round (Desk; Zero draft)"]
    assert head(document) == "Prepared for Amina Berg on Tue 24 Nov 2026; contains no restricted records"
    assert b"Two people" not in parts(note(staff_member))


def test_a_note_in_norwegian_has_the_same_styles(staff_member: Viewer, note: Callable[..., bytes]) -> None:
    with in_language("nb"):
        document = docx.Document(io.BytesIO(note(staff_member)))
    assert document.core_properties.title == "Bakgrunnsnotat"
    assert {"Title", "Subtitle", "Heading 1"} <= {
        paragraph.style.name for paragraph in document.paragraphs if paragraph.style
    }


def test_it_is_a_word_document_as_word_makes_them(staff_member: Viewer, note: Callable[..., bytes]) -> None:
    content = note(staff_member)
    document = opened(content)
    section, properties = document.sections[0], document.core_properties
    size = (section.page_width or 0, section.page_height or 0)
    assert tuple(round(side / Cm(1), 1) for side in size) == (21.0, 29.7)
    assert (properties.title, properties.author, properties.comments, properties.language) == (
        "Briefing note",
        "Permanent Mission of Norway in Geneva",
        "",
        "en-GB",
    )
    language = document.styles.element.find(f".//{qn('w:docDefaults')}//{qn('w:lang')}")
    assert language.get(qn("w:val")) == "en-GB"
    for made in document.tables:
        repeated = [bool(row._tr.xpath("./w:trPr/w:tblHeader")) for row in made.rows]
        assert repeated == [True, *[False] * (len(made.rows) - 1)]
    footer = section.footer.paragraphs[0]
    assert footer.text == "Briefing note\tPage  of "
    assert [field.get(qn("w:instr")) for field in footer._p.findall(qn("w:fldSimple"))] == ["PAGE", "NUMPAGES"]
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert [name for name in packed.namelist() if "thumbnail" in name] == []
    links = [link.address for paragraph in document.paragraphs for link in paragraph.hyperlinks]
    assert links[-1] == "https://searchlibrary.ohchr.org/record/26012"


def test_restricted_records_are_only_in_notes_for_people_with_access(
    staff_member: Viewer, other: Viewer, note: Callable[..., bytes], week: Callable[..., bytes]
) -> None:
    named = [staff_member.person_id]
    contact = write(
        staff_member,
        Contact,
        f"D-1 {CANARY}",
        contact_kind=ContactKind.DEFENDER,
        named=named,
        field_of_work=f"Land {CANARY}",
    )
    with writing(staff_member) as session:
        known = session.get(Contact, contact)
        assert known is not None
        known.identity = Identity(name="Nomen Nescio", channel="nomen@example.org")
    write(
        staff_member, Engagement, f"Talk {CANARY}", contact, named=named, **{**CONSULTED, "on": TODAY}, outcome=CANARY
    )
    write(
        staff_member,
        Case,
        f"Case {CANARY}",
        contact,
        named=named,
        suggested_by=Suggester.DEFENDER,
        risk_reasons="Grounds to fear",
    )
    write(staff_member, Reprisal, f"Reprisal {CANARY}", named=named, account="What was done")
    write(staff_member, LanguageProposal, f"Language {CANARY}", named=named, text="Privacy", wording=CANARY)
    statement = write(
        staff_member, Statement, f"Draft {CANARY}", named=named, format=StatementFormat.STATEMENT, due=TODAY
    )
    drafted(staff_member, statement, f"We name {CANARY}.")
    save(
        staff_member,
        FollowUp,
        {"record_id": statement, "what": f"Ask {CANARY}", "due": TODAY, "owner_id": staff_member.person_id},
    )
    mine, theirs, anybodys = (
        [note(who), note(who, "session-HRC67"), week(who, date(2026, 11, 23))]
        for who in (staff_member, other, ANONYMOUS)
    )
    warning = "Prepared for Amina Berg on Tue 24 Nov 2026; contains restricted records: handle accordingly"
    assert [head(opened(one)) for one in mine] == [warning] * 3
    assert [[p.text for p in opened(one).paragraphs if p.text == f"{warning}."] for one in mine] == [
        [f"{warning}."]
    ] * 3
    assert {head(opened(one)) for one in theirs} == {
        "Prepared for Amina Berg on Tue 24 Nov 2026; contains no restricted records"
    }
    assert {head(opened(one)) for one in anybodys} == {
        "Prepared from public records on Tue 24 Nov 2026; contains no restricted records"
    }
    for one in mine:
        assert CANARY.encode() in parts(one)
    for one in (*theirs, *anybodys):
        assert CANARY.encode() not in parts(one)
        assert b"restricted)" not in parts(one)
    for one in (*mine, *theirs, *anybodys):
        for kept in (b"Nomen", b"nomen@", b"Grounds to fear", b"What was done"):
            assert kept not in parts(one)


def test_a_session_comes_with_its_related_items(staff_member: Viewer, note: Callable[..., bytes]) -> None:
    write(staff_member, Engagement, "First round", **CONSULTED)
    document = opened(note(staff_member, "session-HRC67"))
    assert texts(document, "Heading 1", "Heading 2") == [
        "Date",
        "Outstanding",
        "Deadlines",
        "Related items",
        "Texts",
        "Steps",
        "History: Human Rights Council resolution on human rights defenders",
        "Our work",
        "Our work: HRC text, due in HRC67",
        "Engagements",
        "Sources",
    ]
    columns, *found = rows(document, 1)
    assert columns == ["When", "What", "Date status", "Our work"]
    (ours,) = [row for row in found if row[3] != "none yet"]
    assert ours[0].startswith("expected ")
    assert ours[1:] == ["HRC text, due in HRC67", "Projected", "1 engagement"]
    assert under(document, "Our work") == ["No linked work yet."]


def test_a_review_comes_with_those_before_it(staff_member: Viewer, note: Callable[..., bytes]) -> None:
    document = opened(note(staff_member, "upr-4-HTI"))
    assert "Previous reviews" in texts(document, "Heading 1")
    assert rows(document, 1) == [
        ["Cycle", "Reviewed", "Outcome adopted", "Decision"],
        ["3rd cycle", "UPR40", "HRC50, Mon 4 Jul 2022", "A/HRC/DEC/50/111"],
    ]


@pytest.mark.parametrize("kind", ["session", "meeting", "upr-review", "resolution", "mandate-renewal", "deadline"])
def test_a_note_cites_official_documents_only(
    note: Callable[..., bytes], reference: Reference, table: pd.DataFrame, kind: str
) -> None:
    found = table[(table["kind"] == kind) & (table["source_url"] != "")].drop_duplicates("source_url")
    cited: set[str] = set()
    for item in found["item"].iloc[:: max(len(found) // 8, 1)]:
        cited |= {link.address for one in opened(note(ANONYMOUS, item)).paragraphs for link in one.hyperlinks}
    assert cited
    assert {address for address in cited if not reference.is_official(address)} == set()


def test_a_note_says_how_many_sources_it_leaves_out(note: Callable[..., bytes], table: pd.DataFrame) -> None:
    of_exact_days = table[
        table["source_url"].str.startswith("https://github.com/") & (table["date_precision"] == "day")
    ]
    document = opened(note(ANONYMOUS, of_exact_days["item"].iloc[0]))
    assert under(document, "Sources")[-1] == (
        "1 source that is not an official document is left out; the calendar names it."
    )
    # Nor does the basis of the date name it.
    assert under(document, "Date")[1] == "Held."


def test_nobody_in_particular_gets_the_calendar_alone(staff_member: Viewer, note: Callable[..., bytes]) -> None:
    write(staff_member, Engagement, "First round", **CONSULTED)
    assert texts(opened(note(ANONYMOUS)), "Heading 1") == [
        "Date",
        "Deadlines",
        "History: Human Rights Council resolution on human rights defenders",
        "Sources",
    ]


def test_an_item_that_is_not_there_gets_a_sentence(staff_member: Viewer, note: Callable[..., bytes]) -> None:
    assert [one.text for one in opened(note(staff_member, "event-of-others")).paragraphs] == [
        "This document could not be created",
        "This item is no longer in the calendar, or you do not have access. Open its dossier again to check.",
    ]


def test_a_week_has_what_is_due_on_and_ours(staff_member: Viewer, week: Callable[..., bytes]) -> None:
    write(staff_member, Engagement, "Round of the week", **{**CONSULTED, "on": date(2026, 11, 26)})
    write(staff_member, Engagement, "Round of another week", **{**CONSULTED, "on": date(2026, 11, 30)})
    late = write(staff_member, Statement, "Zero draft", format=StatementFormat.RESOLUTION_TEXT, due=date(2026, 11, 29))
    save(
        staff_member,
        FollowUp,
        {"record_id": late, "what": "Ask", "due": date(2026, 11, 2), "owner_id": staff_member.person_id},
    )
    document = opened(week(staff_member, date(2026, 11, 23), Filter(organisations=("un-ga", "civil-soc"))))
    assert texts(document, "Title", "Subtitle") == [
        "Week of Mon 23 Nov – Sun 29 Nov 2026",
        "Briefing note · week 48 · calendar filtered by GA, Civil society",
    ]
    assert under(document, "Deadlines") == ["No deadlines known or expected this week."]
    columns, *found = rows(document, 0)
    assert columns == ["When", "What", "Date status"]
    for row in (
        ["Tue 8 Sep 2026 – Tue 7 Sep 2027", "General Assembly, 81st session", "Confirmed"],
        ["Sun 29 Nov 2026", "International Women Human Rights Defenders Day", "Confirmed"],
    ):
        assert row in found
    assert under(document, "Engagements") == ["Round of the week. Consulted, planned for Thu 26 Nov 2026, online."]
    assert under(document, "Texts due or delivered") == [
        "Zero draft. Resolution text, idea, no text yet, due Sun 29 Nov 2026, owner Desk."
    ]
    assert under(document, "Follow-ups due or late") == ["Mon 2 Nov 2026, late: Ask (Desk; Zero draft)"]


def test_a_week_has_what_is_expected_close_to_it_and_what_has_no_days(
    staff_member: Viewer, week: Callable[..., bytes]
) -> None:
    document = opened(week(staff_member, date(2026, 11, 30), Filter(organisations=("un-ohchr", "civil-soc"))))
    assert "Possibly this week" in texts(document, "Heading 1")
    found = {row[1]: row for row in rows(document, len(document.tables) - 1)}
    forum, award = found["UN Forum on Business and Human Rights"], found["Martin Ennals Award, ceremony"]
    assert (forum[3], award[3]) == ("Projected", "Projected")
    assert forum[0].startswith("expected Mon 23 Nov")
    assert award[0] == "Nov 2026 (dates not set)"
