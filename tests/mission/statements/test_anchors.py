"""An anchor finds its passage again or says that it is gone; it never points at another."""

from __future__ import annotations

import random
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_model.mission.statements.anchors import CONTEXT, Span, TextAnchor, anchor, find, follow

TEXT = (
    "Thank you, Mr President.\n\n"
    "Norway thanks the Special Rapporteur for her report. We share her concern about defenders who live far from "
    "capitals and work alone.\n\n"
    "We call on the Government to release Ms A. B. without delay. We call on the Government to release Mr C. D. "
    "without delay. Reprisals against those who cooperate with the United Nations must end.\n\n"
    "I thank you."
)


def made(quote: str, text: str = TEXT, nth: int = 0) -> TextAnchor:
    at = -1
    for _ in range(nth + 1):
        at = text.index(quote, at + 1)
    return anchor(text, at, at + len(quote))


def quoted(text: str, span: Span | None) -> str | None:
    return None if span is None else text[slice(*span)]


def test_an_anchor_keeps_the_quote_its_surroundings_and_its_position() -> None:
    one = made("defenders")
    assert (one.quote, TEXT[one.position :][:9]) == ("defenders", "defenders")
    assert one.prefix + one.quote + one.suffix in TEXT
    assert (len(one.prefix), len(one.suffix)) == (CONTEXT, CONTEXT)
    first = made("Thank you")
    assert (first.prefix, first.position, first.span) == ("", 0, (0, 9))


@pytest.mark.parametrize("span", [(3, 3), (5, 4), (-1, 4), (0, 10_000), (24, 26)])
def test_an_anchor_needs_a_passage(span: Span) -> None:
    with pytest.raises(ValueError, match="passage"):
        anchor(TEXT, *span)


@pytest.mark.parametrize(
    ("quote", "new", "expected"),
    [
        # Text comes in front, or right beside it.
        ("her report", "Excellencies, dear colleagues.\n" + TEXT, "her report"),
        ("her report", TEXT.replace("her report", "her very useful report, and"), "her very useful report, and"),
        ("We share her concern", TEXT.replace("her report. ", "all her work, always. "), "We share her concern"),
        # Words within it change.
        (
            "defenders who live far from capitals and work alone",
            TEXT.replace("live far from capitals", "live far from cities"),
            "defenders who live far from cities and work alone",
        ),
        ("work alone", TEXT.replace("work alone", "works alone"), "works alone"),
        # It is gone: another that reads almost the same is not meant.
        ("We call on the Government to release Ms A. B. without delay.", None, None),
        ("We call on the Government to release Mr C. D. without delay.", None, None),
        ("We call on the Government to release", None, None),
        ("Thank you, Mr President.", None, None),
        ("I thank you.", None, None),
        # It has moved, whole.
        (
            "Reprisals against those who cooperate with the United Nations must end.",
            "Reprisals against those who cooperate with the United Nations must end.\n" + TEXT.split("Reprisals")[0],
            "Reprisals against those who cooperate with the United Nations must end.",
        ),
    ],
)
def test_a_passage_is_found_or_gone(quote: str, new: str | None, expected: str | None) -> None:
    text = TEXT.replace(quote, "", 1) if new is None else new
    assert quoted(text, find(made(quote), text)) == expected


def test_one_of_two_passages_with_the_same_words_is_told_by_what_stands_around() -> None:
    first, second = made("without delay"), made("without delay", nth=1)
    text = TEXT.replace("Norway thanks", "Norway warmly thanks")
    found = find(first, text), find(second, text)
    assert [text[: span[0]].endswith(end) for span, end in zip(found, ("B. ", "D. "), strict=True) if span] == [
        True
    ] * 2
    without_first = TEXT.replace("We call on the Government to release Ms A. B. without delay. ", "")
    assert find(first, without_first) is None
    assert quoted(without_first, find(second, without_first)) == "without delay"


def test_a_copy_of_the_whole_paragraph_leaves_open_which_is_meant() -> None:
    paragraph = "We share her concern about defenders who live far from capitals and work alone."
    one = made("live far from capitals")
    assert find(one, TEXT.replace(paragraph, f"{paragraph}\n\n{paragraph}")) is None


def test_a_comment_survives_three_rewrites_and_a_passage_put_back() -> None:
    one = made("defenders who live far from capitals and work alone")
    first = TEXT.replace("Norway thanks", "Excellencies, we thank").replace("far from capitals", "far from the capital")
    second = first.replace("We share her concern about", "Like her, we fear for").replace(
        "work alone", "often work alone"
    )
    third = "Mr President,\n\n" + second.replace("Thank you, Mr President.", "").replace("her report", "this report")
    assert (
        quoted(third, follow(one, [first, second, third]))
        == "defenders who live far from the capital and often work alone"
    )
    without = third.replace("defenders who live far from the capital and often work alone", "them")
    assert follow(one, [first, second, third, without]) is None
    assert follow(one, [first, second, third, without, third]) == follow(one, [first, second, third])
    assert follow(one, []) == one.span


# --- Random edits. Words are marked by where they come from, so that it is known where a passage has gone.

WORDS = [
    f"{sound}{ending}"
    for sound in ("mor", "tal", "ven", "sil", "gra", "pon", "des")
    for ending in ("a", "en", "ity", "s")
]
new_words = st.lists(st.sampled_from(["ZUGI", "KOFA", "BIWU", "XELO"]), max_size=6)


@st.composite
def edited(draw: st.DrawFn, *, inside: bool, few: bool = False, least: int = 1) -> tuple[str, Span, str, Span | None]:
    """An old text with a passage, and a new text with the place of what is left of it, None if nothing is.

    ``few``: of three words, so that those of the passage occur elsewhere too; else no word occurs twice. The passage
    has ``least`` words or more.
    """
    old = draw(st.lists(st.sampled_from(WORDS[:3] if few else WORDS), min_size=8, max_size=40, unique=not few))
    first = draw(st.integers(0, len(old) - least))
    last = draw(st.integers(first + least - 1, min(len(old) - 1, first + 12)))
    marked = [(word, first <= place <= last) for place, word in enumerate(old)]
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(marked)))
        until = min(len(marked), at + draw(st.integers(0, 8)))
        if not inside:
            kept = [place for place, (_, mine) in enumerate(marked) if mine]
            if at <= kept[-1] and until > kept[0]:
                continue
            if kept[0] < at <= kept[-1]:
                continue
        marked[at:until] = [(word, False) for word in draw(new_words)]
    return _joined([(word, first <= place <= last) for place, word in enumerate(old)]) + _joined(marked)  # type: ignore[return-value]


def _joined(marked: list[tuple[str, bool]]) -> tuple[str, Span | None]:
    text, span = "", None
    for word, mine in marked:
        text += " " if text else ""
        if mine:
            span = (span[0] if span else len(text), len(text) + len(word))
        text += word
    return text, span


@given(edited(inside=False))
def test_edits_elsewhere_leave_a_passage_where_it_is_or_gone(case: tuple[str, Span, str, Span]) -> None:
    old, span, new, expected = case
    assert find(anchor(old, *span), new) in (expected, None)


@given(edited(inside=False, least=8))
def test_edits_elsewhere_leave_a_long_passage_findable(case: tuple[str, Span, str, Span]) -> None:
    old, span, new, expected = case
    assert find(anchor(old, *span), new) == expected


@given(edited(inside=False, few=True))
def test_repeated_words_never_mislead(case: tuple[str, Span, str, Span]) -> None:
    old, span, new, expected = case
    found = find(anchor(old, *span), new)
    # In a text of three words a stretch that was taken out may read like the one that stayed: the place is then one
    # that reads the same, with the same around it, and nobody could tell the two apart.
    assert found in (expected, None) or _reads_alike(old, span, new, found)


def _reads_alike(old: str, span: Span, new: str, found: Span) -> bool:
    return old[: span[0]] == new[: found[0]] or old[span[1] :] == new[found[1] :]


@given(edited(inside=True))
def test_edits_inside_find_what_is_left_or_nothing(case: tuple[str, Span, str, Span | None]) -> None:
    old, span, new, left = case
    found = find(anchor(old, *span), new)
    if found is not None:
        # It touches what is left; where nothing is, what was typed in its place.
        assert left is not None or set(new[slice(*found)].split()) <= {"ZUGI", "KOFA", "BIWU", "XELO"}
        assert left is None or (found[0] < left[1] and left[0] < found[1])


@given(st.data())
def test_three_rewrites_in_a_row_never_mislead(data: st.DataObject) -> None:
    paragraphs = [f"{word} " * 3 + f"number {place}." for place, word in enumerate(WORDS[:12])]
    old = "\n".join(paragraphs)
    chosen = data.draw(st.integers(0, len(paragraphs) - 1))
    at = old.index(paragraphs[chosen])
    one = anchor(old, at, at + len(paragraphs[chosen]))
    texts, now = [], dict(enumerate(paragraphs))
    for _ in range(3):
        for place in data.draw(st.sets(st.integers(0, len(paragraphs) - 1), max_size=5)):
            change = data.draw(st.sampled_from(["removed", "word", "front"]))
            if place in now and change == "removed":
                del now[place]
            elif place in now:
                now[place] = f"KOFA {now[place]}" if change == "front" else now[place].replace(" ", " ZUGI ", 1)
        texts.append("\n".join(now.values()))
    found = follow(one, texts)
    if chosen not in now:
        assert found is None
    elif found is not None:
        begins = texts[-1].index(now[chosen])
        assert begins <= found[0] < found[1] <= begins + len(now[chosen])


def _salad(kinds: int, seed: int) -> str:
    chosen = random.Random(seed)
    return " ".join(f"w{chosen.randrange(kinds)}" for _ in range(25_000))[:100_000]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a" * 100_000, "a" * 99_999),
        ("go go stop " * 9_000, "go stop go " * 9_000),
        (_salad(30, 1), _salad(30, 2)),
        (_salad(200, 1), _salad(200, 2)),
        (_salad(1_000, 1), _salad(1_000, 2)),
    ],
)
def test_no_text_keeps_it_busy_however_many_comments_there_are(before: str, after: str) -> None:
    began = monotonic()
    for start in range(0, 90_000, 300):
        find(anchor(before, start, start + 1_000), after)
        find(anchor(before, start, start + 2), after)
    assert monotonic() - began < 30


def test_a_common_word_in_a_long_text_is_found_by_what_is_around_it() -> None:
    sentences = [f"Sentence number {number} of the report is for the record." for number in range(1_000)]
    text = " ".join(sentences)
    at = text.index("the report", 20_000)
    changed = text.replace("Sentence number 3 ", "A new sentence ")
    assert quoted(changed, found := find(anchor(text, at, at + 3), changed)) == "the"
    assert found is not None
    assert found[0] == at + len(changed) - len(text)
