"""What the tests of imports share."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from calendar_model.access.permissions import Viewer
from calendar_model.imports.plan import ImportPlan
from calendar_model.imports.table_import import plan_table
from calendar_model.imports.tables.columns import match_columns
from calendar_model.imports.templates.protocol import ImportTemplate
from calendar_model.reference import Reference
from tests.imports.tables_of_rows import Look, sheet


@pytest.fixture
def look(reference: Reference, table: pd.DataFrame) -> Look:
    def looked(viewer: Viewer, template: ImportTemplate, data: str | bytes, **options: Any) -> ImportPlan:
        found = sheet(data.encode() if isinstance(data, str) else data, options.pop("name", "a.csv"))
        known = {"reference": reference, "table": table, **options}
        return plan_table(viewer, template, found, match_columns(template.columns, found.header), **known)

    return looked
