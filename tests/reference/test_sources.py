"""Where the shipped reference says that its facts were seen: addresses that one can show to a minister."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from calendar_model.reference import ROW_CLASSES, Reference
from calendar_model.reference.rows import ReferenceRow

UNFIT_HOSTS = {
    "document mills": {
        "docest.com",
        "docsbay.net",
        "docslib.org",
        "doczz.net",
        "fdokumen.com",
        "hozir.org",
        "pdfslide.us",
        "readkong.com",
        "scribd.com",
        "studylib.net",
    },
    "propaganda, and sites that copy": {
        "america-times.com",
        "kaluga-zaprava.ru",
        "ksaplayers.com",
        "newsmemory.com",
        "people.cn",
        "radio-utopie.de",
        "shhada.ir",
        "shiawaves.com",
        "silkway.news",
        "sputniknews.com",
        "waterproof-coating.com",
        "website-pace.net",
    },
    "test servers": {"un-icc.cloud"},
    "posts, pastes and private blogs": {
        "bloggersforhope.com",
        "blogspot.com",
        "circlewithadot.net",
        "facebook.com",
        "humanitytrail.com",
        "pastebin.com",
        "reddit.com",
        "toxicswatch.org",
        "twitter.com",
        "x.com",
    },
}
"""By what is wrong with them: the facts are true, the address is not one to give. A host stands for those below it."""


def unfit(address: str) -> str:
    """Returns what is wrong with the host of an address, or nothing."""
    host = urlsplit(address).hostname or ""
    wrong = (why for why, hosts in UNFIT_HOSTS.items() for one in hosts if host == one or host.endswith(f".{one}"))
    return next(wrong, "")


@pytest.mark.parametrize("kind", ROW_CLASSES)
def test_no_row_names_a_source_that_nobody_should_be_shown(reference: Reference, kind: type[ReferenceRow]) -> None:
    addresses = [name for name in kind.model_fields if name in ("source_url", "record_url", "website")]
    found = {
        (key, getattr(row, name))
        for key, row in reference.rows_by_key(kind.FILE).items()
        for name in addresses
        if unfit(getattr(row, name))
    }
    assert found == set()


def test_a_host_is_unfit_with_those_below_it_and_no_other() -> None:
    assert unfit("https://web.test.ohchr.un-icc.cloud/en/press-releases") == "test servers"
    assert unfit("https://fr.sputniknews.com/international/") == "propaganda, and sites that copy"
    assert unfit("https://www.ohchr.org/en/press-releases") == unfit("https://not-x.com/") == unfit("") == ""


NOT_OF_STATES = {"civil-society consortium", "non-governmental organisation", "none"}
"""Types of organisations whose documents are not official."""


def test_organisations_of_states_publish_official_documents_and_others_do_not(reference: Reference) -> None:
    sites = [one for one in reference.organisations.values() if one.website]
    assert {one.code for one in sites if reference.is_official(one.website)} == {
        one.code for one in sites if one.type not in NOT_OF_STATES
    }


@pytest.mark.parametrize(
    ("address", "official"),
    [
        ("https://undocs.org/A/HRC/RES/58/23", True),
        ("https://searchlibrary.ohchr.org/record/1", True),
        ("https://www.regjeringen.no/en/x", True),
        ("https://geneva.usmission.gov/2022", True),
        ("https://github.com/lszoszk/hrc-voting", False),
        ("https://upr-info.org/en/review", False),
        ("https://www.universal-rights.org/x", False),
        ("https://un.org.example/x", False),
        ("https://example.org/un.org", False),
        ("https://notun.org", False),
        ("not an address", False),
        ("", False),
    ],
)
def test_official_is_what_is_on_the_domain_of_a_publisher(reference: Reference, address: str, official: bool) -> None:
    assert reference.is_official(address) is official


def test_every_document_symbol_of_a_text_is_cited_from_an_official_page(reference: Reference) -> None:
    records = [text.record_url for text in reference.resolutions if text.record_url]
    assert records
    assert [address for address in records if not reference.is_official(address)] == []
