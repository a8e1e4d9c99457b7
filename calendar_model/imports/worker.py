"""The process that reads untrusted bytes: ``python -m calendar_model.imports.worker``.

On standard input a line of JSON, ``{"what": …, "options": {…}}``, then the bytes. On standard output one JSON object:
``{"found": …}``, or ``{"refused": {"code": …, "values": …}}``. Started only by :mod:`calendar_model.imports.sandbox`.
"""

from __future__ import annotations

import importlib
import json
import sys
import warnings
from contextlib import suppress
from typing import Any

from calendar_model.access.problems import Problem
from calendar_model.imports.plan import ImportRefused
from calendar_model.imports.sandbox import CPU_SECONDS, MAX_BYTES, MEMORY_BYTES, OUT_OF_MEMORY
from calendar_model.imports.worker_json import to_json

READERS = {
    "calendar": ("calendar_model.imports.ics.reader", "read_calendar"),
    "table": ("calendar_model.imports.tables.reader", "read_table"),
    "word": ("calendar_model.imports.word_reader", "read_word_template"),
}
"""The module and the name of each kind's reader, a function of bytes and options that returns plain JSON values."""

_CLOSED = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.startfile", "os.system")
"""Forbidden actions: prefixes of the interpreter's audit events that no reader needs."""


def main() -> int:
    """Read standard input and answer; the exit status is 0 unless memory ran out."""
    _confine()
    # Warnings of a parser could contain parts of the file.
    warnings.simplefilter("ignore")
    try:
        answer = json.dumps({"found": _read()})
    except ImportRefused as refused:
        answer = json.dumps({"refused": to_json(refused.problem)})
    except MemoryError:
        return OUT_OF_MEMORY
    except Exception:  # noqa: BLE001  what a parser stumbles over is the file, whatever it raises
        answer = json.dumps({"refused": to_json(Problem("file-unreadable"))})
    sys.stdout.write(answer)
    sys.stdout.flush()
    return 0


def _read() -> Any:
    asked = json.loads(sys.stdin.buffer.readline(2**16))
    module, name = READERS[asked["what"]]
    reader = getattr(importlib.import_module(module), name)
    return reader(sys.stdin.buffer.read(MAX_BYTES + 1), **asked["options"])


def _confine() -> None:
    """Set the limits, which cannot be lifted. Windows has none; there only the time limit applies."""
    sys.addaudithook(_refuse)
    if sys.platform == "win32":
        return
    import resource

    for limit, soft, hard in (
        (resource.RLIMIT_AS, MEMORY_BYTES, MEMORY_BYTES),
        # At the soft one it can be distinguished from what the machine's own guard of memory ends.
        (resource.RLIMIT_CPU, CPU_SECONDS, CPU_SECONDS + 2),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        # A machine that sets a lower one already keeps it.
        with suppress(ValueError, OSError):
            resource.setrlimit(limit, (soft, hard))


def _refuse(event: str, _arguments: Any) -> None:
    if event.startswith(_CLOSED):
        raise PermissionError(f"What reads a file has no {event}.")


if __name__ == "__main__":
    sys.exit(main())
