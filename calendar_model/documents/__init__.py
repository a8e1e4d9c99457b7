"""What readers take along as files: tables as CSV and Excel, notes and statements as Word.

Each file holds what the reader of the session or table may see, and names for whom it was made. The libraries
that write Word and Excel are only loaded by the modules that need them.
"""

from calendar_model.documents.tables import table_csv

__all__ = ["table_csv"]
