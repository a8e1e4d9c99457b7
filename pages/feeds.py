"""Feeds: the filter on the screen as a file, as an open feed, and kept as a subscription of one's own."""

from pages.components.shell.guard import require_entrance

require_entrance()

from urllib.parse import urlsplit

import pandas as pd
import streamlit as st

from calendar_model import wording
from calendar_model.access.permissions import ANONYMOUS
from calendar_model.calendar import describe
from calendar_model.feeds import (
    LARGEST_FOR_GOOGLE,
    PUBLIC_URL_VARIABLE,
    build_feed,
    feed_rows,
    public_url,
    subscription_links,
    with_period,
)
from calendar_model.mission.visible_calendar import calendar_for
from calendar_model.vocabulary import WINDOWS, Precision, Standing
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
            "sometimes a day. It takes no feed over 1 MB."
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


def open_table(context: PageContext) -> pd.DataFrame:
    """What everybody sees: the open feed has no more, whoever looks at this page."""
    return calendar_for(ANONYMOUS)[1] if context.workspace else context.table


def holds(context: PageContext, table: pd.DataFrame, base: str) -> tuple[pd.DataFrame, bool]:
    """Says what the open feed holds and how large it is; returns its rows, and whether it has what has no dates yet."""
    chosen = with_period(context.filter, table.attrs["as_of"])
    period = ""
    if chosen != context.filter and chosen.start is not None and chosen.end is not None:
        period = f"; {wording.span(chosen.start, chosen.end)}"
    st.markdown(f"The open feed of this view holds **{plain(describe(context.filter, context.reference))}{period}**.")
    if period:
        st.caption("A feed without a period holds one year back and two ahead. Set a period in the filter for another.")
    every = feed_rows(table, context.filter, context.reference, windows=True)
    without_dates = int(every["date_precision"].isin(WINDOWS).sum())
    windows = st.checkbox(
        f"Include items whose dates are not set ({without_dates:,})",
        key="feed_windows",
        help="Each is one entry, on the first day on which it could take place.",
    )
    rows = every if windows else feed_rows(table, context.filter, context.reference)
    size = len(build_feed(context.reference, table, context.filter, base, windows=windows))
    passed = rows["standing"] == Standing.NOT_CONFIRMED
    expected = (rows["date_precision"] == Precision.EXPECTED) & ~passed
    cancelled = rows["standing"] == Standing.CANCELLED
    st.markdown(
        f"**{len(rows):,}** {'entry' if len(rows) == 1 else 'entries'}: {expected.sum():,} expected, "
        f"{passed.sum():,} not confirmed, {cancelled.sum():,} cancelled."
    )
    kilobytes = f"**{max(1, round(size / 1000)):,} kB**"
    if size > LARGEST_FOR_GOOGLE:
        st.warning(
            f"The feed has {kilobytes}. Google Calendar takes no more than 1,000 kB, so it will not show this feed. "
            "Choose an organisation, a kind or a shorter period in the filter."
        )
    else:
        st.markdown(f"{kilobytes}: small enough for Google Calendar, which takes up to 1,000 kB.")
    return rows, windows


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


def take_along(context: PageContext, base: str, *, windows: bool) -> None:
    links = subscription_links(base, context.filter, windows=windows)
    st.subheader("As a file")
    st.markdown("The feed as it is today, to open or to send. It does not change afterwards.")
    st.link_button("Download calendar.ics", links["download"], type="primary", icon=":material/download:")
    st.subheader("As an open feed that stays current")
    st.markdown("What everybody sees of this view: the mission's public events, none that are internal.")
    if not base:
        st.markdown(
            f"The address of this dashboard cannot be told. Set {PUBLIC_URL_VARIABLE} to it, and the addresses to "
            "subscribe to appear here."
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
        "- An item on expected days is tentative, and its title says “expected”. Its text says between which days it "
        "will open, and how often the rule held in the past.\n"
        "- Items whose dates are not set are left out unless you include them. Each is then one entry on the first day "
        "of its window.\n"
        "- An item that has passed without a record is marked “not confirmed”.\n"
        "- A session of the General Assembly is three entries: its opening, its main part and its close.\n"
        "- A cancelled item stays, marked as cancelled, for 90 days after the change, and then leaves.\n"
        "- An item that moves also moves in your calendar; you get no second copy.\n"
        "- Each entry carries its organisation and its kind as categories. Outlook can colour by category. Google and "
        "Apple give the whole feed one colour, so subscribe to one feed for each organisation to tell them apart.\n"
        "- The open feed has no reminders; set your own. A subscription of yours can remind you of deadlines. Not "
        "every program allows reminders in a calendar of others: Apple Calendar does where Alerts is not ticked under "
        "Remove. Elsewhere try it with one deadline."
    )


context = current()
st.title("Feeds")
base = base_url()
view, windows = holds(context, open_table(context), base)
if view.empty:
    st.markdown(
        "The feed is empty so far. You can subscribe to it all the same: it fills as dates come. To widen it, take a "
        "value out of the filter."
    )
take_along(context, base, windows=windows)
draw_subscriptions(context, base)
in_a_calendar()
if not view.empty:
    st.subheader("What is in the open feed")
    item_table(view, context, "feed_items")
item_panel.draw_panel(context)
