"""The history of a record for people: lines of codes, without what stood in a column."""

from __future__ import annotations

from datetime import date

from calendar_model.access.permissions import Viewer
from calendar_model.access.unit_of_work import reading
from calendar_model.messages import history as words
from calendar_model.mission.history_lines import (
    ADDED,
    CHANGED,
    DELETED,
    MOVED,
    PARTS,
    HistoryLine,
    HistoryStep,
    history_lines,
)
from calendar_model.mission.statements import commands
from calendar_model.mission.transactions import save, writing
from calendar_model.store.history import of_record
from calendar_model.store.models import FollowUp, Statement
from calendar_model.terms import StatementFormat
from calendar_model.vocabulary import Sensitivity

ITEM = "hrc-resolution-HRC67"


def lines(who: Viewer, record: str) -> list[HistoryLine]:
    with reading(who) as session:
        return history_lines(of_record(session, record))


def statement(who: Viewer) -> str:
    values = {"title": "Draft", "format": StatementFormat.STATEMENT, "sensitivity": Sensitivity.INTERNAL}
    return save(who, Statement, values, items=[ITEM])


def test_what_was_done_at_one_moment_is_one_line(staff_member: Viewer) -> None:
    draft = statement(staff_member)
    commands.save_text(staff_member, draft, "CANARY", language="en", based_on=0)
    save(staff_member, Statement, {"title": "Zero draft", "due": date(2028, 1, 1)}, record_id=draft, seen=2)
    save(staff_member, Statement, {}, record_id=draft, seen=3, items=[ITEM, "session-HRC67"])
    save(staff_member, Statement, {"sensitivity": Sensitivity.RESTRICTED}, record_id=draft, seen=3)
    level, reason = {"sensitivity": Sensitivity.INTERNAL}, "It names nobody any more."
    save(staff_member, Statement, level, record_id=draft, seen=4, reason=reason)
    found_lines = lines(staff_member, draft)
    assert [(line.steps, line.reason) for line in found_lines] == [
        ((HistoryStep(CHANGED, ("sensitivity",)),), reason),
        ((HistoryStep(CHANGED, ("sensitivity",)), HistoryStep("history-access-create")), ""),
        ((HistoryStep("history-item_link-create"),), ""),
        ((HistoryStep(CHANGED, ("due", "title")),), ""),
        ((HistoryStep(MOVED, state="draft"), HistoryStep("history-version-create")), ""),
        ((HistoryStep(ADDED),), ""),
    ]
    assert {line.person_id for line in found_lines} == {staff_member.person_id}
    assert "CANARY" not in repr(found_lines)


def test_the_same_step_of_one_moment_is_listed_once(staff_member: Viewer) -> None:
    draft = statement(staff_member)
    with writing(staff_member) as session:
        found = session.get(Statement, draft)
        assert found is not None
        for what in ("Write", "Call"):
            found.follow_ups.append(FollowUp(what=what, due=date(2028, 1, 1), owner_id=staff_member.person_id))
    assert lines(staff_member, draft)[0].steps == (HistoryStep("history-follow_up-create"),)


def test_every_step_has_words() -> None:
    parts = {f"history-{table}-{action}" for table, actions in PARTS.items() for action in actions}
    assert set(words.MESSAGES) == {ADDED, CHANGED, DELETED, MOVED} | parts
