"""All benchmarks, one after another: ``make bench``. They print; nothing is asserted.

``python -m tests.benchmarks browser feed`` runs those alone.
"""

from __future__ import annotations

import sys

from tests.benchmarks import browser, dashboards, feed, load, page, polls, records, search, timeline

BENCHMARKS = {
    "dashboards": dashboards.main,
    "feed": feed.main,
    "polls": polls.main,
    "page": page.main,
    "load": load.main,
    "records": records.main,
    "search": search.main,
    "timeline": timeline.main,
    "browser": browser.main,
}


def main() -> None:
    """Runs all, or those that are named, and says which."""
    asked = sys.argv[1:] or list(BENCHMARKS)
    if unknown := set(asked) - set(BENCHMARKS):
        raise SystemExit(f"No benchmark {', '.join(sorted(unknown))}: choose from {', '.join(BENCHMARKS)}.")
    for name in asked:
        print(f"\n{name.capitalize()}\n{'=' * len(name)}")
        BENCHMARKS[name]()


if __name__ == "__main__":
    main()
