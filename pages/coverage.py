"""Coverage: what is outstanding for upcoming items, as a chart to act on and as a list."""

from pages.components.shell.guard import require_entrance

require_entrance()

from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from calendar_model import wording
from calendar_model.access.unit_of_work import change_token
from calendar_model.figures.coverage import coverage_figure, coverage_summary
from calendar_model.figures.sheet import FigureVariant
from calendar_model.messages.coverage import EXPECTATION_LABELS, EXPECTATION_MEANINGS, readiness_words
from calendar_model.mission.coverage import Action, ActionKind
from calendar_model.reference import Reference
from calendar_model.terms import EngagementKind, Expectation, ReadinessState
from calendar_model.translation import N_
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Sensitivity
from calendar_model.wording import term
from pages.components.coverage.covered import covered, of_items
from pages.components.shell import filter_bar, item_panel
from pages.components.shell.context import PageContext, current
from pages.components.shell.current_user import require_person
from pages.components.shell.navigation import FOLDER, link
from pages.components.shell.width import column_width
from pages.components.shell.words import plain
from pages.components.widgets.actions import address_of
from pages.components.widgets.pictures import PictureRequest, as_a_picture
from pages.components.widgets.tables import csv_download

FIGURE, CLICKED, ALL = "coverage_figure", "coverage_clicked", "coverage_all"
OURS, EVERYTHING = N_("Our items"), N_("All upcoming items")
PERIODS = {"3 months": 91, "6 months": 183, "1 year": 365}
LENGTHS = {"3 months": _("3 months"), "6 months": _("6 months"), "1 year": _("1 year")}
COMING = {"3 months": _("3 months"), "6 months": _("6 months"), "1 year": _("year")}
# More rows than this are too many for one chart; the list has all of them.
ROWS_DRAWN = 60
# Items in the list before the reader asks for all.
ITEMS_LISTED = 12
# An exported image has these many, as far as they fit in legible letters.
ROWS_OF_A_PICTURE = (ROWS_DRAWN, 45, 30, 22, 16, 12)
PRESSING = (ReadinessState.LATE, ReadinessState.DUE_SOON)

ACTION_LABELS = {
    ActionKind.START_STATEMENT: _("Start draft"),
    ActionKind.OPEN_STATEMENT: _("Open statement"),
    ActionKind.OPEN_CASE: _("Open case"),
    ActionKind.OPEN_FOLLOW_UPS: _("Open follow-ups"),
}


def label_of(action: Action) -> str:
    """Return the label of the link to the action for an unmet expectation."""
    if action.kind is ActionKind.LOG_ENGAGEMENT:
        return _(EngagementKind(action.target).traits.log_label)
    return ACTION_LABELS[action.kind]


def clicked() -> None:
    """Remember a click: on an unmet tile for its action, on a title or a met tile for the item's panel."""
    points = st.session_state[FIGURE]["selection"]["points"]
    # A second click on the same tile clears the selection; it means the same as the first.
    picked = points[0]["customdata"][:2] if points else st.session_state.get("coverage_picked", ["", ""])
    st.session_state["coverage_picked"] = picked
    if picked[0]:
        st.session_state[CLICKED] = tuple(picked)


def follow_click(frame: pd.DataFrame) -> None:
    """Go where the last click on the chart leads."""
    item, expectation = st.session_state.pop(CLICKED, ("", ""))
    if not item:
        return
    actions = frame.loc[((frame["item"] == item) & (frame["expectation"] == expectation)).to_numpy(), "action"]
    action: Action | None = actions.iloc[0] if len(actions) else None
    if action is None:
        item_panel.choose(item)
    else:
        page, parameters = address_of(action, item)
        st.switch_page(FOLDER / f"{page}.py", query_params=parameters)


def counted(frame: pd.DataFrame, period: str, *, bold: bool = True) -> str:
    """Say how many are late, in bold or not, and due soon, for how many items; without a full stop."""
    late, soon = ((frame["state"] == state).sum() for state in PRESSING)
    items = frame["item"].nunique()
    around = _("for {items} {part} in the next {coming}").format(
        items=items, part=_("item") if items == 1 else _("items"), coming=COMING[period]
    )
    if not late and not soon:
        return _("Nothing is late or due soon {around}").format(around=around)
    late_words = _("**{late} late**").format(late=late) if bold else _("{late} late").format(late=late)
    parts = [late_words if late else "", _("{soon} due soon").format(soon=soon) if soon else ""]
    return f"{_(' and ').join(filter(None, parts))} {around}"


def explain() -> None:
    """Explain coverage to a reader who sees it for the first time."""
    with st.expander(_("Expectations and due dates")):
        st.markdown(
            "\n".join(f"- **{EXPECTATION_LABELS[e]}.** {EXPECTATION_MEANINGS[e]}" for e in Expectation)
            + _(
                "\n"
                "\n"
                "The expectations follow the guidelines for missions to international organisations, which set no "
                "deadlines. The days are our own conventions, counted from the item or from its own deadline, such "
                "as the tabling deadline. For a window they are counted from its first day, and nothing is late "
                "before it opens. You see only what you have access to."
            )
        )


def asked_for(context: PageContext, period: str, scope: str) -> pd.DataFrame:
    """Return the coverage in the period and the scope that the reader chose."""
    frame = covered(context, PERIODS[period])
    return frame[frame["ours"].to_numpy()].reset_index(drop=True) if scope == OURS else frame


def picture_of(context: PageContext, period: str, scope: str) -> PictureRequest:
    """Return the image to export: the first items, as many as fit."""
    frame = asked_for(context, period, scope)
    first = list(dict.fromkeys(frame["item"]))

    def draft(most: int) -> FigureVariant:
        drawn = frame[frame["item"].isin(first[:most]).to_numpy()]
        left_out = (
            _("Showing the first {most} of {count} items.").format(most=most, count=len(first))
            if most < len(first)
            else ""
        )
        return FigureVariant(lambda width: coverage_figure(drawn, "light", width, context.reference), left_out)

    subtitle = counted(frame, period, bold=False)
    variants = [draft(most) for most in ROWS_OF_A_PICTURE if most == ROWS_DRAWN or most < len(first)]
    return PictureRequest(
        variants, _("Coverage: {scope}").format(scope=f"{scope[:1].lower()}{scope[1:]}"), subtitle, []
    )


@st.cache_resource(max_entries=32, show_spinner=False)
def figure_of(
    _drawn: pd.DataFrame, _reference: Reference, about: tuple[Any, ...], theme: str, width: int
) -> tuple[go.Figure, str]:
    """Return figure and summary; ``about`` stands for the rows."""
    figure = coverage_figure(_drawn, "dark" if theme == "dark" else "light", width, _reference)
    return figure, coverage_summary(_drawn)


def draw_picture(frame: pd.DataFrame, context: PageContext, period: str, scope: str) -> None:
    """Draw the chart of the first items; each tile leads to its action."""
    first = list(dict.fromkeys(frame["item"]))
    about = (context.version, context.viewer, change_token(), repr(context.filter), context.today, period, scope)
    figure, summary = figure_of(
        of_items(frame, pd.Series(first[:ROWS_DRAWN])),
        context.reference,
        about,
        st.context.theme.type or "light",
        column_width("coverage_width"),
    )
    if len(first) > ROWS_DRAWN:
        st.caption(
            _("Showing the first {rows_drawn} of {count} items. Narrow the filter or the period to see others.").format(
                rows_drawn=ROWS_DRAWN, count=len(first)
            )
        )
    st.plotly_chart(
        figure,
        theme=None,
        key=FIGURE,
        on_select=clicked,
        selection_mode="points",
        config={"displayModeBar": False, "scrollZoom": False, "doubleClick": False, "showTips": False},
        alt=summary,
    )


def show_all() -> None:
    """For the button under the list."""
    st.session_state[ALL] = True


def draw_list(frame: pd.DataFrame, context: PageContext) -> None:
    """Draw what is late or due soon, by item: as in the chart, for keyboards and screen readers."""
    st.subheader(_("Late and due soon"))
    pressing = frame[frame["state"].isin(PRESSING).to_numpy()]
    if pressing.empty:
        st.markdown(_("Nothing is late or due soon. The chart shows when the rest is due."))
        return
    items = list(dict.fromkeys(pressing["item"]))
    # Items with something late first; among equals the calendar's order.
    late = set(pressing.loc[(pressing["state"] == ReadinessState.LATE).to_numpy(), "item"])
    items.sort(key=lambda item: item not in late)
    shown = items if st.session_state.get(ALL) else items[:ITEMS_LISTED]
    for item in shown:
        draw_item(pressing[(pressing["item"] == item).to_numpy()])
    if len(shown) < len(items):
        st.button(_("Show all {count} items").format(count=len(items)), key="coverage_show_all", on_click=show_all)
    csv_download(lambda: for_file(frame, context), "coverage")


def state_words(state: str) -> str:
    """Return the state in words, in bold if late."""
    return f"**{term(state)}**" if state == ReadinessState.LATE else term(state)


def draw_item(rows: pd.DataFrame) -> None:
    """One item with its unmet expectations, each with a link to its action."""
    first = rows.iloc[0]
    item = first["item"]
    days = wording.when_known(first["start"].date(), first["end"].date(), first["date_precision"])
    offered: set[Action] = set()
    with st.container(key=f"coverage_item_{item}", gap="xxsmall"):
        name = f"**{plain(first['title'])}**, {days}"
        st.button(name, key=f"coverage_open_{item}", type="tertiary", on_click=item_panel.choose, args=(item,))
        row: Any
        for row in rows.to_dict("records"):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.markdown(f"{state_words(row['state'])} · {plain(readiness_words(**row))}.", width="content")
                action: Action = row["action"]
                # A text that is not started is not cleared either; one link to start it is enough.
                if action not in offered:
                    page, parameters = address_of(action, item)
                    link(page, label_of(action), **parameters)
            offered.add(action)


def for_file(frame: pd.DataFrame, context: PageContext) -> pd.DataFrame:
    """Return the list for the files, without the mission's own restricted events."""
    kept = context.table.loc[(context.table["sensitivity"] != Sensitivity.RESTRICTED).to_numpy(), "item"]
    rows: Any = of_items(frame, kept).to_dict("records")
    return pd.DataFrame(
        [
            (
                row["title"],
                wording.when_known(row["start"].date(), row["end"].date(), row["date_precision"]),
                EXPECTATION_LABELS[row["expectation"]],
                term(row["state"]),
                wording.span(row["by"].date(), row["by"].date(), row["by_precision"]),
                readiness_words(**row),
            )
            for row in rows
        ],
        columns=[_("Item"), _("When"), _("Expected"), _("Status"), _("By"), _("Details")],
    )


def draw(context: PageContext) -> None:
    """The page below its title."""
    above = st.container()
    with st.container(horizontal=True):
        period = st.segmented_control(
            _("Period"),
            list(PERIODS),
            default="3 months",
            format_func=LENGTHS.__getitem__,
            required=True,
            key="coverage_ahead",
        )
        scope = st.segmented_control(
            _("Show"), [OURS, EVERYTHING], default=OURS, format_func=_, required=True, key="coverage_scope"
        )
    chosen = str(period or "3 months")
    wanted = str(scope or OURS)
    frame = asked_for(context, chosen, wanted)
    follow_click(frame)
    if frame.empty:
        ours = _(" that we work on") if wanted == OURS else ""
        hint = _(
            " An item is listed here once an engagement, a draft or a case is linked to it; see “{everything}” for "
            "the others."
        ).format(everything=_(EVERYTHING))
        above.markdown(
            _(
                "No items{ours} in this period match the filter. Coverage compares our work on an item with what "
                "the guidelines expect.{hint}"
            ).format(ours=ours, hint=hint if ours else "")
        )
        if context.filter.active:
            st.button(_("Clear filter"), key="coverage_clear", type="tertiary", on_click=filter_bar.clear)
        return
    above.markdown(
        _("{counted}. Click a cell to see what is outstanding, or a title to open the item.").format(
            counted=counted(frame, chosen)
        )
    )
    if not frame["records"].any():
        above.markdown(_("Nothing is linked to these items yet. Click an empty cell to start a linked record."))
    draw_picture(frame, context, chosen, wanted)
    as_a_picture(
        "coverage",
        context,
        lambda seen: picture_of(seen, chosen, wanted),
        stands_for=(chosen, wanted, change_token()),
        staff=True,
    )
    draw_list(frame, context)


context = current()
st.title(_("Coverage"))
if not context.workspace:
    st.stop()
require_person(_("Coverage is"))
draw(context)
explain()
item_panel.draw_panel(context)
