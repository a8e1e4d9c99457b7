"""What tests of pages do with a page: look whether it stands, click, unfold, read.

A page is opened with :func:`tests.app.open_page`. Things are found by their keys, not by what is written on them.
"""

from __future__ import annotations

from typing import Any

from streamlit.testing.v1 import AppTest

from pages.components.shell.new import new_records


def sound(app: AppTest) -> AppTest:
    """The page, if its script came to its end; raises AssertionError with the faults otherwise."""
    assert [fault.value for fault in app.exception] == []
    return app


def run(app: AppTest) -> AppTest:
    """The page after its script has run with what its fields hold now."""
    return sound(app.run())


def click(app: AppTest, key: str) -> AppTest:
    """The page after a click on the button of this key, which is not disabled."""
    button = app.button(key=key)
    assert not button.disabled, button.help
    button.click()
    return run(app)


def unfold(app: AppTest, key: str) -> AppTest:
    """The page after the expander of this key was opened."""
    app.session_state[key] = True
    return run(app)


def links_on_page(app: AppTest) -> list[Any]:
    """The links with parameters on the page itself, as messages of Streamlit: without the list New above every page."""
    above = {label for label, _, _ in new_records({})}
    found = [one.proto for one in app.main.get("page_link") if one.proto.query_string]
    return [link for link in found if link.label not in above or "new=" not in link.query_string]


def address(app: AppTest, name: str) -> str:
    """What the page's address says: a list as it was opened, a text once the page has set it."""
    value = app.query_params[name]
    return value if isinstance(value, str) else value[0]


def said(app: AppTest) -> list[str]:
    """The texts that the page draws, in order."""
    return [text.value for text in app.markdown]


def offered_to_undo(app: AppTest) -> str:
    """The sentence beside the button that undoes what was just done; empty where nothing is offered."""
    key = "undo_offer"
    return str(app.session_state[key].says) if key in app.session_state else ""
