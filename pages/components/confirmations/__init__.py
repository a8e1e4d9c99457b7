"""Parts of the page Dates to confirm."""
