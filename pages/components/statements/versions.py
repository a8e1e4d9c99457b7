"""The saved versions of a statement: compared word by word, and restored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from calendar_model import wording
from calendar_model.access.roles import Operation, Subject
from calendar_model.mission.statements import commands, languages, workflow
from calendar_model.mission.statements.agreement import agreed_at
from calendar_model.mission.statements.clearance import Clearance
from calendar_model.mission.statements.queries import cleared_with
from calendar_model.mission.statements.speaking import duration
from calendar_model.mission.statements.texts import speaking_seconds
from calendar_model.translation import gettext as _
from pages.components.record import forms
from pages.components.shell import rights
from pages.components.shell.context import PageContext
from pages.components.shell.current_user import viewer
from pages.components.shell.words import plain
from pages.components.statements.comments import draw_comments_of_versions
from pages.components.statements.editor_state import StatementEditor, take_in_all, versions_in
from pages.components.widgets.comparison import comparison

if TYPE_CHECKING:
    from calendar_model.store.models import Statement, Version


def draw_versions(
    statement: Statement, clearances: Sequence[Clearance], names: Mapping[str, str], context: PageContext
) -> None:
    """Draw all saved versions, the newest first, to be compared word by word and restored; folded.

    ``clearances`` are all that were given, ``names`` those of the staff by identifier.
    """
    count = len(statement.versions)
    with st.expander(_("Versions: {count}").format(count=count)):
        if not count:
            st.markdown(_("No versions yet. Save the text to create version 1."))
            return
        _compare(statement, context)
        newest = {version.language: version.number for version in statement.versions}
        cleared = _cleared(statement, clearances, names, context.zone)
        for version in reversed(statement.versions):
            _version(statement, version, newest[version.language], cleared[version.number], context)


def _cleared(
    statement: Statement, clearances: Sequence[Clearance], names: Mapping[str, str], zone: str
) -> Mapping[int, list[str]]:
    """List by version who cleared it and when: a clearance covers the newest text in each language at that time."""
    found: dict[int, list[str]] = {version.number: [] for version in statement.versions}
    for clearance in clearances:
        by = _("{names} on {at}").format(
            names=names.get(clearance.person_id, ""), at=wording.moment(clearance.at, zone)
        )
        ended = clearance.taken_back or clearance.version != statement.cleared_version
        says = _("cleared by {by}{part}").format(by=by, part=_(", since withdrawn") if ended else "")
        for number in cleared_with(statement, clearance.version):
            found[number].append(says)
    return found


def _version(statement: Statement, version: Version, newest: int, cleared: Sequence[str], context: PageContext) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"version_{version.number}"):
        parts = [_version_name(version, context.zone), duration(speaking_seconds(version.text, version.language))]
        if agreed_at(statement, version.number) is not None:
            parts.append(_("agreed to the last word"))
        parts += cleared
        if version.note:
            parts.append(version.note)
        st.markdown(plain(" · ".join(parts)), width="content")
        why_not = rights.why_not(Operation.CHANGE, Subject.STATEMENT, at=statement.mission_id)
        if version.number != newest and statement.state in workflow.WRITABLE and not why_not:
            st.button(
                _("Restore version {number}").format(number=version.number),
                key=f"restore_{version.number}",
                type="tertiary",
                on_click=_restore,
                args=(statement.id, version.number, version.language, newest),
            )


def _version_name(version: Version, zone: str) -> str:
    language = languages.name(version.language)
    return _("Version {number} · {language} · {name} · {at}").format(
        number=version.number, language=language, name=version.written_by.name, at=wording.moment(version.at, zone)
    )


def _compare(statement: Statement, context: PageContext) -> None:
    if len(statement.versions) < 2:
        return
    by_number = {version.number: version for version in statement.versions}
    numbers = list(by_number)
    newest = statement.versions[-1]
    before = [v.number for v in versions_in(statement, newest.language)[:-1]] or numbers[:-1]

    def name(number: int) -> str:
        return _version_name(by_number[number], context.zone)

    with st.container(horizontal=True):
        old = st.selectbox(
            _("Compare"),
            numbers,
            index=numbers.index(before[-1]),
            format_func=name,
            key=f"compare_old_{statement.id}_{len(numbers)}",
        )
        new = st.selectbox(
            _("with"),
            numbers,
            index=len(numbers) - 1,
            format_func=name,
            key=f"compare_new_{statement.id}_{len(numbers)}",
        )
    comparison(by_number[old].text, by_number[new].text, language=by_number[new].language)
    draw_comments_of_versions(statement, old, new, context)


def _restore(statement_id: str, number: int, language: str, seen: int) -> None:
    work = StatementEditor(statement_id, language)
    take_in_all(statement_id)

    def act() -> str:
        restored = commands.restore_version(viewer(), statement_id, number, language=language, based_on=seen)
        if work.is_open:
            work.state.show(restored.text, restored.number)
        return _("Version {old_number} restored as version {new_number}.").format(
            old_number=number, new_number=restored.number
        )

    forms.attempt(act)
