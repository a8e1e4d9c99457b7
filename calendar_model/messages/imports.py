"""Sentences about imports, from files and addresses: problems, and notes on a line or a file.

A problem with a cell follows the label of its column (``AFTER_LABEL``).
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
from calendar_model.translation import N_, Translated
from calendar_model.translation import gettext as _

_AS_A_DAY = N_("Write it as 2027-03-03 or 3 March 2027.")
_AS_AN_HOUR = N_("Write it as 13:00.")
_SAVE_AS = N_(
    "Open it in the program that created it, save it as an Excel workbook (.xlsx) or as CSV, and choose that file."
)
_PACKED = Translated(
    {"zip": N_("a ZIP archive or an Office file"), "compressed": N_("a compressed file"), "pdf": N_("a PDF document")}
)
_LONGEST_CELL = 60
"""Characters shown of a cell."""


def _with(sentence: str, advice: str) -> Callable[[Mapping[str, Any]], str]:
    """The template of a sentence with the advice that several of them share."""
    return lambda values: f"{_(sentence)} {_(advice)}".format_map(values)


def _packed(values: Mapping[str, Any]) -> str:
    kind = _PACKED[values["kind"]]
    return _("This is {kind}, not a calendar file. Unpack it, or export the calendar as an .ics file.").format(
        kind=kind
    )


def _outside_session(values: Mapping[str, Any]) -> str:
    days = wording.span(values["start"], values["end"], values["precision"])
    return _("{day} is not in {session} ({days}). Correct the date, or the session.").format(
        day=wording.day(values["day"]), session=values["session"], days=days
    )


def _outside_period(values: Mapping[str, Any]) -> str:
    count, days = values["count"], wording.span(values["since"], values["until"])
    fall, are = (_("event falls"), _("is")) if count == 1 else (_("events fall"), _("are"))
    return _("{count} {fall} outside {days} and {are} left out.").format(count=count, fall=fall, days=days, are=are)


def _does_not_fit(values: Mapping[str, Any]) -> str:
    more = (
        _(" And {count}.").format(count=wording.count(values["more"], "{number} more fault", "{number} more faults"))
        if values["more"]
        else ""
    )
    return " ".join(map(str, values["faults"])) + more


def _not_in_reference(values: Mapping[str, Any]) -> str:
    return _("New in the reference: {names}").format(
        names=", ".join(f"{name} {value}" for name, value in values.items())
    )


def _left_out(values: Mapping[str, Any]) -> str:
    kinds = ", ".join(kind.replace("-", " ") for kind in values["kinds"])
    return _("Only events are imported; {kinds} are left out ({count}).").format(kinds=kinds, count=values["count"])


_OF_CELLS: Mapping[str, str | Callable[[Mapping[str, Any]], str]] = MappingProxyType(
    {
        "cell-failed-formula": N_("the formula failed in Excel ({cell}). Correct it, or enter the value."),
        "cell-empty": N_("this cell is empty. Enter a value."),
        "cell-too-long": N_("the text has {length} characters; the limit is {longest}. Shorten it."),
        "cell-not-a-day": _with(N_("“{cell}” is not a date."), _AS_A_DAY),
        "cell-no-such-day": _with(N_("there is no such date as “{cell}”."), _AS_A_DAY),
        "cell-no-year": _with(N_("the year is unclear in “{cell}”."), _AS_A_DAY),
        "cell-year-out-of-range": N_("“{cell}” is not between {first} and {last}. Check the year."),
        "cell-excel-number": (
            N_(
                "“{cell}” is an Excel date number. Format the column as a date, or write it as 2027-03-03 or 3 "
                "March 2027."
            )
        ),
        "cell-other-weekday": N_("“{cell}” is a {day:%A}. Correct the date or the weekday."),
        "cell-day-or-month-first": (
            N_(
                "“{cell}” could be {day_first.day} {day_first:%B} or {month_first.day} {month_first:%B}. Write it as "
                "{year}-{day_first:%m-%d} or {day_first.day} {day_first:%B} {year}."
            )
        ),
        "cell-not-an-hour": _with(N_("“{cell}” is not a time."), _AS_AN_HOUR),
        "cell-no-such-hour": _with(N_("there is no such time as “{cell}”."), _AS_AN_HOUR),
        "cell-not-an-instant": N_("“{cell}” is not a date and time. Write it as 2027-03-03T13:00."),
        "cell-unknown-zone": N_("“{cell}” is not a known time zone. Write it as Europe/Zurich or America/New_York."),
        "cell-not-in-list": N_("“{cell}” is not in the list. Enter one of: {terms}."),
        "cell-several-organisations": N_("“{cell}” could mean any of {codes}. Enter the code."),
        "cell-unknown-organisation": N_("“{cell}” is not an organisation or body in the reference.{nearest:perhaps}"),
        "cell-unknown-state": N_("“{cell}” is not a member State in the reference.{nearest:perhaps}"),
        "cell-not-an-address": N_("“{cell}” is not a web address. Start it with https://."),
        "cell-unknown-item": (
            N_("“{cell}” is not in the calendar. Enter the code of a session, such as HRC67, or clear the cell.")
        ),
        "cell-several-items": (
            N_(
                "“{cell}” matches several items in the calendar. Enter the code of a session, such as HRC67, or "
                "clear the cell."
            )
        ),
        "cell-unknown-session": (
            N_("“{cell}” is not a session of a body in the reference.{nearest:perhaps} Enter its code, such as HRC67.")
        ),
        "cell-unknown-upr-session": N_("“{cell}” is not a known session of the UPR Working Group. Write it as UPR55."),
        "row-follow-up-without-text": N_("there is a due date but no action. Enter the action, or clear the date."),
        "row-follow-up-without-day": N_("enter a due date."),
        "row-before-first-day": N_("{end} is before the first day, {start}. Correct one of the dates."),
        "row-no-review": N_("the reference has no review of this State. Enter its session."),
        "row-outside-session": _outside_session,
        "row-no-source": N_("enter the address of the source, here or for the whole file."),
    }
)
AFTER_LABEL = frozenset(_OF_CELLS)
"""The codes whose sentences follow the label of a column."""

_FORMATS: Mapping[str, str | Callable[[Mapping[str, Any]], str]] = MappingProxyType(
    {
        # Files of any kind.
        "file-empty": N_("The file is empty. Choose another one."),
        "file-too-large": N_("The file is larger than {megabytes} MB. Export a shorter period or fewer rows."),
        "file-wait": N_("Other files are being read. Try again in a minute."),
        "file-too-slow": (
            N_("Reading the file took too long and was stopped. Export a shorter period or fewer rows, then try again.")
        ),
        "file-too-demanding": (
            N_(
                "Reading the file needed too much memory and was stopped. Export a shorter period or fewer rows, "
                "then try again."
            )
        ),
        "file-unreadable": (
            N_(
                "The file is damaged and cannot be read. Export it again from the program that created it, then try "
                "again."
            )
        ),
        # Word files of templates.
        "word-template-kind": N_("This is not a Word document (.docx). Save it as one in Word, then choose that file."),
        "word-template-too-large": (
            N_(
                "The Word file has more than {megabytes} MB, or too many parts. Leave only the layout in it, with "
                "smaller pictures."
            )
        ),
        "word-template-damaged": (
            N_("The Word file is damaged or locked with a password. Save it again in Word, then choose it again.")
        ),
        "word-template-macros": (
            N_("The Word file contains macros. Save it in Word as a document without macros (.docx), then choose that.")
        ),
        "word-template-remote": (
            N_(
                "The Word file takes a template, a picture or text from another place. In Word, break its links, "
                "attach the template Normal, and save it."
            )
        ),
        "word-template-embedded": (
            N_(
                "The Word file contains an object, a chart or a file. Put a picture (PNG or JPEG) in its place, and "
                "save it."
            )
        ),
        # Calendar files.
        "ics-packed": _packed,
        "ics-not-a-calendar": N_("This is not a calendar file. Choose an .ics file exported from a calendar program."),
        "ics-broken": (
            N_(
                "This is not a valid calendar file and it cannot be read. Export it again, or export it from another "
                "program."
            )
        ),
        "ics-cut-off": N_("The end of the file is missing. Export or download it again."),
        "ics-too-many-parts": N_("The calendar has more than {most:,} components. Export a shorter period."),
        "ics-too-many-events": (
            N_("The calendar has more than {most:,} events from {since} to {until}. Choose a shorter period.")
        ),
        "ics-not-gregorian": N_("The file does not use the Gregorian calendar. Export it with Gregorian dates."),
        "ics-reply": N_("This is a reply to an invitation and contains no event. Import the invitation instead."),
        "ics-no-body": N_("Choose the organisation or body to which the events belong."),
        "ics-no-source-name": N_("Enter a name for the calendar."),
        "ics-no-period": N_("Choose a period: a first day, and a last day on or after it."),
        "ics-no-zone": N_("Choose the time zone for times that have none."),
        "ics-until-before-since": N_("Choose a last day on or after {since}."),
        "ics-period-too-long": N_("Choose a period of at most ten years."),
        "ics-no-events-left": (
            N_(
                "The calendar has no readable events now, though it had some before. Nothing was changed. Check it "
                "in a browser, then refresh again."
            )
        ),
        # Events of calendar files that are refused.
        "ics-unreadable-days": N_("Its dates or times cannot be read."),
        "ics-unreadable-length": N_("Its duration cannot be read."),
        "ics-unreadable-rule": N_("Its recurrence rule cannot be read."),
        "ics-unworkable-rule": N_("The dates of its recurrence cannot be calculated."),
        "ics-rule-not-gregorian": (
            N_("Its recurrence uses a calendar other than the Gregorian one, which is not supported.")
        ),
        "ics-recurs-too-often": N_("It recurs every hour or more often, which is not supported."),
        "ics-too-many-dates": N_("It lists more than {most:,} dates on which it recurs."),
        "ics-days-and-hours": N_("Only one of its start and end has a time; the other is a whole day."),
        "ics-day-lasts-hours": N_("It is an all-day event with a duration in hours."),
        "ics-no-beginning": N_("It has no start."),
        "ics-ends-first": N_("It ends before it begins."),
        "ics-other-century": "It is dated {year}; only dates from {first} to {last} are imported.",
        "ics-unexplained-zone": N_("Its times are in the time zone “{zone}”, which the file does not define."),
        "ics-older-version": N_("The file contains it twice; the latest version is imported."),
        "ics-from-here": N_("It comes from a feed of this calendar and is already in it."),
        # Notes on events of calendar files.
        "ics-never-here": N_("It is cancelled and was never imported."),
        "ics-entered-by-hand": N_("It has already been entered here by hand."),
        "ics-taken-as-internal": N_("Its calendar marks it as private; it is imported as internal."),
        "ics-called-off": N_("It is cancelled."),
        "ics-gone": N_("It is no longer in the calendar."),
        "ics-cancelled-already": N_("It is already cancelled here."),
        "ics-standing-by-hand": N_("Its status was set by hand and stays {standing}."),
        "ics-only-offered": N_("It stays unchanged unless you choose to cancel missing events."),
        # Notes on whole calendar files.
        "ics-damaged-letters": (
            N_("Some accented letters in the file are damaged. Check titles and places before importing.")
        ),
        "ics-western-letters": N_(
            "The file is not in UTF-8 and was read as Western European. Check the accented letters."
        ),
        "ics-calendar-zone-unknown": N_("The calendar's time zone “{zone}” is unknown."),
        "ics-rule-part-left-out": N_("Part of a recurrence rule is not supported and was left out: {part}."),
        "ics-exclusion-not-understood": N_(
            "Exclusion rules (EXRULE) are not supported. Check the dates of the series."
        ),
        "ics-hours-without-zone": N_("Times without a time zone were read as {zone}."),
        "ics-hours-in-utc": N_("Times in UTC are shown in {zone} time."),
        "ics-hours-in-own-zone": N_("Times in a time zone of the calendar's own are shown in {zone} time."),
        "ics-attendees-left-out": N_(
            "Organisers and invitees are not imported: they could include a defender's address."
        ),
        "ics-parts-left-out": _left_out,
        "ics-first-occurrences": (
            N_("Only the first {most:,} occurrences are shown. Choose a shorter period to see the others.")
        ),
        "ics-some-refused": (
            N_(
                "To import a refused event, correct it in its own calendar and export again, or enter it by hand. "
                "The other events are imported."
            )
        ),
        "ics-outside-period": _outside_period,
        # Calendars at an address.
        "remote-no-name": N_("Enter a name for the calendar; its events are shown under it."),
        "remote-no-body": N_("Choose the organisation or body to which its events belong."),
        "remote-no-interval": N_("Enter the number of hours between readings, or 0 to read it only by hand."),
        "remote-not-followed": N_("You do not follow this calendar. Go back to the list."),
        "remote-unreadable": N_("The address is encrypted, and its key is missing. Enter it again."),
        "remote-not-an-address": (
            N_("This is not the address of a calendar. Paste all of it, from https:// or webcal:// on.")
        ),
        "remote-address-with-password": (
            N_("Addresses that contain a user name or password are not accepted. Ask for an address without them.")
        ),
        "remote-address-not-listed": (
            N_("Calendars at {host} are not allowed here. The administrator lists those that are in {variable}.")
        ),
        "remote-host-too-slow": N_("{host} took too long to answer. Try again later."),
        "remote-host-unreachable": N_("{host} cannot be reached, or its answer is invalid. Try again later."),
        "remote-too-many-redirects": N_("{host} redirects too many times. Ask for the direct address."),
        "remote-compressed-answer": (
            N_("{host} sent a compressed file, which cannot be read. Download the calendar and import the file.")
        ),
        "remote-calendar-too-large": N_("The calendar at {host} is larger than {megabytes} MB. Ask for a shorter one."),
        "remote-address-forbidden": (
            N_("{host} denies access to the calendar ({status}). Ask its owner for an address that needs no sign-in.")
        ),
        "remote-address-gone": (
            N_("There is no longer a calendar at this address on {host} ({status}). Ask its owner for the new address.")
        ),
        "remote-other-status": N_("{host} answered with {status} instead of a calendar. Try again later."),
        "remote-not-changed": N_("The calendar has not changed since it was last read."),
        # The command line.
        "command-table": N_("{name} is a table. Import it on the Import page, where its columns are matched."),
        "command-no-person": N_("Name yourself with --as: every change is recorded under a name."),
        "command-unknown-person": (
            N_("There is no person “{person}”. Enter the identifier shown in the history, or the full name.")
        ),
        "command-several-persons": N_(
            "Several people are called “{person}”. Enter the identifier shown in the history."
        ),
        "command-unknown-body": (
            N_("“{body}” is not the code of an organisation or body. Look it up on the Organisations page.")
        ),
        "command-unreadable-file": N_("{file} cannot be read ({reason}). Name another file."),
        "command-not-followed": N_("No followed calendar has the identifier {remote_id}."),
        # Tables.
        "table-too-large": N_("{name} is larger than {megabytes} MB. Split it, or remove what is not needed."),
        "table-empty": N_("{name} is empty. Choose another file, or fill in a template."),
        "table-other-kind": _with(N_("{name} is a type of file that cannot be read here."), _SAVE_AS),
        "table-none": N_("{name} contains no table. Add a row of column names, and rows below it."),
        "table-not-text": N_(
            "{name} cannot be read as text. Save it as CSV in UTF-8, or as an Excel workbook (.xlsx)."
        ),
        "table-open-quotation-mark": (
            N_(
                "A quotation mark in row {row} of {name} is not closed, or is alone in a cell. Correct the row, or "
                "save the file as an Excel workbook (.xlsx)."
            )
        ),
        "table-too-many-rows": N_("{name} has more than {most} rows. Split it into several files."),
        "table-too-many-columns": N_(
            "Row {row} of {name} has {columns} columns; the limit is {most}. Remove the others."
        ),
        "table-cell-too-long": (
            "Row {row} of {name} has {length} characters in column {column}; the limit is {most}. Shorten the "
            "text, or look for a quotation mark that is not closed."
        ),
        "table-too-many-sheets": N_("{name} has more than {most} sheets. Copy those you need to a new file."),
        "table-sheet-too-long": N_("{sheet} in {name} has more than {most} rows. Split it."),
        "table-unreadable-workbook": _with(N_("{name} cannot be read as an Excel workbook (.xlsx)."), _SAVE_AS),
        "table-damaged-workbook": _with(N_("{name} is damaged: it claims more rows than Excel allows."), _SAVE_AS),
        "table-not-a-workbook": _with(N_("{name} is not an Excel workbook (.xlsx)."), _SAVE_AS),
        "table-locked-workbook": _with(N_("{name} is damaged or locked with a password."), _SAVE_AS),
        "table-workbook-with-entities": (
            _with(N_("{name} contains what no Excel workbook should, and was not read."), _SAVE_AS)
        ),
        "table-packed-too-large": (
            N_("{name} unpacks to far more than its size and was not read. Save it again, or save it as CSV.")
        ),
        "table-columns-not-chosen": N_("Choose the columns for {columns}. Nothing can be imported without them."),
        "table-columns-of-another-file": N_("The chosen columns are not in this file. Choose them again."),
        "table-example-left-out": N_("Row {row} is the template's example and is left out."),
        "table-no-rows": N_("There are no rows to import."),
        # Rows of tables that are refused.
        "row-several-records": (
            N_(
                "Several records have this title and date. Change one of them on its page, or give the events "
                "references of your own."
            )
        ),
        "row-repeated": N_("Row {row} of this file is about the same item. Remove one of the two."),
        "row-does-not-fit": _does_not_fit,
        "row-edit-conflict": (
            N_("Row {row}, “{title}”: another user has changed it since you looked. Check the file again.")
        ),
        "row-refused": N_("Row {row}, “{title}”: {reason}"),
        # Notes on rows of tables.
        "row-linked-items": N_("Linked to: {items}"),
        "row-new-reference": "Reference: {reference}",
        "row-follow-up": N_("Follow-up: {what}, by {due}"),
        "row-follow-up-moved": N_("Follow-up: {what}, by {before} → {due}"),
        "row-published-by-hand": (
            "Visibility: {level}; an event or engagement is made public on its own page, with a reason"
        ),
        "row-opened-by-hand": N_("Visibility stays {level}: an import never widens access"),
        "row-not-in-reference": _not_in_reference,
        "row-sourced-now": N_("now has a source; no longer an unsourced estimate"),
    }
)
"""By code: a format of the values for :class:`_Formatter`, or a function of the values."""


class _Formatter(string.Formatter):
    """Formats values for people: days, lists, cells cut short. ``perhaps`` asks whether the value was meant."""

    def get_value(self, key: int | str, args: Any, kwargs: Mapping[str, Any]) -> Any:
        value = super().get_value(key, args, kwargs)
        return wording.shortened(value, _LONGEST_CELL) if key == "cell" else value

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec == "perhaps":
            return _(" Did you mean {value}?").format(value=value) if value else ""
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
