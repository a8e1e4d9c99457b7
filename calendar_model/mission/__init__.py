"""The work of staff: a module or package for each kind of record, and queries across them.

Each module has its checks, commands and queries. :mod:`~calendar_model.mission.rules` lists the checks by kind.
"""
