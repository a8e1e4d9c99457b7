"""Who may read what, and how a unit of work is opened to read or to write.

Every read is narrowed to what its viewer may see (:mod:`~calendar_model.access.permissions`); every write passes the
rules of :mod:`calendar_model.mission` and is kept in the history (:mod:`~calendar_model.access.unit_of_work`).
"""
