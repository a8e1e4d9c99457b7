"""Feeds: the filtered view as a file, as an open feed, and as a personal subscription."""

from pages.components.shell.guard import require_entrance

require_entrance()

from urllib.parse import urlsplit

import pandas as pd
import streamlit as st

from calendar_model import calendar, wording
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
from calendar_model.translation import SOURCE, in_language
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import WINDOWS, Precision, Standing
from pages.components.feeds.subscriptions import draw_subscriptions
from pages.components.shell import item_panel
from pages.components.shell.context import PageContext, current
from pages.components.shell.words import plain
from pages.components.widgets.tables import item_table

LOOPBACK = ("localhost", "127.0.0.1", "::1")

CLIENTS = (
    (
        _("Outlook, new and on the web"),
        _("Calendar > Add calendar > Subscribe from web; paste the address. Refreshes about every three hours."),
    ),
    (
        _("Outlook, classic on Windows"),
        (
            _(
                "File > Account Settings > Internet Calendars > New; paste the address. Refreshes with "
                "Send/Receive, at the feed's interval of six hours."
            )
        ),
    ),
    (
        _("Google Calendar"),
        (
            _(
                "Other calendars > From URL; paste the address. Google decides how often it refreshes: expect many "
                "hours, sometimes a day. The limit is 1 MB."
            )
        ),
    ),
    (
        _("Apple Calendar"),
        _("File > New Calendar Subscription, or open the webcal link. Set the interval under Auto-refresh."),
    ),
)


def base_url() -> str:
    """The public address of the dashboard; empty if unknown."""
    address = urlsplit(st.context.url or "")
    try:
        return public_url(address.scheme or "http", address.netloc)
    except ValueError:
        return ""


def open_table(context: PageContext) -> pd.DataFrame:
    """The public calendar, in English: the open feed contains nothing else, for all who view this page."""
    with in_language(SOURCE):
        return calendar_for(ANONYMOUS)[1] if context.workspace else calendar.current()[1]


def holds(context: PageContext, table: pd.DataFrame, base: str) -> tuple[pd.DataFrame, bool]:
    """Draws the content and size of the open feed; returns its rows, and whether items without dates are included."""
    chosen = with_period(context.filter, table.attrs["as_of"])
    period = ""
    if chosen != context.filter and chosen.start is not None and chosen.end is not None:
        period = f"; {wording.span(chosen.start, chosen.end)}"
    st.markdown(
        _("The open feed of this view contains **{filter}{period}**.").format(
            filter=plain(describe(context.filter, context.reference)), period=period
        )
    )
    if period:
        st.caption(_("Without a period in the filter, a feed covers one year back and two years ahead."))
    every = feed_rows(table, context.filter, context.reference, windows=True)
    without_dates = int(every["date_precision"].isin(WINDOWS).sum())
    windows = st.checkbox(
        _("Include items whose dates are not set ({without_dates:,})").format(without_dates=without_dates),
        key="feed_windows",
        help=_("Each becomes one entry on its first possible day."),
    )
    rows = every if windows else feed_rows(table, context.filter, context.reference)
    with in_language(SOURCE):
        size = len(build_feed(context.reference.as_recorded, table, context.filter, base, windows=windows))
    passed = rows["standing"] == Standing.NOT_CONFIRMED
    expected = (rows["date_precision"] == Precision.EXPECTED) & ~passed
    cancelled = rows["standing"] == Standing.CANCELLED
    st.markdown(
        _(
            "**{count:,}** {part}: {expected:,} expected, {not_confirmed:,} not confirmed, {cancelled:,} cancelled."
        ).format(
            count=len(rows),
            part=_("entry") if len(rows) == 1 else _("entries"),
            expected=expected.sum(),
            not_confirmed=passed.sum(),
            cancelled=cancelled.sum(),
        )
    )
    kilobytes = f"**{max(1, round(size / 1000)):,} kB**"
    if size > LARGEST_FOR_GOOGLE:
        st.warning(
            _(
                "The feed has {kilobytes}, above Google Calendar's limit of 1,000 kB, so Google will not show it. "
                "Filter by organisation, kind or a shorter period."
            ).format(kilobytes=kilobytes)
        )
    else:
        st.markdown(_("{kilobytes}: within Google Calendar's limit of 1,000 kB.").format(kilobytes=kilobytes))
    return rows, windows


def reach(base: str) -> None:
    """Warns if Google and Microsoft cannot reach the address."""
    address = urlsplit(base)
    if address.scheme == "https" and address.hostname not in LOOPBACK:
        return
    if address.hostname in LOOPBACK:
        why = _("The dashboard runs on your own computer, which others cannot reach.")
    else:
        why = _(
            "The dashboard is served without https, which calendar services on the web do not accept or should not get."
        )
    st.info(
        _(
            "{why} A calendar program on this computer can subscribe; Google and Outlook on the web cannot. "
            "Download the file instead, or ask an administrator to set {public_url_variable} to the public https "
            "address."
        ).format(why=why, public_url_variable=PUBLIC_URL_VARIABLE)
    )


def take_along(context: PageContext, base: str, *, windows: bool) -> None:
    links = subscription_links(base, context.filter, windows=windows)
    st.subheader(_("As a file"))
    st.markdown(_("A copy of the feed as it is today, to open or send. It does not update."))
    st.link_button(_("Download calendar.ics"), links["download"], type="primary", icon=":material/download:")
    st.subheader(_("As an open feed"))
    st.markdown(_("Updates automatically. Contains public items of this view only, no internal events."))
    if not base:
        st.markdown(
            _(
                "The address of this dashboard is unknown. Set {public_url_variable} to it; the addresses for "
                "subscribing then appear here."
            ).format(public_url_variable=PUBLIC_URL_VARIABLE)
        )
        return
    reach(base)
    name = "https" if links["https"].startswith("https:") else "http"
    st.caption(_("Address to paste ({name})").format(name=name))
    st.code(links["https"], language=None, wrap_lines=True)
    st.caption(_("Address that opens your calendar program (webcal)"))
    st.code(links["webcal"], language=None, wrap_lines=True)
    st.link_button(_("Subscribe in my calendar"), links["webcal"], icon=":material/event:")


def in_a_calendar() -> None:
    st.subheader(_("How to subscribe"))
    for name, how in CLIENTS:
        st.markdown(f"**{name}.** {how}")
    st.subheader(_("In your calendar"))
    st.markdown(
        _(
            "- Expected items are tentative, with “expected” in the title. The text gives the interval for the "
            "start and how often the rule was right in the past.\n"
            "- Items whose dates are not set are left out unless you include them. Each is then one entry on the "
            "first day of its window.\n"
            "- Past items without a recorded outcome are marked “not confirmed”.\n"
            "- A session of the General Assembly has three entries: opening, main part and close.\n"
            "- Cancelled items stay, marked as cancelled, for 90 days after the change.\n"
            "- Rescheduled items move in your calendar; you get no second copy.\n"
            "- Each entry has its organisation and kind as categories. Outlook can colour by category. Google and "
            "Apple use one colour for the whole feed: subscribe to one feed for each organisation to tell them "
            "apart.\n"
            "- The open feed has no reminders; set your own. Your own subscription can remind you of deadlines. Not "
            "every program allows reminders in subscribed calendars: Apple Calendar does if Alerts is not ticked "
            "under Remove. In others, try it with one deadline."
        )
    )


context = current()
st.title(_("Feeds"))
base = base_url()
view, windows = holds(context, open_table(context), base)
if view.empty:
    st.markdown(
        _(
            "The feed is empty for now. You can still subscribe: new items appear as they are added. To include more, "
            "widen the filter."
        )
    )
take_along(context, base, windows=windows)
draw_subscriptions(context, base)
in_a_calendar()
if not view.empty:
    st.subheader(_("Items in the open feed"))
    item_table(view, context, "feed_items")
item_panel.draw_panel(context)
