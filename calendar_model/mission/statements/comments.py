"""Comments on the text of a statement: on a passage or on the whole, with replies, resolved and reopened.

A comment on a passage follows it through later versions (:mod:`calendar_model.mission.statements.anchors`). One whose
passage is gone is orphaned: it keeps its quote, counts as open and can be attached to another passage. That it is
orphaned is worked out from the texts, never recorded.

Once a statement is delivered or dropped, its comments only are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from calendar_model import clock
from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import Problem, Refused
from calendar_model.access.roles import Operation, Subject, allowed_roles
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.checks import Checks, goes_with_record, has_role, is_changed, must_read_within, value_before
from calendar_model.mission.statements import anchors
from calendar_model.mission.statements.anchors import Span, TextAnchor
from calendar_model.mission.statements.queries import newest
from calendar_model.mission.statements.workflow import WRITABLE
from calendar_model.mission.transactions import writing
from calendar_model.store.database import Workspace
from calendar_model.store.models import Base, Comment, Statement, Version, longest
from calendar_model.store.session import WorkspaceSession

LONGEST_COMMENT = longest(Comment, "remark")
LONGEST_QUOTE = longest(Comment, "quote")
"""Maximum characters of a comment, and of the passage that it quotes."""

_ANCHOR = ("language", "version_number", "position", "quote", "prefix", "suffix")
_NO_ANCHOR = ("", None, None, "", "", "")


# --- Checks


def _check_new(session: WorkspaceSession, row: Comment) -> None:
    if not session.actor:
        return
    _must_be_open(session, row)
    if row.person_id != session.actor:
        raise Refused(Problem("comment-of-another"))
    if row.replies_to_id is not None:
        answered = session.get(Comment, row.replies_to_id)
        if answered is None or answered.statement_id != row.statement_id or answered.replies_to_id is not None:
            raise Refused(Problem("comment-gone"))
        if row.version_number is not None or row.quote:
            raise Refused(Problem("comment-changed"))
    if row.resolved_at is not None or row.resolved_by_id is not None:
        raise Refused(Problem("comment-changed"))
    row.at = clock.now()
    _check_anchor(session, row)


def _check_changed(session: WorkspaceSession, row: Comment) -> None:
    """Refuse a change of what was said; a comment is resolved, reopened, or attached to another passage."""
    if not session.actor:
        return
    _must_be_open(session, row)
    if any(is_changed(row, name) for name in ("person_id", "at", "remark", "replies_to_id")) or row.replies_to_id:
        raise Refused(Problem("comment-changed"))
    statement = session.get(Statement, row.statement_id)
    writes = allowed_roles(Subject.STATEMENT, Operation.CHANGE)
    if statement is None or not (
        row.person_id == session.actor or has_role(session, session.actor, *sorted(writes), at=statement.mission_id)
    ):
        raise Refused(Problem("comment-not-yours-to-settle"))
    if is_changed(row, "resolved_at") or is_changed(row, "resolved_by_id"):
        is_resolved = row.resolved_at is not None
        row.resolved_at, row.resolved_by_id = (clock.now(), session.actor) if is_resolved else (None, None)
    if any(is_changed(row, name) for name in _ANCHOR):
        if row.resolved_at is not None or value_before(row, "resolved_at") is not None:
            raise Refused(Problem("comment-changed"))
        _check_anchor(session, row)


def _check_anchor(session: WorkspaceSession, row: Comment) -> None:
    """Refuse an anchor that is not that of a passage in a saved text."""
    if row.version_number is None:
        if any(getattr(row, name) for name in _ANCHOR):
            raise Refused(Problem("passage-unknown"))
        return
    saved = select(Version.language, Version.text).where(
        Version.statement_id == row.statement_id, Version.number == row.version_number
    )
    version = session.execute(saved).first()
    if version is None or version.language != row.language or row.position is None:
        raise Refused(Problem("passage-unknown"))
    try:
        made = anchors.anchor(version.text, row.position, row.position + len(row.quote))
    except ValueError:
        raise Refused(Problem("passage-unknown")) from None
    if (made.quote, made.prefix, made.suffix) != (row.quote, row.prefix, row.suffix):
        raise Refused(Problem("passage-unknown"))


def _check_removal(session: WorkspaceSession, row: Comment) -> None:
    """Refuse to delete a comment of another person, and one that was replied to, but with the statement."""
    if goes_with_record(session, row.statement_id):
        return
    _must_be_open(session, row)
    if row.person_id != session.actor:
        raise Refused(Problem("comment-of-another"))
    replies = select(Comment.id).where(Comment.replies_to_id == row.id).limit(1)
    if session.scalar(replies.execution_options(everything=True)) is not None:
        raise Refused(Problem("comment-has-replies"))


def _must_be_open(session: WorkspaceSession, row: Comment) -> None:
    statement = session.get(Statement, row.statement_id)
    if statement is None:
        raise Refused(Problem("statement-gone"))
    if statement.state not in WRITABLE:
        raise Refused(Problem("comments-closed", values={"state": statement.state}))
    must_read_within(session, statement, Subject.COMMENT)


CHECKS: Mapping[type[Base], Checks] = {Comment: Checks(new=_check_new, changed=_check_changed, deleted=_check_removal)}


# --- Commands


@dataclass(frozen=True)
class Passage:
    """A passage that a reader has selected in a text, which may be one that is not saved yet."""

    language: str
    text: str
    start: int
    end: int

    @property
    def quote(self) -> str:
        """The words of the passage."""
        return self.text[self.start : self.end]


def add_comment(
    viewer: Viewer, statement_id: str, remark: str, passage: Passage | None = None, workspace: Workspace | None = None
) -> str:
    """Comment on a passage, or on the text as a whole, and return the identifier of the comment.

    Raises Refused if it is empty, the statement is delivered or dropped, or the passage is not in the saved text.
    """
    with writing(viewer, workspace=workspace) as session:
        made = Comment(statement_id=statement_id, person_id=viewer.person_id, remark=remark.strip())
        _attach(session, made, passage)
        session.add(made)
    return made.id


def reply_to_comment(viewer: Viewer, comment_id: str, remark: str, workspace: Workspace | None = None) -> str:
    """Reply to a comment and return the identifier of the reply; what is replied to can no longer be deleted."""
    with writing(viewer, workspace=workspace) as session:
        answered = _load(session, comment_id)
        made = Comment(
            statement_id=answered.statement_id,
            replies_to_id=answered.id,
            person_id=viewer.person_id,
            remark=remark.strip(),
        )
        session.add(made)
    return made.id


def resolve_comment(viewer: Viewer, comment_id: str, workspace: Workspace | None = None) -> None:
    """Mark a comment as resolved by the viewer: its author, or one who may change the statement."""
    with writing(viewer, workspace=workspace) as session:
        _load(session, comment_id).resolved_at = clock.now()


def reopen_comment(viewer: Viewer, comment_id: str, workspace: Workspace | None = None) -> None:
    """Open a resolved comment again."""
    with writing(viewer, workspace=workspace) as session:
        _load(session, comment_id).resolved_at = None


def attach_comment(viewer: Viewer, comment_id: str, passage: Passage, workspace: Workspace | None = None) -> None:
    """Attach an open comment to another passage, as where its own is gone; raises as :func:`add_comment` does."""
    with writing(viewer, workspace=workspace) as session:
        _attach(session, _load(session, comment_id), passage)


def delete_comment(viewer: Viewer, comment_id: str, workspace: Workspace | None = None) -> None:
    """Delete a comment of the viewer's own to which nobody has replied."""
    with writing(viewer, workspace=workspace) as session:
        session.delete(_load(session, comment_id))


def _load(session: WorkspaceSession, comment_id: str) -> Comment:
    comment = session.get(Comment, comment_id)
    if comment is None:
        raise Refused(Problem("comment-gone"))
    return comment


def _attach(session: WorkspaceSession, comment: Comment, passage: Passage | None) -> None:
    """Anchor a comment to a passage of the newest saved text, as others do not see what is not saved.

    Without a passage it is on the text as a whole.
    """
    values: Iterable[object] = _NO_ANCHOR
    if passage is not None:
        version = newest(session, comment.statement_id, passage.language)
        try:
            selected = anchors.anchor(passage.text, passage.start, passage.end)
        except ValueError:
            raise Refused(Problem("passage-unknown")) from None
        if len(selected.quote) > LONGEST_QUOTE:
            raise Refused(Problem("passage-too-long", values={"longest": LONGEST_QUOTE}))
        found = anchors.find(selected, version.text) if version is not None else None
        if version is None or found is None or version.text[slice(*found)] != selected.quote:
            raise Refused(Problem("passage-not-saved"))
        made = anchors.anchor(version.text, *found)
        values = (version.language, version.number, made.position, made.quote, made.prefix, made.suffix)
    for name, value in zip(_ANCHOR, values, strict=True):
        setattr(comment, name, value)


# --- Queries


@dataclass(frozen=True)
class Thread:
    """A comment with its replies, oldest first. ``place``: where its passage is in the newest text of its language.

    None for a comment on the text as a whole, and for one that is orphaned.
    """

    comment: Comment
    replies: Sequence[Comment]
    place: Span | None

    @property
    def is_on_passage(self) -> bool:
        """Whether the comment is about a passage, not about the text as a whole."""
        return self.comment.position is not None

    @property
    def is_orphaned(self) -> bool:
        """Whether the passage is gone."""
        return self.is_on_passage and self.place is None

    @property
    def is_open(self) -> bool:
        """Whether the comment still awaits something: an orphaned one does too."""
        return self.comment.resolved_at is None


def comments_on(viewer: Viewer, statement_id: str) -> list[Thread]:
    """The comments on a statement: by their place in the text, then those on the whole, then those whose passage is
    gone."""
    with reading(viewer) as session:
        return threads_of(session, statement_id)


def threads_of(session: Session, statement_id: str) -> list[Thread]:
    """The comments on a statement as the session's reader sees them, in the order of :func:`comments_on`."""
    rows = (
        select(Comment)
        .where(Comment.statement_id == statement_id)
        .order_by(Comment.at, Comment.id)
        .options(selectinload(Comment.person), selectinload(Comment.resolved_by))
    )
    comments = list(session.scalars(rows))
    if not comments:
        return []
    texts = select(Version).where(Version.statement_id == statement_id).order_by(Version.number)
    versions = list(session.scalars(texts))
    last = {version.language: version.number for version in versions}
    replies: dict[str, list[Comment]] = {}
    for one in comments:
        if one.replies_to_id is not None:
            replies.setdefault(one.replies_to_id, []).append(one)
    threads = [
        Thread(one, tuple(replies.get(one.id, ())), place_in(versions, one, last.get(one.language, 0)))
        for one in comments
        if one.replies_to_id is None
    ]
    return sorted(threads, key=_order)


def _order(thread: Thread) -> tuple[bool, bool, str, Span]:
    return thread.is_orphaned, not thread.is_on_passage, thread.comment.language, thread.place or (0, 0)


def place_in(versions: Sequence[Version], comment: Comment, number: int) -> Span | None:
    """Return where the passage of a comment is in version ``number``, newer or older than the one it was made on.

    None if it is not there, the version is in another language, or the comment is on the text as a whole.
    """
    texts = {one.number: one.text for one in versions if one.language == comment.language}
    made = comment.version_number
    if comment.position is None or made is None or made not in texts or number not in texts:
        return None
    start = comment.position
    anchor: TextAnchor = anchors.anchor(texts[made], start, start + len(comment.quote))
    way = [one for one in sorted(texts) if made < one <= number or number <= one < made]
    return anchors.follow(anchor, [texts[one] for one in (way if number > made else way[::-1])])
