"""Sentences about files and addresses from which something is imported: problems, and notes on a line or a file.

Problems of a cell go after the label of its column (``AFTER_LABEL``).
"""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from functools import partial
from types import MappingProxyType
from typing import Any

from calendar_model import wording

_AS_A_DAY = "Write it as 2027-03-03 or 3 March 2027."
_AS_AN_HOUR = "Write it as 13:00."
_SAVE_AS = "Open it in the program that made it, save it as an Excel workbook (.xlsx) or as CSV, and choose that file."
_PACKED = {"zip": "a packed folder or an Office file", "compressed": "a packed file", "pdf": "a PDF document"}
_LONGEST_CELL = 60
"""Letters that are shown of a cell."""


def _packed(values: Mapping[str, Any]) -> str:
    kind = _PACKED[values["kind"]]
    return f"This is {kind}, not a calendar file. Unpack or export it to a file that ends in .ics."


def _outside_session(values: Mapping[str, Any]) -> str:
    days = wording.span(values["start"], values["end"], values["precision"])
    return f"{wording.day(values['day'])} is not in {values['session']} ({days}). Mend the day, or name its session."


def _outside_period(values: Mapping[str, Any]) -> str:
    count, days = values["count"], wording.span(values["since"], values["until"])
    lies, is_ = ("event lies", "is") if count == 1 else ("events lie", "are")
    return f"{count} {lies} outside {days} and {is_} left out."


def _does_not_fit(values: Mapping[str, Any]) -> str:
    more = f" And {values['more']} more such rows." if values["more"] else ""
    return " ".join(map(str, values["faults"])) + more


def _not_in_reference(values: Mapping[str, Any]) -> str:
    return f"Not in the reference yet: it will be {', '.join(f'{name} {value}' for name, value in values.items())}"


def _left_out(values: Mapping[str, Any]) -> str:
    kinds = ", ".join(kind.replace("-", " ") for kind in values["kinds"])
    return f"Only events are taken: {kinds} are left out ({values['count']})."


_OF_CELLS: Mapping[str, str | Callable[[Mapping[str, Any]], str]] = MappingProxyType(
    {
        "cell-failed-formula": "the formula failed in Excel ({cell}). Mend it, or write what it should be.",
        "cell-empty": "it is empty, and has to be filled in.",
        "cell-too-long": "it has {length} letters; up to {longest} fit. Shorten it.",
        "cell-not-a-day": f"“{{cell}}” is no day. {_AS_A_DAY}",
        "cell-no-such-day": f"“{{cell}}” is no day of any calendar. {_AS_A_DAY}",
        "cell-no-year": f"“{{cell}}” leaves open which year it is. {_AS_A_DAY}",
        "cell-year-out-of-range": "“{cell}” is not between {first} and {last}: see whether the year is right.",
        "cell-excel-number": (
            "“{cell}” is how Excel counts days: give the column the format of a date, or write it as 2027-03-03 or "
            "3 March 2027."
        ),
        "cell-other-weekday": "“{cell}” is a {day:%A}: mend the day or the weekday.",
        "cell-day-or-month-first": (
            "“{cell}” can be {day_first.day} {day_first:%B} or {month_first.day} {month_first:%B}. Write it as "
            "{year}-{day_first:%m-%d} or {day_first.day} {day_first:%B} {year}."
        ),
        "cell-not-an-hour": f"“{{cell}}” is no hour. {_AS_AN_HOUR}",
        "cell-no-such-hour": f"“{{cell}}” is no hour of a day. {_AS_AN_HOUR}",
        "cell-not-an-instant": "“{cell}” is no hour of any zone. Write it as 2027-03-03T13:00.",
        "cell-unknown-zone": (
            "“{cell}” is no time zone that is known here. Write it as Europe/Zurich or America/New_York."
        ),
        "cell-not-in-list": "“{cell}” is none of: {terms}.",
        "cell-several-organisations": "“{cell}” can be each of {codes}: write the code.",
        "cell-unknown-organisation": "“{cell}” is no organisation or body of the reference{nearest:perhaps}.",
        "cell-unknown-state": "“{cell}” is no member state of the reference{nearest:perhaps}.",
        "cell-not-an-address": "“{cell}” is no address of a page. Write it with https:// at its beginning.",
        "cell-unknown-item": (
            "“{cell}” is no item of the calendar. Write the code of a session such as HRC67, or leave it."
        ),
        "cell-several-items": (
            "“{cell}” is more than one item of the calendar. Write the code of a session such as HRC67, or leave it."
        ),
        "cell-unknown-session": (
            "“{cell}” is no session of a body that the reference has{nearest:perhaps}. Write its code, such as HRC67."
        ),
        "cell-unknown-upr-session": (
            "“{cell}” is no session of the UPR Working Group that the reference has. Write it as UPR55."
        ),
        "row-follow-up-without-text": "there is a day by which, and nothing to do. Say what, or take it out.",
        "row-follow-up-without-day": "say by when it is to be done.",
        "row-before-first-day": "{end} is before the first, {start}. Mend one of the days.",
        "row-no-review": "the reference has no review of this state. Say in which session it is.",
        "row-outside-session": _outside_session,
        "row-no-source": "give the address at which it was read, here or for the whole file.",
    }
)
AFTER_LABEL = frozenset(_OF_CELLS)
"""The codes whose sentences go after the label of a column."""

_FORMATS: Mapping[str, str | Callable[[Mapping[str, Any]], str]] = MappingProxyType(
    {
        # Files, whatever is in them.
        "file-empty": "The file is empty. Choose another one.",
        "file-too-large": "The file has more than {megabytes} MB. Export a shorter stretch of time or fewer rows.",
        "file-wait": "Other files are being read just now. Try again in a minute.",
        "file-too-slow": (
            "Reading the file took too long, and was stopped. Export a shorter stretch of time or fewer rows, then try "
            "again."
        ),
        "file-too-demanding": (
            "Reading the file needed too much memory, and was stopped. Export a shorter stretch of time or fewer rows, "
            "then try again."
        ),
        "file-unreadable": (
            "The file is damaged and cannot be read. Export it again from the program it comes from, then try again."
        ),
        # Calendar files.
        "ics-packed": _packed,
        "ics-not-a-calendar": (
            "This is not a calendar file. Choose a file that ends in .ics, as calendar programs export it."
        ),
        "ics-broken": (
            "The file breaks the rules of calendar files, and cannot be read. Export it again, or send its events by "
            "another program."
        ),
        "ics-cut-off": "The file ends in the middle: it was cut off on its way. Export or download it again.",
        "ics-too-many-parts": "The calendar holds more than {most:,} parts. Export a shorter period.",
        "ics-too-many-events": (
            "The calendar holds more than {most:,} events from {since} to {until}. Choose a shorter period."
        ),
        "ics-not-gregorian": ("The calendar counts its days in another way than the Gregorian one. Export it in that."),
        "ics-reply": "This is somebody's answer to an invitation, and brings no event. Import the invitation.",
        "ics-no-body": "Choose the organisation or body whose events these are.",
        "ics-no-source-name": "Enter whose calendar it is.",
        "ics-no-period": "Choose a period: a first day, and a last day on or after it.",
        "ics-no-zone": "Choose the time zone in which hours without a zone of their own are.",
        "ics-until-before-since": "Choose a last day on or after {since}.",
        "ics-period-too-long": "Choose days that are no more than ten years apart.",
        "ics-no-events-left": (
            "The calendar came back without an event that can be read, though it had some before. Nothing was changed; "
            "look at it in a browser, and refresh again once it is right."
        ),
        # Events of calendar files that are refused.
        "ics-unreadable-days": "Its days or hours cannot be read.",
        "ics-unreadable-length": "Its length cannot be read.",
        "ics-unreadable-rule": "How it recurs cannot be read.",
        "ics-unworkable-rule": "How it recurs cannot be worked out.",
        "ics-rule-not-gregorian": "It recurs by another calendar than the Gregorian one, which is not understood.",
        "ics-recurs-too-often": "It recurs every hour or more often: nobody's calendar does that.",
        "ics-too-many-dates": "It recurs on more than {most:,} days of a list.",
        "ics-days-and-hours": "It begins on a whole day and ends at an hour, or the other way round.",
        "ics-day-lasts-hours": "It begins on a whole day and lasts for hours.",
        "ics-no-beginning": "It does not say when it begins.",
        "ics-ends-first": "It ends before it begins.",
        "ics-other-century": "It is dated {year}; dates from {first} to {last} are taken.",
        "ics-unexplained-zone": "Its hours are in the time zone “{zone}”, which the file does not explain.",
        "ics-older-version": "The file holds it twice; the one that was changed last is taken.",
        "ics-from-here": "It comes from a feed of this calendar, and is in it already.",
        # Notes on events of calendar files.
        "ics-never-here": "It is called off, and was never here.",
        "ics-entered-by-hand": "Somebody has entered it here already.",
        "ics-taken-as-internal": "Its calendar marks it as private: it is taken as internal.",
        "ics-called-off": "It is called off.",
        "ics-gone": "It is gone from the calendar.",
        "ics-cancelled-already": "It is cancelled here already.",
        "ics-standing-by-hand": "Its standing was set by hand and stays {standing}.",
        "ics-only-offered": "It stays as it is unless you choose to cancel what is gone.",
        # Notes on whole calendar files.
        "ics-damaged-letters": (
            "Some accented letters are damaged in the file. Look at the titles and places before you import them."
        ),
        "ics-western-letters": (
            "The file is not in UTF-8. It was read as Western European: look whether accented letters are right."
        ),
        "ics-calendar-zone-unknown": "The calendar's own time zone “{zone}” is not known here.",
        "ics-rule-part-left-out": "Part of a recurrence rule is not understood and was left out: {part}.",
        "ics-exclusion-not-understood": (
            "What a recurrence excludes (EXRULE) is not understood: check the days of its series."
        ),
        "ics-hours-without-zone": "Hours without a time zone were taken as those of {zone}.",
        "ics-hours-in-utc": "Hours in UTC are shown in those of {zone}.",
        "ics-hours-in-own-zone": "Hours in a time zone of the calendar's own are shown in those of {zone}.",
        "ics-attendees-left-out": (
            "Who is invited, and by whom, is not taken over: a defender's address could stand there."
        ),
        "ics-parts-left-out": _left_out,
        "ics-first-occurrences": (
            "Only the first {most:,} occurrences are here; choose a shorter period to see the others."
        ),
        "ics-some-refused": (
            "Correct what is refused in the calendar that it comes from and export that again, or enter the event by "
            "hand. The other events are imported without it."
        ),
        "ics-outside-period": _outside_period,
        # Calendars at an address.
        "remote-no-name": "Say whose calendar it is: its events are known by that.",
        "remote-no-body": (
            "Say to which organisation or body its events belong: they stand in its lane on the timeline."
        ),
        "remote-no-interval": "Say after how many hours it is read again, or 0 for by hand only.",
        "remote-not-followed": "This calendar is not followed any more, or not by you. Go back to the list.",
        "remote-not-an-address": (
            "This is not an address of a calendar. Paste it whole: it begins with https:// or webcal://."
        ),
        "remote-address-with-password": (
            "A name or password in an address is sent to nobody. Ask for an address without one."
        ),
        "remote-address-not-listed": (
            "Calendars at {host} are not read: whoever runs this dashboard lists those that are, in {variable}."
        ),
        "remote-host-too-slow": "{host} took too long to answer. Try again later.",
        "remote-host-unreachable": "{host} cannot be reached, or does not answer as it should. Try again later.",
        "remote-too-many-redirects": (
            "{host} sends from one address to another and comes to no end. Ask for the right one."
        ),
        "remote-compressed-answer": (
            "{host} packs the calendar though it was asked not to. Download the file and import it."
        ),
        "remote-calendar-too-large": "The calendar at {host} has more than {megabytes} MB. Ask for a shorter one.",
        "remote-address-forbidden": (
            "{host} does not let us read the calendar ({status}). Ask its keeper for an address that is open."
        ),
        "remote-address-gone": (
            "There is no calendar at this address of {host} any more ({status}). Ask its keeper for the new one."
        ),
        "remote-other-status": "{host} answered with {status} instead of a calendar. Try again later.",
        "remote-not-changed": "The calendar has not changed since it was last read.",
        # The command line.
        "command-table": "{name} is a table: import it on the page Import, where its columns are matched.",
        "command-no-person": "Say with --as who you are: what is written has a name in the history.",
        "command-unknown-person": (
            "There is no person “{person}”; give the identifier, as it stands in the history, or the whole name."
        ),
        "command-several-persons": (
            "There are several persons “{person}”; give the identifier, as it stands in the history, or the whole name."
        ),
        "command-unknown-body": (
            "“{body}” is not a code of an organisation or body. Look for it among the organisations."
        ),
        "command-unreadable-file": "{file} cannot be read ({reason}); name another file.",
        "command-not-followed": "There is no calendar {remote_id} that is followed.",
        # Tables.
        "table-too-large": "{name} is larger than {megabytes} MB. Divide it, or leave out what is not needed.",
        "table-empty": "{name} is empty. Choose another file, or fill in one of the templates.",
        "table-other-kind": f"{{name}} is not a kind of file that can be read here. {_SAVE_AS}",
        "table-none": "{name} has no table in it: a row with the names of the columns, and rows below it.",
        "table-not-text": ("{name} cannot be read as text. Save it as CSV in UTF-8, or as an Excel workbook (.xlsx)."),
        "table-open-quotation-mark": (
            "Row {row} of {name} cannot be told from those below it: a quotation mark is opened and not closed, or "
            "stands inside a cell alone. Mend the row, or save the file as an Excel workbook (.xlsx)."
        ),
        "table-too-many-rows": "{name} has more than {most} rows. Divide it into several files.",
        "table-too-many-columns": (
            "Row {row} of {name} has {columns} columns; {most} can be read. Leave out the others."
        ),
        "table-cell-too-long": (
            "Row {row} of {name} has {length} letters in column {column}; {most} can be read. Shorten it, or see "
            "whether a quotation mark is not closed."
        ),
        "table-too-many-sheets": "{name} has more than {most} sheets. Copy those needed to a file.",
        "table-sheet-too-long": "{sheet} in {name} has more than {most} rows. Divide it.",
        "table-unreadable-workbook": f"{{name}} cannot be read as an Excel workbook (.xlsx). {_SAVE_AS}",
        "table-damaged-workbook": f"{{name}} is damaged: it says that it has more rows than Excel can have. {_SAVE_AS}",
        "table-not-a-workbook": f"{{name}} is not an Excel workbook (.xlsx). {_SAVE_AS}",
        "table-locked-workbook": f"{{name}} is damaged, or locked with a password. {_SAVE_AS}",
        "table-workbook-with-entities": f"{{name}} holds what no Excel workbook does, and is not read. {_SAVE_AS}",
        "table-packed-too-large": "{name} is far larger than it looks, and is not read. Save it again, or as CSV.",
        "table-columns-not-chosen": (
            "Say in which column these stand: {columns}. Without them nothing can be taken over."
        ),
        "table-columns-of-another-file": "The columns chosen are not those of this file. Choose them again.",
        "table-example-left-out": "Row {row} is the example of the template, and is left out.",
        "table-no-rows": "There is no row to take over.",
        # Rows of tables that are refused.
        "row-several-records": (
            "More than one record here has this title, on this day: change one of them on its page, or give the events "
            "a reference of your own."
        ),
        "row-repeated": "Row {row} of this file is the same: take one of the two out.",
        "row-does-not-fit": _does_not_fit,
        "row-edit-conflict": (
            "Row {row}, “{title}”: somebody has written it since you looked. Look at the file again."
        ),
        "row-refused": "Row {row}, “{title}”: {reason}",
        # Notes on rows of tables.
        "row-linked-items": "Belongs to: {items}",
        "row-new-reference": "Reference: {reference}",
        "row-follow-up": "To be followed up: {what}, by {due}",
        "row-follow-up-moved": "To be followed up: {what}, by {before} → {due}",
        "row-published-by-hand": "Who sees it: {level}; it is made public on its own page, with a reason",
        "row-opened-by-hand": "Who sees it: it stays {level}, a file opens nothing to more people",
        "row-not-in-reference": _not_in_reference,
        "row-sourced-now": "it has a source now, and is not from memory any more",
    }
)
"""For each code a format of the values, as :class:`_Formatter` reads it, or a function of them."""


class _Formatter(string.Formatter):
    """Formats values as people read them: days, lists, cells cut short. ``perhaps`` is what may have been meant."""

    def get_value(self, key: int | str, args: Any, kwargs: Mapping[str, Any]) -> Any:
        value = super().get_value(key, args, kwargs)
        return wording.shortened(value, _LONGEST_CELL) if key == "cell" else value

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec == "perhaps":
            return f"; perhaps {value} is meant" if value else ""
        if format_spec:
            return format(value, format_spec)
        if isinstance(value, date):
            return wording.day(value)
        if isinstance(value, (list, tuple)):
            return ", ".join(wording.term(one) if isinstance(one, StrEnum) else str(one) for one in value)
        return str(value)


def _filled(text: str, values: Mapping[str, Any]) -> str:
    return _Formatter().vformat(text, (), values)


MESSAGES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    code: partial(_filled, made) if isinstance(made, str) else made for code, made in {**_OF_CELLS, **_FORMATS}.items()
}
