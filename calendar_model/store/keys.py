"""The secret keys of an installation: read from the environment, and never kept in the workspace.

The master key protects what could name a person: it wraps the data keys of encrypted values
(:mod:`calendar_model.store.sealing`) and encrypts backups (:mod:`calendar_model.store.encrypted_file`). The signing key
signs checkpoints of the history (:mod:`calendar_model.store.checkpoints`). Each comes from a variable, or from a file
outside the workspace that a variable names. There can be several of a kind: the first is the current one, the others
only read what was made with them.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
import secrets
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from calendar_model.store.failures import WorkspaceError

KEY_VARIABLE = "HRD_CALENDAR_KEY"
KEY_FILE_VARIABLE = "HRD_CALENDAR_KEY_FILE"
SIGNING_KEY_VARIABLE = "HRD_CALENDAR_SIGNING_KEY"
SIGNING_KEY_FILE_VARIABLE = "HRD_CALENDAR_SIGNING_KEY_FILE"

NONCE_BYTES = 12
_SECRET_BYTES = 32
_MASTER, _SIGNING = "hrd-key-1.", "hrd-signing-key-1."
_NOT_OF_THE_GROUP_OR_OTHERS = stat.S_IWGRP | stat.S_IRWXO


@dataclass(frozen=True)
class MasterKey:
    """A master key; other keys are derived from its secret, one for each purpose (HKDF, RFC 5869)."""

    secret: bytes = field(repr=False)

    @cached_property
    def id(self) -> str:
        """16 hexadecimal digits that name the key and say nothing about it."""
        return self.derived("id", length=8).hex()

    @cached_property
    def _wrapping(self) -> AESGCM:
        return AESGCM(self.derived("wrap"))

    def derived(self, purpose: str, salt: bytes | None = None, length: int = _SECRET_BYTES) -> bytes:
        """The key for a purpose, and for what the ``salt`` is of."""
        return HKDF(SHA256(), length, salt, f"hrd-calendar {purpose}".encode()).derive(self.secret)

    def wrap(self, data_key: bytes, place: str) -> str:
        """A data key, encrypted for a value in one place alone."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return encoded(nonce + self._wrapping.encrypt(nonce, data_key, place.encode()))

    def unwrap(self, wrapped: str, place: str) -> bytes | None:
        """The data key of :meth:`wrap`; None if it was wrapped with another key or for another place."""
        raw = decoded(wrapped)
        try:
            return self._wrapping.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode())
        except (InvalidTag, ValueError):
            return None


@dataclass(frozen=True)
class Keyring:
    """The master keys of the environment, the current one first; at least one."""

    keys: Sequence[MasterKey]

    @property
    def current(self) -> MasterKey:
        """The key for all that is written."""
        return self.keys[0]

    def find(self, key_id: str) -> MasterKey | None:
        """The key of this name."""
        return next((key for key in self.keys if key.id == key_id), None)


def encoded(raw: bytes) -> str:
    """Bytes as text for a column or a variable (RFC 4648, section 5, without padding)."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decoded(text: str) -> bytes:
    """The inverse of :func:`encoded`; empty for a text that is none."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""


def new_key() -> str:
    """A new master key, as the variable takes it."""
    return _MASTER + encoded(secrets.token_bytes(_SECRET_BYTES))


def new_signing_key() -> str:
    """A new signing key, as the variable takes it."""
    return _SIGNING + encoded(secrets.token_bytes(_SECRET_BYTES))


def keyring(workspace_folder: Path) -> Keyring | None:
    """The master keys of the environment; None if none is configured.

    Raises :class:`~calendar_model.store.failures.WorkspaceError` for one that cannot be used: malformed, in a file that
    cannot be read, that others can read, or that is in the folder of the workspace.
    """
    found = _configured(KEY_VARIABLE, KEY_FILE_VARIABLE, _MASTER, workspace_folder)
    return Keyring([MasterKey(secret) for secret in found]) if found else None


def signing_keys(workspace_folder: Path) -> list[Ed25519PrivateKey]:
    """The signing keys of the environment, the current one first; raises as :func:`keyring` does."""
    found = _configured(SIGNING_KEY_VARIABLE, SIGNING_KEY_FILE_VARIABLE, _SIGNING, workspace_folder)
    return [Ed25519PrivateKey.from_private_bytes(secret) for secret in found]


def _configured(variable: str, file_variable: str, prefix: str, workspace_folder: Path) -> list[bytes]:
    value, named = os.environ.get(variable, ""), os.environ.get(file_variable, "")
    if value and named:
        raise WorkspaceError(f"Set {variable} or {file_variable}, not both.")
    if not (value or named):
        return []
    text = _read(Path(named), file_variable, workspace_folder) if named else value
    written = [part for line in text.splitlines() if not line.startswith("#") for part in re.split(r"[,\s]+", line)]
    found = [decoded(part.removeprefix(prefix)) if part.startswith(prefix) else b"" for part in written if part]
    if not found or any(len(secret) != _SECRET_BYTES for secret in found):
        option = " --signing" if prefix == _SIGNING else ""
        raise WorkspaceError(
            f"{file_variable if named else variable} has no valid key, or one that is cut off. Enter keys as "
            f"“python -m calendar_model keys new{option}” prints them."
        )
    return found


def _read(file: Path, variable: str, workspace_folder: Path) -> str:
    if file.resolve().is_relative_to(workspace_folder.resolve()):
        raise WorkspaceError(
            f"{variable} names a file in the folder of the workspace, where a copy of the folder would include it. "
            "Keep the key elsewhere."
        )
    try:
        mode = file.stat().st_mode
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""
    except OSError as error:
        raise WorkspaceError(
            f"The file {file} that {variable} names cannot be read ({error.strerror}). Name a file that the dashboard "
            "can read."
        ) from None
    if mode & _NOT_OF_THE_GROUP_OR_OTHERS:
        raise WorkspaceError(f"Other users of the machine can open {file}, which holds a key: run chmod 600 {file}.")
    return text
