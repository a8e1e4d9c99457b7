"""The only way for a page to take a file: the server reads files only from sessions whose page offers it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from calendar_model.web.uploads import OFFERS


def enter(page: str) -> None:
    """Note the page that the reader has opened, which ends the offer of another; for ``dashboard.py``."""
    context = get_script_run_ctx()
    if context is not None:
        OFFERS.enter(context.session_id, page)


def upload(label: str, types: Sequence[str], *, megabytes: int, key: str) -> UploadedFile | None:
    """Draw a field for one file with one of these endings; return the file, or None."""
    context = get_script_run_ctx()
    if context is not None:
        OFFERS.offer(context.session_id)
    return st.file_uploader(label, type=list(types), max_upload_size=megabytes, key=key)
