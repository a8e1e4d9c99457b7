"""Unsaved input, restored when the same user returns to the form, also after a reload.

It is kept in the server's memory for one user and the address of one form: never in the browser, in a file or in the
database. It is dropped when it is saved or discarded, and after some hours.

A page that stays open takes its fields along when it comes to another dashboard, or to this one after a restart.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state.common import user_key_from_element_id

from calendar_model import clock

KEPT_FOR = timedelta(hours=12)
MOST_FORMS = 500
"""The limit for forms of all users together; the ones changed longest ago are dropped first."""
LONGEST = 200_000
"""The limit for the characters in one form."""

SEEN = "_seen"
"""The suffix of the key under which a form keeps the version that its reader started from."""

_KEY = "typed_here"
_AGAIN = "typed_again"
_CARRIED = "typed_carried"
_TO_DRAW = "typed_carried_to_draw"

Address = tuple[str, ...]
"""Identifies a form: the page and the parameters of its address."""


@dataclass
class _Here:
    """The fields of the page that this session drew last, and the first value of each."""

    person: str = ""
    address: Address = ()
    began: dict[str, Any] = field(default_factory=dict)


_forms: OrderedDict[tuple[str, Address], tuple[datetime, dict[str, Any]]] = OrderedDict()
_lock = Lock()


def keep() -> None:
    """For the shell, at the start of a run: keeps what was typed since the last run, whichever page comes next."""
    _keep(_here())


def begin(person: str, address: Address) -> None:
    """For the shell, before a page is drawn: restores what was typed there before.

    ``person`` identifies the current user; without one nothing is kept beyond this session's own fields.
    """
    here = _here()
    if _KEY not in st.session_state:
        st.session_state[_CARRIED] = _carried()
    elif not st.session_state.get(_TO_DRAW):
        st.session_state[_CARRIED] = frozenset()
    carried = st.session_state[_CARRIED]
    # A click can end a run before it has drawn what was brought.
    st.session_state[_TO_DRAW] = bool(carried)
    if (here.person, here.address) == (person, address):
        # A field that a callback removed has been saved or discarded.
        forget([key for key in here.began if key not in st.session_state])
    else:
        st.session_state[_KEY] = here = _Here(person, address)
        st.session_state[_AGAIN] = set()
    for key, value in _known(person, address).items():
        # Also for a part of the page that was closed and is opened again.
        if key not in st.session_state and key not in carried:
            st.session_state[key] = value
            st.session_state[_AGAIN].add(key)


def _carried() -> frozenset[str]:
    """The keys of fields that the browser brings into a new session, because its page was open in one that has ended,
    perhaps at another dashboard. A reload brings none."""
    ctx = get_script_run_ctx()
    assert ctx is not None
    brought = ctx.session_state._state._new_widget_state.states
    return frozenset(key for id_ in brought if (key := user_key_from_element_id(id_)))


def is_carried(prefix: str) -> bool:
    """Whether a field of this form has its value from a page that was open in a session that has ended."""
    return any(key.startswith(f"{prefix}_") for key in st.session_state.get(_CARRIED, ()))


def drawn(keys: Iterable[str]) -> None:
    """For the shell, once a page is drawn: records the fields of its forms, by their keys."""
    here, again = _here(), st.session_state.get(_AGAIN, set()) | st.session_state.get(_CARRIED, set())
    here.began = {
        key: here.began.get(key, _NOT_KNOWN if key in again and st.session_state[key] else st.session_state[key])
        for key in keys
        if key in st.session_state
    }
    if st.session_state.get(_CARRIED):
        # No other run may come before a reload.
        _keep(here)
        st.session_state[_TO_DRAW] = False


def is_open() -> bool:
    """Whether the page that this session drew last had fields."""
    return bool(_here().began)


def is_again(prefix: str) -> bool:
    """Whether a field of this form was restored; ``prefix`` is the beginning of the form's keys."""
    return any(key.startswith(f"{prefix}_") for key in st.session_state.get(_AGAIN, ()))


def forget(keys: Iterable[str]) -> None:
    """Drops the input of these fields, because it is saved or discarded."""
    here, dropped = _here(), set(keys)
    st.session_state[_AGAIN] = st.session_state.get(_AGAIN, set()) - dropped
    for key in dropped:
        here.began.pop(key, None)
    with _lock:
        _, kept = _forms.get((here.person, here.address), (None, {}))
        _store(here, {key: value for key, value in kept.items() if key not in dropped})


def forget_of_everybody(prefix: str) -> None:
    """Drops every user's input in the fields whose keys begin so, because the record has been erased."""
    with _lock:
        for _, kept in _forms.values():
            for key in [key for key in kept if key.startswith(prefix)]:
                del kept[key]


_NOT_KNOWN = object()
"""Replaces the first value of a field that was restored or carried, so that any value counts as typed."""


def _here() -> _Here:
    here: _Here = st.session_state.get(_KEY) or _Here()
    return here


def _keep(here: _Here) -> None:
    if not here.person or not here.began:
        return
    with _lock:
        _, kept = _forms.get((here.person, here.address), (None, {}))
        kept = dict(kept)
        for key, began in here.began.items():
            if key in st.session_state:
                value = st.session_state[key]
                if value is began or (value or None) == (began or None):
                    kept.pop(key, None)
                else:
                    kept[key] = value
        typed = [key for key in kept if not key.endswith(SEEN)]
        for name in [str(name) for name in st.session_state if str(name).endswith(SEEN)]:
            if any(key.startswith(name.removesuffix(SEEN) + "_") for key in typed):
                kept[name] = st.session_state[name]
            else:
                kept.pop(name, None)
        _store(here, kept)


def _store(here: _Here, kept: dict[str, Any]) -> None:
    name = here.person, here.address
    _forms.pop(name, None)
    if any(not key.endswith(SEEN) for key in kept) and sum(map(_length, kept.values())) <= LONGEST:
        _forms[name] = clock.machine_now(), kept
    while len(_forms) > MOST_FORMS:
        _forms.popitem(last=False)
    for old in list(_expired()):
        del _forms[old]


def _expired() -> Iterator[tuple[str, Address]]:
    oldest = clock.machine_now() - KEPT_FOR
    for name, (at, _) in _forms.items():
        if at >= oldest:
            return
        yield name


def _known(person: str, address: Address) -> Mapping[str, Any]:
    with _lock:
        for old in list(_expired()):
            del _forms[old]
        _, kept = _forms.get((person, address), (None, {}))
        return dict(kept)


def _length(value: Any) -> int:
    return len(value) if isinstance(value, str) else 40
