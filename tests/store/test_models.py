"""What the mapped classes declare."""

from __future__ import annotations

import pytest

from calendar_model.store.models import Base, Record

RECORD_TABLES = {
    mapper.local_table.name  # type: ignore[attr-defined]
    for mapper in Base.registry.mappers
    if issubclass(mapper.class_, Record)
}
KINDS = sorted(
    (mapper.class_ for mapper in Base.registry.mappers if not issubclass(mapper.class_, Record)),
    key=lambda kind: kind.__name__,
)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_row_is_visible_with_each_record_that_it_names(kind: type[Base]) -> None:
    """Otherwise everybody of the staff would read the history of such a row."""
    named = {
        name
        for name, column in kind.__mapper__.columns.items()
        for key in column.foreign_keys
        if key.column.table.name in RECORD_TABLES
    }
    assert set(kind.VISIBLE_WITH) == named
