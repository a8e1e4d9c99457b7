"""Two texts compared word by word, two changes of one text brought together, and how long a text takes to say.

Everything here is pure: text in, text out, nothing read, nothing kept. The comparing itself is done by
:class:`difflib.SequenceMatcher`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby

_WIDE = "\u3005-\u3007\u3041-\u309f\u30a1-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Signs of Chinese and Japanese, which are written without spaces: each one counts as a word."""

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
    """A stretch of text, as long as can be, that stayed, went or came."""

    kind: PieceKind
    text: str


@dataclass(frozen=True)
class Conflict:
    """A passage that both have changed, each in another way. ``base``: what it said before."""

    base: str
    mine: str
    theirs: str


@dataclass(frozen=True)
class Merged:
    """Two changes of one text brought together: passages that are settled, and conflicts, in the order of the text."""

    parts: tuple[str | Conflict, ...]

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """The passages that a person has to settle."""
        return tuple(part for part in self.parts if isinstance(part, Conflict))

    @property
    def text(self) -> str:
        """The whole text. Of a conflict it has both versions, mine first, each in square brackets; an empty one not.

        So a negotiated text marks what is not agreed; what is bracketed does not count as speaking time.
        """
        return "".join(part if isinstance(part, str) else _bracketed(part) for part in self.parts)


def _bracketed(conflict: Conflict) -> str:
    versions = [text for text in (conflict.mine, conflict.theirs) if text.strip()]
    start = max((text[: len(text) - len(text.lstrip())] for text in versions), key=len, default="")
    end = max((text[len(text.rstrip()) :] for text in versions), key=len, default="")
    return start + " ".join(f"[{text.strip()}]" for text in versions) + end


def compare(old: str, new: str) -> list[Piece]:
    """What was removed and added from ``old`` to ``new``, word by word.

    The pieces that stayed and those removed, joined, are ``old`` exactly; those that stayed and those added are
    ``new``: white space and paragraphs too. What was removed comes before what was added in its place. A comma or
    a lone word between two changes is counted to them, because a reader follows a passage more easily than
    splinters; a line break never is. Two equal texts give one piece, two empty ones none.
    """
    runs = _runs(old, new)
    while (joined := _without_splinters(runs)) != runs:
        runs = joined
    settled = _gathered([part for run in runs for part in _without_common_space(run)])
    return [Piece(kind, text) for run in settled for kind, text in run.pieces() if text]


@dataclass(frozen=True)
class _Run:
    """A stretch that stayed (``same``), or one in which ``removed`` gave way to ``added``."""

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
    # Words are compared without the space that follows them. With autojunk, what is frequent in a long text ("the")
    # no longer starts a match but still lengthens one: better pairs, and a tenth of the time.
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
    """Neighbours of one kind as one."""
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
    """The space after what went and after what came, where it is the same, has stayed."""
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
    """The sentences of a text, headings and list items included, without the white space between them."""
    return [unit for unit in _SENTENCE.findall(text) if not unit.isspace()]


def merge(base: str, mine: str, theirs: str) -> Merged:
    """Brings together what ``mine`` and ``theirs`` have each made of ``base``, sentence by sentence.

    A sentence that only one has changed, moved out or put in is taken as that one has it; what both have changed
    alike is taken once. A sentence that both have changed differently, and what both have put in at one place, is a
    conflict that holds both versions. Sentences, not words: two changes of one sentence, each right, may together
    say what neither meant.

    Nothing that either has written is left out: each word of ``mine`` or ``theirs`` that is not in ``base`` is
    in a part that is settled or in a conflict. Own code over difflib's: merge3 is the library for this, but its
    licence (GPL) would bind those who pass the calendar on.
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
    """Units ``start``-``end`` of the base became units ``to_start``-``to_end`` of a side."""

    start: int
    end: int
    to_start: int
    to_end: int
    is_mine: bool


def _changes(base: list[str], side: list[str], *, is_mine: bool) -> list[_Change]:
    opcodes = SequenceMatcher(None, base, side).get_opcodes()
    return [_Change(i1, i2, j1, j2, is_mine) for change, i1, i2, j1, j2 in opcodes if change != "equal"]


def _clusters(units: _Units) -> Iterator[tuple[int, int, list[_Change], list[_Change]]]:
    """Stretches of the base in which changes of the two sides meet: its bounds, my changes, theirs.

    Changes meet that overlap, and an insertion meets what it touches, because which of the two comes first is for a
    person to say.
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
    """What a side has in place of units ``lo``-``hi`` of the base: around its changes it agrees with the base."""
    if not changes:
        return old
    first, last = changes[0], changes[-1]
    return "".join(units[first.to_start - (first.start - lo) : last.to_end + (hi - last.end)])


@dataclass(frozen=True)
class Pace:
    """How many words are said in a minute and, where a language is written without spaces, how many signs."""

    words: int
    characters: int | None = None


USUAL_PACE = Pace(120)
"""No more than 120 words a minute is what the interpreters of the United Nations in Geneva ask of every speaker
(https://www.ungeneva.org/en/meetings-events/rsi). It is a ceiling: what is read out faster loses listeners."""

PACES: dict[str, Pace] = {
    "ar": Pace(100),
    "ja": Pace(120, 240),
    "zh": Pace(120, 180),
}
"""Languages of which the words are no measure, by ISO 639 code.

Chinese: 120 English words correspond to 180 syllables, which are signs (Changshuan Li, "Coping strategies for fast
delivery in simultaneous interpretation", Journal of Specialised Translation 13, 2010,
https://jostrans.org/issue13/art_li.php). Arabic and Japanese are conventions of this calendar: an Arabic word carries
its article, preposition and pronoun with it, about 100 to 120 English words; Japanese announcers read about 300 signs
a minute, of which 240 is what 120 is of the 150 words that English is usually read at."""

DIRECTION = re.compile(r"\[[^\[\]]*\]")
_SIGN = re.compile(f"[{_WIDE}]")


def pace_of(language: str) -> Pace:
    """The pace for a language by its tag, such as ``en``, ``zh-Hans``."""
    return PACES.get(language.lower().split("-")[0], USUAL_PACE)


def spoken_words(text: str, language: str = "en") -> int:
    """How many words of the text are said aloud; for Chinese and Japanese: signs, and words in other writing.

    Text in [square brackets] is a direction to the speaker and is not counted, nor is a sign that is no
    letter or digit on its own, such as a dash.
    """
    return sum(_spoken(text, pace_of(language)))


def speaking_seconds(text: str, language: str = "en", pace: Pace | None = None) -> float:
    """How many seconds it takes to say the text: an estimate, at ``pace`` or else the pace of the language.

    At :data:`USUAL_PACE` or that of :data:`PACES`; what :func:`spoken_words` does not count takes no time.
    """
    pace = pace or pace_of(language)
    words, signs = _spoken(text, pace)
    return words * 60 / pace.words + (signs * 60 / pace.characters if pace.characters else 0)


def _spoken(text: str, pace: Pace) -> tuple[int, int]:
    aloud, signs = DIRECTION.sub(" ", text), 0
    if pace.characters:
        aloud, signs = _SIGN.subn(" ", aloud)
    return sum(1 for word in aloud.split() if any(sign.isalnum() for sign in word)), signs
