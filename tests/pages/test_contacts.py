"""Contacts, opened through the entrance on Tuesday 24 November 2026 as somebody of the staff."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from streamlit.testing.v1 import AppTest

from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.records import WHOLE
from calendar_model.mission.transactions import save, writing
from calendar_model.store.database import current_workspace
from calendar_model.store.keys import Keyring, MasterKey
from calendar_model.store.models import (
    Access,
    Change,
    Consent,
    Contact,
    Engagement,
    Identity,
    Person,
    row_key,
)
from calendar_model.terms import ContactKind, EngagementForm, EngagementKind
from calendar_model.vocabulary import Sensitivity
from tests.app import everything, open_page
from tests.day import TODAY
from tests.pages.driver import address, click, links_on_page, sound, unfold


@pytest.fixture
def other() -> Viewer:
    return member(save(ANONYMOUS, Person, {"name": "Bo Dahl"}))


def page(who: Viewer, **parameters: str | list[str]) -> AppTest:
    return sound(open_page("contacts", who.person_id, **parameters))


def contact(who: Viewer, title: str, kind: ContactKind = ContactKind.DEFENDER, **more: Any) -> str:
    named = more.pop("named", None)
    return save(who, Contact, {"title": title, "contact_kind": kind, **more}, named=named)


def keep_who_it_is(who: Viewer, contact_id: str, **texts: str) -> None:
    with writing(who) as session:
        one = session.get(Contact, contact_id)
        assert one is not None
        one.identity = Identity(**texts)


def kept(who: Viewer, record_id: str) -> Contact:
    with reading(who) as session:
        eager = (selectinload(Contact.identity), selectinload(Contact.consents))
        one = session.get(Contact, record_id, options=(*WHOLE, *eager))
        assert one is not None
        return one


def agreed(who: Viewer, contact_id: str, to_what: str, **more: Any) -> str:
    values = {"to_what": to_what, "given_on": date(2026, 1, 5), "taken_by_id": who.person_id, **more}
    consent = Consent(**values)
    with writing(who) as session:
        one = session.get(Contact, contact_id)
        assert one is not None
        one.consents.append(consent)
    return consent.id


# --- The list


def test_an_empty_page_says_what_will_be_there(me: Viewer) -> None:
    app = page(me)

    assert [text.value for text in app.main.markdown] == [
        "No contacts that you have access to. Add a defender or an organisation under a code, with preferred channels and consents; identities are kept separately, if at all."
    ]
    click(app, "new_contact")
    assert address(app, "new") == ContactKind.DEFENDER


def test_a_row_shows_channels_consents_and_the_last_engagement(me: Viewer) -> None:
    made = contact(
        me,
        "Defender 001",
        country="KEN",
        field_of_work="Land rights",
        preferred_channels="Signal",
        forbidden_channels="E-mail",
    )
    contact(me, "Coalition 001", ContactKind.COALITION)
    agreed(me, made, "To be quoted")
    agreed(me, made, "Photographs", withdrawn_on=date(2026, 2, 1))
    save(
        me,
        Engagement,
        {
            "title": "Meeting",
            "engagement_kind": EngagementKind.CONSULTED,
            "form": EngagementForm.ONLINE,
            "on": date(2026, 11, 1),
        },
        links=[made],
    )

    app = page(me)

    assert [heading.value for heading in app.subheader] == ["All contacts"]
    assert app.dataframe[0].value.to_dict("records") == [
        {
            "Code": "Coalition 001",
            "Kind": "Coalition",
            "Country": "",
            "Field of work": "",
            "Preferred channels": "",
            "Channels to avoid": "",
            "Last engagement": None,
            "Consents": "",
        },
        {
            "Code": "Defender 001 (restricted)",
            "Kind": "Defender",
            "Country": "Kenya",
            "Field of work": "Land rights",
            "Preferred channels": "Signal",
            "Channels to avoid": "E-mail",
            "Last engagement": date(2026, 11, 1),
            "Consents": "To be quoted",
        },
    ]


def test_consents_that_have_expired_or_end_soon_come_first(me: Viewer) -> None:
    made = contact(me, "Defender 001")
    agreed(me, made, "To meet the press", until=TODAY + timedelta(days=5))
    agreed(me, made, "To be quoted", until=TODAY - timedelta(days=1))
    agreed(me, made, "To travel", until=TODAY + timedelta(days=90))

    app = page(me)

    assert [heading.value for heading in app.subheader] == ["Consents to renew: 2", "All contacts"]
    assert [text.value for text in app.main.markdown if text.value.startswith("**")] == [
        "**Expired** · Mon 23 Nov 2026",
        "**Ends soon** · Sun 29 Nov 2026",
    ]


def test_the_pages_own_filters_and_the_states_above_narrow_the_list(me: Viewer) -> None:
    contact(me, "Defender 001", country="KEN", field_of_work="Land rights")
    contact(me, "Defender 002", country="TGO")
    contact(me, "Coalition 001", ContactKind.COALITION, country="TGO")

    def codes(app: AppTest) -> list[str]:
        return app.dataframe[0].value["Code"].str.removesuffix(" (restricted)").to_list()

    app = page(me)
    app.text_input(key="contacts_search").input("LAND defender")
    assert codes(sound(app.run())) == ["Defender 001"]
    app.text_input(key="contacts_search").input("")
    app.multiselect(key="contacts_countries").set_value(["TGO"])
    assert codes(sound(app.run())) == ["Coalition 001", "Defender 002"]
    app.multiselect(key="contacts_kinds").set_value([ContactKind.DEFENDER])
    assert codes(sound(app.run())) == ["Defender 002"]

    above = page(me, country="KEN")
    assert codes(above) == ["Defender 001"]
    assert above.main.caption[0].value == "Filtered by: Kenya."


# --- One contact


def test_a_new_defender_is_proposed_the_next_code_of_all(me: Viewer, other: Viewer) -> None:
    contact(other, "Defender 014")

    app = page(me, new="defender")
    assert app.text_input(key="contact_new_title").value == "Defender 015"
    app.selectbox(key="contact_new_contact_kind").select(ContactKind.COALITION)
    sound(app.run())
    assert app.text_input(key="contact_new_title").value == "Coalition 001"

    app.text_input(key="contact_new_title").input("Land coalition")
    app.selectbox(key="contact_new_contact_kind").select(ContactKind.DEFENDER)
    sound(app.run())
    assert app.text_input(key="contact_new_title").value == "Land coalition"
    assert "**This is not a code such as “Defender 014”.** What you enter here can never be erased." in [
        caption.value for caption in app.main.caption
    ]


def test_a_new_defender_is_saved_restricted_and_opened(me: Viewer, other: Viewer) -> None:
    app = page(me, new="defender")
    app.selectbox(key="contact_new_country").select("KEN")
    app.text_input(key="contact_new_field_of_work").input("Land rights")
    app.text_input(key="contact_new_preferred_channels").input("Signal")
    app.text_input(key="contact_new_forbidden_channels").input("E-mail")
    app.multiselect(key="contact_new_named").set_value([other.person_id])
    click(app, "contact_new_save")

    one = kept(other, address(app, "record"))
    assert (one.title, one.country, one.field_of_work, one.preferred_channels, one.forbidden_channels) == (
        "Defender 001",
        "KEN",
        "Land rights",
        "Signal",
        "E-mail",
    )
    assert one.sensitivity is Sensitivity.RESTRICTED
    assert {access.person_id for access in one.named} == {me.person_id, other.person_id}
    assert [title.value for title in app.title] == ["Defender 001"]
    assert app.main.caption[0].value == "Defender. Restricted: visible only to Amina Berg, Bo Dahl. Owner: Amina Berg."


def test_no_two_contacts_share_a_code(me: Viewer, other: Viewer) -> None:
    contact(other, "Defender 001")
    app = page(me, new="defender")
    app.text_input(key="contact_new_title").input("Defender 1")

    click(app, "contact_new_save")

    assert [fault.value for fault in app.error] == [
        "Another contact already has this code. The next free code is Defender 002."
    ]
    app.text_input(key="contact_new_title").input("")
    click(app, "contact_new_save")
    (fault,) = app.error
    assert fault.value.startswith("Enter a title")


def test_what_is_changed_is_saved(me: Viewer) -> None:
    made = contact(me, "Defender 001", country="KEN")
    app = page(me, record=made)

    app.selectbox(key=f"contact_{made}_country").select("")
    app.text_input(key=f"contact_{made}_forbidden_channels").input("Telephone")
    click(app, f"contact_{made}_save")

    assert [message.value for message in app.toast] == ["Contact saved."]
    one = kept(me, made)
    assert (one.title, one.country, one.forbidden_channels, one.version) == ("Defender 001", "", "Telephone", 2)


def test_engagements_are_listed_beside_the_contact_the_newest_first(me: Viewer) -> None:
    made = contact(me, "Defender 001")
    ids = [
        save(
            me,
            Engagement,
            {"title": title, "engagement_kind": EngagementKind.INVITED, "form": EngagementForm.ONLINE, "on": on},
            links=[made],
        )
        for title, on in (("Old", date(2025, 1, 5)), ("New", date(2026, 11, 1)))
    ]

    app = page(me, record=made)

    assert [(link.label, link.query_string) for link in links_on_page(app)] == [
        ("New", f"record={ids[1]}"),
        ("Old", f"record={ids[0]}"),
        ("Log engagement", f"new=consulted&with={made}"),
    ]
    assert "Invited · Sun 1 Nov 2026" in [caption.value for caption in app.main.caption]


def test_who_is_not_named_sees_nothing_of_a_restricted_contact(me: Viewer, other: Viewer) -> None:
    made = contact(me, "CANARY", field_of_work="CANARY", preferred_channels="CANARY", forbidden_channels="CANARY")
    agreed(me, made, "CANARY")
    keep_who_it_is(me, made, name="CANARY", channel="CANARY", notes="CANARY")

    assert "CANARY" in everything(page(me))
    assert "CANARY" not in everything(page(other))
    assert "CANARY" not in everything(page(other, record=made))
    assert "CANARY" not in everything(page(other, new="defender", **{"with": made}))
    assert [text.value for text in page(other, record=made).main.markdown] == [
        "This contact no longer exists, or you do not have access."
    ]


def test_it_is_deleted_with_a_reason(me: Viewer) -> None:
    made = contact(me, "Defender 001")
    keep_who_it_is(me, made, name="CANARY")
    app = page(me, record=made)

    app.text_input(key=f"delete_reason_{made}").input("They have asked us to forget them.")
    click(app, f"delete_{made}")

    assert [title.value for title in app.title] == ["Contacts"]
    with reading(me) as session:
        everyone = [
            session.scalars(select(kind).execution_options(everything=True)).all() for kind in (Contact, Identity)
        ]
    assert everyone == [[], []]


# --- What they have agreed to


def test_each_consent_says_in_words_whether_it_holds(me: Viewer) -> None:
    made = contact(me, "Defender 001")
    agreed(me, made, "To be *quoted*")
    agreed(me, made, "To meet the press", until=date(2026, 11, 1))
    agreed(me, made, "Photographs", withdrawn_on=date(2026, 6, 1))

    app = page(me, record=made)

    assert [text.value for text in app.main.markdown if "  \n" in text.value] == [
        "To meet the press  \n**Expired on Sun 1 Nov 2026: ask again before relying on it.**",
        "To be \\*quoted\\*  \nValid until withdrawn.",
        "Photographs  \n**Withdrawn on Mon 1 Jun 2026: no longer valid.**",
    ]
    given = "Given on Mon 5 Jan 2026, recorded by Amina Berg."
    assert [caption.value for caption in app.main.caption].count(given) == 3


def test_a_consent_is_recorded_and_withdrawn(me: Viewer, other: Viewer) -> None:
    made = contact(me, "Defender 001")
    app = page(me, record=made)

    click(app, f"consent_add_{made}")
    assert [fault.value for fault in app.error] == ["Enter what they have agreed to."]
    app.text_input(key=f"consent_what_{made}").input("To be quoted")
    app.date_input(key=f"consent_given_{made}").set_value(date(2026, 11, 20))
    app.date_input(key=f"consent_until_{made}").set_value(date(2026, 11, 19))
    click(app, f"consent_add_{made}")
    (fault,) = app.error
    assert "before it was given" in fault.value
    app.date_input(key=f"consent_until_{made}").set_value(date(2027, 11, 19))
    app.selectbox(key=f"consent_by_{made}").select(other.person_id)
    click(app, f"consent_add_{made}")

    (consent,) = kept(me, made).consents
    assert (consent.to_what, consent.given_on, consent.until, consent.taken_by_id, consent.withdrawn_on) == (
        "To be quoted",
        date(2026, 11, 20),
        date(2027, 11, 19),
        other.person_id,
        None,
    )
    assert app.text_input(key=f"consent_what_{made}").value == ""
    click(app, f"withdraw_{consent.id}")
    assert kept(me, made).consents[0].withdrawn_on == TODAY
    assert [button.key for button in app.button if str(button.key).startswith("withdraw_")] == []


# --- Identity


def test_an_identity_is_sent_to_the_browser_only_once_it_is_opened(me: Viewer) -> None:
    made = contact(me, "Defender 001")
    keep_who_it_is(me, made, name="CANARY name", channel="CANARY channel", notes="CANARY notes")

    app = page(me, record=made)
    assert "CANARY" not in everything(app)
    unfold(app, f"identity_of_{made}")

    assert [
        app.text_input(key=str(box.key)).value for box in app.text_input if str(box.key).startswith("identity")
    ] == [
        "CANARY name",
        "CANARY channel",
    ]


def test_an_identity_is_saved_changed_and_erased_and_never_in_the_history(me: Viewer) -> None:
    made = contact(me, "Defender 001")
    app = unfold(page(me, record=made), f"identity_of_{made}")
    new = f"identity_{made}_new"

    click(app, f"{new}_save")
    assert [fault.value for fault in app.error] == ["Enter the identity. To remove a recorded one, erase it."]
    app.text_input(key=f"{new}_name").input("CANARY one")
    click(app, f"{new}_save")
    identity = kept(me, made).identity
    assert identity is not None
    assert (identity.name, identity.channel, identity.notes) == ("CANARY one", "", "")

    app.text_area(key=f"identity_{made}_{identity.id}_notes").input("CANARY two")
    click(app, f"identity_{made}_{identity.id}_save")
    assert (known := kept(me, made).identity) is not None
    assert (known.name, known.notes) == ("CANARY one", "CANARY two")

    click(app, f"erase_{made}")
    assert [fault.value for fault in app.error] == [
        "Enter in a sentence why it is erased; the reason stays in the history."
    ]
    app.text_input(key=f"erase_reason_{made}").input("They have asked for it.")
    click(app, f"erase_{made}")
    assert len(app.toast) == 1
    assert kept(me, made).identity is None
    assert "CANARY" not in everything(app)
    with reading(me) as session:
        lines = list(session.scalars(select(Change).where(Change.table == "identity").order_by(Change.number)))
    assert [(line.action, line.reason) for line in lines] == [
        ("create", ""),
        ("update", ""),
        ("delete", "They have asked for it."),
    ]
    assert "CANARY" not in str([(line.before, line.after) for line in lines])
    (told,) = [frame.value for frame in app.dataframe if "Before" in frame.value.columns]
    notes = told[told["What"] == "Identity changed: notes"]
    assert notes[["Before", "After"]].to_dict("records") == [
        {"Before": "not kept in the history", "After": "not kept in the history"}
    ]


def test_an_identity_whose_key_is_missing_can_only_be_erased(me: Viewer) -> None:
    made = contact(me, "Defender 001")
    workspace = current_workspace()
    workspace.keyring = Keyring([MasterKey(b"k" * 32)])
    keep_who_it_is(me, made, name="CANARY name")
    identity = kept(me, made).identity
    assert identity is not None
    app = unfold(page(me, record=made), f"identity_of_{made}")
    assert app.text_input(key=f"identity_{made}_{identity.id}_name").value == "CANARY name"

    with workspace.writing() as connection:
        connection.execute(sa.delete(row_key))
    app = unfold(page(me, record=made), f"identity_of_{made}")
    assert [box.key for box in app.text_input if str(box.key).startswith("identity")] == []
    assert len(app.warning) == 1
    assert any("its key is destroyed" in caption.value for caption in app.caption)
    app.text_input(key=f"erase_reason_{made}").input("It cannot be read.")
    click(app, f"erase_{made}")
    assert kept(me, made).identity is None


def test_only_people_with_access_see_the_identity_of_an_internal_contact(me: Viewer, other: Viewer) -> None:
    made = contact(me, "Organisation 001", ContactKind.ORGANISATION, named=[me.person_id])
    keep_who_it_is(me, made, name="CANARY")

    app = unfold(page(other, record=made), f"identity_of_{made}")

    assert "CANARY" not in everything(app)
    assert [box.key for box in app.multiselect if str(box.key).endswith("named")] == []
    assert (
        "Only people with access to the identity see what is kept here, if anything. Ask one of them to add you."
        in [text.value for text in app.main.markdown]
    )
    mine = page(me, record=made)
    assert mine.multiselect(key=f"contact_{made}_named").label == "Identity visible only to"
    mine.multiselect(key=f"contact_{made}_named").set_value([])
    click(mine, f"contact_{made}_save")
    assert len(mine.error) == 1
    assert {access.person_id for access in kept(me, made).named} >= {me.person_id}
    mine.multiselect(key=f"contact_{made}_named").set_value([me.person_id, other.person_id])
    click(mine, f"contact_{made}_save")
    assert (known := kept(other, made).identity) is not None
    assert known.name == "CANARY"


def test_nobody_gives_themselves_access_to_an_identity(me: Viewer, other: Viewer) -> None:
    made = contact(me, "Organisation 001", ContactKind.ORGANISATION, named=[me.person_id])
    keep_who_it_is(me, made, name="CANARY")

    with pytest.raises(Refused) as by_form:
        save(other, Contact, {}, record_id=made, seen=1, named=[me.person_id, other.person_id])
    with pytest.raises(Refused) as by_level:
        save(other, Contact, {"sensitivity": Sensitivity.RESTRICTED}, record_id=made, seen=1)
    with pytest.raises(Refused) as by_row, writing(other) as session:
        session.add(Access(record_id=made, person_id=other.person_id))

    assert [one.value.problems[0].code for one in (by_form, by_level, by_row)] == ["access-needed"] * 3
    assert kept(other, made).identity is None
    save(other, Contact, {"country": "KEN"}, record_id=made, seen=1)
    assert kept(me, made).country == "KEN"
