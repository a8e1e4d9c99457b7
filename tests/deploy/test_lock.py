"""The lock: every package of requirements.txt and what it needs, each in one version with its hashes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.audit import NOT_REACHED, verdict

ROOT = Path(__file__).resolve().parents[2]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def entries() -> list[tuple[Requirement, list[str]]]:
    """The requirements of the lock with their options."""
    lines = re.sub(r" \\\n\s+", " ", LOCK).splitlines()
    found = []
    for line in lines:
        if line and line[0] != "#":
            text, *options = re.split(r"\s+(?=--)", line)
            found.append((Requirement(text), options))
    return found


def required() -> list[Requirement]:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line and line[0] != "#"]


def versions(**environment: str) -> dict[str, Version]:
    """The version of each package on a machine that is like this one but for ``environment``."""
    machine = {**default_environment(), **environment}
    return {
        canonicalize_name(requirement.name): Version(next(iter(requirement.specifier)).version)
        for requirement, _ in entries()
        if requirement.marker is None or requirement.marker.evaluate(machine)  # type: ignore[arg-type]
    }


def test_every_line_is_one_version_with_hashes() -> None:
    assert len(entries()) > 50
    for requirement, options in entries():
        [pin] = requirement.specifier
        assert (pin.operator, requirement.url) == ("==", None), requirement
        assert options, requirement
        assert [option for option in options if not HASH.fullmatch(option)] == []


def test_no_address_of_a_registry_is_in_it() -> None:
    assert not re.search(r"://|^-|--(?!hash=)|@", LOCK, re.MULTILINE)


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_it_satisfies_the_requirements_on_every_python(python: str) -> None:
    locked = versions(python_version=python, python_full_version=f"{python}.0")
    for requirement in required():
        if requirement.marker is None or requirement.marker.evaluate():
            assert locked[canonicalize_name(requirement.name)] in requirement.specifier, requirement


def test_it_holds_what_its_packages_need_in_turn() -> None:
    """By what the packages say that are installed here in the version of the lock; pip looks at all of them in `make lock`."""
    locked, looked = versions(), 0
    extras = {canonicalize_name(one.name): one.extras for one in required()}
    for name, version in locked.items():
        try:
            package = distribution(name)
        except PackageNotFoundError:
            continue
        if Version(package.version) != version:
            continue
        looked += 1
        for text in package.requires or []:
            needed = Requirement(text)
            wanted = [{"extra": extra} for extra in ("", *extras.get(canonicalize_name(name), set()))]
            if needed.marker is None or any(needed.marker.evaluate(extra) for extra in wanted):
                assert locked[canonicalize_name(needed.name)] in needed.specifier, (name, text)
    assert looked > 30


def test_pip_accepts_it() -> None:
    pip = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--quiet", "--dry-run", "--no-deps"]
    tried = subprocess.run(
        [*pip, "--require-hashes", "-r", "requirements.lock"], cwd=ROOT, capture_output=True, text=True
    )
    assert tried.returncode == 0, tried.stderr


def test_the_tools_are_pinned() -> None:
    [packages] = re.findall(r"^TOOL_PACKAGES := (.+)$", MAKEFILE, re.MULTILINE)
    assert [package for package in packages.split() if not re.fullmatch(r"[\w-]+==[\d.]+", package)] == []


def package(name: str, **said: Any) -> dict[str, Any]:
    return {"name": name, "version": "1.0", "vulns": [], **said}


SKIPPED = {"name": "c", "skip_reason": "not found"}
KNOWN = {"id": "PYSEC-1", "fix_versions": ["1.1", "2.0"], "description": "x"}


@pytest.mark.parametrize(
    ("packages", "status", "text"),
    [
        (None, 3, NOT_REACHED),
        ([SKIPPED, SKIPPED], 3, NOT_REACHED),
        ([package("a"), package("b")], 0, "No vulnerability is known of 2 packages."),
        (
            [package("a"), SKIPPED],
            0,
            "No vulnerability is known of 1 packages.\nc was not found there, so it was not audited.",
        ),
        ([package("a"), package("b", vulns=[KNOWN])], 1, "b 1.0: PYSEC-1, fixed in 1.1, 2.0"),
        ([package("b", vulns=[{**KNOWN, "fix_versions": []}])], 1, "b 1.0: PYSEC-1, fixed in no version yet"),
    ],
)
def test_an_audit_says_what_it_found_or_that_it_found_nobody_to_ask(
    packages: list[dict[str, Any]] | None, status: int, text: str
) -> None:
    answer = "" if packages is None else json.dumps({"dependencies": packages, "fixes": []})
    assert verdict(answer) == (status, text)
