"""How long the timeline takes: its figure on the server, and the whole picture in Chromium beside vis-timeline.

``python -m tests.benchmarks.timeline`` prints, for 1,000 and 10,000 items, the milliseconds to build the figure and its
bytes of JSON at each zoom; then, for 10,000 items with the browser's cache warm, the milliseconds from the start of the
navigation until the picture stands: ours in the real dashboard, and vis-timeline's (npm, installed into a temporary folder)
on a bare page with the same items and the same stretch. Both are measured in turn in the same browser.

A picture stands when its marks are in the document, ours with the names and the axis that are laid over it, and a frame
with them has been painted. Ours may take 1.3 times as long as theirs.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pandas as pd
from playwright.sync_api import BrowserContext

from calendar_model.calendar import build_table, horizon
from calendar_model.figures.timeline import timeline_figure
from calendar_model.figures.zoom import Zoom, window_around
from calendar_model.reference import DATA_VARIABLE, Reference, load
from tests.benchmarks.folder import large_folder, prepare
from tests.benchmarks.stopwatch import timed
from tests.browser.conftest import WIDE, chromium, start_server, stop_server
from tests.day import TODAY

VIS = "vis-timeline@8.5.4"
ROUNDS = 7

_WATCH = """
const wait = () => {
  if (document.querySelector(SELECTOR)) {
    requestAnimationFrame(() => requestAnimationFrame(() => { document.documentElement.dataset.stands = performance.now(); }));
  } else { requestAnimationFrame(wait); }
};
requestAnimationFrame(wait);
"""

_PAGE = """<!doctype html><meta charset="utf-8"><title>vis-timeline</title>
<link rel="stylesheet" href="/vis-timeline-graph2d.min.css">
<script src="/vis-timeline-graph2d.min.js"></script>
<div id="timeline"></div>
<script>
fetch("/items.json").then(answer => answer.json()).then(({ items, groups, start, end }) => {
  new vis.Timeline(document.getElementById("timeline"), new vis.DataSet(items), new vis.DataSet(groups),
    { start, end, stack: true, zoomable: false });
});
</script>
"""


def main() -> None:
    """Measure and print."""
    prepare()
    with tempfile.TemporaryDirectory() as parent:
        folder = large_folder(Path(parent), 10_000)
        reference = load(folder)
        table = build_table(reference, TODAY, horizon(TODAY))
        for items in (table.iloc[::10], table):
            _figures(items, reference)
        os.environ[DATA_VARIABLE] = str(folder)
        _in_chromium(table, reference, Path(parent))


def _figures(table: pd.DataFrame, reference: Reference) -> None:
    print(f"{len(table):,} items")
    print(f"  {'zoom':<10}{'figure':>12}{'JSON':>12}")
    for zoom in Zoom:
        start, days = window_around(zoom, TODAY)
        times = []
        for _ in range(ROUNDS):
            with timed() as took:
                figure = timeline_figure(
                    table,
                    as_of=TODAY,
                    start=start,
                    days=days,
                    zoom=zoom,
                    theme="light",
                    reference=reference,
                    width=1280,
                    zone="Europe/Oslo",
                )
            times.append(took.milliseconds)
        print(f"  {zoom:<10}{statistics.median(times):>9.0f} ms{len(figure.to_json()) / 1024:>9.0f} KB")


def _in_chromium(table: pd.DataFrame, reference: Reference, parent: Path) -> None:
    bare = _bare_page(table, reference, parent)
    process, address = start_server(parent / "server.log", **{DATA_VARIABLE: os.environ[DATA_VARIABLE]})
    try:
        with _served(bare) as elsewhere, chromium() as browser:
            context = browser.new_context(viewport=WIDE, timezone_id="Europe/Oslo")  # type: ignore[arg-type]
            ours, theirs = [], []
            for _ in range(ROUNDS + 1):
                ours.append(_until_it_stands(context, f"{address}/timeline", ".framed .js-plotly-plot .textpoint"))
                theirs.append(_until_it_stands(context, elsewhere, ".vis-item.vis-range"))
    finally:
        stop_server(process)
    # The first of each fills the cache.
    our_time, their_time = statistics.median(ours[1:]), statistics.median(theirs[1:])
    print(f"\nIn Chromium, {len(table):,} items, cache warm, median of {ROUNDS}")
    print(f"  ours, in the dashboard          {our_time:>7.0f} ms")
    print(f"  vis-timeline, on a bare page    {their_time:>7.0f} ms")
    print(f"  ours / theirs                   {our_time / their_time:>7.2f}   target 1.30")


def _until_it_stands(context: BrowserContext, address: str, selector: str) -> float:
    """Milliseconds from the start of the navigation to the painted picture, in a tab of its own."""
    page = context.new_page()
    page.add_init_script(_WATCH.replace("SELECTOR", json.dumps(selector)))
    page.goto(address, wait_until="commit")
    page.locator("html[data-stands]").wait_for(state="attached", timeout=120_000)
    stands = float(page.locator("html").get_attribute("data-stands") or "nan")
    page.close()
    return stands


def _bare_page(table: pd.DataFrame, reference: Reference, parent: Path) -> Path:
    """A folder with vis-timeline, a page that draws the items, and the items themselves."""
    installed = parent / "npm"
    subprocess.run(
        ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(installed), VIS], check=True
    )
    package = installed / "node_modules" / "vis-timeline"
    site = parent / "site"
    site.mkdir()
    shutil.copy(package / "standalone" / "umd" / "vis-timeline-graph2d.min.js", site)
    shutil.copy(package / "styles" / "vis-timeline-graph2d.min.css", site)
    start, days = window_around(Zoom.YEAR, TODAY)
    rows: Iterator[Any] = table.itertuples()
    items = [
        {
            "id": row.item,
            "group": row.body,
            "content": row.title,
            "start": row.start.isoformat(),
            "end": (row.end + pd.Timedelta(days=1)).isoformat(),
            "type": "range",
        }
        for row in rows
    ]
    groups = [{"id": code, "content": row.short_name} for code, row in reference.organisations.items()]
    stretch = {"start": start.isoformat(), "end": (pd.Timestamp(start) + pd.Timedelta(days=days)).isoformat()}
    (site / "items.json").write_text(json.dumps({"items": items, "groups": groups, **stretch}))
    (site / "index.html").write_text(_PAGE)
    return site


class _Handler(SimpleHTTPRequestHandler):
    """Quiet, and what it serves may be kept by the browser."""

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "max-age=3600")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()


if __name__ == "__main__":
    main()
