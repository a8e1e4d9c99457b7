"""Language proposals: their checks, queries and command."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Unpack

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import Problem
from calendar_model.mission.checks import Checks
from calendar_model.mission.transactions import SaveOptions, save, with_access_where_restricted
from calendar_model.reference import Reference
from calendar_model.store.models import Base, LanguageProposal, Record
from calendar_model.terms import ProposalOutcome
from calendar_model.vocabulary import Sensitivity


def _proposal_problems(values: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Return a problem if a proposal was weakened and its final wording is missing."""
    is_missing = values.get("outcome") is ProposalOutcome.WEAKENED and not (values.get("final_wording") or "").strip()
    return (Problem("final-wording-missing", "final_wording"),) if is_missing else ()


def _complete_final_wording(_session: Session, proposal: LanguageProposal) -> None:
    """Fill in the final wording of a proposal that was kept as proposed."""
    if proposal.outcome is ProposalOutcome.KEPT and not (proposal.final_wording or "").strip():
        proposal.final_wording = proposal.wording


CHECKS: Mapping[type[Base], Checks] = {
    LanguageProposal: Checks(problems=_proposal_problems, written=_complete_final_wording)
}


COLUMNS = (
    "title", "text", "forum", "items", "wording", "precedent", "precedent_symbol", "outcome", "final_wording",
    "sensitivity", "updated",
)  # fmt: skip
"""Columns of :func:`proposals_table`."""

LISTED = ("title", "text", "forum", "wording", "precedent_symbol", "outcome", "final_wording", "updated")
"""Those of them on the first sheet of an Excel file."""


def list_proposals(session: Session) -> list[LanguageProposal]:
    """Return the proposals that the session's viewer may see, by title, with their linked items loaded."""
    everything = select(LanguageProposal).options(selectinload(Record.items))
    return list(session.scalars(everything.order_by(LanguageProposal.title, LanguageProposal.id)))


def count_by_outcome(found: Iterable[LanguageProposal]) -> dict[ProposalOutcome, int]:
    """Count the proposals by outcome; every outcome is a key."""
    outcomes = [proposal.outcome for proposal in found]
    return {outcome: outcomes.count(outcome) for outcome in ProposalOutcome}


@dataclass(frozen=True)
class ProposalGroup:
    """Proposals linked to one calendar item; ``item`` is empty for those linked to none."""

    item: str
    upcoming: bool
    proposals: tuple[LanguageProposal, ...]


def group_by_item(found: Sequence[LanguageProposal], table: pd.DataFrame, today: date) -> list[ProposalGroup]:
    """Return the proposals by item: upcoming items first, then those without one, then past items, the latest first.

    A proposal linked to several items is grouped with the next of them or, if all are past, with the last. ``table`` is
    the calendar table; items that it does not have are ignored.
    """
    rows = table[table["item"].isin({link.item for one in found for link in one.items})]
    known: Mapping[str, tuple[date, date]] = dict(
        zip(rows["item"], zip(rows["start"].dt.date, rows["end"].dt.date, strict=True), strict=True)
    )
    groups: dict[str, list[LanguageProposal]] = {}
    for proposal in found:
        linked = sorted(
            (link.item for link in proposal.items if link.item in known), key=lambda item: (known[item], item)
        )
        ahead = [item for item in linked if known[item][1] >= today]
        groups.setdefault((ahead or linked[-1:] or [""])[0], []).append(proposal)

    def order(item: str) -> tuple[int, int, str]:
        if not item:
            return 1, 0, ""
        start, end = known[item]
        return (0, start.toordinal(), item) if end >= today else (2, -start.toordinal(), item)

    return [
        ProposalGroup(item, bool(item) and known[item][1] >= today, tuple(groups[item]))
        for item in sorted(groups, key=order)
    ]


def precedents(reference: Reference) -> dict[str, str]:
    """Return the adopted texts from which language can be taken: titles by symbol, the newest first."""
    texts = [one for one in reference.resolutions if one.symbol and one.adopted]
    return {one.symbol: one.title for one in sorted(texts, key=lambda one: one.adopted or date.min, reverse=True)}


def proposals_table(found: Iterable[LanguageProposal]) -> pd.DataFrame:
    """Return the proposals as a table for a file, without restricted ones, with :data:`COLUMNS`, all text.

    ``items`` has identifiers separated by spaces, and ``updated`` is a day in UTC.
    """
    rows = [
        (
            one.title, one.text, one.forum, " ".join(link.item for link in one.items), one.wording, one.precedent,
            one.precedent_symbol, str(one.outcome), one.final_wording, str(one.sensitivity),
            one.updated_at.date().isoformat(),
        )
        for one in found
        if one.sensitivity is not Sensitivity.RESTRICTED
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype="str")


# --- Commands


def save_proposal(
    viewer: Viewer, values: Mapping[str, Any], *, proposal_id: str = "", seen: int = 0, **options: Unpack[SaveOptions]
) -> str:
    """Save a new proposal, or change the ``seen`` version of one, and return its identifier.

    Options and errors are those of :func:`~calendar_model.mission.transactions.save`. ``named`` is used only if the
    proposal is restricted.
    """
    options = with_access_where_restricted(values, options)
    return save(viewer, LanguageProposal, values, record_id=proposal_id, seen=seen, **options)
