"""The calendar in every language: other texts, and nothing else."""

from __future__ import annotations

import re
from datetime import date

import pandas as pd
import pytest

from calendar_model.calendar import COLUMNS, Filter, current
from calendar_model.reference import Reference, RowCorrection, in_readers_language
from calendar_model.reference.names import TEXTS, without_numbers
from calendar_model.translation import LANGUAGES, SOURCE, in_language
from tests.day import TODAY

TEXT_COLUMNS = ["title", "basis", "description", "location"]
OTHERS = [code for code in LANGUAGES if code != SOURCE]

MOVED = RowCorrection(
    "sessions.csv",
    "HRC64",
    {
        "title": "Spring session, as the desk calls it",
        "start": "2027-03-01",
        "end": "2027-04-02",
        "date_precision": "day",
        "standing": "confirmed",
    },
    "https://example.org",
    "",
    TODAY,
)


def in_code(code: str, corrections: tuple[RowCorrection, ...] = ()) -> tuple[Reference, pd.DataFrame]:
    with in_language(code):
        return current(TODAY, corrections=corrections)


@pytest.fixture(scope="module")
def english() -> pd.DataFrame:
    return in_code(SOURCE)[1]


@pytest.fixture(scope="module")
def norwegian() -> pd.DataFrame:
    return in_code("nb")[1]


def title(table: pd.DataFrame, item: str) -> str:
    return str(table.loc[table["item"] == item, "title"].iloc[0])


def basis(table: pd.DataFrame, item: str) -> str:
    return str(table.loc[table["item"] == item, "basis"].iloc[0])


@pytest.mark.parametrize("code", OTHERS)
def test_all_but_the_texts_is_the_same(english: pd.DataFrame, code: str) -> None:
    table = in_code(code)[1]
    same = [name for name in COLUMNS if name not in TEXT_COLUMNS]
    pd.testing.assert_frame_equal(table[same], english[same])
    assert table.attrs["as_of"] == english.attrs["as_of"]
    assert table.attrs["files_changed"] == english.attrs["files_changed"]
    assert (table["description"] == "").equals(english["description"] == "")


def test_the_english_table_and_its_version_do_not_depend_on_who_reads(english: pd.DataFrame) -> None:
    with in_language("nb"):
        other = current(TODAY)[1]
        with in_language(SOURCE):
            again = current(TODAY)[1]
    assert again is english
    assert other.attrs["version"] != english.attrs["version"]
    assert current(TODAY)[1].attrs["version"] == english.attrs["version"]


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ("session-HRC64", "Menneskerettighetsrådet, 64. sesjon"),
        ("session-HRC80", "FNs menneskerettighetsråd, 80. sesjon"),
        ("close-GA81", "Generalforsamlingen, 81. sesjon avsluttes"),
        ("upr-4-NOR", "UPR av Norge, 4. syklus"),
        ("outcome-upr-3-NOR", "Vedtak av sluttdokumentet fra UPR av Norge"),
        ("hrc-resolution-HRC67", "HRC-tekst, ventes i HRC67"),
        ("deadline-hrc-tabling-HRC64", "Frist for å legge frem resolusjonsforslag, HRC64"),
        ("osce-mc-2026", "OSSEs ministerrådsmøte 2026"),
        ("human-rights-day-2026", "Menneskerettighetsdagen"),
        ("holder-un-hc-turk-2022", "Volker Türk: Høykommissær for menneskerettigheter"),
    ],
)
def test_titles_are_norwegian_for_a_norwegian(norwegian: pd.DataFrame, item: str, words: str) -> None:
    assert title(norwegian, item) == words


def test_a_basis_is_a_whole_norwegian_sentence(norwegian: pd.DataFrame) -> None:
    assert basis(norwegian, "session-HRC67") == (
        "Ventet tir. 29. feb. 2028, mellom 22. feb. og 29. feb. 2028: Menneskerettighetsrådets vårsesjon åpnet den siste "
        "mandagen i februar i 11 av de siste 12 årene. Siden man. 28. feb. 2028 er en fridag, gjelder neste virkedag."
    )
    assert basis(norwegian, "deadline-hrc-tabling-HRC64").endswith(
        "etter regelen 15 dager før avslutningen av HRC64 (ventet tir. 30. mars 2027)."
    )


TELLTALE = re.compile(
    r"\b(?:the|of|and|is|was|from|with|by|expected|projected|between|opened|after|before|days?|session|known)\b",
    re.IGNORECASE,
)


def test_no_basis_has_an_english_word_in_it(norwegian: pd.DataFrame) -> None:
    assert {text: found[0] for text in norwegian["basis"].unique() if (found := TELLTALE.search(text))} == {}


OFFICIAL = ("resolution", "mandate-renewal")
"""Kinds whose titles stay as they are recorded."""


def test_no_title_has_an_english_word_in_it_but_those_of_official_texts(norwegian: pd.DataFrame) -> None:
    others = norwegian[~norwegian["kind"].isin(OFFICIAL)]
    assert [text for text in others["title"].unique() if TELLTALE.search(text)] == []
    assert [text for text in others["description"].unique() if TELLTALE.search(text)] == []


@pytest.mark.parametrize(
    "text",
    [
        "human rights council",
        "menneskerettighetsrådet",
        "norway, 4th cycle",
        "norge, 4. syklus",
        "Norge",
        "Genève",
        "geneva",
    ],
)
def test_a_search_finds_the_same_in_every_language(text: str) -> None:
    found = set()
    for code in LANGUAGES:
        reference, table = in_code(code)
        found.add(tuple(Filter(text=text).apply(table, reference)["item"]))
    assert len(found) == 1
    assert found != {()}


def test_a_correction_stays_as_it_was_typed_and_says_so_in_the_readers_language() -> None:
    table = in_code("nb", (MOVED,))[1]
    assert title(table, "session-HRC64") == "Spring session, as the desk calls it"
    assert basis(table, "session-HRC64").endswith(
        "fra den oppgitte kilden: tittel, start, slutt, datopresisjon, status."
    )
    assert basis(in_code(SOURCE, (MOVED,))[1], "session-HRC64").endswith(
        "from the source given: title, start, end, date precision, standing."
    )


def test_both_languages_stay_in_the_cache_with_corrections_and_without() -> None:
    built = [in_code(code, corrections)[1] for code in LANGUAGES for corrections in ((), (MOVED,))]
    again = [in_code(code, corrections)[1] for code in LANGUAGES for corrections in ((), (MOVED,))]
    assert all(one is other for one, other in zip(built, again, strict=True))


def test_the_reference_keeps_its_recorded_texts_beside_the_translated_ones(reference: Reference) -> None:
    assert in_readers_language(reference) is reference
    assert reference.as_recorded is reference
    with in_language("nb"):
        translated = in_readers_language(reference)
    assert translated.as_recorded is reference
    assert translated.organisations["un-hrc"].name == "FNs menneskerettighetsråd"
    assert translated.states["NOR"].name == "Norge"
    assert translated.state_names["NOR"] == "Norge"
    assert translated.mandate_holders[0].holder == reference.mandate_holders[0].holder
    assert [row.key for row in translated.meetings] == [row.key for row in reference.meetings]
    for kind, columns in TEXTS.items():
        assert set(columns) <= set(kind.model_fields)


@pytest.mark.parametrize(
    ("text", "pattern", "numbers"),
    [
        ("Human Rights Council, 64th session", "Human Rights Council, {ordinal} session", {"ordinal": 64}),
        ("HRC58 high-level segment", "HRC{number} high-level segment", {"number": 58}),
        (
            "2nd meeting of 3 in 2027",
            "{ordinal} meeting of {number} in {number_3}",
            {"ordinal": 2, "number": 3, "number_3": 2027},
        ),
        ("RightsCon", "RightsCon", {}),
    ],
)
def test_a_title_goes_through_the_catalogue_without_its_numbers(
    text: str, pattern: str, numbers: dict[str, int]
) -> None:
    assert without_numbers(text) == (pattern, numbers)


def test_a_day_in_the_past_has_its_calendar_in_every_language_too() -> None:
    with in_language("nb"):
        _reference, table = current(date(2024, 3, 1))
    assert title(table, "session-HRC64") == "FNs menneskerettighetsråd, 64. sesjon"
