"""Templates of statements: the mission's own beginnings, by format, with placeholders such as ``{forum}``.

A template is internal, so it is never made from a restricted statement, nor from one that is linked to a case. A
placeholder for which there is no value stays in the text in square brackets, as a direction that is not read out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from calendar_model import wording
from calendar_model.access.permissions import ANONYMOUS, Viewer
from calendar_model.access.problems import Problem, Refused
from calendar_model.access.roles import Operation, Subject, allowed_roles, missing_role
from calendar_model.access.unit_of_work import load_for_update, reading
from calendar_model.mission.checks import Checks, has_role, ids_linked_in_database, value_before
from calendar_model.mission.missions import home_mission_of, must_be_offered
from calendar_model.mission.statements.queries import load_statement, newest
from calendar_model.mission.statements.speaking import applicable_limit, duration
from calendar_model.mission.transactions import writing
from calendar_model.reference import Reference
from calendar_model.store.models import Base, Case, Person, Statement, StatementTemplate, new_id
from calendar_model.store.session import WorkspaceSession
from calendar_model.terms import StatementFormat, Voice
from calendar_model.vocabulary import Sensitivity

PLACEHOLDERS = ("forum", "item", "date", "speaker", "lead", "speaking limit")
"""What a statement has a value for: its forum, agenda item, due day, speaker, lead delegation and speaking limit."""

_PLACEHOLDER = re.compile(r"\{([^{}\n]{1,60})\}")


# --- Checks


def _check_mission(session: WorkspaceSession, row: StatementTemplate) -> None:
    """Refuse a writer without the role at the mission of the template, before or after the change."""
    must_be_offered(session, row.mission_id)
    _check_writer(session, row.mission_id)


def _check_change(session: WorkspaceSession, row: StatementTemplate) -> None:
    _check_writer(session, value_before(row, "mission_id"))


def _check_deletion(session: WorkspaceSession, row: StatementTemplate) -> None:
    _check_writer(session, row.mission_id)


def _check_writer(session: WorkspaceSession, mission_id: str | None) -> None:
    writer = session.get(Person, session.actor)
    if writer is not None and writer.sample:
        # Templates belong to no record, and so to no sample.
        raise Refused(Problem("acting-as-sample"))
    roles = allowed_roles(Subject.TEMPLATE, Operation.CHANGE)
    if not has_role(session, session.actor, *roles, at=mission_id):
        has_elsewhere = has_role(session, session.actor, *roles)
        raise Refused(missing_role(Subject.TEMPLATE, Operation.CHANGE, has_elsewhere=has_elsewhere))


CHECKS: Mapping[type[Base], Checks] = {
    StatementTemplate: Checks(written=_check_mission, changed=_check_change, deleted=_check_deletion)
}


# --- Queries


def templates(viewer: Viewer) -> Sequence[StatementTemplate]:
    """The templates that a viewer may see, by format and name."""
    if viewer == ANONYMOUS:
        return ()
    with reading(viewer) as session:
        found = session.scalars(select(StatementTemplate)).all()
    return sorted(found, key=lambda one: (list(StatementFormat).index(one.format), one.name.casefold(), one.id))


def fits(template: StatementTemplate, made_as: StatementFormat, voice: Voice, forum: str) -> bool:
    """Whether a template is for statements of this format, voice and forum."""
    return (
        template.format is made_as
        and template.voice in (None, voice)
        and (not template.forum or template.forum == forum)
    )


def filled_in(text: str, values: Mapping[str, Any], reference: Reference, today: date) -> str:
    """The text of a template for a statement with these columns, its placeholders filled or in square brackets."""
    columns = {name: values.get(name) for name in ("voice", "format", "forum", "due", "speaking_seconds")}
    statement = Statement(**{name: value for name, value in columns.items() if value is not None})
    limit = applicable_limit(statement, reference, today)[0] if statement.forum and statement.format else None
    forum = reference.organisations.get(str(values.get("forum") or ""))
    due = values.get("due")
    known = {
        "forum": forum.name if forum is not None else "",
        "item": str(values.get("agenda_item") or ""),
        "date": wording.day(due) if isinstance(due, date) else "",
        "speaker": str(values.get("speaker") or ""),
        "lead": str(values.get("lead") or ""),
        "speaking limit": duration(limit) if limit else "",
    }

    def fill(found: re.Match[str]) -> str:
        return known.get(found[1].strip().casefold(), "").strip() or f"[{found[1].strip()}]"

    return _PLACEHOLDER.sub(fill, text)


# --- Commands


def save_template(viewer: Viewer, values: Mapping[str, Any], *, template_id: str = "", seen: int = 0) -> str:
    """Save a new template of the viewer's home mission, or change the ``seen`` version of one; return its identifier.

    Raises Refused where a column is missing, or where the viewer may not write templates of that mission, and
    EditConflict.
    """
    home = {} if template_id else {"mission_id": home_mission_of(viewer)}
    with writing(viewer) as session:
        if template_id:
            row = load_for_update(session, StatementTemplate, template_id, seen)
        else:
            session.add(row := StatementTemplate(id=new_id()))
        for name, value in {**home, **values}.items():
            setattr(row, name, value)
        return row.id


def delete_template(viewer: Viewer, template_id: str, *, seen: int) -> None:
    """Delete the ``seen`` version of a template; raises as :func:`save_template` does."""
    with writing(viewer) as session:
        session.delete(load_for_update(session, StatementTemplate, template_id, seen))


def save_as_template(viewer: Viewer, statement_id: str, name: str, language: str) -> str:
    """Make a template of the newest text of a statement in a language, and return its identifier.

    Raises Refused where the statement is restricted or linked to a case, or has no text in the language.
    """
    with writing(viewer) as session:
        statement = load_statement(session, statement_id)
        if statement.sensitivity is Sensitivity.RESTRICTED or _raises_case(session, statement_id):
            raise Refused(Problem("template-of-restricted"))
        text = newest(session, statement_id, language)
        if text is None:
            raise Refused(Problem("template-without-text"))
        row = StatementTemplate(
            id=new_id(),
            name=name.strip(),
            mission_id=statement.mission_id,
            format=statement.format,
            voice=statement.voice,
            forum=statement.forum,
            language=language,
            text=text.text,
        )
        session.add(row)
        return row.id


def _raises_case(session: Session, statement_id: str) -> bool:
    """Whether a statement is linked to a case, seen by the session's viewer or not."""
    linked = ids_linked_in_database(session, [statement_id])[statement_id]
    found = select(Case.id).where(Case.id.in_(linked)).limit(1)
    return session.scalar(found.execution_options(everything=True)) is not None
