"""An encrypted file: the same comes out, in bounded memory, and nothing at all of one that was touched."""

from __future__ import annotations

import io
import os
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_model.store.encrypted_file import (
    CHUNK,
    DamagedFile,
    DecryptingReader,
    EncryptingWriter,
    is_encrypted,
    magic,
)
from calendar_model.store.keys import Keyring, MasterKey

KEY = MasterKey(b"k" * 32)
TAG = 16
HEADER = len(magic("backup")) + 16 + 32


def encrypted(content: bytes, *, pieces: int = 1000, purpose: str = "backup") -> bytes:
    raw = io.BytesIO()
    writer = EncryptingWriter(raw, KEY, purpose)
    for start in range(0, len(content), pieces):
        writer.write(content[start : start + pieces])
    writer.finish()
    return raw.getvalue()


def decrypted(file: bytes, purpose: str = "backup", *, keys: tuple[MasterKey, ...] = (KEY,)) -> bytes:
    raw = io.BytesIO(file)
    if not is_encrypted(raw, purpose):
        raise DamagedFile
    return DecryptingReader(raw, Keyring(keys), purpose).readall()


@given(size=st.integers(0, 3 * CHUNK + 5), pieces=st.sampled_from([1000, CHUNK, CHUNK + 1, 10**6]))
def test_what_was_written_is_read(size: int, pieces: int) -> None:
    content = os.urandom(size)
    file = encrypted(content, pieces=pieces)
    assert decrypted(file, keys=(MasterKey(b"n" * 32), KEY)) == content
    assert content[:16] not in file or size < 8


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 1])
def test_a_file_that_ends_early_is_refused_wherever_it_ends(size: int) -> None:
    file = encrypted(b"x" * size)
    ends = {HEADER, HEADER + 1, len(file) - 1, len(file) - TAG, len(file) - TAG - 1, *range(0, HEADER, 7)}
    ends |= {HEADER + number * (CHUNK + TAG) for number in range(3)}
    for end in ends:
        if end < len(file):
            with pytest.raises(DamagedFile):
                decrypted(file[:end])


def test_chunks_stay_in_their_order_and_number() -> None:
    file = encrypted(bytes(2 * CHUNK) + b"end")
    header, rest = file[:HEADER], file[HEADER:]
    first, second, last = rest[: CHUNK + TAG], rest[CHUNK + TAG : 2 * (CHUNK + TAG)], rest[2 * (CHUNK + TAG) :]
    for changed in (
        (second, first, last),
        (first, last),
        (first, second, last, last),
        (first, second, second),
        (last,),
    ):
        with pytest.raises(DamagedFile):
            decrypted(header + b"".join(changed))
    other = encrypted(bytes(2 * CHUNK) + b"end")
    with pytest.raises(DamagedFile):
        decrypted(header + first + other[HEADER + CHUNK + TAG :])


@given(where=st.integers(0, 10**6), bit=st.integers(0, 7))
def test_a_changed_bit_is_noticed(where: int, bit: int) -> None:
    file = bytearray(encrypted(b"x" * (CHUNK + 100)))
    # The name of the key is looked up, so a change of it is told as another key.
    start = len(magic("backup")) + 16
    file[start + where % (len(file) - start)] ^= 1 << bit
    with pytest.raises(DamagedFile):
        decrypted(bytes(file))


def test_a_file_for_one_purpose_is_none_for_another() -> None:
    file = encrypted(b"x", purpose="keys")
    with pytest.raises(DamagedFile):
        decrypted(file)
    with pytest.raises(DamagedFile):
        decrypted(magic("backup") + file[len(magic("keys")) :])


def test_memory_is_bounded(tmp_path: Path) -> None:
    size = 300 * CHUNK
    tracemalloc.start()
    with (tmp_path / "file").open("wb") as raw:
        writer = EncryptingWriter(raw, KEY, "backup")
        for _ in range(300):
            writer.write(bytes(CHUNK))
        writer.finish()
    with (tmp_path / "file").open("rb") as raw:
        assert is_encrypted(raw, "backup")
        reader = DecryptingReader(raw, Keyring((KEY,)), "backup")
        read = sum(len(piece) for piece in iter(lambda: reader.read(CHUNK) or b"", b""))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert read == size
    assert peak < 20 * CHUNK
