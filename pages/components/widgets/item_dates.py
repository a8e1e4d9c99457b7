"""The date of an item of the calendar, and how it is known, as the panel and the dossier show it."""

from __future__ import annotations

from html import escape
from typing import Any

from calendar_model.calendar import listed_when
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Confidence
from calendar_model.wording import standing_words
from pages.components.shell.context import current
from pages.components.shell.words import plain


def date_html(row: Any, zone: str, style: str) -> str:
    """When an item is, in the IANA ``zone``, and how that is known; two paragraphs of HTML.

    ``row`` is one of the calendar table, by the names of its columns; ``style`` begins the names of the CSS classes.
    """
    known = standing_words(row["standing"], departure=bool(row["departure"]))
    source = "" if row["confidence"] == Confidence.SOURCED else _(" Unsourced.")
    return (
        f'<p class="{style}-when">{escape(listed_when(row, as_of=current().today, zone=zone))}</p>'
        f'<p class="{style}-known"><strong>{escape(known)}.</strong> {escape(row["basis"])}{source}</p>'
    )


def deadline_caption(row: Any, zone: str) -> str:
    """When a deadline is, how firm that is, and whom it concerns, in Markdown; ``row`` is a named tuple."""
    whom = f" · {plain(_(row.for_whom))}" if row.for_whom else ""
    return f"{plain(listed_when(row, as_of=current().today, zone=zone))} · {standing_words(row.standing).lower()}{whom}"
