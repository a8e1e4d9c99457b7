"""Timeline: all calendar items in lanes of organisations and bodies, or as an agenda."""

from pages.components.shell.guard import require_entrance

require_entrance()

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import plotly.graph_objects as go
import streamlit as st

from calendar_model.access.permissions import ANONYMOUS
from calendar_model.access.unit_of_work import reading
from calendar_model.figures.marks import MORE
from calendar_model.figures.sheet import FigureVariant
from calendar_model.figures.timeline import in_window, timeline_figure, timeline_summary, undrawn, undrawn_words
from calendar_model.figures.work import OF_RECORD
from calendar_model.figures.zoom import Zoom, closer
from calendar_model.mission.dated_work import DatedEngagement, DatedWork, dated_work
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Precision
from calendar_model.wording import span
from pages.components.calendar.period_bar import draw_period_bar, lead_to_agenda, list_in_agenda
from pages.components.calendar.timeline_frame import folded_lanes, timeline_frame
from pages.components.shell import item_panel
from pages.components.shell.context import PageContext, as_of, current
from pages.components.shell.navigation import FROM, ZOOM, open_page
from pages.components.shell.width import column_width
from pages.components.widgets.agenda import print_agenda
from pages.components.widgets.legend import timeline_legend
from pages.components.widgets.pictures import PictureRequest, as_a_picture

FIGURE = "timeline_figure"
_OPENED = "timeline_opened"
"""Where a click leaves the record to open, because only a run of the page can lead to another."""
LEGEND = _(
    "Bars: sessions and meetings. Diamonds: texts. Triangles: deadlines. Dots: single days. Solid: announced or past. "
    "Hollow: expected, with a whisker over the possible dates. Dotted line: dates not set. Struck through: cancelled."
)
"""The legend in words, for an exported image."""


@st.cache_resource(max_entries=64, show_spinner=False)
def _figure(
    _context: PageContext,
    _work_words: Mapping[str, str],
    _own: Sequence[DatedWork],
    version: str,
    chosen: str,
    work: int,
    zoom: Zoom,
    start: date,
    days: int,
    theme: str,
    width: int,
    folded: tuple[str, ...],
) -> tuple[go.Figure, str]:
    """Figure and summary; ``version``, ``chosen`` and ``work`` stand for the table, the filter and our work."""
    figure = timeline_figure(
        _context.filtered,
        as_of=_context.today,
        start=start,
        days=days,
        zoom=zoom,
        theme="dark" if theme == "dark" else "light",
        reference=_context.reference,
        width=width,
        marks=_work_words,
        work=_own,
        zone=_context.zone,
        folded=folded,
    )
    summary = timeline_summary(
        _context.filtered, _own, as_of=_context.today, start=start, days=days, zoom=zoom, reference=_context.reference
    )
    return figure, summary


def _clicked(zoom: Zoom) -> None:
    """Opens the mark that was clicked, also on a second click."""
    points = st.session_state[FIGURE]["selection"]["points"]
    picked = points[0]["customdata"][0] if points else st.session_state.get("timeline_picked", "")
    st.session_state["timeline_picked"] = picked
    _open_mark(zoom, picked)


def _open_mark(zoom: Zoom, picked: str) -> None:
    """Opens the panel of a mark, by the beginning of its customdata; a chip zooms in on the items that it counts."""
    if picked.startswith(MORE):
        start = date.fromisoformat(picked.removeprefix(MORE))
        if zoom is Zoom.WEEK:
            list_in_agenda(start)
        st.session_state[ZOOM] = closer(zoom).value
        st.session_state[FROM] = start
    elif picked.startswith(OF_RECORD):
        st.session_state[_OPENED] = picked.removeprefix(OF_RECORD)
    elif picked:
        item_panel.choose(picked)


def _own_work(context: PageContext, start: date, days: int) -> tuple[DatedWork, ...]:
    """Our work in the period, as far as the reader may see it and the filter keeps it."""
    if not context.workspace or context.viewer == ANONYMOUS:
        return ()
    last = start + timedelta(days=days - 1)
    with reading(context.viewer) as session:
        return tuple(dated_work(session, start, last, context.filter, context.reference, set(context.filtered["item"])))


def _open_record(own: Sequence[DatedWork]) -> None:
    """Opens the record of the mark that was clicked, if its work is linked to no item whose panel would show it."""
    record_id = st.session_state.pop(_OPENED, "")
    for one in own:
        if one.id == record_id:
            open_page("engagements" if isinstance(one, DatedEngagement) else "statements", record=record_id)


def _picture(context: PageContext, zoom: Zoom, start: date, days: int) -> PictureRequest:
    """The timeline as an image. If it is too tall for legible letters, lanes get fewer rows."""
    work_words = item_panel.work_words(context)

    def draft(rows_at_most: int | None) -> FigureVariant:
        return FigureVariant(
            lambda width: timeline_figure(
                context.filtered,
                as_of=context.today,
                start=start,
                days=days,
                zoom=zoom,
                theme="light",
                reference=context.reference,
                width=width,
                marks=work_words,
                zone=context.zone,
                rows_at_most=rows_at_most,
            ),
            _("“+1 more” counts items that do not fit.") if rows_at_most else "",
        )

    last = start + timedelta(days=days - 1)
    when = span(start, last, Precision.MONTH) if zoom is not Zoom.WEEK else span(start, last)
    hidden = undrawn(context.filtered, start=start, days=days, zoom=zoom)
    note = [LEGEND, undrawn_words(hidden, agenda=False)]
    return PictureRequest(
        [draft(None), draft(2), draft(1)], _("Multilateral calendar, {when}").format(when=when), "", note
    )


lead_to_agenda()
context = current()
period = draw_period_bar(_("Timeline"), context)
zoom, start, days = period.zoom, period.start, period.days
rows = in_window(context.filtered, start=start, days=days)
work_words = item_panel.work_words(context)
own_work = _own_work(context, start, days)
_open_record(own_work)
figure, summary = _figure(
    context,
    work_words,
    own_work,
    context.version,
    repr((context.filter, context.zone, context.today)),
    hash((frozenset(work_words.items()), own_work)),
    zoom,
    start,
    days,
    st.context.theme.type or "light",
    column_width("timeline_width"),
    folded_lanes(),
)
hidden = undrawn(context.filtered, start=start, days=days, zoom=zoom)
st.caption(f"{period}.")
with st.container(key="timeline_plot"):
    st.plotly_chart(
        figure,
        theme=None,
        key=FIGURE,
        on_select=lambda: _clicked(zoom),
        selection_mode="points",
        config={"displayModeBar": False, "scrollZoom": False, "doubleClick": False, "showTips": False},
        alt=summary,
    )
    timeline_frame(lambda picked: _open_mark(zoom, picked))
timeline_legend(with_work=bool(own_work))
st.caption(" ".join(filter(None, (as_of(context), undrawn_words(hidden, agenda=True)))))
as_a_picture(
    "timeline",
    context,
    lambda seen: _picture(seen, zoom, start, days),
    stands_for=(zoom, start, days, context.zone, hash(frozenset(work_words.items()))),
)
print_agenda(rows, context, str(period), work_words)
item_panel.draw_panel(context)
