"""A table on the page Import: what its rows are, which column is what, and the templates to begin from."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from calendar_model.imports.plan import ImportRefused
from calendar_model.imports.table_import import plan_table, write_table
from calendar_model.imports.tables.columns import FIELDS, TITLES, Target, match
from calendar_model.imports.tables.reader import TableSheet, read_sheets
from calendar_model.imports.templates.files import template_csv, template_xlsx
from pages.components.imports.plan import Way, dry_run, fingerprint
from pages.components.shell.context import PageContext
from pages.components.shell.navigation import link
from pages.components.shell.words import plain

FACTS = frozenset({Target.SESSIONS, Target.REVIEWS})
"""What is put right in the reference, for everyone."""

_PAGES = {Target.EVENTS: "meetings", Target.ENGAGEMENTS: "engagements"}
_SHEETS = "import_sheets"


def table_file(data: bytes, file_name: str, context: PageContext) -> None:
    """What is chosen for a table of this name with these bytes, and its dry run."""
    sheets = _read(data, file_name)
    if isinstance(sheets, str):
        st.error(plain(sheets))
        return
    st.subheader("What its rows are")
    of_file = fingerprint(data, file_name)[:12]
    sheet = sheets[0]
    if len(sheets) > 1:
        number = st.selectbox(
            "Sheet",
            range(len(sheets)),
            format_func=lambda place: f"{sheets[place].name}, {len(sheets[place].rows):,} rows",
            key=f"import_sheet_{of_file}",
        )
        sheet = sheets[number]
    of_sheet = fingerprint(b"", sheet.name, sheet.header)[:12]
    target = st.segmented_control(
        "What its rows are",
        list(Target),
        default=guess(sheet),
        required=True,
        format_func=TITLES.__getitem__,
        key=f"import_target_{of_sheet}",
        label_visibility="collapsed",
    )
    source_url = ""
    if target in FACTS:
        st.caption(
            "These dates are facts of the reference: a correction holds for everyone, in every picture and every feed, "
            "until it is taken back."
        )
        _corrections()
        source_url = st.text_input(
            "Where they were read",
            type="url",
            placeholder="https://…",
            key="import_source_url",
            help="The address stands with every date. A column of the file that names one for its row goes before it.",
        )
    columns = _columns(target, sheet, f"import_column_{of_sheet}_{target}")
    missing = [field.label for field in FIELDS[target] if field.needed and columns[field.name] is None]
    way = Way(
        make=lambda: plan_table(
            context.viewer,
            target,
            sheet,
            columns,
            reference=context.reference,
            table=context.table,
            source_url=source_url.strip(),
        ),
        carry_out=lambda plan, progress: write_table(context.viewer, target, plan, progress),
        leads=lambda: leads(target),
        row="Row",
    )
    made_from = fingerprint(data, sheet.name, target, columns, source_url, context.viewer)
    dry_run(made_from, way, lacks=f"Choose a column first for: {', '.join(missing)}." if missing else "")


def leads(target: Target) -> None:
    """The way to what was taken over."""
    if target in FACTS:
        _corrections()
        link("timeline", "Timeline")
    else:
        link(_PAGES[target], TITLES[target])


def _corrections() -> None:
    link("corrections", "Corrections")


def guess(sheet: TableSheet) -> Target:
    """What the rows seem to be: of whatever the most columns are known, what is needed first."""

    def fits(target: Target) -> tuple[bool, int]:
        found = match(target, sheet.header)
        needed = all(found[field.name] is not None for field in FIELDS[target] if field.needed)
        return needed, sum(column is not None for column in found.values())

    return max(Target, key=fits)


def _read(data: bytes, file_name: str) -> tuple[TableSheet, ...] | str:
    """The sheets of the file, read once; a sentence if it cannot be."""
    made_from = fingerprint(data, file_name)
    kept = st.session_state.get(_SHEETS)
    if kept is None or kept[0] != made_from:
        with st.spinner("Reading the file", show_time=False):
            try:
                read: tuple[TableSheet, ...] | str = read_sheets(data, file_name)
            except ImportRefused as refused:
                read = str(refused)
        kept = st.session_state[_SHEETS] = (made_from, read)
    found: tuple[TableSheet, ...] | str = kept[1]
    return found


def forget() -> None:
    """Drops what was read of a file that is not there any more."""
    st.session_state.pop(_SHEETS, None)


def _columns(target: Target, sheet: TableSheet, prefix: str) -> Mapping[str, int | None]:
    """Which column of the file each field is; what is known by its name is chosen already."""
    st.subheader("Which column is what")
    guessed, chosen = match(target, sheet.header), {}
    choices: list[int | None] = [None, *range(len(sheet.header))]
    with st.container(horizontal=True, key="import_columns"):
        for field in FIELDS[target]:
            chosen[field.name] = st.selectbox(
                f"{field.label} (needed)" if field.needed else field.label,
                choices,
                index=choices.index(guessed[field.name]),
                format_func=lambda column: "Not in the file" if column is None else _column(sheet, column),
                key=f"{prefix}_{field.name}",
                help=field.help or None,
                width=300,
            )
    used = {column for column in chosen.values() if column is not None}
    left = [_column(sheet, column) for column in range(len(sheet.header)) if column not in used]
    if left:
        st.caption(plain(f"Not taken over, because no field is matched to it: {', '.join(left)}."))
    return chosen


def _column(sheet: TableSheet, column: int) -> str:
    return sheet.header[column].strip() or f"Column {column + 1}"


def templates() -> None:
    """A file to fill in for each kind of row, with what has to stand in it."""
    for target, words in TITLES.items():
        needed = [field.label for field in FIELDS[target] if field.needed]
        others = [field.label for field in FIELDS[target] if not field.needed]
        with st.container(gap="xsmall"):
            st.markdown(f"**{words}**")
            st.caption(f"Needed: {', '.join(needed)}. If known: {', '.join(others)}.")
            with st.container(horizontal=True, gap="small"):
                _template(target, "CSV", "csv", "text/csv")
                _template(target, "Excel", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")


def _template(target: Target, called: str, suffix: str, mime: str) -> None:
    make = template_csv if suffix == "csv" else template_xlsx
    st.download_button(
        f"{TITLES[target]}, {called}",
        data=lambda: make(target),
        file_name=f"{target.value}_template.{suffix}",
        mime=mime,
        key=f"import_template_{target.value}_{suffix}",
        icon=":material/download:",
        on_click="ignore",
        type="tertiary",
    )
