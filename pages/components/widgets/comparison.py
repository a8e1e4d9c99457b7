"""Two texts as one, with removals and additions; and two people's changes of one text side by side."""

from __future__ import annotations

from html import escape

import streamlit as st

from calendar_model.mission.statements.texts import Conflict, Merged, Piece, PieceKind, compare
from calendar_model.translation import N_, Translated
from calendar_model.translation import gettext as _
from pages.components.widgets.editor import RIGHT_TO_LEFT

# Removals are struck through, additions underlined, and screen readers get words at both ends of each; the tint is
# extra. The inks are those of the page, at 9:1 and more on each tint, light and dark.
_NEW_LINE = "¶\n"


def comparison(old: str, new: str, *, language: str = "en") -> None:
    """Draw what was removed from ``old`` and added to make ``new``, under a sentence that says how much."""
    pieces = compare(old, new)
    st.caption(how_much(pieces))
    st.html(f'<div class="compared" {of_language(language)}>{_marked(pieces)}</div>')


def side_by_side(
    base: str,
    mine: str,
    theirs: str,
    merged: Merged,
    *,
    language: str = "en",
    names: tuple[str, str] = (N_("Your text"), N_("Their text")),
) -> None:
    """Draw what each of two people made of ``base``, and both ``merged``: three columns, or below each other on a
    narrow screen. ``names`` head the first two columns and the two versions of a conflict."""
    mine_name, their_name = map(_, names)
    count = len(merged.conflicts)
    if count:
        passages = _("one passage") if count == 1 else _("{count} passages").format(count=count)
        st.caption(
            _("Both of you changed {passages} differently; both versions are kept for you to resolve.").format(
                passages=passages
            )
        )
    else:
        st.caption(_("The changes do not conflict; the merged text has both."))
    together = "".join(_part(merged.parts, place, (mine_name, their_name)) for place in range(len(merged.parts)))
    columns = [
        (mine_name, _marked(compare(base, mine))),
        (their_name, _marked(compare(base, theirs))),
        (_("Merged text"), together),
    ]
    drawn = "".join(
        f'<section><h4>{escape(name)}</h4><div class="compared" {of_language(language)}>{text}</div></section>'
        for name, text in columns
    )
    st.html(f'<div class="beside">{drawn}</div>')


def how_much(pieces: list[Piece]) -> str:
    """A sentence on how many passages were added and removed, and how that is drawn."""
    added = sum(piece.kind is PieceKind.ADDED for piece in pieces)
    removed = sum(piece.kind is PieceKind.REMOVED for piece in pieces)
    if not added and not removed:
        return _("The two texts are the same.")
    parts = [
        f"{count} {_('passage') if count == 1 else _('passages')} {_(kind.value)} ({how})"
        for count, kind, how in (
            (added, PieceKind.ADDED, _("underlined")),
            (removed, PieceKind.REMOVED, _("struck through")),
        )
        if count
    ]
    return f"{_(' and ').join(parts)}."


def of_language(language: str) -> str:
    """The attributes of an element with a text in a language: which it is, and from where it is written."""
    direction = "rtl" if language.lower().split("-")[0] in RIGHT_TO_LEFT else "ltr"
    return f'lang="{escape(language)}" dir="{direction}"'


def _marked(pieces: list[Piece]) -> str:
    return "".join(_piece(piece) for piece in pieces)


_ENDS = Translated({PieceKind.ADDED: N_("end of added text"), PieceKind.REMOVED: N_("end of removed text")})


def _piece(piece: Piece) -> str:
    text = escape(piece.text)
    if piece.kind is PieceKind.SAME:
        return text
    name = "ins" if piece.kind is PieceKind.ADDED else "del"
    return (
        f'<{name}><span class="unseen"> {_(piece.kind.value)}: </span>{text.replace(chr(10), _NEW_LINE)}'
        f'<span class="unseen"> {_ENDS[piece.kind]} </span></{name}>'
    )


def _part(parts: tuple[str | Conflict, ...], place: int, names: tuple[str, str]) -> str:
    part = parts[place]
    if isinstance(part, str):  # between conflicts, which are blocks, no line has to be broken
        text = part.lstrip("\n") if place > 0 else part
        return escape(text.rstrip("\n") if place < len(parts) - 1 else text)
    versions = "".join(
        f"<b>{escape(name)}</b><span>{escape(text.strip()) or _('Deleted')}</span>"
        for name, text in zip(names, (part.mine, part.theirs), strict=True)
    )
    return f'<span class="conflict">{versions}</span>'
