"""Accounts of sign-in: whose they are decides who has access, and what ends a session ends it for every copy of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_model import clock, configuration
from calendar_model.access.permissions import ANONYMOUS, ANY_STAFF, member
from calendar_model.access.unit_of_work import staff
from calendar_model.mission import accounts
from calendar_model.mission.accounts import SESSION_HOURS, SESSION_HOURS_VARIABLE, SignIn
from calendar_model.mission.persons import change_person
from calendar_model.mission.transactions import save
from calendar_model.store.database import Workspace
from calendar_model.store.history import verify
from calendar_model.store.models import LOCAL_ISSUER, Person
from tests.refusals import refused_for

ISSUER = "https://id.example"


def signed_in(subject: str = "amina", ago: timedelta = timedelta(), **more: Any) -> SignIn:
    claims = {"iss": ISSUER, "sub": subject, "iat": int((clock.machine_now() - ago).timestamp()), "nonce": "1", **more}
    found = accounts.sign_in_of(claims)
    assert found is not None
    return found


def a_person(name: str = "Amina Berg") -> str:
    return save(ANONYMOUS, Person, {"name": name})


def bound(sign_in: SignIn, person: str) -> None:
    accounts.note_waiting(sign_in)
    accounts.bind(ANONYMOUS, sign_in.code, person)


def test_an_account_gives_access_once_it_is_bound_and_to_its_person_alone(workspace: Workspace) -> None:
    amina, jon = a_person(), a_person("Jon Lie")
    assert accounts.person_of(signed_in()) is None
    bound(signed_in(), amina)
    person = accounts.person_of(signed_in())
    assert person is not None
    assert person.id == amina
    for other in (signed_in("jon"), signed_in("amina", iss="https://other.example"), signed_in("Amina")):
        assert accounts.person_of(other) is None
    bound(signed_in("jon"), jon)
    assert {one.subject for one in accounts.bound_accounts(member(amina))} == {"amina", "jon"}
    assert accounts.waiting_accounts(member(amina)) == []
    assert verify(workspace).clean


def test_a_name_or_an_address_binds_nothing() -> None:
    bound(signed_in(name="Amina Berg", email="amina@example.org"), a_person())
    assert accounts.person_of(signed_in("mallory", name="Amina Berg", email="amina@example.org")) is None


@pytest.mark.parametrize(
    ("ago", "holds"),
    [
        (timedelta(), True),
        (timedelta(hours=SESSION_HOURS) - timedelta(minutes=1), True),
        (timedelta(hours=SESSION_HOURS), False),
        (-timedelta(minutes=4), True),
        (-timedelta(minutes=6), False),
    ],
)
def test_a_session_holds_for_a_working_day(ago: timedelta, holds: bool) -> None:
    bound(signed_in(), a_person())
    assert (accounts.person_of(signed_in(ago=ago)) is not None) == holds
    assert accounts.is_over(signed_in(ago=ago)) != holds


def test_how_long_a_session_holds_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    bound(signed_in(), a_person())
    monkeypatch.setenv(SESSION_HOURS_VARIABLE, "1")
    assert accounts.person_of(signed_in(ago=timedelta(minutes=59))) is not None
    assert accounts.person_of(signed_in(ago=timedelta(minutes=61))) is None
    for wrong in ("0", "169", "long"):
        monkeypatch.setenv(SESSION_HOURS_VARIABLE, wrong)
        assert any(SESSION_HOURS_VARIABLE in fault for fault in configuration.faults())


def test_signing_out_ends_one_session_and_no_other() -> None:
    bound(signed_in(), a_person())
    one, other = signed_in(nonce="1"), signed_in(nonce="2")
    accounts.end_session(one)
    accounts.end_session(one)
    assert accounts.person_of(one) is None
    assert accounts.is_over(one)
    assert accounts.person_of(other) is not None


def test_an_inactive_person_has_no_access() -> None:
    amina = a_person()
    bound(signed_in(), amina)
    kept = next(one for one in staff() if one.id == amina)
    change_person(ANY_STAFF, amina, kept.version, {"active": False})
    assert accounts.person_of(signed_in()) is None
    assert accounts.is_bound(signed_in())
    waiting = signed_in("jon")
    accounts.note_waiting(waiting)
    with refused_for("account-of-nobody"):
        accounts.bind(ANONYMOUS, waiting.code, amina)


def test_an_account_that_is_taken_away_gives_no_access() -> None:
    amina = a_person()
    bound(signed_in(), amina)
    (account,) = accounts.bound_accounts(member(amina))
    accounts.unbind(ANONYMOUS, account.id)
    assert accounts.person_of(signed_in()) is None
    with refused_for("account-gone"):
        accounts.unbind(ANONYMOUS, account.id)


@pytest.mark.parametrize("code", ["", "7", "0000-0000", "%", "*"])
def test_only_the_whole_code_of_a_waiting_account_binds_it(code: str) -> None:
    amina = a_person()
    accounts.note_waiting(signed_in())
    with refused_for("account-not-waiting"):
        accounts.bind(ANONYMOUS, code, amina)
    accounts.bind(ANONYMOUS, f" {signed_in().code.lower()} ", amina)
    assert accounts.person_of(signed_in()) is not None


def test_strangers_cannot_fill_the_list_of_those_who_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "MOST_WAITING", 5)
    for number in range(8):
        accounts.note_waiting(signed_in(f"stranger {number}"))
    amina = a_person()
    assert len(accounts.waiting_accounts(member(amina))) == 5
    accounts.note_waiting(signed_in("amina"))
    accounts.bind(ANONYMOUS, signed_in("amina").code, amina)
    assert accounts.person_of(signed_in("amina")) is not None


def test_who_is_not_on_the_staff_reads_no_account() -> None:
    bound(signed_in(), a_person())
    accounts.note_waiting(signed_in("jon"))
    for viewer in (ANONYMOUS, ANY_STAFF):
        assert accounts.bound_accounts(viewer) == []
        assert accounts.waiting_accounts(viewer) == []


def test_the_user_of_a_machine_is_one_person() -> None:
    assert accounts.local_person() is None
    amina, jon = a_person(), a_person("Jon Lie")
    accounts.bind_local(amina)
    accounts.bind_local(jon)
    person = accounts.local_person()
    assert person is not None
    assert person.id == jon
    # Nobody signs in as the user of the machine.
    assert accounts.sign_in_of({"iss": LOCAL_ISSUER, "sub": LOCAL_ISSUER, "iat": 0}) is None


@given(
    st.dictionaries(
        st.sampled_from(["iss", "sub", "iat", "nonce", "name", "exp"]),
        st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.lists(st.text(max_size=2))),
    )
)
def test_claims_of_any_form_are_a_sign_in_or_nothing(claims: dict[str, object]) -> None:
    try:
        found = accounts.sign_in_of(claims)
    except (OverflowError, OSError, ValueError):
        pytest.fail(f"no answer for {claims}")
    if found is not None:
        assert (found.issuer, found.subject) == (claims["iss"], claims["sub"])


@given(st.lists(st.text(max_size=3), min_size=4, max_size=4), st.lists(st.text(max_size=3), min_size=4, max_size=4))
def test_two_accounts_never_share_a_digest(one: list[str], other: list[str]) -> None:
    def of(parts: list[str]) -> SignIn:
        found = accounts.sign_in_of(
            {"iss": f"i{parts[0]}", "sub": f"s{parts[1]}", "iat": 0, "nonce": parts[2], "sid": parts[3]}
        )
        assert found is not None
        return found

    assert (of(one).account == of(other).account) == (one[:2] == other[:2])
    assert (of(one).session == of(other).session) == (one == other)
