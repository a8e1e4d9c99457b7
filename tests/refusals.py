"""What a test asks of a change that is refused: the codes, not the words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import Problem, Refused
from calendar_model.mission.transactions import save


@contextmanager
def refused_for(code: str) -> Iterator[None]:
    """The block raises Refused, with a problem or an unmet requirement of this code."""
    with pytest.raises(Refused) as refused:
        yield
    codes = {problem.code for problem in refused.value.problems} | {unmet.code for unmet in refused.value.unmet}
    assert code in codes


def refused_field(who: Viewer, kind: Any, values: dict[str, Any], **more: Any) -> str:
    """The field for which saving these columns is refused."""
    with pytest.raises(Refused) as refused:
        save(who, kind, values, **more)
    assert str(refused.value)
    return refused.value.field


def refusal(act: Callable[[], object]) -> Problem:
    """The first problem for which an act is refused."""
    with pytest.raises(Refused) as refused:
        act()
    assert str(refused.value)
    return refused.value.problems[0]
