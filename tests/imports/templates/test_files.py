"""The files to fill in: what is in them is known again, and their example is left out."""

from __future__ import annotations

import pytest

from calendar_model.access.permissions import Viewer
from calendar_model.imports.plan import ImportNote, ImportPlan, Outcome
from calendar_model.imports.tables.columns import EXAMPLE, match_columns
from calendar_model.imports.tables.reader import read_table
from calendar_model.imports.templates import TEMPLATES
from calendar_model.imports.templates.files import HOW, template_csv, template_xlsx
from calendar_model.imports.templates.protocol import ImportTemplate
from tests.imports.tables_of_rows import Look, sheet


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.key)
def test_a_template_matches_itself_and_its_example_is_left_out(
    template: ImportTemplate, look: Look, staff_member: Viewer
) -> None:
    workbook = read_table(template_xlsx(template), file_name="t.xlsx")
    assert workbook[1]["name"] == HOW
    assert [row[0] for row in workbook[1]["rows"]][: len(template.columns)] == [one.label for one in template.columns]
    left_out = ImportPlan((), (ImportNote("table-example-left-out", {"row": 2}), ImportNote("table-no-rows")))
    for data, name in ((template_csv(template), "t.csv"), (template_xlsx(template), "t.xlsx")):
        found = sheet(data, name)
        assert match_columns(template.columns, found.header) == {
            one.name: place for place, one in enumerate(template.columns)
        }
        assert look(staff_member, template, data, name=name) == left_out
    filled_in = template_csv(template).replace(f" {EXAMPLE}".encode(), b"")
    (line,) = look(staff_member, template, filled_in).lines
    assert line.outcome is (Outcome.CHANGED if template.corrects_reference else Outcome.NEW), line.problems
