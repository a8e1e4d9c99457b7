"""Layout of a timeline: lanes, the rows in them, and each mark in pixels; nothing is drawn here."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from calendar_model.calendar import listed_when
from calendar_model.figures.packing import fit, pack
from calendar_model.figures.palette import TEXT_PX, colour_of
from calendar_model.figures.text import shown, wrapped
from calendar_model.figures.zoom import BAND_OF, Band, Detail
from calendar_model.reference import Reference
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import WINDOWS, Kind, Precision, Standing
from calendar_model.wording import standing_words

MARKS_AT_MOST = 400
"""The most marks that can be distinguished and drawn at once; chips count the others."""


ROWS_AT_MOST = 120
"""The most rows of a figure; each band of a body still gets one."""


NARROW_PX = 640


LANE_GAP_PX = 9


_DOT_PX = 7


DOTS_PX = 28
"""The shortest visible part of a window's dotted line next to its label."""


_POINTS = (Kind.RESOLUTION, Kind.MANDATE_RENEWAL, Kind.DEADLINE, Kind.MILESTONE)


Floats = npt.NDArray[np.float64]


Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class TimelineScale:
    """Conversion of days since 1970 to pixels of the plot, and to the milliseconds of plotly's date axis."""

    start: float
    days: int
    px: float

    @property
    def px_per_day(self) -> float:
        return self.px / self.days

    def to_px(self, days: Floats) -> Floats:
        return (days - self.start) * self.px_per_day

    def to_ms(self, px: float) -> float:
        return (self.start + px / self.px_per_day) * 86_400_000


@dataclass
class Lane:
    code: str
    label: str
    colour: str
    first: bool
    top: float = 0
    rows: dict[Band, int] = field(default_factory=dict)
    chips: bool = False
    is_named_above: bool = False
    """Whether the name has a row of its own above the others, because there is no room beside them."""

    @property
    def depth(self) -> int:
        return self.is_named_above + sum(self.rows.values()) + self.chips


@dataclass(frozen=True)
class Spans:
    """The spans to draw, as columns in the order of packing: by lane, then band, then beginning.

    In pixels of the plot: ``begin`` to ``end`` is all that a mark takes, with the whisker of an expected one and the
    thin line to a close; ``x0`` to ``x1`` is its bar or sign. ``before`` and ``after`` are the lengths of the whisker,
    where the stretch cuts nothing off, and ``closes`` the end of the thing itself.
    """

    position: Integers
    lane: Integers
    band: Integers
    begin: Floats
    end: Floats
    x0: Floats
    x1: Floats
    before: Floats
    after: Floats
    closes: Floats
    is_bar: npt.NDArray[np.bool_]
    label: Floats

    def groups(self) -> Iterator[slice]:
        """Yield slices of one band of one lane each."""
        if len(self.lane) == 0:
            return
        breaks = np.flatnonzero((np.diff(self.lane) != 0) | (np.diff(self.band) != 0)) + 1
        for first, last in zip([0, *breaks.tolist()], [*breaks.tolist(), len(self.lane)], strict=True):
            yield slice(first, last)


@dataclass
class TimelineMark:
    """A mark to draw for an item. ``y`` in pixels from the top of the plot, all else in pixels of its width.

    ``x0`` to ``x1`` is the bar or the sign, ``begin`` to ``end`` what it takes with its lines, all inside the stretch;
    ``earliest`` and ``latest`` are the ends of the whisker, which may lie outside it. ``goes_on``: the end is not set.
    """

    item: str
    kind: str
    standing: str
    title: str
    short: str
    word: str
    colour: str
    band: Band
    is_bar: bool
    is_window: bool
    is_expected: bool
    departure: bool
    goes_on: bool
    x0: float
    x1: float
    begin: float
    end: float
    earliest: float
    latest: float
    closes: float
    y: float
    hover: str
    room: float = 0
    room_before: float = 0

    @property
    def middle(self) -> float:
        return (self.x0 + self.x1) / 2

    @property
    def is_outlined(self) -> bool:
        """Whether its days are not a fact: expected, not confirmed or cancelled."""
        return self.is_expected or self.standing in (Standing.PROJECTED, Standing.NOT_CONFIRMED, Standing.CANCELLED)

    @property
    def is_sure(self) -> bool:
        """Whether the days are announced or past, and may be drawn solid."""
        return not self.is_expected and self.standing in (Standing.HELD, Standing.CONFIRMED)


def lay_lanes(
    rows: pd.DataFrame, reference: Reference, left: int, more: Collection[str] = ()
) -> tuple[list[Lane], Integers]:
    """Return the lanes with content, in the order of the organisations' file, and the lane of each row.

    ``more`` are codes of bodies that get a lane too; an empty one is that of records without a body.
    """
    organisations = rows["organisation"].to_numpy(dtype=object)
    bodies = rows["body"].to_numpy(dtype=object)
    codes = np.where(bodies == "", organisations, bodies)
    owner = {code: reference.organisation_of(code) for code in more}
    owner |= dict(zip(codes.tolist(), organisations.tolist(), strict=True))
    order = {code: place for place, code in enumerate(reference.organisations)}
    last = len(order)
    found = sorted(owner, key=lambda code: (order.get(owner[code], last), order.get(code, last), code))
    lanes = []
    for i, code in enumerate(found):
        body = reference.organisations.get(code)
        lanes.append(
            Lane(
                code,
                fit(body.short_name if body else code or _("No body"), left - 16, TEXT_PX + 1),
                colour_of(reference.organisations, code),
                first=i == 0 or owner[code] != owner[found[i - 1]],
            )
        )
    index = {code: i for i, code in enumerate(found)}
    return lanes, np.array([index[code] for code in codes], dtype=np.int64)


def _days(column: pd.Series[Any]) -> Floats:
    return column.to_numpy().astype("datetime64[s]").astype(np.int64) / 86_400


_NOTE_PX = 12 * TEXT_PX * 0.53
"""About the width of a note such as "dates not set" beside a label."""


def measure(rows: pd.DataFrame, lane: Integers, scale: TimelineScale, detail: Detail, zone: str | None) -> Spans:
    start, end, main_end = _days(rows["start"]), _days(rows["end"]) + 1.0, _days(rows["entry_end"]) + 1.0
    early, late = start - _days(rows["earliest"]), _days(rows["latest"]) - start
    begin = start.copy()
    timed = ~rows["all_day"].to_numpy(dtype=bool) & rows["starts_at"].notna().to_numpy()
    if timed.any():
        for target, name in ((begin, "starts_at"), (end, "ends_at")):
            target[timed] = _days(rows.loc[timed, name].dt.tz_convert(zone or "UTC").dt.tz_localize(None))
        main_end[timed] = end[timed]
    kind = rows["kind"].to_numpy(dtype=object)
    band = np.array([BAND_OF[k] for k in kind], dtype=np.int64)
    term = kind == Kind.MANDATE_HOLDER
    # For a term, the precision describes its start; the term itself lasts from start to end.
    window = rows["date_precision"].isin(WINDOWS).to_numpy() & ~term
    expected = (rows["date_precision"] == Precision.EXPECTED).to_numpy()
    main_end = np.where(term | window, end, main_end)
    opens, closes, main = (scale.to_px(days) for days in (begin, end, main_end))
    x0, x1 = np.clip(opens, 0, scale.px), np.clip(main, 0, scale.px)
    lasting = (kind == Kind.SESSION) | term
    is_bar = window | (~np.isin(kind, _POINTS) & (x1 - x0 >= np.where(lasting, 0, 2 * _DOT_PX)))
    point_at = np.where(timed, x0, np.where(np.isin(kind, _POINTS) & detail.by_day, x0 + _DOT_PX, (x0 + x1) / 2))
    x0 = np.where(is_bar, x0, point_at - _DOT_PX)
    # No bar for a session if only the thin line to its close is visible.
    x1 = np.where(is_bar, np.where(main > 0, np.maximum(x1, x0 + 2), x0), point_at + _DOT_PX)
    before, after = (np.where(expected, np.maximum(days, 0) * scale.px_per_day, 0) for days in (early, late))
    inset = np.where(is_bar, 0, _DOT_PX)
    first = np.minimum(x0, np.maximum(x0 + inset - before, 0))
    closes = np.where(is_bar, np.maximum(closes, x1), x1)
    last = np.maximum(x1, np.minimum(closes - inset + after, scale.px))
    called = np.where(lasting & (rows["session"].to_numpy(dtype=object) != ""), rows["session"], rows["title"])
    noted = ~np.isin(rows["standing"].to_numpy(dtype=object), (Standing.HELD, Standing.CONFIRMED)) | expected | window
    label = np.fromiter(map(len, called), np.float64, len(rows)) * TEXT_PX * 0.53 + np.where(noted, _NOTE_PX, 0)
    label = np.minimum(label, detail.label_px)
    label = np.where(is_bar & (x1 - x0 >= label + np.where(window, DOTS_PX, 10)), 0, label + 8)
    order = np.lexsort((first, band, lane))
    return Spans(
        position=order,
        lane=lane[order],
        band=band[order],
        begin=first[order],
        end=last[order],
        x0=x0[order],
        x1=x1[order],
        before=before[order],
        after=after[order],
        closes=closes[order],
        is_bar=is_bar[order],
        label=label[order],
    )


def pack_rows(spans: Spans, detail: Detail, scale: TimelineScale) -> Integers:
    """Return the row inside its band for each span, -1 for a span that goes into a chip.

    A band is packed with room for its labels; if that does not fit, with less and then with none. While there are still
    too many marks for one figure, bands become shallower and each mark gets more room.
    """
    row_of = np.full(len(spans.lane), -1, dtype=np.int64)
    least, depth = 2.0 * _DOT_PX, 1.0
    shares: tuple[float, ...] = (1.0, 0.5, 0.0)
    while True:
        width = np.where(spans.is_bar & (depth == 1.0), 0, least)
        for group in spans.groups():
            begin, end = spans.begin[group], spans.end[group]
            rows = max(int(detail.rows[Band(int(spans.band[group.start]))] * depth), 1)
            for share in shares:
                until = np.maximum(end + 2 + share * spans.label[group], begin + width[group])
                row_of[group] = pack(begin.tolist(), until.tolist(), rows)
                if row_of[group].min() >= 0:
                    break
        drawn = np.count_nonzero(row_of >= 0)
        deep = sum(int(row_of[group].max()) + 1 for group in spans.groups())
        if (drawn <= MARKS_AT_MOST and (deep <= ROWS_AT_MOST or depth < 0.25)) or least > scale.px:
            return row_of
        least *= max(2.0, drawn / MARKS_AT_MOST)
        depth, shares = depth / 2, (0.0,)


def fold_lanes(lanes: Sequence[Lane], folded: Collection[str], spans: Spans, row_of: Integers) -> None:
    """Leave only the first row of the first band to the lanes of these codes; all else goes into chips."""
    for group in spans.groups():
        lane = int(spans.lane[group.start])
        if lanes[lane].code in folded:
            is_first = group.start == 0 or spans.lane[group.start - 1] != lane
            rows = row_of[group]
            rows[rows > 0 if is_first else rows >= 0] = -1


def stack_lanes(lanes: list[Lane], spans: Spans, row_of: Integers, detail: Detail, in_cycles: Collection[str]) -> None:
    """Set the depth of each band, with a row for the cycles of the bodies ``in_cycles``, and the top of each lane."""
    for group in spans.groups():
        lane = lanes[int(spans.lane[group.start])]
        if depth := int(row_of[group].max()) + 1:
            lane.rows[Band(int(spans.band[group.start]))] = depth
        lane.chips = lane.chips or bool((row_of[group] < 0).any())
    top = 0.0
    for lane in lanes:
        if lane.code in in_cycles:
            lane.rows[Band.CYCLE] = 1
        lane.top = top + LANE_GAP_PX / 2
        top += lane.depth * detail.row_px + LANE_GAP_PX


def row_middle(lane: Lane, band: Band, row: int, detail: Detail) -> float:
    above = lane.is_named_above + sum(depth for other, depth in lane.rows.items() if other < band)
    return lane.top + (above + row + 0.5) * detail.row_px


def place_marks(
    rows: pd.DataFrame,
    lanes: Sequence[Lane],
    spans: Spans,
    row_of: Integers,
    scale: TimelineScale,
    detail: Detail,
    words: Mapping[str, str],
    zone: str | None,
    as_of: date,
) -> list[TimelineMark]:
    """Return the marks that have a row, each with the room for a label on both sides of it."""
    placed = np.flatnonzero(row_of >= 0)
    marks = []
    records: Iterator[Any] = rows.iloc[spans.position[placed]].itertuples()
    for i, record in zip(placed.tolist(), records, strict=True):
        lane, band = lanes[int(spans.lane[i])], Band(int(spans.band[i]))
        word = words.get(record.item, "")
        is_bar, x0, x1 = bool(spans.is_bar[i]), float(spans.x0[i]), float(spans.x1[i])
        inset = 0 if is_bar else _DOT_PX
        closes = float(spans.closes[i])
        is_term = record.kind == Kind.MANDATE_HOLDER
        marks.append(
            TimelineMark(
                item=record.item,
                kind=record.kind,
                standing=record.standing,
                title=_hour(record, zone) + record.title if detail.hours else record.title,
                short=_hour(record, zone) + _short(record, band) if detail.hours else _short(record, band),
                word=word,
                colour=lane.colour,
                band=band,
                is_bar=is_bar,
                is_window=record.date_precision in WINDOWS and not is_term,
                is_expected=record.date_precision == Precision.EXPECTED,
                departure=record.departure,
                goes_on=is_term and record.end.date() == as_of,
                x0=x0,
                x1=x1,
                begin=float(spans.begin[i]),
                end=float(spans.end[i]),
                earliest=x0 + inset - float(spans.before[i]),
                latest=closes - inset + float(spans.after[i]),
                closes=closes,
                y=row_middle(lane, band, int(row_of[i]), detail),
                hover=_hover(record, word, zone, as_of),
            )
        )
    following: dict[float, TimelineMark] = {}
    for mark in sorted(marks, key=lambda mark: -mark.begin):
        after = following.get(mark.y)
        mark.room = (after.begin if after else scale.px) - mark.end
        if after:
            after.room_before = 0
        mark.room_before = mark.begin
        following[mark.y] = mark
    return marks


def _hour(record: Any, zone: str | None) -> str:
    """Return ``13:00 `` in the reader's zone, else the place's; empty for an item without an hour."""
    if record.all_day or pd.isna(record.starts_at):
        return ""
    return f"{record.starts_at.tz_convert(zone or record.timezone or 'UTC'):%H:%M} "


def _short(record: Any, band: Band) -> str:
    """Return a session's code, a text's symbol as people say it (``61/22``), a mandate holder's name, or the title."""
    if band is Band.SESSION and record.session:
        return str(record.session)
    if band is Band.TEXT and (symbol := re.match(r"[A-Z][\w./]*?/(?:RES/)?(\d[\w.]*/[\w.]+):", record.title)):
        return symbol[1]
    if band is Band.TERM or (band is Band.TEXT and "," in record.title):
        return str(re.split(r"[:,] ", record.title)[0])
    return str(record.title)


_BASIS_LETTERS = 160


def _hover(record: Any, word: str, zone: str | None, as_of: date) -> str:
    """Return title, date and basis for the hover, in plotly's few tags of HTML."""
    known = standing_words(record.standing, departure=record.departure)
    basis = textwrap.shorten(record.basis, _BASIS_LETTERS, placeholder=" …") if record.basis else ""
    lines = [
        *(f"<b>{line}</b>" for line in wrapped(record.title, 56)[:3]),
        shown(listed_when(record, as_of=as_of, zone=zone)),
        *wrapped(f"{known}. {basis}"),
        *([shown(word)] if word else []),
    ]
    return "<br>".join(lines)
