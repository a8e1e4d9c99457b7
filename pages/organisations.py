"""Organisations: what each has for defenders, where it sits, its rhythm, its next dates and its rules."""

from calendar_model import clock
from pages.components.shell.guard import require_entrance

require_entrance()

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from calendar_model import wording
from calendar_model.calendar import city
from calendar_model.mission import briefing
from calendar_model.reference import Reference
from calendar_model.reference.rows import MandateHolder, Organisation
from calendar_model.vocabulary import Confidence, Level
from pages.components.shell import item_panel
from pages.components.shell.context import PageContext, current
from pages.components.shell.words import linked, plain
from pages.components.widgets import labels
from pages.components.widgets.tables import csv_download, item_table

SHOW, CHOOSE = "show", "choose_show"
# How far the next dates go: a year shows each season once.
AHEAD = timedelta(days=365)


def on_offer(context: PageContext) -> list[str]:
    """Organisations with their bodies, those within the filter if it names any."""
    reference, chosen = context.reference, context.filter
    within = {code for c in chosen.organisations for code in reference.beneath.get(c, {c})} | set(chosen.bodies)
    position = {code: i for i, code in enumerate(reference.organisations)}
    heads = [c for c, o in reference.organisations.items() if o.level is Level.ORGANISATION]
    codes = [code for head in heads for code in sorted(reference.beneath[head], key=position.__getitem__)]
    return [code for code in codes if not within or code in within]


def choice(context: PageContext) -> str:
    """The organisation to show: the one in the URL, else the first on offer. Empty if there is none."""
    codes = on_offer(context)
    if not codes:
        return ""
    asked = st.query_params.get(SHOW, "").lower()
    if asked and asked not in context.reference.organisations:
        st.warning(f"The address of this page asks for “{plain(asked)}”, which is no organisation of this calendar.")
    shown = asked if asked in codes else codes[0]
    if st.session_state.get(CHOOSE) != shown:
        st.session_state[CHOOSE] = shown
    st.selectbox(
        "Organisation or body",
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
        "For defenders": plain(known.mechanism) or "No mechanism of its own.",
        "Basis": plain(known.mechanism_basis) or "None recorded.",
        **holders(code, reference),
        "Seat": seat(known, context),
        "Norway": plain(known.norway_mission) or "No mission is named.",
        "Part of": plain(" · ".join(labels.organisation(c, reference) for c in reference.lineage(code)[1:])),
        "Links": " · ".join(links(known)),
    }
    with st.container(gap="small"):
        for name, value in about.items():
            if value:
                left, right = st.columns([1, 4], gap="xxsmall")
                left.markdown(f"**{plain(name)}**")
                right.markdown(value)
    if known.confidence is Confidence.RECALLED:
        st.caption("These facts are from memory; no source has been recorded.")
    elif known.recalled_fields:
        names = [_FIELDS[name] for name in known.recalled_fields if name in _FIELDS]
        if names:
            st.caption(f"From memory, not from the source: {', '.join(names)}.")


_FIELDS = {
    "mechanism": "the mechanism",
    "mechanism_basis": "its basis",
    "seat_city": "the seat",
    "timezone": "the time zone",
    "norway_mission": "the Norwegian mission",
    "website": "the website",
}


def holders(code: str, reference: Reference) -> dict[str, str]:
    """Who holds each mandate of the organisation now: the last to begin, with what is not known said."""
    last: dict[str, MandateHolder] = {}
    for row in sorted(reference.mandate_holders, key=lambda h: h.start):
        if row.organisation == code:
            last[row.mandate] = row
    return {plain(mandate): _holder(row, reference) for mandate, row in last.items()}


def _holder(row: MandateHolder, reference: Reference) -> str:
    today = current().today
    state = reference.states.get(row.nationality)
    who = plain(row.holder) or "A new holder; the name was not found in a public source"
    who += f" ({plain(state.name)})" if state else ""
    since = wording.span(row.start, row.start, row.date_precision)
    if row.end is not None and row.end < today:
        who = f"Not known. The last on record is {who}, to {wording.span(row.end, row.end, row.date_precision)}"
    else:
        who += f", since {since}"
    known = (
        "" if row.confidence is Confidence.SOURCED and "start" not in row.recalled_fields else ", the date from memory"
    )
    source = f" · {linked('source', row.source_url)}" if row.source_url else ""
    return f"{who}{known}.{source}"


def seat(known: Organisation, context: PageContext) -> str:
    if not known.seat_city:
        return "None recorded."
    state = context.reference.states.get(known.country)
    place = f"{known.seat_city}, {state.name}" if state else known.seat_city
    if not known.timezone:
        return plain(place)
    there = clock.now().astimezone(ZoneInfo(known.timezone))
    here = there.astimezone(ZoneInfo(context.zone))
    return f"{plain(place)}. It is {there:%H:%M} there, {apart(there, here)} {city(context.zone)} ({here:%H:%M})."


def apart(there: datetime, here: datetime) -> str:
    """``6 hours behind``: how a place's clock stands to the reader's."""
    minutes = int(((there.utcoffset() or timedelta()) - (here.utcoffset() or timedelta())).total_seconds() // 60)
    if not minutes:
        return "the same time as in"
    hours, rest = divmod(abs(minutes), 60)
    parts = [f"{hours} {'hour' if hours == 1 else 'hours'}"] if hours else []
    parts += [f"{rest} minutes"] if rest else []
    return f"{' '.join(parts)} {'ahead of' if minutes > 0 else 'behind'}"


def links(known: Organisation) -> list[str]:
    named = (("Website", known.website), ("Source of these facts", known.source_url))
    return [linked(name, url) for name, url in named if url]


def rhythm(code: str, context: PageContext) -> None:
    st.subheader("Its rhythm through the year")
    table = briefing.yearly_dates(context.table, context.reference, context.reference.beneath[code], context.today)
    if table.empty:
        st.markdown("Nothing recurs here that this calendar knows of. Sessions and meetings that come back stand here.")
        return
    table.insert(1, "Of", [labels.short_organisation(c, context.reference) for c in table.pop("code")])
    st.dataframe(
        table,
        key="organisation_rhythm",
        hide_index=True,
        height=35 * (len(table) + 1) + 3,
        column_config={"What": st.column_config.TextColumn(width=300)},
        alt="Sessions and meetings that come back: what, of which body, usual months, how often, the next.",
    )
    csv_download(table, f"rhythm_{code}")


def next_dates(code: str, context: PageContext) -> None:
    chosen, beneath = context.filter, context.reference.beneath[code]
    view = context.filtered[context.filtered["body"].isin(beneath)]
    if chosen.start is not None and chosen.end is not None:
        st.subheader(f"Its dates, {wording.span(chosen.start, chosen.end)}")
    else:
        st.subheader("Its next dates, a year ahead")
        view = view[(view["end"] >= pd.Timestamp(context.today)) & ~view["departure"]]
        view = view[view["start"] <= pd.Timestamp(context.today + AHEAD)]
    if view.empty:
        st.markdown("No date in this time under this filter. Sessions, texts, deadlines and meetings stand here.")
        return
    item_table(view, context, f"dates_{code}")


def its_rules(code: str, context: PageContext) -> None:
    st.subheader("Its rules: deadlines, speaking times, process")
    table = briefing.rule_table(context.reference, context.reference.beneath[code])
    if table.empty:
        st.markdown("No rule of this body is recorded. Deadlines, speaking times and steps of the process stand here.")
        return
    st.dataframe(
        table,
        key=f"rules_{code}",
        hide_index=True,
        height=35 * (min(len(table), 16) + 1) + 3,
        column_config={
            "Rule": st.column_config.TextColumn(width=280),
            "When or how long": st.column_config.TextColumn(width=250),
            "In words": st.column_config.TextColumn(width=360),
            "Source": st.column_config.LinkColumn(display_text="Source"),
        },
        alt="Rules of the organisation's bodies: what, when or how long, for whom, in words, how known, source.",
    )
    csv_download(table, f"rules_{code}")


context = current()
st.title("Organisations")
code = choice(context)
if code:
    facts(code, context)
    next_dates(code, context)
    rhythm(code, context)
    its_rules(code, context)
else:
    st.markdown(
        "The filter names a family or body of which no organisation is here. Clear it, or choose an organisation."
    )
item_panel.draw_panel(context)
