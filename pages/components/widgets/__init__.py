"""Parts that know nothing of the mission: tables, rows, the text editor, comparison, image export, uploads."""
