"""What a test asks of a change that is refused: the codes, not the words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from calendar_model.access.problems import Refused


@contextmanager
def refused_for(code: str) -> Iterator[None]:
    """The block raises Refused, with a problem or an unmet requirement of this code."""
    with pytest.raises(Refused) as refused:
        yield
    codes = {problem.code for problem in refused.value.problems} | {unmet.code for unmet in refused.value.unmet}
    assert code in codes
