"""The sample workspace."""

from __future__ import annotations

from datetime import date

import pandas as pd

from calendar_model.safeguards.desk import staff
from calendar_model.workspace.database import Workspace


def load(table: pd.DataFrame, today: date, workspace: Workspace | None = None) -> dict[str, int]:
    return {}


def remove(workspace: Workspace | None = None) -> dict[str, int]:
    return {}


def loaded(workspace: Workspace | None = None) -> bool:
    """Whether the sample, or anything of it, is in the workspace."""
    return any(person.sample for person in staff(workspace))
