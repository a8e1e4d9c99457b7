"""Files for readers: tables as CSV and Excel, notes and statements as Word.

Each file contains what the reader of the session or table may see, and names for whom it was prepared. The libraries
that write Word and Excel are loaded only by the modules that need them.
"""

from calendar_model.documents.tables import table_csv

__all__ = ["table_csv"]
