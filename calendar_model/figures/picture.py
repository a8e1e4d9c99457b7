"""A sheet as an image file: PNG, SVG or PDF, drawn by Chromium or Chrome on this machine.

Each image starts its own browser and ends it. The browser gets a temporary profile and home, only those environment
variables that a program needs to start, and no network. It runs in Chromium's sandbox if possible. On two idle cores an
image takes 2 to 3 s. A browser kept open would take 0.2 to 0.4 s, but hold some hundred megabytes all day.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import threading
from typing import Any, Literal

from calendar_model.figures.fonts import font_faces
from calendar_model.figures.sheet import PictureSheet
from calendar_model.translation import N_
from calendar_model.translation import gettext as _
from calendar_model.work_queue import BusyError, WorkQueue

PictureFormat = Literal["png", "svg", "pdf"]

SECONDS = 30.0
"""The time limit for drawing a picture."""

_CLOSING_SECONDS = 10.0

VARIABLE = "CHROMIUM"
"""The environment variable that names the browser, a path or a command; without it kaleido looks for one itself."""

_HEAD = """<!DOCTYPE html><html><head><style id="head-style"></style>
<style>@page { margin: 0 } img { display: block }</style><title>Multilateral calendar</title>
<style id="fonts">%s</style>
<script>
  // Letters are measured in this page, so its fonts have to be there before.
  for (const face of document.fonts) face.load();
  // An SVG is an image without the fonts of this page; it needs them within itself.
  const serialize = XMLSerializer.prototype.serializeToString;
  XMLSerializer.prototype.serializeToString = function (node) {
    if (node.nodeName === "svg") {
      const style = document.createElementNS("http://www.w3.org/2000/svg", "style");
      style.textContent = document.getElementById("fonts").textContent;
      node.prepend(style);
    }
    return serialize.call(this, node);
  };
</script>"""
"""The head of the browser's page: it gives a PDF its title, leaves no margin around the picture, and has the fonts."""

LARGEST_SPEC = 8 * 2**20
"""Characters of a figure's description: more than ten thousand items on one sheet, which nobody could read."""

_queue = WorkQueue(at_once=1, waiting=3, seconds=2 * SECONDS)


class PictureError(Exception):
    """An image could not be made; ``str()`` is a sentence for the reader with what to do."""


NO_BROWSER = N_(
    "Images need Chromium or Chrome on the server, and none was found. An administrator can install one, or name it in "
    "the variable CHROMIUM. Until then, take a screenshot of this page."
)
TOO_LONG = N_("The image took too long to draw. Try again in a minute, or with a narrower filter.")
TOO_LARGE = N_("Too many items for one image. Try again with a narrower filter, or a shorter period.")
BUSY = N_("Other images are being drawn. Try again in a minute.")
FAILED = N_("The browser stopped before the image was finished. Try again; if it fails again, take a screenshot.")


def picture(drawn_sheet: PictureSheet, file_format: PictureFormat) -> bytes:
    """Return the sheet as a file: a PNG as wide as the sheet's format asks, or an SVG or PDF of lines and letters.

    Blocks for some seconds; one picture at a time is drawn, and a few others wait for theirs. Nothing is asked of the
    network. Raises :class:`PictureError` where there is no browser, it fails, there is too much to draw, too many wait,
    or :data:`SECONDS` have passed.
    """
    width = drawn_sheet.sheet.png_width if file_format == "png" else drawn_sheet.sheet.width
    options = {
        "format": file_format,
        "width": drawn_sheet.width,
        "height": drawn_sheet.height,
        "scale": width / drawn_sheet.width,
    }
    answer: list[bytes | BaseException] = []

    def work() -> None:
        try:
            answer.append(asyncio.run(_drawn(json.loads(drawn_sheet.spec), options)))
        except BaseException as fault:  # noqa: BLE001 - it belongs to the thread that waits for this one
            answer.append(fault)

    if len(drawn_sheet.spec) > LARGEST_SPEC:
        raise PictureError(_(TOO_LARGE))
    try:
        with _queue.slot(_(BUSY)):
            # A thread of its own, because that of the caller may have an event loop that runs.
            thread = threading.Thread(target=work, name="picture", daemon=True)
            thread.start()
            thread.join(SECONDS + 2 * _CLOSING_SECONDS)
    except BusyError as busy:
        raise PictureError(str(busy)) from None
    got = answer[0] if answer else TimeoutError()
    if isinstance(got, bytes):
        return got
    if isinstance(got, TimeoutError):
        raise PictureError(_(TOO_LONG)) from got
    if type(got).__name__ == "ChromeNotFoundError":
        raise PictureError(_(NO_BROWSER)) from got
    raise PictureError(_(FAILED)) from got


async def _drawn(figure: dict[str, Any], options: dict[str, Any]) -> bytes:
    # Imported here because it is slow, and most processes never draw.
    from kaleido import Kaleido, PageGenerator  # type: ignore[import-untyped]

    from calendar_model.figures.browser import OfflineChromium, can_have_a_sandbox

    named = os.environ.get(VARIABLE, "")
    path = (shutil.which(named) or named) if named else None
    # MathJax would be asked of the network; plotly.js comes from the plotly package.
    page = PageGenerator(mathjax=False)
    page.header = _HEAD % font_faces()
    browser = Kaleido(
        timeout=SECONDS,
        page_generator=page,
        path=path,
        browser_cls=OfflineChromium,
        enable_sandbox=can_have_a_sandbox(),
    )
    limit = asyncio.timeout(SECONDS)
    try:
        async with limit:
            await browser.open()
            drawn: bytes = await browser.calc_fig(figure, options)
        return drawn
    except Exception as fault:
        # A job that was cancelled reports a failure, not the time limit.
        if limit.expired():
            raise TimeoutError from fault
        raise
    finally:
        await _end(browser)


async def _end(browser: Any) -> None:
    """Close the browser, by force if it does not answer, and remove its processes and files."""
    with contextlib.suppress(Exception):
        await asyncio.wait_for(browser.close(), _CLOSING_SECONDS)
    process = getattr(browser, "subprocess", None)
    if process is not None and process.poll() is None:
        # It leads a group of its own, in which all that it has started is.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL) if os.name == "posix" else process.kill()
        process.wait(_CLOSING_SECONDS)
