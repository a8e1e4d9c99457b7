"""The pages in Norwegian: nothing that the catalogue has stays English, dates are Norwegian, codes and feeds stay."""

from __future__ import annotations

from functools import cache

import pytest
from babel.messages.pofile import read_po
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from calendar_model.access.permissions import Viewer
from calendar_model.translation import FOLDER, catalogue, gettext, in_language
from pages.components.shell import navigation
from pages.components.shell.language import of_browser
from tests.app import open_page
from tests.pages.driver import run
from tests.pages.test_markup import sent

NORWEGIAN = {"language": "nb"}
OF = {"dossier": {"of": "session-HRC64"}}
PAGES = [(page.file, OF.get(page.file, {})) for page in navigation.PAGES]
FORMS = [
    ("statements", "national"),
    ("engagements", "consulted"),
    ("contacts", "defender"),
    ("meetings", "side-event"),
    ("cases", "case"),
    ("cases", "reprisal"),
    ("language", "new"),
]
"""Pages with the form of a new record, and which."""

NOT_SHOWN = {"id", "key", "icon", "type", "format", "options", "query_param_key", "json", "query_string", "name"}
"""What is sent to the browser and never read by anyone."""

OF_THE_REFERENCE = {"Norway", "recommending State"}
"""Words of the data files that the interface has, too."""


@cache
def english() -> frozenset[str]:
    """The English labels and sentences that read otherwise in Norwegian; a word in lower case may be a code."""
    with (FOLDER / "nb" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        texts = {one.id for one in read_po(file) if isinstance(one.id, str) and one.id and one.id != one.string}
    return frozenset(text.casefold() for text in texts - OF_THE_REFERENCE if " " in text or not text.islower())


@pytest.mark.parametrize(("page", "asked"), [*PAGES, *((page, {"new": new}) for page, new in FORMS)])
def test_nothing_that_is_translated_stays_english(page: str, asked: dict[str, str], sample_officer: Viewer) -> None:
    app = open_page(page, sample_officer.person_id, NORWEGIAN, **asked)
    assert [error.value for error in app.exception] == []
    # What colleagues have written, and what the reference holds, is not the interface's.
    shown = {
        text for (kind, where), text in sent(app) if where not in NOT_SHOWN and (kind, where) != ("dataframe", "cell")
    }
    assert {text for text in shown if text.casefold() in english() and (" " in text or not text.islower())} == set()


def test_dates_and_numbers_are_norwegian() -> None:
    app = open_page("timeline", "", NORWEGIAN)
    assert any("man. 7. sep. 2026" in text or "tir. 1. sep. 2026" in text for _, text in sent(app))
    with in_language("nb"):
        assert catalogue("nb").ngettext("{number} week", "{number} weeks", 2) == "{number} uker"
        assert gettext("a sentence of no catalogue") == "a sentence of no catalogue"


def words_of(app: AppTest) -> str:
    return "\n".join(text for _, text in sent(app))


def test_the_panel_of_an_item_is_norwegian_from_title_to_basis() -> None:
    app = open_page("timeline", "", NORWEGIAN, item="session-HRC67")
    shown = words_of(app)
    assert "Menneskerettighetsrådet, 67. sesjon" in shown
    assert "Menneskerettighetsrådets vårsesjon åpnet den siste mandagen i februar i 11 av de siste 12 årene." in shown
    assert "UN Human Rights Council" not in shown
    assert "opened on the last" not in shown


def test_organisations_and_what_they_do_have_norwegian_names() -> None:
    app = open_page("organisations", "", NORWEGIAN, show="osce-odihr")
    assert app.subheader[0].value == "OSSEs kontor for demokratiske institusjoner og menneskerettigheter"
    shown = words_of(app)
    assert "Warszawa, Polen" in shown
    assert "Warszawa-konferansen om den menneskelige dimensjon" in shown
    assert "Office for Democratic Institutions" not in shown


def test_the_overview_names_what_comes_in_norwegian() -> None:
    shown = words_of(open_page("overview", "", NORWEGIAN))
    assert "Generalforsamlingens resolusjon om menneskerettighetsforsvarere" in shown
    assert "Dagen for menneskerettighetsforsvarere" in shown
    assert "Human Rights Defenders Day" not in shown


def test_states_in_the_grid_of_reviews_are_norwegian() -> None:
    shown = words_of(open_page("upr", "", NORWEGIAN))
    assert "Tyskland" in shown
    assert "Germany" not in shown


def test_a_norwegian_search_finds_what_an_english_one_finds() -> None:
    found = [open_page("timeline", "", state, q="Menneskerettighetsrådet", kind="session") for state in ({}, NORWEGIAN)]
    assert all("HRC64" in words_of(app) for app in found)


def test_the_language_is_chosen_beside_the_time_zone_and_stays() -> None:
    app = open_page("today")
    assert [one.value for one in app.title] == ["Tuesday 24 November 2026"]
    app.selectbox(key="choose_language").set_value("nb")
    run(app)
    assert [one.value for one in app.title] == ["Tirsdag 24. november 2026"]
    run(app)
    assert [one.value for one in app.title] == ["Tirsdag 24. november 2026"]
    app.selectbox(key="choose_language").set_value("en")
    run(app)
    assert [one.value for one in app.title] == ["Tuesday 24 November 2026"]


@pytest.mark.parametrize(
    ("asked", "given"),
    [("nb-NO", "nb"), ("no", "nb"), ("nn-NO", "nb"), ("en-GB", "en"), ("fr-FR", "en"), (None, "en"), ("", "en")],
)
def test_a_browser_begins_with_its_own_language_or_the_nearest(asked: str | None, given: str) -> None:
    assert of_browser(asked) == given


def test_codes_in_addresses_and_feeds_do_not_change_with_the_language(client: TestClient) -> None:
    app = open_page("timeline", "", NORWEGIAN, zoom="week", organisation="osce")
    assert app.segmented_control(key="zoom").value == "week"
    assert app.query_params["organisation"] in ("osce", ["osce"])
    feed = client.get("/feeds/calendar.ics?organisation=osce").text
    assert "expected" in feed
    assert "ventet" not in feed
