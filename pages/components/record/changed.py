"""Which records of a list colleagues have changed since the reader's last visit."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, time

from calendar_model.mission.follows import changed_by_others
from calendar_model.translation import gettext as _
from pages.components.shell.context import PageContext


def since_last_visit(context: PageContext) -> datetime:
    """The instant (UTC) from which on a change is new: that of the last visit, or on the first the start of today."""
    return datetime.combine(context.last_visit or context.today, time.min, UTC)


def changed_lately(context: PageContext) -> Collection[str]:
    """The identifiers of the records that others have changed since the reader's last visit; none on the first."""
    if context.last_visit is None:
        return frozenset()
    return changed_by_others(context.viewer, since_last_visit(context))


def changed_words(record_id: str, changed: Collection[str]) -> str:
    """The mark of a record in a list, empty for one that is not among those that have ``changed``."""
    return _("changed since your last visit") if record_id in changed else ""
