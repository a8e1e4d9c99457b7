"""Import templates, one module for each kind of record that a table row can become.

A new template is a module with an :class:`~calendar_model.imports.templates.protocol.ImportTemplate`,
and a line in ``TEMPLATES``; page, command line, downloadable files and tests read that.
"""

from __future__ import annotations

from collections.abc import Sequence

from calendar_model.imports.tables.columns import match_columns, missing_columns
from calendar_model.imports.templates.engagements import EngagementTemplate
from calendar_model.imports.templates.events import EventTemplate
from calendar_model.imports.templates.protocol import ImportTemplate
from calendar_model.imports.templates.reviews import ReviewTemplate
from calendar_model.imports.templates.sessions import SessionTemplate

TEMPLATES: tuple[ImportTemplate, ...] = (EventTemplate(), EngagementTemplate(), SessionTemplate(), ReviewTemplate())
"""In display order."""


def template_for(header: Sequence[str]) -> ImportTemplate:
    """Return the template that best matches a header: the one with the most recognised columns.

    A template whose required columns are all recognised goes first.
    """

    def fit(template: ImportTemplate) -> tuple[bool, int]:
        found = match_columns(template.columns, header)
        return not missing_columns(template.columns, found), sum(place is not None for place in found.values())

    return max(TEMPLATES, key=fit)
