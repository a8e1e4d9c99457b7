"""What is too long for a field stays in it, and is told."""

from __future__ import annotations

import ast

import pytest

from calendar_model.access.permissions import Viewer
from calendar_model.store.models import Engagement, Record, Statement, longest
from pages.components.shell import navigation
from tests.app import open_page
from tests.pages.driver import run, sound


@pytest.mark.parametrize(
    ("page", "new", "kind", "field"),
    [("statements", "national", Statement, "title"), ("engagements", "consulted", Engagement, "place")],
)
def test_a_text_that_is_too_long_is_kept_and_reported(
    me: Viewer, page: str, new: str, kind: type[Record], field: str
) -> None:
    most = longest(kind, field)
    app = open_page(page, me.person_id, new=new)
    (box,) = [one for one in app.text_input if (one.key or "").endswith(f"_{field}")]
    box.set_value("x" * most).run()
    assert list(app.warning) == []
    (box,) = [one for one in app.text_input if (one.key or "").endswith(f"_{field}")]
    box.set_value("x" * (most + 100)).run()
    (said,) = [one.value for one in app.warning]
    assert f"{most + 100:,}" in said
    assert "Shorten it by 100" in said
    assert [one.value for one in app.text_input if (one.key or "").endswith(f"_{field}")] == ["x" * (most + 100)]


def test_no_field_lets_the_browser_drop_what_is_too_long() -> None:
    cut = [
        f"{file.name}:{call.lineno}"
        for file in navigation.FOLDER.rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(call, ast.Call) and any(word.arg == "max_chars" for word in call.keywords)
    ]
    assert cut == []


def test_the_mark_of_a_classified_document_is_warned_of_and_nothing_is_lost(me: Viewer) -> None:
    app = sound(open_page("engagements", me.person_id, new="consulted"))
    app.text_area(key="engagement_new_outcome").set_value("FORTROLIG\nThey were questioned.")
    app = run(app)
    assert any("FORTROLIG" in warning.value for warning in app.warning)
    assert app.text_area(key="engagement_new_outcome").value == "FORTROLIG\nThey were questioned."
