"""No document is too long to be written, and not everybody's at once."""

from __future__ import annotations

import io
import threading
from concurrent.futures import ThreadPoolExecutor

import docx
import pytest

from calendar_model.documents import word
from calendar_model.documents.word import MOST_CHARACTERS, MOST_PARTS, DocumentError, MadeFor, bounded
from calendar_model.reference import Reference
from calendar_model.work_queue import BusyError, WorkQueue
from tests.conftest import TODAY
from tests.documents.test_delivery import opened

MADE = MadeFor("Amina Berg", TODAY)


@pytest.mark.parametrize(
    "text",
    ["Madam President,\n" * 100_000, "word " * MOST_CHARACTERS, "[Pause]" * 100_000, "a\r\n" * (MOST_PARTS + 1)],
    ids=["lines", "characters", "directions", "more than room"],
)
def test_a_statement_that_nobody_reads_out_is_refused_with_a_sentence(reference: Reference, text: str) -> None:
    with pytest.raises(DocumentError, match=f"{MOST_PARTS:,}"):
        opened(reference, text)


def test_a_long_statement_is_written(reference: Reference) -> None:
    lines = MOST_PARTS - 20
    assert len(opened(reference, "A line.\n" * lines).paragraphs) > lines


@pytest.mark.parametrize("kind", ["lines", "headings", "bullets", "rows"])
def test_every_part_of_a_document_is_counted(kind: str) -> None:
    @bounded
    def endless() -> bytes:
        document = word.new("Note", MADE, "")
        while True:
            if kind == "lines":
                word.line(document, "text")
            elif kind == "headings":
                word.heading(document, "text")
            elif kind == "bullets":
                word.bullet(document, "text")
            else:
                word.table(document, ["a", "b"], [["x", "y"]] * MOST_PARTS, [2, 2])

    with pytest.raises(DocumentError):
        endless()

    @bounded
    def short() -> bytes:
        document = word.new("Note", MADE, "")
        word.line(document, "text")
        return word.to_bytes(document)

    assert [p.text for p in docx.Document(io.BytesIO(short())).paragraphs] == ["text"]


def test_work_beyond_the_queue_is_refused_at_once() -> None:
    queue = WorkQueue(at_once=2, waiting=3, seconds=30)
    inside, most, lock = 0, 0, threading.Lock()
    busy, may_end = threading.Semaphore(0), threading.Event()

    def work() -> str:
        nonlocal inside, most
        try:
            with queue.slot("Busy."):
                with lock:
                    inside += 1
                    most = max(most, inside)
                may_end.wait(30)
                with lock:
                    inside -= 1
        except BusyError as fault:
            busy.release()
            return str(fault)
        return "done"

    with ThreadPoolExecutor(9) as many:
        ended = [many.submit(work) for _ in range(9)]
        for _ in range(4):  # those for whom there is no room are answered while the others still work
            assert busy.acquire(timeout=30)
        may_end.set()
        said = [one.result() for one in ended]
    assert (said.count("done"), said.count("Busy."), most) == (5, 4, 2)
    with queue.slot("Busy."):
        pass


def test_work_that_waited_too_long_is_refused() -> None:
    queue = WorkQueue(at_once=1, waiting=1, seconds=0.01)
    with queue.slot("Busy."), pytest.raises(BusyError, match="Busy"), queue.slot("Busy."):
        pass
    with queue.slot("Busy."):
        pass
