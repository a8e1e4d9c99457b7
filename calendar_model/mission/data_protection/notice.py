"""What this system may hold: a public text that an administrator words, in each language of the interface."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from calendar_model.access.permissions import ANONYMOUS, Viewer
from calendar_model.access.problems import Problem, Refused
from calendar_model.access.unit_of_work import reading
from calendar_model.messages.data_protection import DEFAULT_NOTICE
from calendar_model.mission.checks import Checks
from calendar_model.mission.transactions import writing
from calendar_model.store.database import Workspace
from calendar_model.store.models import Base, HoldingNotice
from calendar_model.store.session import WorkspaceSession
from calendar_model.translation import LANGUAGES, gettext, language


def _check_notice(_session: WorkspaceSession, notice: HoldingNotice) -> None:
    if notice.language not in LANGUAGES:
        raise Refused(Problem("notice-in-no-language", "language"))


CHECKS: Mapping[type[Base], Checks] = {HoldingNotice: Checks(written=_check_notice)}


def holding_notice(workspace: Workspace | None = None) -> str:
    """What this system may hold, in the reader's language: as an administrator has worded it, or the usual text."""
    with reading(ANONYMOUS, workspace) as session:
        worded = session.scalar(select(HoldingNotice.wording).where(HoldingNotice.language == language()))
    return worded or gettext(DEFAULT_NOTICE)


def set_holding_notice(viewer: Viewer, wording: str, workspace: Workspace | None = None) -> None:
    """Word the notice anew in the reader's language; an empty text brings back the usual one.

    Raises Refused where the viewer is no administrator.
    """
    with writing(viewer, workspace=workspace) as session:
        row = session.scalar(select(HoldingNotice).where(HoldingNotice.language == language()))
        if row is None and wording.strip():
            session.add(HoldingNotice(language=language(), wording=wording.strip()))
        elif row is not None and wording.strip():
            row.wording = wording.strip()
        elif row is not None:
            session.delete(row)
