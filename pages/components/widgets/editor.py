"""The field in which a statement is written: time and limit while typing, and nothing typed is lost.

What is typed is sent 800 ms after the last key, when the field is left, with Ctrl+S and when the page goes out of
sight. Until Python has said that it keeps it, the browser's tab keeps it too and sends it again, also after a reload.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from calendar_model.mission.statements.texts import Pace, pace_of

LONGEST = 200_000
"""Signs that the field takes: what is longer is no statement."""

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ps", "ur", "yi"})

_HTML = f"""<div class="editor">
<label for="text"></label>
<div class="above">
<div class="line"><span class="count"></span><span class="state"></span></div>
<div class="bar" aria-hidden="true"><div class="fill"></div></div>
</div>
<textarea id="text" spellcheck="true" autocomplete="off" maxlength="{LONGEST}"></textarea>
<div class="aside" hidden><span>A new text took the place of what you were typing, which is set aside here.</span>
<button type="button">Swap the two texts</button><button type="button">Forget it</button></div>
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
class Typed:
    """What stands in the field, as far as the server knows.

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
    label: str = "Text",
    disabled: bool = False,
    keep: Callable[[Typed], bool] | None = None,
) -> Typed:
    """Draws the field and returns what stands in it.

    ``text`` is what the field begins with. Later it is left alone, whatever ``text`` says by then, until ``revision``
    changes: that is how a restored version or a merge gets in. Where something typed was not yet kept at that moment,
    it is set aside in the tab, with a button that swaps the two and one that forgets it.

    ``key`` is one of a kind; as the tab keeps under it what was not sent, it names the statement **and the person who
    acts**, so that nobody finds there what another has typed.

    ``keep`` is called with what has newly come in and answers whether it is safe (stored as ``Unsaved``); only then the
    field says "Kept as your draft" and the tab forgets its own copy. On False it sends again. Without ``keep``,
    what is returned counts as kept. A ``fresh`` text may be typed on another ``revision`` than the one given, when a
    tab that was cut off comes back: that is for a merge, never for the bin.

    ``limit_seconds``: None for no limit. ``pace``: None for that of the language. ``language`` is a tag such as
    ``en``; Arabic and its like are written from the right. ``disabled`` can be read and copied, not changed.
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
        },
        on_typed_change=lambda: None,
        height="content",
    )
    # A tab that has seen this revision and still shows what it sent had come back with it; one that has not yet seen
    # it takes the new text now.
    if typed is None or not (typed.fresh or _seen(st.session_state.get(key)) == revision):
        return Typed(text, kept, revision, fresh=False)
    return typed


def sent(key: str) -> Typed | None:
    """What the field has sent last, if anything, also before it is drawn: for callbacks, which run first."""
    return _come_in(st.session_state.get(key), st.session_state.get(f"{key}-kept", 0))


def _come_in(state: Any, kept: int) -> Typed | None:
    """What the browser has sent, if it is what the field sends."""
    match (state or {}).get("typed"):
        case {"text": str(text), "number": int(number), "revision": str(revision)} if len(text) <= LONGEST:
            return Typed(text, number, revision, fresh=number > kept)
        case _:
            return None


def _seen(state: Any) -> str:
    """The revision that the tab had been given when it sent."""
    return str((state or {}).get("typed", {}).get("seen", ""))
