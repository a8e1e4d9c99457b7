"""Sentences in the reader's language, from the catalogues in ``locale/`` (GNU gettext).

English is the language of the code: a sentence that a catalogue does not have stays English. Which language a reader
has is asked anew for every sentence, so nothing may be translated when a module is imported: mark a text there with
:func:`N_`, and a table of texts with :class:`Translated`. What goes to other programs (feeds, logs, identifiers,
addresses) is made outside a reader's run and stays English.
"""

from __future__ import annotations

import gettext as _gettext
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TypeVar

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

SOURCE = "en"
"""The language of the code."""
FOLDER = Path(__file__).parent / "locale"
LANGUAGES = (SOURCE, *sorted(path.name for path in FOLDER.iterdir() if path.is_dir()))
"""The languages that readers can choose, as codes of CLDR: English, and each that has a catalogue."""

K = TypeVar("K")

_chosen: ContextVar[str | None] = ContextVar("language", default=None)
_resolvers: list[Callable[[], str]] = []


def resolve_with(resolver: Callable[[], str]) -> None:
    """Let ``resolver`` say which language the reader of this thread has; it gives a code of :data:`LANGUAGES`."""
    _resolvers[:] = [resolver]


def language() -> str:
    """Return the language of the reader: that of :func:`in_language`, else what the resolver says, else English."""
    chosen = _chosen.get()
    if chosen is not None:
        return chosen
    return _resolvers[0]() if _resolvers else SOURCE


def use(code: str) -> None:
    """Have the rest of this thread's run in one language; to ask the resolver for each text takes longer."""
    _chosen.set(code)


@contextmanager
def in_language(code: str) -> Iterator[None]:
    """Give every text in this block in one language, no matter who reads."""
    before = _chosen.set(code)
    try:
        yield
    finally:
        _chosen.reset(before)


@cache
def catalogue(code: str) -> _gettext.NullTranslations:
    """Return the catalogue of a language; an empty one for English."""
    if code == SOURCE:
        return _gettext.NullTranslations()
    compiled = BytesIO()
    with (FOLDER / code / "LC_MESSAGES" / "messages.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=code))
    compiled.seek(0)
    return _gettext.GNUTranslations(compiled)


def gettext(text: str) -> str:
    """Return ``text`` in the reader's language. Placeholders such as ``{name}`` are filled by the caller."""
    code = language()
    # The empty text is the head of a catalogue.
    return text if code == SOURCE or not text else catalogue(code).gettext(text)


def ngettext(singular: str, plural: str, number: int) -> str:
    """Return the form for ``number`` in the reader's language; English has ``singular`` for 1 and ``plural`` else."""
    return catalogue(language()).ngettext(singular, plural, number)


def N_(text: str) -> str:  # noqa: N802
    """Mark a text for the catalogue without translating it; gettext's own name for this."""
    return text


def NN_(singular: str, plural: str) -> tuple[str, str]:  # noqa: N802
    """Mark the two forms of a text for the catalogue, for :func:`ngettext` later."""
    return singular, plural


class Translated(Mapping[K, str]):
    """A table of texts by code that gives each in the language of its reader."""

    def __init__(self, texts: Mapping[K, str]) -> None:
        self._texts = texts

    def __getitem__(self, code: K) -> str:
        return gettext(self._texts[code])

    def __iter__(self) -> Iterator[K]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)
