"""Texts made safe for Markdown, as far as that can be seen without a browser."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.components.shell.words import linked, plain, plain_lines

SEAM = ":color[]"


def read(markdown: str) -> str:
    """What is left of escaped text once backslashes and seams are gone."""
    shown, signs = "", iter(markdown.replace(SEAM, ""))
    for sign in signs:
        shown += next(signs) if sign == "\\" else sign
    return shown


@given(
    st.text(
        st.characters(
            exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="\u202a\u202b\u202d\u202e\u2066\u2067\u2068"
        )
    )
)
def test_nothing_is_added_and_nothing_lost(text: str) -> None:
    assert read(plain(text)) == (f" {text.lstrip(' ')}" if text.startswith(" ") else text)


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("a\u202eb", "\u202c"),
        ("a\u202eb\u202c", ""),
        ("\u2067a\u202eb", "\u202c\u2069"),
        ("\u2067a\u202eb\u2069", ""),
        ("\u202ea\u2067b\u202c", "\u2069\u202c"),
        ("a\u202cb", ""),
    ],
)
def test_a_turn_of_the_direction_ends_with_the_text(text: str, ends: str) -> None:
    assert plain(text) == text + ends


def test_lines_are_lines_and_in_one_line_they_are_spaces() -> None:
    assert plain("one\n# two") == "one \\# two"
    assert plain_lines("one\n- two\n\n\n# three\n") == "one  \n\\- two  \n\n\\# three"


def test_a_link_leads_to_the_web_alone() -> None:
    assert linked("Source", "https://example.org/a (b)") == "[Source](https://example.org/a%20%28b%29)"
    assert linked("Source", "javascript:alert(1)") == "Source"
