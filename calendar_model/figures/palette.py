"""Colours and type of every picture.

An organisation's colour is in ``data/organisations.csv`` and is the same in every picture, badge and feed. There
are ten, one for each group of organisations: the Human Rights Council with the UPR, the General Assembly with its
Third Committee, the other parts of the United Nations, OSCE, Council of Europe, European Union, African Union, OAS,
ASEAN, and civil society.

What the ten guarantee (``tests/figures/test_palette.py`` computes it):

* each has a contrast of at least 3:1 with the light and with the dark ground (WCAG 2.2, 1.4.11);
* any two are at least 0.12 apart in OKLab, and at least 0.07 apart as seen with protanopia, deuteranopia or
  tritanopia (Machado, Oliveira and Fernandes 2009, severity 1); 0.02 is a difference that can just be seen;
* groups that follow each other in the file, and so in the lanes, are at least 0.095 apart in each way of seeing.

Colour never carries a meaning alone: each lane has its name, and standing is shown by form and words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

ThemeName = Literal["light", "dark"]

SANS = '"Source Sans", "Source Sans 3", "Source Sans Pro", sans-serif'
"""The app's own sans, as Streamlit serves it; the fallbacks are for figures outside the app."""


@dataclass(frozen=True)
class Inks:
    """The colours of a picture that belong to no organisation, as ``#rrggbb``."""

    ground: str
    ink: str
    muted: str
    line: str
    shade: str
    accent: str


INKS: Mapping[ThemeName, Inks] = {
    "light": Inks(ground="#fbfaf6", ink="#1b1f27", muted="#5b6068", line="#dedacf", shade="#f1eee6", accent="#1d4e89"),
    "dark": Inks(ground="#14171c", ink="#e9e6df", muted="#a7abb2", line="#30353d", shade="#1b1f26", accent="#8ab4e8"),
}
"""By theme; ground, ink and accent are those of ``.streamlit/config.toml``."""

TEXT_PX = 12
"""The size of text in a picture, except labels and headings."""


def plain_layout(inks: Inks) -> dict[str, Any]:
    """Return the layout that all pictures share: no template or ground, nothing to drag, hovers like the page."""
    return {
        "template": {"layout": {}},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": SANS, "size": TEXT_PX, "color": inks.ink},
        "barmode": "overlay",
        "hovermode": "closest",
        "dragmode": False,
        "clickmode": "event+select",
        "hoverlabel": {
            "align": "left",
            "bgcolor": inks.shade,
            "bordercolor": inks.line,
            "font": {"family": SANS, "size": 13, "color": inks.ink},
        },
    }


def legend_above(inks: Inks) -> dict[str, Any]:
    """A legend in a row at the top left of a picture, which a click does not change."""
    return {
        "orientation": "h",
        "x": 0,
        "xref": "container",
        "xanchor": "left",
        "y": 1,
        "yref": "container",
        "yanchor": "top",
        "itemclick": False,
        "itemdoubleclick": False,
        "font": {"size": 13, "color": inks.ink},
    }


UNKNOWN = "#8c8ca0"
"""For a code that no organisation has, so that a faulty row is drawn rather than lost."""


class Coloured(Protocol):
    """An organisation, as far as its colour goes."""

    @property
    def colour(self) -> str: ...


def colour_of(organisations: Mapping[str, Coloured], code: str) -> str:
    """Return the ``#rrggbb`` of the organisation or body with this code."""
    organisation = organisations.get(code)
    return organisation.colour.lower() if organisation else UNKNOWN


def with_alpha(colour: str, alpha: float) -> str:
    """Return ``#rrggbb`` as a CSS ``rgba()`` of this opacity (0 to 1)."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha:g})"


def luminance(colour: str) -> float:
    """Return the relative luminance of ``#rrggbb``, 0 to 1, as WCAG 2.2 defines it."""
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two ``#rrggbb`` colours, 1 to 21, as WCAG 2.2 defines it."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def ink_on(colour: str) -> str:
    """Return white or black, whichever reads better on a solid ``colour``: always at least 4.5:1."""
    return max(("#ffffff", "#000000"), key=lambda ink: contrast(ink, colour))
