"""Content lines: RFC 5545's rules, and icalendar's bytes."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from icalendar.parser.string import _foldline
from icalendar.prop import vText

from calendar_model.feeds import content

nasty = st.text(
    st.one_of(
        st.sampled_from('\\;,:"^ \t\r\n\x00\x07\x0b\x7f\x85\u2028\u2029\ud800æøåשלום\u202eعربي漢字'),
        st.sampled_from(["\U0001f1f3", "\U0001f468", "\u200d", "\u0301"]),
        st.characters(),
    ),
    max_size=400,
)
lines = st.text(st.one_of(st.sampled_from("\\^;aé漢\U0001f600"), st.characters(exclude_categories=["C"])))


@given(lines)
@example("\\" * 300)
@example("x" * 73 + "\\n" + "y" * 80)
@example("x" * 73 + "漢" * 40)
def test_folds_where_icalendar_folds(line: str) -> None:
    assert content.fold(line.encode()) == _foldline(line).encode()


@given(nasty)
def test_escapes_as_icalendar_does_what_is_left_after_cleaning(text: str) -> None:
    cleaned = content.clean(text)
    if "\\N" not in cleaned:
        assert content.escape(text).encode() == vText(cleaned).to_ical()


@given(nasty)
def test_no_line_is_longer_than_75_octets_or_splits_a_character(text: str) -> None:
    written = content.join([f"SUMMARY:{content.escape(text)}"])
    assert written.endswith(b"\r\n")
    physical = written.removesuffix(b"\r\n").split(b"\r\n")
    assert max(map(len, physical)) <= 75
    assert b"".join([physical[0], *(line.decode().encode()[1:] for line in physical[1:])]).decode() == (
        f"SUMMARY:{content.escape(text)}"
    )


@given(nasty)
def test_no_control_character_is_written(text: str) -> None:
    assert re.search("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]", content.escape(text)) is None


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("one\r\ntwo\rthree\nfour", "one\\ntwo\\nthree\\nfour"),
        ("a\x85b\u2028c\u2029d", "a\\nb\\nc\\nd"),
        ("bell\x07 nul\x00 del\x7f", "bell nul del"),
        ("commas, semicolons; back\\slash", "commas\\, semicolons\\; back\\\\slash"),
        ('colons: and "quotes" stay', 'colons: and "quotes" stay'),
        ("  outer blanks go\n", "outer blanks go"),
        ("tab\tstays", "tab\tstays"),
        ("C:\\New", "C:\\\\New"),
        ("half \ud83d of a pair", "half  of a pair"),
    ],
)
def test_writes(text: str, written: str) -> None:
    assert content.escape(text) == written
