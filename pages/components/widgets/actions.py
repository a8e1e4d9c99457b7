"""Where an action of coverage leads: the page, and what its address carries."""

from __future__ import annotations

from calendar_model.mission.coverage import Action, ActionKind
from pages.components.shell.navigation import LINK, NEW, RECORD


def address_of(action: Action, item: str) -> tuple[str, dict[str, str]]:
    """The file name of the page on which an action is done, and its parameters; ``item`` is linked from the start."""
    match action.kind:
        case ActionKind.LOG_ENGAGEMENT:
            return "engagements", {NEW: action.target, LINK: item}
        case ActionKind.START_STATEMENT:
            return "statements", {NEW: action.target, LINK: item}
        case ActionKind.OPEN_STATEMENT:
            return "statements", {RECORD: action.target}
        case ActionKind.OPEN_CASE:
            return "cases", {RECORD: action.target}
        case ActionKind.OPEN_FOLLOW_UPS:
            return "follow_ups", {}
