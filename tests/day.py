"""The day on which all tests and benchmarks stand."""

from __future__ import annotations

from datetime import date

TODAY = date(2026, 11, 24)
"""A Tuesday."""
