"""What staff keep beside the calendar: the records, the database they stand in, their history, and backups of it all.

Pages and scripts do not come in here directly: they read and write through :mod:`calendar_model.safeguards.desk`.
"""
