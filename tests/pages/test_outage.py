"""The workspace goes away and comes back while a form is open: nothing that was typed is lost.

Each kind of form is filled in, its button is pressed while the workspace is away, and once more when it is back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select
from streamlit.testing.v1 import AppTest

from calendar_model import clock
from calendar_model.access.permissions import ANONYMOUS, OPERATOR, Viewer, member
from calendar_model.access.unit_of_work import reading
from calendar_model.mission import accounts
from calendar_model.mission.transactions import save, writing
from calendar_model.store.database import current_workspace
from calendar_model.store.failures import WHAT_TO_DO, Failure
from calendar_model.store.models import (
    Change,
    Contact,
    Engagement,
    FollowUp,
    LanguageProposal,
    Person,
    Record,
    Statement,
)
from calendar_model.terms import ContactKind, EngagementForm, EngagementKind, StatementFormat, Suggester, Voice
from calendar_model.vocabulary import Sensitivity
from pages.components.shell import sign_in, typed
from tests.app import open_page

AWAY = WHAT_TO_DO[Failure.GONE]


@contextmanager
def away() -> Iterator[None]:
    """The folder of the workspace is missing for a while."""
    folder = current_workspace().folder
    elsewhere = folder.with_name(f"{folder.name}-elsewhere")
    folder.rename(elsewhere)
    try:
        yield
    finally:
        elsewhere.rename(folder)


@dataclass(frozen=True)
class Form:
    """A form: its page, the record that its address names (made by ``record``), fields and button, with ``{id}`` for
    that record's identifier and ``{me}`` for the person's."""

    page: str
    fields: Mapping[str, Any]
    button: str
    record: Callable[[Viewer], str] | None = None
    unfold: str = ""
    params: Mapping[str, str] = field(default_factory=dict)


def an_engagement(me: Viewer) -> str:
    values = {"title": "Breakfast", "sensitivity": Sensitivity.INTERNAL, "on": date(2026, 11, 24)}
    values |= {"engagement_kind": EngagementKind.INVITED, "form": EngagementForm.IN_PERSON}
    return save(me, Engagement, values)


def a_contact(me: Viewer) -> str:
    return save(me, Contact, {"title": "Defender 014", "contact_kind": ContactKind.DEFENDER}, named=[me.person_id])


def a_statement(me: Viewer) -> str:
    return save(me, Statement, {"title": "Item 3", "format": StatementFormat.STATEMENT})


def a_proposal(me: Viewer) -> str:
    return save(me, LanguageProposal, {"title": "Protection", "text": "L.1", "wording": "those who"})


def a_follow_up(me: Viewer) -> str:
    with writing(me) as session:
        todo = FollowUp(record_id=an_engagement(me), what="Write to them", due=date(2026, 12, 1), owner_id=me.person_id)
        session.add(todo)
    return todo.id


FORMS = {
    "engagement": Form(
        "engagements",
        {"engagement_new_title": "Lunch", "engagement_new_outcome": "They came.", "engagement_new_on": date(2026, 11, 2)},
        "engagement_new_save",
        params={"new": "new"},
    ),
    "kept engagement": Form(
        "engagements",
        {"engagement_{id}_title": "Lunch", "engagement_{id}_place": "The mission"},
        "engagement_{id}_save",
        an_engagement,
    ),
    "contact": Form(
        "contacts", {"contact_new_field_of_work": "Land rights"}, "contact_new_save", params={"new": "defender"}
    ),
    "kept contact": Form(
        "contacts", {"contact_{id}_field_of_work": "Land rights"}, "contact_{id}_save", a_contact
    ),
    "identity": Form(
        "contacts",
        {"identity_{id}_new_name": "Nobody: a fictional name", "identity_{id}_new_notes": "Fictional"},
        "identity_{id}_new_save",
        a_contact,
        "identity_of_{id}",
    ),
    "consent": Form(
        "contacts",
        {"consent_what_{id}": "To be quoted", "consent_until_{id}": date(2030, 1, 1)},
        "consent_add_{id}",
        a_contact,
    ),
    "case": Form(
        "cases",
        {"case_new_title": "Case 014", "case_new_suggested_by": Suggester.MINISTRY, "case_new_before_note": "Wants it."},
        "case_new_save",
        params={"new": "case"},
    ),
    "reprisal": Form(
        "cases",
        {"reprisal_new_title": "Reprisal 03", "reprisal_new_account": "Questioned."},
        "reprisal_new_save",
        params={"new": "reprisal"},
    ),
    "new statement": Form(
        "statements",
        {"statement_new_title": "Item 4", "statement_new_speaker": "Ambassador"},
        "statement_new_save",
        params={"new": "national"},
    ),
    "statement details": Form(
        "statements", {"statement_{id}_agenda_item": "4", "statement_{id}_speaker": "Ambassador"}, "statement_{id}_save",
        a_statement,
    ),
    "follow-up": Form(
        "language",
        {"follow_up_what_{id}": "Ring them", "follow_up_due_{id}": date(2026, 12, 24)},
        "follow_up_add_{id}",
        a_proposal,
    ),
    "follow-up in the list": Form(
        "follow_ups", {"follow_up_outcome_{id}": "They answered."}, "follow_up_done_{id}", a_follow_up, "follow_up_{id}",
        {"record": ""},
    ),
    "own event": Form(
        "meetings",
        {"event_new_title": "Panel", "event_new_programme": "Coffee first", "event_new_body": "un-hrc", "event_new_start": date(2026, 12, 1), "event_new_end": date(2026, 12, 1)},
        "event_new_save",
        params={"new": "panel"},
    ),
    "language": Form(
        "language", {"language_new_title": "Protection", "language_new_text": "L.1", "language_new_wording": "those who"},
        "language_new_save", params={"new": "1"},
    ),
    "correction": Form(
        "corrections",
        {"correction_sessions.csv_HRC64_source_url": "https://example.org/", "correction_sessions.csv_HRC64_note": "New."},
        "correction_sessions.csv_HRC64_save",
        params={"file": "sessions.csv", "row": "HRC64"},
    ),
    "outcome in the panel": Form(
        "timeline",
        {"outcome_not-tabled_ga-resolution-GA81_why": "No time.", "outcome_not-tabled_ga-resolution-GA81_source_url": "https://example.org/"},
        "outcome_not-tabled_ga-resolution-GA81_save",
        params={"item": "ga-resolution-GA81", "outcome": "not-tabled"},
    ),
    "person": Form("settings", {"person_new_name": "Ola", "person_new_post": "Geneva"}, "person_new_save", params={"new": "1"}),
    "deletion": Form("engagements", {"delete_reason_{id}": "It was entered twice."}, "delete_{id}", an_engagement),
    "co-sponsors": Form(
        "statements",
        {"joins_{id}": ["NOR", "DNK"]},
        "joins_save",
        lambda me: save(me, Statement, {"title": "Item 3", "voice": Voice.JOINT, "format": StatementFormat.STATEMENT}),
    ),
    "subscription": Form("feeds", {"subscription_new_{me}_name": "Mine"}, "subscription_make"),
}  # fmt: skip


class Filled:
    """A form of one person, open on its page."""

    def __init__(self, form: Form, me: Viewer) -> None:
        self.form, self.me = form, me
        self.id = form.record(me) if form.record else ""
        self.fields = {self._name(key): value for key, value in form.fields.items()}
        self.button = self._name(form.button)
        self.app = self.open()

    def _name(self, template: str) -> str:
        return template.replace("{id}", self.id).replace("{me}", self.me.person_id)

    def open(self) -> AppTest:
        """The page in a new session, as after a reload."""
        params = {"record": self.id} if self.form.record else {}
        params = {name: value for name, value in {**params, **self.form.params}.items() if value}
        app = open_page(self.form.page, self.me.person_id, **params)
        if self.form.unfold:
            app.session_state[self._name(self.form.unfold)] = True
            app.run()
        assert not app.exception
        return app

    def fill(self) -> None:
        for key, value in self.fields.items():
            widget: Any = self.app.get_by_key(key)
            widget.set_value(value).run()
            assert not self.app.exception

    def press(self) -> None:
        self.app.button(key=self.button).click().run()
        assert not self.app.exception

    def holds(self, app: AppTest | None = None) -> bool:
        """Whether every field is there, with what was typed in it."""
        shown: dict[str, Any] = {key: (app or self.app).get_by_key(key) for key in self.fields}
        return {key: widget.value for key, widget in shown.items()} == self.fields


def changes() -> int:
    """How many lines the history has."""
    with reading(ANONYMOUS) as session:
        count = session.scalar(select(func.count()).select_from(Change).execution_options(everything=True))
    return count or 0


def beside(app: AppTest, button: str) -> list[str]:
    """The errors in the same place as a button."""

    def places(block: Any) -> Iterator[list[Any]]:
        inside = list(block.children.values())
        if any(getattr(node, "key", None) == button and node.type == "button" for node in inside):
            yield inside
        for node in inside:
            if hasattr(node, "children"):
                yield from places(node)

    # The whole tree: a drawer is beside the main part of a page.
    (place,) = places(app._tree)
    return [str(node.value) for node in place if node.type == "error"]


@pytest.fixture(params=list(FORMS))
def filled(request: pytest.FixtureRequest, me: Viewer) -> Filled:
    """A form of every kind, filled in."""
    opened = Filled(FORMS[request.param], me)
    opened.fill()
    return opened


def test_a_form_stays_says_so_beside_its_button_and_is_saved_by_the_next_press(filled: Filled) -> None:
    before, titles = changes(), [title.value for title in filled.app.title]
    with away():
        for _ in range(2):
            filled.press()
            assert beside(filled.app, filled.button) == [error.value for error in filled.app.error] == [AWAY]
            assert filled.holds()
            assert [title.value for title in filled.app.title] == titles
        # It stays there in whatever run comes next.
        filled.app.run()
        assert beside(filled.app, filled.button) == [error.value for error in filled.app.error] == [AWAY]
    assert changes() == before
    filled.press()
    assert [error.value for error in filled.app.error] == []
    assert changes() > before or filled.form.page == "feeds"


def test_what_is_typed_while_it_is_away_is_saved_too(filled: Filled) -> None:
    before = changes()
    filled.app = filled.open()
    with away():
        for key, value in filled.fields.items():
            widget: Any = filled.app.get_by_key(key)
            widget.set_value(value).run()
            assert [error.value for error in filled.app.error] == [AWAY]
        assert filled.holds()
    filled.press()
    assert [error.value for error in filled.app.error] == []
    assert changes() > before or filled.form.page == "feeds"


def test_what_was_typed_is_given_back_after_a_reload_to_the_same_person_alone(filled: Filled, other: Viewer) -> None:
    # A rerun for whatever reason: that is when the server has what was typed last.
    filled.app.run()
    assert filled.holds(filled.open())
    theirs = Filled(filled.form, other) if filled.form.record is None else None
    assert theirs is None or not theirs.holds()
    filled.app = filled.open()
    filled.press()
    assert [error.value for error in filled.app.error] == []


def test_a_click_elsewhere_and_back_gives_it_back(me: Viewer) -> None:
    form = Filled(FORMS["engagement"], me)
    form.fill()
    form.app.button(key="form_back").click().run()
    assert "engagement_new_title" not in {box.key for box in form.app.text_input}
    form.app.button(key="new_engagement").click().run()
    assert form.holds()
    form.press()
    assert [message.value for message in form.app.toast] != []
    assert not form.holds(form.open())


def test_what_is_given_back_can_be_discarded(me: Viewer) -> None:
    form = Filled(FORMS["kept engagement"], me)
    form.fill()
    form.app.run()
    app = form.open()
    app.button(key=f"engagement_{form.id}_discard").click().run()
    assert app.text_input(key=f"engagement_{form.id}_title").value == "Breakfast"
    assert app.text_input(key=f"engagement_{form.id}_place").value == ""
    assert not form.holds(form.open())


def test_what_is_given_back_is_still_compared_with_what_others_have_saved(me: Viewer) -> None:
    form = Filled(FORMS["kept engagement"], me)
    form.fill()
    form.app.run()
    save(me, Engagement, {"title": "Theirs"}, record_id=form.id, seen=1)
    form.app = form.open()
    form.press()
    assert form.holds()
    with reading(me) as session:
        assert session.get_one(Engagement, form.id).title == "Theirs"
    form.press()
    with reading(me) as session:
        assert session.get_one(Engagement, form.id).title == "Lunch"


def test_what_is_saved_is_not_given_back(filled: Filled) -> None:
    filled.press()
    assert [error.value for error in filled.app.error] == []
    filled.app.run()
    mine = [kept for (person, _), (_, kept) in typed._forms.items() if person == filled.me.person_id]
    assert [key for kept in mine for key in kept if key in filled.fields] == []


def test_nothing_of_a_form_is_shown_to_another_person_while_it_is_away(me: Viewer, other: Viewer) -> None:
    form = Filled(FORMS["identity"], me)
    form.fill()
    with away():
        form.app.session_state["acting"] = other.person_id
        form.app.run()
        assert [box.value for box in form.app.text_input if "identity" in str(box.key)] == []
        assert "fictional name" not in str(form.app.main)
        assert not form.app.exception
    form.app.run()
    assert "fictional name" not in str(form.app.main)


def test_a_text_that_is_being_written_stays_and_is_saved_by_the_next_press(me: Viewer) -> None:
    made = a_statement(me)
    app = open_page("statements", me.person_id, record=made)
    key = f"text_{made}_en_{me.person_id}"

    def typing(text: str, number: int) -> None:
        app.session_state[key] = {"typed": {"text": text, "number": number, "revision": "0", "seen": "0"}}
        app.run()

    typing("Mr President,", 1)
    with away():
        typing("Mr President, defenders", 2)
        assert [error.value for error in app.error] == [AWAY]
        app.text_input(key=f"{key}-note").set_value("First").run()
        app.button(key="save_text").click().run()
        assert beside(app, "save_text") == [AWAY]
        assert app.text_input(key=f"{key}-note").value == "First"
        assert not app.exception
    app.button(key="save_text").click().run()
    assert [error.value for error in app.error] == []
    with reading(me) as session:
        (version,) = session.get_one(Statement, made).versions
        assert (version.text, version.note) == ("Mr President, defenders", "First")


def test_who_opens_a_form_while_it_is_away_is_told(me: Viewer) -> None:
    made = an_engagement(me)
    with away():
        app = open_page("engagements", me.person_id, record=made)
        assert not app.exception
        assert [AWAY in error.value for error in app.error] == [True]
        assert "Breakfast" not in str(app.main)


def test_who_has_signed_in_keeps_the_form_and_is_shown_nothing_else(
    me: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = accounts.sign_in_of({"iss": "https://id.example", "sub": "me", "iat": clock.machine_now().timestamp()})
    assert account is not None
    accounts.note_waiting(account)
    accounts.bind(OPERATOR, account.code, me.person_id)
    monkeypatch.setattr(sign_in, "is_set_up", lambda: True)
    monkeypatch.setattr(sign_in, "current_sign_in", lambda: account)
    filled = Filled(FORMS["engagement"], me)
    filled.fill()
    listed = open_page("engagements", me.person_id)
    with away():
        filled.press()
        assert beside(filled.app, filled.button) == [error.value for error in filled.app.error] == [AWAY]
        assert filled.holds()
        # Whether they may still read it, nobody knows: a list goes, and another page does not come.
        for app in (listed.run(), open_page("timeline", me.person_id)):
            assert [error.value for error in app.error] == [AWAY]
            assert [button.key for button in app.button] == ["try_again"]
            assert not app.markdown
            assert not app.exception
    listed.button(key="try_again").click().run()
    assert [error.value for error in listed.error] == []
    assert "try_again" not in [button.key for button in listed.button]
    filled.press()
    assert [error.value for error in filled.app.error] == []


def test_what_is_kept_is_bounded_and_expires(me: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typed, "MOST_FORMS", 1)
    first, second = (Filled(FORMS[name], me) for name in ("engagement", "reprisal"))
    for form in (first, second):
        form.fill()
        form.app.run()
    assert not first.holds(first.open())
    assert second.holds(second.open())
    monkeypatch.setattr(typed, "KEPT_FOR", -typed.KEPT_FOR)
    assert not second.holds(second.open())


def test_a_person_of_the_staff_is_added_by_nobody_too() -> None:
    app = open_page("settings", new="1")
    app.text_input(key="person_new_name").set_value("Ola").run()
    with away():
        app.button(key="person_new_save").click().run()
        assert beside(app, "person_new_save") == [AWAY]
        assert app.text_input(key="person_new_name").value == "Ola"
    app.button(key="person_new_save").click().run()
    with reading(member("")) as session:
        assert session.scalars(select(Person.name).execution_options(everything=True)).all() == ["Ola"]
        assert session.scalars(select(Record)).all() == []


def test_a_choice_that_is_not_offered_any_more_does_not_keep_the_form_from_opening(me: Viewer, other: Viewer) -> None:
    form = Filled(FORMS["engagement"], me)
    gone = a_contact(me)
    form.app = form.open()
    form.fill()
    contacts: Any = form.app.get_by_key("engagement_new_links_contacts")
    contacts.set_value([gone]).run()
    owner: Any = form.app.get_by_key("engagement_new_sensitivity")
    owner.set_value(Sensitivity.RESTRICTED).run()
    named: Any = form.app.get_by_key("engagement_new_named")
    named.set_value([other.person_id]).run()
    form.app.run()
    with writing(me, "It was entered by mistake.") as session:
        session.delete(session.get_one(Contact, gone))
    save(me, Person, {"active": False}, record_id=other.person_id, seen=1)
    form.app = form.open()
    assert form.holds()
    form.press()
    assert [error.value for error in form.app.error] == []
