"""The one filter bar: drawn by ``dashboard.py`` above every page, bound to the URL.

A link holds codes (``organisation=un-hrc``), like the feeds' addresses, while readers select names. A widget that
Streamlit binds to the URL writes there what it shows. So each coded parameter has two widgets. One is bound to the
URL, holds codes and is not displayed; the other shows names. :func:`_carry` updates the first from the second, and the
second is set from the first before it is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from calendar_model import wording
from calendar_model.calendar import Filter, FilterError
from calendar_model.calendar.filters import LONGEST_TEXT, PARAMETERS
from calendar_model.reference import Reference
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Level
from pages.components.shell.navigation import link
from pages.components.shell.words import plain
from pages.components.shell.zones import zone_choices
from pages.components.widgets import labels

EARLIEST, LATEST = date(1945, 10, 24), date(2100, 12, 31)
"""The limits of the period: from the United Nations Charter to a day beyond all forecasts."""

PERIOD, TEXT = "period", "q"
"""The parameters that hold no codes."""
_EMPTY: Mapping[str, Any] = {PERIOD: (), TEXT: ""}
_MOST_NAMED, _LONGEST_NAMED = 3, 60
"""How many unknown values of an address are shown, and how many characters of each."""


@dataclass(frozen=True)
class _Coded:
    """A parameter whose values are codes, with the known codes and their names."""

    name: str
    label: str
    everything: str
    known: Sequence[str]
    shown: Sequence[str]
    called: Callable[[str], str]


def filter_bar(table: pd.DataFrame, reference: Reference) -> Filter:
    """Draws the filter in one row, its active values and the way to more, and returns it.

    ``table`` is the whole calendar table. The lists offer values that occur in it; a link may hold every value in the
    reference. Unknown values of a link are ignored, and a sentence says so.
    """
    parameters = {p.name: p for p in _coded(table, reference)}
    chosen, unknown = _from_url(parameters)
    with st.container(key="filter_row", horizontal=True, vertical_alignment="center", gap="xsmall"):
        _chips(chosen, parameters, reference)
        with st.popover(_("Filter"), icon=":material/filter_list:", key="filter_more"):
            for name in ("organisation", "kind"):
                _choice(parameters[name], chosen)
            _other(st.date_input, _("Period"), PERIOD, min_value=EARLIEST, max_value=LATEST, format="YYYY-MM-DD")
            _other(st.text_input, _("Text"), TEXT, type="search", live=True, placeholder=_("Title, text or place"))
            for name in ("track", "country", "standing", "body"):
                _choice(parameters[name], chosen)
            with st.container(horizontal=True, key="filter_foot", vertical_alignment="center"):
                link("feeds", _("Subscribe"), icon=":material/event_repeat:")
                if _is_set(chosen):
                    st.button(_("Clear filter"), key="filter_clear", on_click=clear, type="tertiary")
    for name, value in unknown[:_MOST_NAMED]:
        st.warning(
            _("Unknown {name} in the link: “{value}”. It is ignored; choose from the filter instead.").format(
                name=name, value=plain(value[:_LONGEST_NAMED])
            )
        )
    if len(unknown) > _MOST_NAMED:
        st.warning(
            _("The link has {count} more unknown values, which are ignored too.").format(
                count=len(unknown) - _MOST_NAMED
            )
        )
    return _filter(chosen, reference)


def choose(**parameters: Iterable[str]) -> None:
    """For ``on_click`` and ``on_change`` of a page: sets coded parameters of the filter, ``organisation=["osce"]``."""
    for name, codes in parameters.items():
        if list(codes) != st.session_state.get(name):
            st.session_state[name] = list(codes)


def clear() -> None:
    """For ``on_click``: clears the whole filter. The reader's time zone stays."""
    for name in PARAMETERS:
        if st.session_state.get(name):
            st.session_state[name] = _EMPTY.get(name, [])


def time_zone(default: str | None) -> str:
    """Draws the choice of the reader's time zone and returns its IANA name. ``default`` is the browser's, if known."""
    home = default or "UTC"
    options = list(dict.fromkeys([home, "UTC", *zone_choices()]))
    # In the first run only the URL has it, because the label is drawn before the widget.
    asked = st.session_state.get("tz") or st.query_params.get("tz")
    current = asked if asked in options else home
    with st.popover(
        plain(_("{city} time").format(city=current.rsplit("/")[-1].replace("_", " "))),
        type="tertiary",
        key="time_zone",
    ):
        chosen = st.selectbox(
            _("Time zone"),
            options,
            key="tz",
            bind="query-params",
            help=_("Local time at the venue is shown beside it."),
        )
    return chosen or home


def _coded(table: pd.DataFrame, reference: Reference) -> tuple[_Coded, ...]:
    tree = _in_tree_order(reference)
    occurring = {
        ancestor
        for column in ("organisation", "body")
        for code in table[column].unique()
        for ancestor in reference.lineage(code)
    }
    countries = set(" ".join(table["countries"].unique()).split())
    states = sorted(reference.states, key=lambda code: reference.states[code].name)
    bodies = set(table["body"].unique())

    def organisation(code: str) -> str:
        return labels.organisation(code, reference)

    def occurs(column: str, codes: Iterable[str]) -> list[str]:
        there = set(table[column].unique())
        return [code for code in codes if code in there]

    return (
        _Coded(
            "organisation", _("Organisation or body"), _("All"), tree, [c for c in tree if c in occurring], organisation
        ),
        _Coded("kind", _("Kind"), _("All"), list(labels.KINDS), occurs("kind", labels.KINDS), labels.KINDS.__getitem__),
        _Coded(
            "track",
            _("Cycle"),
            _("All cycles"),
            list(reference.tracks),
            occurs("track", reference.tracks),
            lambda code: reference.tracks[code].short_title,
        ),
        _Coded(
            "country",
            _("Country"),
            _("All countries"),
            states,
            [c for c in states if c in countries],
            lambda code: reference.states[code].name,
        ),
        _Coded(
            "standing",
            _("Date status"),
            _("Any status"),
            list(labels.STANDINGS),
            occurs("standing", labels.STANDINGS),
            labels.STANDINGS.__getitem__,
        ),
        _Coded(
            "body",
            _("One body only, without its subsidiary bodies"),
            _("All bodies"),
            tree,
            [c for c in tree if c in bodies],
            organisation,
        ),
    )


def _in_tree_order(reference: Reference) -> list[str]:
    """Families in the order of the file, each followed by its organisations and bodies."""
    position = {code: i for i, code in enumerate(reference.organisations)}
    families = [c for c, o in reference.organisations.items() if o.level is Level.FAMILY or not o.parent]
    return list(dict.fromkeys(code for f in families for code in sorted(reference.beneath[f], key=position.get)))  # type: ignore[arg-type]


def _from_url(parameters: Mapping[str, _Coded]) -> tuple[dict[str, list[str]], list[tuple[str, str]]]:
    """The known codes in the URL, in the reference's spelling; and the unknown values."""
    chosen: dict[str, list[str]] = {}
    unknown: list[tuple[str, str]] = []
    with st.container(key="filter_url"):
        for p in parameters.values():
            st.multiselect(p.label, p.known, key=p.name, bind="query-params", accept_new_options=True)
        st.date_input(_("Period"), value=[], min_value=EARLIEST, max_value=LATEST, key=PERIOD, bind="query-params")
        st.text_input(_("Text"), key=TEXT, bind="query-params")
    for p in parameters.values():
        spelling = {code.casefold(): code for code in p.known}
        asked: list[str] = st.session_state[p.name]
        chosen[p.name] = list(dict.fromkeys(spelling[a.casefold()] for a in asked if a.casefold() in spelling))
        unknown += [(p.name, a) for a in asked if a.casefold() not in spelling]
    return chosen, unknown


def _choice(p: _Coded, chosen: Mapping[str, list[str]]) -> None:
    """The widget that readers see for a coded parameter."""
    key = _key(p.name, chosen[p.name])
    st.multiselect(
        p.label,
        list(dict.fromkeys([*p.shown, *chosen[p.name]])),
        default=chosen[p.name],
        format_func=p.called,
        key=key,
        placeholder=p.everything,
        select_all=False,
        wrap=False,
        on_change=_carry,
        args=(p.name, key),
    )


def _other(draw: Callable[..., Any], label: str, name: str, **options: Any) -> None:
    """The widget that readers see for a parameter that holds no codes."""
    held = st.session_state.get(name) or _EMPTY[name]
    key = _key(name, held)
    # Of a period the value has to be a list.
    draw(label, value=list(held) if name == PERIOD else held, key=key, on_change=_carry, args=(name, key), **options)


def _key(name: str, value: Any) -> str:
    """The key of the widget that readers see, a new one where it has to show another ``value`` than was chosen in it.

    While the list is closed, the browser goes on sending what was chosen last, and would bring back what was removed.
    """
    turn = f"choose_{name}_turn"
    key = f"choose_{name}_{st.session_state.get(turn, 0)}"
    if st.session_state.get(key, value) != value:
        st.session_state[turn] = st.session_state.get(turn, 0) + 1
        key = f"choose_{name}_{st.session_state[turn]}"
    return key


def _carry(name: str, key: str) -> None:
    value = st.session_state[key]
    if name in _EMPTY:
        st.session_state[name] = value
    else:
        choose(**{name: value})


def _period() -> tuple[date, date] | None:
    """The two days of the period; None while only one is selected."""
    days: tuple[date, ...] = st.session_state.get(PERIOD) or ()
    return (days[0], days[1]) if len(days) == 2 else None


def _is_set(chosen: Mapping[str, list[str]]) -> bool:
    return bool(any(chosen.values()) or st.session_state.get(PERIOD) or st.session_state.get(TEXT))


def _chips(chosen: Mapping[str, list[str]], parameters: Mapping[str, _Coded], reference: Reference) -> None:
    """The active values, each a button that removes it."""
    for name, codes in chosen.items():
        for code in codes:
            is_body = name in ("organisation", "body")
            label = labels.short_organisation(code, reference) if is_body else parameters[name].called(code)
            _chip(label, f"{name}_{code}", name, [other for other in codes if other != code])
    if period := _period():
        _chip(wording.span(*period), PERIOD, PERIOD, _EMPTY[PERIOD])
    if text := st.session_state.get(TEXT):
        _chip(f"“{text[:LONGEST_TEXT]}”", TEXT, TEXT, _EMPTY[TEXT])


def _chip(label: str, key: str, name: str, rest: Any) -> None:
    st.button(
        plain(label),
        key=f"chip_{key}",
        icon=":material/close:",
        icon_position="right",
        help=_("Remove from filter"),
        on_click=_leave,
        args=(name, rest),
    )


def _leave(name: str, rest: Any) -> None:
    st.session_state[name] = rest


def _filter(chosen: Mapping[str, list[str]], reference: Reference) -> Filter:
    parameters = [(name, code) for name, codes in chosen.items() for code in codes]
    if period := _period():
        parameters += [("period", day.isoformat()) for day in period]
    if text := (st.session_state.get(TEXT) or "").strip():
        parameters.append(("q", text))
    try:
        return Filter.from_params(parameters, reference)
    except FilterError as fault:
        st.warning(_("{fault} The filter is ignored.").format(fault=plain(str(fault))))
        return Filter()
