"""Keys and checkpoints on the command line: each step of docs/ENCRYPTION.md, and a sentence for what is not possible."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from calendar_model.__main__ import main
from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.contacts import erase_identity, is_readable, keep_identity
from calendar_model.mission.transactions import save
from calendar_model.store import database
from calendar_model.store.database import FOLDER_VARIABLE, current_workspace
from calendar_model.store.history import verify
from calendar_model.store.keys import KEY_VARIABLE, SIGNING_KEY_VARIABLE, new_key, new_signing_key
from calendar_model.store.models import Contact, Identity, Person
from calendar_model.terms import ContactKind

NAME = "CANARY-Ælfgifu"
FIRST, SECOND = new_key(), new_key()


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(arguments)
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def start_again() -> None:
    """As another process would: the environment is read anew."""
    for opened in database._open.values():
        opened.close()
    database._open.clear()


def with_key(monkeypatch: pytest.MonkeyPatch, *keys: str) -> None:
    monkeypatch.setenv(KEY_VARIABLE, ",".join(keys))
    start_again()


def an_identity() -> tuple[Viewer, str]:
    """Somebody of the staff, and a contact whose identity they have entered."""
    kari = member(save(ANONYMOUS, Person, {"name": "Kari Nordmann"}))
    contact = save(kari, Contact, {"title": "Defender 014", "contact_kind": ContactKind.DEFENDER})
    keep_identity(kari, contact, {"name": NAME, "channel": "", "notes": ""})
    return kari, contact


def identity(viewer: Viewer) -> Identity:
    with reading(viewer) as session:
        return session.scalars(select(Identity)).one()


def test_the_steps_of_setting_it_up(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kari, _ = an_identity()
    assert run(capsys, "keys", "status") == (0, "No key is configured, so nothing is encrypted.\n", "")
    status, key, _ = run(capsys, "keys", "new")
    assert status == 0
    with_key(monkeypatch, key)
    to_do = "Values that are not encrypted: 3. Encrypt them: python -m calendar_model keys encrypt\n"
    assert run(capsys, "keys", "status") == (0, f"Encrypted values: 0.\n{to_do}", "")
    status, out, _ = run(capsys, "verify")
    assert (status, out.splitlines(keepends=True)[1:]) == (0, [to_do])
    assert run(capsys, "keys", "encrypt") == (
        0,
        "Encrypted identities and addresses: 1. Backups made before still have them in plain text.\n",
        "",
    )
    assert run(capsys, "keys", "status") == (0, "Encrypted values: 3.\n", "")
    assert run(capsys, "verify")[0] == 0
    assert identity(kari).name == NAME
    assert run(capsys, "backup", str(tmp_path / "backup"))[0] == 0
    assert run(capsys, "keys", "export", str(tmp_path / "keys")) == (
        0,
        f"Data keys written to {tmp_path / 'keys'}: 3. Delete older exports.\n",
        "",
    )


def test_a_lost_workspace_comes_back_without_what_was_erased(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with_key(monkeypatch, FIRST)
    kari, contact = an_identity()
    file, keys = tmp_path / "backup", tmp_path / "keys"
    run(capsys, "backup", str(file))
    run(capsys, "keys", "export", str(keys))
    for erased in (False, True):
        if erased:
            erase_identity(kari, identity(kari).id, seen=identity(kari).version, reason="They asked us to.")
            run(capsys, "keys", "export", str(keys))
        with monkeypatch.context() as elsewhere:
            elsewhere.setenv(FOLDER_VARIABLE, str(tmp_path / f"new-{erased}"))
            status, _, err = run(capsys, "restore", str(file))
            assert (status, err) == (
                0,
                (
                    "Encrypted values that cannot be read, because their data keys are missing: 3. Take the keys from the "
                    "newest export: python -m calendar_model keys import FILE\n"
                ),
            )
            assert not is_readable(identity(kari))
            status, out, _ = run(capsys, "keys", "import", str(keys))
            assert (status, out.splitlines()[0]) == (0, f"Data keys imported: {0 if erased else 3}.")
            assert is_readable(identity(kari)) is not erased
            assert run(capsys, "verify")[0] == 0
    assert contact


def test_rotation_says_what_it_did_and_what_is_next(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with_key(monkeypatch, FIRST)
    kari, _ = an_identity()
    with_key(monkeypatch, SECOND, FIRST)
    status, out, _ = run(capsys, "keys", "status")
    assert (status, out.splitlines()[1:]) == (
        0,
        [
            (
                "Data keys under an earlier key: 3. Wrap them with the first key in HRD_CALENDAR_KEY: "
                "python -m calendar_model keys rotate"
            )
        ],
    )
    assert run(capsys, "keys", "rotate") == (
        0,
        (
            "Data keys wrapped with the new key: 3. Make a new backup and a new export of keys, then remove the earlier "
            "key.\n"
        ),
        "",
    )
    with_key(monkeypatch, SECOND)
    assert run(capsys, "keys", "status") == (0, "Encrypted values: 3.\n", "")
    assert identity(kari).name == NAME


@pytest.mark.parametrize("command", [["items"], ["verify"], ["keys", "status"], ["backup", "file"]])
def test_half_configured_nothing_runs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    with_key(monkeypatch, FIRST)
    an_identity()
    for keys, says in (((), "no key is configured"), ((SECOND,), "does not open (3)")):
        with_key(monkeypatch, *keys)
        status, out, err = run(capsys, *command)
        assert (status, out, says in err) == (2, "", True)
        assert NAME not in err


def test_a_text_that_looks_encrypted_is_not_entered() -> None:
    """Otherwise one entry would keep the workspace without a key from being opened."""
    with pytest.raises(Refused) as refused:
        save(ANONYMOUS, Person, {"name": "sealed:1:AAAA"})
    assert [problem.code for problem in refused.value.problems] == ["text-not-plain"]


# --- Checkpoints


@pytest.fixture
def signing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SIGNING_KEY_VARIABLE, new_signing_key())


@pytest.mark.usefixtures("signing")
def test_a_checkpoint_is_printed_or_written_and_holds(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    an_identity()
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    status, out, _ = run(capsys, "history", "checkpoint")
    assert status == 0
    first.write_text(out)
    assert run(capsys, "history", "checkpoint", "--to", str(second)) == (0, "", "")
    assert run(capsys, "history", "checkpoint", "--to", str(second)) == (
        2,
        "",
        f"{second} already exists and is not overwritten. Name another file.\n",
    )
    lines = verify(current_workspace()).lines
    assert json.loads(out)["lines"] == lines
    assert json.loads(out)["public_key"] == run(capsys, "keys", "public")[1].strip()
    save(ANONYMOUS, Person, {"name": "Ola"})
    status, out, err = run(capsys, "verify", "--against", str(first), "--against", str(second))
    assert (status, err) == (0, "")
    assert out.splitlines()[1:] == [
        f"{file}: nothing was rewritten or cut off since {json.loads(file.read_text())['at']} ({lines} changes)."
        for file in (first, second)
    ]


@pytest.mark.usefixtures("signing")
def test_a_history_that_was_cut_off_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    save(ANONYMOUS, Person, {"name": "Kari", "roles": ()})
    save(ANONYMOUS, Person, {"name": "Ola", "roles": ()})
    file = tmp_path / "checkpoint.json"
    run(capsys, "history", "checkpoint", "--to", str(file))
    with current_workspace().writing() as connection:
        connection.exec_driver_sql("DROP TRIGGER change_refuses_delete")
        connection.exec_driver_sql("DELETE FROM change WHERE number = 2")
        connection.exec_driver_sql("DELETE FROM person WHERE name = 'Ola'")
    # The rest is sound by itself.
    assert run(capsys, "verify")[0] == 0
    at = json.loads(file.read_text())["at"]
    assert run(capsys, "verify", "--against", str(file)) == (
        1,
        f"{file}: The history was cut off: it has 1 changes, and had 2 at the time of the checkpoint ({at}).\n",
        "",
    )


def test_what_cannot_be_signed_or_trusted_gets_a_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    save(ANONYMOUS, Person, {"name": "Kari"})
    for command in (["history", "checkpoint"], ["keys", "public"]):
        status, out, err = run(capsys, *command)
        assert (status, out) == (2, "")
        assert err.startswith("No signing key is configured.")
    monkeypatch.setenv(SIGNING_KEY_VARIABLE, new_signing_key())
    file = tmp_path / "checkpoint.json"
    run(capsys, "history", "checkpoint", "--to", str(file))
    key = json.loads(file.read_text())["public_key"]
    nowhere = tmp_path / "nowhere" / "checkpoint.json"
    assert run(capsys, "history", "checkpoint", "--to", str(nowhere))[0] == 2
    assert run(capsys, "verify", "--against", str(nowhere)) == (
        2,
        "",
        f"{nowhere} cannot be read (No such file or directory). Name a checkpoint.\n",
    )
    monkeypatch.setenv(SIGNING_KEY_VARIABLE, new_signing_key())
    assert run(capsys, "verify", "--against", str(file))[2].startswith("The checkpoint was signed with another key")
    assert run(capsys, "verify", "--against", str(file), "--signed-by", key)[0] == 0
    monkeypatch.delenv(SIGNING_KEY_VARIABLE)
    assert run(capsys, "verify", "--against", str(file))[2].startswith("It is not known whose checkpoints to trust.")
    assert run(capsys, "verify", "--against", str(file), "--signed-by", key)[0] == 0
