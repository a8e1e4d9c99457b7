"""Names of files, made of what a person wrote."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_model.feeds.http import _disposition
from calendar_model.wording import file_name


@given(st.text())
def test_nothing_unseen_and_no_path_is_in_a_name(text: str) -> None:
    name = file_name(text, "otherwise")
    assert name
    assert {unicodedata.category(sign) for sign in name}.isdisjoint({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
    assert not set(name) & set('\\/:*?"<>|')
    assert name == name.strip(" .")
    assert len(f"{name}.ics".encode()) <= 410
    assert file_name(name, "otherwise") == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("\u2066HRC 61\u2069", "HRC 61"),
        ("a\x00b\r\nSet-Cookie: x", "a b Set-Cookie x"),
        ("../../etc/passwd", "etc passwd"),
        ("  Côte d’Ivoire  ", "Côte d’Ivoire"),
        ("\u200b\u202e", "otherwise"),
        ("", "otherwise"),
    ],
)
def test_a_name_keeps_what_is_seen(text: str, name: str) -> None:
    assert file_name(text, "otherwise") == name


@given(st.text())
def test_a_header_holds_the_name_and_nothing_else(text: str) -> None:
    header = _disposition("attachment", text)
    assert header.isascii()
    assert header.isprintable()
    assert header.count(";") == 2
    assert header.count('"') == 2
    assert "%E2%80%AE" not in header
