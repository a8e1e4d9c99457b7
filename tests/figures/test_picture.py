"""What the browser that draws pictures is given, told by a program in its place; and what is too much to draw."""

from __future__ import annotations

import os
from pathlib import Path

import plotly.graph_objects as go
import pytest

from calendar_model.figures import browser, picture
from calendar_model.figures.picture import LARGEST_SPEC, TOO_LARGE, PictureError
from calendar_model.figures.sheet import SLIDE, FigureVariant, PictureSheet, lay_out
from calendar_model.store.database import URL_VARIABLE


@pytest.fixture
def drawn_sheet() -> PictureSheet:
    figure = go.Figure(go.Bar(x=[1], y=[1]), {"height": 200, "font": {"family": "x", "size": 12}})
    figure.update_layout(margin={"l": 0, "r": 0, "t": 0, "b": 0}, xaxis={"range": [0, 2]}, yaxis={"range": [2, 0]})
    return lay_out([FigureVariant(lambda width: figure)], SLIDE, title="T", subtitle="", note=["N"])


def test_the_browser_gets_nothing_of_ours(
    drawn_sheet: PictureSheet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "chromium"
    program.write_text('#!/bin/sh\nenv > "$0.env"\nprintf "%s\\n" "$@" > "$0.arguments"\n')
    program.chmod(0o700)
    monkeypatch.setenv(picture.VARIABLE, str(program))
    monkeypatch.setenv(URL_VARIABLE, "postgresql://desk:canary@db.example.org/desk")
    for name in ("HRD_CALENDAR_REMOTE", "AWS_SECRET_ACCESS_KEY", "SSH_AUTH_SOCK", "HTTPS_PROXY", "PGPASSWORD"):
        monkeypatch.setenv(name, "canary")
    with pytest.raises(PictureError):
        picture.picture(drawn_sheet, "png")
    given = dict(line.split("=", 1) for line in (tmp_path / "chromium.env").read_text().splitlines())
    arguments = (tmp_path / "chromium.arguments").read_text().splitlines()
    assert "canary" not in str(given)
    assert set(given) <= {*browser._HANDED_ON, "HOME", "PWD", "OLDPWD", "SHLVL", "_", "LC_CTYPE"}
    [profile] = [one.partition("=")[2] for one in arguments if one.startswith("--user-data-dir=")]
    assert given["HOME"] == profile
    assert profile != os.environ.get("HOME")
    assert not Path(profile).exists()
    assert "--host-resolver-rules=MAP * ~NOTFOUND" in arguments
    assert "--proxy-bypass-list=<-loopback>" in arguments
    assert ("--no-sandbox" in arguments) != browser.can_have_a_sandbox()


def test_root_has_no_sandbox_and_others_have_one_where_they_can(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    unshare = tmp_path / "unshare"
    monkeypatch.setenv("PATH", str(tmp_path))
    for user, works, expected in ((0, 0, False), (1000, 0, True), (1000, 1, False)):
        unshare.write_text(f"#!/bin/sh\nexit {works}\n")
        unshare.chmod(0o700)
        monkeypatch.setattr(os, "geteuid", lambda user=user: user)
        browser.can_have_a_sandbox.cache_clear()
        assert browser.can_have_a_sandbox() is expected
    unshare.unlink()
    browser.can_have_a_sandbox.cache_clear()
    assert browser.can_have_a_sandbox() is False
    browser.can_have_a_sandbox.cache_clear()


def test_what_is_too_much_to_draw_is_told_before_a_browser_starts(
    drawn_sheet: PictureSheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(picture.VARIABLE, "/no/browser/is/asked/for")
    with pytest.raises(PictureError) as refused:
        picture.picture(
            PictureSheet(
                drawn_sheet.spec + " " * LARGEST_SPEC,
                drawn_sheet.width,
                drawn_sheet.height,
                drawn_sheet.sheet,
                drawn_sheet.letters_pt,
            ),
            "png",
        )
    assert str(refused.value) == TOO_LARGE
