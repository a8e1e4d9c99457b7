"""A statement to be read aloud: large type, wide spacing, and at the top its clearance and speaking time.

A mission can have its own layout instead: the Word file of a template, filled in. Then the clearance is at the top only
where the text is not cleared, and for whom it was prepared only where the statement is restricted.
"""

from __future__ import annotations

from datetime import date

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.shared import Pt
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from calendar_model import wording
from calendar_model.documents import letterhead, word
from calendar_model.documents.printable import printable
from calendar_model.documents.word import MadeFor
from calendar_model.messages.statements import made_as
from calendar_model.mission.checks import column_values
from calendar_model.mission.statements import languages
from calendar_model.mission.statements.queries import cleared_with
from calendar_model.mission.statements.speaking import duration
from calendar_model.mission.statements.templates import placeholder_values
from calendar_model.mission.statements.texts import DIRECTION, pace_of, speaking_seconds, spoken_words
from calendar_model.reference import Reference
from calendar_model.store.models import Statement, Version
from calendar_model.terms import StatementState
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Sensitivity

SIZE, SPACING = 16, 1.5
"""Font size in points and line spacing of the spoken text."""

_SPOKEN = "Spoken"
_ADDRESS = 40
"""Characters of a paragraph that stays with the one after it."""

_CLEARED = (StatementState.CLEARED, StatementState.DELIVERED, StatementState.FOLLOWED_UP)


def delivery(
    statement: Statement,
    text: Version | None,
    reference: Reference,
    *,
    limit: int | None,
    made: MadeFor,
    zone: str,
    template: bytes | None = None,
) -> bytes:
    """A text of a statement as a Word document to be read out.

    ``statement`` comes with its texts and who cleared it; ``limit`` is how many seconds one may speak, None if that is
    not known; ``zone`` is the reader's IANA time zone; ``template`` the Word file in which it is laid out. One that
    cannot be filled in gives the plain layout, with a sentence at its top. A statement without a text gives a document
    that says so. Raises :class:`~calendar_model.documents.word.DocumentError`.
    """
    if text is None:
        return _without_text(made)
    failed = ""
    if template is not None:
        try:
            return _laid_out(statement, text, reference, template, made=made, zone=zone)
        except Exception:  # noqa: BLE001  what a library stumbles over is the mission's own file, whatever it raises
            failed = _("The Word template could not be used. Replace its file under Templates.")
    return _plain(statement, text, reference, limit=limit, made=made, zone=zone, failed=failed)


@word.bounded
def _without_text(made: MadeFor) -> bytes:
    return word.excuse(
        _("The statement has no saved text yet. Write and save one, then download the document again."), made
    )


@word.bounded
def _laid_out(
    statement: Statement, text: Version, reference: Reference, template: bytes, *, made: MadeFor, zone: str
) -> bytes:
    restricted = statement.sensitivity is Sensitivity.RESTRICTED
    document = letterhead.opened(template, _("Statement"), reference.mission_to(statement.forum), made.on)
    known = placeholder_values(column_values(statement), reference, made.on)
    place = letterhead.fill(document, known)
    for part, stays_with_next in _paragraphs(text):
        paragraph = place.paragraph()
        _speak(paragraph, part, text.language, place.look)
        if stays_with_next:
            paragraph.paragraph_format.keep_with_next = True
    place.close()
    # What must be known before it is read out or passed on, in whatever layout.
    facts = [] if _is_cleared(statement, text) else [clearance_words(statement, text, zone)]
    facts += [made.header(restricted=True)] if restricted else []
    if facts:
        letterhead.at_the_top(document, " · ".join(facts))
    return word.to_bytes(document)


@word.bounded
def _plain(
    statement: Statement,
    text: Version,
    reference: Reference,
    *,
    limit: int | None,
    made: MadeFor,
    zone: str,
    failed: str,
) -> bytes:
    forum = reference.organisations.get(statement.forum)
    document = word.new(_("Statement"), made, reference.mission_to(statement.forum), margin=3.2)
    _styles(document)
    restricted = statement.sensitivity is Sensitivity.RESTRICTED
    state = clearance_words(statement, text, zone)
    if failed:
        word.line(document, failed, style="Fact")
    word.line(document, "", lead=_("Check against delivery"))
    # The title of a restricted statement may be the code of a case: a paper that is passed on must not have it.
    word.line(document, made_as(statement.voice, statement.format) if restricted else statement.title, style="Title")
    facts = {
        _("Forum:"): forum.name if forum else statement.forum,
        _("Agenda item:"): statement.agenda_item,
        _("Speaker:"): statement.speaker,
        _("Date:"): _date(statement),
        _("Language:"): languages.name(text.language),
        _("Speaking time:"): speaking_time(text, limit),
    }
    for name, value in facts.items():
        if value.strip():
            word.line(document, value, lead=name, style="Fact")
    word.line(document, "", lead=state, style="State")
    for part, stays_with_next in _paragraphs(text):
        paragraph = document.add_paragraph(style=_SPOKEN)
        _speak(paragraph, part, text.language)
        paragraph.paragraph_format.keep_with_next = stays_with_next or None
    word.head_and_foot(document, made.header(restricted=restricted), state)
    return word.to_bytes(document)


def _paragraphs(text: Version) -> list[tuple[str, bool]]:
    """The paragraphs of a text, each with whether it stays on the page of what follows: a form of address does."""
    parts = [part.strip() for part in printable(text.text).split("\n") if part.strip()]
    return [(part, len(part) <= _ADDRESS and number < len(parts)) for number, part in enumerate(parts, 1)]


def _is_cleared(statement: Statement, text: Version) -> bool:
    return (
        statement.state in _CLEARED
        and statement.cleared_by is not None
        and statement.cleared_at is not None
        and text.number in cleared_with(statement, statement.cleared_version or 0)
    )


def clearance_words(statement: Statement, text: Version, zone: str) -> str:
    """Say whether this text is cleared, by whom and when, or that it was dropped."""
    if statement.state is StatementState.DROPPED:
        return _("Dropped: do not deliver")
    if statement.state not in _CLEARED or statement.cleared_by is None or statement.cleared_at is None:
        return _("Draft, not cleared (version {number})").format(number=text.number)
    if text.number not in cleared_with(statement, statement.cleared_version or 0):
        return _("Not the cleared text: this is version {number}; version {cleared_version} was cleared").format(
            number=text.number, cleared_version=statement.cleared_version
        )
    at = wording.moment(statement.cleared_at, zone)
    return _("Cleared by {name} on {at} (version {number})").format(
        name=statement.cleared_by.name, at=at, number=text.number
    )


def speaking_time(text: Version, limit: int | None) -> str:
    """``about 2 min 10 s, limit 2 min 30 s; 260 words at 120 a minute``."""
    seconds, pace = speaking_seconds(text.text, text.language), pace_of(text.language)
    against = _(", limit {duration}").format(duration=duration(limit)) if limit else _(", no limit on record")
    over = _(", {duration} over").format(duration=duration(seconds - limit)) if limit and seconds > limit else ""
    words, each = spoken_words(text.text, text.language), pace.characters or pace.words
    counted = _("characters and words") if pace.characters else "word" if words == 1 else "words"
    return _("about {duration}{against}{over}; {words} {counted} at {each} a minute").format(
        duration=duration(seconds), against=against, over=over, words=words, counted=counted, each=each
    )


def _date(statement: Statement) -> str:
    if statement.delivered_on is not None:
        return _("delivered on {delivered_on}").format(delivered_on=wording.day(statement.delivered_on))
    due: date | None = statement.due
    return _("due on {due}").format(due=wording.day(due)) if due is not None else ""


def _styles(document: Document) -> None:
    styles = document.styles
    for name, size in (("Fact", 11.0), ("State", 13.0), (_SPOKEN, float(SIZE))):
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = styles["Normal"]
        word.set_font(style, size)
    styles["Fact"].paragraph_format.space_after = Pt(2)
    state = styles["State"].paragraph_format
    state.space_before, state.space_after = Pt(10), Pt(16)
    spoken = styles[_SPOKEN].paragraph_format
    spoken.line_spacing, spoken.space_after, spoken.keep_together = SPACING, Pt(14), True


def _speak(paragraph: Paragraph, text: str, language: str, look: letterhead.Look = None) -> None:
    """Write a text into a paragraph; directions to the speaker, in square brackets, in italics and grey."""
    word.spend(text)
    at = 0

    def add(part: str) -> Run:
        run = paragraph.add_run()
        letterhead.dress(run, look)
        run.text = part
        return run

    for direction in DIRECTION.finditer(text):
        word.spend("")
        add(text[at : direction.start()])
        aside = add(direction[0])
        aside.font.italic, aside.font.color.rgb = True, word.GREY
        at = direction.end()
    add(text[at:])
    word.in_language(paragraph, language)
