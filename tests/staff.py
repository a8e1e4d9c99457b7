"""Sets of roles that tests give to people."""

from __future__ import annotations

from calendar_model.store.models import USUAL_ROLES
from calendar_model.terms import Role

CLEARER = USUAL_ROLES | {Role.CLEARER}
"""Somebody who writes everything, and clears statements."""
