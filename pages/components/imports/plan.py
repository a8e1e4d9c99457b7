"""A dry run on the page Import: looked at, taken over in one transaction, and what came of it.

Nothing is read twice while a page redraws: the plan stays in the session's state together with what it was made from,
and is worked out again when the reader asks for it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

from calendar_model import wording
from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import EditConflict, WorkspaceError
from calendar_model.imports.explanations import hours_text
from calendar_model.imports.plan import ImportLine, ImportPlan, Outcome, Progress
from pages.components.shell.words import plain

_WORK = "import_work"
_LOOK, _GO, _GOING = "import_look", "import_go", "import_going"
"""What a click has asked for; and that a take-over has begun, which only one that was broken off leaves behind."""

OUTCOMES = {
    Outcome.NEW: "New",
    Outcome.CHANGED: "Changed",
    Outcome.UNCHANGED: "Unchanged",
    Outcome.KEPT: "Kept as it is here",
    Outcome.CANCELLED: "Cancelled",
    Outcome.REFUSED: "Refused",
}
GONE = "Gone, not cancelled"
"""What is no longer in the file and stays as it is, unless the reader says so."""

ROW_HEIGHT, MOST_ROWS = 35, 12
"""Pixels of a row, and how many show before the table scrolls within itself."""

BROKEN_OFF = "Another click broke this off: nothing is written. Take it over again when the page stands still."
OVERTAKEN = (
    "Somebody else has changed something of this since you looked, so nothing is written. Look again: what you have "
    "chosen is still there."
)


@dataclass(frozen=True)
class DryRun:
    """A plan, what it was made from, and what became of it: a refusal in a sentence, or what was carried out."""

    made_from: str
    plan: ImportPlan
    refusal: str = ""
    done: ImportPlan | None = None


@dataclass(frozen=True)
class ImportSource:
    """Where a plan comes from, and how its page shows it.

    ``make`` makes the plan and ``write`` writes it; ``explain`` says of a line what would change, or why not.
    ``draw_links`` draws the links to the pages on which is listed what was imported. ``number_label`` is what the
    number of a line is called; empty: it is not shown. ``look_label`` is on the button before the first look.
    """

    make: Callable[[], ImportPlan]
    write: Callable[[ImportPlan, Progress], ImportPlan]
    explain: Callable[[ImportLine], str]
    draw_links: Callable[[], None]
    number_label: str = ""
    look_label: str = "See what would happen"


def fingerprint(data: bytes, *chosen: object) -> str:
    """What a plan is made from, in a word: the file's bytes and all that was chosen for them."""
    return hashlib.sha256(hashlib.sha256(data).digest() + repr(chosen).encode()).hexdigest()


def forget() -> None:
    """Drops the plan of a file that is not there any more."""
    for key in (_WORK, _LOOK, _GO, _GOING):
        st.session_state.pop(key, None)


def dry_run(made_from: str, source: ImportSource, *, missing: str = "") -> None:
    """The button that looks, and below it what was found. ``missing`` says what has to be chosen first, if anything."""
    broken_off = st.session_state.pop(_GOING, False)
    looking, going = st.session_state.pop(_LOOK, False), st.session_state.pop(_GO, False)
    controls, below = st.container(), st.container()
    with below:
        if looking and not missing:
            _make_plan(made_from, source)
        run: DryRun | None = st.session_state.get(_WORK)
        same = run is not None and run.made_from == made_from
        if run is not None and same and going and run.done is None:
            run = _write_plan(run, source)
    with controls:
        fresh = same and run is not None and not run.refusal and run.done is None
        st.button(
            source.look_label if run is None else "Look again",
            key="import_look_button",
            type="secondary" if fresh else "primary",
            disabled=bool(missing),
            on_click=_request,
            args=(_LOOK,),
        )
        if missing:
            st.caption(missing)
        elif run is None:
            st.caption("Nothing is written until you have seen it and said so.")
    if run is None or missing:
        return
    with below:
        if not same:
            st.warning("What is chosen has changed since you looked. Look again to see what would happen now.")
            return
        if broken_off:
            st.warning(BROKEN_OFF)
        _draw_run(run, source)


def request_plan() -> None:
    """For callbacks: the dry run of the page that comes next looks without being asked again."""
    forget()
    _request(_LOOK)


def counts(lines: Sequence[ImportLine]) -> str:
    """``12 new, 3 changed, 40 unchanged, 2 refused``."""
    numbers = ImportPlan(tuple(line for line in lines if not line.offered)).counts
    found = [f"{number:,} {OUTCOMES[outcome].lower()}" for outcome, number in numbers.items()]
    gone = sum(line.offered for line in lines)
    return ", ".join([*found, f"{gone:,} gone from the file"] if gone else found)


def _request(what: str) -> None:
    st.session_state[what] = True


def _make_plan(made_from: str, source: ImportSource) -> None:
    with st.spinner("Reading the file and comparing it with the calendar", show_time=False):
        try:
            run = DryRun(made_from, source.make())
        except (Refused, WorkspaceError) as refused:
            run = DryRun(made_from, ImportPlan(()), refusal=str(refused))
    st.session_state[_WORK] = run


def _write_plan(run: DryRun, source: ImportSource) -> DryRun:
    """Carries the plan out; a click meanwhile ends the run at the next step of the bar, and with it the transaction."""
    plan = run.plan.accepted() if st.session_state.get(_gone_key(run)) else run.plan
    bar = st.progress(0.0, text=f"Taking over {len(plan.to_write):,}")

    def progress(done: int, total: int) -> None:
        # Of the last step nothing is drawn: it may come when all is written, and drawing is where a run can be ended.
        if done < total:
            bar.progress(done / total, text=f"Taking over: {done:,} of {total:,}")

    st.session_state[_GOING] = True
    try:
        run = replace(run, done=source.write(plan, progress))
    except EditConflict:
        run = replace(run, refusal=OVERTAKEN)
    except (Refused, WorkspaceError) as refused:
        run = replace(run, refusal=f"{refused} Nothing is written.")
    st.session_state[_WORK] = run
    del st.session_state[_GOING]
    bar.empty()
    return run


def _draw_run(run: DryRun, source: ImportSource) -> None:
    if run.refusal:
        st.error(plain(run.refusal))
        return
    if run.done is not None:
        _draw_result(run.done, source)
        return
    plan = run.plan
    st.subheader("What would happen")
    if not plan.lines:
        st.markdown("Nothing in this file falls under what is chosen. Widen the period, or choose another file.")
        _draw_remarks(plan)
        return
    st.markdown(f"**{counts(plan.lines).capitalize()}.** Nothing is written yet.")
    _draw_remarks(plan)
    plan = _choose_gone(run)
    _draw_lines(plan, source)
    if plan.to_write:
        st.button(
            f"Take over {len(plan.to_write):,}", key="import_go_button", type="primary", on_click=_request, args=(_GO,)
        )
    elif Outcome.REFUSED in plan.counts or plan.offered:
        st.markdown("There is nothing to take over. The table says why, row by row.")
    else:
        st.markdown("There is nothing to take over: all of it is here already.")


def _gone_key(run: DryRun) -> str:
    return f"import_cancel_gone_{run.made_from[:12]}"


def _choose_gone(run: DryRun) -> ImportPlan:
    """The plan, with what is gone from the file cancelled where the reader ticks that."""
    gone = len(run.plan.offered)
    if not gone:
        return run.plan
    events = "event that is" if gone == 1 else "events that are"
    chosen = st.checkbox(
        f"Also cancel the {f'{gone:,} ' if gone > 1 else ''}{events} no longer in the file",
        key=_gone_key(run),
        help="They came with this calendar before. Leave them if the file holds only a part of the calendar.",
    )
    return run.plan.accepted() if chosen else run.plan


def _draw_remarks(plan: ImportPlan) -> None:
    if plan.remarks:
        st.caption("  \n".join(plain(str(remark)) for remark in plan.remarks))


def _draw_lines(plan: ImportPlan, source: ImportSource) -> None:
    """The lines of one outcome, or all."""
    found = plan.counts
    chosen = None
    if len(found) > 1:
        key = "import_show"
        if st.session_state.get(key) not in found:
            st.session_state[key] = None
        chosen = st.segmented_control(
            "Show only",
            list(found),
            format_func=lambda outcome: f"{_outcome_label_of(outcome, plan)}: {found[outcome]:,}",
            key=key,
        )
    _draw_table([line for line in plan.lines if chosen in (None, line.outcome)], source, "import_lines")


def _outcome_label_of(outcome: Outcome, plan: ImportPlan) -> str:
    """What an outcome is called; what is only offered is not cancelled."""
    return GONE if all(line.offered for line in plan.lines if line.outcome is outcome) else OUTCOMES[outcome]


def _draw_table(lines: Iterable[ImportLine], source: ImportSource, key: str) -> None:
    """The lines, a series in one row; its occurrences are folded below."""
    together = ImportPlan(tuple(lines)).series_together
    _draw_frame([_row(row, source) for row in together], source, key)
    series = [row for row in together if len(row) > 1]
    if series:
        times = sum(map(len, series))
        of = "one series" if len(series) == 1 else f"{len(series):,} series"
        with st.expander(f"The {times:,} occurrences of {of}", key=f"{key}_series"):
            _draw_frame([_row((line,), source) for row in series for line in row], source, f"{key}_occurrences")


def _row(lines: Sequence[ImportLine], source: ImportSource) -> dict[str, object]:
    """One line, or the occurrences of a series that have the same outcome."""
    first, last = lines[0], lines[-1]
    explanations = {source.explain(line) for line in lines}
    return {
        "Number": first.number,
        "Outcome": outcome_label(first),
        "Title": first.title,
        "When": f"{len(lines):,} times, {_days(first, last)}" if len(lines) > 1 else _days(first, first),
        "Hours": _same(hours_text(line.period) for line in lines),
        "Time zone": _same(line.timezone if line.start_time else "" for line in lines),
        "Standing": _same(wording.standing_words(line.standing) if line.standing else "" for line in lines),
        "What would change, or why not": (
            explanations.pop() if len(explanations) == 1 else "It differs: see the occurrences below."
        ),
    }


def outcome_label(line: ImportLine) -> str:
    """What becomes of a line, for people."""
    return GONE if line.offered else OUTCOMES[line.outcome]


def _days(first: ImportLine, last: ImportLine) -> str:
    return "" if first.start is None else wording.span(first.start, last.end or last.start or first.start)


def _same(values: Iterable[str]) -> str:
    found = list(dict.fromkeys(values))
    return found[0] if len(found) == 1 else "Several"


_WIDTHS = {
    "Outcome": 130,
    "Title": 280,
    "When": 250,
    "Hours": 100,
    "Time zone": 140,
    "Standing": 110,
    "What would change, or why not": 520,
}
_OF_TIME = ("Hours", "Time zone", "Standing")


def _draw_frame(rows: list[dict[str, object]], source: ImportSource, key: str) -> None:
    frame = pd.DataFrame(rows)
    frame = frame.drop(columns=[name for name in _OF_TIME if not any(frame[name])])
    frame = (
        frame.rename(columns={"Number": source.number_label}) if source.number_label else frame.drop(columns="Number")
    )
    st.dataframe(
        frame,
        key=key,
        hide_index=True,
        height=ROW_HEIGHT * (min(len(frame), MOST_ROWS) + 1) + 3,
        row_height=ROW_HEIGHT,
        column_config={name: st.column_config.TextColumn(width=width) for name, width in _WIDTHS.items()},
        alt=f"{len(frame)} rows: what becomes of each, its title, when it is, and what would change or why not.",
    )


def _draw_result(done: ImportPlan, source: ImportSource) -> None:
    written = counts(done.to_write)
    st.success(f"Taken over: {written}." if written else "Taken over: nothing was left to write.")
    with st.container(horizontal=True):
        source.draw_links()
    left = [line for line in done.lines if line.offered or line.outcome in (Outcome.KEPT, Outcome.REFUSED)]
    if left:
        st.subheader("Not taken over")
        _draw_table(left, source, "import_left")
