"""The sandbox for reading untrusted files: a process that can be stopped and holds no secrets.

The worker (:mod:`calendar_model.imports.worker`) gets the bytes through a pipe and answers in JSON. Its environment
has no secrets; it limits its own memory and processor time, cannot write files or open connections, and is stopped at
a time limit. Callers check its answer again.
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
"""The type of an option, sent as JSON."""

MAX_BYTES = 5 * 2**20
"""Maximum bytes of a file."""
MEMORY_BYTES = 768 * 2**20
"""Maximum bytes of address space of the worker."""
CPU_SECONDS = 15
WALL_SECONDS = 30.0
MAX_ANSWER_BYTES = 24 * 2**20
"""Maximum bytes of the worker's answer."""
OUT_OF_MEMORY = 3
"""The worker's exit status when it ran out of memory."""
MAX_WORKERS = 2
"""Maximum number of workers at a time; with MEMORY_BYTES this limits the memory that untrusted files can take."""

_HOME = Path(__file__).resolve().parents[2]
_HANDED_ON = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "TZDIR", "PYTHONTZPATH")
"""The only environment variables passed to the worker: those that Python needs to start and find time zones."""
_KILLED = int(getattr(signal, "SIGKILL", 9))
_OVER_TIME = int(getattr(signal, "SIGXCPU", 24))
_slots = threading.BoundedSemaphore(MAX_WORKERS)


def read_in_sandbox(what: Literal["calendar", "table", "word"], data: bytes, **options: Plain) -> Any:
    """Return what the worker reads from ``data``, as plain JSON values.

    ``options`` are passed to the reader of that kind. Raises :class:`~calendar_model.imports.plan.ImportRefused` for
    any failure: a file that is empty, too large or of another kind, or that needs too much time or memory.
    """
    if not data:
        raise ImportRefused("file-empty")
    if len(data) > MAX_BYTES:
        raise ImportRefused("file-too-large", megabytes=MAX_BYTES // 2**20)
    if not _slots.acquire(timeout=2 * WALL_SECONDS):
        raise ImportRefused("file-wait")
    try:
        return _checked(*_run(json.dumps({"what": what, "options": options}).encode() + b"\n" + data))
    finally:
        _slots.release()


def _run(request: bytes) -> tuple[bytes, int, bool]:
    """Return the worker's answer, its exit status, and whether it was stopped at the time limit."""
    late = threading.Event()
    with subprocess.Popen(
        [sys.executable, "-m", "calendar_model.imports.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # Tracebacks can hold parts of the file.
        stderr=subprocess.DEVNULL,
        cwd=_HOME,
        env=_environment(),
        close_fds=True,
    ) as worker:
        assert worker.stdin is not None
        assert worker.stdout is not None

        def stop() -> None:
            late.set()
            worker.kill()

        clock = threading.Timer(WALL_SECONDS, stop)
        clock.daemon = True
        sending = threading.Thread(target=_send, args=(worker.stdin, request), daemon=True)
        clock.start()
        sending.start()
        answer = worker.stdout.read(MAX_ANSWER_BYTES + 1)
        if len(answer) > MAX_ANSWER_BYTES:
            worker.kill()
        # The time limit also ends anything after its answer.
        status = worker.wait()
        clock.cancel()
        sending.join()
    return answer, status, late.is_set()


def _send(pipe: IO[bytes], request: bytes) -> None:
    # A worker that has refused the file does not read the rest of it.
    with suppress(OSError, ValueError), pipe:
        pipe.write(request)


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


def _checked(answer: bytes, status: int, late: bool) -> Any:
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
