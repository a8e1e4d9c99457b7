"""What staff keep beside the calendar: the database, its tables, the history of every change, backups, migrations.

No rule of the mission lives here. Pages and scripts read and write through :mod:`calendar_model.access.unit_of_work`.
"""
