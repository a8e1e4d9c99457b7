"""The browser that draws pictures, with as little access to this machine as possible.

Separate from :mod:`calendar_model.figures.picture`, because its imports are slow and most processes never draw.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import MutableMapping, Sequence
from functools import cache

from choreographer.browsers.chromium import Chromium

_NOWHERE = "127.0.0.1:9"
"""The proxy of the browser, where no server listens, so that every request fails."""

_HANDED_ON = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP", "FONTCONFIG_PATH")
"""The only variables of the environment that the browser gets, to start and to find its fonts."""

_NO_NETWORK = (
    f"--proxy-server={_NOWHERE}",
    "--proxy-bypass-list=<-loopback>",  # or it would ask this machine without the proxy
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--disable-background-networking",
)

_UNSHARE_SECONDS = 10


class OfflineChromium(Chromium):
    """Chromium with a bare environment and without a network."""

    def get_env(self) -> MutableMapping[str, str]:
        """Return the environment to start with; its home is the folder of its profile, removed when it ends."""
        return {
            **{name: os.environ[name] for name in _HANDED_ON if name in os.environ},
            "HOME": str(self.tmp_dir.path),
        }

    def get_cli(self) -> Sequence[str]:
        """Return the command line."""
        return [*super().get_cli(), *_NO_NETWORK]


@cache
def can_have_a_sandbox() -> bool:
    """Return whether Chromium's sandbox can work here.

    It cannot for root, nor where the machine or a container forbids its users namespaces of their own.
    """
    unshare = shutil.which("unshare")
    if os.name != "posix" or os.geteuid() == 0 or unshare is None:
        return False
    try:
        tried = subprocess.run(
            [unshare, "--user", "--map-root-user", "true"], capture_output=True, timeout=_UNSHARE_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return tried.returncode == 0
