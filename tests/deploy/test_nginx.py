"""The site of docs/deploy/nginx.conf in a real nginx, in front of two dashboards that share a workspace."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin, Subprotocol

from calendar_model.access.permissions import ANONYMOUS, member
from calendar_model.mission.subscriptions import create_subscription
from calendar_model.mission.transactions import save
from calendar_model.store import database
from calendar_model.store.database import FOLDER_VARIABLE, open_workspace
from calendar_model.store.models import Person
from calendar_model.web.bodies import LARGEST_BODY, LARGEST_UPLOAD, LONGEST_QUERY, UPLOAD_SECONDS
from calendar_model.web.routes import RouteGroup, known_route
from tests.browser.conftest import free_port, start_server, stop_server
from tests.web.test_routes import KNOWN

SITE = (Path(__file__).resolve().parents[2] / "docs/deploy/nginx.conf").read_text(encoding="utf-8")
NAME = "calendar.example.org"
SIGN_IN = """
[auth]
redirect_uri = "{address}/oauth2callback"
cookie_secret = "0123456789abcdef0123456789abcdef"
client_id = "dashboard"
client_secret = "nobody signs in here"
server_metadata_url = "http://127.0.0.1:9/.well-known/openid-configuration"
"""
"""A dashboard that others reach has one; no test here signs in."""


class Proxy(NamedTuple):
    """nginx with its dashboards."""

    process: subprocess.Popen[bytes]
    dashboards: list[subprocess.Popen[bytes]]
    folder: Path
    port: int
    plain_port: int
    ports: list[int]
    """Of the dashboards."""
    environment: dict[str, str]
    """Theirs."""
    secret: str
    """Of a subscription."""

    @property
    def address(self) -> str:
        return f"https://{NAME}:{self.port}"

    def client(self) -> httpx.Client:
        """A browser without cookies yet, which trusts the certificate and takes the name for this machine."""
        return httpx.Client(
            verify=tls(self.folder),
            trust_env=False,
            timeout=60,
            base_url=f"https://127.0.0.1:{self.port}",
            headers={"Host": f"{NAME}:{self.port}"},
        )

    def lines(self) -> list[dict[str, Any]]:
        """The access log."""
        return [json.loads(line) for line in (self.folder / "access.log").read_text("utf-8").splitlines()]

    def served(self) -> list[list[dict[str, Any]]]:
        """The requests that each dashboard has logged."""
        logs = [(self.folder / f"dashboard-{number}.log").read_text("utf-8") for number in range(2)]
        objects = [[json.loads(line) for line in log.splitlines() if line.startswith("{")] for log in logs]
        return [[one for one in lines if "path" in one] for lines in objects]


def waited_for(found: Callable[[], bool]) -> bool:
    """Whether it comes true: a server writes to its log after it has answered."""
    for _ in range(100):
        if found():
            return True
        time.sleep(0.1)
    return False


def tls(folder: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(folder / "certificate.pem"))


def make_certificate(folder: Path) -> None:
    """A certificate for the name, signed by itself."""
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
    ]
    names = ["-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME},IP:127.0.0.1"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    subprocess.run([*command, *names, *files], check=True, capture_output=True)


def configured(folder: Path, port: int, plain_port: int, dashboards: list[int]) -> Path:
    """The site as an administrator adapts it, with other ports and folders, in a configuration of its own."""
    site = SITE
    for old, new in (
        ("/etc/ssl/certs/hrd-calendar.pem", str(folder / "certificate.pem")),
        ("/etc/ssl/private/hrd-calendar.key", str(folder / "key.pem")),
        ("/var/log/nginx/hrd-calendar.log", str(folder / "access.log")),
        ("127.0.0.1:8501", f"127.0.0.1:{dashboards[0]}"),
        ("127.0.0.1:8502", f"127.0.0.1:{dashboards[1]}"),
        ("listen 443 ", f"listen 127.0.0.1:{port} "),
        ("listen 80;", f"listen 127.0.0.1:{plain_port};"),
    ):
        assert old in site
        site = site.replace(old, new)
    # One machine of the tests may have no IPv6.
    site = re.sub(r"    listen \[::\].*\n", "", site)
    (folder / "site.conf").write_text(site, encoding="utf-8")
    folders = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"    {one}_temp_path {folder}/{one};\n" for one in folders)
    main = folder / "nginx.conf"
    main.write_text(
        f"daemon off;\nworker_processes 1;\npid {folder}/nginx.pid;\nerror_log {folder}/error.log info;\n"
        f"events {{}}\nhttp {{\n{temporary}    access_log off;\n    include {folder}/site.conf;\n}}\n",
        encoding="utf-8",
    )
    return main


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    folder = tmp_path_factory.mktemp("nginx")
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    assert nginx is not None, "No nginx was found: `make nginx` installs it."
    records = folder / "workspace"
    workspace = open_workspace(f"sqlite:///{records / database.FILE}")
    amina = member(save(ANONYMOUS, Person, {"name": "Amina"}, workspace=workspace))
    workspace.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(FOLDER_VARIABLE, str(records))
        secret = create_subscription(amina)
    for opened in database._open.values():
        opened.close()
    database._open.clear()
    make_certificate(folder)
    port, plain_port = free_port(), free_port()
    (folder / "secrets.toml").write_text(SIGN_IN.format(address=f"https://{NAME}:{port}"), encoding="utf-8")
    environment = {
        FOLDER_VARIABLE: str(records),
        "HRD_CALENDAR_PUBLIC_URL": f"https://{NAME}:{port}",
        "HRD_CALENDAR_LOG": "json",
        "HRD_CALENDAR_METRICS": "1",
        "STREAMLIT_SECRETS_FILES": str(folder / "secrets.toml"),
    }
    with ThreadPoolExecutor(2) as threads:
        started = list(
            threads.map(lambda number: start_server(folder / f"dashboard-{number}.log", **environment), range(2))
        )
    ports = [int(address.rpartition(":")[2]) for _, address in started]
    main = configured(folder, port, plain_port, ports)
    tested = subprocess.run([nginx, "-t", "-p", str(folder), "-c", str(main)], capture_output=True, text=True)
    assert tested.returncode == 0, tested.stderr
    process = subprocess.Popen([nginx, "-p", str(folder), "-c", str(main)], stderr=subprocess.DEVNULL)
    running = Proxy(
        process, [dashboard for dashboard, _ in started], folder, port, plain_port, ports, environment, secret
    )
    try:
        with running.client() as client:
            for _ in range(100):
                try:
                    client.get("/healthz")
                    break
                except httpx.TransportError:
                    time.sleep(0.1)
        yield running
    finally:
        for one in (process, *running.dashboards):
            stop_server(one)


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
    stop_server(proxy.dashboards[1])
    try:
        for _ in range(6):
            with proxy.client() as client:
                assert [client.get("/healthz").status_code for _ in range(2)] == [200, 200]
    finally:
        log = proxy.folder / "dashboard-1.log"
        proxy.dashboards[1], _ = start_server(log, proxy.ports[1], **proxy.environment)
    before = len(proxy.served()[1])
    for _ in range(60):
        with proxy.client() as client:
            assert client.get("/healthz").status_code == 200
        if len(proxy.served()[1]) > before:
            return
        time.sleep(0.2)
    raise AssertionError("The dashboard that came back gets no requests.")
