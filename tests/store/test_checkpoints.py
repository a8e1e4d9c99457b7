"""Checkpoints: whatever was done to the history before one is told, and nobody else can sign one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from calendar_model.store.checkpoints import Checkpoint, checkpoint, compare, merkle_root, public_key, read
from calendar_model.store.database import Workspace, WorkspaceError, open_workspace
from calendar_model.store.history import START, line_hash, plain, verify
from calendar_model.store.models import USUAL_ROLES, Change, Person
from tests.store.conftest import writing

KEY, OTHER_KEY = Ed25519PrivateKey.from_private_bytes(b"1" * 32), Ed25519PrivateKey.from_private_bytes(b"2" * 32)
OF_ONE_PERSON = 1 + len(USUAL_ROLES)
"""Lines of the history about a person who is added, and their roles."""
TRUSTED = [public_key(KEY)]


def add(workspace: Workspace, count: int, name: str = "Desk officer") -> None:
    with writing(workspace) as session:
        session.add_all([Person(name=f"{name} {number}") for number in range(count)])
        session.commit()


@pytest.fixture
def signed(workspace: Workspace) -> Checkpoint:
    """A checkpoint of a history of eleven lines, to which four were added since."""
    add(workspace, 11)
    made = checkpoint(workspace, KEY)
    add(workspace, 4)
    return made


# --- The tree

LEAVES = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""Of the test vectors of Certificate Transparency, whose logs have such trees (RFC 6962, RFC 9162)."""


@pytest.mark.parametrize("count", range(1, 9))
def test_the_root_is_that_of_the_standard(count: int) -> None:
    number, root = merkle_root(LEAVES[:count])
    assert (number, root.hex()) == (count, ROOTS[count - 1])


def test_the_root_of_nothing_is_that_of_the_standard() -> None:
    assert merkle_root([]) == (0, hashlib.sha256(b"").digest())


def defined(leaves: list[bytes]) -> bytes:
    """The root as RFC 9162, section 2.1.1 defines it."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    half = 1 << ((len(leaves) - 1).bit_length() - 1)
    return hashlib.sha256(b"\1" + defined(leaves[:half]) + defined(leaves[half:])).digest()


@given(st.lists(st.binary(max_size=3), min_size=1, max_size=70))
def test_the_root_is_as_the_standard_defines_it(leaves: list[bytes]) -> None:
    assert merkle_root(iter(leaves)) == (len(leaves), defined(leaves))


# --- What a checkpoint says


def test_a_history_that_was_only_added_to_agrees(workspace: Workspace, signed: Checkpoint) -> None:
    assert (signed.lines, signed.public_key) == (11 * OF_ONE_PERSON, TRUSTED[0])
    assert compare(workspace, read(signed.as_json().encode(), TRUSTED)) == ""
    assert compare(workspace, checkpoint(workspace, KEY)) == ""
    assert "Desk" not in signed.as_json()


def test_a_history_without_a_line_is_not_signed(workspace: Workspace) -> None:
    with pytest.raises(WorkspaceError, match="nothing to sign"):
        checkpoint(workspace, KEY)


def test_both_databases_give_the_same_root(
    new_sqlite: Callable[[], str], new_postgresql: Callable[[], str], workspace: Workspace
) -> None:
    add(workspace, 7)
    lines = all_lines(workspace)
    made = checkpoint(workspace, KEY)
    for url in (new_sqlite(), new_postgresql()):
        other = open_workspace(url)
        put(other, lines)
        assert compare(other, made) == ""
        other.close()


def all_lines(workspace: Workspace) -> list[dict[str, Any]]:
    with workspace.engine.connect() as connection:
        table = Change.__table__
        return [dict(row._mapping) for row in connection.execute(select(table).order_by(table.c.number))]


def put(workspace: Workspace, lines: list[dict[str, Any]]) -> None:
    """The history with these lines instead of its own, as a person who holds the database can write it."""
    with workspace.writing() as connection:
        for trigger in ("change_refuses_update", "change_refuses_delete"):
            on_table = " ON change" if connection.dialect.name == "postgresql" else ""
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {trigger}{on_table}")
        connection.execute(sa.delete(Change))
        connection.execute(sa.insert(Change), lines)


def chained(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines with numbers and hashes that fit, so that the chain is sound."""
    previous = START
    for number, line in enumerate(lines, start=1):
        line |= {"number": number, "previous": previous}
        line["hash"] = previous = line_hash({name: plain(value) for name, value in line.items()})
    return lines


def rewritten(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    lines[5]["reason"] = "Nobody did it"
    return chained(lines)


def of_another(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for line in lines:
        line["row_id"] = hashlib.md5(str(line["row_id"]).encode()).hexdigest()
    return chained(lines)


CUT_OFF, REWRITTEN, ANOTHER = (
    "The history was cut off",
    "The history before the checkpoint",
    "The checkpoint is of another",
)


@pytest.mark.parametrize(
    ("change", "says", "chain_is_sound"),
    [
        (lambda lines: lines[:10], CUT_OFF, True),
        (lambda lines: lines[:1], CUT_OFF, True),
        (lambda lines: chained(lines[:5] + lines[6:]), REWRITTEN, True),
        (rewritten, REWRITTEN, True),
        (lambda lines: chained([{**line, "reason": "Anew"} for line in lines]), REWRITTEN, True),
        (lambda lines: chained([lines[1], lines[0], *lines[2:]]), ANOTHER, True),
        (of_another, ANOTHER, True),
        (lambda lines: [*lines[:5], {**lines[5], "reason": "Nobody did it"}, *lines[6:]], "", False),
    ],
    ids=["cut off", "one left", "a line less", "a line", "the whole chain", "another order", "another", "hash kept"],
)
def test_what_was_done_to_the_history_since_is_told(
    workspace: Workspace,
    signed: Checkpoint,
    change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]],
    says: str,
    chain_is_sound: bool,
) -> None:
    """What a checkpoint does not see, the chain does: a line that no longer has its own hash."""
    put(workspace, change(all_lines(workspace)))
    told = compare(workspace, signed)
    assert told.startswith(says)
    assert bool(told) is bool(says)
    chain = [problem for problem in verify(workspace).problems if "in the history" in problem]
    assert any(problem.endswith("has been altered.") for problem in chain) is not chain_is_sound


def test_another_workspace_is_told(workspace: Workspace, signed: Checkpoint, new_sqlite: Callable[[], str]) -> None:
    other = open_workspace(new_sqlite())
    assert compare(other, signed).startswith(ANOTHER)
    add(other, 20)
    assert compare(other, signed).startswith(ANOTHER)
    other.close()


# --- Who has signed it


def test_what_another_key_has_signed_proves_nothing(workspace: Workspace, signed: Checkpoint) -> None:
    forged = checkpoint(workspace, OTHER_KEY).as_json().encode()
    with pytest.raises(WorkspaceError, match="was signed with another key"):
        read(forged, TRUSTED)
    assert read(forged, [*TRUSTED, public_key(OTHER_KEY)]).lines == 15 * OF_ONE_PERSON
    with pytest.raises(WorkspaceError, match="not known whose checkpoints to trust"):
        read(forged, [])


@pytest.mark.parametrize(
    "changed",
    [
        {"lines": 10},
        {"root": "0" * 64},
        {"workspace": "0" * 32},
        {"at": "2026-11-25T00:00:00+00:00"},
        {"signature": ""},
        {"signature": "AAAA"},
        {"signature": "Ø"},
    ],
    ids=str,
)
def test_a_changed_checkpoint_is_refused(signed: Checkpoint, changed: dict[str, object]) -> None:
    with pytest.raises(WorkspaceError, match="The signature of the checkpoint does not fit"):
        read(json.dumps({**json.loads(signed.as_json()), **changed}).encode(), TRUSTED)


def test_a_forged_checkpoint_that_names_the_key_is_refused(workspace: Workspace, signed: Checkpoint) -> None:
    forged = Checkpoint(**{**vars(checkpoint(workspace, OTHER_KEY)), "public_key": TRUSTED[0]})
    with pytest.raises(WorkspaceError, match="The signature of the checkpoint does not fit"):
        read(forged.as_json().encode(), TRUSTED)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"Dear colleagues,",
        b"[]",
        b"{}",
        b"\xff",
        b"[" * 9000,
        b'{"format": "hrd-calendar checkpoint 1"}',
        b"1" * 9000,
    ],
)
def test_what_is_not_a_checkpoint_is_refused(text: bytes) -> None:
    with pytest.raises(WorkspaceError, match="The file is not a checkpoint"):
        read(text, TRUSTED)


@pytest.mark.parametrize(
    "changed", [{"lines": "11"}, {"lines": True}, {"root": 1}, {"more": ""}, {"format": "x"}], ids=str
)
def test_a_checkpoint_of_another_form_is_refused(signed: Checkpoint, changed: dict[str, object]) -> None:
    with pytest.raises(WorkspaceError, match="The file is not a checkpoint"):
        read(json.dumps({**json.loads(signed.as_json()), **changed}).encode(), TRUSTED)
