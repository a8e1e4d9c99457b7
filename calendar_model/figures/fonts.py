"""The product's two families as files, to be put into pictures.

The pages get them from Streamlit, which serves them. A picture is opened elsewhere, so it needs them within itself.
"""

from __future__ import annotations

import base64
from functools import cache
from importlib.util import find_spec
from pathlib import Path

SANS, SERIF = "Source Sans", "Source Serif"

_FILES = {SANS: "SourceSansVF-Upright.*.woff2", SERIF: "SourceSerifVariable-Roman.*.woff2"}
"""Variable fonts of all weights."""


@cache
def font_faces() -> str:
    """Return the families as a CSS style sheet with the fonts in it; without those whose file is not found."""
    return "".join(
        f'@font-face{{font-family:"{family}";font-weight:200 900;src:url(data:font/woff2;base64,{content})}}'
        for family, pattern in _FILES.items()
        for content in _contents(pattern)
    )


def font_file(family: str) -> Path | None:
    """The file of a family (WOFF2, variable); None if it is not installed."""
    return next(iter(_found(_FILES[family])), None)


def _contents(pattern: str) -> list[str]:
    return [base64.b64encode(file.read_bytes()).decode() for file in _found(pattern)[:1]]


def _found(pattern: str) -> list[Path]:
    # The package is looked up and not imported: figures are drawn without it too.
    package = find_spec("streamlit")
    folders = [Path(one) / "static" for one in (package.submodule_search_locations or ())] if package else []
    return [file for folder in folders for file in sorted(folder.rglob(pattern))]
