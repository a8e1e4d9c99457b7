"""Parts of pages with the mission's own events."""
