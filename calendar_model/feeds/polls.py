"""Polls of what has not changed cost nothing: no table, no filter, no serialiser, and no thread.

What an address answered is remembered with the *pulse* that was felt before it was worked out: the day, the state of
the reference's files, and the number of commits that the workspace has seen. While the pulse is the same, so is the
answer, and a client that has it gets 304 from the server's own loop. The pulse is felt at every poll, never now and
then: who changes a file or a record and asks in the same moment gets what is new.

Feeling it costs fourteen ``stat`` calls and one question to SQLite's shared memory, together some dozen microseconds.
Where a server keeps the workspace it is one query, in a thread.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from weakref import ReferenceType, ref

from calendar_model.access.unit_of_work import change_token
from calendar_model.calendar.current import state
from calendar_model.feeds.shelf import Content, Feed
from calendar_model.store.database import WorkspaceError, opened_workspace


def pulse_at_once() -> Hashable | None:
    """What all feeds stand on now; None where that cannot be told without waiting. Raises ValueError for a bad day."""
    workspace = opened_workspace()
    commits = workspace.commits() if workspace is not None else None
    return None if commits is None else (state(), commits)


def pulse() -> Hashable | None:
    """What all feeds stand on now, for threads; None where the workspace cannot be read."""
    felt = pulse_at_once()
    if felt is not None:
        return felt
    try:
        return state(), change_token()
    except WorkspaceError:
        return None


@dataclass(frozen=True)
class Answer:
    """What an address answered: all that a 304 needs. The bytes are here for as long as somebody else keeps them."""

    tag: str
    octets: int
    modified: datetime
    disposition: str
    _content: ReferenceType[Content]

    @classmethod
    def of(cls, feed: Feed, disposition: str) -> Answer:
        """The answer that sends a feed."""
        return cls(feed.content.tag, len(feed.body), feed.modified, disposition, ref(feed.content))

    @property
    def content(self) -> Content | None:
        """The bytes; None when there was no more room for them."""
        return self._content()


class Memory:
    """The last answers, of so many addresses. Safe between threads."""

    def __init__(self, addresses: int) -> None:
        self._addresses = addresses
        self._answers: OrderedDict[Hashable, tuple[Hashable, Answer]] = OrderedDict()
        self._lock = Lock()

    def recall(self, asked: Hashable, felt: Hashable | None) -> Answer | None:
        """What was answered to the same question at the same pulse."""
        with self._lock:
            then, answer = self._answers.get(asked, (None, None))
            if answer is None or felt is None or then != felt:
                return None
            self._answers.move_to_end(asked)
            return answer

    def note(self, asked: Hashable, felt: Hashable | None, answer: Answer) -> None:
        """Remembers an answer that was worked out after ``felt`` was; not in the place of one that is dated later,
        which somebody may hold by now."""
        if felt is None:
            return
        with self._lock:
            _, other = self._answers.get(asked, (None, None))
            if other is not None and other.modified > answer.modified:
                return
            self._answers[asked] = felt, answer
            self._answers.move_to_end(asked)
            while len(self._answers) > self._addresses:
                self._answers.popitem(last=False)
