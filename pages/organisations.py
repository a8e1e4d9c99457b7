"""Organisations: mechanisms for defenders, seat, next dates, yearly calendar, rules and past forecasts."""

from calendar_model import clock
from pages.components.shell.guard import require_entrance

require_entrance()

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from calendar_model import wording
from calendar_model.calendar import city
from calendar_model.cycles.forecast_report import error_words
from calendar_model.cycles.record import FIRST_YEAR, Forecasted, ForecastTrial, figures, held, record
from calendar_model.figures.record import figures_words, record_figure, record_summary
from calendar_model.mission import briefing
from calendar_model.reference import Reference
from calendar_model.reference.rows import MandateHolder, Organisation
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Confidence, Level
from pages.components.shell import item_panel
from pages.components.shell.context import PageContext, current
from pages.components.shell.printing import print_table
from pages.components.shell.width import column_width
from pages.components.shell.words import linked, plain
from pages.components.widgets import labels
from pages.components.widgets.tables import csv_download, item_table

SHOW, CHOOSE = "show", "choose_show"
# The period of the next dates: a year shows each season once.
AHEAD = timedelta(days=365)


def on_offer(context: PageContext) -> list[str]:
    """The codes of organisations and their bodies, limited to those in the filter if it names any."""
    reference, chosen = context.reference, context.filter
    within = {code for c in chosen.organisations for code in reference.beneath.get(c, {c})} | set(chosen.bodies)
    position = {code: i for i, code in enumerate(reference.organisations)}
    heads = [c for c, o in reference.organisations.items() if o.level is Level.ORGANISATION]
    codes = [code for head in heads for code in sorted(reference.beneath[head], key=position.__getitem__)]
    return [code for code in codes if not within or code in within]


def choice(context: PageContext) -> str:
    """Draws the choice and returns the organisation to show: that in the URL, or the first. Empty if there is none."""
    codes = on_offer(context)
    if not codes:
        return ""
    asked = st.query_params.get(SHOW, "").lower()
    if asked and asked not in context.reference.organisations:
        st.warning(_("Unknown organisation in the link: “{asked}”.").format(asked=plain(asked)))
    shown = asked if asked in codes else codes[0]
    if st.session_state.get(CHOOSE) != shown:
        st.session_state[CHOOSE] = shown
    st.selectbox(
        _("Organisation or body"),
        codes,
        format_func=lambda code: labels.organisation(code, context.reference),
        key=CHOOSE,
        on_change=_show,
    )
    return shown


def _show() -> None:
    st.query_params[SHOW] = st.session_state[CHOOSE]


def facts(code: str, context: PageContext) -> None:
    reference = context.reference
    known = reference.organisations[code]
    st.subheader(plain(known.name))
    about = {
        _("For defenders"): plain(known.mechanism) or _("No mechanism of its own"),
        _("Basis"): plain(known.mechanism_basis) or _("None recorded"),
        **holders(code, reference),
        _("Seat"): seat(known, context),
        _("Norway"): plain(known.norway_mission) or _("No mission recorded"),
        _("Part of"): plain(" · ".join(labels.organisation(c, reference) for c in reference.lineage(code)[1:])),
        _("Links"): " · ".join(links(known)),
    }
    with st.container(gap="small"):
        for name, value in about.items():
            if value:
                left, right = st.columns([1, 4], gap="xxsmall")
                left.markdown(f"**{plain(name)}**")
                right.markdown(value)
    if known.confidence is Confidence.RECALLED:
        st.caption(_("Unsourced: no source has been recorded for these details."))
    elif known.recalled_fields:
        names = [_FIELDS[name] for name in known.recalled_fields if name in _FIELDS]
        if names:
            st.caption(_("Not in the source: {names}.").format(names=", ".join(names)))


_FIELDS = {
    "mechanism": _("the mechanism"),
    "mechanism_basis": _("its basis"),
    "seat_city": _("the seat"),
    "timezone": _("the time zone"),
    "norway_mission": _("the Norwegian mission"),
    "website": _("the website"),
}


def holders(code: str, reference: Reference) -> dict[str, str]:
    """The current holder of each mandate of the organisation (the last to begin), with what is unknown."""
    last: dict[str, MandateHolder] = {}
    for row in sorted(reference.mandate_holders, key=lambda h: h.start):
        if row.organisation == code:
            last[row.mandate] = row
    return {plain(mandate): _holder(row, reference) for mandate, row in last.items()}


def _holder(row: MandateHolder, reference: Reference) -> str:
    today = current().today
    state = reference.states.get(row.nationality)
    who = plain(row.holder) or _("New holder (name not found in public sources)")
    who += f" ({plain(state.name)})" if state else ""
    start = wording.span(row.start, row.start, row.date_precision)
    if row.end is not None and row.end < today:
        who = _("Not known. Last recorded: {who}, until {end}").format(
            who=who, end=wording.span(row.end, row.end, row.date_precision)
        )
    else:
        who += (
            _(", since {start}").format(start=start) if row.start <= today else _(", from {start}").format(start=start)
        )
    known = (
        "" if row.confidence is Confidence.SOURCED and "start" not in row.recalled_fields else _(" (date unsourced)")
    )
    source = f" · {linked(_('source'), row.source_url)}" if row.source_url else ""
    return f"{who}{known}{source}"


def seat(known: Organisation, context: PageContext) -> str:
    if not known.seat_city:
        return _("None recorded")
    state = context.reference.states.get(known.country)
    place = f"{known.seat_city}, {state.name}" if state else known.seat_city
    if not known.timezone:
        return plain(place)
    there = clock.now().astimezone(ZoneInfo(known.timezone))
    here = there.astimezone(ZoneInfo(context.zone))
    return _("{place}. Local time {there:%H:%M}, {apart} {city} ({here:%H:%M}).").format(
        place=plain(place), there=there, apart=apart(there, here), city=city(context.zone), here=here
    )


def apart(there: datetime, here: datetime) -> str:
    """The difference between a place's time and the reader's: ``6 hours behind``."""
    minutes = int(((there.utcoffset() or timedelta()) - (here.utcoffset() or timedelta())).total_seconds() // 60)
    if not minutes:
        return _("the same time as in")
    hours, rest = divmod(abs(minutes), 60)
    parts = [wording.count(hours, "{number} hour", "{number} hours")] if hours else []
    parts += [_("{rest} minutes").format(rest=rest)] if rest else []
    return f"{' '.join(parts)} {_('ahead of') if minutes > 0 else _('behind')}"


def links(known: Organisation) -> list[str]:
    named = ((_("Website"), known.website), (_("Source"), known.source_url))
    return [linked(name, url) for name, url in named if url]


@st.cache_resource(max_entries=64, show_spinner=False)
def _yearly_dates(_table: pd.DataFrame, _reference: Reference, version: str, code: str, as_of: date) -> pd.DataFrame:
    return briefing.yearly_dates(_table, _reference, _reference.beneath[code], as_of)


def rhythm(code: str, context: PageContext) -> None:
    st.subheader(_("Yearly calendar"))
    table = _yearly_dates(context.table, context.reference, context.version, code, context.today).copy()
    if table.empty:
        st.markdown(_("No recurring sessions or meetings recorded."))
        return
    table.insert(1, _("Body"), [labels.short_organisation(c, context.reference) for c in table.pop("code")])
    st.dataframe(
        table,
        key="organisation_rhythm",
        hide_index=True,
        height=35 * (len(table) + 1) + 3,
        column_config={_("What"): st.column_config.TextColumn(width=300)},
        alt=_("Recurring sessions and meetings: name, body, usual months, frequency, next date."),
    )
    print_table(table)
    csv_download(table, f"rhythm_{code}")


def next_dates(code: str, context: PageContext) -> None:
    chosen, beneath = context.filter, context.reference.beneath[code]
    view = context.filtered[context.filtered["body"].isin(beneath)]
    if chosen.start is not None and chosen.end is not None:
        st.subheader(_("Dates, {start}").format(start=wording.span(chosen.start, chosen.end)))
    else:
        st.subheader(_("Next 12 months"))
        view = view[(view["end"] >= pd.Timestamp(context.today)) & ~view["departure"]]
        view = view[view["start"] <= pd.Timestamp(context.today + AHEAD)]
    if view.empty:
        st.markdown(_("No sessions, texts, deadlines or meetings in this period match the filter."))
        return
    item_table(view, context, f"dates_{code}")


def its_rules(code: str, context: PageContext) -> None:
    st.subheader(_("Rules: deadlines, speaking times, process"))
    table = briefing.rule_table(context.reference, context.reference.beneath[code])
    if table.empty:
        st.markdown(_("No deadlines, speaking times or procedural steps recorded for this body."))
        return
    st.dataframe(
        table,
        key=f"rules_{code}",
        hide_index=True,
        height=35 * (min(len(table), 16) + 1) + 3,
        column_config={
            _("Rule"): st.column_config.TextColumn(width=280),
            _("When or how long"): st.column_config.TextColumn(width=250),
            _("In words"): st.column_config.TextColumn(width=360),
            _("Source"): st.column_config.LinkColumn(display_text=_("Source")),
        },
        alt=_("Rules of the organisation's bodies: rule, when or how long, who it applies to, wording, basis, source."),
    )
    print_table(table)
    csv_download(table, f"rules_{code}")


# Forecasts with a first day of their own. A session's close and its deadlines follow from its opening.
_RECORDED = (Forecasted.SESSION, Forecasted.MEETING, Forecasted.TEXT)


@st.cache_data(max_entries=64, show_spinner="Comparing forecasts with actual dates")
def _record(_reference: Reference, version: str, bodies: tuple[str, ...], as_of: date) -> tuple[ForecastTrial, ...]:
    return record(_reference, as_of, _RECORDED, bodies)


@st.cache_resource(max_entries=64, show_spinner=False)
def _record_figure(
    _trials: tuple[ForecastTrial, ...], version: str, bodies: tuple[str, ...], theme: str, width: int
) -> go.Figure:
    return record_figure(_trials, "dark" if theme == "dark" else "light", width)


def forecast_record(code: str, context: PageContext) -> None:
    """Draws forecasts made a year ahead against the actual dates: a figure, a line for each body, and a list."""
    reference, version = context.reference, context.version
    bodies = tuple(sorted(reference.beneath[code]))
    trials = held(_record(reference, version, bodies, context.today))
    st.subheader(_("Past forecasts"), anchor=item_panel.RECORD_ANCHOR)
    if not any(trial.expected for trial in trials):
        st.markdown(
            _(
                "Too few past dates to compare. Once three editions of a session or meeting are recorded, this section "
                "compares expected and actual dates."
            )
        )
        return
    st.markdown(
        _(
            "Forecasts made about a year ahead, for each year since {first_year}, with the information available "
            "then. The line is the expected date and the bar its interval. Marks above the line came later, marks "
            "below earlier."
        ).format(first_year=FIRST_YEAR)
    )
    lines = []
    for body in reference.organisations:
        found = figures(trial for trial in trials if trial.body == body)
        if found.trials:
            name = labels.short_organisation(body, reference)
            naive = _("assuming the same weekday 52 weeks later would have been right in {naive_exact}").format(
                naive_exact=found.naive_exact
            )
            lines.append(
                _("- **{name}**: {figures_words}; {naive}. Median interval {width:g} days.").format(
                    name=plain(name), figures_words=figures_words(found), naive=naive, width=found.width
                )
            )
    st.markdown("\n".join(lines))
    width = column_width("organisation_record_width")
    st.plotly_chart(
        _record_figure(trials, version, bodies, st.context.theme.type or "light", width),
        theme=None,
        key="organisation_record",
        config={"displayModeBar": False, "scrollZoom": False, "doubleClick": False, "showTips": False},
        alt=record_summary(trials),
    )
    table = pd.DataFrame(
        [
            {
                _("Year"): trial.year,
                _("What"): trial.name,
                _("Edition"): trial.item,
                _("Expected"): wording.day(trial.expected) if trial.expected else _("dates not set"),
                _("Interval"): wording.short_span(trial.earliest, trial.latest)
                if trial.earliest and trial.latest and trial.earliest != trial.latest
                else "",
                _("Actual"): wording.day(trial.actual),
                _("Error (days)"): trial.error,
                _("Rule"): trial.rule,
                _("Forecast date"): wording.day(trial.stood_on),
                _("Reason"): error_words(trial) if trial.has_large_error else "",
            }
            for trial in sorted(trials, key=lambda trial: trial.actual, reverse=True)
        ]
    )
    st.dataframe(
        table,
        key=f"record_{code}",
        hide_index=True,
        height=35 * (min(len(table), 10) + 1) + 3,
        column_config={
            _("Year"): st.column_config.NumberColumn(format="%d"),
            _("What"): st.column_config.TextColumn(width=260),
            _("Rule"): st.column_config.TextColumn(width=300),
            _("Reason"): st.column_config.TextColumn(width=360),
        },
        alt=_("Forecasts a year ahead: expected date, actual date, rule, and the reason for a large difference."),
    )
    print_table(table)
    csv_download(table, f"record_{code}")


context = current()
st.title(_("Organisations"))
code = choice(context)
if code:
    facts(code, context)
    next_dates(code, context)
    rhythm(code, context)
    its_rules(code, context)
    forecast_record(code, context)
else:
    st.markdown(_("No organisation matches the filter. Clear it, or select an organisation."))
item_panel.draw_panel(context)
