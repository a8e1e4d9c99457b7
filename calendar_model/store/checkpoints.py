"""Signed checkpoints: what the history was at one moment, to be kept where this installation cannot reach it.

A checkpoint has the number of lines and the root of a Merkle tree over their hashes (RFC 9162, section 2.1), signed
with Ed25519. A later :func:`compare` shows that these lines are still there, the same and in the same order. It finds
what :func:`calendar_model.store.history.verify` alone cannot: a history that was cut off, or rewritten as a whole.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import Connection, select

from calendar_model import clock
from calendar_model.store.database import Workspace
from calendar_model.store.failures import WorkspaceError
from calendar_model.store.history import canonical, stream
from calendar_model.store.keys import SIGNING_KEY_VARIABLE, decoded, encoded
from calendar_model.store.models import Change

FORMAT = "hrd-calendar checkpoint 1"
_PUBLIC = "hrd-public-key-1."
_LONGEST = 10_000
"""Bytes of a checkpoint, which has a few hundred."""


@dataclass(frozen=True)
class Checkpoint:
    """What the history was: ``lines`` of it have the ``root``. ``workspace`` names the workspace by its first line."""

    workspace: str
    lines: int
    root: str
    at: str
    public_key: str
    signature: str

    def signed_bytes(self) -> bytes:
        """What the signature covers: all the rest."""
        return canonical({"format": FORMAT, **vars(self), "signature": ""}).encode()

    def as_json(self) -> str:
        """The checkpoint as a file has it."""
        return json.dumps({"format": FORMAT, **vars(self)}, indent=2) + "\n"


def public_key(key: Ed25519PrivateKey) -> str:
    """The public half of a signing key, as a checkpoint has it and an option takes it."""
    return _PUBLIC + encoded(key.public_key().public_bytes_raw())


def checkpoint(workspace: Workspace, key: Ed25519PrivateKey, *, at: datetime | None = None) -> Checkpoint:
    """Sign what the history is now. Raises WorkspaceError if it has no line yet."""
    with workspace.snapshot() as connection:
        name, lines, root = _state(connection)
    if not lines:
        raise WorkspaceError("The history has no change yet, so there is nothing to sign.")
    moment = (at or clock.now()).isoformat(timespec="seconds")
    unsigned = Checkpoint(name, lines, root, moment, public_key(key), "")
    return Checkpoint(**{**vars(unsigned), "signature": encoded(key.sign(unsigned.signed_bytes()))})


def read(text: bytes, trusted: Collection[str]) -> Checkpoint:
    """The checkpoint of a file, signed by one of the ``trusted`` public keys.

    Raises WorkspaceError if it is not a checkpoint, if another key has signed it, and if its signature does not fit.
    """
    if not trusted:
        raise WorkspaceError(
            f"It is not known whose checkpoints to trust. Set {SIGNING_KEY_VARIABLE}, or give the public key that you "
            "have noted with --signed-by."
        )
    if (found := _parsed(text)) is None:
        raise WorkspaceError("The file is not a checkpoint. Name one that “history checkpoint” has printed.")
    if found.public_key not in trusted:
        raise WorkspaceError(
            "The checkpoint was signed with another key, so it proves nothing. If the key was replaced, give the "
            "public key of that time with --signed-by."
        )
    try:
        verifying = Ed25519PublicKey.from_public_bytes(decoded(found.public_key.removeprefix(_PUBLIC)))
        verifying.verify(decoded(found.signature), found.signed_bytes())
    except (InvalidSignature, ValueError):
        raise WorkspaceError("The signature of the checkpoint does not fit: the file is forged or changed.") from None
    return found


def _parsed(text: bytes) -> Checkpoint | None:
    try:
        value: Any = json.loads(text) if len(text) <= _LONGEST else None
        if not isinstance(value, dict) or value.pop("format", None) != FORMAT:
            return None
        found = Checkpoint(**value)
    except (ValueError, TypeError, RecursionError):
        return None
    kinds = {name: int if name == "lines" else str for name in vars(found)}
    return found if all(type(part) is kinds[name] for name, part in vars(found).items()) else None


def compare(workspace: Workspace, earlier: Checkpoint) -> str:
    """A sentence on what was done to the history since a checkpoint; empty if it has only been added to.

    The lines themselves are checked by :func:`calendar_model.store.history.verify`.
    """
    with workspace.snapshot() as connection:
        name, lines, root = _state(connection, earlier.lines)
    if name != earlier.workspace:
        return (
            "The checkpoint is of another workspace, or the history of this one was written anew from its first line."
        )
    if lines < earlier.lines:
        return (
            f"The history was cut off: it has {lines} changes, and had {earlier.lines} at the time of the checkpoint "
            f"({earlier.at})."
        )
    if root != earlier.root:
        return f"The history before the checkpoint of {earlier.at} was rewritten: its {earlier.lines} changes differ."
    return ""


def _state(connection: Connection, most: int | None = None) -> tuple[str, int, str]:
    """The name of the workspace, the number of lines, ``most`` of them, and their root."""
    first = connection.execute(select(Change.row_id).order_by(Change.number).limit(1)).scalar()
    hashes = stream(connection, select(Change.hash).order_by(Change.number).limit(most))
    lines, root = merkle_root(hash_.encode() for (hash_,) in hashes)
    return hashlib.sha256(f"{FORMAT}\n{first}".encode()).hexdigest()[:32], lines, root.hex()


def merkle_root(leaves: Iterable[bytes]) -> tuple[int, bytes]:
    """The number of leaves, and the root of the tree over them (RFC 9162, section 2.1.1), in logarithmic memory."""
    count = 0
    roots: list[bytes] = []
    """Of the complete subtrees so far, the largest first: one for each bit of the count that is set."""
    for leaf in leaves:
        node, bits = hashlib.sha256(b"\0" + leaf).digest(), count
        while bits & 1:
            node, bits = hashlib.sha256(b"\1" + roots.pop() + node).digest(), bits >> 1
        roots.append(node)
        count += 1
    if not roots:
        return 0, hashlib.sha256().digest()
    root = roots.pop()
    while roots:
        root = hashlib.sha256(b"\1" + roots.pop() + root).digest()
    return count, root
