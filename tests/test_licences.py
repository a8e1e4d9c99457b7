"""No package that the dashboard runs on forbids its licence (docs/decisions/0007-mit-licence.md)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import pytest

REQUIREMENTS = Path(__file__).resolve().parents[1] / "requirements.txt"
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")
_BINDS_US = re.compile(r"(?<!L)(?:A?GPL|(?<!Lesser )General Public License|Affero)")


def installed(requirements: Iterable[str]) -> dict[str, Distribution]:
    """The packages that are required, with what they require in turn; extras and other systems' left out."""
    found: dict[str, Distribution] = {}
    waiting = names(requirements)
    while waiting:
        try:
            package = distribution(waiting.pop())
        except PackageNotFoundError:
            continue
        if package.name not in found:
            found[package.name] = package
            waiting += names(line for line in package.requires or [] if "extra ==" not in line)
    return found


def names(requirements: Iterable[str]) -> list[str]:
    """The packages that the lines of a requirements file name."""
    return [match[0] for line in requirements if (match := _NAME.match(line))]


def licence(package: Distribution) -> str:
    """What a package says of its licence: the expression, or the classifiers, or the first line of the text."""
    fields = {name: package.metadata.get_all(name, [""]) for name in ("License-Expression", "Classifier", "License")}
    classifiers = [one for one in fields["Classifier"] if one.startswith("License ::")]
    return fields["License-Expression"][0] or "; ".join(classifiers) or fields["License"][0].strip().partition("\n")[0]


def test_no_dependency_forbids_the_licence() -> None:
    packages = installed([*REQUIREMENTS.read_text(encoding="utf-8").splitlines(), "psycopg-binary"])
    licences = {name: licence(package) for name, package in packages.items()}
    assert len(licences) > 50
    assert {name for name, text in licences.items() if not text} == set()
    assert {name: text for name, text in licences.items() if _BINDS_US.search(text)} == {}


@pytest.mark.parametrize(
    ("text", "binds"),
    [
        ("GPL-3.0-or-later", True),
        ("AGPL-3.0-only", True),
        ("License :: OSI Approved :: GNU General Public License v3 (GPLv3)", True),
        ("GNU Affero General Public License", True),
        ("LGPL-3.0-only", False),
        ("License :: OSI Approved :: GNU Lesser General Public License v3 or later (LGPLv3+)", False),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", False),
    ],
)
def test_what_binds_us_is_told_from_what_does_not(text: str, binds: bool) -> None:
    assert bool(_BINDS_US.search(text)) is binds
