"""Anchors of comments: the passage of a text that a comment is about, found again after the text was rewritten.

An anchor is the quote with what stands before and after it and its position, as in the Web Annotation Data Model of the
W3C (text quote and text position selector). It also holds the text in which it was made: a saved text never changes.

What finds a passage again is a stretch of text that occurs once in the old text and once in the new one. First the
quote is looked for as it was, with as much around it as is still there; then, if it was edited, by comparing the two
texts word by word. Where two passages could be meant, the passage counts as gone: an anchor never points at another.

All functions are pure. What they do is bounded, whatever the texts are: where it would be too much, the passage counts
as gone.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import accumulate, islice
from typing import TypeAlias

CONTEXT = 32
"""Characters kept before and after a quote."""

TELLING = 24
"""The least characters of a stretch that tells where it stands, if it occurs once in both texts."""

ALIKE = 0.5
"""How alike an edited passage and its quote are at least, from 0 to 1."""

Span: TypeAlias = tuple[int, int]
"""First character of a passage, and the one after its last."""

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_WORD = re.compile(r"\w+|[^\w\s]")
_LONGEST_BY_LETTERS = 400
"""The most characters of two passages that are compared letter by letter; longer ones are compared by words."""

_MOST_PLACES = 200
"""At how many places of a text a quote is looked at; a more common one is found by what encloses it."""
_MOST_PAIRS = 200_000
"""How many pairs of the same word in two texts a comparison begins from: those of the rarest words."""
_MOST_WORK = 5_000_000
"""How many such pairs are looked at in all while two texts are compared."""
_MOST_ALIKE = 50_000
"""How many pairs of the same word or letter two passages have at most that are compared."""


@dataclass(frozen=True)
class TextAnchor:
    """A passage of ``text``: its words, what stands before and after them, and the position of the first character."""

    quote: str
    prefix: str
    suffix: str
    position: int
    text: str

    @property
    def span(self) -> Span:
        """Where the passage is in the text of the anchor."""
        return self.position, self.position + len(self.quote)


def anchor(text: str, start: int, end: int) -> TextAnchor:
    """Return the anchor of the passage from ``start`` to before ``end``; raises ValueError if it is empty."""
    if not 0 <= start < end <= len(text) or not text[start:end].strip():
        raise ValueError("An anchor needs a passage of the text.")
    return TextAnchor(text[start:end], text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT], start, text)


@lru_cache(maxsize=4096)
def find(anchor: TextAnchor, text: str) -> Span | None:
    """Return where the passage of an anchor is in another text; None if it is gone, or could be one of several."""
    if text == anchor.text:
        return anchor.span
    return _find_exact(anchor, text) or _find_edited(anchor, text)


def follow(made: TextAnchor, texts: Iterable[str]) -> Span | None:
    """Return where the passage is in the last of several texts, each made from the one before.

    Step by step a passage is found after more changes than at once. One that was taken out and put back is found.
    """
    found: Span | None = made.span
    for text in texts:
        found = find(made, text)
        if found is not None:
            made = anchor(text, *found)
    return found


# --- As it was


def _find_exact(anchor: TextAnchor, text: str) -> Span | None:
    """The quote as it was, if what still stands around it says that this is the passage and no other."""
    places = list(islice(_places(anchor.quote, text), _MOST_PLACES + 1))
    if len(places) > _MOST_PLACES:
        return None
    around = {at: _around(anchor, text, at) for at in places}
    best = max(places, key=lambda at: sum(around[at]), default=None)
    if best is None:
        return None
    before, after = around[best]
    end = best + len(anchor.quote)
    stretch = text[best - before : end + after]
    if not (_is_single(stretch, text) and _is_single(stretch, anchor.text)):
        return None
    if len(places) == 1 and _is_single(anchor.quote, anchor.text):
        at_ends = (anchor.position, len(anchor.text) - anchor.span[1]) == (best, len(text) - end)
        tells = len(anchor.quote) >= TELLING or before + after >= TELLING // 2 or at_ends
    else:
        others = max((sum(around[at]) for at in places if at != best), default=0)
        tells = before + after >= max(TELLING // 2, 2 * others)
    return (best, end) if tells else None


def _around(anchor: TextAnchor, text: str, at: int) -> tuple[int, int]:
    """How many characters before and after a place are still those of the anchor."""
    before = text[max(0, at - CONTEXT) : at]
    end = at + len(anchor.quote)
    after = text[end : end + CONTEXT]
    return _common_start(anchor.prefix[::-1], before[::-1]), _common_start(anchor.suffix, after)


def _places(part: str, text: str) -> Iterator[int]:
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + 1)


def _is_single(part: str, text: str) -> bool:
    """Whether a part occurs exactly once in a text; occurrences that overlap count each."""
    at = text.find(part)
    return at >= 0 and text.find(part, at + 1) < 0


def _common_start(one: str, other: str) -> int:
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


# --- Edited


OWN = 8
"""The least characters within a passage that say where it is, if they occur once in both texts."""


@dataclass(frozen=True)
class _Stretch:
    """Text that is the same in the old and in the new text, and where it begins in each."""

    old: int
    new: int
    length: int

    def part(self, start: int, end: int) -> _Stretch:
        """What of it is between two places of the old text; its length is 0 or less if nothing is."""
        first, last = max(self.old, start), min(self.old + self.length, end)
        return _Stretch(first, self.new + first - self.old, last - first)


class _Matcher(SequenceMatcher[str]):
    """Says where each word is in the second text: documented, and not in the stubs."""

    b2j: dict[str, list[int]]


@lru_cache(maxsize=256)
def _stretches(old: str, new: str) -> tuple[_Stretch, ...]:
    """The stretches that tell where they stand, in order. Kept: saved texts never change, and have many comments."""
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    starts, ends = _offsets(before), _offsets(after)
    matcher = _Matcher(None, before, after, autojunk=True)
    _keep_rare_words(matcher, before)
    # How many pairs there are up to each word of the old text, with the word itself.
    pairs = list(accumulate((1 + len(matcher.b2j.get(word, ())) for word in before), initial=0))
    found, regions, work = list[_Stretch](), deque([(0, len(before), 0, len(after))]), 0
    while regions:
        first, last, new_first, new_last = regions.popleft()
        if starts[last] - starts[first] < TELLING or ends[new_last] - ends[new_first] < TELLING:
            continue
        work += pairs[last] - pairs[first]
        if work > _MOST_WORK:
            break
        same = matcher.find_longest_match(first, last, new_first, new_last)
        if same.size:
            until, new_until = same.a + same.size, same.b + same.size
            found.append(_Stretch(starts[same.a], ends[same.b], starts[until] - starts[same.a]))
            regions += (first, same.a, new_first, same.b), (until, last, new_until, new_last)
    return tuple(one for one in sorted(found, key=lambda one: one.old) if _tells(one, old, new, TELLING))


def _keep_rare_words(matcher: _Matcher, before: Sequence[str]) -> None:
    """Let a comparison begin from the rarest words alone; what it finds goes on over all others."""
    known, number = Counter(before), 0
    for word in sorted(matcher.b2j, key=lambda word: known[word] * len(matcher.b2j[word])):
        number += known[word] * len(matcher.b2j[word])
        if number > _MOST_PAIRS:
            del matcher.b2j[word]


def _tells(one: _Stretch, old: str, new: str, least: int) -> bool:
    """Whether a stretch occurs once in both texts and is long enough."""
    part = old[one.old : one.old + one.length]
    return one.length >= least and _is_single(part, old) and _is_single(part, new)


def _offsets(tokens: list[str]) -> list[int]:
    return list(accumulate(map(len, tokens), initial=0))


def _find_edited(anchor: TextAnchor, text: str) -> Span | None:
    """Where an edited passage is: around words of its own that are left, or else between what still encloses it.

    What a passage has in common with others tells nothing: where one of them was taken out, it may be that of the
    other.
    """
    start, end = anchor.span
    telling = _stretches(anchor.text, text)
    own = [part for one in telling if _tells(part := one.part(start, end), anchor.text, text, OWN)]
    first, last = _end_of_what_is_before(anchor, text, telling), _start_of_what_is_after(anchor, text, telling)
    if own:
        first = own[0].new if first is None or own[0].old == start else first
        ended = own[-1].new + own[-1].length
        last = ended if last is None or own[-1].old + own[-1].length == end else last
    if first is None or last is None:
        return None
    if first < last and _is_single(anchor.quote, text[first:last]):
        # Something was added right beside it.
        first += text[first:last].index(anchor.quote)
        last = first + len(anchor.quote)
    first, last = _trimmed(text, first, last, anchor.quote)
    return (first, last) if first < last and _is_alike(anchor.quote, text[first:last]) else None


def _end_of_what_is_before(anchor: TextAnchor, text: str, telling: Iterable[_Stretch]) -> int | None:
    """Where what stood right before the passage ends now; None if that cannot be told."""
    start, _ = anchor.span
    if text.startswith(anchor.text[:start]) and start < TELLING:
        return start
    parts = (one.part(0, start) for one in telling)
    enclosing = (part for part in parts if part.length > 0 and part.old + part.length == start)
    return next((one.new + one.length for one in enclosing if _tells(one, anchor.text, text, TELLING)), None)


def _start_of_what_is_after(anchor: TextAnchor, text: str, telling: Iterable[_Stretch]) -> int | None:
    """Where what stood right after the passage begins now; None if that cannot be told."""
    _, end = anchor.span
    left = len(anchor.text) - end
    if text.endswith(anchor.text[end:]) and left < TELLING:
        return len(text) - left
    parts = (one.part(end, len(anchor.text)) for one in telling)
    enclosing = (part for part in parts if part.length > 0 and part.old == end)
    return next((one.new for one in enclosing if _tells(one, anchor.text, text, TELLING)), None)


def _trimmed(text: str, first: int, last: int, quote: str) -> Span:
    """Without white space at the ends, which belongs to the edit; a quote that has it keeps it."""
    part = text[first:last]
    if not quote[:1].isspace():
        first += len(part) - len(part.lstrip())
    if not quote[-1:].isspace():
        last -= len(part) - len(part.rstrip())
    return first, last


def _is_alike(quote: str, part: str) -> bool:
    if len(part) > 3 * len(quote) + CONTEXT:
        return False
    one: list[str] | str = quote
    other: list[str] | str = part
    if len(quote) + len(part) > _LONGEST_BY_LETTERS:
        one, other = _WORD.findall(quote), _WORD.findall(part)
    known = Counter(one)
    if sum(known[sign] for sign in other) > _MOST_ALIKE:
        return False
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE
