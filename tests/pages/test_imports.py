"""The page Import, opened through the entrance on Tuesday 24 November 2026."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.unit_of_work import reading
from calendar_model.imports import fetching, remote
from calendar_model.imports.plan import Outcome
from calendar_model.imports.templates import TEMPLATES
from calendar_model.mission.transactions import save
from calendar_model.mission.visible_calendar import calendar_for
from calendar_model.store.models import Correction, Engagement, Event, Person, Record
from calendar_model.terms import EngagementKind, EventKind
from calendar_model.vocabulary import Sensitivity, Standing
from tests.app import everything, open_page
from tests.imports.calendars import calendar, event

SOURCE = "https://www.ohchr.org/en/hr-bodies/hrc/sessions"
SECRET = "secret-of-theirs"
ZURICH = "TZID=Europe/Zurich"


def briefing(day: int = 3, title: str = "Briefing") -> str:
    return event(
        f"DTSTART;{ZURICH}:202703{day:02}T100000", f"DTEND;{ZURICH}:202703{day:02}T113000", uid="one", title=title
    )


DEBRIEF = event("DTSTART;VALUE=DATE:20270310", uid="two", title="Debrief")


def ran(app: AppTest) -> AppTest:
    assert [error.value for error in app.exception] == []
    return app


def page(who: Viewer, **parameters: str) -> AppTest:
    return ran(open_page("imports", who.person_id, **parameters))


def upload(app: AppTest, data: bytes, name: str = "team.ics") -> AppTest:
    app.file_uploader(key="import_file").set_value((name, data, ""))
    return ran(app.run())


def press(app: AppTest, key: str) -> AppTest:
    (button,) = [button for button in app.button if (button.key or "").startswith(key)]
    return ran(button.click().run())


def look(app: AppTest) -> AppTest:
    return press(app, "import_look_button")


def take_over(app: AppTest) -> AppTest:
    return press(app, "import_go_button")


def choose(app: AppTest, **values: Any) -> AppTest:
    """Sets fields, by the end of their keys."""
    fields: list[Any] = [*app.selectbox, *app.text_input, *app.date_input]
    for name, value in values.items():
        (field,) = [one for one in fields if (one.key or "").endswith(f"_{name}")]
        field.set_value(value)
    return ran(app.run())


def uploaded(who: Viewer, *events: str) -> AppTest:
    """The page with a calendar of these events and the body chosen, looked at."""
    return look(choose(upload(page(who), calendar(*events)), body="un-hrc"))


def buttons(app: AppTest) -> dict[str, bool]:
    """The buttons that look and take over, and whether they can be pressed."""
    return {
        one.label: not one.disabled for one in app.button if (one.key or "").startswith(("import_look", "import_go"))
    }


def says(app: AppTest) -> list[str]:
    """What the page says of the plan, in its order of loudness."""
    told = [*app.error, *app.warning, *app.success, *app.markdown]
    return [str(one.value) for one in told]


OF_TIME = ("Hours", "Time zone", "Date status")


def lines(app: AppTest) -> list[tuple[Any, ...]]:
    """The table of what becomes of each line, without the columns of hours and standing."""
    (frame,) = app.dataframe
    shown = frame.value.drop(columns=list(OF_TIME), errors="ignore")
    return [tuple(row) for row in shown.itertuples(index=False)]


def columns(app: AppTest, place: int, *names: str) -> list[tuple[Any, ...]]:
    """Some columns of one of the tables."""
    return [tuple(row) for row in app.dataframe[place].value[list(names)].itertuples(index=False)]


def kept(who: Viewer, kind: type[Record] = Event) -> list[Any]:
    with reading(who) as session:
        return list(session.scalars(select(kind).order_by(kind.title)))


def days(who: Viewer) -> dict[str, date]:
    return {one.title: one.start for one in kept(who)}


# --- A calendar from a file


def test_import_needs_a_user(me: Viewer) -> None:
    app = page(ANONYMOUS)
    assert says(app) == [
        "Imports are visible to users only. Select your name to see this page; new users: add yourself in Settings."
    ]
    assert [*app.file_uploader] == []


def test_a_calendar_is_previewed_before_it_is_imported(me: Viewer) -> None:
    app = upload(page(me), calendar(briefing(), DEBRIEF, event("DTSTART:soon", uid="three", title="Broken")))
    assert buttons(app) == {"Preview import": False}
    assert app.caption[-1].value == "Choose the organisation or body to which the events belong."
    assert app.selectbox(key="import_zone").value == "UTC"
    choose(app, body="un-hrc")
    assert app.selectbox(key="import_zone").value == "Europe/Zurich"
    assert (buttons(app), kept(me)) == ({"Preview import": True}, [])
    look(app)
    assert says(app) == ["**2 new, 1 refused.** Nothing has been imported yet."]
    assert lines(app) == [
        ("Refused", "Broken", "", "Its dates or times cannot be read."),
        ("New", "Briefing", "Wed 3 Mar 2027", ""),
        ("New", "Debrief", "Wed 10 Mar 2027", ""),
    ]
    assert (buttons(app), kept(me)) == ({"Preview again": True, "Import 2 events": True}, [])
    # Of one outcome only, and of all again.
    choices = app.button_group(key="import_show")
    assert choices.options == ["New: 2", "Refused: 1"]
    ran(choices.set_value(Outcome.REFUSED).run())
    assert [row[1] for row in lines(app)] == ["Broken"]

    take_over(app)
    assert says(app) == ["Imported: 2 new."]
    assert [row[1] for row in lines(app)] == ["Broken"]
    first, second = kept(me)
    assert (first.title, first.start, first.start_time, first.timezone) == (
        "Briefing",
        date(2027, 3, 3),
        time(10),
        "Europe/Zurich",
    )
    assert {(one.body, one.event_kind, one.sensitivity, one.owner_id, one.sample) for one in (first, second)} == {
        ("un-hrc", EventKind.MEETING, Sensitivity.INTERNAL, me.person_id, False)
    }


def test_the_preview_warns_of_the_mark_of_a_classified_document(me: Viewer) -> None:
    app = uploaded(me, event("DTSTART:20270303", "DESCRIPTION:FORTROLIG", uid="one", title="Briefing"), DEBRIEF)
    assert any("FORTROLIG" in warning.value for warning in app.warning)


def test_the_same_file_changes_nothing_and_a_changed_one_moves_events(me: Viewer) -> None:
    app = take_over(uploaded(me, briefing(), DEBRIEF))
    before = [one.id for one in kept(me)]
    assert says(look(app)) == [
        "**2 unchanged.** Nothing has been imported yet.",
        "Nothing to import: everything is already in the calendar.",
    ]
    assert buttons(app) == {"Preview again": True}

    upload(app, calendar(briefing(day=4), DEBRIEF))
    assert says(app) == ["The settings have changed. Preview again before you import."]
    assert (buttons(app), [*app.dataframe]) == ({"Preview again": True}, [])
    look(app)
    assert says(app) == ["**1 changed, 1 unchanged.** Nothing has been imported yet."]
    assert lines(app)[0][3] == (
        "When: Wed 3 Mar 2027, 10:00–11:30 (Europe/Zurich) → Thu 4 Mar 2027, 10:00–11:30 (Europe/Zurich)."
    )
    assert days(me)["Briefing"] == date(2027, 3, 3)
    assert says(take_over(app)) == ["Imported: 1 changed."]
    assert days(me) == {"Briefing": date(2027, 3, 4), "Debrief": date(2027, 3, 10)}
    assert [one.id for one in kept(me)] == before


def test_a_preview_shows_hours_zone_and_status_and_a_series_in_one_row(me: Viewer) -> None:
    series = event(
        f"DTSTART;{ZURICH}:20270301T100000",
        f"DTEND;{ZURICH}:20270301T113000",
        "RRULE:FREQ=WEEKLY;COUNT=3",
        "STATUS:TENTATIVE",
        uid="series",
        title="Weekly",
    )
    moved = event(
        f"RECURRENCE-ID;{ZURICH}:20270308T100000",
        f"DTSTART;{ZURICH}:20270309T150000",
        f"DTEND;{ZURICH}:20270309T160000",
        "STATUS:TENTATIVE",
        uid="series",
        title="Weekly",
    )
    app = uploaded(me, briefing(), DEBRIEF, series, moved)
    assert says(app) == ["**5 new.** Nothing has been imported yet."]
    assert columns(app, 0, "Title", "When", *OF_TIME) == [
        ("Weekly", "3 times, Mon 1 Mar – Mon 15 Mar 2027", "Several", "Europe/Zurich", "Provisional"),
        ("Briefing", "Wed 3 Mar 2027", "10:00–11:30", "Europe/Zurich", "Confirmed"),
        ("Debrief", "Wed 10 Mar 2027", "", "", "Confirmed"),
    ]
    (folded,) = [one for one in app.expander if "occurrences" in one.label]
    assert not folded.proto.expanded
    assert columns(app, 1, "When", "Hours") == [
        ("Mon 1 Mar 2027", "10:00–11:30"),
        ("Tue 9 Mar 2027", "15:00–16:00"),
        ("Mon 15 Mar 2027", "10:00–11:30"),
    ]


def test_events_missing_from_a_file_are_cancelled_only_if_ticked(me: Viewer) -> None:
    app = take_over(uploaded(me, briefing(), DEBRIEF))
    look(upload(app, calendar(briefing())))
    assert [row[:2] for row in lines(app)] == [("Unchanged", "Briefing"), ("Not in the file", "Debrief")]
    assert buttons(app) == {"Preview again": True}
    (ticked,) = [one for one in app.checkbox if (one.key or "").startswith("import_cancel_gone")]
    assert not ticked.value
    ran(ticked.check().run())
    assert [row[:2] for row in lines(app)] == [("Unchanged", "Briefing"), ("Cancelled", "Debrief")]
    assert buttons(app) == {"Preview again": True, "Import 1 event": True}
    take_over(app)
    assert {one.title: one.standing for one in kept(me)} == {
        "Briefing": Standing.CONFIRMED,
        "Debrief": Standing.CANCELLED,
    }


def test_changed_settings_need_a_new_preview(me: Viewer) -> None:
    app = uploaded(me, briefing())
    choose(app, kind=EventKind.SIDE_EVENT, until=date(2027, 3, 1))
    assert says(app) == ["The settings have changed. Preview again before you import."]
    assert buttons(app) == {"Preview again": True}
    look(app)
    assert says(app) == ["Nothing in this file matches the settings. Choose a longer period or another file."]
    look(choose(app, until=date(2027, 4, 1), level=Sensitivity.PUBLIC))
    take_over(app)
    (one,) = kept(ANONYMOUS)
    assert (one.event_kind, one.sensitivity) == (EventKind.SIDE_EVENT, Sensitivity.PUBLIC)


def test_a_refused_file_says_why_and_keeps_the_settings(me: Viewer) -> None:
    app = choose(upload(page(me), b"<html>"), body="osce", kind=EventKind.SIDE_EVENT, since=date(2027, 1, 1))
    look(app)
    assert says(app) == ["This is not a calendar file. Choose an .ics file exported from a calendar program."]
    assert buttons(app) == {"Preview again": True}
    upload(app, calendar(briefing()))
    assert [app.selectbox(key=f"import_{name}").value for name in ("body", "kind")] == ["osce", EventKind.SIDE_EVENT]
    assert app.date_input(key="import_since").value == date(2027, 1, 1)
    look(app)
    assert says(app) == ["**1 new.** Nothing has been imported yet."]


def test_a_concurrent_change_is_not_overwritten(me: Viewer, other: Viewer) -> None:
    app = take_over(uploaded(me, briefing(), DEBRIEF))
    upload(app, calendar(briefing(day=4), event("DTSTART;VALUE=DATE:20270311", uid="two", title="Debrief")))
    look(app)
    _, second = kept(me)
    save(other, Event, {"location": "Room XX"}, record_id=second.id, seen=second.version)
    take_over(app)
    assert says(app) == [
        "Nothing was imported: another user has changed these records since your preview. Preview again; your settings are kept."
    ]
    assert days(me) == {"Briefing": date(2027, 3, 3), "Debrief": date(2027, 3, 10)}
    take_over(look(app))
    assert days(me) == {"Briefing": date(2027, 3, 4), "Debrief": date(2027, 3, 11)}
    assert [one.location for one in kept(me)] == ["", "Room XX"]


def test_imports_of_a_sample_user_are_sample_records() -> None:
    fictional = member(save(ANONYMOUS, Person, {"name": "Fictional", "sample": True}))
    take_over(uploaded(fictional, briefing()))
    assert [(one.title, one.sample) for one in kept(fictional)] == [("Briefing", True)]


def test_a_removed_file_leaves_nothing(me: Viewer) -> None:
    app = uploaded(me, briefing())
    app.file_uploader(key="import_file").set_value(None)
    ran(app.run())
    assert [one.value for one in app.subheader] == ["Table templates"]
    assert len(app.download_button) == 2 * len(TEMPLATES)
    upload(app, calendar(briefing()))
    assert [one for one in app.session_state if one == "import_work"] == []


# --- A table


EVENTS = """Ref;Heading;Dato;Kl.;Organ;Comment
A1;Breakfast;3. mars 2027;13:00–14:30;HRC;Loud
A2;Panel;03/04/2027;;HRC;
A3;Reception;5 March 2027;;OSCE;
"""


def test_the_rows_of_a_table_become_events(me: Viewer) -> None:
    app = upload(page(me), EVENTS.encode(), "side events.csv")
    assert buttons(app) == {"Preview import": False}
    assert [one.value for one in app.caption] == [
        "Columns not matched and not imported: Heading, Comment.",
        "Select a column for: Title.",
    ]
    choose(app, title=1)
    look(app)
    assert says(app) == ["**2 new, 1 refused.** Nothing has been imported yet."]
    assert lines(app) == [
        (2, "New", "Breakfast", "Wed 3 Mar 2027", ""),
        (
            3,
            "Refused",
            "Panel",
            "",
            "First day: “03/04/2027” could be 3 April or 4 March. Write it as 2027-04-03 or 3 April 2027.",
        ),
        (4, "New", "Reception", "Fri 5 Mar 2027", ""),
    ]
    assert kept(me) == []
    take_over(app)
    assert says(app) == ["Imported: 2 new."]
    assert [row[0] for row in lines(app)] == [3]
    breakfast, reception = kept(me)
    assert (breakfast.start_time, breakfast.end_time, breakfast.body) == (time(13), time(14, 30), "un-hrc")
    assert (reception.body, reception.start) == ("osce", date(2027, 3, 5))

    # The file is put right under the same columns; another column is chosen, and it has to be looked at again.
    upload(app, EVENTS.replace("03/04/2027", "2027-03-04").replace("5 March", "6 March").encode(), "side events.csv")
    look(app)
    assert [row[1:4] for row in lines(app)] == [
        ("Unchanged", "Breakfast", "Wed 3 Mar 2027"),
        ("New", "Panel", "Thu 4 Mar 2027"),
        ("Changed", "Reception", "Sat 6 Mar 2027"),
    ]
    choose(app, programme=5)
    assert says(app) == ["The settings have changed. Preview again before you import."]
    take_over(look(app))
    assert days(me) == {
        "Breakfast": date(2027, 3, 3),
        "Panel": date(2027, 3, 4),
        "Reception": date(2027, 3, 6),
    }
    assert kept(me)[0].programme == "Loud"


def test_a_concurrent_import_is_not_added_twice(me: Viewer, other: Viewer) -> None:
    data = b"Title,Organisation or body,First day\nPanel,HRC,2027-03-04\nReception,OSCE,2027-03-05\n"
    app = look(upload(page(me), data, "a.csv"))
    (of_mine, of_theirs) = (look(upload(page(who), data, "b.csv")) for who in (me, other))
    take_over(of_theirs)
    take_over(app)
    assert says(app) == [
        "Row 2, “Panel”: another user has changed it since you looked. Check the file again. Nothing was imported."
    ]
    assert [one.owner_id for one in kept(me)] == [other.person_id] * 2
    assert says(look(of_mine))[0] == "**2 unchanged.** Nothing has been imported yet."


def test_the_rows_of_a_table_become_engagements(me: Viewer) -> None:
    data = "What\tKind\tDay\tPlace\nBreakfast\tConsulted\t2026-11-20\tGeneva\nCall\tShouted\t2026-11-21\t\n"
    app = upload(page(me), data.encode(), "log.csv")
    assert next(one.value for one in app.button_group if one.key != "import_way") == "engagements"
    look(app)
    assert [row[:2] for row in lines(app)] == [(2, "New"), (3, "Refused")]
    take_over(app)
    (one,) = kept(me, Engagement)
    assert (one.title, one.engagement_kind, one.on, one.place) == (
        "Breakfast",
        EngagementKind.CONSULTED,
        date(2026, 11, 20),
        "Geneva",
    )


SESSIONS = b"Session,First day,Last day\nHRC64,2027-03-01,2027-04-02\n"


def test_new_dates_of_a_session_become_a_correction_with_its_source(me: Viewer) -> None:
    app = upload(page(me), SESSIONS, "sessions.csv")
    look(app)
    assert (says(app)[0], buttons(app)) == ("**1 refused.** Nothing has been imported yet.", {"Preview again": True})
    app.text_input(key="import_source_url").set_value(SOURCE)
    look(app)
    assert says(app) == ["**1 changed.** Nothing has been imported yet."]
    take_over(app)
    (one,) = kept(me, Correction)
    assert (one.file, one.row, one.source_url) == ("sessions.csv", "HRC64", SOURCE)
    assert {name: value for name, value in json.loads(one.values).items() if name in ("start", "end")} == {
        "start": "2027-03-01",
        "end": "2027-04-02",
    }
    _, table = calendar_for(ANONYMOUS)
    assert [str(start.date()) for start in table.loc[table["item"] == "session-HRC64", "start"]] == ["2027-03-01"]
    assert says(look(app))[0] == "**1 unchanged.** Nothing has been imported yet."


def test_a_concurrent_correction_is_kept(me: Viewer, other: Viewer) -> None:
    app = upload(page(me), SESSIONS, "sessions.csv")
    app.text_input(key="import_source_url").set_value(SOURCE)
    look(app)
    values = {"start": "2027-03-02", "end": "2027-04-02", "date_precision": "day", "standing": "confirmed"}
    known = {"title": "HRC64", "file": "sessions.csv", "row": "HRC64", "source_url": SOURCE}
    save(other, Correction, {**known, "values": json.dumps(values)})
    take_over(app)
    assert [one.value for one in app.error] == [
        "Row 2, “Human Rights Council, 64th session”: another user has changed it since you looked. Check the file again. Nothing was imported."
    ]
    assert [one.owner_id for one in kept(me, Correction)] == [other.person_id]


def test_sample_users_cannot_correct_dates() -> None:
    fictional = member(save(ANONYMOUS, Person, {"name": "Fictional", "sample": True}))
    app = upload(page(fictional), SESSIONS, "sessions.csv")
    app.text_input(key="import_source_url").set_value(SOURCE)
    take_over(look(app))
    assert says(app) == [
        "Sample users cannot record corrections: they would apply to everyone's calendar. Nothing was imported."
    ]
    assert kept(ANONYMOUS, Correction) == []


def test_a_table_that_cannot_be_read_says_why(me: Viewer) -> None:
    app = upload(page(me), b"PK\x03\x04nothing", "table.xlsx")
    assert (len(app.error), buttons(app)) == (1, {})


# --- Followed calendars


@pytest.fixture
def theirs(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, bytes]]:
    """What their server holds, by path; its own address is at ``url``."""
    answers: dict[str, bytes] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = answers.get(self.path)
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        url = f"http://127.0.0.1:{listening.server_address[1]}/public/"
        answers["url"] = url.encode()
        monkeypatch.setenv(fetching.VARIABLE, url)
        thread = Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield answers
        listening.shutdown()
        thread.join()


def at_an_address(who: Viewer) -> AppTest:
    app = page(who)
    return ran(app.button_group(key="import_way").set_value("Followed calendars").run())


def test_without_permitted_addresses_the_page_says_who_permits_them(
    me: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(fetching.VARIABLE, raising=False)
    app = at_an_address(me)
    assert [one.value for one in app.code] == ['HRD_CALENDAR_REMOTE="https://calendar.example.org/public/"']
    assert [one for one in app.button if (one.key or "").startswith("remote_")] == []
    assert [*page(me, new="calendar").text_input] != []


def test_a_calendar_is_followed_and_unfollowed(me: Viewer, theirs: dict[str, bytes]) -> None:
    path = f"/public/{SECRET}.ics"
    theirs[path] = calendar(briefing())
    address = theirs["url"].decode() + f"{SECRET}.ics"
    app = at_an_address(me)
    press(app, "remote_add")
    assert app.selectbox(key="remote_new_body").value is None
    choose(app, name="Secretariat", new_address="https://elsewhere.example/a.ics", body="un-hrc", every_hours=6)
    press(app, "remote_new_save")
    assert [one.value for one in app.error] == [
        "Calendars at elsewhere.example are not allowed here. The administrator lists those that are in HRD\\_CALENDAR\\_REMOTE."
    ]
    choose(app, new_address=address)
    press(app, "remote_new_save")
    (followed,) = remote.followed_by(me)
    assert (followed.name, followed.body, followed.timezone, followed.every_hours, followed.address) == (
        "Secretariat",
        "un-hrc",
        "Europe/Zurich",
        6,
        address,
    )
    assert [one.value for one in app.toast] == ["You now follow this calendar. Preview changes to see its events."]
    assert "Not read yet." in says(app)
    assert SECRET not in everything(app)

    # Previewed and imported.
    assert buttons(app) == {"Preview changes": True}
    look(app)
    assert ("**1 new.** Nothing has been imported yet." in says(app), kept(me)) == (True, [])
    take_over(app)
    assert [one.value for one in app.success] == ["Imported: 1 new."]
    assert days(me) == {"Briefing": date(2027, 3, 3)}
    assert [one.split(". ", 1)[1] for one in says(app) if one.startswith("Last read ")] == ["Events: 1 new."]
    assert SECRET not in everything(app)

    # Refreshed from the list, and looked at from it.
    press(app, "form_back")
    theirs[path] = calendar(briefing(day=4), DEBRIEF)
    press(app, "remote_refresh_")
    assert [one.value for one in app.toast] == ["Refreshed: 1 new, 1 changed."]
    assert days(me) == {"Briefing": date(2027, 3, 4), "Debrief": date(2027, 3, 10)}
    press(app, "remote_refresh_")
    assert [one.value for one in app.toast] == ["Refreshed: no changes."]
    theirs[path] = calendar(briefing(day=5), DEBRIEF)
    press(app, "remote_look_")
    assert [row[0] for row in lines(app)] == ["Changed", "Unchanged"]

    # What is looked at is what is written, whatever their server says by then.
    theirs[path] = calendar(briefing(day=8), DEBRIEF)
    take_over(app)
    assert days(me)["Briefing"] == date(2027, 3, 5)

    # Changed: the address stays what it is where none is typed.
    choose(app, name="The secretariat", every_hours=0)
    press(app, f"remote_{followed.id}_save")
    assert [one.value for one in app.toast] == ["Saved."]
    (changed,) = remote.followed_by(me)
    assert (changed.name, changed.every_hours, changed.address) == ("The secretariat", 0, address)
    assert "The settings have changed. Preview again before you import." in says(app)
    choose(app, new_address=f"{address}?moved")
    press(app, f"remote_{followed.id}_save")
    assert remote.followed_by(me)[0].address == f"{address}?moved"
    assert SECRET not in everything(app)
    look(app)
    assert [one.value for one in app.error] == [
        "There is no longer a calendar at this address on 127.0.0.1 (404). Ask its owner for the new address."
    ]

    # Stopped: what it brought stays.
    press(app, "form_back")
    assert SECRET not in everything(app)
    press(app, "open_")
    press(app, "remote_remove")
    assert [one.value for one in app.toast] == ["You no longer follow this calendar. Its events stay."]
    assert remote.followed_by(me) == []
    assert [(one.title, one.standing) for one in kept(me)] == [
        ("Briefing", Standing.CONFIRMED),
        ("Debrief", Standing.CONFIRMED),
    ]


def test_a_calendar_of_another_user_is_not_shown(me: Viewer, other: Viewer, theirs: dict[str, bytes]) -> None:
    values = {"name": "Theirs", "body": "un-hrc", "event_kind": EventKind.MEETING, "timezone": "Europe/Zurich"}
    address = theirs["url"].decode() + "a.ics"
    made = remote.follow(other, {**values, "sensitivity": Sensitivity.INTERNAL, "address": address})
    app = page(me, record=made)
    assert says(app) == ["You do not follow this calendar, or no longer do. Go back to the list."]
    assert "Theirs" not in everything(app)
    press(app, "form_back")
    assert ([one.key for one in app.button if one.key == "remote_add"], [*app.warning]) == (["remote_add"], [])
