"""What every request passes before a page or a feed sees it: whose host, how much, and the headers of every answer."""

from calendar_model.web.middleware import middleware

__all__ = ["middleware"]
