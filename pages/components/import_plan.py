"""A dry run on the page Import: looked at, taken over in one transaction, and what came of it.

Nothing is read twice while a page redraws: the plan stays in the session's state together with what it was made from,
and is worked out again when the reader asks for it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

from calendar_model import wording
from calendar_model.imports.plan import Fate, ImportRefused, Line, Plan, Progress
from calendar_model.safeguards.desk import Overtaken
from calendar_model.safeguards.rules import Refused
from calendar_model.workspace.database import WorkspaceError
from pages.components.words import plain

_WORK = "import_work"
_LOOK, _GO, _GOING = "import_look", "import_go", "import_going"
"""What a click has asked for; and that a take-over has begun, which only one that was broken off leaves behind."""

FATES = {
    Fate.NEW: "New",
    Fate.CHANGED: "Changed",
    Fate.UNCHANGED: "Unchanged",
    Fate.KEPT: "Kept as it is here",
    Fate.CANCELLED: "Cancelled",
    Fate.REFUSED: "Refused",
}

ROW_HEIGHT, MOST_ROWS = 35, 12
"""Pixels of a row, and how many show before the table scrolls within itself."""

BROKEN_OFF = "Another click broke this off: nothing is written. Take it over again when the page stands still."
OVERTAKEN = (
    "Somebody else has changed something of this since you looked, so nothing is written. Look again: what you have "
    "chosen is still there."
)


@dataclass(frozen=True)
class Work:
    """A plan, what it was made from, and what became of it: a refusal in a sentence, or what was carried out."""

    made_from: str
    plan: Plan
    refusal: str = ""
    done: Plan | None = None


@dataclass(frozen=True)
class Way:
    """How a plan is made and carried out, and how its page speaks of it.

    ``leads`` draws the links to where what was taken over stands. ``row`` is what the number of a line is called;
    empty, and it is not shown. ``look`` stands on the button before the first look.
    """

    make: Callable[[], Plan]
    carry_out: Callable[[Plan, Progress], Plan]
    leads: Callable[[], None]
    row: str = ""
    look: str = "See what would happen"


def fingerprint(data: bytes, *chosen: object) -> str:
    """What a plan is made from, in a word: the file's bytes and all that was chosen for them."""
    return hashlib.sha256(hashlib.sha256(data).digest() + repr(chosen).encode()).hexdigest()


def forget() -> None:
    """Drops the plan of a file that is not there any more."""
    for key in (_WORK, _LOOK, _GO, _GOING):
        st.session_state.pop(key, None)


def dry_run(made_from: str, way: Way, *, lacks: str = "") -> None:
    """The button that looks, and below it what was found. ``lacks`` says what has to be chosen first, if anything."""
    broken_off = st.session_state.pop(_GOING, False)
    looking, going = st.session_state.pop(_LOOK, False), st.session_state.pop(_GO, False)
    controls, below = st.container(), st.container()
    with below:
        if looking and not lacks:
            _look(made_from, way)
        work: Work | None = st.session_state.get(_WORK)
        same = work is not None and work.made_from == made_from
        if work is not None and same and going and work.done is None:
            work = _take_over(work, way)
    with controls:
        fresh = same and work is not None and not work.refusal and work.done is None
        st.button(
            way.look if work is None else "Look again",
            key="import_look_button",
            type="secondary" if fresh else "primary",
            disabled=bool(lacks),
            on_click=_ask,
            args=(_LOOK,),
        )
        if lacks:
            st.caption(lacks)
        elif work is None:
            st.caption("Nothing is written until you have seen it and said so.")
    if work is None or lacks:
        return
    with below:
        if not same:
            st.warning("What is chosen has changed since you looked. Look again to see what would happen now.")
            return
        if broken_off:
            st.warning(BROKEN_OFF)
        _shown(work, way)


def ask_to_look() -> None:
    """For callbacks: the dry run of the page that comes next looks without being asked again."""
    forget()
    _ask(_LOOK)


def counts(lines: Iterable[Line]) -> str:
    """``12 new, 3 changed, 40 unchanged, 2 refused``."""
    found = Plan(tuple(lines)).counts
    return ", ".join(f"{number:,} {FATES[fate].lower()}" for fate, number in found.items())


def _ask(what: str) -> None:
    st.session_state[what] = True


def _look(made_from: str, way: Way) -> None:
    with st.spinner("Reading the file and comparing it with the calendar", show_time=False):
        try:
            work = Work(made_from, way.make())
        except (ImportRefused, Refused, WorkspaceError) as refused:
            work = Work(made_from, Plan(()), refusal=str(refused))
    st.session_state[_WORK] = work


def _take_over(work: Work, way: Way) -> Work:
    """Carries the plan out; a click meanwhile ends the run at the next step of the bar, and with it the transaction."""
    bar = st.progress(0.0, text=f"Taking over {len(work.plan.to_write):,}")

    def progress(done: int, total: int) -> None:
        # Of the last step nothing is drawn: it may come when all is written, and drawing is where a run can be ended.
        if done < total:
            bar.progress(done / total, text=f"Taking over: {done:,} of {total:,}")

    st.session_state[_GOING] = True
    try:
        work = replace(work, done=way.carry_out(work.plan, progress))
    except Overtaken:
        work = replace(work, refusal=OVERTAKEN)
    except (ImportRefused, Refused, WorkspaceError) as refused:
        lacks = " ".join(lack.says for lack in getattr(refused, "lacks", ()))
        work = replace(work, refusal=f"{refused} {lacks} Nothing is written.".replace("  ", " "))
    st.session_state[_WORK] = work
    del st.session_state[_GOING]
    bar.empty()
    return work


def _shown(work: Work, way: Way) -> None:
    if work.refusal:
        st.error(plain(work.refusal))
        return
    if work.done is not None:
        _result(work.done, way)
        return
    plan = work.plan
    st.subheader("What would happen")
    if not plan.lines:
        st.markdown("Nothing in this file falls under what is chosen. Widen the period, or choose another file.")
        _remarks(plan)
        return
    st.markdown(f"**{counts(plan.lines).capitalize()}.** Nothing is written yet.")
    _remarks(plan)
    _filtered(plan, way)
    if plan.to_write:
        st.button(
            f"Take over {len(plan.to_write):,}", key="import_go_button", type="primary", on_click=_ask, args=(_GO,)
        )
    elif Fate.REFUSED in plan.counts:
        st.markdown("There is nothing to take over. The table says why, row by row.")
    else:
        st.markdown("There is nothing to take over: all of it is here already.")


def _remarks(plan: Plan) -> None:
    for remark in plan.remarks:
        st.caption(plain(remark))


def _filtered(plan: Plan, way: Way) -> None:
    """The lines of one fate, or all."""
    found = plan.counts
    chosen = None
    if len(found) > 1:
        key = "import_show"
        if st.session_state.get(key) not in found:
            st.session_state[key] = None
        chosen = st.segmented_control(
            "Show only",
            list(found),
            format_func=lambda fate: f"{FATES[fate]}: {found[fate]:,}",
            key=key,
        )
    _table([line for line in plan.lines if chosen is None or line.fate == chosen], way, "import_lines")


def _table(lines: list[Line], way: Way, key: str) -> None:
    frame = pd.DataFrame(
        {
            way.row or "Number": [line.number for line in lines],
            "What becomes of it": [FATES[line.fate] for line in lines],
            "Title": [line.title for line in lines],
            "When": [_when(line) for line in lines],
            "What would change, or why not": [line.says for line in lines],
        }
    )
    if not way.row:
        del frame["Number"]
    st.dataframe(
        frame,
        key=key,
        hide_index=True,
        height=ROW_HEIGHT * (min(len(frame), MOST_ROWS) + 1) + 3,
        row_height=ROW_HEIGHT,
        column_config={
            "What becomes of it": st.column_config.TextColumn(width=150),
            "When": st.column_config.TextColumn(width=250),
            "Title": st.column_config.TextColumn(width=330),
            "What would change, or why not": st.column_config.TextColumn(width=560),
        },
        alt=f"{len(frame)} lines: what would become of each, when it is, what it is called, and what would change.",
    )


def _when(line: Line) -> str:
    return "" if line.start is None else wording.span(line.start, line.end or line.start)


def _result(done: Plan, way: Way) -> None:
    written = counts(done.to_write)
    st.success(f"Taken over: {written}." if written else "Taken over: nothing was left to write.")
    with st.container(horizontal=True):
        way.leads()
    left = [line for line in done.lines if line.fate in (Fate.KEPT, Fate.REFUSED)]
    if left:
        st.subheader("Not taken over")
        _table(left, way, "import_left")
