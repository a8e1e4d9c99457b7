"""The facts of ``data/``, read and checked, with recorded corrections laid over them."""

from calendar_model.reference.names import in_readers_language
from calendar_model.reference.overlay import CorrectedRow, RowCorrection
from calendar_model.reference.reader import (
    DATA_VARIABLE,
    ROW_CLASSES,
    Fault,
    Reference,
    data_folder,
    load,
    new_faults,
    working_calendar,
)

__all__ = [
    "DATA_VARIABLE",
    "ROW_CLASSES",
    "CorrectedRow",
    "Fault",
    "Reference",
    "RowCorrection",
    "data_folder",
    "in_readers_language",
    "load",
    "new_faults",
    "working_calendar",
]
