"""Middleware that every request passes before a page or a feed: host, size, and the headers of every answer."""

from calendar_model.web.middleware import middleware

__all__ = ["middleware"]
