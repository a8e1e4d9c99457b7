"""A chart of a page as an image file: PNG, SVG or PDF, for a slide or a page.

An image may be passed on. So it is not a copy of the screen but drawn anew, in the light theme, from a calendar as the
intended reader may see it (:func:`seen_by`). Restricted items are never in it, and the mission's own work only if the
image is for the staff.

Drawing takes some seconds. A download button whose data is a function would draw on the click, but show nothing
meanwhile: the button would seem dead. So there are two: one creates the image and says so, and is followed by the
download, which starts at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import streamlit as st

from calendar_model import wording
from calendar_model.access.permissions import ANONYMOUS, Viewer
from calendar_model.calendar import Filter
from calendar_model.figures.picture import PictureError, PictureFormat, picture
from calendar_model.figures.sheet import SHEETS, FigureVariant, PictureSheet, lay_out
from calendar_model.mission.missions import colleagues_of
from calendar_model.mission.visible_calendar import calendar_for
from calendar_model.reference import Reference
from calendar_model.translation import N_
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Kind, Sensitivity
from pages.components.record import fields
from pages.components.shell.context import PageContext
from pages.components.widgets import labels

FORMATS = {"PNG": "image/png", "SVG": "image/svg+xml", "PDF": "application/pdf"}
ANYONE, STAFF = N_("anyone"), N_("our staff")

SOURCE = N_("Multilateral calendar for human rights defenders.")


@dataclass(frozen=True)
class PictureRequest:
    """The content of an image: ``variants``, the fullest first; a title; a subtitle; sentences at the foot."""

    variants: Sequence[FigureVariant]
    title: str
    subtitle: str
    note: Sequence[str]


def seen_by(reader: Viewer, context: PageContext) -> PageContext:
    """Return the page's context for another reader: the same filter on the calendar that they see, or on that of the
    reference alone where the workspace cannot be opened."""
    if reader == context.viewer:
        return context
    _unused, table = calendar_for(reader)
    return replace(context, viewer=reader, table=table, filtered=context.filter.apply(table, context.reference))


def filter_words(chosen: Filter, reference: Reference) -> str:
    """Return a filter in words, without the bar: ``HRC, GA; deadlines; Norway``; empty for everything."""
    groups = (
        [labels.short_organisation(code, reference) for code in (*chosen.organisations, *chosen.bodies)],
        [labels.KINDS[kind] if kind == Kind.UPR_REVIEW else labels.KINDS[kind].lower() for kind in chosen.kinds],
        [reference.tracks[code].short_title if code in reference.tracks else code for code in chosen.tracks],
        [reference.states[code].name if code in reference.states else code for code in chosen.countries],
        [labels.STANDINGS[standing].lower() for standing in chosen.standings],
        [wording.span(chosen.start, chosen.end)] if chosen.start and chosen.end else [],
        [f"“{chosen.text}”"] if chosen.text else [],
    )
    return "; ".join(", ".join(group) for group in groups if group)


def as_a_picture(
    key: str,
    context: PageContext,
    ask: Callable[[PageContext], PictureRequest],
    *,
    stands_for: Sequence[object],
    staff: bool | None = None,
) -> None:
    """Draw a popover that creates the image of a chart and offers it as ``<key>-<day>.<format>``.

    ``ask`` is called with the context to draw from, only once the reader wants the image. ``stands_for`` is what
    changes the chart besides filter and calendar: another value discards an image made before. ``staff``: the image is
    for the staff (True) or for anyone (False); None lets a current user choose.
    """
    made, day = f"{key}_picture", context.today.isoformat()
    with st.popover(_("Export image"), icon=":material/image:", type="tertiary", key=f"{key}_picture_open"):
        sheet = st.segmented_control(
            _("Layout"),
            list(SHEETS),
            default=next(iter(SHEETS)),
            format_func=_,
            required=True,
            key=f"{key}_picture_form",
        )
        kind = st.segmented_control(
            _("Format"), list(FORMATS), default="PNG", required=True, key=f"{key}_picture_format"
        )
        for_whom = STAFF if staff else ANYONE
        if staff is None and context.viewer != ANONYMOUS:
            for_whom = st.segmented_control(
                _("For"),
                [ANYONE, STAFF],
                format_func=_,
                default=ANYONE,
                required=True,
                key=f"{key}_picture_for",
                help=_(
                    "For anyone: public items only. For our staff: also our own events and the progress of our work."
                ),
            )
        if staff is not False and context.viewer.level is Sensitivity.RESTRICTED:
            st.caption(_("Images never include restricted items, even those you can see here."))
        title = fields.line(_("Title"), 120, key=f"{key}_picture_title", placeholder=_("Title of the page"), live=False)
        token = repr((sheet, kind, for_whom, title, context.filter, context.version, day, stands_for))
        if st.button(_("Create image"), key=f"{key}_picture_make"):
            with st.spinner(_("Creating the image (a few seconds)")):
                reader = colleagues_of(context.viewer) if for_whom == STAFF else ANONYMOUS
                st.session_state[made] = (
                    token,
                    *_make_picture(ask, seen_by(reader, context), sheet, kind, title, for_whom),
                )
        kept = st.session_state.get(made)
        if kept is None or kept[0] != token:
            return
        _unused, data, text = kept
        if text:
            (st.caption if data else st.error)(text)
        if data:
            st.download_button(
                _("Download as {kind}").format(kind=kind),
                data=data,
                file_name=f"{key}-{day}.{str(kind).lower()}",
                mime=FORMATS[str(kind)],
                key=f"{key}_picture_file",
                icon=":material/download:",
                type="primary",
                on_click="ignore",
            )


def _make_picture(
    ask: Callable[[PageContext], PictureRequest], context: PageContext, sheet: Any, kind: Any, title: str, for_whom: Any
) -> tuple[bytes, str]:
    """Return the file and a sentence about it, or no bytes and the error."""
    asked = ask(context)
    words = filter_words(context.filter, context.reference)
    note = [
        *asked.note,
        _("As of {today}.").format(today=wording.day(context.today)),
        _(SOURCE),
        *([_("Internal: includes the mission's own work.")] if for_whom == STAFF else []),
    ]
    subtitle = ". ".join(filter(None, [asked.subtitle, _("Filter: {words}").format(words=words) if words else ""]))
    drawn_sheet = lay_out(
        asked.variants, SHEETS[sheet], title=title.strip() or asked.title, subtitle=subtitle, note=note
    )
    try:
        data = _draw_bytes(drawn_sheet, cast("PictureFormat", str(kind).lower()))
    except PictureError as fault:
        return b"", str(fault)
    if not drawn_sheet.is_small:
        return data, ""
    return data, (
        _(
            "The letters are small, about {letters_pt:.0f} points. Narrow the filter or shorten the period to "
            "enlarge them."
        ).format(letters_pt=drawn_sheet.letters_pt)
    )


@st.cache_data(max_entries=24, show_spinner=False)
def _draw_bytes(drawn_sheet: PictureSheet, file_format: PictureFormat) -> bytes:
    """Draw a sheet; the cache serves every reader who wants the same one."""
    return picture(drawn_sheet, file_format)
