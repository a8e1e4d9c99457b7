"""Encrypted values: what could name a person is stored only as ciphertext, if a master key is configured.

It concerns the columns in ``SEALED`` but ``salt``: the identities of contacts and the addresses of followed calendars.
Each value has a random data key of its own (AES-GCM), bound to its table, column and row, so that a value in
another place cannot be read. The master key wraps the data keys, which are in the table ``row_key`` alone. A value that
is changed or deleted loses its data key, and with it every copy of the value.

Objects have the values in plain form; the database, the history's digests and backups have the ciphertext. A value
whose data key is missing, or does not fit, is read as :data:`UNREADABLE`.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import secrets
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.padding import PKCS7
from sqlalchemy import Connection, event, select
from sqlalchemy.orm import Mapper, Session, object_session
from sqlalchemy.orm.attributes import set_committed_value

from calendar_model.store import history
from calendar_model.store.encrypted_file import DamagedFile, DecryptingReader, EncryptingWriter, is_encrypted
from calendar_model.store.failures import KeyMissingError, WorkspaceError
from calendar_model.store.history import canonical, stream
from calendar_model.store.keys import KEY_VARIABLE, NONCE_BYTES, Keyring, decoded, encoded
from calendar_model.store.models import Base, new_id, row_key
from calendar_model.store.session import AccessRules, WorkspaceSession

if TYPE_CHECKING:
    from calendar_model.store.database import Workspace

PREFIX = "sealed:1:"
"""The beginning of every ciphertext; no text that a person enters may begin so."""

UNREADABLE = "(cannot be read)"
"""What a value is read as whose data key is missing."""

REASON = "Encrypted with the key of this installation"

_PADDED_TO = 64
"""Values are padded to a multiple of so many bytes, because the length of a name says something about it."""
_PLAIN = "plain values"
_KEY_BITS = 256
_AT_A_TIME = 500


def is_sealed(text: object) -> bool:
    """Whether a stored text is a ciphertext."""
    return isinstance(text, str) and text.startswith(PREFIX)


def kinds() -> list[type[Base]]:
    """The mapped classes with encrypted columns, by table."""
    found = [mapper.class_ for mapper in Base.registry.mappers if mapper.class_.SEALED]
    return sorted(found, key=lambda kind: str(kind.__tablename__))


def columns_of(kind: type[Base]) -> list[str]:
    """The encrypted columns of a mapped class."""
    return sorted(kind.SEALED - {"salt"})


def _place(table: str, column: str, row_id: str) -> str:
    return f"{table}.{column}.{row_id}"


# --- One value


def _seal(connection: Connection, keyring: Keyring, table: str, column: str, row_id: str, text: str) -> str:
    """The ciphertext of a value, whose new data key replaces that of the value before it."""
    place, data_key, nonce = (
        _place(table, column, row_id),
        AESGCM.generate_key(_KEY_BITS),
        secrets.token_bytes(NONCE_BYTES),
    )
    padder = PKCS7(_PADDED_TO * 8).padder()
    padded = padder.update(text.encode("utf-8", "surrogatepass")) + padder.finalize()
    _keep_key(connection, keyring, table, column, row_id, data_key)
    return PREFIX + encoded(nonce + AESGCM(data_key).encrypt(nonce, padded, place.encode()))


def _keep_key(connection: Connection, keyring: Keyring, table: str, column: str, row_id: str, data_key: bytes) -> None:
    _destroy_keys(connection, row_id, column)
    wrapped = keyring.current.wrap(data_key, _place(table, column, row_id))
    values = {"row_id": row_id, "column_name": column, "table_name": table}
    connection.execute(sa.insert(row_key).values(**values, key_id=keyring.current.id, wrapped=wrapped))


def _destroy_keys(connection: Connection, row_id: str, column: str | None = None) -> None:
    which = row_key.c.row_id == row_id
    if column is not None:
        which &= row_key.c.column_name == column
    connection.execute(sa.delete(row_key).where(which))


@dataclass(frozen=True)
class _DataKey:
    """A wrapped data key."""

    key_id: str
    wrapped: str

    def opened(self, keyring: Keyring | None, place: str) -> bytes | None:
        key = keyring.find(self.key_id) if keyring is not None else None
        return key.unwrap(self.wrapped, place) if key is not None else None


def _keys_of(connection: Connection, row_ids: Sequence[str]) -> dict[tuple[str, str], _DataKey]:
    """The data keys of rows, by row and column."""
    found = connection.execute(select(row_key).where(row_key.c.row_id.in_(row_ids)))
    return {(row.row_id, row.column_name): _DataKey(row.key_id, row.wrapped) for row in found}


def _unseal(keyring: Keyring | None, data_key: _DataKey | None, place: str, text: str) -> str | None:
    """The value of a ciphertext; None if it cannot be read."""
    opened = data_key.opened(keyring, place) if data_key is not None else None
    return _decrypt(opened, place, text) if opened is not None else None


def _decrypt(data_key: bytes, place: str, text: str) -> str | None:
    raw = decoded(text.removeprefix(PREFIX))
    try:
        padded = AESGCM(data_key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode())
        unpadder = PKCS7(_PADDED_TO * 8).unpadder()
        return (unpadder.update(padded) + unpadder.finalize()).decode("utf-8", "surrogatepass")
    except (InvalidTag, ValueError):
        return None


# --- Objects of a session: plain in memory, ciphertext in the database


def _before_write(mapper: Mapper[Any], connection: Connection, target: Any) -> None:
    session = object_session(target)
    state = sa.inspect(target)
    columns = columns_of(mapper.class_)
    if state.persistent:
        columns = [name for name in columns if state.attrs[name].history.has_changes()]
    if not columns or not isinstance(session, WorkspaceSession):
        return
    if session.keyring is None:
        refuse_without_key(connection)
        return
    target.id = target.id or new_id()
    plain = session.info.setdefault(_PLAIN, [])
    for name in columns:
        text = getattr(target, name) or ""
        plain.append((target, name, text))
        setattr(target, name, _seal(connection, session.keyring, mapper.class_.__tablename__, name, target.id, text))


def _after_write(_mapper: Mapper[Any], _connection: Connection, target: Any) -> None:
    session = object_session(target)
    kept = session.info.get(_PLAIN, []) if session is not None else []
    for row, name, text in kept:
        if row is target:
            set_committed_value(row, name, text)
    kept[:] = [one for one in kept if one[0] is not target]


def _after_delete(_mapper: Mapper[Any], connection: Connection, target: Any) -> None:
    _destroy_keys(connection, target.id)


def _on_load(target: Any, session: Session | None, names: Iterable[str] | None = None) -> None:
    kind, loaded = type(target), sa.inspect(target).dict
    sealed = [name for name in columns_of(kind) if (names is None or name in names) and is_sealed(loaded.get(name))]
    if not sealed or not isinstance(session, WorkspaceSession):
        return
    keys = _keys_of(session.connection(), [target.id])
    for name in sealed:
        place = _place(kind.__tablename__, name, target.id)
        text = _unseal(session.keyring, keys.get((target.id, name)), place, loaded[name])
        set_committed_value(target, name, UNREADABLE if text is None else text)


def _listen(kind: type[Base]) -> None:
    for name in ("before_insert", "before_update"):
        event.listen(kind, name, _before_write)
    for name in ("after_insert", "after_update"):
        event.listen(kind, name, _after_write)
    event.listen(kind, "after_delete", _after_delete)
    event.listen(kind, "load", lambda target, context: _on_load(target, context.session))
    event.listen(kind, "refresh", lambda target, context, names: _on_load(target, context.session, names))


for _kind in kinds():
    _listen(_kind)


@event.listens_for(WorkspaceSession, "after_soft_rollback")
def _give_plain_values_back(session: WorkspaceSession, _previous: object) -> None:
    """A new object that could not be written keeps the values that it was given."""
    for row, name, text in session.info.pop(_PLAIN, ()):
        if sa.inspect(row).transient:
            setattr(row, name, text)


# --- The workspace as a whole


def check_keys(connection: Connection, keyring: Keyring | None) -> None:
    """Raise KeyMissingError if the workspace has encrypted values, and the keys for them are not in ``keyring``."""
    if keyring is None:
        refuse_without_key(connection)
        return
    wanted = set(connection.scalars(select(row_key.c.key_id).distinct()))
    if unknown := wanted - {key.id for key in keyring.keys}:
        count = connection.scalar(select(sa.func.count()).where(row_key.c.key_id.in_(unknown)))
        raise KeyMissingError(
            f"The workspace has encrypted values that the key in {KEY_VARIABLE} does not open ({count}). Configure the "
            "key with which they were encrypted, after the current one if there is a new one."
        )


def refuse_without_key(connection: Connection) -> None:
    """Raise KeyMissingError if the workspace has encrypted values."""
    if connection.scalar(select(sa.literal(1)).select_from(row_key).limit(1)) or any(
        connection.scalar(select(sa.literal(1)).select_from(kind).where(_some_sealed(kind)).limit(1))
        for kind in kinds()
    ):
        raise KeyMissingError(
            "The workspace has encrypted values, but no key is configured. Set the key of this installation in "
            f"{KEY_VARIABLE} or {KEY_VARIABLE}_FILE, then start again."
        )


def _some_sealed(kind: type[Base]) -> sa.ColumnElement[bool]:
    return sa.or_(*(getattr(kind, name).startswith(PREFIX, autoescape=True) for name in columns_of(kind)))


def _some_plain(kind: type[Base]) -> sa.ColumnElement[bool]:
    return sa.or_(*(~getattr(kind, name).startswith(PREFIX, autoescape=True) for name in columns_of(kind)))


@dataclass(frozen=True)
class SealingState:
    """How the values that could name a person are stored, as counts of values.

    ``plain`` are readable in the database; of the ``sealed`` ones some are ``unreadable``, because their data keys are
    missing or do not fit. ``outdated`` data keys are wrapped by an earlier master key. ``configured``: there is a key.
    """

    configured: bool
    plain: int
    sealed: int
    unreadable: int
    outdated: int


def examine(workspace: Workspace) -> SealingState:
    """Try to read every value that could name a person; nothing of them comes back."""
    keyring = workspace.keyring
    plain = sealed = unreadable = 0
    with workspace.snapshot() as connection:
        for kind in kinds():
            for table, name, row_id, text, data_key in _values(connection, kind):
                if not is_sealed(text):
                    plain += 1
                    continue
                sealed += 1
                unreadable += _unseal(keyring, data_key, _place(table, name, row_id), text) is None
        current = keyring.current.id if keyring is not None else ""
        outdated = connection.scalar(select(sa.func.count()).select_from(row_key).where(row_key.c.key_id != current))
    return SealingState(keyring is not None, plain, sealed, unreadable, int(outdated or 0))


def _values(connection: Connection, kind: type[Base]) -> Iterator[tuple[str, str, str, str, _DataKey | None]]:
    """The stored values of a mapped class: table, column, row, text and data key."""
    table, names = str(kind.__tablename__), columns_of(kind)
    id_: Any = getattr(kind, "id")  # noqa: B009  every mapped class with sealed columns has one
    for name in names:
        keyed = (row_key.c.row_id == id_) & (row_key.c.column_name == name)
        joined = sa.outerjoin(kind, row_key, keyed)
        statement = select(id_, getattr(kind, name), row_key.c.key_id, row_key.c.wrapped).select_from(joined)
        for row_id, text, key_id, wrapped in stream(connection, statement):
            yield table, name, row_id, text, _DataKey(key_id, wrapped) if key_id is not None else None


def encrypt_rows(workspace: Workspace, audiences: AccessRules) -> int:
    """Encrypt the values that were stored before there was a key; return how many rows changed.

    The history has a line for each, because the digests of the values change; ``audiences`` says who may read it.
    Raises WorkspaceError if no key is configured.
    """
    keyring = _needed(workspace)
    with workspace.session(write=True) as session:
        session.scope = []
        connection = session.connection()
        written = []
        for kind in kinds():
            id_: Any = getattr(kind, "id")  # noqa: B009
            ids = list(connection.scalars(select(id_).where(_some_plain(kind)).order_by(id_)))
            for start in range(0, len(ids), _AT_A_TIME):
                some = ids[start : start + _AT_A_TIME]
                written += history.rewritten(connection, kind, some, _encrypting(connection, keyring, kind, some))
        history.write(session, zip(written, audiences(session, written), strict=True), "", REASON)
        session.commit()
    if written:
        workspace.erase_traces()
    return len(written)


def _encrypting(connection: Connection, keyring: Keyring, kind: type[Base], ids: Sequence[str]) -> Callable[[], None]:
    """A function that encrypts what is not encrypted in these rows."""
    table, names = kind.__table__, columns_of(kind)

    def encrypt() -> None:
        for row in connection.execute(select(table).where(table.c.id.in_(ids))).mappings().all():
            texts = {name: str(row[name]) for name in names if not is_sealed(row[name])}
            sealed = {
                name: _seal(connection, keyring, str(kind.__tablename__), name, row["id"], text)
                for name, text in texts.items()
            }
            connection.execute(sa.update(kind).where(table.c.id == row["id"]).values(**sealed))

    return encrypt


def rotate(workspace: Workspace) -> int:
    """Wrap every data key with the current master key; return how many were wrapped with an earlier one.

    The values stay as they are. Afterwards the earlier master keys open nothing in the workspace. Raises WorkspaceError
    if no key is configured, or if a data key cannot be opened; then nothing is changed.
    """
    keyring = _needed(workspace)
    with workspace.writing() as connection:
        check_keys(connection, keyring)
        earlier = connection.execute(select(row_key).where(row_key.c.key_id != keyring.current.id)).all()
        for row in earlier:
            place = _place(row.table_name, row.column_name, row.row_id)
            data_key = _DataKey(row.key_id, row.wrapped).opened(keyring, place)
            if data_key is None:
                raise WorkspaceError(
                    f"A data key of {row.table_name} {row.row_id} cannot be opened, so nothing was changed. Erase that "
                    "row, or import its key, then try again."
                )
            _keep_key(connection, keyring, row.table_name, row.column_name, row.row_id, data_key)
    if earlier:
        workspace.erase_traces()
    return len(earlier)


def _needed(workspace: Workspace) -> Keyring:
    if workspace.keyring is None:
        raise WorkspaceError(
            f"No key is configured. Make one with “python -m calendar_model keys new” and set it in {KEY_VARIABLE} "
            f"or {KEY_VARIABLE}_FILE."
        )
    return workspace.keyring


# --- Data keys in a file, for the case that the workspace is lost

FORMAT = "hrd-calendar keys"
_PURPOSE = "keys"


def export_keys(workspace: Workspace, path: Path) -> int:
    """Write all data keys to an encrypted file of the owner's alone, in place of an earlier export; return how many.

    A backup has none: what it holds of a person can be read only with the data key of the workspace, or of an export.
    So only the newest export should exist. Raises WorkspaceError if no key is configured, or if the file cannot be
    written or is another one.
    """
    keyring = _needed(workspace)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        if path.exists():
            with path.open("rb") as raw:
                if not is_encrypted(raw, _PURPOSE):
                    raise WorkspaceError(f"{path} is another file and is not overwritten. Name another one.")
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as raw:
            count = _write_keys(workspace, EncryptingWriter(raw, keyring.current, _PURPOSE))
            raw.flush()
            os.fsync(raw.fileno())
        unfinished.replace(path)
    except OSError as error:
        raise WorkspaceError(f"The keys cannot be written to {path} ({error.strerror}). Name another file.") from None
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
    return count


def _write_keys(workspace: Workspace, encrypting: EncryptingWriter) -> int:
    count = 0
    columns = (row_key.c.table_name, row_key.c.column_name, row_key.c.row_id, row_key.c.key_id, row_key.c.wrapped)
    with workspace.snapshot() as connection, gzip.open(encrypting, "wt", encoding="utf-8", newline="\n") as text:
        text.write(f"{canonical({'format': FORMAT})}\n")
        for row in stream(connection, select(*columns)):
            text.write(f"{canonical(list(row))}\n")
            count += 1
    encrypting.finish()
    return count


def import_keys(workspace: Workspace, path: Path) -> int:
    """Take the data keys of encrypted values that cannot be read from an export; return how many fitted.

    Keys of values that are not in the workspace, or can be read already, are left out. Raises WorkspaceError if no key
    is configured, and if the file is not an export, is damaged or is encrypted with another key.
    """
    keyring = _needed(workspace)
    try:
        with path.open("rb") as raw:
            if not is_encrypted(raw, _PURPOSE):
                raise DamagedFile
            reader = io.BufferedReader(DecryptingReader(raw, keyring, _PURPOSE))
            with gzip.open(reader, "rt", encoding="utf-8", newline="\n") as text, workspace.writing() as connection:
                return _take_keys(connection, keyring, text)
    except (gzip.BadGzipFile, EOFError, zlib.error, ValueError, TypeError, KeyError):
        raise WorkspaceError(f"{path} is damaged, or not an export of keys. Nothing was imported.") from None
    except OSError as error:
        raise WorkspaceError(f"{path} cannot be read ({error.strerror}). Name an export of keys.") from None


def _take_keys(connection: Connection, keyring: Keyring, text: IO[str]) -> int:
    if json.loads(text.readline())["format"] != FORMAT:
        raise DamagedFile
    by_table = {str(kind.__tablename__): kind for kind in kinds()}
    count = 0
    for line in text:
        table, column, row_id, key_id, wrapped = map(str, json.loads(line))
        place, kind = _place(table, column, row_id), by_table.get(table)
        if kind is None or column not in columns_of(kind):
            continue
        stored = connection.scalar(select(getattr(kind, column)).where(kind.__table__.c.id == row_id))
        data_key = _DataKey(key_id, wrapped).opened(keyring, place)
        if not is_sealed(stored) or data_key is None or _decrypt(data_key, place, str(stored)) is None:
            continue
        known = _keys_of(connection, [row_id]).get((row_id, column))
        if _unseal(keyring, known, place, str(stored)) is None:
            _keep_key(connection, keyring, table, column, row_id, data_key)
            count += 1
    return count
