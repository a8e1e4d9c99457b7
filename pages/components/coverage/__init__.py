"""Parts of pages with the coverage of items."""
