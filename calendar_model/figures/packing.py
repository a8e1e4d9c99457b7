"""Packing of spans into rows, and of texts into pixels."""

from __future__ import annotations

import heapq
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt


def pack(starts: Iterable[float], ends: Iterable[float], rows: int) -> npt.NDArray[np.int64]:
    """Return a row for each span, so that no two in a row overlap: the topmost free row for each in turn.

    ``starts`` must ascend; a span may begin where another ends. Where all ``rows`` are taken the answer is -1.
    """
    answer: list[int] = []
    free = list(range(rows))
    occupied: list[tuple[float, int]] = []
    for start, end in zip(starts, ends, strict=True):
        while occupied and occupied[0][0] <= start:
            heapq.heappush(free, heapq.heappop(occupied)[1])
        if free:
            row = heapq.heappop(free)
            heapq.heappush(occupied, (end, row))
            answer.append(row)
        else:
            answer.append(-1)
    return np.array(answer, dtype=np.int64)


# Widths in the app's sans, in thousandths of the type size and rounded up.
_USUAL = 530
_WIDTHS = {
    **dict.fromkeys("iIjl.,:;'|!·’", 270),
    **dict.fromkeys("ftr()[]-/ ", 350),
    **dict.fromkeys("mMWw@%", 850),
    **dict.fromkeys("ABCDEGHKNOPQRSTUVXYZ&–…", 640),
}


def text_px(text: str, size: float) -> float:
    """Return about how many pixels wide a text is at this type size; rather too many than too few."""
    return sum(_WIDTHS.get(character, _USUAL) for character in text) * size / 1000


def fit(text: str, room: float, size: float) -> str:
    """Return the text if it fits into ``room`` pixels, else its beginning and an ellipsis, else nothing."""
    if text_px(text, size) <= room:
        return text
    room -= text_px("…", size)
    for i, character in enumerate(text):
        room -= text_px(character, size)
        if room < 0:
            return text[:i].rstrip(" ,:·–-(") + "…" if i >= 4 else ""
    return text
