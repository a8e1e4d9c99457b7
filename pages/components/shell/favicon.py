"""The icon of the browser's tab, within the page: a file would be made again for each reader, and need a sign-in."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

FAVICON = "data:image/png;base64," + b64encode((Path(__file__).parent / "favicon.png").read_bytes()).decode()
