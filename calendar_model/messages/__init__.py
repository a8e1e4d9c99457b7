"""The sentences for the codes of the model: problems, unmet requirements and the like.

The model raises and returns values (:class:`calendar_model.access.problems.Problem`); pages, the command line and
documents look up the sentences here. Each module covers one subject. Its ``MESSAGES`` hold, by code, a template whose
``{fields}`` are filled from the values, or a function of the values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, TypeAlias

from calendar_model.translation import gettext

Template: TypeAlias = str | Callable[[Mapping[str, Any]], str]

_MODULES = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]
MESSAGES: Mapping[str, Template] = {code: template for module in _MODULES for code, template in module.MESSAGES.items()}


def message(code: str, values: Mapping[str, Any] | None = None) -> str:
    """Return the sentence for a code in the reader's language, filled with ``values``.

    Raises KeyError for a code that has none.
    """
    template = MESSAGES[code]
    return template(values or {}) if callable(template) else gettext(template).format_map(values or {})
