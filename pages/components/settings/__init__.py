"""Parts of the page with cases and reprisals."""
