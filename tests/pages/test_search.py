"""The search above every page, and the list of new records."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.mission.transactions import save
from calendar_model.store.models import Engagement, Person
from calendar_model.terms import EngagementForm, EngagementKind
from calendar_model.vocabulary import Sensitivity
from tests.app import everything, open_page
from tests.day import TODAY

SECRET = "Quiet meeting"


def searched(text: str, acting: str = "", page: str = "timeline") -> AppTest:
    app = open_page(page, acting, {"search_text": text})
    app.button(key="search_everything").click().run()
    assert not app.exception
    return app


def found(app: AppTest) -> list[str]:
    return [button.label for button in app.button if str(button.key).startswith("found_")]


def links(app: AppTest) -> list[str]:
    return [one.proto.label for one in app.get("page_link")]


def kept(viewer: Viewer) -> str:
    values = {
        "engagement_kind": EngagementKind.CONSULTED,
        "title": SECRET,
        "on": TODAY,
        "form": EngagementForm.IN_PERSON,
    }
    return save(viewer, Engagement, {**values, "sensitivity": Sensitivity.RESTRICTED})


def test_it_finds_items_whatever_the_filter_is() -> None:
    app = open_page("timeline", "", {"search_text": "general assembly 81st"}, organisation="osce")
    app.button(key="search_everything").click().run()
    assert "General Assembly, 81st session" in found(app)


def test_it_finds_pages_and_new_records_by_name() -> None:
    assert "Corrections" in links(searched("corrections"))
    assert "New: statement" in links(searched("new statement", save(ANONYMOUS, Person, {"name": "Desk officer"})))


def test_it_finds_records_only_for_those_who_may_see_them() -> None:
    officer, other = (save(ANONYMOUS, Person, {"name": name}) for name in ("Desk officer", "Other"))
    record = kept(member(officer))
    app = searched("quiet", officer)
    (hit,) = [one.proto for one in app.get("page_link") if "record=" in one.proto.query_string]
    assert (hit.label, hit.query_string) == (f"{SECRET} · Engagement", f"record={record}")
    for person in (other, ""):
        assert SECRET not in everything(searched("quiet", person))


def test_the_form_of_a_new_record_is_found_linked_to_an_item() -> None:
    officer = save(ANONYMOUS, Person, {"name": "Desk officer"})

    def first(text: str, acting: str = officer) -> str:
        found_links = [one.proto.query_string for one in searched(text, acting).get("page_link")]
        return next((query for query in found_links if "tie=" in query), "")

    assert first("new side event hrc64") == "new=event&tie=session-HRC64"
    assert first("new recommendation haiti") == "new=upr-recommendation&tie=upr-4-HTI"
    assert first("new language ga81") == "new=language&tie=session-GA81"
    assert first("new contact hrc64") == ""
    assert first("side event no-such-item") == ""
    assert first("new side event hrc64", acting="") == ""


def test_the_calendar_of_an_organisation_is_found() -> None:
    app = searched("osce")
    app.button(key="found_organisation_osce").click().run()
    assert not app.exception
    assert app.session_state["organisation"] == ["osce"]


def test_what_is_not_found_gets_a_sentence() -> None:
    app = searched("no such *words*")
    assert found(app) == []
    assert any("“no such \\*words\\*”" in text.value for text in app.markdown)


def test_it_closes_the_panel_of_an_item() -> None:
    app = open_page("timeline", item="session-GA81")
    app.button(key="search_everything").click().run()
    assert not app.exception
    assert "item" not in app.query_params


def test_new_records_are_linked_to_what_is_open() -> None:
    officer = save(ANONYMOUS, Person, {"name": "Desk officer"})
    record = kept(member(officer))
    for page, parameters, linked in (
        ("timeline", {}, ""),
        ("dossier", {"of": "session-HRC64"}, "&tie=session-HRC64"),
        ("engagements", {"record": record}, f"&with={record}"),
    ):
        app = open_page(page, officer, **parameters)
        forms = [one.proto.query_string for one in app.get("page_link") if one.proto.label == "Statement"]
        assert f"new=statement{linked}" in forms, page
    assert not any(one.proto.query_string.startswith("new=") for one in open_page("timeline").get("page_link"))
