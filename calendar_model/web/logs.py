"""The log: lines for people, or with ``HRD_CALENDAR_LOG=json`` one JSON object a line on standard error.

An object has ``time`` (UTC), ``level``, ``logger`` and ``message``, within a request also ``request_id`` and
``user_id``. The line of a request adds ``method``, ``path``, ``status`` and ``duration_ms``, that of an error ``error``
(its class) and ``traceback`` (files, lines and functions). What an error says is left out, because it may quote a
record. Everything below the level of information is left out too: Streamlit would write what readers type.

In both forms no address of a request is written but the one of :mod:`calendar_model.web.routes`: uvicorn's own lines
on requests are dropped, whichever way the server was started.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import threading
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from calendar_model.web.observed import ObservedRequest, Phase, current_request

VARIABLE = "HRD_CALENDAR_LOG"
FORMS = ("text", "json")

LONGEST_MESSAGE = 1000
"""Characters of a message in JSON; its first line only, because those after it may hold what an error says."""

_REQUEST_FIELDS = ("method", "path", "status", "duration_ms")
_SECRET_ADDRESS = re.compile(r"(/feeds/mine/|/mail/confirm/|/mail/unsubscribe/|/media/)[^\s\"'?]+")

_requests = logging.getLogger(f"{__name__}.requests")
_errors = logging.getLogger(f"{__name__}.errors")


def is_json() -> bool:
    """Whether the log is for a machine."""
    return os.environ.get(VARIABLE) == "json"


def configure() -> None:
    """Make the loggers of this process write in the form that the environment asks for."""
    for name in ("uvicorn.access", "uvicorn.error"):
        logging.getLogger(name).addFilter(_without_requests)
    if not is_json():
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setLevel(logging.INFO)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    # Of others only warnings: httpx tells the addresses that it fetches, and those may be secret.
    for name in ("calendar_model", "uvicorn"):
        logging.getLogger(name).setLevel(logging.INFO)
    for logger in logging.root.manager.loggerDict.values():
        if isinstance(logger, logging.Logger):
            hand_over(logger)
    logging.captureWarnings(capture=True)
    sys.excepthook = _log_exception
    threading.excepthook = lambda args: _log_exception(args.exc_type, args.exc_value, args.exc_traceback)


def hand_over(logger: logging.Logger) -> None:
    """Let a logger that has handlers of its own write to the one log instead."""
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
    logger.propagate = True


def log_request(request: ObservedRequest) -> None:
    """Write the line of a request, with the error that ended it if there was one."""
    message = "Request answered." if request.phase is Phase.ANSWERED else f"Websocket {request.phase}."
    fields = (request.method, request.route.shown, request.status, round(request.seconds * 1000, 1))
    failed = request.status >= 500
    level = logging.WARNING if failed else logging.INFO
    _requests.log(level, message, exc_info=failed, extra=dict(zip(_REQUEST_FIELDS, fields, strict=True)))


class JsonFormatter(logging.Formatter):
    """One JSON object a line, with the fields that this module names and no others."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        first_line = record.getMessage().strip().partition("\n")[0]
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _SECRET_ADDRESS.sub(r"\1*", first_line)[:LONGEST_MESSAGE],
        }
        if (request := current_request()) is not None:
            line |= {"request_id": request.id, "user_id": request.user}
        line |= {name: getattr(record, name) for name in _REQUEST_FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            frames = traceback.extract_tb(record.exc_info[2])
            line["traceback"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        return json.dumps(line, ensure_ascii=False)


def _without_requests(record: logging.LogRecord) -> bool:
    """Whether a line of uvicorn may be written: none that tells the address of a request."""
    return record.name != "uvicorn.access" and '"WebSocket' not in str(record.msg)


def _log_exception(kind: type[BaseException], error: BaseException | None, where: TracebackType | None) -> None:
    if issubclass(kind, (KeyboardInterrupt, SystemExit)):
        return
    _errors.critical("An error ended a thread or the program.", exc_info=(kind, error or kind(), where))
