"""Feeds: the filter on the screen as a file, as an open feed, and kept as a subscription of one's own."""

from pages.components.shell.guard import require_entrance

require_entrance()

from urllib.parse import urlsplit

import pandas as pd
import streamlit as st

from calendar_model.access.permissions import ANONYMOUS
from calendar_model.calendar import describe
from calendar_model.feeds import PUBLIC_URL_VARIABLE, public_url, subscription_links
from calendar_model.mission.visible_calendar import calendar_for
from calendar_model.vocabulary import WINDOWS, Standing
from pages.components.feeds.subscriptions import draw_subscriptions
from pages.components.shell import item_panel
from pages.components.shell.context import PageContext, current
from pages.components.shell.words import plain
from pages.components.widgets.tables import item_table

LOOPBACK = ("localhost", "127.0.0.1", "::1")

CLIENTS = (
    (
        "Outlook, new and on the web",
        "Calendar, Add calendar, Subscribe from web; paste the address. It asks again about every three hours.",
    ),
    (
        "Outlook, classic on Windows",
        (
            "File, Account Settings, Internet Calendars, New; paste the address. It asks at the interval that the "
            "feed names, every six hours, at each Send/Receive."
        ),
    ),
    (
        "Google Calendar",
        (
            "Other calendars, From URL; paste the address. Google decides how often it asks: count on many hours, "
            "sometimes a day."
        ),
    ),
    (
        "Apple Calendar",
        "File, New Calendar Subscription, or a touch on the webcal link. You choose how often under Auto-refresh.",
    ),
)


def base_url() -> str:
    """The address of the dashboard from outside, or nothing if it cannot be told."""
    address = urlsplit(st.context.url or "")
    try:
        return public_url(address.scheme or "http", address.netloc)
    except ValueError:
        return ""


def open_view(context: PageContext) -> pd.DataFrame:
    """What the filter keeps of what everybody sees: the open feed has no more, whoever looks at this page."""
    return (
        context.filter.apply(calendar_for(ANONYMOUS)[1], context.reference) if context.workspace else context.filtered
    )


def holds(context: PageContext, view: pd.DataFrame) -> None:
    windows = int(view["date_precision"].isin(WINDOWS).sum())
    projected = int((view["standing"] == Standing.PROJECTED).sum())
    cancelled = int((view["standing"] == Standing.CANCELLED).sum())
    st.markdown(f"The feed of this view holds **{plain(describe(context.filter, context.reference))}**.")
    st.markdown(
        f"{count(len(view), 'item')}, of which {windows:,} {'is a window' if windows == 1 else 'are windows'} "
        f"whose days are not known, {projected:,} {'is' if projected == 1 else 'are'} projected "
        f"and {cancelled:,} {'is' if cancelled == 1 else 'are'} cancelled."
    )


def count(number: int, word: str) -> str:
    return f"**{number:,}** {word}" if number == 1 else f"**{number:,}** {word}s"


def reach(base: str) -> None:
    """Says it when the services of Google and Microsoft could not fetch the address."""
    address = urlsplit(base)
    if address.scheme == "https" and address.hostname not in LOOPBACK:
        return
    if address.hostname in LOOPBACK:
        why = "This page is served from your own machine, and nobody else can reach that address."
    else:
        why = "This page is served without https, which calendar services on the web do not accept or should not get."
    st.info(
        f"{why} A calendar program on this machine can subscribe to it; Google and Outlook on the web cannot. Take the "
        f"file instead, or have whoever runs this dashboard set {PUBLIC_URL_VARIABLE} to its public https address."
    )


def take_along(context: PageContext, base: str) -> None:
    links = subscription_links(base, context.filter)
    st.subheader("As a file")
    st.markdown("The view as it is today, to open or to send. It does not change afterwards.")
    st.link_button("Download calendar.ics", links["download"], type="primary", icon=":material/download:")
    st.subheader("As an open feed that stays current")
    st.markdown("What everybody sees of this view: the mission's public events, none that are internal.")
    if not base:
        st.markdown(
            f"The address of this dashboard cannot be told. Set {PUBLIC_URL_VARIABLE} to it, and the addresses to "
            "subscribe to stand here."
        )
        return
    reach(base)
    name = "https" if links["https"].startswith("https:") else "http"
    st.caption(f"The {name} address, to paste")
    st.code(links["https"], language=None, wrap_lines=True)
    st.caption("The webcal address, which opens the calendar program of this machine")
    st.code(links["webcal"], language=None, wrap_lines=True)
    st.link_button("Subscribe in my calendar program", links["webcal"], icon=":material/event:")


def in_a_calendar() -> None:
    st.subheader("How calendars take it")
    for name, how in CLIENTS:
        st.markdown(f"**{name}.** {how}")
    st.subheader("What you will see")
    st.markdown(
        "- A window is an entry over its whole length, and its title says that the days are open.\n"
        "- What is projected or provisional is tentative, and its title says so.\n"
        "- What is cancelled stays, marked as cancelled, for 90 days after the change, and then leaves.\n"
        "- What moves, moves in your calendar too; no second copy comes.\n"
        "- Each entry carries its organisation and its kind as categories. Outlook can colour by category; Google and "
        "Apple give the whole feed one colour, so subscribe to one feed for each organisation if you want them apart.\n"
        "- No entry of the open feed rings; set your own reminder. In a subscription of yours deadlines ring so many "
        "days before, if you ask for it. Not every program lets a calendar of others ring: Apple Calendar does where "
        "Alerts is not ticked under Remove; elsewhere try it with one, and set a reminder if it stays silent."
    )


context = current()
st.title("Feeds")
view = open_view(context)
holds(context, view)
if view.empty:
    st.markdown(
        "Nothing is in this feed yet. It can be subscribed to all the same, and fills as dates come; take a value out "
        "of the filter to widen it."
    )
base = base_url()
take_along(context, base)
draw_subscriptions(context, base)
in_a_calendar()
if not view.empty:
    st.subheader("What is in the open feed")
    item_table(view, context, "feed_items")
item_panel.draw_panel(context)
