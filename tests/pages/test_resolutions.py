"""The page of resolutions, opened through the entrance: what it answers first, and what the filter changes."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from tests.app import open_page
from tests.pages.driver import said

HRC, GA, SR = (
    "Human Rights Council resolution on human rights defenders",
    "General Assembly resolution on human rights defenders",
    "Mandate of the Special Rapporteur on the situation of human rights defenders",
)


@pytest.fixture
def opened() -> Callable[..., AppTest]:
    """Opens the page with these parameters in the URL."""

    def on_the_day(**parameters: str | list[str]) -> AppTest:
        app = open_page("resolutions", **parameters)
        assert not app.exception
        return app

    return on_the_day


def headers(app: AppTest) -> list[str]:
    return [h.value for h in app.header]


def lists(app: AppTest) -> list[pd.DataFrame]:
    return [t.value.map(lambda cell: cell.replace("\N{NO-BREAK SPACE}", " ")) for t in app.table]


def test_next_texts_and_key_dates_come_first(opened: Callable[..., AppTest]) -> None:
    app = opened()
    assert app.title[0].value == "Resolutions"
    coming = [[line.strip() for line in m.splitlines()] for m in plain(said(app)) if "Next: " in m]
    found = {lines[0].strip("*"): lines for lines in coming}
    for track, session in (
        ("HRC text", "HRC67, expected Mon 3 Apr 2028"),
        ("GA text", "GA81, expected Tue 15 Dec 2026"),
    ):
        assert found[track][1].startswith(f"Next: **{session} ±")
    assert found["GA text"][2] == "Projected, in 21 days"
    assert found["SR mandate"][1].startswith("Next: **HRC70, expected ")
    (tabling,) = [line for line in found["HRC text"] if line.startswith("Deadline for tabling draft resolutions: ")]
    assert ": expected " in tabling
    assert "13:00 (Geneva time)" in tabling


def plain(texts: list[str]) -> list[str]:
    return [text.replace("\u00a0", " ") for text in texts]


def test_each_track_of_texts_has_a_strip_a_plan_and_its_texts(opened: Callable[..., AppTest]) -> None:
    app = opened()
    *tracks, related = headers(app)
    assert (tracks[:3], related) == ([HRC, GA, SR], "Related texts")
    plans, texts_so_far = [s.value for s in app.subheader][::2], [s.value for s in app.subheader][1::2]
    assert plans[:3] == ["Plan for HRC67", "Plan for GA81", "Plan for HRC70"]
    assert set(texts_so_far) == {"Texts so far"}
    assert len(app.get("plotly_chart")) == len(plans) == len(tracks)
    plan, texts = lists(app)[:2]
    assert list(plan.columns) == ["When", "From today", "Step", "Applies to", "Basis"]
    assert list(texts["Vote"]) == [
        "by consensus",
        "by vote, 39 for, 0 against, 8 abstaining",
        "by consensus",
        "by vote, 33 for, 6 against, 8 abstaining",
        "by consensus",
        "by consensus",
    ]


def test_guidelines_and_practice_are_compared(opened: Callable[..., AppTest]) -> None:
    found = [
        m for m in said(opened(track="ga-resolution")) if m.startswith("Guidelines and practice differ since 2025")
    ]
    assert len(found) == 1
    assert "GA80, Nov–Dec 2025 (not tabled) and GA82, expected Thu 16 Dec 2027" in found[0]
    rules = [m for m in said(opened(track="ga-resolution")) if m.startswith(("**In practice**", "**In the guid"))]
    assert [len(r.splitlines()) - 2 for r in rules] == [3, 1]


def test_every_list_can_be_downloaded(opened: Callable[..., AppTest]) -> None:
    app = opened()
    tracks = [key.removeprefix("next_") for key in (b.key or "" for b in app.button) if key.startswith("next_")]
    assert tracks[:3] == ["hrc-resolution", "ga-resolution", "sr-mandate"]
    assert [b.key for b in app.get("download_button")] == [
        *(f"{file}_{part}-{track}" for track in tracks for part in ("plan", "texts") for file in ("csv", "xlsx")),
        "csv_related-texts",
        "xlsx_related-texts",
    ]


def test_a_track_narrows_the_page_and_the_page_says_so(opened: Callable[..., AppTest]) -> None:
    app = opened(track="sr-mandate")
    assert headers(app) == [SR, "Related texts"]
    assert said(app)[0].startswith("Hidden by the filter: HRC text, GA text")
    assert said(app)[-1] == "No related texts match the filter."


def test_an_organisation_keeps_its_own_tracks(opened: Callable[..., AppTest]) -> None:
    assert headers(opened(organisation="un-ga")) == [GA, "Related texts"]
    council = headers(opened(organisation="un-hrc"))
    assert ([*council[:2], council[-1]], GA in council) == ([HRC, SR, "Related texts"], False)


def test_a_period_narrows_the_texts(opened: Callable[..., AppTest]) -> None:
    app = opened(track="hrc-resolution", period=["2015-01-01", "2020-12-31"])
    texts = lists(app)[1]
    assert list(texts["Adopted"]) == ["Thu 21 Mar 2019", "Thu 24 Mar 2016"]


def test_a_search_narrows_texts_and_related_texts(opened: Callable[..., AppTest]) -> None:
    app = opened(q="environmental")
    assert headers(app) == [HRC, "Related texts"]
    assert list(lists(app)[1]["Adopted"]) == ["Thu 21 Mar 2019"]


def test_a_country_filter_hides_all_tracks_and_the_page_says_why(opened: Callable[..., AppTest]) -> None:
    app = opened(country="NOR")
    assert headers(app) == ["Related texts"]
    assert said(app)[0].startswith("Hidden by the filter: HRC text, GA text, SR mandate")
    assert said(app)[0].endswith("so a country filter hides them all.")
    app.button(key="resolutions_clear").click().run()
    assert headers(app)[:3] == [HRC, GA, SR]


def test_an_unrecorded_text_stays_the_next_one_and_is_not_confirmed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HRD_CALENDAR_TODAY", "2027-02-01")
    app = open_page("resolutions", track="ga-resolution")
    (lines,) = [m.splitlines() for m in plain(said(app)) if "Next: " in m]
    assert lines[1].startswith("Next: **GA81, expected Tue 15 Dec 2026")
    assert lines[2].startswith("Not confirmed: ")


def test_the_next_text_opens_by_a_button_too(opened: Callable[..., AppTest]) -> None:
    app = opened(track="hrc-resolution")
    app.button(key="next_hrc-resolution").click().run()
    assert app.query_params["item"] == "hrc-resolution-HRC67"
