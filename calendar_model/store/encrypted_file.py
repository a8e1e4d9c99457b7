"""A file encrypted with the master key, written and read as a stream in bounded memory.

The content is cut into chunks, each encrypted with AES-GCM. The nonce of a chunk is its number and whether it is the
last one, so that a chunk that was changed, moved, left out or cut off is noticed. This is the STREAM construction
(https://eprint.iacr.org/2015/189), as age and Tink have it. The key is derived from the master key for each file.
"""

from __future__ import annotations

import io
import secrets
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from calendar_model.store.failures import WorkspaceError
from calendar_model.store.keys import KEY_VARIABLE, Keyring, MasterKey

CHUNK = 64 * 1024
_TAG = 16
_SALT = 32
_COUNTER = 11
_ID = 16


class DamagedFile(ValueError):  # noqa: N818  it says what the file is
    """An encrypted file that was changed or cut off, or that is for another purpose."""


def magic(purpose: str) -> bytes:
    """The bytes with which an encrypted file of a purpose begins."""
    return f"hrd-calendar encrypted {purpose} 1\n".encode()


class EncryptingWriter(io.RawIOBase):
    """Writes an encrypted file into ``raw``; what is written is complete only after :meth:`finish`."""

    def __init__(self, raw: BinaryIO, key: MasterKey, purpose: str) -> None:
        salt = secrets.token_bytes(_SALT)
        self._raw = raw
        self._header = magic(purpose) + key.id.encode() + salt
        self._cipher = AESGCM(key.derived(purpose, salt))
        self._waiting = bytearray()
        self._number = 0
        raw.write(self._header)

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        written = bytes(memoryview(data))  # type: ignore[arg-type]  # any buffer, as the base class takes it
        self._waiting += written
        # The last chunk is written as such by finish, so one stays until then.
        while len(self._waiting) > CHUNK:
            self._write_chunk(last=False)
        return len(written)

    def finish(self) -> None:
        """Write the last chunk."""
        self._write_chunk(last=True)

    def _write_chunk(self, *, last: bool) -> None:
        chunk = bytes(self._waiting[:CHUNK])
        del self._waiting[:CHUNK]
        self._raw.write(self._cipher.encrypt(_nonce(self._number, last=last), chunk, self._header))
        self._number += 1


class DecryptingReader(io.RawIOBase):
    """Reads an encrypted file from ``raw``, which is past the magic bytes.

    Raises :class:`DamagedFile`, and WorkspaceError if the key of the file is not in ``keyring``.
    """

    def __init__(self, raw: BinaryIO, keyring: Keyring | None, purpose: str) -> None:
        key_id, salt = raw.read(_ID), raw.read(_SALT)
        if len(salt) < _SALT:
            raise DamagedFile
        key = keyring.find(key_id.decode("ascii", "replace")) if keyring is not None else None
        if key is None:
            raise WorkspaceError(
                f"The file is encrypted with a key that is not configured. Add that key to {KEY_VARIABLE}, after the "
                "current one if there is one, and try again."
            )
        self._raw = raw
        self._header = magic(purpose) + key_id + salt
        self._cipher = AESGCM(key.derived(purpose, salt))
        self._number = 0
        self._ahead = raw.read(CHUNK + _TAG)
        self._plain = b""
        self._over = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]  # any buffer, as the base class takes it
        while not self._plain and not self._over:
            self._read_chunk()
        count = min(len(view), len(self._plain))
        view[:count] = self._plain[:count]
        self._plain = self._plain[count:]
        return count

    def _read_chunk(self) -> None:
        chunk, self._ahead = self._ahead, self._raw.read(CHUNK + _TAG)
        self._over = not self._ahead
        try:
            self._plain = self._cipher.decrypt(_nonce(self._number, last=self._over), chunk, self._header)
        except (InvalidTag, ValueError):
            raise DamagedFile from None
        self._number += 1


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(_COUNTER, "big") + bytes([last])


def is_encrypted(raw: BinaryIO, purpose: str) -> bool:
    """Whether an open file is an encrypted one of a purpose; it is then past its magic bytes, else at its beginning."""
    begins = raw.read(len(magic(purpose)))
    if begins == magic(purpose):
        return True
    raw.seek(0)
    return False
