"""The switch of a list that keeps the records of the reader's own mission; the address has it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

import streamlit as st

from calendar_model.mission.missions import home_mission_of
from calendar_model.translation import gettext as _
from pages.components.shell.context import PageContext

PARAMETER = "my_mission"


class _OfMission(Protocol):
    @property
    def mission_id(self) -> str | None: ...


R = TypeVar("R", bound=_OfMission)


def choose_own_mission(context: PageContext) -> str | None:
    """Draw the switch for a reader with a home mission; return that mission while it is on."""
    home = home_mission_of(context.viewer)
    if home is None:
        return None
    return home if st.toggle(_("My mission"), key=PARAMETER, bind="query-params") else None


def kept_at(mission_id: str | None, found: Iterable[R]) -> list[R]:
    """Those of these records that belong to a mission; all of them without one."""
    return [one for one in found if mission_id is None or one.mission_id == mission_id]
