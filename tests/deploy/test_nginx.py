"""The site of docs/deploy/nginx.conf in a real nginx, in front of two dashboards that share a workspace."""

from __future__ import annotations

import asyncio
import re
import time

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin, Subprotocol

from calendar_model.web.bodies import LARGEST_BODY, LARGEST_UPLOAD, LONGEST_QUERY, UPLOAD_SECONDS
from calendar_model.web.routes import RouteGroup, known_route
from tests.deploy.conftest import NAME, SITE, Proxy, tls, waited_for
from tests.web.test_routes import KNOWN


def test_a_page_comes_with_hsts_and_cookies_for_tls_alone(proxy: Proxy) -> None:
    with proxy.client() as client:
        page = client.get("/")
        health = client.get("/_stcore/health")
    assert page.status_code == 200
    assert "max-age=63072000" in page.headers["Strict-Transport-Security"]
    assert "Server" not in page.headers or page.headers["Server"] == "nginx"
    cookies = [*page.headers.get_list("Set-Cookie"), *health.headers.get_list("Set-Cookie")]
    names = {cookie.partition("=")[0] for cookie in cookies}
    assert names == {"hrd_desk", "_streamlit_xsrf"}
    assert [cookie for cookie in cookies if "secure" not in cookie.lower()] == []
    # A refusal says so too, and the dashboard's own headers go through.
    with proxy.client() as client:
        refused = client.get("/metrics")
        assert refused.status_code == 404
        assert "Strict-Transport-Security" in refused.headers
    assert page.headers["X-Frame-Options"] == "DENY"


def test_plain_http_leads_to_the_site(proxy: Proxy) -> None:
    moved = httpx.get(
        f"http://127.0.0.1:{proxy.plain_port}/timeline?x=1", headers={"Host": "evil.example"}, trust_env=False
    )
    assert (moved.status_code, moved.headers["Location"]) == (301, f"https://{NAME}/timeline?x=1")


def opened(proxy: Proxy, path: str, origin: str) -> int:
    async def connected() -> int:
        try:
            async with connect(
                f"wss://{NAME}:{proxy.port}{path}",
                host="127.0.0.1",
                port=proxy.port,
                ssl=tls(proxy.folder),
                origin=Origin(origin),
                subprotocols=[Subprotocol("streamlit")],
                proxy=None,
            ) as socket:
                return 101 if socket.subprotocol == "streamlit" else 0
        except InvalidStatus as refused:
            return refused.response.status_code

    return asyncio.run(connected())


def test_the_websocket_of_a_page_opens_for_the_own_site_alone(proxy: Proxy) -> None:
    assert opened(proxy, "/_stcore/stream", proxy.address) == 101
    assert opened(proxy, "/_stcore/stream", "https://evil.example") == 403


def test_a_browser_stays_with_one_dashboard_and_browsers_spread(proxy: Proxy) -> None:
    """The identifiers of the answers say in which log they are."""
    browsers = []
    for _ in range(12):
        with proxy.client() as client:
            browsers.append({client.get("/healthz").headers["X-Request-ID"] for _ in range(4)})
    every = set.union(*browsers)

    def served() -> list[set[str]]:
        return [every & {line["request_id"] for line in lines} for lines in proxy.served()]

    assert waited_for(lambda: set.union(*served()) == every)
    one, other = served()
    assert one
    assert other
    assert [browser for browser in browsers if not (browser <= one or browser <= other)] == []


def test_the_identifier_of_a_request_is_the_same_in_both_logs(proxy: Proxy) -> None:
    with proxy.client() as client:
        identifier = client.get("/healthz", headers={"X-Request-ID": "a" * 32}).headers["X-Request-ID"]
    assert identifier != "a" * 32

    def logged() -> list[str]:
        every = [proxy.lines(), *proxy.served()]
        return [line["path"] for lines in every for line in lines if line["request_id"] == identifier]

    assert waited_for(lambda: len(logged()) == 2)
    assert logged() == ["/healthz", "/healthz"]


def test_no_log_of_nginx_has_a_secret_or_a_question(proxy: Proxy) -> None:
    with proxy.client() as client:
        for path in (f"/feeds/mine/{proxy.secret}.ics", f"/media/{proxy.secret}.csv"):
            for query in ("", "?q=canary"):
                client.get(path + query, headers={"User-Agent": "canary", "Referer": "https://x.example/canary"})
        assert client.get(f"/feeds/mine/{proxy.secret}.ics").status_code == 200
        assert client.get("/timeline?q=canary").status_code == 200
        # What nginx itself refuses, it would quote among its errors.
        assert client.post(f"/feeds/mine/{proxy.secret}.ics?q=canary", content=b"x" * 20_000).status_code == 413
        assert client.get(f"/feeds/mine/{proxy.secret}.ics?q=canary{'x' * 17_000}").status_code == 414
    assert waited_for(lambda: proxy.lines()[-1]["status"] == "414")
    for file in ("access.log", "error.log", "dashboard-0.log", "dashboard-1.log"):
        text = (proxy.folder / file).read_text("utf-8")
        assert [word for word in (proxy.secret, "canary") if word in text] == []
    assert {"/feeds/mine/*", "/media/*"} <= {line["path"] for line in proxy.lines()}


@pytest.mark.parametrize("path", [path for path, group, _ in KNOWN if path.startswith("/") and group is not RouteGroup.PROBE and not path.startswith("/desk")])  # fmt: skip
def test_both_logs_show_an_address_alike(path: str) -> None:
    [table] = re.findall(r"map \$uri \$shown_path \{(.*?)\}", SITE, re.DOTALL)
    pairs = re.findall(r'^    "?(.+?)"?\s+"([^"]+)";$', table, re.MULTILINE)
    assert len(pairs) > 10
    shown = next(
        shown for pattern, shown in pairs
        if pattern == "default" or pattern == path or (pattern[0] == "~" and re.search(pattern[1:], path))
    )  # fmt: skip
    assert shown == known_route(path).shown


def test_limits_are_those_of_the_dashboard() -> None:
    sizes = {int(size) * 1024 for size in re.findall(r"client_max_body_size (\d+)k;", SITE)}
    assert sizes == {LARGEST_BODY, LARGEST_UPLOAD + 64 * 1024}
    assert f"client_body_timeout {UPLOAD_SECONDS}s;" in SITE
    [header] = re.findall(r"large_client_header_buffers 4 (\d+)k;", SITE)
    assert int(header) * 1024 >= 2 * LONGEST_QUERY
    assert "proxy_buffer_size 16k;" in SITE
    # In a location of its own, a header would take the place of all others.
    assert "add_header" not in SITE[SITE.index("location / {") :]


def test_an_upload_that_no_page_asked_for_is_refused_by_the_dashboard(proxy: Proxy) -> None:
    with proxy.client() as client:
        assert client.put("/_stcore/upload_file/x/y", content=b"x" * 100).status_code in (401, 403)


def test_metrics_and_reasons_are_for_this_machine_alone(proxy: Proxy) -> None:
    with proxy.client() as client:
        for path in ("/metrics", "/_stcore/metrics", "/readyz", "//metrics", "/%6detrics"):
            assert client.get(f"https://127.0.0.1:{proxy.port}{path}").status_code == 404
    # On the machine itself the dashboard answers.
    here = httpx.get(f"http://127.0.0.1:{proxy.ports[0]}/metrics", trust_env=False)
    assert here.status_code == 200
    assert "hrd_calendar_requests_total" in here.text


def test_one_dashboard_is_enough_while_the_other_is_away(proxy: Proxy) -> None:
    proxy.dashboards[1].kill()
    try:
        for _ in range(6):
            with proxy.client() as client:
                assert [client.get("/healthz").status_code for _ in range(2)] == [200, 200]
    finally:
        proxy.dashboards[1].wait()
        proxy.start(1)
    before = len(proxy.served()[1])
    for _ in range(60):
        with proxy.client() as client:
            assert client.get("/healthz").status_code == 200
        if len(proxy.served()[1]) > before:
            return
        time.sleep(0.2)
    raise AssertionError("The dashboard that came back gets no requests.")
