"""Parts of the Statements page."""
