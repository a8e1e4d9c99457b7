"""Sentences about links to documents, and about the archive."""

from __future__ import annotations

from collections.abc import Mapping

from calendar_model.translation import N_

MESSAGES: Mapping[str, str] = {
    "archive-of-another-kind": N_("Only statements, cases and reprisals are exported for the archive."),
    "document-of-another": N_("Enter it in your own name."),
    "document-address-malformed": N_(
        "Enter a web address without spaces, beginning with https:// or http://, and without a user name or password."
    ),
    "document-linked-already": N_("The record is already linked to this address."),
    "document-too-many": N_("A record has at most {limit} links to documents. Remove one first."),
    "document-changed": N_("Remove the link and add the new one."),
    "document-gone": N_("This link has already been removed. Reload the page."),
}
