"""Bytes of strangers are read in a process of their own, that can be stopped and has nothing worth taking.

The child (:mod:`calendar_model.imports.worker`) gets the bytes through a pipe and answers in JSON. It has no secrets of
this process in its environment, sets itself limits of memory and processor time, may write no file and open no
connection, and is ended when its time is over. What comes back is data, and is checked again by whoever uses it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Literal

from calendar_model.imports.plan import ImportRefused
from calendar_model.imports.worker_json import problem_from_json

Plain = str | int | float | bool | None
"""What an option may be: it travels as JSON."""

MAX_BYTES = 5 * 2**20
"""Octets of a file that is taken."""
MEMORY_BYTES = 768 * 2**20
"""Octets of address space that the child may have."""
CPU_SECONDS = 15
WALL_SECONDS = 30.0
MAX_ANSWER_BYTES = 24 * 2**20
"""Octets of the child's answer; more is not read."""
OUT_OF_MEMORY = 3
"""The child's exit status when it had not enough."""
MAX_WORKERS = 2
"""Children at a time, in all of this process: so many times MEMORY_BYTES is what strangers can ask of the machine."""

_HOME = Path(__file__).resolve().parents[2]
_HANDED_ON = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "TZDIR", "PYTHONTZPATH")
"""Of the environment, what a Python needs to start and to know its time zones; nothing else of it goes to the child."""
_KILLED = int(getattr(signal, "SIGKILL", 9))
_OVER_TIME = int(getattr(signal, "SIGXCPU", 24))
_turn = threading.BoundedSemaphore(MAX_WORKERS)


def read_in_sandbox(what: Literal["calendar", "table"], data: bytes, **options: Plain) -> Any:
    """What the child reads from ``data``, as plain JSON values.

    ``options`` are handed to the reader of that kind. Raises :class:`~calendar_model.imports.plan.ImportRefused`, with
    a sentence, for whatever goes wrong: a file that is empty, too large or no such file, and one that takes more time
    or memory than it may.
    """
    if not data:
        raise ImportRefused("file-empty")
    if len(data) > MAX_BYTES:
        raise ImportRefused("file-too-large", megabytes=MAX_BYTES // 2**20)
    if not _turn.acquire(timeout=2 * WALL_SECONDS):
        raise ImportRefused("file-wait")
    try:
        return _answer(*_run(json.dumps({"what": what, "options": options}).encode() + b"\n" + data))
    finally:
        _turn.release()


def _run(asked: bytes) -> tuple[bytes, int, bool]:
    """The child's answer, its exit status, and whether it was ended because its time was over."""
    late = threading.Event()
    with subprocess.Popen(
        [sys.executable, "-m", "calendar_model.imports.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # Tracebacks can hold what stands in the file.
        stderr=subprocess.DEVNULL,
        cwd=_HOME,
        env=_environment(),
        close_fds=True,
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None

        def end() -> None:
            late.set()
            child.kill()

        clock = threading.Timer(WALL_SECONDS, end)
        clock.daemon = True
        feeding = threading.Thread(target=_feed, args=(child.stdin, asked), daemon=True)
        clock.start()
        feeding.start()
        answer = child.stdout.read(MAX_ANSWER_BYTES + 1)
        if len(answer) > MAX_ANSWER_BYTES:
            child.kill()
        # Whatever it still does after its answer, the clock ends it.
        status = child.wait()
        clock.cancel()
        feeding.join()
    return answer, status, late.is_set()


def _feed(pipe: IO[bytes], asked: bytes) -> None:
    # A child that has refused already does not read on.
    with suppress(OSError, ValueError), pipe:
        pipe.write(asked)


def _environment() -> dict[str, str]:
    return {
        **{name: os.environ[name] for name in _HANDED_ON if name in os.environ},
        "PYTHONPATH": os.fspath(_HOME),
        "PYTHONNOUSERSITE": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
        # Each thread of a numerical library takes address space, and there is none to spare.
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }


def _answer(answer: bytes, status: int, late: bool) -> Any:
    if late or status == -_OVER_TIME:
        raise ImportRefused("file-too-slow")
    if len(answer) > MAX_ANSWER_BYTES or status in (OUT_OF_MEMORY, -_KILLED):
        raise ImportRefused("file-too-demanding")
    try:
        parsed = json.loads(answer)
        refused, found = parsed.get("refused"), parsed.get("found")
        if refused is not None:
            problem = problem_from_json(refused)
            raise ImportRefused(problem.code, **problem.values)
    except (ValueError, AttributeError, RecursionError, KeyError, TypeError) as fault:
        if isinstance(fault, ImportRefused):
            raise
        raise ImportRefused("file-unreadable") from None
    if status != 0 or found is None:
        raise ImportRefused("file-unreadable")
    return found
