"""Links to documents on a record, and its reference in the archive.

Those who may change a record add and remove them. An address can say as much as its document: it is seen with the
record alone, of a public one at its mission alone, and neither feeds nor logs have it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from calendar_model import clock
from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import Problem, Refused
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.checks import Checks, is_changed
from calendar_model.mission.transactions import writing
from calendar_model.reference.corrections import is_address
from calendar_model.store.database import Workspace
from calendar_model.store.models import ArchivedAs, Base, DocumentLink, Record, longest
from calendar_model.store.session import WorkspaceSession

MOST_DOCUMENTS = 100
"""How many documents a record can be linked to."""
LONGEST_TITLE = longest(DocumentLink, "document_title")
"""Maximum characters of the title of a document."""


def _check_new_link(session: WorkspaceSession, link: DocumentLink) -> None:
    if link.added_by_id != session.actor:
        raise Refused(Problem("document-of-another"))
    if not is_address(link.url):
        raise Refused(Problem("document-address-malformed", "url"))
    known = session.scalars(select(DocumentLink.url).where(DocumentLink.record_id == link.record_id)).all()
    if link.url in known:
        raise Refused(Problem("document-linked-already", "url"))
    if len(known) >= MOST_DOCUMENTS:
        raise Refused(Problem("document-too-many", values={"limit": MOST_DOCUMENTS}))


def _refuse_change(_session: WorkspaceSession, _link: DocumentLink) -> None:
    raise Refused(Problem("document-changed"))


def _check_reference(session: WorkspaceSession, archived: ArchivedAs) -> None:
    if archived.entered_by_id != session.actor:
        raise Refused(Problem("document-of-another"))


def _check_changed_reference(_session: WorkspaceSession, archived: ArchivedAs) -> None:
    if not is_changed(archived, "reference"):
        raise Refused(Problem("document-changed"))


CHECKS: Mapping[type[Base], Checks] = {
    DocumentLink: Checks(new=_check_new_link, changed=_refuse_change),
    ArchivedAs: Checks(written=_check_reference, changed=_check_changed_reference),
}


# --- Links to documents


def documents_of(viewer: Viewer, record_id: str, workspace: Workspace | None = None) -> Sequence[DocumentLink]:
    """The documents to which a record is linked, each with who added it, the earliest first."""
    with reading(viewer, workspace) as session:
        linked = select(DocumentLink).where(DocumentLink.record_id == record_id)
        options = (selectinload(DocumentLink.added_by),)
        return session.scalars(linked.options(*options).order_by(DocumentLink.at, DocumentLink.id)).all()


def add_document(
    viewer: Viewer, record_id: str, *, address: str, title: str, workspace: Workspace | None = None
) -> str:
    """Link a record to a document at a web address; return the identifier of the link.

    Without a ``title`` the address is it. Raises Refused for an address that is none, and for a record that the viewer
    cannot see or may not change.
    """
    address = address.strip()
    with writing(viewer, workspace=workspace) as session:
        if session.get(Record, record_id) is None:
            raise Refused(Problem("record-gone"))
        link = DocumentLink(
            record_id=record_id,
            url=address,
            document_title=" ".join(title.split()) or address[:LONGEST_TITLE],
            added_by_id=viewer.person_id,
        )
        session.add(link)
        session.flush()
        return link.id


def remove_document(viewer: Viewer, link_id: str, workspace: Workspace | None = None) -> None:
    """Remove a link to a document. Raises Refused for one that is gone, or that the viewer cannot see."""
    with writing(viewer, workspace=workspace) as session:
        link = session.get(DocumentLink, link_id)
        if link is None:
            raise Refused(Problem("document-gone"))
        session.delete(link)


# --- The archive


def archived_as(viewer: Viewer, record_id: str, workspace: Workspace | None = None) -> ArchivedAs | None:
    """Under which reference a record is in the archive; None if none is entered, or the viewer cannot see it."""
    with reading(viewer, workspace) as session:
        return session.scalar(select(ArchivedAs).where(ArchivedAs.record_id == record_id))


def enter_reference(viewer: Viewer, record_id: str, reference: str, workspace: Workspace | None = None) -> None:
    """Enter under which reference a record is in the archive, or correct it; nothing if it is the same.

    Raises Refused without one, and for a record that the viewer cannot see or may not change.
    """
    reference = " ".join(reference.split())
    with writing(viewer, workspace=workspace) as session:
        if session.get(Record, record_id) is None:
            raise Refused(Problem("record-gone"))
        row = session.scalar(select(ArchivedAs).where(ArchivedAs.record_id == record_id))
        if row is None:
            session.add(ArchivedAs(record_id=record_id, reference=reference, entered_by_id=viewer.person_id))
        elif row.reference != reference:
            row.reference, row.entered_by_id, row.at = reference, viewer.person_id, clock.now()
