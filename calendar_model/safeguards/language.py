"""What holds for proposed language."""

from __future__ import annotations

from sqlalchemy.orm import Session

from calendar_model.safeguards.refusal import Refused
from calendar_model.workspace.records import LanguageProposal
from calendar_model.workspace.terms import ProposalOutcome


def check(_session: Session, proposal: LanguageProposal) -> None:
    """Completes the final wording of what was kept as proposed; refuses what was weakened without saying how."""
    if (proposal.final_wording or "").strip():
        return
    if proposal.outcome is ProposalOutcome.KEPT:
        proposal.final_wording = proposal.wording
    elif proposal.outcome is ProposalOutcome.WEAKENED:
        raise Refused("Write the final wording: it shows how the proposal was weakened.", field="final_wording")
