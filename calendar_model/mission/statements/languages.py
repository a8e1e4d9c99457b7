"""Languages of statements: names, tags and writing direction."""

from __future__ import annotations

from calendar_model.translation import N_, Translated

NAMES = Translated(
    {
        "en": N_("English"),
        "fr": N_("French"),
        "es": N_("Spanish"),
        "ar": N_("Arabic"),
        "ru": N_("Russian"),
        "zh": N_("Chinese"),
        "nb": N_("Norwegian"),
        "pt": N_("Portuguese"),
        "de": N_("German"),
    }
)
"""The languages offered for texts: those of the United Nations, and some that missions use."""

_TAGS = {
    "en": "en-GB",
    "fr": "fr-FR",
    "es": "es-ES",
    "ar": "ar-SA",
    "ru": "ru-RU",
    "zh": "zh-CN",
    "nb": "nb-NO",
    "pt": "pt-PT",
    "de": "de-DE",
}

_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ps", "ur", "yi"})


def name(code: str) -> str:
    """``French``; the code itself for a language that is not offered."""
    return NAMES.get(code, code)


def tag(code: str) -> str:
    """The tag with a country for a word processor's dictionary, such as ``fr-FR``; else the code."""
    return _TAGS.get(code, code)


def right_to_left(code: str) -> bool:
    """Whether the language is written from right to left."""
    return code.lower().split("-")[0] in _TO_LEFT
