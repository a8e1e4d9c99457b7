"""Templates of statements: the mission's own beginnings, by format, with placeholders such as ``{forum}``.

A template is internal, so it is never made from a restricted statement, nor from one that is linked to a case. A
placeholder for which there is no value stays in the text in square brackets, as a direction that is not read out.

A template can have a Word file, in which statements that it fits are laid out to be read aloud. It comes from outside
through :mod:`calendar_model.imports.word_templates`, and never from a statement.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from calendar_model import wording
from calendar_model.access.permissions import ANONYMOUS, Viewer
from calendar_model.access.problems import Problem, Refused
from calendar_model.access.roles import Operation, Subject, allowed_roles, missing_role
from calendar_model.access.unit_of_work import load_for_update, reading
from calendar_model.mission.checks import Checks, has_role, ids_linked_in_database, is_changed, value_before
from calendar_model.mission.missions import home_mission_of, must_be_offered
from calendar_model.mission.statements import languages
from calendar_model.mission.statements.queries import load_statement, newest
from calendar_model.mission.statements.speaking import applicable_limit, duration
from calendar_model.mission.transactions import writing
from calendar_model.reference import Reference
from calendar_model.store.models import Base, Case, Person, Statement, StatementTemplate, TemplateFile, new_id
from calendar_model.store.session import WorkspaceSession
from calendar_model.terms import StatementFormat, Voice
from calendar_model.vocabulary import Sensitivity

PLACEHOLDERS = ("forum", "item", "date", "speaker", "lead", "speaking limit")
"""What a statement has a value for: its forum, agenda item, due day, speaker, lead delegation and speaking limit."""

LARGEST_FILE = 2 * 2**20
"""Bytes of the Word file of a template."""

PLACEHOLDER = re.compile(r"\{([^{}\n]{1,60})\}")
"""A name in braces, in a text or in a Word file."""


# --- Checks


def _check_mission(session: WorkspaceSession, row: StatementTemplate) -> None:
    """Refuse a writer without the role at the mission of the template, before or after the change.

    One comes to no retired mission; those that are there stay in use.
    """
    if is_changed(row, "mission_id"):
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


def _check_file(session: WorkspaceSession, row: TemplateFile) -> None:
    """Refuse a file that is too large, and a writer without the role at the mission of its template, as of before."""
    if len(row.content) > LARGEST_FILE:
        raise Refused(Problem("template-file-too-large", values={"megabytes": LARGEST_FILE // 2**20}))
    _check_writer_of_file(session, row)


def _check_writer_of_file(session: WorkspaceSession, row: TemplateFile) -> None:
    for template_id in {row.template_id, value_before(row, "template_id")}:
        template = row.template if template_id is None else session.get(StatementTemplate, template_id)
        if template is None:
            raise Refused(Problem("record-gone"))
        _check_writer(session, value_before(template, "mission_id"))


CHECKS: Mapping[type[Base], Checks] = {
    StatementTemplate: Checks(written=_check_mission, changed=_check_change, deleted=_check_deletion),
    TemplateFile: Checks(written=_check_file, deleted=_check_writer_of_file),
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


@dataclass(frozen=True)
class FileFacts:
    """The name of the Word file of a template, and its bytes in number."""

    name: str
    size: int


def template_files(viewer: Viewer) -> Mapping[str, FileFacts]:
    """What is known of the Word files that a viewer may see, by the identifier of their template."""
    found = select(TemplateFile.template_id, TemplateFile.name, func.length(TemplateFile.content))
    with reading(viewer) as session:
        return {template_id: FileFacts(name, size) for template_id, name, size in session.execute(found)}


def content_of_file(viewer: Viewer, template_id: str) -> bytes:
    """The Word file of a template. Raises Refused where there is none that the viewer may see."""
    with reading(viewer) as session:
        content = session.scalar(select(TemplateFile.content).where(TemplateFile.template_id == template_id))
    if content is None:
        raise Refused(Problem("template-file-gone"))
    return content


def file_for(viewer: Viewer, statement: Statement, language: str) -> bytes | None:
    """The Word file in which a text of a statement in this language is laid out; None without one.

    Of those that fit, one of the statement's own mission comes first, then one for its forum, for its voice, and in the
    language. A file for a language that is written in the other direction never fits.
    """
    to_left = languages.right_to_left(language)
    known = template_files(viewer)
    found = [
        one
        for one in templates(viewer)
        if one.id in known
        and one.mission_id in (None, statement.mission_id)
        and fits(one, statement.format, statement.voice, statement.forum)
        and languages.right_to_left(one.language) == to_left
    ]
    if not found:
        return None
    best = min(
        found, key=lambda one: (one.mission_id is None, not one.forum, one.voice is None, one.language != language)
    )
    return content_of_file(viewer, best.id)


def placeholder_values(values: Mapping[str, Any], reference: Reference, today: date) -> Mapping[str, str]:
    """What a statement with these columns has for each of the :data:`PLACEHOLDERS`; empty without a value."""
    columns = {name: values.get(name) for name in ("voice", "format", "forum", "due", "speaking_seconds")}
    statement = Statement(**{name: value for name, value in columns.items() if value is not None})
    limit = applicable_limit(statement, reference, today)[0] if statement.forum and statement.format else None
    forum = reference.organisations.get(str(values.get("forum") or ""))
    due = values.get("due")
    return {
        "forum": forum.name if forum is not None else "",
        "item": str(values.get("agenda_item") or ""),
        "date": wording.day(due) if isinstance(due, date) else "",
        "speaker": str(values.get("speaker") or ""),
        "lead": str(values.get("lead") or ""),
        "speaking limit": duration(limit) if limit else "",
    }


def value_in_place(found: re.Match[str], known: Mapping[str, str]) -> str:
    """What comes in the place of a :data:`PLACEHOLDER`: its value, or its name in square brackets."""
    name = found[1].strip()
    return known.get(name.casefold(), "").strip() or f"[{name}]"


def filled_in(text: str, values: Mapping[str, Any], reference: Reference, today: date) -> str:
    """The text of a template for a statement with these columns, its placeholders filled or in square brackets."""
    known = placeholder_values(values, reference, today)
    return PLACEHOLDER.sub(lambda found: value_in_place(found, known), text)


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
    """Delete the ``seen`` version of a template, with its Word file; raises as :func:`save_template` does."""
    with writing(viewer) as session:
        template = load_for_update(session, StatementTemplate, template_id, seen)
        if (file := _file_of(session, template_id)) is not None:
            session.delete(file)
        session.delete(template)


def keep_file(viewer: Viewer, template_id: str, name: str, content: bytes, *, seen: int) -> None:
    """Give the ``seen`` version of a template a Word file, in place of the one that it has.

    ``content`` is as :func:`calendar_model.imports.word_templates.checked` returns it. Raises as
    :func:`save_template` does, and Refused for a file that is too large.
    """
    with writing(viewer) as session:
        load_for_update(session, StatementTemplate, template_id, seen)
        file = _file_of(session, template_id)
        if file is None:
            session.add(TemplateFile(id=new_id(), template_id=template_id, name=name, content=content))
        else:
            file.name, file.content = name, content


def remove_file(viewer: Viewer, template_id: str, *, seen: int) -> None:
    """Take the Word file of the ``seen`` version of a template away; raises as :func:`save_template` does."""
    with writing(viewer) as session:
        load_for_update(session, StatementTemplate, template_id, seen)
        file = _file_of(session, template_id)
        if file is None:
            raise Refused(Problem("template-file-gone"))
        session.delete(file)


def _file_of(session: Session, template_id: str) -> TemplateFile | None:
    return session.scalar(select(TemplateFile).where(TemplateFile.template_id == template_id))


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
