"""Compare two texts word by word, merge two changes of one text, and estimate speaking time.

All functions are pure. :class:`difflib.SequenceMatcher` does the comparison.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby

_WIDE = "\u3005-\u3007\u3041-\u309f\u30a1-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Characters of Chinese and Japanese, which are written without spaces: each one counts as a word."""

_LETTER = rf"(?:(?![{_WIDE}])[\w\u0300-\u036f\u064b-\u065f\u0670])"
_WORD = re.compile(rf"([{_WIDE}]|{_LETTER}+(?:['’-]{_LETTER}+)*|[^\w\s])(\s*)")
_SENTENCE = re.compile(r"\s+|\S(?:[^\n]*?(?:(?<=[.!?…؟])[\"'”’»)\]]*(?=\s|$)|(?<=[。！？])[”’」』）]*)|[^\n]*\S|)")


class PieceKind(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True)
class Piece:
    """The longest possible stretch of text of one kind."""

    kind: PieceKind
    text: str


@dataclass(frozen=True)
class Conflict:
    """A passage that both sides changed differently; ``base`` is the text before."""

    base: str
    mine: str
    theirs: str


@dataclass(frozen=True)
class Merged:
    """Two changes of one text, merged: settled passages and conflicts, in the order of the text."""

    parts: tuple[str | Conflict, ...]

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """The passages that a person has to resolve."""
        return tuple(part for part in self.parts if isinstance(part, Conflict))

    @property
    def text(self) -> str:
        """The whole text, with both versions of each conflict in square brackets, mine first; empty ones are left out.

        Negotiated texts mark in this way what is not agreed. Text in brackets does not count as speaking time.
        """
        return "".join(part if isinstance(part, str) else _bracketed(part) for part in self.parts)


def _bracketed(conflict: Conflict) -> str:
    versions = [text for text in (conflict.mine, conflict.theirs) if text.strip()]
    start = max((text[: len(text) - len(text.lstrip())] for text in versions), key=len, default="")
    end = max((text[len(text.rstrip()) :] for text in versions), key=len, default="")
    return start + " ".join(f"[{text.strip()}]" for text in versions) + end


def same_text(one: str, other: str) -> bool:
    """Whether two texts differ in nothing but line ends and blanks at the ends of lines and of the text."""
    return _trimmed(one) == _trimmed(other)


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.splitlines()).strip()


def compare(old: str, new: str) -> list[Piece]:
    """Return what was removed and added from ``old`` to ``new``, word by word.

    The unchanged and the removed pieces, joined, are exactly ``old``, white space included; the unchanged and the added
    ones are ``new``. A removed piece comes before the one added in its place.

    A comma or a single word between two changes becomes part of them, because a passage is easier to read than
    fragments; a line break never does. Two equal texts give one piece, two empty ones none.
    """
    runs = _runs(old, new)
    while (joined := _without_splinters(runs)) != runs:
        runs = joined
    settled = _gathered([part for run in runs for part in _without_common_space(run)])
    return [Piece(kind, text) for run in settled for kind, text in run.pieces() if text]


@dataclass(frozen=True)
class _Run:
    """A stretch that is unchanged (``same``), or one in which ``added`` replaces ``removed``."""

    same: str = ""
    removed: str = ""
    added: str = ""

    def pieces(self) -> tuple[tuple[PieceKind, str], ...]:
        return (
            (PieceKind.SAME, self.same),
            (PieceKind.REMOVED, self.removed),
            (PieceKind.ADDED, self.added),
        )

    def words(self) -> int:
        return max(_count(self.removed), _count(self.added))


def _runs(old: str, new: str) -> list[_Run]:
    before, after = _words(old), _words(new)
    # Words are compared without the space that follows them. With autojunk, a frequent word of a long text ("the") does
    # not start a match but still extends one. This finds better pairs, in a tenth of the time.
    matcher = SequenceMatcher(None, [word for word, _ in before], [word for word, _ in after], autojunk=True)
    found: list[_Run] = []
    for change, i1, i2, j1, j2 in matcher.get_opcodes():
        if change != "equal":
            found.append(_Run(removed=_joined(before[i1:i2]), added=_joined(after[j1:j2])))
            continue
        for (word, space), (_, other) in zip(before[i1:i2], after[j1:j2], strict=True):
            if space == other:
                found.append(_Run(same=word + space))
            else:
                found += [_Run(same=word), _Run(removed=space, added=other)]
    return _gathered(found)


def _words(text: str) -> list[tuple[str, str]]:
    lead = text[: len(text) - len(text.lstrip())]
    return ([("", lead)] if lead else []) + _WORD.findall(text, len(lead))


def _joined(words: Sequence[tuple[str, str]]) -> str:
    return "".join(word + space for word, space in words)


def _gathered(runs: Sequence[_Run]) -> list[_Run]:
    """Join neighbouring runs of one kind."""
    result = []
    for _, group in groupby(runs, key=lambda run: bool(run.same)):
        together = list(group)
        result.append(
            _Run(
                "".join(run.same for run in together),
                "".join(run.removed for run in together),
                "".join(run.added for run in together),
            )
        )
    return result


def _without_common_space(run: _Run) -> tuple[_Run, ...]:
    """Move space that ends both the removed and the added text out of the change."""
    kept = 0
    while kept < min(len(run.removed), len(run.added)) and (
        run.removed[-kept - 1] == run.added[-kept - 1] and run.removed[-kept - 1].isspace()
    ):
        kept += 1
    if not kept:
        return (run,)
    cut = len(run.removed) - kept
    return _Run(removed=run.removed[:cut], added=run.added[:-kept]), _Run(same=run.removed[cut:])


def _without_splinters(runs: Sequence[_Run]) -> list[_Run]:
    result: list[_Run] = []
    for place, run in enumerate(runs):
        between = run.same and 0 < place < len(runs) - 1
        if between and "\n" not in run.same and _is_splinter(run.same, result[-1], runs[place + 1]):
            result.append(_Run(removed=run.same, added=run.same))
        else:
            result.append(run)
    return _gathered(result)


def _is_splinter(text: str, before: _Run, after: _Run) -> bool:
    count = _count(text)
    return count == 0 or (count == 1 and min(before.words(), after.words()) >= 2)


def _count(text: str) -> int:
    return sum(1 for word, _ in _WORD.findall(text) if word[0].isalnum())


def sentences(text: str) -> list[str]:
    """Return the sentences of a text, headings and list items included, without the white space between them."""
    return [unit for unit in _SENTENCE.findall(text) if not unit.isspace()]


def merge(base: str, mine: str, theirs: str) -> Merged:
    """Merge the changes that ``mine`` and ``theirs`` made to ``base``, sentence by sentence.

    A sentence that only one side changed, removed or added is taken from that side; a change that both made is taken
    once. A sentence that both changed differently is a conflict with both versions, and so are two insertions at one
    place. Words are not merged: two changes of one sentence, each right, may together say what neither meant.

    Nothing is lost: each word of ``mine`` or ``theirs`` that is not in ``base`` is in a settled part or in a conflict.
    The library for this, merge3, is not used because its licence (GPL) would bind those who pass the calendar on.
    """
    units = _Units(_SENTENCE.findall(base), _SENTENCE.findall(mine), _SENTENCE.findall(theirs))
    parts: list[str | Conflict] = []
    at = 0
    for lo, hi, ours, others in _clusters(units):
        parts.append("".join(units.base[at:lo]))
        old = "".join(units.base[lo:hi])
        my_text, their_text = _side(units.mine, lo, hi, ours, old), _side(units.theirs, lo, hi, others, old)
        if not others or my_text == their_text:
            parts.append(my_text)
        elif not ours:
            parts.append(their_text)
        else:
            parts.append(Conflict(old, my_text, their_text))
        at = hi
    parts.append("".join(units.base[at:]))
    settled: list[str | Conflict] = []
    for conflict, group in groupby(parts, key=lambda part: isinstance(part, Conflict)):
        if conflict:
            settled += group
        elif text := "".join(str(part) for part in group):
            settled.append(text)
    return Merged(tuple(settled))


@dataclass(frozen=True)
class _Units:
    base: list[str]
    mine: list[str]
    theirs: list[str]


@dataclass(frozen=True)
class _Change:
    """Units ``start`` to ``end`` of the base became units ``to_start`` to ``to_end`` of one side."""

    start: int
    end: int
    to_start: int
    to_end: int
    is_mine: bool


def _changes(base: list[str], side: list[str], *, is_mine: bool) -> list[_Change]:
    opcodes = SequenceMatcher(None, base, side).get_opcodes()
    return [_Change(i1, i2, j1, j2, is_mine) for change, i1, i2, j1, j2 in opcodes if change != "equal"]


def _clusters(units: _Units) -> Iterator[tuple[int, int, list[_Change], list[_Change]]]:
    """Yield the stretches of the base in which changes of the two sides meet: start, end, my changes, their changes.

    Overlapping changes meet. An insertion also meets a change that it touches, because a person has to decide which
    comes first.
    """
    waiting = sorted(
        _changes(units.base, units.mine, is_mine=True) + _changes(units.base, units.theirs, is_mine=False),
        key=lambda change: (change.start, change.end),
    )
    while waiting:
        cluster = [waiting.pop(0)]
        hi = cluster[0].end
        while waiting and (
            waiting[0].start < hi
            or (waiting[0].start == hi and (waiting[0].end == hi or any(c.start == hi for c in cluster)))
        ):
            cluster.append(waiting.pop(0))
            hi = max(hi, cluster[-1].end)
        yield cluster[0].start, hi, [c for c in cluster if c.is_mine], [c for c in cluster if not c.is_mine]


def _side(units: list[str], lo: int, hi: int, changes: list[_Change], old: str) -> str:
    """Return what a side has in place of units ``lo`` to ``hi`` of the base; outside its changes it equals the base."""
    if not changes:
        return old
    first, last = changes[0], changes[-1]
    return "".join(units[first.to_start - (first.start - lo) : last.to_end + (hi - last.end)])


@dataclass(frozen=True)
class Pace:
    """Words a minute and, for a language written without spaces, characters a minute."""

    words: int
    characters: int | None = None


USUAL_PACE = Pace(120)
"""The interpreters of the United Nations in Geneva ask speakers for no more than 120 words a minute
(https://www.ungeneva.org/en/meetings-events/rsi)."""

PACES: dict[str, Pace] = {
    "ar": Pace(100),
    "ja": Pace(120, 240),
    "zh": Pace(120, 180),
}
"""The pace of languages whose words cannot be counted like English ones, by ISO 639 code.

Chinese: 120 English words correspond to 180 syllables, and each character is a syllable (Changshuan Li, "Coping
strategies for fast delivery in simultaneous interpretation", Journal of Specialised Translation 13, 2010,
https://jostrans.org/issue13/art_li.php). Arabic and Japanese are conventions of this calendar: an Arabic word carries
its article, preposition and pronoun with it, so that 100 correspond to about 120 English ones. Japanese announcers read
about 300 characters a minute; 240 is to 300 as 120 is to the 150 words at which English is usually read."""

DIRECTION = re.compile(r"\[[^\[\]]*\]")
"""A direction to the speaker, in square brackets."""
_SIGN = re.compile(f"[{_WIDE}]")


def pace_of(language: str) -> Pace:
    """Return the pace for a language tag such as ``zh-Hans``: that in :data:`PACES`, else :data:`USUAL_PACE`."""
    return PACES.get(language.lower().split("-")[0], USUAL_PACE)


def spoken_words(text: str, language: str = "en") -> int:
    """Return how many words of a text are spoken; for Chinese and Japanese, characters and words in other scripts.

    Text in [square brackets] is a direction to the speaker and is not counted. A mark without a letter or digit, such
    as a dash, is not counted either.
    """
    return sum(_spoken(text, pace_of(language)))


def speaking_seconds(text: str, language: str = "en", pace: Pace | None = None) -> float:
    """Return an estimate of how many seconds a text takes to read out, at ``pace`` or :func:`pace_of` the language.

    What :func:`spoken_words` does not count takes no time.
    """
    pace = pace or pace_of(language)
    words, signs = _spoken(text, pace)
    return words * 60 / pace.words + (signs * 60 / pace.characters if pace.characters else 0)


def _spoken(text: str, pace: Pace) -> tuple[int, int]:
    aloud, signs = DIRECTION.sub(" ", text), 0
    if pace.characters:
        aloud, signs = _SIGN.subn(" ", aloud)
    return sum(1 for word in aloud.split() if any(sign.isalnum() for sign in word)), signs
