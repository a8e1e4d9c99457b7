"""The addresses of downloads: told by a secret, and one for each file."""

from __future__ import annotations

import runpy
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from streamlit.runtime import memory_media_file_storage
from streamlit.runtime.media_file_storage import MediaFileKind
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from calendar_model.web.downloads import FileNames

FILES = st.tuples(st.binary(max_size=20), st.sampled_from(["text/csv", "text/c", ""]), st.text(max_size=3))


@given(FILES, FILES)
def test_a_name_stands_for_one_file(one: tuple[bytes, str, str], other: tuple[bytes, str, str]) -> None:
    name = FileNames()
    assert (name(*one) == name(*other)) == (one == other)
    assert name(*one) != FileNames()(*one)


def test_a_file_is_of_the_reader_for_whom_it_was_made_and_of_no_other() -> None:
    reader = ["amina"]
    names = FileNames(lambda: reader[0])
    name = names(b"A restricted list", "text/csv", "list.csv")
    assert names.is_of(name, "amina")
    assert not any(names.is_of(name, other) for other in ("", "bjorn", "amina ", name))
    reader[0] = "bjorn"
    other = names(b"A restricted list", "text/csv", "list.csv")
    assert names.is_of(other, "bjorn")
    assert not names.is_of(other, "amina")
    # The end of a name fits no other beginning.
    assert not names.is_of(name[:-32] + other[-32:], "bjorn")
    assert not FileNames().is_of(name, "amina")


def test_large_files_that_differ_anywhere_have_two_names() -> None:
    large = bytearray(3 * 2**20)
    other = bytearray(large)
    other[2**20 // 2] = 1
    name = FileNames()
    assert name(bytes(large), "application/pdf", "a") != name(bytes(other), "application/pdf", "a")


def test_the_server_gives_out_files_under_such_names_alone(client: TestClient) -> None:
    """Nobody can ask for a file by what they guess to be in it."""
    from dashboard import app

    client.get("/_stcore/health")  # starts the runtime, whichever test comes first
    # Streamlit's own test runner forgets the one that the class knows.
    runtime = app._runtime
    assert runtime is not None
    storage = runtime.media_file_mgr._storage
    assert isinstance(storage, MemoryMediaFileStorage)
    data = b"Title\r\nA restricted title\r\n"
    name = storage.load_and_get_id(data, "text/csv", MediaFileKind.DOWNLOADABLE, "list.csv")
    assert client.get(f"/media/{name}.csv").content == data
    # What Streamlit would have called it, whichever of its digests that is.
    unkeyed = runpy.run_path(str(Path(memory_media_file_storage.__file__)))["_calculate_file_id"]
    guess = unkeyed(data, "text/csv", "list.csv")
    assert guess == unkeyed(data, "text/csv", "list.csv")
    assert client.get(f"/media/{guess}.csv").status_code == 404
