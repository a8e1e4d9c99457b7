"""The commands of ``python -m calendar_model``, a module for each part of the model.

Each module has ``add_to``, which adds its commands to a parser; a command leaves in ``run`` what takes the parsed
options and gives the exit status. What is refused is raised: :class:`~calendar_model.access.problems.Refused` and
:class:`~calendar_model.store.database.WorkspaceError`, both with a sentence for the reader.
"""
