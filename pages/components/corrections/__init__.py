"""Parts of the Corrections page."""
