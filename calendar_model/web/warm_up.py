"""The calendar made ready in the background after a start, so that the first reader waits less for it."""

from __future__ import annotations

import asyncio
import gc
import logging

from calendar_model.mission.visible_calendar import make_ready
from calendar_model.store.database import WorkspaceError

_log = logging.getLogger(__name__)

_PAUSE_SECONDS = 0.5
"""How long the server has to itself first, so that it answers."""


async def warm_up() -> None:
    """Build the calendar in all languages. A failure is noted, and pages tell it to readers."""
    await asyncio.sleep(_PAUSE_SECONDS)
    try:
        await asyncio.to_thread(make_ready)
    except WorkspaceError as fault:
        _log.error("%s", fault)
    except Exception as fault:  # noqa: BLE001  # whatever it is, it is noted, and each reader is told
        # Its text could say something of a record.
        _log.error("The calendar was not made ready: %s.", type(fault).__name__)
    # Streamlit collects all garbage after every run. What is there now stays, so that no reader waits for a look at it.
    gc.collect()
    gc.freeze()
