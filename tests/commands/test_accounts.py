"""``python -m calendar_model accounts``: how the first administrator gets in, and who uses a machine without sign-in."""

from __future__ import annotations

import pytest

from calendar_model import clock
from calendar_model.__main__ import main
from calendar_model.access.permissions import ANONYMOUS, member
from calendar_model.access.unit_of_work import staff
from calendar_model.mission import accounts
from calendar_model.mission.accounts import SignIn
from calendar_model.mission.transactions import save
from calendar_model.store.models import Person


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(["accounts", *arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


@pytest.fixture
def waiting() -> SignIn:
    """Somebody who has signed in and is not known yet."""
    claims = {
        "iss": "https://id.example",
        "sub": "amina",
        "name": "Amina B.",
        "iat": int(clock.machine_now().timestamp()),
    }
    found = accounts.sign_in_of(claims)
    assert found is not None
    accounts.note_waiting(found)
    return found


def test_the_first_user_is_added_with_the_account_that_waits(
    capsys: pytest.CaptureFixture[str], waiting: SignIn
) -> None:
    assert waiting.code in run(capsys)[1]
    assert run(capsys, "link", waiting.code, "Amina Berg", "--new")[0] == 0
    person = accounts.person_of(waiting)
    assert person is not None
    assert person.name == "Amina Berg"
    (account,) = accounts.bound_accounts(member(person.id))
    assert account.id in run(capsys, "list")[1]
    assert run(capsys, "remove", account.id)[0] == 0
    assert accounts.person_of(waiting) is None


def test_a_code_or_a_name_that_is_not_known_is_refused(capsys: pytest.CaptureFixture[str], waiting: SignIn) -> None:
    save(ANONYMOUS, Person, {"name": "Amina Berg"})
    for arguments in (("link", "0000-0000", "Amina Berg"), ("link", waiting.code, "Jon Lie"), ("local", "Jon Lie")):
        status, out, err = run(capsys, *arguments)
        assert (status, out) == (2, "")
        assert err.strip().endswith(".")
    assert accounts.person_of(waiting) is None


def test_nobody_is_added_with_a_code_that_is_not_known(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "link", "0000-0000", "Amina Berg", "--new")[0] == 2
    assert staff() == []


def test_the_user_of_a_machine_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    amina = save(ANONYMOUS, Person, {"name": "Amina Berg"})
    assert run(capsys, "local", "amina berg")[0] == 0
    person = accounts.local_person()
    assert person is not None
    assert person.id == amina
    assert run(capsys)[0] == 0
