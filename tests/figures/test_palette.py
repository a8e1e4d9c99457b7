"""The colours keep what the palette's docstring promises; the arithmetic is the test's own."""

from __future__ import annotations

import itertools
import tomllib
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from calendar_model.figures.palette import INKS, ThemeName, colour_of, contrast, ink_on, with_alpha
from calendar_model.reference import Reference

ROOT = Path(__file__).resolve().parents[2]
Floats = npt.NDArray[np.float64]

# Machado, Oliveira, Fernandes (2009), severity 1, for linear RGB.
VISIONS: dict[str, Floats] = {
    "usual": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}


def linear(colour: str) -> Floats:
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def oklab(rgb: Floats) -> Floats:
    to_lms = np.array(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
    )
    to_lab = np.array(
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ]
    )
    lab: Floats = to_lab @ np.cbrt(to_lms @ np.clip(rgb, 0, 1))
    return lab


def distance(one: str, other: str, vision: str) -> float:
    a, b = (oklab(VISIONS[vision] @ linear(colour)) for colour in (one, other))
    return float(np.linalg.norm(a - b))


@pytest.fixture(scope="module")
def groups(reference: Reference) -> list[str]:
    """The groups' colours, in the order of the lanes."""
    return list(dict.fromkeys(row.colour for code, row in reference.organisations.items() if code != "un"))


def test_there_is_one_colour_for_each_group_of_organisations(reference: Reference) -> None:
    members: dict[str, set[str]] = {}
    for code, row in reference.organisations.items():
        members.setdefault(row.colour, set()).add(code)
    assert sorted(map(sorted, members.values())) == sorted(
        map(
            sorted,
            [
                {"un-hrc", "un-hrc-upr"},
                {"un-ga", "un-ga-c3"},
                {"un", "un-ohchr", "un-ecosoc-ngo", "un-csw", "un-chr"}
                | {"un-ccpr", "un-cat", "un-cedaw", "un-ced"}
                | {"unece", "unece-aarhus", "eclac", "eclac-escazu"},
                {"osce", "osce-odihr"},
                {"coe", "coe-comm", "coe-pace", "coe-cm"},
                {"eu"},
                {"au", "au-achpr"},
                {"oas", "oas-ga", "oas-iachr"},
                {"asean", "asean-aichr"},
                {"eu-pd", "fld", "access-now", "civil-soc"},
            ],
        )
    )


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_stands_out_from_the_ground_of_the_theme(groups: list[str], theme: ThemeName) -> None:
    assert [colour for colour in groups if contrast(colour, INKS[theme].ground) < 3] == []


@pytest.mark.parametrize(("vision", "least"), [(v, 0.12 if v == "usual" else 0.07) for v in VISIONS])
def test_any_two_can_be_told_apart(groups: list[str], vision: str, least: float) -> None:
    pairs = itertools.combinations(groups, 2)
    assert [(a, b) for a, b in pairs if distance(a, b, vision) < least] == []


@pytest.mark.parametrize("vision", VISIONS)
def test_lanes_that_follow_each_other_differ_more(reference: Reference, vision: str) -> None:
    lanes = [row.colour for code, row in reference.organisations.items() if code != "un"]
    pairs = [(a, b) for a, b in itertools.pairwise(lanes) if a != b]
    assert [(a, b) for a, b in pairs if distance(a, b, vision) < 0.095] == []


def test_labels_on_a_solid_bar_can_be_read(groups: list[str]) -> None:
    assert [colour for colour in groups if contrast(ink_on(colour), colour) < 4.5] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_inks_are_the_themes_and_can_be_read_on_it(theme: ThemeName) -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"][theme]
    inks = INKS[theme]
    assert [inks.ground, inks.ink, inks.accent] == [
        config[name].lower() for name in ("backgroundColor", "textColor", "linkColor")
    ]
    assert min(contrast(colour, inks.ground) for colour in (inks.ink, inks.muted, inks.accent)) >= 4.5


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


def test_a_code_without_an_organisation_has_a_colour_all_the_same(reference: Reference) -> None:
    assert colour_of(reference.organisations, "nobody") == "#8c8ca0"
    assert with_alpha("#8c6400", 0.5) == "rgba(140,100,0,0.5)"
