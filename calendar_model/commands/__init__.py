"""The commands of ``python -m calendar_model``, a module for each part of the model.

Each module has ``add_to``, which adds its commands to a parser. A command stores in ``run`` a function that takes the
parsed options and returns the exit status. Refusals raise :class:`~calendar_model.access.problems.Refused` or
:class:`~calendar_model.store.database.WorkspaceError`, both with a sentence for the user.
"""
