"""The feed routes as a client meets them: the server's real application, over the project's own data."""

from __future__ import annotations

import gzip
import logging
from datetime import date, timedelta
from email.utils import format_datetime, parsedate_to_datetime

import httpx
import pytest
from starlette.testclient import TestClient

from calendar_model import calendar
from calendar_model.calendar import Filter
from calendar_model.feeds import PUBLIC_URL_VARIABLE, build_feed, feed_rows, item_url, subscription_links
from calendar_model.feeds.http import CLOSED
from calendar_model.store.database import URL_VARIABLE, current_workspace
from calendar_model.vocabulary import WINDOWS
from calendar_model.web.headers import SECURITY_HEADERS
from tests.feeds import readers

FEED = "/feeds/calendar.ics"
COUNCIL = f"{FEED}?organisation=un-hrc"


def ask(client: TestClient, path: str, method: str = "GET", **headers: str) -> httpx.Response:
    response: httpx.Response = client.request(
        method, path, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    return response


def headers_of(response: httpx.Response) -> dict[str, str]:
    """The headers; Streamlit's middleware may name a coding in Vary twice, which means the same (RFC 9110, 5.6.1)."""
    vary = {name.strip() for name in response.headers["Vary"].split(",")}
    return {**response.headers, "vary": ", ".join(sorted(vary))}


def later(response: httpx.Response, **more: int) -> str:
    return format_datetime(parsedate_to_datetime(response.headers["Last-Modified"]) + timedelta(**more), usegmt=True)


# What a client gets


def test_the_address_without_a_name_leads_to_the_page(client: TestClient) -> None:
    answer = client.get("/feeds?organisation=osce", follow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (307, "/subscribe?organisation=osce")


def test_a_workspace_that_is_damaged_costs_no_client_its_copy(client: TestClient) -> None:
    assert ask(client, FEED).status_code == 200
    workspace = current_workspace()
    assert workspace.file is not None
    workspace.engine.dispose()
    workspace.file.write_bytes(b"SQLite format 3\0" + b"\xff" * 100_000)
    response = ask(client, f"{FEED}?kind=session")
    assert (response.status_code, response.text) == (503, CLOSED)


@pytest.mark.parametrize("path", [FEED, "/feeds/item/session-HRC61.ics"])
def test_a_workspace_that_cannot_be_opened_costs_no_client_its_copy(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setenv(URL_VARIABLE, "postgresql://nobody:canary@127.0.0.1:1/nothing")
    response = ask(client, path)
    assert (response.status_code, response.text) == (
        503,
        "The mission's records cannot be read at the moment, so this calendar would be incomplete. Try again later.",
    )


def test_the_whole_calendar(client: TestClient) -> None:
    response = ask(client, FEED)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'inline; filename="hrd-calendar.ics"'
    assert response.headers["Cache-Control"] == "private, max-age=300, must-revalidate"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert headers_of(response)["vary"] == "Accept-Encoding"
    reference, table = calendar.current()
    assert set(readers.by_icalendar(response.content)) == set(feed_rows(table, Filter(), reference)["uid"])
    assert readers.by_vobject(response.content) == readers.by_icalendar(response.content)
    assert response.content == build_feed(reference, table, Filter(), "http://localhost")


def test_the_filter_of_the_page_is_the_filter_of_the_feed(client: TestClient) -> None:
    query = "organisation=un-hrc&kind=session&kind=resolution&period=2025-01-01&period=2026-12-31"
    reference, table = calendar.current()
    chosen = Filter(
        organisations=("un-hrc",), kinds=("resolution", "session"), start=date(2025, 1, 1), end=date(2026, 12, 31)
    )
    seen = readers.by_icalendar(ask(client, f"{FEED}?{query}").content)
    assert set(seen) == set(feed_rows(table, chosen, reference)["uid"])
    assert "session-HRC61@hrd-calendar.example" in seen


def test_what_has_no_dates_yet_is_in_it_for_who_asks(client: TestClient) -> None:
    _, table = calendar.current()
    windows = set(table.loc[table["date_precision"].isin(WINDOWS), "uid"])
    without, including = (ask(client, f"{FEED}{query}") for query in ("", "?windows=1"))
    assert not windows & set(readers.by_icalendar(without.content))
    seen = readers.by_icalendar(including.content)
    asked_for = {uid: one for uid, one in seen.items() if uid in windows}
    assert len(asked_for) > 50
    starts = dict(zip(table["uid"], table["start"].dt.date, strict=True))
    assert {uid: (one.start, one.end) for uid, one in asked_for.items()} == {
        uid: (starts[uid], starts[uid] + timedelta(days=1)) for uid in asked_for
    }
    assert [uid for uid, one in asked_for.items() if one.status not in ("TENTATIVE", "CANCELLED")] == []
    assert including.headers["ETag"] != without.headers["ETag"]
    told = [readers.calendar_lines(answer.content) for answer in (without, including)]
    pages = [[line for line in lines if line.startswith("URL:")] for lines in told]
    assert pages == [["URL:http://localhost/timeline"]] * 2
    assert "SOURCE;VALUE=URI:http://localhost/feeds/calendar.ics?windows=1" in told[1]
    one = next(iter(asked_for))
    assert set(readers.by_icalendar(ask(client, f"/feeds/item/{one.partition('@')[0]}.ics").content)) == {one}


def test_the_order_of_the_parameters_does_not_matter(client: TestClient) -> None:
    one = ask(client, f"{FEED}?kind=session&organisation=un-hrc&country=NOR")
    other = ask(client, f"{FEED}?country=nor&organisation=UN-HRC&kind=session")
    assert one.content == other.content
    assert one.headers["ETag"] == other.headers["ETag"]


def test_a_filter_that_nothing_passes_is_a_calendar(client: TestClient) -> None:
    response = ask(client, f"{FEED}?q=no-such-word-anywhere")
    assert response.status_code == 200
    assert readers.by_icalendar(response.content) == readers.by_vobject(response.content) == {}


@pytest.mark.parametrize("accept", ["text/html", "application/json", "text/calendar", "nonsense"])
def test_accept_is_not_asked(client: TestClient, accept: str) -> None:
    assert ask(client, COUNCIL, Accept=accept).headers["Content-Type"] == "text/calendar; charset=utf-8"


def test_a_head_request_has_the_headers_and_no_body(client: TestClient) -> None:
    for coding in ("identity", "gzip"):
        full, head = (ask(client, COUNCIL, method, Accept_Encoding=coding) for method in ("GET", "HEAD"))
        assert head.status_code == 200
        assert head.content == b""
        assert headers_of(head) == headers_of(full)
    assert int(ask(client, COUNCIL, "HEAD").headers["Content-Length"]) == len(ask(client, COUNCIL).content)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_other_methods_are_refused(client: TestClient, method: str) -> None:
    for path in (FEED, "/feeds/item/session-HRC61.ics"):
        response = ask(client, path, method)
        assert response.status_code == 405
        assert response.headers["Allow"] == "GET, HEAD"


# Refusals


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        (
            "tz=Europe%2FOslo",
            "Unknown parameter “tz”. Use organisation, body, kind, track, country, standing, period or q.",
        ),
        (
            "item=session-HRC61",
            "Unknown parameter “item”. Use organisation, body, kind, track, country, standing, period or q.",
        ),
        (
            "standing=certain",
            "“certain” is not a value of “standing”. Use held, confirmed, provisional, projected, not-confirmed or cancelled.",
        ),
        ("download=yes", "The parameter download must be 1 or left out."),
        ("windows=0", "The parameter windows must be 1 or left out."),
    ],
)
def test_what_is_not_allowed_gets_a_sentence(client: TestClient, query: str, sentence: str) -> None:
    response = ask(client, f"{FEED}?{query}")
    assert (response.status_code, response.text) == (400, sentence)
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-store"
    head = ask(client, f"{FEED}?{query}", "HEAD")
    assert (head.status_code, head.content) == (400, b"")
    assert head.headers["Content-Length"] == str(len(sentence.encode()))


@pytest.mark.parametrize("path", ["/feeds/other.ics", "/feeds/a/b.ics", "/feeds/item/.ics", "/feeds/item/x/y.ics"])
def test_no_other_calendar_answers(client: TestClient, path: str) -> None:
    response = ask(client, path)
    assert response.status_code == 404
    assert (
        response.text
        == "There is no calendar at this address. The feed is at /feeds/calendar.ics, an item at /feeds/item/NAME.ics."
    )


def test_query_strings_are_not_logged(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        ask(client, f"{FEED}?q=a-word-of-mine")
        ask(client, f"{FEED}?nonsense=a-word-of-mine")
    ours = [record for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    assert [record.getMessage() for record in ours if "a-word-of-mine" in record.getMessage()] == []


# Asking again


def test_the_tag_is_strong_and_that_of_the_content(client: TestClient) -> None:
    one, same, other = (ask(client, path).headers["ETag"] for path in (COUNCIL, COUNCIL, FEED))
    assert one == same != other
    assert one.startswith('"')


@pytest.mark.parametrize("offered", ["{tag}", "W/{tag}", '"other", {tag}', '"other",W/{tag} , "more"', "*"])
def test_a_client_that_has_it_gets_304(client: TestClient, offered: str) -> None:
    first = ask(client, COUNCIL)
    for method in ("GET", "HEAD"):
        again = ask(client, COUNCIL, method, If_None_Match=offered.format(tag=first.headers["ETag"]))
        assert (again.status_code, again.content) == (304, b"")
        for name in ("etag", "last-modified", "cache-control", "vary"):
            assert headers_of(again)[name] == headers_of(first)[name]
        assert "Content-Type" not in again.headers


@pytest.mark.parametrize("offered", ['"other"', "", "other", 'W/"other"'])
def test_a_client_with_another_copy_gets_the_feed(client: TestClient, offered: str) -> None:
    assert ask(client, COUNCIL, If_None_Match=offered).status_code == 200


def test_if_modified_since(client: TestClient) -> None:
    first = ask(client, COUNCIL)
    assert ask(client, COUNCIL, If_Modified_Since=first.headers["Last-Modified"]).status_code == 304
    for other in ({"days": 1}, {"seconds": 1}, {"seconds": -1}):
        assert ask(client, COUNCIL, If_Modified_Since=later(first, **other)).status_code == 200
    assert ask(client, COUNCIL, If_Modified_Since="the day before yesterday").status_code == 200


def test_the_tag_wins_over_the_time(client: TestClient) -> None:
    first = ask(client, COUNCIL)
    again = ask(client, COUNCIL, If_None_Match='"other"', If_Modified_Since=later(first, days=1))
    assert again.status_code == 200


# Compression


def test_gzip_is_the_same_feed_under_its_own_tag(client: TestClient) -> None:
    plain = ask(client, COUNCIL)
    with client.stream("GET", COUNCIL, headers={"Accept-Encoding": "gzip, deflate"}) as coded:
        body = b"".join(coded.iter_raw())
    assert coded.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(body) == plain.content
    assert coded.headers["Content-Length"] == str(len(body))
    assert headers_of(coded)["vary"] == headers_of(plain)["vary"] == "Accept-Encoding"
    assert coded.headers["ETag"] != plain.headers["ETag"]
    assert "Content-Encoding" not in plain.headers
    for tag in (coded.headers["ETag"], plain.headers["ETag"]):
        assert ask(client, COUNCIL, If_None_Match=tag, Accept_Encoding="gzip").status_code == 304
    assert ask(client, COUNCIL, If_None_Match=coded.headers["ETag"]).status_code == 304


@pytest.mark.parametrize(
    ("accepted", "coded"),
    [("gzip", True), ("br;q=1, GZIP;q=0.5", True), ("*", True), ("br", False), ("gzip;q=0", False), ("*;q=0", False)],
)
def test_gzip_only_for_those_who_take_it(client: TestClient, accepted: str, coded: bool) -> None:
    response = ask(client, COUNCIL, Accept_Encoding=accepted)
    assert response.headers.get("Content-Encoding", "identity") == ("gzip" if coded else "identity")
    assert len(readers.by_icalendar(response.content)) > 100


# Files


def test_the_feed_as_a_file(client: TestClient) -> None:
    response = ask(client, f"{COUNCIL}&kind=session&download=1")
    assert response.headers["Content-Disposition"].startswith('attachment; filename="hrd-calendar-')
    assert ".ics; " not in response.headers["Content-Disposition"]
    assert response.content == ask(client, f"{COUNCIL}&kind=session").content


def test_an_item_as_a_file(client: TestClient) -> None:
    response = ask(client, "/feeds/item/session-HRC61.ics")
    assert response.status_code == 200
    (uid,) = readers.by_icalendar(response.content)
    assert uid == "session-HRC61@hrd-calendar.example"
    _, table = calendar.current()
    title = table.loc[table["item"] == "session-HRC61", "title"].item()
    name = httpx.URL("http://x/?" + response.headers["Content-Disposition"].partition("filename*=UTF-8''")[2])
    assert response.headers["Content-Disposition"].startswith("attachment; filename=")
    assert name.query.decode().replace("%20", " ").replace("%2C", ",") == f"{title}.ics"


def test_an_item_that_is_not_there(client: TestClient) -> None:
    response = ask(client, "/feeds/item/session-HRC999.ics")
    assert response.status_code == 404
    assert response.text == "The calendar has no such item. Look for it on the dashboard's timeline."
    assert ask(client, "/feeds/item/session-HRC61.ics?tz=UTC").status_code == 400


# Addresses


def test_the_public_address_is_the_configured_one(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    by_request = ask(client, COUNCIL, Host="LocalHost:80").content.decode().replace("\r\n ", "")
    assert "SOURCE;VALUE=URI:http://localhost:80/feeds/calendar.ics?organisation=un-hrc\r\n" in by_request
    monkeypatch.setenv(PUBLIC_URL_VARIABLE, "https://mission.example/calendar/")
    configured = ask(client, COUNCIL, Host="Mission.example:443").content
    assert configured == ask(client, COUNCIL).content
    text = configured.decode().replace("\r\n ", "")
    assert "SOURCE;VALUE=URI:https://mission.example/calendar/feeds/calendar.ics?organisation=un-hrc\r\n" in text
    assert "URL:https://mission.example/calendar/timeline?item=session-HRC61\r\n" in text


def test_the_host_decides_nothing_but_the_links(client: TestClient) -> None:
    def without_links(host: str) -> list[str]:
        read = readers.lines(ask(client, COUNCIL, Host=host).content)
        return [line for line in read if not line.startswith(("URL:", "SOURCE;"))]

    assert without_links("127.0.0.1") == without_links("[::1]:80")


@pytest.mark.parametrize("host", ["", "a b", "x/../y", "evil.example/path?", "a\\b", "user@host"])
def test_a_host_that_is_none_is_refused(client: TestClient, host: str) -> None:
    response = ask(client, COUNCIL, Host=host)
    assert response.status_code == 400


def test_links_to_take_along() -> None:
    chosen = Filter(organisations=("un-hrc",), text="reprisals & safety")
    assert subscription_links("https://mission.example/calendar/", chosen) == {
        "https": "https://mission.example/calendar/feeds/calendar.ics?organisation=un-hrc&q=reprisals%20%26%20safety",
        "webcal": "webcal://mission.example/calendar/feeds/calendar.ics?organisation=un-hrc&q=reprisals%20%26%20safety",
        "download": "https://mission.example/calendar/feeds/calendar.ics"
        "?organisation=un-hrc&q=reprisals%20%26%20safety&download=1",
    }
    assert subscription_links("https://mission.example", chosen, windows=True)["download"] == (
        "https://mission.example/feeds/calendar.ics?organisation=un-hrc&q=reprisals%20%26%20safety&windows=1&download=1"
    )
    assert subscription_links("http://localhost:8501", Filter()) == {
        "https": "http://localhost:8501/feeds/calendar.ics",
        "webcal": "webcal://localhost:8501/feeds/calendar.ics",
        "download": "http://localhost:8501/feeds/calendar.ics?download=1",
    }
    assert item_url("https://mission.example", "a b/c") == "https://mission.example/feeds/item/a%20b%2Fc.ics"


# Headers of the whole server


@pytest.mark.parametrize("path", [FEED, f"{FEED}?tz=UTC", "/", "/timeline", "/_stcore/health", "/feeds/none.ics"])
def test_every_answer_has_the_security_headers(client: TestClient, path: str) -> None:
    response = ask(client, path)
    assert {name: response.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS
