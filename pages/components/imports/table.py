"""A table on the Import page: its template, its columns, its preview, and blank templates."""

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
from calendar_model.translation import gettext as _
from pages.components.imports.plan import ImportSource, dry_run, fingerprint
from pages.components.shell.context import PageContext, in_english
from pages.components.shell.current_user import for_reader
from pages.components.shell.navigation import link
from pages.components.shell.words import plain

_SHEETS = "import_sheets"


def table_file(data: bytes, file_name: str, context: PageContext) -> None:
    """Draws the settings for a table with this name and content, and its preview."""
    sheets = _read(data, file_name)
    if isinstance(sheets, str):
        st.error(plain(sheets))
        return
    st.subheader(_("Type of records"))
    of_file = fingerprint(data, file_name)[:12]
    sheet = sheets[0]
    if len(sheets) > 1:
        number = st.selectbox(
            _("Sheet"),
            range(len(sheets)),
            format_func=lambda place: _("{name}, {count:,} rows").format(
                name=sheets[place].name, count=len(sheets[place].rows)
            ),
            key=f"import_sheet_{of_file}",
        )
        sheet = sheets[number]
    of_sheet = fingerprint(b"", sheet.name, sheet.header)[:12]
    template = _choose_template(sheet, f"import_target_{of_sheet}")
    source_url = ""
    if template.corrects_reference:
        st.caption(
            _(
                "These dates are reference data. Each import is a correction for everyone, in every view and feed, "
                "until it is withdrawn."
            )
        )
        link("corrections", _("Corrections"))
        source_url = st.text_input(
            _("Source URL"),
            type="url",
            placeholder="https://…",
            key="import_source_url",
            help=_("Shown with every date. A source in the file's own column takes precedence."),
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
            recorded=in_english(context)[1],
            source_url=source_url.strip(),
        ),
        write=lambda plan, progress: write_table(context.viewer, template, plan, progress),
        explain=lambda line: explain_row(line, template.columns),
        draw_links=lambda: _draw_links(template),
        noun=("row", "rows"),
        number_label=_("Row"),
    )
    made_from = fingerprint(data, sheet.name, template.key, columns, source_url, context.viewer)
    dry_run(made_from, source, missing=_("Select a column for: {missing}.").format(missing=missing) if missing else "")


def _choose_template(sheet: TableSheet, key: str) -> ImportTemplate:
    templates = {template.key: template for template in TEMPLATES}
    chosen = st.segmented_control(
        _("Type of records"),
        list(templates),
        default=template_for(sheet.header).key,
        required=True,
        format_func=lambda key: templates[key].label,
        key=key,
        label_visibility="collapsed",
    )
    return templates[chosen]


def _draw_links(template: ImportTemplate) -> None:
    """Draws links to the imported records."""
    if template.corrects_reference:
        link(template.page, _("Corrections"))
        link("timeline", _("Timeline"))
    else:
        link(template.page, template.label)


def _read(data: bytes, file_name: str) -> tuple[TableSheet, ...] | str:
    """The sheets of the file, read once; a sentence if it cannot be read."""
    made_from = fingerprint(data, file_name)
    kept = st.session_state.get(_SHEETS)
    if kept is None or kept[0] != made_from:
        with st.spinner(_("Reading the file"), show_time=False):
            try:
                read: tuple[TableSheet, ...] | str = read_sheets(data, file_name)
            except ImportRefused as refused:
                read = str(refused)
        kept = st.session_state[_SHEETS] = (made_from, read)
    found: tuple[TableSheet, ...] | str = kept[1]
    return found


def forget() -> None:
    """Drops the sheets of a file that has been removed."""
    st.session_state.pop(_SHEETS, None)


def _choose_columns(template: ImportTemplate, sheet: TableSheet, prefix: str) -> Mapping[str, int | None]:
    """Draws the match of the template's columns to those of the file; columns known by name are selected already."""
    st.subheader(_("Match columns"))
    guessed, chosen = match_columns(template.columns, sheet.header), {}
    choices: list[int | None] = [None, *range(len(sheet.header))]
    with st.container(horizontal=True, key="import_columns"):
        for column in template.columns:
            chosen[column.name] = st.selectbox(
                _("{label} (required)").format(label=column.label) if column.needed else column.label,
                choices,
                index=choices.index(guessed[column.name]),
                format_func=lambda place: _("Not in the file") if place is None else _header(sheet, place),
                key=f"{prefix}_{column.name}",
                help=column.help or None,
                width=300,
            )
    used = {place for place in chosen.values() if place is not None}
    left = [_header(sheet, place) for place in range(len(sheet.header)) if place not in used]
    if left:
        st.caption(plain(_("Columns not matched and not imported: {left}.").format(left=", ".join(left))))
    return chosen


def _header(sheet: TableSheet, place: int) -> str:
    return sheet.header[place].strip() or _("Column {place}").format(place=place + 1)


def draw_templates() -> None:
    """Draws a blank file to download for each template, with its columns."""
    for template in TEMPLATES:
        needed = [column.label for column in template.columns if column.needed]
        others = [column.label for column in template.columns if not column.needed]
        with st.container(gap="xsmall"):
            st.markdown(f"**{template.label}**")
            st.caption(
                _("Required: {needed}. Optional: {others}.").format(needed=", ".join(needed), others=", ".join(others))
            )
            with st.container(horizontal=True, gap="small"):
                _download(template, "CSV", "csv", "text/csv")
                _download(
                    template, _("Excel"), "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
                )


def _download(template: ImportTemplate, label: str, suffix: str, mime: str) -> None:
    make = template_csv if suffix == "csv" else template_xlsx
    st.download_button(
        f"{template.label}, {label}",
        data=for_reader(lambda: make(template)),
        file_name=f"{template.key}_template.{suffix}",
        mime=mime,
        key=f"import_template_{template.key}_{suffix}",
        icon=":material/download:",
        on_click="ignore",
        type="tertiary",
    )
