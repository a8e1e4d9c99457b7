"""The catalogues hold every sentence of the interface, translated, with its placeholders; no sentence is outside them."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from calendar_model.translation import FOLDER, LANGUAGES, SOURCE

ROOT = Path(__file__).resolve().parents[1]
TRANSLATIONS = [code for code in LANGUAGES if code != SOURCE]


@cache
def extracted() -> frozenset[str | tuple[str, ...]]:
    """Every message that the code marks, as ``pybabel extract`` finds them by pyproject.toml."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["babel"]
    methods = [
        (pattern, config["extractors"][mapping["method"]])
        for mapping in config["mappings"]
        for pattern in ([mapping["pattern"]] if isinstance(mapping["pattern"], str) else mapping["pattern"])
    ]
    # Tests of a new environment find their packages inside the project.
    found = extract_from_dir(ROOT, methods, directory_filter=lambda path: "/." not in str(path))
    return frozenset(message for _file, _line, message, _comments, _context in found)


@cache
def catalogue(code: str) -> Catalog:
    with (FOLDER / code / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=code)


def messages(code: str) -> list[Message]:
    return [message for message in catalogue(code) if message.id]


def forms(text: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or ())


def placeholders(text: str) -> set[tuple[str, str | None, str | None]]:
    return {(name, spec, conversion) for _, name, spec, conversion in Formatter().parse(text) if name is not None}


def test_there_is_norwegian() -> None:
    assert "nb" in TRANSLATIONS
    assert len(extracted()) > 1500


@pytest.mark.parametrize("code", TRANSLATIONS)
def test_every_message_of_the_code_is_in_the_catalogue_and_no_other(code: str) -> None:
    known = {message.id for message in messages(code)}
    assert {"missing (run make catalogue)": extracted() - known, "unused": known - extracted()} == {
        "missing (run make catalogue)": set(),
        "unused": set(),
    }


@pytest.mark.parametrize("code", TRANSLATIONS)
def test_everything_is_translated_and_nothing_doubtful(code: str) -> None:
    assert [message.id for message in messages(code) if not all(forms(message.string)) or message.fuzzy] == []


@pytest.mark.parametrize("code", TRANSLATIONS)
def test_a_translation_has_the_placeholders_of_its_message(code: str) -> None:
    wrong = []
    for message in messages(code):
        wanted = set().union(*(placeholders(form) for form in forms(message.id)))
        wrong += [form for form in forms(message.string) if placeholders(form) != wanted]
    assert wrong == []


@pytest.mark.parametrize("code", TRANSLATIONS)
def test_a_translation_begins_and_ends_as_its_message(code: str) -> None:
    """Spaces at the ends join parts of a sentence, and line breaks and marks are Markdown."""
    ends = re.compile(r"^(\s*(?:[#*-]+ )?).*?(\s*)$", re.DOTALL)
    wrong = []
    for message in messages(code):
        for source, target in zip(forms(message.id), forms(message.string), strict=True):
            one, other = ends.match(source), ends.match(target)
            assert one is not None
            assert other is not None
            if one.groups() != other.groups() or source.count("**") != target.count("**"):
                wrong.append((source, target))
    assert wrong == []


LABELLED = {
    *("badge", "button", "caption", "checkbox", "date_input", "dialog", "download_button", "error", "expander"),
    *("file_uploader", "header", "info", "link", "link_button", "markdown", "metric", "multiselect", "number_input"),
    *("page_link", "pills", "popover", "radio", "segmented_control", "selectbox", "spinner", "subheader", "success"),
    *("text_area", "text_input", "time_input", "title", "toast", "toggle", "warning"),
}
"""What draws its first text, or its ``label``, ``body``, ``help`` or ``placeholder``."""


def unmarked(node: ast.expr) -> Iterator[str]:
    """The texts in an expression that no catalogue is asked for."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        if re.search(r"[A-Za-z]{2,}", re.sub(r":[\w/]+[:\[]|<[^>]*>|\.ics\b|https://", "", node.value)):
            yield node.value
    elif isinstance(node, ast.JoinedStr):
        for part in node.values:
            yield from unmarked(part)
    elif isinstance(node, ast.IfExp):
        yield from (*unmarked(node.body), *unmarked(node.orelse))
    elif isinstance(node, ast.BinOp):
        yield from (*unmarked(node.left), *unmarked(node.right))
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from unmarked(value)


def test_what_pages_draw_goes_through_the_catalogue() -> None:
    found = []
    for file in sorted((ROOT / "pages").rglob("*.py")):
        for call in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "attr", "") in LABELLED:
                words = [word.value for word in call.keywords if word.arg in ("label", "body", "help", "placeholder")]
                for part in (*call.args[:1], *words):
                    found += [f"{file.relative_to(ROOT)}:{call.lineno} {text!r}" for text in unmarked(part)]
    assert found == []
