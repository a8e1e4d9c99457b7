"""Statements, opened through the entrance on Tuesday 24 November 2026 as somebody of the staff."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from calendar_model import wording
from calendar_model.access.permissions import ANONYMOUS, OPERATOR, Viewer, member
from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import reading, staff
from calendar_model.mission.links import linked_of_kind
from calendar_model.mission.statements import commands
from calendar_model.mission.statements.queries import load_statement, newest_text
from calendar_model.mission.transactions import save
from calendar_model.store.models import (
    USUAL_ROLES,
    Case,
    Cosponsor,
    LanguageProposal,
    Override,
    Person,
    Statement,
    Unsaved,
    Version,
)
from calendar_model.terms import (
    RecordKind,
    StatementFormat,
    StatementState,
    Suggester,
    UprResponse,
    Voice,
)
from calendar_model.vocabulary import Sensitivity
from pages.components.shell.words import plain
from pages.components.statements import listing
from tests.app import open_page
from tests.cases import ANSWERS
from tests.pages.driver import address, click, offered_to_undo, sound, unfold
from tests.staff import CLEARER

OPEN_CHECKS = [
    "Case 1: the bilateral mission has not been consulted.",
    "Case 1: neither the defender nor civil society on their behalf has been consulted.",
    "Case 1: the risk of reprisals has not been assessed, with reasons.",
    "Case 1: the prospects have not been assessed, with reasons.",
    "Case 1: publicity has not been decided, with a reason.",
]


@pytest.fixture
def head() -> Viewer:
    return member(save(ANONYMOUS, Person, {"name": "Head", "roles": CLEARER}))


def page(who: Viewer, **parameters: str | list[str]) -> AppTest:
    return sound(open_page("statements", who.person_id, **parameters))


def begin(who: Viewer, *texts: str, **more: Any) -> str:
    door = {name: more.pop(name, None) for name in ("items", "links", "named")}
    values = {"title": "Item 3", "format": StatementFormat.INTERACTIVE_DIALOGUE, "forum": "un-hrc", **more}
    made = save(who, Statement, values, **door)
    for text in texts:
        write(who, made, text)
    return made


def write(who: Viewer, made: str, text: str, language: str = "en") -> None:
    last = newest_text(who, made, language)
    commands.save_text(who, made, text, language=language, based_on=last.number if last else 0)


def move(who: Viewer, made: str, to: StatementState, **more: Any) -> None:
    with reading(who) as session:
        seen = max((version.number for version in load_statement(session, made).versions), default=0)
    commands.move(who, made, to, seen=seen, **more)


def kept(who: Viewer, made: str) -> Statement:
    with reading(who) as session:
        statement = session.get(Statement, made)
        assert statement is not None
        return statement


def texts(who: Viewer, made: str) -> list[tuple[int, str, str, str]]:
    with reading(who) as session:
        columns = select(Version.number, Version.language, Version.text, Version.note)
        rows = session.execute(columns.where(Version.statement_id == made).order_by(Version.number))
        return [(row.number, row.language, row.text, row.note) for row in rows]


def unsaved(who: Viewer) -> list[tuple[str, str, int]]:
    with reading(who) as session:
        rows = session.execute(select(Unsaved.text, Unsaved.language, Unsaved.based_on))
        return [(row.text, row.language, row.based_on) for row in rows]


def moments(who: Viewer, column: Any) -> list[str]:
    """Instants that the database has, the first one first, as the page says them to a reader in UTC."""
    with reading(who) as session:
        return [f"{wording.day(at.date())}, {at:%H:%M}" for at in session.scalars(select(column).order_by(column))]


def type_in(
    app: AppTest, who: Viewer, made: str, text: str, *, revision: str, number: int, language: str = "en"
) -> AppTest:
    """What the field sends when somebody types."""
    sent = {"typed": {"text": text, "number": number, "revision": revision}}
    app.session_state[f"text_{made}_{language}_{who.person_id}"] = sent
    app.run()
    return sound(app)


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button if button.label != "Filter"]


def titles(app: AppTest) -> list[str]:
    """The titles of the statements listed."""
    return [label.strip("*") for label in labels(app) if label.startswith("**")]


def everything(app: AppTest) -> str:
    parts = [str(element) for element in app.main]
    return " ".join([*parts, *(str(frame.value.to_dict()) for frame in app.dataframe)])


# --- The list


def test_statements_are_hidden_until_a_user_is_selected(me: Viewer) -> None:
    begin(me, "Kestrel.")
    app = open_page("statements")
    assert [fault.value for fault in app.exception] == []
    assert app.title[0].value == "Statements"
    assert app.markdown[0].value == (
        "Statements are visible to users only. Select your name to see this page; new users: add yourself in Settings."
    )
    assert "Item 3" not in everything(app)


def test_the_empty_list_offers_a_new_statement(me: Viewer) -> None:
    assert page(me).markdown[0].value == "No drafts yet. Start a new statement."


def test_the_list_says_of_each_what_it_is_and_what_is_needed_next(me: Viewer, head: Viewer) -> None:
    waiting = begin(head, "Text.", title="For my word", due=date(2026, 11, 23), agenda_item="3")
    move(head, waiting, StatementState.CONSULTATION, waiting_for=me.person_id)
    case = save(me, Case, {"title": "Case 1", "suggested_by": Suggester.CIVIL_SOCIETY})
    raising = begin(
        me, "Text.", title="Raises it", links=[case], items=["session-HRC64"], format=StatementFormat.STATEMENT
    )
    move(me, raising, StatementState.CONSULTATION, waiting_for=head.person_id)
    begin(head, title="Soon", due=date(2026, 11, 25), forum="", voice=Voice.JOINT, format=StatementFormat.STATEMENT)
    begin(head, "Text.", title="Later", due=date(2027, 1, 20))
    app = page(me)
    assert [group.value for group in app.subheader] == [
        "Awaiting my reply (1)",
        "My statements (1)",
        "Due in two weeks (1)",
        "Other statements (1)",
    ]
    assert [text.value for text in app.markdown] == [
        "**Overdue by 1 day** · Mon 23 Nov 2026",
        "No due date",
        "**In 1 day** · Wed 25 Nov 2026",
        "**In 57 days** · Wed 20 Jan 2027",
    ]
    hrc64 = app.session_state["page_context"].table.set_index("item").loc["session-HRC64", "title"]
    assert [text.value for text in app.caption] == [
        "**In consultation** · Interactive dialogue · HRC · item 3 · awaiting reply from Amina Berg",
        "Next: cleared. You are not authorised to clear. Ask someone who is, or change it in Settings.",
        f"**In consultation** · National statement · HRC · {hrc64} · awaiting reply from Head · raises Case 1 · restricted",
        f"Next: cleared. {OPEN_CHECKS[0]} And 6 more.",
        "**Idea** · Joint statement · no forum yet",
        "Next: write a first text.",
        "**Draft** · Interactive dialogue · HRC",
        "Ready for consultation.",
        "These files leave out restricted statements.",
    ]


def test_search_and_filters_narrow_the_list_and_stay_out_of_the_address(me: Viewer) -> None:
    begin(me, "We thank the rapporteur.", title="General debate")
    begin(me, title="Another")
    app = page(me)
    app.text_input(key="statements_search").set_value("RAPPORTEUR").run()
    assert titles(sound(app)) == ["General debate"]
    assert app.query_params == {}
    app.text_input(key="statements_search").set_value("").run()
    app.multiselect(key="statements_states").set_value(["idea"]).run()
    assert titles(sound(app)) == ["Another"]
    app.multiselect(key="statements_voices").set_value(["joint"]).run()
    assert titles(sound(app)) == []
    assert [text.value for text in app.markdown] == ["No statement matches. Broaden your search."]


def test_the_filter_above_leaves_forums_out_and_says_how_many(me: Viewer) -> None:
    begin(me, title="In Vienna", forum="osce")
    begin(me, title="In Geneva", forum="un-hrc")
    app = page(me, organisation="osce")
    assert titles(app) == ["In Vienna"]
    assert app.caption[0].value == "Hidden by the filter: 1."


def test_a_long_group_shows_some_and_more_on_a_click(me: Viewer) -> None:
    for number in range(12):
        begin(me, title=f"Number {number}")
    app = page(me)
    assert len(titles(app)) == 10
    assert labels(app)[-1] == "Show 2 more of 12"
    click(app, "more_MINE")
    assert len(titles(app)) == 12


def test_the_file_has_no_restricted_statement(me: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:

    begin(me, title="Internal")
    begin(me, title="Kestrel", sensitivity=Sensitivity.RESTRICTED)
    given = []
    monkeypatch.setattr(listing, "csv_download", lambda frame, name: given.append((name, frame)))
    page(me)
    name, frame = given[-1]
    assert name == "statements"
    assert frame.to_dict("records") == [
        {
            "title": "Internal",
            "voice": "national",
            "format": "interactive-dialogue",
            "state": "idea",
            "forum": "un-hrc",
            "agenda_item": "",
            "due": None,
            "waiting_for": "",
            "owner": "Amina Berg",
            "sample": False,
        }
    ]


def test_people_without_access_see_nothing_of_a_restricted_statement(me: Viewer, head: Viewer) -> None:
    made = begin(me, "Kestrel in the text.", title="Kestrel", sensitivity=Sensitivity.RESTRICTED, speaker="Kestrel")
    assert "Kestrel" in everything(page(me))
    assert "Kestrel in the text." in str(texts(me, made))
    for parameters in ({}, {"record": made}, {"new": "national", "with": made}):
        app = page(head, **parameters)
        assert "estrel" not in everything(app)
    app = page(head, record=made)
    assert app.markdown[0].value == "This statement no longer exists, or you do not have access."


# --- A new one


def test_a_new_statement_begins_with_what_the_address_says(me: Viewer) -> None:
    app = page(me, new="joint", tie="hrc-resolution-HRC67")
    assert app.text_input(key="statement_new_title").value == "Joint statement: HRC text, due in HRC67"
    assert app.selectbox(key="statement_new_voice").value == Voice.JOINT
    assert app.selectbox(key="statement_new_format").value == StatementFormat.STATEMENT
    assert app.selectbox(key="statement_new_forum").value == "un-hrc"
    click(app, "statement_new_save")
    assert app.toast[0].value == "Statement created. Write the text below; drafts save automatically."
    made = str(app.query_params["record"])
    assert "new" not in app.query_params
    statement = kept(me, made)
    assert (
        statement.title,
        statement.voice,
        statement.format,
        statement.forum,
        statement.owner_id,
        statement.state,
    ) == (
        "Joint statement: HRC text, due in HRC67",
        Voice.JOINT,
        StatementFormat.STATEMENT,
        "un-hrc",
        me.person_id,
        StatementState.IDEA,
    )
    assert app.title[0].value == "Joint statement: HRC text, due in HRC67"


def test_a_new_statement_with_a_first_text_is_a_draft(me: Viewer) -> None:
    app = page(me, new="upr-recommendation", tie="upr-4-HTI")
    app.text_area(key="statement_new_text").set_value("Protect defenders.")
    click(app, "statement_new_save")
    made = kept(me, address(app, "record"))
    assert (made.format, made.state) == (StatementFormat.UPR_RECOMMENDATION, StatementState.DRAFT)
    first = newest_text(me, made.id, "en")
    assert first is not None
    assert first.text == "Protect defenders."


def test_a_new_statement_on_a_case_is_restricted_with_it(me: Viewer) -> None:
    case = save(me, Case, {"title": "Case 1", "suggested_by": Suggester.CIVIL_SOCIETY})
    app = page(me, **{"new": "national", "with": case})
    app.text_input(key="statement_new_title").set_value("Item 4")
    click(app, "statement_new_save")
    assert kept(me, str(app.query_params["record"])).sensitivity is Sensitivity.RESTRICTED


def test_an_event_of_our_own_is_created_in_the_form_and_linked(me: Viewer) -> None:
    app = page(me, new="national")
    app.text_input(key="statement_new_title").set_value("Opening remarks")
    app.selectbox(key="statement_new_forum").set_value("un-hrc")
    app.date_input(key="statement_new_due").set_value(date(2027, 3, 4))
    sound(app.run())
    unfold(app, "statement_new_other_links_new")
    app.text_input(key="statement_new_other_links_new_title").set_value("A safe way home")
    click(app, "statement_new_other_links_new_create")
    click(app, "statement_new_save")
    [event] = linked_of_kind(me, RecordKind.EVENT, address(app, "record"))
    assert (event.title, event.body, event.start) == ("A safe way home", "un-hrc", date(2027, 3, 4))


def test_a_statement_without_a_title_is_refused_with_what_was_typed_in_place(me: Viewer) -> None:
    app = page(me, new="national")
    app.text_input(key="statement_new_speaker").set_value("The ambassador")
    click(app, "statement_new_save")
    assert app.error[0].value.startswith("Enter a title")
    assert app.text_input(key="statement_new_speaker").value == "The ambassador"


# --- The text


def test_a_text_with_the_mark_of_a_classified_document_is_warned_of(me: Viewer) -> None:
    made = begin(me)
    app = page(me, record=made)
    type_in(app, me, made, "FORTROLIG. Thank you.", revision="0", number=1)
    assert any("FORTROLIG" in warning.value for warning in sound(app.run()).warning)


def test_a_first_text_is_kept_while_typed_and_saved_as_version_1(me: Viewer) -> None:
    made = begin(me)
    app = page(me, record=made)
    type_in(app, me, made, "Thank you.", revision="0", number=1)
    assert unsaved(me) == [("Thank you.", "en", 0)]
    type_in(app, me, made, "Thank you, President.", revision="0", number=2)
    assert unsaved(me) == [("Thank you, President.", "en", 0)]
    app.text_input(key=f"text_{made}_en_{me.person_id}-note").set_value("First")
    click(app, "save_text")
    assert app.toast[0].value == "Saved as version 1."
    assert texts(me, made) == [(1, "en", "Thank you, President.", "First")]
    assert unsaved(me) == []
    assert kept(me, made).state is StatementState.DRAFT
    assert "Save as version 2" in labels(app)


def test_nothing_new_is_not_saved_again(me: Viewer) -> None:
    made = begin(me, "Thank you.")
    app = click(page(me, record=made), "save_text")
    assert app.error[0].value == "Nothing has changed since version 1."
    empty = begin(me)
    assert click(page(me, record=empty), "save_text").error[0].value == "There is no text to save yet."


def test_what_was_typed_and_not_saved_is_found_again_and_can_be_discarded_and_brought_back(me: Viewer) -> None:
    made = begin(me, "One.")
    type_in(page(me, record=made), me, made, "One. Two.", revision="1", number=1)
    app = page(me, record=made)
    says = f"You typed this on {moments(me, Unsaved.at)[0]} but did not save it."
    assert says in [text.value for text in app.markdown]
    assert drafted(app, me, made) == "One. Two."
    click(app, "discard")
    assert says not in [text.value for text in app.markdown]
    assert drafted(app, me, made) == "One."
    assert unsaved(me) == []
    click(app, "bring_back")
    assert drafted(app, me, made) == "One. Two."
    assert unsaved(me) == [("One. Two.", "en", 1)]
    click(app, "save_text")
    assert [text for _, _, text, _ in texts(me, made)] == ["One.", "One. Two."]


def drafted(app: AppTest, who: Viewer, made: str, language: str = "en") -> str:
    """What the page gives the field to show."""
    text: str = app.session_state[f"text_{made}_{language}_{who.person_id}-draft"].text
    return text


def test_typing_back_to_the_saved_text_leaves_nothing_unsaved(me: Viewer) -> None:
    made = begin(me, "One.")
    app = page(me, record=made)
    type_in(app, me, made, "One. Two.", revision="1", number=1)
    type_in(app, me, made, "One.", revision="1", number=2)
    assert unsaved(me) == []


def test_a_tab_that_was_cut_off_brings_back_what_it_kept_and_loses_nothing_else(me: Viewer) -> None:
    made = begin(me, "One.", "One. Two.")
    type_in(page(me, record=made), me, made, "One. Two. Here.", revision="2", number=1)
    app = page(me, record=made)
    type_in(app, me, made, "One. From the tab.", revision="1.3", number=7)
    assert unsaved(me) == [("One. From the tab.", "en", 1)]
    assert drafted(app, me, made) == "One. From the tab."
    assert "Another unsaved text of yours has been set aside." in [text.value for text in app.markdown]
    assert app.warning[0].value == (
        f"You saved version 2 in another window on {moments(me, Version.at)[1]}, after you started from version 1 here."
    )
    click(app, "bring_back")
    assert drafted(app, me, made) == "One. Two. Here."
    assert unsaved(me) == [("One. Two. Here.", "en", 2)]


def test_what_was_typed_in_another_window_is_set_aside_not_lost(me: Viewer) -> None:
    made = begin(me, "One.")
    first, second = page(me, record=made), page(me, record=made)
    type_in(first, me, made, "One. First.", revision="1", number=1)
    type_in(second, me, made, "One. Second.", revision="1", number=1)
    click(second, "bring_back")
    assert drafted(second, me, made) == "One. First."
    click(second, "bring_back")
    assert drafted(second, me, made) == "One. Second."


def test_the_second_of_two_editors_sees_both_texts_and_takes_the_merge(me: Viewer, head: Viewer) -> None:
    made = begin(head, "We thank the expert. We call on states to act. I thank you.")
    app = page(me, record=made)
    mine = "We thank the expert warmly. We call on states to act. I thank you."
    type_in(app, me, made, mine, revision="1", number=1)
    assert [text.value for text in app.warning] == []
    write(head, made, "We thank the expert. We call on states to act now. I thank you.")
    type_in(app, me, made, mine, revision="1", number=2)
    said = f"Head saved version 2 on {moments(me, Version.at)[1]}, after you started from version 1 here."
    assert [text.value for text in app.warning] == [said]
    click(app, "save_text")
    assert app.error[0].value == (
        "Head saved version 2 while you were writing. Your text is kept: merge the two below, then save."
    )
    assert unsaved(me) == [(mine, "en", 1)]
    assert "The changes do not conflict; the merged text has both." in [text.value for text in app.caption]
    click(app, "take_both")
    both = "We thank the expert warmly. We call on states to act now. I thank you."
    assert [text.value for text in app.warning] == []
    assert drafted(app, me, made) == both
    assert unsaved(me) == [(both, "en", 2)]
    click(app, "save_text")
    assert [text for _, _, text, _ in texts(me, made)][1:] == [
        "We thank the expert. We call on states to act now. I thank you.",
        both,
    ]


def test_conflicting_passages_appear_in_brackets(me: Viewer, head: Viewer) -> None:
    made = begin(head, "We call on states to act.")
    app = page(me, record=made)
    write(head, made, "We call on all states to act.")
    type_in(app, me, made, "We urge states to act.", revision="1", number=1)
    says = "Conflicting passages appear twice in [square brackets], yours first; resolve them in the text."
    assert says in [text.value for text in app.markdown]
    click(app, "take_both")
    assert drafted(app, me, made) == "[We urge states to act.] [We call on all states to act.]"


def test_the_second_editor_can_go_on_with_theirs_or_look_at_the_newest(me: Viewer, head: Viewer) -> None:
    made = begin(head, "One.")
    app = page(me, record=made)
    type_in(app, me, made, "Mine.", revision="1", number=1)
    write(head, made, "Theirs.")
    app.run()
    click(app, "take_theirs")
    assert (drafted(app, me, made), unsaved(me)) == ("Theirs.", [])
    click(app, "bring_back")
    assert (drafted(app, me, made), unsaved(me)) == ("Mine.", [("Mine.", "en", 1)])
    click(app, "take_mine")
    assert (drafted(app, me, made), unsaved(me)) == ("Mine.", [("Mine.", "en", 2)])
    click(app, "save_text")
    assert [text for _, _, text, _ in texts(me, made)] == ["One.", "Theirs.", "Mine."]


def test_a_reader_who_typed_nothing_is_told_of_the_newer_text_too(me: Viewer, head: Viewer) -> None:
    made = begin(head, "One.")
    app = page(me, record=made)
    write(head, made, "Two.")
    app.run()
    assert "Show version 2" in labels(app)
    click(app, "show_newest")
    assert drafted(app, me, made) == "Two."
    assert [text.value for text in app.warning] == []


def test_what_comes_late_after_a_save_is_no_conflict_with_oneself(me: Viewer) -> None:
    made = begin(me, "One.")
    app = page(me, record=made)
    type_in(app, me, made, "One. Two.", revision="1", number=1)
    click(app, "save_text")
    type_in(app, me, made, "One. Two. Three.", revision="1", number=2)
    assert unsaved(me) == [("One. Two. Three.", "en", 2)]
    assert [text.value for text in app.warning] == []


def test_each_language_has_its_own_newest_text(me: Viewer) -> None:
    made = begin(me, "Thank you.")
    app = page(me, record=made)
    app.selectbox(key=f"language_{made}").set_value("fr").run()
    type_in(app, me, made, "Merci.", revision="0", number=1, language="fr")
    click(app, "save_text")
    assert texts(me, made) == [(1, "en", "Thank you.", ""), (2, "fr", "Merci.", "")]
    app = page(me, record=made)
    assert app.selectbox(key=f"language_{made}").value == "fr"
    app.selectbox(key=f"language_{made}").set_value("en").run()
    assert drafted(sound(app), me, made) == "Thank you."


def test_an_unsaved_text_in_one_language_is_safe_from_another(me: Viewer) -> None:
    made = begin(me, "Thank you.")
    app = page(me, record=made)
    type_in(app, me, made, "Thank you, all.", revision="1", number=1)
    app.selectbox(key=f"language_{made}").set_value("fr").run()
    says = "You have unsaved text in English. Select English and save or discard it before you write in French."
    assert says in [text.value for text in sound(app).markdown]
    assert "save_text" not in [button.key for button in app.button]
    app.selectbox(key=f"language_{made}").set_value("en").run()
    assert drafted(sound(app), me, made) == "Thank you, all."


# --- Versions


def test_any_version_is_restored_as_a_new_one(me: Viewer) -> None:
    made = begin(me, "One.", "Two.", "Three.")
    app = page(me, record=made)
    restores = [label for label in labels(app) if label.startswith("Restore")]
    assert restores == ["Restore version 2", "Restore version 1"]
    click(app, "restore_1")
    assert app.toast[0].value == "Version 1 restored as version 4."
    assert texts(me, made)[-1] == (4, "en", "One.", "Restored from version 1")
    assert drafted(app, me, made) == "One."


def test_a_restored_version_does_not_wipe_out_what_is_typed(me: Viewer) -> None:
    made = begin(me, "One.", "Two.")
    app = page(me, record=made)
    type_in(app, me, made, "Two. Three.", revision="2", number=1)
    click(app, "restore_1")
    assert app.error[0].value == ("You have unsaved text. Save or discard it first, then restore.")
    assert unsaved(me) == [("Two. Three.", "en", 2)]


def test_two_versions_are_compared_word_by_word(me: Viewer) -> None:
    made = begin(me, "We thank the expert.", "We thank the rapporteur.", "We thank all.")
    app = page(me, record=made)
    assert app.selectbox(key=f"compare_old_{made}_3").value == 2
    assert app.selectbox(key=f"compare_new_{made}_3").value == 3
    app.selectbox(key=f"compare_old_{made}_3").set_value(3).run()
    assert "The two texts are the same." in [text.value for text in sound(app).caption]


# --- Moves


def test_a_statement_is_consulted_on_cleared_delivered_and_closed(me: Viewer, head: Viewer) -> None:
    made = begin(me, "Thank you.")
    app = page(me, record=made)
    assert app.selectbox(key=f"waiting_{made}").value == head.person_id
    click(app, "move_consultation")
    assert offered_to_undo(app) == "Sent for consultation."
    assert (kept(me, made).state, kept(me, made).waiting_for_id) == (StatementState.CONSULTATION, head.person_id)
    assert app.button(key="move_cleared").disabled
    assert app.button(key="move_cleared").help == (
        "You are not authorised to clear. Ask someone who is, or change it in Settings."
    )
    app = click(page(head, record=made), "move_cleared")
    assert f"Version 1 cleared by Head on {moments(me, Statement.cleared_at)[0]}." in [
        text.value for text in app.caption
    ]
    assert "Save as version 2 and withdraw clearance" in labels(app)
    assert app.warning[0].value == (
        "Version 1 is cleared. Saving changes withdraws clearance; the statement returns to draft and must be cleared "
        "again."
    )
    app.date_input(key=f"delivered_{made}").set_value(date(2026, 11, 23))
    click(app, "move_delivered")
    assert (kept(me, made).state, kept(me, made).delivered_on) == (StatementState.DELIVERED, date(2026, 11, 23))
    assert "save_text" not in [button.key for button in app.button]
    click(app, "move_followed-up")
    assert kept(me, made).state is StatementState.FOLLOWED_UP
    assert "No further steps." in [text.value for text in app.markdown]
    assert [button.key for button in app.button if str(button.key).startswith("move_")] == []


def test_a_check_that_fails_after_the_page_was_drawn_is_told_at_the_button(me: Viewer, head: Viewer) -> None:
    made = begin(me, "Thank you.")
    move(me, made, StatementState.CONSULTATION)
    app = page(head, record=made)
    seen = next(person.version for person in staff() if person.id == head.person_id)
    save(OPERATOR, Person, {"roles": USUAL_ROLES}, record_id=head.person_id, seen=seen)
    app.button(key="move_cleared").click()
    sound(app.run())
    assert "You are not authorised to clear." in app.error[0].value
    assert kept(me, made).state is StatementState.CONSULTATION


def delivered(me: Viewer, head: Viewer, **columns: Any) -> str:
    made = begin(me, "Adopt a law.", **columns)
    move(me, made, StatementState.CONSULTATION)
    move(head, made, StatementState.CLEARED)
    move(me, made, StatementState.DELIVERED, on=date(2026, 11, 23))
    return made


def test_what_became_of_a_upr_recommendation_is_recorded(me: Viewer, head: Viewer) -> None:
    made = delivered(me, head, format=StatementFormat.UPR_RECOMMENDATION)
    app = page(me, record=made)
    app.selectbox(key=f"upr_response_{made}_upr_response").set_value(UprResponse.SUPPORTED)
    app.text_area(key=f"upr_response_{made}_upr_implementation").set_value("A bill is before parliament.")
    click(app, f"upr_response_{made}_save")
    statement = kept(me, made)
    assert statement.upr_response is UprResponse.SUPPORTED
    assert statement.upr_implementation == "A bill is before parliament."


def test_only_a_upr_recommendation_that_was_made_has_a_response(me: Viewer, head: Viewer) -> None:
    answer = {"upr_response": UprResponse.NOTED}
    not_yet = begin(me, "Adopt a law.", format=StatementFormat.UPR_RECOMMENDATION)
    other = delivered(me, head, format=StatementFormat.GENERAL_DEBATE)
    for made in (not_yet, other):
        assert f"upr_response_{made}_save" not in [button.key for button in page(me, record=made).button]
        with pytest.raises(Refused) as refused:
            commands.edit_statement(me, made, kept(me, made).version, answer)
        assert refused.value.problems[0].code == "response-without-recommendation"
    with pytest.raises(Refused):
        begin(me, format=StatementFormat.UPR_RECOMMENDATION, **answer)


def test_details_that_are_refused_say_so_beside_the_text(me: Viewer) -> None:
    made = begin(me, "Thank you.")
    app = page(me, record=made)
    app.text_input(key=f"statement_{made}_title").set_value("")
    click(app, f"statement_{made}_save")
    assert [error.value.partition(".")[0] for error in app.error] == ["Enter a title"]
    assert kept(me, made).title == "Item 3"


def test_an_edit_after_the_clearance_withdraws_it(me: Viewer, head: Viewer) -> None:
    made = begin(me, "Thank you.")
    move(me, made, StatementState.CONSULTATION)
    move(head, made, StatementState.CLEARED)
    app = page(me, record=made)
    type_in(app, me, made, "Thank you, all.", revision="1", number=1)
    assert kept(me, made).state is StatementState.CLEARED
    click(app, "save_text")
    assert (kept(me, made).state, kept(me, made).cleared_version) == (StatementState.DRAFT, None)
    assert [text.value for text in app.warning] == []


def test_who_has_not_read_the_newest_text_does_not_clear_it(me: Viewer, head: Viewer) -> None:
    made = begin(me, "Thank you.")
    move(me, made, StatementState.CONSULTATION)
    app = page(head, record=made)
    write(me, made, "Thank you, all.")
    click(app, "move_cleared")
    assert app.error[0].value == (
        "A new text has been saved since you opened this page. Read it first, then change the state."
    )


def test_in_consultation_it_is_forwarded_to_another_person(me: Viewer, head: Viewer) -> None:
    made = begin(me, "Thank you.")
    move(me, made, StatementState.CONSULTATION, waiting_for=head.person_id)
    app = page(head, record=made)
    assert "pass_on" not in [button.key for button in app.button]
    app.selectbox(key=f"waiting_{made}").set_value(me.person_id).run()
    click(app, "pass_on")
    assert kept(me, made).waiting_for_id == me.person_id


def test_a_dropped_statement_is_reopened_as_a_draft(me: Viewer) -> None:
    made = begin(me, "Thank you.")
    app = click(page(me, record=made), "move_dropped")
    assert kept(me, made).state is StatementState.DROPPED
    assert [button.label for button in app.button if str(button.key).startswith("move_")] == ["Reopen as draft"]
    click(app, "move_draft")
    assert kept(me, made).state is StatementState.DRAFT


def test_unsaved_text_of_a_closed_statement_is_shown_until_it_is_discarded(me: Viewer) -> None:
    made = begin(me, "Thank you.")
    app = page(me, record=made)
    type_in(app, me, made, "Thank you, all.", revision="1", number=1)
    click(app, "move_dropped")
    assert [code.value for code in app.code] == ["Thank you, all."]
    click(app, "throw_away")
    assert [code.value for code in app.code] == []
    assert unsaved(me) == []


# --- What raises a case


def raising(me: Viewer, head: Viewer, **weighed: Any) -> tuple[str, str]:
    """A statement in consultation that raises a case, both seen by both."""
    both = [me.person_id, head.person_id]
    case = save(me, Case, {"title": "Case 1", "suggested_by": Suggester.CIVIL_SOCIETY, **weighed}, named=both)
    made = begin(me, "Text.", links=[case], named=both)
    move(me, made, StatementState.CONSULTATION)
    return made, case


def test_open_checks_are_shown_and_prevent_clearance(me: Viewer, head: Viewer) -> None:
    made, case = raising(me, head)
    app = page(head, record=made)
    assert "\n".join(f"- {lack}" for lack in OPEN_CHECKS) in [text.value for text in app.markdown]
    assert app.button(key="move_cleared").disabled
    assert app.button(key="move_cleared").help == " ".join(OPEN_CHECKS)
    with reading(me) as session:
        seen = session.scalar(select(Case.version).where(Case.id == case)) or 0
    save(me, Case, ANSWERS, record_id=case, seen=seen)
    app = page(head, record=made)
    assert "All checks passed." in [text.value for text in app.markdown]
    click(app, "move_cleared")
    assert kept(me, made).state is StatementState.CLEARED


def test_two_people_override_a_check_and_it_is_shown_permanently(me: Viewer, head: Viewer) -> None:
    made, _ = raising(me, head)
    app = page(me, record=made)
    app.text_area(key=f"override_reason_{made}").set_value("Soon")
    click(app, "ask_override")
    assert app.error[0].value == "Enter the reason in a sentence; it stays with the statement permanently."
    app.text_area(key=f"override_reason_{made}").set_value("The hearing is tomorrow.")
    click(app, "ask_override")
    assert app.toast[0].value == "Override requested. It takes effect once a second person confirms it."
    asked = (
        f"Amina Berg requested an override on {moments(me, Override.at)[0]}, for clearance of version 1: "
        "“The hearing is tomorrow.”"
    )
    assert f"{asked} Awaiting confirmation by a second person." in [text.value for text in app.markdown]
    assert f"Outstanding: {' '.join(OPEN_CHECKS)}" in [text.value for text in app.caption]
    assert "Can be confirmed by: Head." in [text.value for text in app.caption]
    assert "ask_override" not in [button.key for button in app.button]

    app = page(head, record=made)
    (confirm,) = [str(button.key) for button in app.button if str(button.key).startswith("confirm_")]
    app.text_area(key=f"confirm_reason_{confirm.removeprefix('confirm_')}").set_value("Agreed with the embassy.")
    click(app, confirm)
    click(app, "move_cleared")
    assert kept(me, made).state is StatementState.CLEARED
    write(me, made, "Another text.")
    app = page(me, record=made)
    confirmed = plain(f"Confirmed by Head on {moments(me, Override.at)[1]}: “Agreed with the embassy.”")
    assert f"{asked} {confirmed}" in [text.value for text in app.markdown]


def test_the_page_says_what_the_person_asked_can_and_cannot_read(me: Viewer, head: Viewer) -> None:
    case = save(me, Case, {"title": "Case 1", "suggested_by": Suggester.CIVIL_SOCIETY, **ANSWERS})
    made = begin(me, "Text.", links=[case])
    app = page(me, record=made)
    assert app.selectbox(key=f"waiting_{made}").value == head.person_id
    (says,) = [text.value for text in app.caption if text.value.startswith("Head will get access")]
    assert "Head has no access to Case 1" in says
    click(app, "move_consultation")
    app = page(head, record=made)
    assert not any("Case 1" in text.value for text in app.markdown)
    assert app.button(key="move_cleared").disabled
    assert "one individual case that you cannot read" in str(app.button(key="move_cleared").help)
    with reading(me) as session:
        seen = session.scalar(select(Case.version).where(Case.id == case)) or 0
    save(me, Case, {}, record_id=case, seen=seen, named=[me.person_id, head.person_id])
    assert not any("has no access" in text.value for text in page(me, record=made).caption)
    click(page(head, record=made), "move_cleared")
    assert kept(me, made).state is StatementState.CLEARED


def test_the_versions_say_who_cleared_which_of_them(me: Viewer, head: Viewer) -> None:
    made = begin(me, "Thank you.")
    write(me, made, "Merci.", "fr")
    move(me, made, StatementState.CONSULTATION)
    move(head, made, StatementState.CLEARED)
    (when,) = moments(me, Statement.cleared_at)
    cleared = f"cleared by Head on {when}"

    def listed() -> list[str]:
        lines = [text.value for text in page(me, record=made).markdown if text.value.startswith("Version ")]
        return [line.split(" · ", 5)[-1] for line in lines]

    assert listed() == [cleared, cleared]
    write(me, made, "Thank you, all.")
    assert [line == f"{cleared}, since withdrawn" for line in listed()] == [False, True, True]


# --- Details


def test_details_are_saved_and_links_of_every_kind_stay(me: Viewer) -> None:
    proposed = {"title": "Water text", "text": "Water", "wording": "including defenders"}
    language = save(me, LanguageProposal, proposed)
    made = begin(me, "Text.", links=[language], items=["session-HRC64"])
    app = page(me, record=made)
    app.text_input(key=f"statement_{made}_speaker").set_value("The ambassador")
    app.date_input(key=f"statement_{made}_due").set_value(date(2026, 12, 1))
    app.number_input(key=f"statement_{made}_speaking_seconds").set_value(75)
    click(app, f"statement_{made}_save")
    assert app.toast[0].value == "Details saved."
    with reading(me) as session:
        statement = session.get(Statement, made)
        assert statement is not None
        assert (statement.speaker, statement.due, statement.speaking_seconds) == (
            "The ambassador",
            date(2026, 12, 1),
            75,
        )
        assert [link.other_id for link in statement.links] == [language]
        assert [link.item for link in statement.items] == ["session-HRC64"]
    assert app.markdown[0].value == (
        "**Version 1 in English: about 1 s of 1 min 15 s.** Limit: 1 min 15 s, set under Details."
    )


def test_the_limit_comes_from_the_reference(me: Viewer) -> None:
    made = begin(me, "Text.")
    assert page(me, record=made).markdown[0].value == (
        "**Version 1 in English: about 1 s of 1 min 30 s.** Limit in HRC: 1 min 30 s. Basis: Interactive dialogue "
        "(recent sessions), unsourced."
    )
    other = begin(me, "Text.", format=StatementFormat.EXPLANATION_OF_VOTE)
    assert page(me, record=other).markdown[0].value == (
        "**Version 1 in English: about 1 s.** No limit on record; enter the one in the order of the day under Details."
    )


def test_the_answers_of_cosponsors_are_saved(me: Viewer) -> None:
    made = begin(me, voice=Voice.JOINT, format=StatementFormat.STATEMENT)
    app = page(me, record=made)
    click(app, "joins_save")
    assert app.error[0].value == "Choose the States first."
    app.multiselect(key=f"joins_{made}").set_value(["SWE", "FIN"])
    app.selectbox(key=f"joins_how_{made}").set_value("Joined")
    click(app, "joins_save")
    with reading(me) as session:
        assert list(session.scalars(select(Cosponsor.country).order_by(Cosponsor.country))) == ["FIN", "SWE"]
    assert "**Joined**: Finland, Sweden" in [text.value for text in app.markdown]
