"""Links to documents and the reference in the archive, on the pages of records."""

from __future__ import annotations

import pytest

from calendar_model.access.permissions import Viewer
from calendar_model.mission.documents import archived_as, documents_of
from calendar_model.mission.statements import commands
from calendar_model.mission.transactions import save
from calendar_model.store.models import Engagement
from calendar_model.terms import EngagementForm, EngagementKind, StatementFormat
from tests.app import open_page
from tests.day import TODAY
from tests.pages.driver import click, sound


@pytest.mark.parametrize("page", ["engagements", "statements"])
def test_a_document_is_added_and_removed_and_the_reference_entered(me: Viewer, page: str) -> None:
    if page == "engagements":
        values = {"engagement_kind": EngagementKind.CONSULTED, "on": TODAY, "form": EngagementForm.ONLINE}
        made = save(me, Engagement, {"title": "Talk", **values})
    else:
        made = commands.start_statement(me, {"title": "Item 4", "format": StatementFormat.STATEMENT}, text="Thanks.")
    app = sound(open_page(page, me.person_id, record=made))
    app.text_input(key=f"document_address_{made}").input("https://archive.example/[17](x)")
    app.text_input(key=f"document_title_{made}").input("The *letter*")
    click(app, f"document_add_{made}")
    (link,) = documents_of(me, made)
    assert (link.url, link.document_title) == ("https://archive.example/[17](x)", "The *letter*")
    app.text_input(key=f"archived_as_{made}").input("2026/17")
    click(app, f"archived_save_{made}")
    found = archived_as(me, made)
    assert found is not None
    assert found.reference == "2026/17"
    click(app, f"document_remove_{link.id}")
    assert list(documents_of(me, made)) == []
