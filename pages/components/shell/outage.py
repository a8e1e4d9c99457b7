"""Keeps a page as it was last drawn, with its input, while the database is unavailable.

Every run of the script records what it sends to the browser. If a run cannot read the database, the last messages are
sent again, only to the same session and user, and the fault is shown beside the button that was pressed. So the browser
keeps its fields, the server keeps their values, and the next press saves them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import wraps
from typing import ParamSpec

import streamlit as st
from streamlit.cursor import LockedCursor
from streamlit.delta_generator import DeltaGenerator
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext, ThreadState, get_script_run_ctx
from streamlit.runtime.state.common import user_key_from_element_id

from calendar_model.access.unit_of_work import WorkspaceError
from calendar_model.translation import gettext as _
from pages.components.shell import typed
from pages.components.shell.typed import Address
from pages.components.shell.words import plain

_PAGE, _HERE, _SAYS, _PLACE = "outage_page", "outage_here", "outage_says", "outage_place"
_PRESSED = "outage_pressed"
"""The key of the button that was pressed last while the database was unavailable."""

FIELDS = (
    "text_input",
    "text_area",
    "date_input",
    "time_input",
    "number_input",
    "selectbox",
    "multiselect",
    "checkbox",
    "radio",
    "button_group",
)

Path = tuple[int, ...]
P = ParamSpec("P")


@dataclass
class _Page:
    """The messages last sent to a session for a page, by the place of each part, and the user they were drawn for."""

    person: str
    address: Address
    sent: dict[Path, ForwardMsg] = field(default_factory=dict)


def fails(fault: WorkspaceError) -> None:
    """For callbacks that failed: shows the fault beside the button at the end of this run."""
    st.session_state[_SAYS] = str(fault)


def place() -> None:
    """For the shell: the place for a fault that belongs to no button."""
    cursor = st.container(key="outage")._cursor
    assert cursor is not None
    st.session_state[_PLACE] = (cursor.root_container, *cursor.parent_path, 0)


def can_stand() -> bool:
    """Whether the last page of this session has fields, and the same address and user, so that it can stay."""
    last, here = st.session_state.get(_PAGE), st.session_state.get(_HERE)
    return last is not None and (last.person, last.address) == here and typed.is_open()


@contextmanager
def standing(person: str, address: Address, *, is_form: Callable[[str], bool]) -> Iterator[None]:
    """For the shell: draws a page in this block, or keeps the last one at this address if the database cannot be read.

    ``person`` is the selected user, ``is_form`` tells whether a key belongs to a field of a form. Ends the run if the
    page could not be drawn.
    """
    ctx = get_script_run_ctx()
    assert ctx is not None
    page = _Page(person, address)
    st.session_state[_HERE] = person, address
    try:
        with _written_down(ctx, page.sent):
            yield
    except WorkspaceError as fault:
        _stand(ctx, fault)
        st.stop()
    typed.drawn(key for key in _fields(ctx, page.sent) if is_form(key))
    # A page without a form need not be kept.
    st.session_state[_PAGE] = page if typed.is_open() else None
    st.session_state.pop(_PRESSED, None)
    if says := st.session_state.pop(_SAYS, ""):
        _say(ctx, page.sent, says)


def part(draw: Callable[P, None]) -> Callable[P, None]:
    """Does the same for a fragment that runs alone; decorate it before ``st.fragment`` does."""

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> None:
        ctx = get_script_run_ctx()
        assert ctx is not None
        alone = bool(ctx.fragment_ids_this_run)
        if alone:
            typed.keep()
        last: _Page | None = st.session_state.get(_PAGE)
        sent: dict[Path, ForwardMsg] = {}
        try:
            with _written_down(ctx, sent):
                draw(*args, **kwargs)
        except WorkspaceError as fault:
            # In a run of the whole page the fragment alone is not enough.
            _stand(ctx, fault, only=ThreadState.get().fragment_id if alone else None)
            st.stop()
        if alone and last is not None:
            last.sent |= sent
            st.session_state.pop(_PRESSED, None)
            if says := st.session_state.pop(_SAYS, ""):
                _say(ctx, sent, says)

    return drawn


@contextmanager
def _written_down(ctx: ScriptRunContext, sent: dict[Path, ForwardMsg]) -> Iterator[None]:
    """Records what is drawn in this block, each part under its place."""
    send = ctx.enqueue

    def enqueue(message: ForwardMsg) -> None:
        send(message)
        if message.WhichOneof("type") == "delta" and message.delta.WhichOneof("type") != "new_transient":
            at = tuple(message.metadata.delta_path)
            # A part that is drawn again comes after its container, also if it was drawn before.
            sent.pop(at, None)
            sent[at] = message

    ctx.enqueue = enqueue  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        ctx.enqueue = send  # type: ignore[method-assign]


def _stand(ctx: ScriptRunContext, fault: WorkspaceError, only: str | None = None) -> None:
    """Sends the last messages again, for the whole page or the fragment ``only``, and shows the fault."""
    says = st.session_state.pop(_SAYS, "") or str(fault)
    if not can_stand():
        st.error(plain(says))
        st.button(_("Try again"), key="try_again")
        return
    last: _Page = st.session_state[_PAGE]
    sent = {at: one for at, one in last.sent.items() if only is None or one.delta.fragment_id == only}
    for message in sent.values():
        _send(ctx, message)
    _say(ctx, sent, says)


def _send(ctx: ScriptRunContext, message: ForwardMsg, at: Path | None = None) -> None:
    again = ForwardMsg()
    again.CopyFrom(message)
    if at is not None:
        again.metadata.delta_path[:] = at
    script = message.metadata.active_script_hash
    with ctx.run_with_active_hash(script) if script else nullcontext():
        ctx.enqueue(again)


def _fields(ctx: ScriptRunContext, sent: dict[Path, ForwardMsg]) -> Iterator[str]:
    """The keys of the page's own fields, without those of the shell and of the address."""
    for message in sent.values():
        kind = _kind(message)
        if kind not in FIELDS or message.metadata.active_script_hash == ctx.pages_manager.main_script_hash:
            continue
        element = getattr(message.delta.new_element, kind)
        if kind == "button_group" and element.click_mode != element.MULTI_SELECT:
            # A choice of what is shown.
            continue
        key = user_key_from_element_id(element.id)
        if key is not None and not getattr(element, "query_param_key", ""):
            yield key


def _kind(message: ForwardMsg) -> str:
    delta = message.delta
    return delta.new_element.WhichOneof("type") or "" if delta.WhichOneof("type") == "new_element" else ""


def _say(ctx: ScriptRunContext, sent: dict[Path, ForwardMsg], says: str) -> None:
    """Shows the fault below the button that was pressed, in later runs too; without one, at the top of the page."""
    buttons = {
        user_key_from_element_id(message.delta.new_element.button.id): at
        for at, message in sent.items()
        if _kind(message) == "button"
    }
    pressed = next((key for key in buttons if key is not None and st.session_state.get(key) is True), None)
    key = st.session_state[_PRESSED] = pressed or st.session_state.get(_PRESSED)
    at = buttons.get(key) if key is not None else None
    if at is None:
        _at(st.session_state[_PLACE]).error(plain(says))
        return
    message = sent[at]
    script, fragment = message.metadata.active_script_hash, message.delta.fragment_id or None
    # A container replaces the button: the button comes first in it, the fault second.
    with ctx.run_with_active_hash(script), ThreadState.scoped(fragment_id=fragment):
        both = _at(at).container(gap="small")
        both.empty()
        _send(ctx, message, (*at, 0))
        both.error(plain(says))


def _at(at: Path) -> DeltaGenerator:
    cursor = LockedCursor(root_container=at[0], parent_path=at[1:-1], index=at[-1])
    return DeltaGenerator(root_container=at[0], cursor=cursor, parent=st._main)
