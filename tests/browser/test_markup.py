"""In a browser: what was typed is read as it was typed, and is no link, icon, formula or letter of another kind."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from pages.components.shell import navigation
from tests.browser.conftest import Visit, settled, start_server, stop_server
from tests.hostile import MARKUP, Hostile, hostile_workspace

TYPED = [
    *(
        "[x](http://evil.example)",
        "![x](http://evil.example/a.png)",
        "<http://evil.example>",
        "[x]: http://evil.example",
    ),
    *(
        "http://evil.example",
        "see HTTPS://evil.example/a_b?c=d&e=f.",
        "www.evil.example",
        "a@b.example",
        "xmpp:a@b.example",
    ),
    *(
        ":material/home:",
        ":material_home:",
        "see :material/x",
        ":smile:",
        ":+1:",
        ":streamlit:",
        "10:30:00",
        ":100:",
        "13:00",
        "x:smile:y",
    ),
    *(
        ":red[x]",
        ":red-background[x]",
        ":blue-badge[x]",
        ":small[x]",
        ":help[x]",
        ":foo[x]{a=b}",
        "::leaf[x]",
        ":::note",
    ),
    *(
        "$x$",
        "$$x$$",
        "$5 and $6",
        "<b>x</b>",
        "<script>alert(1)</script>",
        "<!-- c -->",
        "&amp; &#58;smile&#58; &copy;",
    ),
    *("a -> b", "->", "a <- b", "a <-> b", "a -- b", "a >= b", "a <= b", "a ~= b", "`x`", "``x``", "# x", "> x", "- x"),
    *(
        "* x",
        "+ x",
        "1. x",
        "12) x",
        "| a | b |",
        "---",
        "***",
        "===",
        "~x~",
        "~~x~~",
        "**x**",
        "_x_",
        "[^1]",
        "- [x] x",
    ),
    *(
        "\\",
        "a\\*b",
        "C:\\temp",
        "!",
        "x{a}",
        "50% & more",
        "«a» “b” ' \"",
        "人权 :smile: 人",
        "2.4 and 3. x",
        "a:b[c]",
    ),
]
PIECES = [*TYPED, *":-><=$`*_~[](){}&#@|!/", "smile", "material", "http", "www", " "]
SCRIPT = """
import json, sys
sys.path.insert(0, {root!r})
import pandas as pd
import streamlit as st
from pages.components.shell.words import plain, plain_lines

st.title("Texts", anchor=False)
texts = json.loads({texts!r})
for number, text in enumerate(texts):
    with st.container(key=f"body_{{number}}"):
        st.markdown(plain(text))
    with st.container(key=f"small_{{number}}"):
        st.caption(f"**{{plain(text)}}** · {{plain(text)}}")
for number, text in enumerate(texts[:{labels}]):
    with st.container(key=f"label_{{number}}"):
        st.button(plain(text), key=f"button_{{number}}")
st.table(pd.DataFrame({{"typed": [plain(text) for text in texts]}}), hide_index=True)
with st.container(key="lines"):
    st.markdown(plain_lines("one\\n- two\\n\\n# three"))
"""
MADE = "a, img, code, em, del, ul, ol, table, hr, blockquote, pre, input, sup, .katex, [role=img], [style*=color]"
"""What Streamlit's Markdown makes of text, but for what holds it together."""


@pytest.fixture(scope="module")
def texts() -> list[str]:
    chance = random.Random(8)
    mixed = ("".join(chance.choices(PIECES, k=chance.randint(2, 5))).strip() for _ in range(120))
    return [*TYPED, *filter(None, mixed)]


def test_a_typed_text_is_read_as_it_was_typed(visit: Visit, tmp_path: Path, texts: list[str]) -> None:
    root = str(Path(__file__).parents[2])
    script = tmp_path / "texts.py"
    script.write_text(SCRIPT.format(root=root, texts=json.dumps(texts), labels=len(TYPED)), "utf-8")
    process, address = start_server(tmp_path / "log", 0, script)
    try:
        page = visit.page
        page.goto(address)
        settled(page)
        as_typed = [" ".join(text.split()) for text in texts]
        expect(page.locator(".st-key-lines p")).to_have_count(2)
        expect(page.get_by_role("cell")).to_have_count(len(texts))
        expect(page.get_by_test_id("stSkeleton")).to_have_count(0)

        def read(place: str) -> list[str]:
            return [" ".join(text.split()) for text in page.locator(place).all_text_contents()]

        assert read("[class*=st-key-body_]") == as_typed
        assert read("[class*=st-key-small_]") == [f"{text} · {text}" for text in as_typed]
        assert read("[class*=st-key-label_]") == as_typed[: len(TYPED)]
        assert read("[data-testid=stTable] td") == as_typed
        drawn = page.locator("[data-testid=stMarkdownContainer], [data-testid=stCaptionContainer]")
        assert drawn.locator(MADE).evaluate_all("found => found.map(one => one.outerHTML)") == []
        assert page.locator(".st-key-lines p").all_inner_texts() == ["one\n- two", "# three"]
    finally:
        stop_server(process)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Hostile]]:
    folder = tmp_path_factory.mktemp("hostile")
    there = hostile_workspace(folder)
    process, address = start_server(folder / "log", HRD_CALENDAR_WORKSPACE=str(folder))
    yield address, there
    stop_server(process)


MADE_OF_MARKUP = """() => [...document.querySelectorAll("[data-testid=stMain] *")].filter(one =>
    (one.tagName === "A" && /evil/.test(one.getAttribute("href"))) ||
    (one.tagName === "IMG" && /evil/.test(one.src)) ||
    (one.matches("b, code, em, a") && one.textContent.trim() === "qz") ||
    one.matches(".katex, [data-testid=stMarkdownContainer] [role=img]") ||
    (one.matches("span[style*=color]") && one.textContent === "qz")
  ).map(one => one.outerHTML)"""


def test_no_page_makes_a_link_or_an_icon_of_a_typed_text(visit: Visit, hostile: tuple[str, Hostile]) -> None:
    address, there = hostile
    visit.page.context.add_cookies([{"name": "hrd_person", "value": there.person, "url": address}])
    one_of = [
        f"{navigation.address_of(page)}?record={there.kinds[kind][0]}"
        for kind, page in navigation.PAGE_OF.items()
        if kind in there.kinds
    ]
    listed = [page.address for page in navigation.PAGES if page.file not in ("today", "dossier")]
    asked = ["organisations?show=[x](http://evil.example)&organisation=[Sign in](http://evil.example)"]
    for path in ["", *listed, *one_of, *asked]:
        visit.page.goto(f"{address}/{path}")
        settled(visit.page)
        assert visit.page.evaluate(MADE_OF_MARKUP) == [], path
        body = " ".join(visit.page.locator("[data-testid=stApp]").inner_text().split())
        assert "\N{SMILING FACE WITH OPEN MOUTH AND SMILING EYES}" not in body, path
        assert (MARKUP if path not in asked else "[Sign in](http://evil.example)") in body, path
    assert not any("evil" in host for host in visit.hosts)
