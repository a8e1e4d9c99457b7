"""The reference and the calendar, in which the cells of a table are looked up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from calendar_model.imports.tables.cell_parsing import UnclearCell
from calendar_model.imports.tables.columns import folded
from calendar_model.reference import Reference


@dataclass(frozen=True)
class RowLookup:
    """The reference and the calendar as the reader sees them; ``source_url`` is the default source of a row.

    ``recorded`` is the same calendar in English, with the titles of files that come from elsewhere.
    """

    reference: Reference
    table: pd.DataFrame
    source_url: str
    recorded: pd.DataFrame | None = None

    @cached_property
    def _items(self) -> Mapping[str, list[str]]:
        """The calendar's items by each of their names."""
        found: dict[str, dict[str, None]] = defaultdict(dict)
        for table in (self.table, *(() if self.recorded is None else (self.recorded,))):
            for item, uid, title in zip(*(table[name].astype(str) for name in ("item", "uid", "title")), strict=True):
                code = item.removeprefix("session-")
                for name in {item.casefold(), uid.casefold(), code.casefold(), folded(title)}:
                    found[name][item] = None
        return {name: list(items) for name, items in found.items()}

    def items(self, text: str) -> tuple[str, ...]:
        """Return the items named in a cell by identifier, session code or title, separated by semicolons.

        Raises UnclearCell for a name of no item, or of several.
        """
        found: list[str] = []
        for part in filter(None, (part.strip() for part in text.split(";"))):
            same = self._items.get(part.casefold()) or self._items.get(folded(part)) or []
            if len(same) != 1:
                raise UnclearCell("cell-several-items" if same else "cell-unknown-item", part)
            found += same
        return tuple(dict.fromkeys(found))
