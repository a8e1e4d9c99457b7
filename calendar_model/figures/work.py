"""The mission's own work on a timeline: in each lane a row of engagements and statements below the calendar's marks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from calendar_model.figures.lanes import Lane, TimelineScale, row_middle
from calendar_model.figures.palette import Inks
from calendar_model.figures.text import shown, wrapped
from calendar_model.figures.zoom import Band, Detail
from calendar_model.messages.statements import made_as, state_label
from calendar_model.mission.dated_work import DatedEngagement, DatedWork
from calendar_model.reference import Reference
from calendar_model.terms import StatementState
from calendar_model.translation import gettext as _
from calendar_model.wording import day as day_words
from calendar_model.wording import terms

OF_RECORD = "record:"
"""The beginning of the customdata of a mark whose work is linked to no item, before the record's identifier."""

_MARK_PX, _APART_PX, _NUMBER_PX = 9, 12, 14
_MOST_TOLD = 6
"""How many of the records of one mark are told when it is pointed at."""


@dataclass
class WorkMark:
    """A mark at a pixel of the plot and a height, for all the work of a lane whose days cannot be told apart there."""

    px: float
    y: float
    work: list[DatedWork] = field(default_factory=list)


def lanes_of_work(work: Sequence[DatedWork], view: pd.DataFrame, reference: Reference) -> dict[str, str]:
    """Return the code of the lane of each record by its identifier: that of the first item linked to it in ``view``.

    If none is, it is that of its own body; empty for a record without one.
    """
    if not work:
        return {}
    codes = view["body"].where(view["body"] != "", view["organisation"])
    lane_of = dict(zip(view["item"].tolist(), codes.tolist(), strict=True))
    found = {}
    for one in work:
        own = one.body if one.body in reference.organisations else ""
        found[one.id] = next((lane_of[item] for item in one.items if item in lane_of), own)
    return found


def place_work(
    work: Sequence[DatedWork],
    lane_of: Mapping[str, str],
    lanes: Sequence[Lane],
    scale: TimelineScale,
    detail: Detail,
) -> list[WorkMark]:
    """Return the marks of the work in its lanes, whose depth is set: one after the other, none over another."""
    by_code = {lane.code: lane for lane in lanes}
    marks: dict[str, list[WorkMark]] = {}
    for one in sorted(work, key=lambda one: one.day):
        lane = by_code[lane_of[one.id]]
        days = np.array([(one.day - date(1970, 1, 1)).days + 0.5])
        px = float(scale.to_px(days)[0])
        placed = marks.setdefault(lane.code, [])
        if not placed or px - placed[-1].px >= _APART_PX + (_NUMBER_PX if len(placed[-1].work) > 1 else 0):
            placed.append(WorkMark(px, row_middle(lane, Band.WORK, 0, detail)))
        placed[-1].work.append(one)
    return [mark for placed in marks.values() for mark in placed]


def work_trace(marks: Sequence[WorkMark], scale: TimelineScale, inks: Inks, items: Mapping[str, str]) -> dict[str, Any]:
    """Return the marks: a dot for an engagement, a square for a statement, filled when it is made.

    A number says how much work there is at a mark, if it is more than one record.
    ``items`` has the titles of items by their identifier, for what is said of links.
    """
    return {
        "type": "scatter",
        "x": np.array([scale.to_ms(mark.px) for mark in marks]),
        "y": np.array([mark.y for mark in marks]),
        "mode": "markers+text",
        "marker": {
            "symbol": [_symbol(mark) for mark in marks],
            "size": _MARK_PX,
            "color": inks.ink,
            "line": {"width": 1.6, "color": inks.ink},
            "opacity": 1,
        },
        "text": [f"{len(mark.work)}" if len(mark.work) > 1 else "" for mark in marks],
        "textposition": "middle right",
        "textfont": {"size": 11, "color": inks.ink},
        "customdata": [
            [_address(mark), "<br>".join(_told(mark, items)), [item for one in mark.work for item in one.items]]
            for mark in marks
        ],
        "hovertemplate": "%{customdata[1]}<extra></extra>",
        "selected": {"marker": {"opacity": 1}, "textfont": {"color": inks.ink}},
        "unselected": {"marker": {"opacity": 1}},
        "cliponaxis": False,
    }


def _symbol(mark: WorkMark) -> str:
    """A square if there is a statement, because a text is what others wait for; hollow while one is not made."""
    statements = [one for one in mark.work if not isinstance(one, DatedEngagement)]
    if not statements:
        return "circle"
    if all(one.is_delivered for one in statements):
        return "square"
    return "square-open-dot" if all(one.state is StatementState.CLEARED for one in statements) else "square-open"


def _address(mark: WorkMark) -> str:
    first = mark.work[0]
    return first.items[0] if first.items else f"{OF_RECORD}{first.id}"


def _told(mark: WorkMark, items: Mapping[str, str]) -> Iterator[str]:
    for one in mark.work[:_MOST_TOLD]:
        yield from (f"<b>{line}</b>" for line in wrapped(one.title, 56)[:2])
        about = (
            [terms(one.kinds)]
            if isinstance(one, DatedEngagement)
            else [made_as(one.voice, one.format), state_label(one.state)]
        )
        yield shown(" · ".join([*about, day_words(one.day)]))
        if titles := [items[item] for item in one.items if item in items]:
            yield from wrapped(_("Linked to: {titles}").format(titles=", ".join(titles)))[:2]
    if len(mark.work) > _MOST_TOLD:
        yield shown(_("+{count} more").format(count=len(mark.work) - _MOST_TOLD))
