"""A table on the page Import: what its rows are, which column is what, and the templates to begin from."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from calendar_model.imports.explanations import explain_row
from calendar_model.imports.plan import ImportRefused
from calendar_model.imports.table_import import plan_table, write_table
from calendar_model.imports.tables.columns import match_columns, missing_columns
from calendar_model.imports.tables.reader import TableSheet, read_sheets
from calendar_model.imports.templates import TEMPLATES, template_for
from calendar_model.imports.templates.files import template_csv, template_xlsx
from calendar_model.imports.templates.protocol import ImportTemplate
from pages.components.imports.plan import ImportSource, dry_run, fingerprint
from pages.components.shell.context import PageContext
from pages.components.shell.navigation import link
from pages.components.shell.words import plain

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
    template = _choose_template(sheet, f"import_target_{of_sheet}")
    source_url = ""
    if template.corrects_reference:
        st.caption(
            "These dates are facts of the reference: a correction holds for everyone, in every picture and every feed, "
            "until it is taken back."
        )
        link("corrections", "Corrections")
        source_url = st.text_input(
            "Where they were read",
            type="url",
            placeholder="https://…",
            key="import_source_url",
            help="The address stands with every date. A column of the file that names one for its row goes before it.",
        )
    columns = _choose_columns(template, sheet, f"import_column_{of_sheet}_{template.key}")
    missing = ", ".join(column.label for column in missing_columns(template.columns, columns))
    source = ImportSource(
        make=lambda: plan_table(
            context.viewer,
            template,
            sheet,
            columns,
            reference=context.reference,
            table=context.table,
            source_url=source_url.strip(),
        ),
        write=lambda plan, progress: write_table(context.viewer, template, plan, progress),
        explain=lambda line: explain_row(line, template.columns),
        draw_links=lambda: _draw_links(template),
        number_label="Row",
    )
    made_from = fingerprint(data, sheet.name, template.key, columns, source_url, context.viewer)
    dry_run(made_from, source, missing=f"Choose a column first for: {missing}." if missing else "")


def _choose_template(sheet: TableSheet, key: str) -> ImportTemplate:
    templates = {template.key: template for template in TEMPLATES}
    chosen = st.segmented_control(
        "What its rows are",
        list(templates),
        default=template_for(sheet.header).key,
        required=True,
        format_func=lambda key: templates[key].label,
        key=key,
        label_visibility="collapsed",
    )
    return templates[chosen]


def _draw_links(template: ImportTemplate) -> None:
    """The links to what was imported."""
    if template.corrects_reference:
        link(template.page, "Corrections")
        link("timeline", "Timeline")
    else:
        link(template.page, template.label)


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


def _choose_columns(template: ImportTemplate, sheet: TableSheet, prefix: str) -> Mapping[str, int | None]:
    """Which column of the file each column of the template is; what is known by its name is chosen already."""
    st.subheader("Which column is what")
    guessed, chosen = match_columns(template.columns, sheet.header), {}
    choices: list[int | None] = [None, *range(len(sheet.header))]
    with st.container(horizontal=True, key="import_columns"):
        for column in template.columns:
            chosen[column.name] = st.selectbox(
                f"{column.label} (needed)" if column.needed else column.label,
                choices,
                index=choices.index(guessed[column.name]),
                format_func=lambda place: "Not in the file" if place is None else _header(sheet, place),
                key=f"{prefix}_{column.name}",
                help=column.help or None,
                width=300,
            )
    used = {place for place in chosen.values() if place is not None}
    left = [_header(sheet, place) for place in range(len(sheet.header)) if place not in used]
    if left:
        st.caption(plain(f"Not taken over, because no field is matched to it: {', '.join(left)}."))
    return chosen


def _header(sheet: TableSheet, place: int) -> str:
    return sheet.header[place].strip() or f"Column {place + 1}"


def draw_templates() -> None:
    """A file to fill in for each template, with its columns."""
    for template in TEMPLATES:
        needed = [column.label for column in template.columns if column.needed]
        others = [column.label for column in template.columns if not column.needed]
        with st.container(gap="xsmall"):
            st.markdown(f"**{template.label}**")
            st.caption(f"Needed: {', '.join(needed)}. If known: {', '.join(others)}.")
            with st.container(horizontal=True, gap="small"):
                _download(template, "CSV", "csv", "text/csv")
                _download(
                    template, "Excel", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
                )


def _download(template: ImportTemplate, label: str, suffix: str, mime: str) -> None:
    make = template_csv if suffix == "csv" else template_xlsx
    st.download_button(
        f"{template.label}, {label}",
        data=lambda: make(template),
        file_name=f"{template.key}_template.{suffix}",
        mime=mime,
        key=f"import_template_{template.key}_{suffix}",
        icon=":material/download:",
        on_click="ignore",
        type="tertiary",
    )
