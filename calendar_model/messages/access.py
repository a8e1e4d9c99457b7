"""Sentences about access to records, and requests for it."""

from __future__ import annotations

from collections.abc import Mapping

MESSAGES: Mapping[str, str] = {
    "access-needed": (
        "Only people with access to this contact can give access, change its kind, level or owner, link it to a case, "
        "or delete it: it is kept who it is. Ask one of them."
    ),
    "nobody-with-access": "A restricted record names at least one person: name somebody else first.",
    "identity-of-nobody": (
        "At least one person keeps access as long as it is kept who this contact is. Erase that first."
    ),
    "owner-without-access": "The owner keeps access to the record. Choose the owner as well.",
    "owner-only": "Only the owner can hand a restricted record over. Ask for it on the record's page instead.",
    "row-of-another-record": ("A row stays with its record: add a new one to the other record, and delete this one."),
    "identifier-malformed": "An identifier is 32 hexadecimal digits: leave it out, and it is made.",
    "identifier-used": "This identifier was that of another record: leave it out, and a new one is made.",
    "unsaved-of-another": "What is typed and not saved is kept for the person who types it, and for nobody else.",
    # Requests for access.
    "request-without-reason": "Say in a sentence why you need access; the reason stays in the history.",
    "request-for-another": "Ask for access in your own name, to a record to which you have none.",
    "request-changed": "A request for access stays as it is, and is granted once.",
    "request-deleted": "A request for access is kept.",
    "request-gone": "This request is not open any more, or it is not for you to grant. Reload the page.",
    "grant-by-another": (
        "A second person grants access: somebody with access to the record, or where nobody active has any, somebody "
        "who may clear. Ask one of them."
    ),
}
