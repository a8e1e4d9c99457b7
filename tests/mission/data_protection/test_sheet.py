"""The data-protection sheet is that of the code, and leaves out no table of the workspace."""

from __future__ import annotations

from pathlib import Path

from calendar_model.mission.data_protection.sheet import HELD, data_protection_sheet, tables_in_sheet
from calendar_model.store.models import Base
from calendar_model.store.sealing import columns_of, kinds
from calendar_model.translation import LANGUAGES, in_language

SHEET = Path(__file__).parents[3] / "docs" / "DATA-PROTECTION.md"


def test_the_sheet_is_that_of_the_code() -> None:
    written = "Run: python -m calendar_model data-protection > docs/DATA-PROTECTION.md"
    for language in LANGUAGES:
        with in_language(language):
            assert SHEET.read_text(encoding="utf-8") == data_protection_sheet(), written


def test_every_table_is_in_the_sheet_once() -> None:
    assert tables_in_sheet() == set(Base.metadata.tables)
    named = [table for one in HELD for table in one.tables]
    assert len(named) == len(set(named))


def test_all_that_is_encrypted_is_in_the_sheet() -> None:
    for kind in kinds():
        assert ", ".join(columns_of(kind)) in data_protection_sheet()
