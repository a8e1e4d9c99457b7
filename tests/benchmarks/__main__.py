"""All benchmarks, one after another: ``make bench``. They print; nothing is asserted."""

from __future__ import annotations

from tests.benchmarks import feed, page, polls, records, timeline


def main() -> None:
    """Runs each and says which."""
    for name, benchmark in (
        ("Feed", feed.main),
        ("Polls", polls.main),
        ("Pages", page.main),
        ("Workspace", records.main),
        ("Timeline", timeline.main),
    ):
        print(f"\n{name}\n{'=' * len(name)}")
        benchmark()


if __name__ == "__main__":
    main()
