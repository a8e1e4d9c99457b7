"""The dashboard in Streamlit's own test runner, without a browser."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from pages.components.shell.navigation import MOVED, address_of

ROOT = Path(__file__).resolve().parents[1]

_SCRIPT = f"""
import runpy
runpy.run_path({str(ROOT / "dashboard.py")!r}, run_name="__main__")
"""
"""The runner opens a file of a ``pages`` folder beside its script directly, past ``dashboard.py``; this script has none."""


def open_page(
    page: str = "today", acting: str = "", state: Mapping[str, object] | None = None, /, **params: str | list[str]
) -> AppTest:
    """Runs dashboard.py for the page of this file name, with these URL parameters (lists are repeated names).

    ``acting`` is the identifier of the person who acts; without one it is nobody. ``state`` is what the widgets of the
    page, by their keys, were left at.
    """
    app = AppTest.from_string(_SCRIPT, default_timeout=60)
    for key, value in {"acting": acting, **(state or {})}.items():
        app.session_state[key] = value
    for name, value in params.items():
        app.query_params[name] = value
    # As who opens the page's own address. The runner's public way, switch_page, leads through the first page.
    app._page_hash = calc_hash(page if page in MOVED else address_of(page))
    return app.run()


def everything(app: AppTest) -> str:
    """All that a page sends to the browser, dialogs, tables, options and addresses included, as text to look in."""
    elements = [node.proto for node in app._tree if getattr(node, "proto", None) is not None]
    tables = [frame.value.to_csv() for frame in (*app.dataframe, *app.table)]
    return "\n".join([*map(str, elements), *tables, str(dict(app.query_params))])
