"""Parts of the Feeds page."""
