"""What staff do, one module or package a noun, and what is read across the nouns.

A noun's module holds its checks, commands and queries. :mod:`~calendar_model.mission.rules` names the checks by kind.
"""
