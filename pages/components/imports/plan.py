"""The preview of an import, the import in one transaction, and its result.

Nothing is read twice while a page redraws: the plan stays in the session's state with a fingerprint of its input, and
is made again when the reader asks for it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

from calendar_model import wording
from calendar_model.access.problems import Refused
from calendar_model.access.roles import Operation, Subject
from calendar_model.access.unit_of_work import EditConflict, WorkspaceError
from calendar_model.imports.explanations import hours_text
from calendar_model.imports.plan import ImportLine, ImportPlan, Outcome, Progress
from calendar_model.translation import N_, Translated
from calendar_model.translation import gettext as _
from pages.components.record.classified import warn_of_marks
from pages.components.shell import rights
from pages.components.shell.words import plain

_WORK = "import_work"
_LOOK, _GO, _GOING = "import_look", "import_go", "import_going"
"""Keys for the actions that a click asked for; ``_GOING`` remains set only if an import was interrupted."""

OUTCOMES = Translated(
    {
        Outcome.NEW: N_("New"),
        Outcome.CHANGED: N_("Changed"),
        Outcome.UNCHANGED: N_("Unchanged"),
        Outcome.KEPT: N_("Kept"),
        Outcome.CANCELLED: N_("Cancelled"),
        Outcome.REFUSED: N_("Refused"),
    }
)
GONE = N_("Not in the file")
"""Label of events that are no longer in the file; they are cancelled only if the reader says so."""

ROW_HEIGHT, MOST_ROWS = 35, 12
"""Pixels of a row, and how many show before the table scrolls within itself."""

BROKEN_OFF = N_("The import was interrupted and nothing was saved. Import again, and wait until it has finished.")
OVERTAKEN = N_(
    "Nothing was imported: another user has changed these records since your preview. Preview again; your settings "
    "are kept."
)


@dataclass(frozen=True)
class DryRun:
    """A plan with the fingerprint of its input, and its result: the sentence of a refusal, or the plan as written."""

    made_from: str
    plan: ImportPlan
    refusal: str = ""
    done: ImportPlan | None = None


@dataclass(frozen=True)
class ImportSource:
    """How a plan is made, written and shown.

    ``make`` makes the plan and ``write`` writes it; ``explain`` gives the changes in a line, or why there are none.
    ``draw_links`` draws links to the pages that list the imported records. ``noun`` is the word for one line and for
    several. ``number_label`` is the column head of line numbers; empty: they are not shown. ``preview_label`` is the
    label of the button before the first preview.
    """

    make: Callable[[], ImportPlan]
    write: Callable[[ImportPlan, Progress], ImportPlan]
    explain: Callable[[ImportLine], str]
    draw_links: Callable[[], None]
    noun: tuple[str, str] = ("event", "events")
    number_label: str = ""
    preview_label: str = N_("Preview import")


def fingerprint(data: bytes, *chosen: object) -> str:
    """A hash of a plan's input: the file's bytes and all settings chosen for them."""
    return hashlib.sha256(hashlib.sha256(data).digest() + repr(chosen).encode()).hexdigest()


def forget() -> None:
    """Drops the plan of a file that has been removed."""
    for key in (_WORK, _LOOK, _GO, _GOING):
        st.session_state.pop(key, None)


def dry_run(made_from: str, source: ImportSource, *, missing: str = "") -> None:
    """Draws the preview button and the preview below it. ``missing`` names what has to be chosen first, if anything."""
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
            source.preview_label if run is None else _("Preview again"),
            key="import_look_button",
            type="secondary" if fresh else "primary",
            disabled=bool(missing),
            on_click=_request,
            args=(_LOOK,),
        )
        if missing:
            st.caption(missing)
        elif run is None:
            st.caption(_("Nothing is imported until you confirm the preview."))
    if run is None or missing:
        return
    with below:
        if not same:
            st.warning(_("The settings have changed. Preview again before you import."))
            return
        if broken_off:
            st.warning(_(BROKEN_OFF))
        _draw_run(run, source)


def request_plan() -> None:
    """For callbacks: the next page makes its preview at once."""
    forget()
    _request(_LOOK)


def counts(lines: Sequence[ImportLine]) -> str:
    """``12 new, 3 changed, 40 unchanged, 2 refused``."""
    numbers = ImportPlan(tuple(line for line in lines if not line.offered)).counts
    found = [f"{number:,} {OUTCOMES[outcome].lower()}" for outcome, number in numbers.items()]
    gone = sum(line.offered for line in lines)
    return ", ".join([*found, _("{gone:,} no longer in the file").format(gone=gone)] if gone else found)


def _request(what: str) -> None:
    st.session_state[what] = True


def _make_plan(made_from: str, source: ImportSource) -> None:
    with st.spinner(_("Comparing the file with the calendar"), show_time=False):
        try:
            run = DryRun(made_from, source.make())
        except (Refused, WorkspaceError) as refused:
            run = DryRun(made_from, ImportPlan(()), refusal=str(refused))
    st.session_state[_WORK] = run


def _write_plan(run: DryRun, source: ImportSource) -> DryRun:
    """Writes the plan. A click meanwhile ends the run at the next step of the bar, and the transaction with it."""
    plan = run.plan.accepted() if st.session_state.get(_gone_key(run)) else run.plan
    bar = st.progress(0.0, text=_("Importing {count}").format(count=_counted(len(plan.to_write), source)))

    def progress(done: int, total: int) -> None:
        # The last step is not drawn: all may be written by then, and drawing is where a run can be ended.
        if done < total:
            bar.progress(done / total, text=_("Importing: {done:,} of {total:,}").format(done=done, total=total))

    st.session_state[_GOING] = True
    try:
        run = replace(run, done=source.write(plan, progress))
    except EditConflict:
        run = replace(run, refusal=_(OVERTAKEN))
    except (Refused, WorkspaceError) as refused:
        run = replace(run, refusal=_("{refused} Nothing was imported.").format(refused=refused))
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
    st.subheader(_("Preview"))
    if not plan.lines:
        st.markdown(_("Nothing in this file matches the settings. Choose a longer period or another file."))
        _draw_remarks(plan)
        return
    st.markdown(_("**{counts}.** Nothing has been imported yet.").format(counts=counts(plan.lines).capitalize()))
    _draw_remarks(plan)
    warn_of_marks(*(text for line in plan.lines for text in (line.title, *map(str, line.values.values()))))
    plan = _choose_gone(run)
    _draw_lines(plan, source)
    if plan.to_write:
        st.button(
            _("Import {count}").format(count=_counted(len(plan.to_write), source)),
            key="import_go_button",
            type="primary",
            on_click=_request,
            args=(_GO,),
            # All that is imported is written by the same role.
            **rights.button_options(rights.why_not(Operation.CREATE, Subject.EVENT)),
        )
    elif Outcome.REFUSED in plan.counts or plan.offered:
        st.markdown(_("Nothing to import. The table gives the reason for each row."))
    else:
        st.markdown(_("Nothing to import: everything is already in the calendar."))


def _counted(number: int, source: ImportSource) -> str:
    return f"{number:,} {source.noun[number != 1]}"


def _gone_key(run: DryRun) -> str:
    return f"import_cancel_gone_{run.made_from[:12]}"


def _choose_gone(run: DryRun) -> ImportPlan:
    """The plan; events that are no longer in the file are cancelled if the reader ticks that."""
    gone = len(run.plan.offered)
    if not gone:
        return run.plan
    events = _("event that is") if gone == 1 else _("events that are")
    chosen = st.checkbox(
        _("Also cancel the {value}{events} no longer in the file").format(
            value=f"{gone:,} " if gone > 1 else "", events=events
        ),
        key=_gone_key(run),
        help=_(
            "They were imported from this calendar earlier. Leave unticked if the file is only part of the calendar."
        ),
    )
    return run.plan.accepted() if chosen else run.plan


def _draw_remarks(plan: ImportPlan) -> None:
    if plan.remarks:
        st.caption("  \n".join(plain(str(remark)) for remark in plan.remarks))


def _draw_lines(plan: ImportPlan, source: ImportSource) -> None:
    """Draws the lines of one outcome, or all lines."""
    found = plan.counts
    chosen = None
    if len(found) > 1:
        key = "import_show"
        if st.session_state.get(key) not in found:
            st.session_state[key] = None
        chosen = st.segmented_control(
            _("Show only"),
            list(found),
            format_func=lambda outcome: f"{_outcome_label_of(outcome, plan)}: {found[outcome]:,}",
            key=key,
        )
    _draw_table([line for line in plan.lines if chosen in (None, line.outcome)], source, "import_lines")


def _outcome_label_of(outcome: Outcome, plan: ImportPlan) -> str:
    """The label of an outcome; an event that may be cancelled is not cancelled yet."""
    return _(GONE) if all(line.offered for line in plan.lines if line.outcome is outcome) else OUTCOMES[outcome]


def _draw_table(lines: Iterable[ImportLine], source: ImportSource, key: str) -> None:
    """Draws the lines, each series in one row and its occurrences folded below."""
    together = ImportPlan(tuple(lines)).series_together
    _draw_frame([_row(row, source) for row in together], source, key)
    series = [row for row in together if len(row) > 1]
    if series:
        times = sum(map(len, series))
        of = _("one series") if len(series) == 1 else _("{count:,} series").format(count=len(series))
        with st.expander(_("{count:,} occurrences of {series}").format(count=times, series=of), key=f"{key}_series"):
            _draw_frame([_row((line,), source) for row in series for line in row], source, f"{key}_occurrences")


def _row(lines: Sequence[ImportLine], source: ImportSource) -> dict[str, object]:
    """One line, or the occurrences of a series that have the same outcome."""
    first, last = lines[0], lines[-1]
    explanations = {source.explain(line) for line in lines}
    return {
        _("Number"): first.number,
        _("Outcome"): outcome_label(first),
        _("Title"): first.title,
        _("When"): _("{count:,} times, {days}").format(count=len(lines), days=_days(first, last))
        if len(lines) > 1
        else _days(first, first),
        _("Hours"): _same(hours_text(line.period) for line in lines),
        _("Time zone"): _same(line.timezone if line.start_time else "" for line in lines),
        _("Date status"): _same(wording.standing_words(line.standing) if line.standing else "" for line in lines),
        _("Changes or reason"): (
            explanations.pop() if len(explanations) == 1 else _("Varies: see the occurrences below.")
        ),
    }


def outcome_label(line: ImportLine) -> str:
    """The label for the outcome of a line."""
    return _(GONE) if line.offered else OUTCOMES[line.outcome]


def _days(first: ImportLine, last: ImportLine) -> str:
    return "" if first.start is None else wording.span(first.start, last.end or last.start or first.start)


def _same(values: Iterable[str]) -> str:
    found = list(dict.fromkeys(values))
    return found[0] if len(found) == 1 else _("Several")


_WIDTHS = {
    "Outcome": 130,
    "Title": 280,
    "When": 250,
    "Hours": 100,
    "Time zone": 140,
    "Date status": 110,
    "Changes or reason": 520,
}
_OF_TIME = (N_("Hours"), N_("Time zone"), N_("Date status"))


def _draw_frame(rows: list[dict[str, object]], source: ImportSource, key: str) -> None:
    frame = pd.DataFrame(rows)
    frame = frame.drop(columns=[name for name in map(_, _OF_TIME) if not any(frame[name])])
    frame = (
        frame.rename(columns={_("Number"): source.number_label})
        if source.number_label
        else frame.drop(columns=_("Number"))
    )
    st.dataframe(
        frame,
        key=key,
        hide_index=True,
        height=ROW_HEIGHT * (min(len(frame), MOST_ROWS) + 1) + 3,
        row_height=ROW_HEIGHT,
        column_config={name: st.column_config.TextColumn(width=width) for name, width in _WIDTHS.items()},
        alt=_("{count} rows: outcome, title, date, and the changes or the reason for none.").format(count=len(frame)),
    )


def _draw_result(done: ImportPlan, source: ImportSource) -> None:
    written = counts(done.to_write)
    st.success(_("Imported: {counts}.").format(counts=written) if written else _("Nothing was left to import."))
    with st.container(horizontal=True):
        source.draw_links()
    left = [line for line in done.lines if line.offered or line.outcome in (Outcome.KEPT, Outcome.REFUSED)]
    if left:
        st.subheader(_("Not imported"))
        _draw_table(left, source, "import_left")
