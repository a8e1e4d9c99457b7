"""What plotly cannot do, around the picture of the timeline: names and axis that stay in sight, folding, the keyboard.

The browser lays it over the picture, from the lanes and marks that the figure itself has.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from calendar_model.translation import gettext as _
from pages.components.widgets.sent import sent

_KEY, _FOLDED = "timeline_frame", "timeline_folded"

_frame = st.components.v2.component(
    "timeline_frame", html="<div></div>", js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
)


def folded_lanes() -> tuple[str, ...]:
    """The codes of the bodies whose lanes the reader has folded, in alphabetical order."""
    return tuple(sorted(st.session_state.get(_FOLDED, ())))


def timeline_frame(on_mark: Callable[[str], None]) -> None:
    """Draws it over the figure beside which it is called, in the container ``timeline_plot``.

    ``on_mark`` is called with the customdata of a mark that was opened by keyboard.
    """

    def opened() -> None:
        if mark := sent(_KEY, "mark"):
            on_mark(mark)

    def folded() -> None:
        st.session_state[_FOLDED] = {*folded_lanes()} ^ {sent(_KEY, "fold")}

    _frame(
        key=_KEY,
        data={
            "folded": folded_lanes(),
            "fold": _("Fold {name}"),
            "unfold": _("Unfold {name}"),
            "marks": _("Marks of the timeline. Arrow keys go from one to the next, Enter opens it."),
            "below": _("More below: {count}"),
        },
        on_mark_change=opened,
        on_fold_change=folded,
        height=1,
    )
