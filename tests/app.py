"""The dashboard in Streamlit's own test runner, without a browser."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from calendar_model.access.unit_of_work import staff
from calendar_model.mission import accounts
from calendar_model.store.models import Person
from pages.components.shell.navigation import MOVED, address_of

ROOT = Path(__file__).resolve().parents[1]

_SCRIPT = f"""
import runpy
from pages.components.shell import current_user
from tests import app
current_user.local_person, current_user.reader_id = app.acting_person, app.acting_id
runpy.run_path({str(ROOT / "dashboard.py")!r}, run_name="__main__")
"""
"""The runner opens a file of a ``pages`` folder beside its script directly, past ``dashboard.py``; this script has none."""


def acting_id() -> str:
    """In place of the reader's own browser: the person as whom a test acts in this session."""
    return str(st.session_state.get("acting", ""))


def acting_person() -> Person | None:
    """In place of the only user of a machine: the person as whom a test acts, unless it leaves that to the product."""
    if "acting" not in st.session_state:
        return accounts.local_person()
    return next((one for one in staff() if one.id == acting_id() and one.active), None) if acting_id() else None


def open_page(
    page: str = "today",
    acting: str | None = "",
    state: Mapping[str, object] | None = None,
    /,
    **params: str | list[str],
) -> AppTest:
    """Runs dashboard.py for the page of this file name, with these URL parameters (lists are repeated names).

    ``acting`` is the identifier of the person who acts; without one it is nobody, with None the product decides.
    ``state`` is what the widgets of the
    page, by their keys, were left at.
    """
    app = AppTest.from_string(_SCRIPT, default_timeout=60)
    for key, value in {"acting": acting, **(state or {})}.items():
        if value is not None:
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
