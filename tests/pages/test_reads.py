"""Who has read a restricted record, on its page: people with access see it, the owner ticks it off."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from calendar_model.access.permissions import ANONYMOUS, member
from calendar_model.mission.reads import reads_of
from calendar_model.mission.records import get_record
from calendar_model.mission.transactions import save
from calendar_model.store.models import Case, Person
from calendar_model.terms import RecordKind, Suggester
from tests.app import open_page
from tests.pages.driver import click, said, sound, unfold


def test_the_owner_sees_who_has_read_a_case_and_ticks_it_off() -> None:
    me, other = (member(save(ANONYMOUS, Person, {"name": name})) for name in ("Amina Berg", "Jon Lie"))
    values = {"title": "Case 3", "suggested_by": Suggester.CIVIL_SOCIETY}
    case = save(me, Case, values, named=[me.person_id, other.person_id])

    def page() -> AppTest:
        return unfold(sound(open_page("cases", me.person_id, record=case)), f"reads_{case}")

    assert page().button(key=f"reads_checked_{case}").disabled
    assert get_record(other, [RecordKind.CASE], case) is not None
    app = page()
    assert [text for text in said(app) if "Jon Lie opened it" in text]
    click(app, f"reads_checked_{case}")
    assert not any(one.is_new for one in reads_of(me, case, 50).newest)
    assert page().button(key=f"reads_checked_{case}").disabled


def test_a_case_that_one_may_not_open_says_nothing_of_who_has() -> None:
    me, other = (member(save(ANONYMOUS, Person, {"name": name})) for name in ("Amina Berg", "Jon Lie"))
    case = save(me, Case, {"title": "Case 3", "suggested_by": Suggester.CIVIL_SOCIETY}, named=[me.person_id])
    sound(open_page("cases", me.person_id, record=case))
    app = sound(open_page("cases", other.person_id, record=case))
    assert f"reads_checked_{case}" not in {button.key for button in app.button}
    assert [one.person_id for one in reads_of(me, case, 50).newest] == [me.person_id]
