"""nginx with the site of docs/deploy/nginx.conf, in front of two dashboards that share a PostgreSQL."""

from __future__ import annotations

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
import psycopg
import pytest

from calendar_model.access.permissions import ANONYMOUS, member
from calendar_model.mission.subscriptions import create_subscription
from calendar_model.mission.transactions import save
from calendar_model.store.database import FOLDER_VARIABLE, URL_VARIABLE, open_workspace
from calendar_model.store.models import Person
from tests.browser.conftest import free_port, start_server, stop_server
from tests.browser.sign_in import COOKIE_SECRET, bind_account

SITE = (Path(__file__).resolve().parents[2] / "docs/deploy/nginx.conf").read_text(encoding="utf-8")
NAME = "calendar.example.org"
SIGN_IN = """
[auth]
redirect_uri = "{address}/oauth2callback"
cookie_secret = "{secret}"
client_id = "dashboard"
client_secret = "nobody signs in at a provider here"
server_metadata_url = "http://127.0.0.1:9/.well-known/openid-configuration"
"""
"""A dashboard that others reach has one; tests give their readers the cookie that it leaves."""


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
    url: str
    """Of the database that they share."""
    amina: str
    """The identifier of their one user, which is the subject of her account."""
    secret: str
    """Of a subscription of hers."""

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

    def dashboard(self, number: int, **cookies: str) -> httpx.Client:
        """A client of one dashboard, past nginx, which says what nginx would."""
        return httpx.Client(
            trust_env=False,
            timeout=60,
            base_url=f"http://127.0.0.1:{self.ports[number]}",
            headers={"Host": f"{NAME}:{self.port}", "X-Forwarded-Proto": "https"},
            cookies=cookies,
        )

    def open_pages(self, number: int) -> int:
        """How many websockets a dashboard holds; 0 if it is away."""
        try:
            text = httpx.get(f"http://127.0.0.1:{self.ports[number]}/metrics", trust_env=False).text
        except httpx.TransportError:
            return 0
        [count] = re.findall(r"^hrd_calendar_open_websockets (\S+)$", text, re.MULTILINE)
        return int(float(count))

    def start(self, number: int) -> None:
        """Start a dashboard that has ended."""
        log = self.folder / f"dashboard-{number}.log"
        self.dashboards[number], _ = start_server(log, self.ports[number], **self.environment)

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


@pytest.fixture(scope="session")
def proxy(tmp_path_factory: pytest.TempPathFactory, postgresql_server: str) -> Iterator[Proxy]:
    folder = tmp_path_factory.mktemp("nginx")
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    assert nginx is not None, "No nginx was found: `make nginx` installs it."
    with psycopg.connect(postgresql_server.format(database="postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE dashboards")
    url = postgresql_server.format(database="dashboards")
    workspace = open_workspace(url)
    amina = save(ANONYMOUS, Person, {"name": "Amina"}, workspace=workspace)
    bind_account(amina, workspace)
    secret = create_subscription(member(amina), workspace=workspace)
    workspace.close()
    make_certificate(folder)
    port, plain_port = free_port(), free_port()
    (folder / "secrets.toml").write_text(
        SIGN_IN.format(address=f"https://{NAME}:{port}", secret=COOKIE_SECRET), encoding="utf-8"
    )
    environment = {
        URL_VARIABLE: url,
        FOLDER_VARIABLE: str(folder / "workspace"),
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
        process,
        [dashboard for dashboard, _ in started],
        folder,
        port,
        plain_port,
        ports,
        environment,
        url,
        amina,
        secret,
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
