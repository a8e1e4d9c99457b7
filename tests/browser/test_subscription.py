"""From the filter on the screen to a calendar program: the address shown is the feed, the file is the same."""

from __future__ import annotations

from pathlib import Path
from urllib.request import Request, urlopen

import icalendar
from playwright.sync_api import expect

from tests.browser.conftest import Visit, settled


def uids(content: bytes) -> list[str]:
    return sorted(str(event["UID"]) for event in icalendar.Calendar.from_ical(content).events)


def test_the_address_on_the_page_is_the_feed_of_the_view(server: str, visit: Visit, tmp_path: Path) -> None:
    page = visit.page
    page.goto(f"{server}/subscribe?organisation=osce&standing=projected")
    settled(page)
    address = page.get_by_test_id("stCode").filter(has_text="http://").first.inner_text().strip()
    assert address == f"{server}/feeds/calendar.ics?organisation=osce&standing=projected"
    expect(page.get_by_role("link", name="Subscribe in my calendar")).to_have_attribute(
        "href", address.replace("http://", "webcal://")
    )

    with urlopen(address) as answer:
        content, tag = answer.read(), answer.headers["ETag"]
    subscribed = uids(content)
    assert len(subscribed) > 2
    assert all(uid.startswith(("whdc", "shdm", "osce", "deadline-whdc")) for uid in subscribed)

    with page.expect_download() as downloading:
        page.get_by_role("link", name="Download calendar.ics").click()
    saved = tmp_path / "calendar.ics"
    downloading.value.save_as(saved)
    assert downloading.value.suggested_filename.endswith(".ics")
    assert uids(saved.read_bytes()) == subscribed

    with urlopen(Request(address, headers={"If-None-Match": "other"})) as again:
        assert (again.status, again.headers["ETag"]) == (200, tag)


def test_one_item_is_taken_along_from_its_panel(server: str, visit: Visit, tmp_path: Path) -> None:
    page = visit.page
    page.goto(f"{server}/timeline?item=session-HRC61")
    settled(page)
    with page.expect_download() as downloading:
        page.get_by_role("dialog").get_by_role("link", name="Add to my calendar").click()
    saved = tmp_path / "item.ics"
    downloading.value.save_as(saved)
    assert uids(saved.read_bytes()) == ["session-HRC61@hrd-calendar.example"]
