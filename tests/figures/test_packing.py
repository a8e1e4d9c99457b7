"""Spans into rows, texts into pixels."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from calendar_model.figures.packing import fit, pack, text_px

SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)), max_size=60).map(sorted)


@given(SPANS, st.integers(1, 6))
def test_no_two_spans_of_a_row_overlap_and_none_is_left_out_while_there_is_room(
    spans: list[tuple[int, int]], rows: int
) -> None:
    starts, ends = [float(s) for s, _ in spans], [float(s + length) for s, length in spans]
    answer = pack(starts, ends, rows)
    assert len(answer) == len(spans)
    for i, row in enumerate(answer):
        running = {int(answer[j]) for j in range(i) if answer[j] >= 0 and ends[j] > starts[i]}
        free = set(range(rows)) - running
        assert row == (min(free) if free else -1)


def test_a_span_may_begin_where_another_ends() -> None:
    assert pack([0, 5, 5, 6], [5, 9, 7, 8], 2).tolist() == [0, 0, 1, -1]


@given(st.text("abcdefgh HRC61·–:.WM", max_size=40), st.floats(0, 400))
def test_a_fitted_text_fits_and_is_the_beginning(text: str, room: float) -> None:
    fitted = fit(text, room, 12)
    assert text_px(fitted, 12) <= room or fitted == ""
    assert fitted in ("", text) or (fitted.endswith("…") and text.startswith(fitted[:-1]))


def test_a_text_that_fits_is_left_alone_and_a_stub_is_not_worth_its_room() -> None:
    assert fit("HRC61", 200, 12) == "HRC61"
    assert fit("Human Rights Council", 80, 12) == "Human Right…"
    assert fit("Human Rights Council", 18, 12) == ""
