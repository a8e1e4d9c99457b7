"""What a person typed is never markup: every page shows titles, names and parameters as they were written.

Every text of every table holds links, icons, formulas and the like; every page and every record's page is opened, and
what is sent to the browser is taken apart. A field that Streamlit reads as Markdown, or as HTML, must hold the typed
text only as :func:`plain`, or ``html.escape``, writes it. Where a field is not known to be one or the other, and holds
a typed text, the test asks for it to be classed.
"""

from __future__ import annotations

import ast
import html
import json
import re
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

import pytest
from google.protobuf.message import Message  # type: ignore[import-untyped]
from streamlit.testing.v1 import AppTest

from calendar_model.store.database import FOLDER_VARIABLE
from calendar_model.store.models import Base
from pages.components.cycles import upr_address
from pages.components.shell import item_outcomes, item_panel, navigation
from pages.components.shell.words import plain
from tests.app import open_page
from tests.hostile import MARKUP, Hostile, hostile_workspace, typed_columns
from tests.imports.calendars import calendar, event

TRACES = re.compile(r"evil|qz|:smile:|:material|:red\[", re.IGNORECASE)

MARKDOWN = {
    *((name, "label") for name in ("Button", "Checkbox", "DateInput", "DownloadButton", "FileUploader", "LinkButton")),
    *((name, "label") for name in ("MultiSelect", "NumberInput", "PageLink", "Radio", "Selectbox", "TextArea")),
    *((name, "label") for name in ("TextInput", "TimeInput", "Metric", "ButtonGroup", "Expandable", "Popover", "Tab")),
    ("Alert", "body"),
    ("Button", "help"),
    ("Alert", "title"),
    ("Dialog", "title"),
    ("Heading", "body"),
    ("Markdown", "body"),
    ("Metric", "body"),
    ("Option", "content"),
    ("Progress", "text"),
    ("Radio", "captions"),
    ("Radio", "options"),
    ("Spinner", "text"),
    ("Toast", "body"),
    ("table", "cell"),
}
FIGURE = ("PlotlyChart", "spec")
"""Plotly reads a little HTML, and wraps and cuts what it is given: a tag that was typed would stand there as a tag."""
HTML = {("Html", "body")}
PLAIN = {
    *((name, field) for name in ("Selectbox", "MultiSelect") for field in ("options", "placeholder")),
    ("Selectbox", "raw_value"),
    ("MultiSelect", "raw_values"),
    *((name, field) for name in ("TextInput", "TextArea") for field in ("default", "value", "placeholder")),
    ("Code", "code_text"),
    ("dataframe", "cell"),
    ("Dataframe", "alt"),
    ("Table", "alt"),
    ("PlotlyChart", "alt"),
    ("LinkButton", "url"),
    # The editor's own script puts it into a field.
    ("BidiComponent", "json"),
}
"""Fields whose text the browser shows as it is."""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Hostile:
    return hostile_workspace(tmp_path_factory.mktemp("hostile"))


def typed(message: Message) -> Iterator[tuple[tuple[str, str], str]]:
    """Every text in a message and what hangs in it, by the message and field in which it is."""
    for field, value in message.ListFields():
        many = value if isinstance(value, Iterable) and not isinstance(value, str | bytes | Message) else [value]
        for one in many:
            if isinstance(one, Message):
                yield from typed(one)
            elif isinstance(one, str):
                where = message.DESCRIPTOR.name, field.name
                yield from ((where, text) for text in (in_figure(json.loads(one)) if where == FIGURE else [one]))


def in_figure(value: Any) -> Iterator[str]:
    """Every text in a figure."""
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from in_figure(one)
    elif isinstance(value, str):
        yield value


def sent(app: AppTest) -> Iterator[tuple[tuple[str, str], str]]:
    """Every text of a page that can be told from a number, tables cell by cell."""
    for node in app._tree:
        if isinstance(proto := getattr(node, "proto", None), Message):
            yield from typed(proto)
    for kind, frames in (("table", app.table), ("dataframe", app.dataframe)):
        for frame in frames:
            for column, cells in frame.value.items():
                yield from (((kind, "cell"), str(cell)) for cell in (column, *cells))


def as_it_is(text: str) -> str:
    """What is left of a text of Markdown or HTML without what was typed, as it should be written."""
    written = {
        way(typed) for typed in (MARKUP, LINK) for way in (plain, html.escape, partial(html.escape, quote=False))
    }
    for one in sorted(written, key=len, reverse=True):
        text = re.sub(re.escape(one), "", text, flags=re.IGNORECASE)
    return text


def faults(app: AppTest) -> list[tuple[str, str, str]]:
    assert [error.value for error in app.exception] == []
    found = []
    for where, text in sent(app):
        if where == FIGURE and "<b>qz" in text:
            found.append((*where, text[:200]))
        if "evil" not in text.lower() or where in PLAIN or where == FIGURE or where[1] == "id":
            continue
        left = as_it_is(text) if where in MARKDOWN | HTML else text
        if trace := TRACES.search(left):
            found.append((*where, left[max(0, trace.start() - 60) : trace.end() + 60]))
    return found


@pytest.fixture
def there(hostile: Hostile, monkeypatch: pytest.MonkeyPatch) -> Hostile:
    monkeypatch.setenv(FOLDER_VARIABLE, str(hostile.folder))
    return hostile


PAGES = [page.file for page in navigation.PAGES]


@pytest.mark.parametrize("page", PAGES)
def test_no_page_takes_a_typed_text_for_markup(page: str, there: Hostile) -> None:
    found = faults(open_page(page, there.person))
    assert not found, "\n".join(map(str, found))


def test_no_record_is_taken_for_markup_on_its_page(there: Hostile) -> None:
    found = {}
    for kind, page in navigation.PAGE_OF.items():
        for record in there.kinds.get(str(kind), []):
            if left := faults(open_page(page, there.person, record=record)):
                found[f"{kind} {record}"] = left
    assert not found, "\n".join(f"{one}: {fault}" for one, faults in found.items() for fault in faults)


PARAMETERS = {
    "ITEM": item_panel.ITEM,
    "RECORD": navigation.RECORD,
    "NEW": navigation.NEW,
    "LINK": navigation.LINK,
    "WITH": navigation.WITH,
    "IN": navigation.IN,
}
PARAMETERS |= {
    "OUTCOME": item_outcomes.OUTCOME,
    "OF": navigation.OF,
    "SHOW": "show",
    "FILE": "file",
    "ROW": "row",
    "BY": upr_address.BY,
    "STATE": upr_address.STATE,
    '"tz"': "tz",
}
"""What the pages' own code reads from the address, by the word with which it does."""

LINK = "[qz](http://evil.example)"
FILTERS = ("organisation", "kind", "track", "country", "standing", "body", "q", "from", "zoom", "cycle")


def test_every_parameter_of_the_address_is_tried() -> None:
    read = r"query_params(?:\.get(?:_all)?\(|\[)([A-Z]+|\"\w+\")"
    found = {name for file in navigation.FOLDER.rglob("*.py") for name in re.findall(read, file.read_text("utf-8"))}
    assert found == set(PARAMETERS)


OF_RECORDS = sorted({*navigation.PAGE_OF.values(), "settings", "imports"})
ASKED = [
    *((page, ("item", "outcome", "tz", "show", *FILTERS)) for page in PAGES),
    *((page, ("record",)) for page in OF_RECORDS),
    *((page, ("new", "tie", "with", "in", "file", "row")) for page in OF_RECORDS),
    ("dossier", ("of",)),
    ("upr", (upr_address.BY, upr_address.STATE)),
]


@pytest.mark.parametrize(("page", "asked"), ASKED, ids=lambda part: part if isinstance(part, str) else part[0])
def test_no_parameter_of_an_address_is_taken_for_markup(page: str, asked: tuple[str, ...], there: Hostile) -> None:
    # What the filter does not know is told by its beginning.
    values = {name: LINK if name in FILTERS else MARKUP for name in asked}
    found = faults(open_page(page, there.person, None, **values))
    assert not found, "\n".join(map(str, found))


TYPED = {column for table in Base.metadata.sorted_tables for column in typed_columns(table)}
SAFE = {"plain", "plain_lines", "linked", "len", "link"}
LABELLED = {
    *("badge", "button", "caption", "checkbox", "date_input", "dialog", "download_button", "error", "expander"),
    *("file_uploader", "header", "info", "link", "link_button", "markdown", "metric", "multiselect", "number_input"),
    *("page_link", "popover", "progress", "radio", "selectbox", "spinner", "subheader", "success", "tabs", "text_area"),
    *("text_input", "time_input", "title", "toast", "toggle", "warning", "write"),
}
"""What draws its first text, or its ``label``, ``body`` or ``help``, as Markdown."""


def unescaped(node: ast.AST) -> Iterator[str]:
    """What people type, by the name of its column, in an expression that writes Markdown."""
    if isinstance(node, ast.Call) and (getattr(node.func, "id", "") or getattr(node.func, "attr", "")) in SAFE:
        return
    if isinstance(node, ast.Compare):
        return
    if isinstance(node, ast.IfExp):
        yield from (*unescaped(node.body), *unescaped(node.orelse))
        return
    if isinstance(node, ast.Attribute) and node.attr in TYPED:
        yield ast.unparse(node)
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and node.slice.value in TYPED:
        yield ast.unparse(node)
    for child in ast.iter_child_nodes(node):
        # Of what is called only what it is called with counts.
        if not (isinstance(node, ast.Call) and child is node.func):
            yield from unescaped(child)
        elif isinstance(child, ast.Attribute):
            yield from unescaped(child.value)


def test_no_label_takes_a_typed_column_without_escaping() -> None:
    found = []
    for file in navigation.FOLDER.rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "attr", "") in LABELLED:
                words = [word.value for word in call.keywords if word.arg in ("label", "body", "help")]
                for part in (*call.args[:1], *words):
                    found += [f"{file.name}:{call.lineno} {what}" for what in unescaped(part)]
    assert found == []


def test_nothing_in_somebody_else_s_calendar_is_taken_for_markup(there: Hostile) -> None:
    app = open_page("imports", there.person)
    lines = (f"SUMMARY:{MARKUP}", f"LOCATION:{MARKUP}", f"DESCRIPTION:{MARKUP}", f"X-WR-CALNAME:{MARKUP}")
    days = ("DTSTART;VALUE=DATE:20270304", "DTEND;VALUE=DATE:20270305")
    broken = event("DTSTART:soon", uid="two", title=MARKUP)
    app.file_uploader(key="import_file").set_value(
        (f"{MARKUP}.ics", calendar(event(*days, *lines[1:3], uid="one", title=MARKUP), broken, head=lines[3]), "")
    )
    app.run()
    (body,) = [box for box in app.selectbox if (box.key or "").endswith("_body")]
    body.set_value("un-hrc").run()
    (look,) = [button for button in app.button if (button.key or "").endswith("import_look_button")]
    look.click().run()
    assert faults(app) == []
    assert any("qz" in frame.value.to_csv() for frame in app.dataframe)
