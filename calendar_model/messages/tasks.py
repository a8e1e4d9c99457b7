"""What kind of task something is, for use after its title: on Today and in the digest by e-mail."""

from __future__ import annotations

from collections.abc import Mapping

from calendar_model.translation import N_

MESSAGES: Mapping[str, str] = {
    "task-clearance": N_("awaits your clearance"),
    "task-reply": N_("awaits your reply"),
    "task-reply-awaited": N_("reply awaited from {name}"),
    "task-view": N_("awaits your view"),
    "task-view-awaited": N_("view awaited from {name}"),
    "task-statement": N_("your statement"),
    "task-review": N_("review what was said under an override"),
    "task-follow-up": N_("follow-up to {about}"),
    "task-read-check": N_("look through who has read it"),
    "task-access-request": N_("a colleague requests access"),
}
