"""Which addresses may be asked for a calendar."""

from __future__ import annotations

import pytest

from calendar_model.imports import fetching
from calendar_model.imports.plan import ImportRefused


def test_only_what_is_listed_may_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = "https://calendar.example/team, https://plain.example http://127.0.0.1:8000/"
    monkeypatch.setenv(fetching.VARIABLE, listed)
    assert fetching.allowed() == ("https://calendar.example/team", "https://plain.example", "http://127.0.0.1:8000/")
    may = (
        "https://calendar.example/team/a.ics",
        "webcal://calendar.example/team/a.ics?key=1",
        "HTTPS://CALENDAR.example:443/team/b/c.ics#top",
        "https://calendar.example/team",
        "https://plain.example/anything",
        "http://127.0.0.1:8000/x.ics",
    )
    may_not = (
        "https://calendar.example/teams/a.ics",
        "https://calendar.example/",
        "https://calendar.example/team/../private.ics",
        "https://calendar.example/team/%2e%2e/private.ics",
        "https://calendar.example/team/%252e%252e%252fprivate.ics",
        "https://calendar.example/team/..%5cprivate.ics",
        "https://calendar.example/team//a.ics",
        "https://calendar.example:8443/team/a.ics",
        "http://calendar.example/team/a.ics",
        "https://127.0.0.1:8000/x.ics",
        "https://calendar.example.evil.example/team/a.ics",
        "https://calendar.example@evil.example/team/a.ics",
        "https://evil.example\\@calendar.example/team/a.ics",
        "https://name:word@calendar.example/team/a.ics",
        "https://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "calendar.example/team/a.ics",
        "",
    )
    assert [fetching.listed(address).host for address in may] == [
        *["calendar.example"] * 4,
        "plain.example",
        "127.0.0.1",
    ]
    codes: dict[str, str] = {}
    for address in may_not:
        with pytest.raises(ImportRefused) as refused:
            fetching.listed(address)
        codes[address] = refused.value.problem.code
    assert codes[may_not[0]] == "remote-address-not-listed"
    assert codes[may_not[-1]] == "remote-not-an-address"
    assert set(codes.values()) == {
        "remote-address-not-listed",
        "remote-address-with-password",
        "remote-not-an-address",
    }


def test_the_list_takes_only_beginnings_that_are_safe(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = "http://calendar.example/ ftp://calendar.example/ https://a:b@calendar.example/ https:// nothing https://ok.example/?x"
    monkeypatch.setenv(fetching.VARIABLE, listed)
    assert fetching.allowed() == ()
    monkeypatch.delenv(fetching.VARIABLE)
    assert fetching.allowed() == ()
