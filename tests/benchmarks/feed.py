"""How long a feed takes, beside icalendar's plain building and writing of the same items.

``python -m tests.benchmarks.feed`` prints a table: for 1,000 and 10,000 items the plain way; ours from nothing (cold);
ours with the items' bytes kept but the table new (rows kept); and what a feed of the whole calendar from the cache and a 304
cost in the application, without a network. Each time is the best of a few, each ratio is of times from the same run.
"""

from __future__ import annotations

import gc
from collections.abc import Callable

import pandas as pd
from starlette.applications import Starlette
from starlette.testclient import TestClient

from calendar_model import calendar
from calendar_model.feeds import ROUTES, CalendarProperties, feed_bytes, ical
from tests.benchmarks.folder import prepare
from tests.benchmarks.stopwatch import timed
from tests.feeds import readers

URL = "https://calendar.example.org"
WHOLE = "/feeds/calendar.ics?period=1900-01-01&period=2100-12-31&windows=1"


def main() -> None:
    """Measure and print."""
    prepare()
    print(f"{'items':>7}  {'plain':>9}  {'cold':>9}  {'rows kept':>9}  {'from cache':>10}  {'304':>9}   of plain")
    for items in (1_000, 10_000):
        measure(items)


def measure(items: int) -> None:
    """One line of the table."""
    _, table = calendar.current()
    several = pd.concat([table] * (items // len(table) + 1), ignore_index=True).head(items)
    several["item"] = several["item"] + "-" + several.index.astype("str")
    several["uid"] = several["item"] + "@hrd-calendar.example"
    several.attrs.update(as_of=table.attrs["as_of"], version=f"benchmark-{items}")

    def ours() -> bytes:
        return feed_bytes(several, CalendarProperties("HRD calendar", url=URL, source=f"{URL}/feeds/calendar.ics"))

    def cold() -> bytes:
        ical._event.cache_clear()
        return ours()

    properties = readers.values(ours())
    plain_time = best(2, lambda: readers.build_with_icalendar(*properties))
    if readers.build_with_icalendar(*properties) != ours():
        raise SystemExit("The two feeds differ, so their times say nothing.")
    cold_time = best(3, cold)
    rows_time = best(5, ours)

    client = TestClient(Starlette(routes=ROUTES))
    tag = client.get(WHOLE).headers["ETag"]
    unchanged = {"If-None-Match": tag}
    if client.get(WHOLE, headers=unchanged).status_code != 304:
        raise SystemExit("The feed changed between two requests.")
    cached_time = best(20, lambda: client.get(WHOLE))
    not_modified_time = best(20, lambda: client.get(WHOLE, headers=unchanged))

    times = (plain_time, cold_time, rows_time, cached_time, not_modified_time)
    ratios = ", ".join(f"1/{plain_time / taken:,.0f}" for taken in times[1:])
    print(f"{items:>7,}  " + "  ".join(f"{taken * 1000:6.2f} ms" for taken in times) + f"   {ratios}", flush=True)


def best(runs: int, work: Callable[[], object]) -> float:
    """The shortest of some runs, in seconds."""
    gc.collect()
    times = []
    for _ in range(runs):
        with timed() as took:
            work()
        times.append(took.seconds)
    return min(times)


if __name__ == "__main__":
    main()
