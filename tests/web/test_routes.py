"""What logs and metrics show of an address: one of a few texts, whatever was asked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.routing import Route

from calendar_model.feeds import ROUTES
from calendar_model.web import health
from calendar_model.web.routes import KnownRoute, RouteGroup, known_route

TOKEN = "wX3b-Qm7_1KzT9vLr0aYd5sHc2NfPj8eUgIoB4kRtVM"

KNOWN = [
    ("/", RouteGroup.PAGE, "/"),
    ("/timeline", RouteGroup.PAGE, "/*"),
    ("/follow-ups/", RouteGroup.PAGE, "/*"),
    ("/desk/timeline", RouteGroup.PAGE, "/*"),
    ("/feeds", RouteGroup.FEED, "/feeds/*"),
    ("/feeds/calendar.ics", RouteGroup.FEED, "/feeds/calendar.ics"),
    ("/feeds/item/session-HRC64.ics", RouteGroup.ITEM, "/feeds/item/*"),
    (f"/feeds/mine/{TOKEN}.ics", RouteGroup.SUBSCRIPTION, "/feeds/mine/*"),
    (f"/feeds/mine/{TOKEN}", RouteGroup.SUBSCRIPTION, "/feeds/mine/*"),
    (f"/desk/feeds/mine/{TOKEN}.ics", RouteGroup.SUBSCRIPTION, "/feeds/mine/*"),
    (f"/feeds/{TOKEN}.ics", RouteGroup.FEED, "/feeds/*"),
    (f"/media/{TOKEN}.csv", RouteGroup.FILE, "/media/*"),
    (f"/_stcore/upload_file/{TOKEN}/{TOKEN}", RouteGroup.UPLOAD, "/_stcore/upload_file/*"),
    ("/_stcore/stream", RouteGroup.SESSION, "/_stcore/stream"),
    ("/_stcore/host-config", RouteGroup.ASSET, "/_stcore/*"),
    ("/static/js/index.js", RouteGroup.ASSET, "/static/*"),
    ("/healthz", RouteGroup.PROBE, "/healthz"),
    ("/metrics", RouteGroup.PROBE, "/metrics"),
    ("/oauth2callback", RouteGroup.SIGN_IN, "/oauth2callback"),
    ("/jane-doe", RouteGroup.PAGE, "/*"),
    (f"/{TOKEN}", RouteGroup.PAGE, "/*"),
    ("", RouteGroup.PAGE, "/"),
]


@pytest.mark.parametrize(("path", "group", "shown"), KNOWN)
def test_an_address_is_shown_by_its_kind(path: str, group: RouteGroup, shown: str) -> None:
    assert known_route(path) == KnownRoute(group, shown)


@given(st.lists(st.one_of(st.text(max_size=20), st.sampled_from(["/", "/feeds/mine/", "media", TOKEN, "/timeline"]))))
def test_what_is_shown_is_one_of_a_few_texts(parts: list[str]) -> None:
    shown = known_route("".join(parts)).shown
    assert shown in {shown for _, _, shown in KNOWN} | {
        "/readyz",
        "/component/*",
        "/auth/*",
        "/_stcore/health",
        "/_stcore/metrics",
    }


def test_every_address_of_the_server_is_known() -> None:
    for route in [*ROUTES, *health.ROUTES]:
        assert isinstance(route, Route)
        assert known_route(route.path).group is not RouteGroup.PAGE
