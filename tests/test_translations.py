"""Plain Norwegian: as short as the English, in the field's terms, without anglicisms, misspellings and foreign marks.

Other languages have their sentences counted; a language gets the other checks with a row in :data:`LANGUAGES`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

import pytest

from tests.catalogue import extract_reference
from tests.test_catalogue import ROOT, TRANSLATIONS, forms, messages
from tests.test_words import LONGEST, Text


@dataclass(frozen=True)
class Language:
    """What a language writes, and what it does not. Keys are patterns, matched to whole words whatever their case."""

    longest: int = LONGEST
    """Words in a sentence."""
    phrases: dict[str, str] = field(default_factory=dict)
    """What nobody writes, and what to write instead."""
    false_friends: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By English word: the word that looks like it and means something else, and what to write instead."""
    terms: dict[str, str] = field(default_factory=dict)
    """By English term: the one word for it, as a pattern for the beginning or the end of its compounds."""
    exceptions: dict[str, str] = field(default_factory=dict)
    """English messages, by their beginning, that have another word than the term, and why."""
    names: frozenset[str] = frozenset()
    """What has a capital letter inside a sentence: names, and the labels of pages, tabs and buttons."""
    unchanged: frozenset[str] = frozenset()
    """Messages that read the same as in English."""
    marks: dict[str, str] = field(default_factory=dict)
    """Punctuation of other languages, and what to write instead."""


NORWEGIAN = Language(
    phrases={
        # Filling, and the style of offices.
        r"vennligst": "the imperative alone",
        r"klikk her": "what is opened",
        r"per i dag|pr\. i dag|per dags dato|på nåværende tidspunkt": "nå, i dag",
        r"i forhold til": "om, for, sammenlignet med",
        r"basert på": "bygger på, etter, ut fra",
        r"i henhold til": "etter, ifølge",
        r"vedrørende|angående": "om",
        r"hvorvidt": "om",
        r"samt": "og",
        r"gjennom å": "ved å",
        r"på (daglig|ukentlig|månedlig|årlig|jevnlig) basis": "daglig, ukentlig, månedlig, årlig, jevnlig",
        r"foretar? (en|et)": "the verb alone",
        r"når det gjelder": "om, for",
        r"dersom": "hvis, as everywhere in this catalogue",
        r"om lag": "ca. or omtrent: “om om lag tre dager” stumbles",
        r"f\.eks\.?": "for eksempel",
        # English in Norwegian.
        r"adresser(e|es|er|te|ing)": "ta opp, ta tak i",
        r"sjekk\w* ut": "se på, undersøke",
        r"promoter\w*": "fremme",
        r"implementer\w*": "gjennomføre",
        r"fokus\w*": "legge vekt på",
        r"dedikert\w*": "egen",
        r"(tar?|tok) plass": "finne sted",
        r"(har|ha) blitt": "er, være",
        r"kanseller\w*": "avlyse",
        r"misjon\w*": "delegasjon; utenriksstasjon for a bilateral one",
        r"engasjement\w*": "tiltak",
        r"motsvar\w*": "svar",
        r"deadlines?|due dates?": "frist",
        r"feeds?|feeden": "kalenderstrøm",
        r"drafts?": "utkast",
        r"side ?events?": "sidearrangement",
        r"cases?|caset|casen": "sak",
        r"log ?in|login": "pålogging",
        r"statements?": "innlegg",
        r"updates?": "oppdatering",
        r"dash ?board\w*|dashbord\w*": "verktøyet",
        r"penholder\w*|penneførende|penneholder\w*": "pennefører",
        r"co-?sponsor\w*|medsponsor\w*": "medforslagsstiller; medarrangør of an event",
        r"follow-?ups?": "oppfølging",
        r"workshops?": "arbeidsmøte",
        r"clearance\w*|cleare\w*": "klarering, klarere",
        # Other norms than the .po's moderate Bokmål.
        r"fram\w*": "frem-",
        r"hverken|efter|nu|mellem|sne|syv|tyve|tredve|blandt": "verken, etter, nå, mellom, snø, sju, tjue, tretti, blant",
        r"ikkje|ein|eit|frå|nokon|kva|dei|vere": "the word of Bokmål",
        r"(bok|sid|uk|list|kolonn|rad|linj|mapp|gang|dat)a(?<!rada)(?<!data)": "the form in -en or -et",
        r"(endr|kast|lagr|avslutt|slutt|vent|konsulter|registrer)a": "the form in -et or -t",
        # One word, or two.
        r"etterhvert|idag|igår|imorgen|iår|istedet|istedenfor|forøvrig|ihvertfall|tilstede|blantannet": "two words",
        r"menneske ?rettighets? forsvarer\w*|menneskerettighet forsvarer\w*": "menneskerettighetsforsvarer",
        r"frist dato\w*|dato frist\w*": "frist",
    },
    false_friends={
        r"eventually": (r"eventuelt?", "til slutt, med tiden"),
        r"actual(ly)?": (r"aktuelle?|aktuelt", "faktisk"),
        r"current(ly)?": (r"aktuelle?|aktuelt", "nåværende, gjeldende, nå"),
        r"sensible|sensitive": (r"sensibel\w*", "fornuftig; følsom"),
        r"control\w*": (r"kontroller\w*", "styre"),
        r"realis\w+|realiz\w+": (r"realiser\w*", "forstå, oppdage"),
        r"concern(s|ed|ing)?": (r"bekymre\w*", "gjelde; berørt"),
        r"prospects?": (r"prospekt\w*", "utsikter"),
        r"deliver(s|y|ed)?": (r"lever\w*", "holde et innlegg"),
        r"offers?": (r"ofre\w*", "tilby"),
        r"notes?": (r"noter", "merknader"),
        r"tabled|tabling": (r"tabell\w*|bord\w*", "legge frem"),
    },
    terms={
        r"items?": r"\w*post(en|er|ene|ens)?",
        r"engagements?": r"tiltak\w*",
        r"defenders?": r"\w*forsvarer\w*",
        r"side events?": r"sidearrangement\w*",
        r"events?": r"\w*(arrangement|hendelse)\w*",
        r"statements?": r"\w*innlegg\w*",
        r"drafts?": r"\w*utkast\w*",
        r"clear(s|ed|ance|ing)?": r"\w*klarer\w*",
        r"penholders?": r"pennefører\w*",
        r"co-?sponsors?": r"(medforslagsstiller|medarrangør)\w*",
        r"reprisals?": r"represali\w*",
        r"follow-ups?": r"oppfølging\w*|fulgt opp",
        r"feeds?": r"\w*strøm\w*",
        r"subscriptions?": r"\w*abonnement\w*",
        r"dossiers?": r"saksmappe\w*",
        r"sources?|(un)?sourced": r"\w*kilde\w*",
        r"restricted": r"skjerme\w*",
        r"overrides?": r"overstyr\w*",
        r"corrections?": r"rettelse\w*",
        r"cycles?": r"\w*syklus\w*",
        r"deadlines?": r"\w*frist\w*",
        r"milestones?": r"milepæl\w*",
        r"sessions?": r"\w*sesjon\w*",
        r"outcomes?": r"utfall\w*|sluttdokument\w*",
        r"tracks?": r"(tekst|UPR-)?serien?\w*",
        r"tabled": r"(legge[rs]?|lagt) \w*\W*\w*frem",
        r"projected": r"beregne\w*",
        r"provisional": r"foreløpig\w*",
        r"held": r"avholdt\w*",
        r"cancelled": r"avlyst\w*",
        r"expected": r"ventet?|ventede|ventes|forvente[ts]?|forventer",
        r"contacts?": r"kontakt\w*",
        r"consents?": r"samtykke\w*",
        r"cases?": r"\w*sak(en|er|ene|s\w*)?",
        r"owners?": r"ansvarlige?",
        r"mandate holders?": r"mandatholder\w*",
        r"agreed (language|wording)": r"omforente? ordlyd\w*",
        r"language proposals?": r"tekstforslag\w*",
        r"consult(ed|ations?)?": r"\w*konsult\w*|høring\w*",
        r"reference data": r"grunnlagsdata\w*",
        r"history": r"historikk\w*",
        r"mitigation": r"risikoreduserende",
        r"reviews?": r"\w*gjennomgan\w*",
        r"observances?": r"merkedag\w*",
        r"rules? of procedure": r"forretningsorden\w*",
        r"forecasts?": r"prognose\w*",
        r"organisations?": r"\w*organisasjon\w*",
        r"bod(y|ies)": r"\w*organ\w*",
        r"resolutions?": r"resolusjon\w*",
        r"briefing notes?": r"bakgrunnsnotat\w*",
        r"country desks?": r"landansvarlig\w*",
        r"bilateral missions?": r"utenriksstasjon\w*",
        r"multilateral mission": r"multilaterale? delegasjon\w*",
        r"embassy": r"ambassade\w*",
        r"working days?": r"virkedag\w*",
        r"precedents?": r"presedens\w*",
        r"coverage": r"dekning\w*",
        r"dashboard": r"verktøy\w*",
        r"samples?": r"eksemp\w*",
        r"identit(y|ies)": r"identitet\w*",
        r"States|member State": r"\w*land\w*",
    },
    exceptions={
        "Agenda item": "An item of the agenda is a dagsordenspunkt.",
        "item {agenda_item}": "An item of the agenda is a punkt.",
        "**This is not a code such as “Defender": "The codes of contacts are in English.",
        "Enter a title. If it could identify a person, use a code such as “Defender": "The codes of contacts are in English.",
        "Colleagues in the country know": "A public statement is an uttalelse, wherever it is made.",
        "Public statement": "A public statement is an uttalelse, wherever it is made.",
        "Draft resolution": "A draft of a resolution is a resolusjonsforslag.",
        "Draft symbol": "The symbol of a resolusjonsforslag.",
        "Clear filter": "To clear a filter is to nullstille it.",
        "Clear": "To clear a filter is to nullstille it.",
        "No organisation matches the filter. Clear it": "To clear a filter is to nullstille it.",
        "The filter ends on {end}": "To clear a period is to nullstille it.",
        "there is a due date but no action.": "To clear a date is to fjerne it.",
        "“{cell}” is not in the calendar. Enter the code": "To clear a cell is to tømme it.",
        "“{cell}” matches several items": "To clear a cell is to tømme it.",
        "Feeds": "The page has the word for what people do there: abonnere.",
        "Subscribe to any filtered view": "The name of the page Abonnement.",
        "For the data folder: git apply corrections.patch": "The name of a file.",
        "No edition on record since": "“Is it still held?” asks about a series.",
        "No day could be expected": "A day that is not expected cannot be worked out: beregnes.",
        "no day could be expected": "A day that is not expected cannot be worked out: beregnes.",
        "We agreed security measures with them in case": "In case of.",
        "{number} state": "The words of the UPR: landet som gjennomgås.",
        "Each row is a session, each tile a State under review": "The words of the UPR: landet som gjennomgås.",
        "{session}: {count} States under review": "The words of the UPR: landet som gjennomgås.",
        "Review outcome": "The outcome of a review is its sluttdokument.",
    },
    names=frozenset(
        {
            *(
                "Afrikas",
                "America",
                "Apple",
                "Chrome",
                "Chromium",
                "Europe",
                "Excel",
                "Generalforsamlingen",
                "Genève",
                "Google",
            ),
            *("Nairobi", "Nations", "Office", "Outlook", "PostgreSQL", "Windows", "Word"),
            *("Abonnement", "Agenda", "Detaljer", "Identitet", "Import", "Innstillinger", "Organisasjoner"),
            *("Fjern", "Kalender", "Oppdater", "Send", "Varsler", "Ventet", "År"),
        }
    ),
    unchanged=frozenset(
        {
            *(
                "Administrator",
                "Excel",
                "Filter",
                "For",
                "Form",
                "Format",
                "Forum",
                "Forum:",
                "Hash",
                "Import",
                "Panel",
                "Person",
                "Salt",
            ),
            *("Start", "Status", "Symbol", "Type", "Zoom", "Agenda", "for {whose}"),
            *(", {duration} over", "Filter: {words}", "Plan for {where}"),
        }
    ),
    marks={
        r"[\d…]%": "a space before %",
        r"[\"“”„]": "«guillemets»",
        r"(?<=\S) - |--(?!\w)": "a dash: –",
        r"\w['’]s\b": "the genitive without an apostrophe",
        r"\.\.\.": "…",
        r"(?<=\S)  +": "one space",
        r" [,.;!?](?!\w)": "no space before the mark",
        r"\d,\d{3}\b": "a space between thousands",
    },
)

LANGUAGES = {"nb": NORWEGIAN}

CHECKED = [code for code in TRANSLATIONS if code in LANGUAGES]


def without_placeholders(text: str) -> str:
    """Put a … for each placeholder, so that its name is not read as a word; addresses and options are not words either."""
    return re.sub(r"\{[^}]*\}|`[^`]*`|https?://|webcal://|--[a-z-]+", "…", text)


@cache
def of_reference() -> frozenset[str]:
    """The names and rules of ``data/``: they follow their sources, in length and in words."""
    found: set[str] = set()
    for path in (ROOT / "data").glob("*.csv"):
        with path.open("rb") as file:
            found |= {text for _line, _function, text, _comments in extract_reference(file, (), (), {})}
    return frozenset(found)


def pairs(code: str) -> Iterator[tuple[str, str]]:
    """Each English text of the interface with its translation, form by form."""
    for message in messages(code):
        if message.id not in of_reference():
            yield from zip(forms(message.id), forms(message.string), strict=True)


def has(pattern: str, text: str) -> bool:
    return re.search(rf"(?<!\w)(?:{pattern})(?!\w)", without_placeholders(text), re.IGNORECASE) is not None


def badly_put(language: Language, source: str, target: str) -> Iterator[str]:
    """What is wrong in a translation, as far as one text shows."""
    for phrase, instead in language.phrases.items():
        if has(phrase, target):
            yield f"{phrase}: write {instead}"
    for word, (friend, instead) in language.false_friends.items():
        if has(word, source) and has(friend, target):
            yield f"{word} is not {friend}: write {instead}"
    for mark, instead in language.marks.items():
        if re.search(mark, without_placeholders(target)):
            yield f"{mark}: write {instead}"
    if (
        source == target
        and target not in language.unchanged
        and re.search(r"[A-Za-z]{2}", without_placeholders(target))
    ):
        yield "not translated"
    for name in re.findall(r"(?<=[a-zæøå,;)] )[A-ZÆØÅ]\w*[a-zæøå]\w*", target):
        if name not in language.names:
            yield f"{name} with a capital letter inside a sentence"


def excepted(language: Language, source: str) -> bool:
    # A single word is an exception alone, not as the beginning of others.
    return any(source == one or (" " in one and source.startswith(one)) for one in language.exceptions)


def terms_missed(language: Language, source: str, target: str) -> list[str]:
    return [
        f"{term} is {word}"
        for term, word in language.terms.items()
        if (has(term, source) if term.islower() else re.search(rf"\b(?:{term})\b", source)) and not has(word, target)
    ]


@pytest.mark.parametrize("code", TRANSLATIONS)
def test_translated_sentences_are_short(code: str) -> None:
    longest = LANGUAGES.get(code, Language()).longest
    found = [
        f"{len(words)} words: {' '.join(words[:8])} …"
        for _source, target in pairs(code)
        for sentence in Text("", target, longest).sentences()
        if len(words := sentence.split()) > longest
    ]
    assert found == []


@pytest.mark.parametrize("code", CHECKED)
def test_no_translation_has_a_phrase_or_a_mark_of_another_language(code: str) -> None:
    language = LANGUAGES[code]
    assert [(target, wrong) for source, target in pairs(code) for wrong in badly_put(language, source, target)] == []


@pytest.mark.parametrize("code", CHECKED)
def test_a_term_has_one_translation(code: str) -> None:
    language = LANGUAGES[code]
    found = [
        (source, target, wrong)
        for source, target in pairs(code)
        if not excepted(language, source)
        for wrong in terms_missed(language, source, target)
    ]
    assert found == []


@pytest.mark.parametrize("code", CHECKED)
def test_compounds_are_one_word(code: str) -> None:
    """Two words that another translation writes as one, such as “side arrangement”."""
    targets = [without_placeholders(target).lower() for _source, target in pairs(code)]
    known = {word for target in targets for word in re.findall(r"\w+", target)}
    found = [
        (target, f"{first} {second}")
        for target in targets
        for part in re.findall(r"\w+(?: \w+)+", target)
        for first, second in pairwise(part.split())
        # Shorter words are articles and verbs, and endings of others: “en sak er”, “saker”.
        if len(first) > 2 and len(second) > 3 and {f"{first}{joint}{second}" for joint in ("", "s", "e")} & known
    ]
    assert found == []


@pytest.mark.parametrize("code", CHECKED)
def test_every_exception_is_needed(code: str) -> None:
    language = LANGUAGES[code]
    needed = [source for source, target in pairs(code) if terms_missed(language, source, target)]
    assert [one for one in language.exceptions if not any(source.startswith(one) for source in needed)] == []
    assert language.unchanged <= {target for source, target in pairs(code) if source == target}
    assert language.names <= {word for _source, target in pairs(code) for word in re.findall(r"\w+", target)}


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("Save the draft.", "Vennligst lagre utkastet."),
        ("Address reprisals.", "Adressere represalier."),
        ("It is decided eventually.", "Det avgjøres eventuelt."),
        ("The actual date", "Den aktuelle datoen"),
        ("Based on the filter", "Basert på filteret"),
        ("The feed", "Feeden"),
        ("In the future", "I framtiden"),
        ("On Monday", "På Mandag"),
        ("Text in Norwegian", "Tekst på Norsk"),
        ("{count}% of all", "{count}% av alle"),
        ("“Case 014”", "“Sak 014”"),
        ("A date – expected", "En dato - ventet"),
        ("Side event", "Side event"),
        ("Human rights defenders", "Menneskerettighets forsvarere"),
        ("1,000 kB", "1,000 kB!"),
    ],
)
def test_the_checks_find_what_nobody_writes(source: str, target: str) -> None:
    assert list(badly_put(NORWEGIAN, source, target)) != []


def test_the_checks_find_another_word_for_a_term() -> None:
    assert terms_missed(NORWEGIAN, "Linked items", "Tilknyttede elementer") != []
    assert terms_missed(NORWEGIAN, "Linked items", "Tilknyttede kalenderposter") == []
