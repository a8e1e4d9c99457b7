"""The calendar as iCalendar: feeds to subscribe to, files to save, and the HTTP routes that give them out."""

from calendar_model.feeds.http import ROUTES, build_feed
from calendar_model.feeds.ical import CalendarProperties, IncompleteItemError, calendar_bytes, feed_bytes
from calendar_model.feeds.links import (
    PUBLIC_URL_VARIABLE,
    feed_url,
    item_url,
    public_url,
    subscription_links,
    subscription_url,
    webcal,
)
from calendar_model.feeds.selection import LARGEST_FOR_GOOGLE, feed_rows, with_period

__all__ = [
    "LARGEST_FOR_GOOGLE",
    "PUBLIC_URL_VARIABLE",
    "ROUTES",
    "CalendarProperties",
    "IncompleteItemError",
    "build_feed",
    "calendar_bytes",
    "feed_bytes",
    "feed_rows",
    "feed_url",
    "item_url",
    "public_url",
    "subscription_links",
    "subscription_url",
    "webcal",
    "with_period",
]
