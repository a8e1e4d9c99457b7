"""What is asked of the database of the current workspace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from calendar_model.store.database import current_workspace


@contextmanager
def asked() -> Iterator[list[str]]:
    """The selects that are sent in the meantime."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith(("SELECT", "WITH")):
            sent.append(statement)

    engine = current_workspace().engine
    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)
