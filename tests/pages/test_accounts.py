"""The person of an account, as pages use them once the workspace is closed."""

from __future__ import annotations

from calendar_model.access.permissions import ANONYMOUS
from calendar_model.mission.accounts import bind_local, local_person
from calendar_model.mission.transactions import save
from calendar_model.store.models import USUAL_ROLES, Person
from tests.app import open_page
from tests.pages.driver import sound


def test_the_roles_of_the_current_user_are_read_with_them() -> None:
    bind_local(save(ANONYMOUS, Person, {"name": "Amina Berg"}))
    person = local_person()
    assert person is not None
    assert person.roles == USUAL_ROLES
    for page in ("today", "statements", "cases", "settings"):
        sound(open_page(page, None))
