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


def _contents(pattern: str) -> list[str]:
    # The package is looked up and not imported: figures are drawn without it too.
    package = find_spec("streamlit")
    folders = [Path(one) / "static" for one in (package.submodule_search_locations or ())] if package else []
    files = [file for folder in folders for file in sorted(folder.rglob(pattern))]
    return [base64.b64encode(file.read_bytes()).decode() for file in files[:1]]
