"""Import templates: what the rows of a table can become, one module each.

A new template is a module with a class that is an :class:`~calendar_model.imports.templates.protocol.ImportTemplate`,
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
"""In the order in which they are offered."""


def template_for(header: Sequence[str]) -> ImportTemplate:
    """What the rows below a header seem to be: the template of which the most columns are known.

    One of which all columns that are needed are known goes first.
    """

    def fit(template: ImportTemplate) -> tuple[bool, int]:
        found = match_columns(template.columns, header)
        return not missing_columns(template.columns, found), sum(place is not None for place in found.values())

    return max(TEMPLATES, key=fit)
