"""The field in which a statement is written: speaking time and limit while typing, and nothing typed is lost.

The text is sent 800 ms after the last key, when the field is left, with Ctrl+S and when the page is hidden. Until
Python has acknowledged it, the browser's tab keeps it too and sends it again, also after a reload.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from calendar_model.mission.statements.texts import Pace, pace_of
from calendar_model.translation import N_

LONGEST = 200_000
"""The most characters that the field takes; anything longer is no statement."""

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ps", "ur", "yi"})

_HTML = f"""<div class="editor">
<label for="text"></label>
<div class="above">
<div class="line"><span class="count"></span><span class="state"></span></div>
<div class="bar" aria-hidden="true"><div class="fill"></div></div>
</div>
<textarea id="text" spellcheck="true" autocomplete="off" maxlength="{LONGEST}"></textarea>
<div class="passage" hidden><button type="button" aria-disabled="true"></button></div>
<div class="aside" hidden><span>A newer text replaced yours, which has been set aside.</span>
<button type="button">Swap texts</button><button type="button">Discard</button></div>
<div class="heard" role="status" aria-live="polite"></div>
</div>"""

_HERE = Path(__file__).parent

_field = st.components.v2.component(
    "statement_editor",
    html=_HTML,
    css=(_HERE / "editor.css").read_text(encoding="utf-8"),
    js=(_HERE / "editor.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class Selected:
    """A passage that the reader has selected in the field, to comment on it: the whole text, and where it is in it.

    ``number`` counts the selections of a tab.
    """

    text: str
    start: int
    end: int
    number: int


@dataclass(frozen=True)
class Typed:
    """The text in the field, as far as the server knows.

    ``number`` counts what a tab has sent, the highest is the newest; 0: nothing has come. ``revision`` is that of the
    text on which it was typed: what is saved is based on it, and on no other. ``fresh``: it has come in with this
    run, and was not there before.
    """

    text: str
    number: int
    revision: str
    fresh: bool


def editor(
    text: str,
    *,
    key: str,
    revision: str = "",
    limit_seconds: int | None = None,
    pace: Pace | None = None,
    language: str = "en",
    label: str = N_("Text"),
    disabled: bool = False,
    select: str = "",
    keep: Callable[[Typed], bool] | None = None,
) -> Typed:
    """Draw the field and return the text in it.

    ``text`` is the first text of the field. Later the field ignores ``text`` until ``revision`` changes: that is how a
    restored version or a merge gets in. Text that was not yet kept at that moment is set aside in the tab, with one
    button that swaps the two and one that discards it.

    ``key`` is unique. The tab keeps unsent text under it, so it names the statement **and the current user**: nobody
    finds there what another person has typed.

    ``keep`` is called with newly received text and returns whether it is safe (stored as ``Unsaved``); only then the
    field says "Draft saved" and the tab drops its own copy. On False it sends again. Without ``keep``, the returned
    text counts as kept. A ``fresh`` text may be based on another ``revision`` than the one given, when a tab that was
    cut off comes back: it is to be merged, never thrown away.

    ``select`` is the label of a button that sends the selected passage, to be read with :func:`selected`; empty for no
    button.

    ``limit_seconds``: None for no limit. ``pace``: None for that of the language. ``language`` is a tag such as
    ``en``; languages such as Arabic are written from the right. ``disabled`` can be read and copied, not changed.
    """
    kept_key = f"{key}-kept"
    kept: int = st.session_state.get(kept_key, 0)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    typed = _come_in(st.session_state.get(key), kept)
    if typed is not None and typed.fresh and (keep is None or keep(typed)):
        kept = st.session_state[kept_key] = typed.number
    measure = pace or pace_of(language)
    _field(
        key=key,
        data={
            "name": key,
            "text": text,
            "revision": revision,
            "acknowledged": kept,
            "limit": limit_seconds,
            "pace": {"words": measure.words, "characters": measure.characters},
            "language": language,
            "rtl": language.lower().split("-")[0] in RIGHT_TO_LEFT,
            "label": label,
            "disabled": disabled,
            "select": select,
        },
        on_typed_change=lambda: None,
        on_passage_change=lambda: None,
        height="content",
    )
    # A tab that has seen this revision and still shows what it sent had come back with it; one that has not yet seen
    # it takes the new text now.
    if typed is None or not (typed.fresh or _seen(st.session_state.get(key)) == revision):
        return Typed(text, kept, revision, fresh=False)
    return typed


def sent(key: str) -> Typed | None:
    """Return what the field has sent last, if anything; for callbacks, which run before the field is drawn."""
    return _come_in(st.session_state.get(key), st.session_state.get(f"{key}-kept", 0))


def selected(key: str) -> Selected | None:
    """Return the passage that the reader has selected with the button of the field in this run, if any."""
    match (st.session_state.get(key) or {}).get("passage"):
        case {"text": str(text), "start": int(start), "end": int(end), "number": int(number)} if len(text) <= LONGEST:
            return Selected(text, start, end, number) if 0 <= start < end <= len(text) else None
        case _:
            return None


def _come_in(state: Any, kept: int) -> Typed | None:
    """Return the message of the browser, if it has the form of the field's messages."""
    match (state or {}).get("typed"):
        case {"text": str(text), "number": int(number), "revision": str(revision)} if len(text) <= LONGEST:
            return Typed(text, number, revision, fresh=number > kept)
        case _:
            return None


def _seen(state: Any) -> str:
    """The revision that the tab had been given when it sent."""
    return str((state or {}).get("typed", {}).get("seen", ""))
