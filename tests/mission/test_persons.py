"""What is checked of the list of persons."""

from __future__ import annotations

import pytest

from calendar_model.access.permissions import Viewer
from calendar_model.mission.transactions import save
from calendar_model.store.models import (
    Person,
)
from tests.refusals import refused_field


@pytest.mark.parametrize("name", ["Kari Nordmann", "kari  NORDMANN ", "Ｋari Nordmann"])
def test_no_two_persons_have_one_name(staff_member: Viewer, name: str) -> None:
    save(staff_member, Person, {"name": "Kari Nordmann"})
    assert refused_field(staff_member, Person, {"name": name}) == "name"
    made = save(staff_member, Person, {"name": "Kari Nordmann (Geneva)"})
    assert refused_field(staff_member, Person, {"name": name}, record_id=made, seen=1) == "name"
    save(staff_member, Person, {"post": "Geneva"}, record_id=made, seen=1)
