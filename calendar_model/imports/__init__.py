"""Ways in: calendars and tables of others, read with suspicion, shown before anything is written."""
