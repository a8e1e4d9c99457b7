"""Known vulnerabilities of the packages in the lock, by pip-audit: ``make audit``.

Exit status: 0; 1 if there are vulnerabilities; 3 if the database of advisories was not reachable, as it is behind a
mirror that holds packages only.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

NOT_REACHED = (
    "The database of advisories was not reachable, so nothing was audited. Try again from a machine that reaches it."
)


def verdict(answer: str) -> tuple[int, str]:
    """Return the exit status and what to print for pip-audit's answer in JSON; it is empty where there was none."""
    packages = json.loads(answer)["dependencies"] if answer else []
    audited = [package for package in packages if "skip_reason" not in package]
    if not audited:
        return 3, NOT_REACHED
    found = [
        f"{package['name']} {package['version']}: {known['id']}, fixed in {', '.join(known['fix_versions']) or 'no version yet'}"
        for package in audited
        for known in package["vulns"]
    ]
    skipped = [
        f"{package['name']} was not found there, so it was not audited."
        for package in packages
        if "skip_reason" in package
    ]
    if found:
        return 1, "\n".join([*found, *skipped])
    return 0, "\n".join([f"No vulnerability is known of {len(audited)} packages.", *skipped])


def main(pip_audit: str, lock: str) -> int:
    """Audit a lock and print what was found."""
    with TemporaryDirectory() as folder:
        answer = Path(folder, "answer.json")
        command = [pip_audit, "--progress-spinner", "off", "--disable-pip", "--require-hashes", "--format", "json"]
        subprocess.run([*command, "--requirement", lock, "--output", str(answer)], capture_output=True, check=False)
        status, text = verdict(answer.read_text(encoding="utf-8") if answer.exists() else "")
    print(text)
    return status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
