"""Comparing, merging and timing texts: what has to hold for any text, and what a reader expects of some."""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Callable
from itertools import pairwise
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_model.mission.statements.texts import (
    Conflict,
    Merged,
    Pace,
    Piece,
    PieceKind,
    compare,
    merge,
    speaking_seconds,
    spoken_words,
)

SAME, REMOVED, ADDED = PieceKind.SAME, PieceKind.REMOVED, PieceKind.ADDED

TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from(
            ["We", "we", "defenders", "the", "the ", " ", ", ", ". ", "\n", "\n\n", "  ", "人权", "العربية "]
        )
    ).map("".join),
)
"""Any text at all, and texts in which the same words come again, where a comparison can go wrong."""

WORDS = st.sampled_from(["we", "they", "call", "on", "states", "defenders", "to", "protect", "not"])
SENTENCES = st.lists(WORDS, min_size=1, max_size=4).map(lambda words: " ".join(words).capitalize() + ".")
STATEMENTS = st.lists(st.tuples(SENTENCES, st.sampled_from([" ", "\n\n"])), max_size=6).map(
    lambda pairs: "".join(sentence + space for sentence, space in pairs)
)


def old_of(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces if piece.kind is not ADDED)


def new_of(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces if piece.kind is not REMOVED)


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+", text)


@given(TEXTS, TEXTS)
def test_pieces_joined_give_back_each_text(old: str, new: str) -> None:
    pieces = compare(old, new)
    assert (old_of(pieces), new_of(pieces)) == (old, new)
    assert [piece for piece in pieces if not piece.text] == []
    kinds = [piece.kind for piece in pieces]
    assert [pair for pair in pairwise(kinds) if pair in {(SAME, SAME), (ADDED, REMOVED)}] == []


@given(TEXTS)
def test_a_text_has_not_changed_against_itself(text: str) -> None:
    assert compare(text, text) == ([Piece(SAME, text)] if text else [])


def test_one_word_is_one_change() -> None:
    assert compare("We call on all states to act.", "We urge all states to act now.") == [
        Piece(SAME, "We "),
        Piece(REMOVED, "call on"),
        Piece(ADDED, "urge"),
        Piece(SAME, " all states to act"),
        Piece(ADDED, " now"),
        Piece(SAME, "."),
    ]


def test_a_new_paragraph_is_a_change_of_white_space_alone() -> None:
    assert compare("One. Two.", "One.\n\nTwo.") == [
        Piece(SAME, "One."),
        Piece(REMOVED, " "),
        Piece(ADDED, "\n\n"),
        Piece(SAME, "Two."),
    ]


def test_a_comma_between_two_changes_goes_with_them() -> None:
    assert compare("for lawyers, journalists in all regions", "for women, youth in all regions") == [
        Piece(SAME, "for "),
        Piece(REMOVED, "lawyers, journalists"),
        Piece(ADDED, "women, youth"),
        Piece(SAME, " in all regions"),
    ]


def test_chinese_is_compared_sign_by_sign() -> None:
    assert compare("保护人权维护者", "支持人权维护者") == [
        Piece(REMOVED, "保护"),
        Piece(ADDED, "支持"),
        Piece(SAME, "人权维护者"),
    ]


def long_text(words: int) -> str:
    chance = random.Random(3)
    vocabulary = [f"word{i}" for i in range(1500)]
    weights = [1 / (i + 1) for i in range(1500)]
    chosen = chance.choices(vocabulary, weights, k=words)
    return " ".join(word + (".\n\n" if i % 90 == 89 else "." if i % 18 == 17 else "") for i, word in enumerate(chosen))


def changed(text: str, times: int, seed: int) -> str:
    chance = random.Random(seed)
    words = text.split(" ")
    for _ in range(times):
        words[chance.randrange(len(words))] = f"new{chance.randrange(999)}"
    return " ".join(words)


def steps(work: Callable[[], object]) -> int:
    """How many lines of Python run: the same on any machine, however busy it is."""
    count = 0

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal count
        count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("times", [0, 20, 400, 4000])
def test_long_texts_are_compared_and_merged_while_one_waits(times: int) -> None:
    base = long_text(4000)
    mine, theirs = changed(base, times, 1), changed(base, times, 2)
    assert steps(lambda: (compare(base, mine), merge(base, mine, theirs))) < 8_000_000
    pieces, merged = compare(base, mine), merge(base, mine, theirs)
    assert (old_of(pieces), new_of(pieces)) == (base, mine)
    assert set(words_of(mine)) - set(words_of(base)) <= set(words_of(merged.text))


@given(STATEMENTS, STATEMENTS)
def test_a_change_of_one_side_is_taken_whole(base: str, changed: str) -> None:
    taken = Merged((changed,)) if changed else Merged(())
    assert merge(base, changed, base) == taken
    assert merge(base, base, changed) == taken
    assert merge(base, changed, changed) == taken


@given(STATEMENTS, STATEMENTS, STATEMENTS)
def test_no_word_that_somebody_added_is_lost(base: str, mine: str, theirs: str) -> None:
    merged = merge(base, mine, theirs)
    kept = set(words_of(merged.text))
    assert (set(words_of(mine)) | set(words_of(theirs))) - set(words_of(base)) <= kept


@given(STATEMENTS, STATEMENTS, STATEMENTS)
def test_sides_change_places_and_only_conflicts_turn_round(base: str, mine: str, theirs: str) -> None:
    turned = tuple(
        part if isinstance(part, str) else Conflict(part.base, part.theirs, part.mine)
        for part in merge(base, theirs, mine).parts
    )
    assert merge(base, mine, theirs).parts == turned


@given(st.data(), st.integers(1, 12), st.sampled_from([" ", "\n\n"]))
def test_changes_of_different_sentences_both_stand(data: st.DataObject, count: int, space: str) -> None:
    whose = data.draw(st.lists(st.sampled_from(["nobody", "mine", "theirs", "both"]), min_size=count, max_size=count))

    def written(*hands: str) -> str:
        return space.join(f"Sentence {i} {'new' if hand in hands else 'old'}{i}." for i, hand in enumerate(whose))

    merged = merge(written(), written("mine", "both"), written("theirs", "both"))
    assert merged == Merged((written("mine", "theirs", "both"),))


def test_a_sentence_that_both_changed_is_kept_in_both_versions() -> None:
    merged = merge(
        "Thank you, President. We call on states to act. We thank the expert.",
        "Thank you, President. We urge states to act. We thank the expert.",
        "Thank you, President. We call on states to act now. We thank the expert warmly.",
    )
    conflict = Conflict("We call on states to act.", "We urge states to act.", "We call on states to act now.")
    assert merged.parts == ("Thank you, President. ", conflict, " We thank the expert warmly.")
    assert merged.conflicts == (conflict,)
    assert merged.text == (
        "Thank you, President. [We urge states to act.] [We call on states to act now.] We thank the expert warmly."
    )


def test_what_one_took_out_and_the_other_changed_is_not_lost() -> None:
    merged = merge("One. Two. Three.", "One. Three.", "One. Two, changed. Three.")
    assert merged.conflicts == (Conflict("Two. ", "", "Two, changed. "),)
    assert merged.text == "One. [Two, changed.] Three."


def test_two_additions_at_one_place_wait_for_somebody_to_put_them_in_order() -> None:
    merged = merge("One. Two.", "One. Mine. Two.", "One. Theirs. Two.")
    assert merged.text == "One. [Mine.] [Theirs.] Two."


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("", "en", 0),
        ("Thank you, Mr. President.", "en", 4),
        ("We – all 47 members – agree.", "en", 5),
        ("[Pause. Look up.] Thank you [smile], President.", "en", 3),
        ("An open [ bracket counts", "en", 4),
        ("Les défenseurs\n\nl’État", "fr", 3),
        ("شكرا سيدي الرئيس", "ar", 3),
        ("保护人权维护者。", "zh", 7),
        ("保护人权维护者 A/HRC/RES/58/23", "zh-Hans", 8),
        ("人権を守る", "ja", 5),
        ("人权 in English", "en", 3),
    ],
)
def test_words_that_are_said_are_counted(text: str, language: str, words: int) -> None:
    assert spoken_words(text, language) == words


@pytest.mark.parametrize(
    ("text", "language", "seconds"),
    [
        ("word " * 120, "en", 60.0),
        ("كلمة " * 100, "ar", 60.0),
        ("人" * 180, "zh", 60.0),
        ("人" * 240, "ja-JP", 60.0),
        ("人" * 180 + " Norway " * 2, "zh", 61.0),
        ("[an aside of many words]", "en", 0.0),
    ],
)
def test_a_minute_is_the_pace_of_the_language(text: str, language: str, seconds: float) -> None:
    assert speaking_seconds(text, language) == seconds


def test_a_speaker_may_have_a_pace_of_their_own() -> None:
    assert speaking_seconds("word " * 150, "en", Pace(150)) == 60.0


@given(TEXTS, TEXTS)
def test_more_text_never_takes_less_time(one: str, other: str) -> None:
    plain = [text.replace("[", "").replace("]", "") for text in (one, other)]
    assert speaking_seconds("\n".join(plain)) == sum(speaking_seconds(text) for text in plain)
