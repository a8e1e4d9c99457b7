"""Imports of calendar files, tables and calendars at an address: previewed first, then written as a whole.

A calendar file goes through ``ics`` (bytes to rows) and ``calendar_import`` (rows to events); a table through
``tables`` (bytes to text, text to values), ``templates`` (one module for each kind of row) and ``table_import``.
Untrusted files are read in a separate process (``sandbox``, ``worker``). A calendar at an address is fetched by
``fetching`` and followed by ``remote``. The words of problems and notes are in :mod:`calendar_model.messages.imports`.
"""
