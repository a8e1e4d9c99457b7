"""What keeps the house in order beside the order of rooms: names that one can search for."""

from __future__ import annotations

import ast
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CODE = [
    path
    for folder in ("calendar_model", "pages")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if path.parent.name != "versions"
]


def tree(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def defined_twice() -> dict[str, list[str]]:
    """The names of classes that more than one file defines, with the files."""
    found = defaultdict(list)
    for path in CODE:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ClassDef):
                found[node.name].append(str(path.relative_to(ROOT)))
    return {name: files for name, files in found.items() if len(files) > 1}


def test_no_class_is_defined_twice() -> None:
    assert defined_twice() == {}


def imported(path: Path) -> Iterator[str]:
    """The modules that a file imports, by their full names."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", sorted((ROOT / "pages").glob("*.py")), ids=lambda path: path.stem)
def test_a_page_imports_no_other_page(path: Path) -> None:
    others = {f"pages.{other.stem}" for other in (ROOT / "pages").glob("*.py")}
    assert others.intersection(imported(path)) == set()


def test_components_import_no_page() -> None:
    pages = {f"pages.{page.stem}" for page in (ROOT / "pages").glob("*.py")}
    components = sorted((ROOT / "pages" / "components").rglob("*.py"))
    assert {str(path) for path in components if pages.intersection(imported(path))} == set()


MADE_IN_THE_RUN = {"pages/components/widgets/pictures.py", "pages/corrections.py"}
"""Where the bytes of a download are made while the page is drawn."""


def test_a_file_that_is_made_at_the_click_is_named_for_its_reader() -> None:
    """Under another name the server gives it to nobody once there is a sign-in."""
    found = set()
    for path in sorted((ROOT / "pages").rglob("*.py")):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".download_button"):
                (data,) = [one.value for one in node.keywords if one.arg == "data"]
                if not ast.unparse(data).startswith("for_reader("):
                    found.add(str(path.relative_to(ROOT)))
    assert found == MADE_IN_THE_RUN


def test_no_page_carries_a_stylesheet_of_its_own() -> None:
    carriers = [path for path in CODE if path.is_relative_to(ROOT / "pages") and "<style" in path.read_text("utf-8")]
    assert carriers == []


def test_the_stylesheet_uses_the_colours_of_the_theme() -> None:
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
    sheet = (ROOT / "pages" / "components" / "shell" / "style.css").read_text("utf-8")
    for name, option in (("--link", "linkColor"), ("--ground", "backgroundColor")):
        assert f"{name}: light-dark({theme['light'][option]}, {theme['dark'][option]});" in sheet
