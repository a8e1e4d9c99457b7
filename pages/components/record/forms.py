"""Forms for the workspace's records: fields that remember what was typed, and the result of saving.

A page draws a :class:`RecordForm` field by field; its button calls back. A refusal is reported beside the button and at
the fields that it is about, a change by another user in the meantime above the form, and everything that was typed
stays in it. What was done is said in a toast.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as default
from datetime import date, time
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd
import streamlit as st

from calendar_model import wording
from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import EditConflict, WorkspaceError
from calendar_model.calendar import when
from calendar_model.mission.links import KINDS_NOT_OFFERED, all_linked_to, linked_ids, record_choices
from calendar_model.mission.missions import home_mission_of, missions
from calendar_model.mission.records import text_limit
from calendar_model.mission.themes import themes_in_use, themes_of
from calendar_model.mission.transactions import SaveOptions
from calendar_model.terms import RecordKind
from calendar_model.translation import N_, Translated
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Sensitivity
from pages.components.record import fields
from pages.components.record.marked_fields import mark_fields
from pages.components.shell import outage, rights, typed
from pages.components.shell.context import PageContext
from pages.components.shell.current_user import viewer
from pages.components.shell.navigation import LINK, NEW, RECORD, WITH
from pages.components.shell.words import plain
from pages.components.widgets import labels

if TYPE_CHECKING:
    from calendar_model.store.models import Mission, Person

_OUTCOME = "form_outcome"

_MISSION = "mission_id"
_BESIDE = "_new_"
"""Between the name of a field of records and the columns of a record that is created beside it."""

_LEVELS = Translated(
    {
        Sensitivity.PUBLIC: N_("Public: everyone, including feeds"),
        Sensitivity.INTERNAL: N_("Internal: all users"),
        Sensitivity.RESTRICTED: N_("Restricted: only the people named below"),
    }
)


@dataclass(frozen=True)
class FormResult:
    """The result of an act: whether it was ``done``, the sentence, and the unmet requirements of a refusal.

    ``fields`` are the columns that a refusal is about, each with its sentence; ``form`` the prefix of the form whose
    button shows the refusal.
    """

    says: str
    unmet: tuple[str, ...] = ()
    done: bool = True
    fields: Mapping[str, str] = default(default_factory=dict)
    form: str = ""


def attempt(act: Callable[[], str], form: str = "") -> bool:
    """Run an act in a callback and keep its result for :func:`outcome`; return whether it succeeded.

    A refusal is kept with the unmet requirements; nothing is written then. If the act is that of a ``form``, given by
    its prefix, its button shows the refusal. An outage of the database is reported beside the button too.
    """
    try:
        st.session_state[_OUTCOME] = FormResult(act())
    except Refused as refused:
        several = refused.problems if len(refused.problems) > 1 else ()
        st.session_state[_OUTCOME] = FormResult(
            str(refused),
            tuple(map(str, refused.unmet or several)),
            done=False,
            fields={problem.field: str(problem) for problem in reversed(refused.problems) if problem.field},
            form=form,
        )
        return False
    except WorkspaceError as fault:
        outage.fails(fault)
        return False
    return True


def has_result() -> bool:
    """Whether the last act has a result that was not shown yet, here or at the button of its form."""
    return _OUTCOME in st.session_state


def unsaid() -> bool:
    """Whether :func:`outcome` has a result to show: a fragment of a page then has to rerun the page."""
    return has_result() and not st.session_state[_OUTCOME].form


def outcome() -> None:
    """Show the result of the last act once. Every page of the workspace calls it below its title.

    A refusal of a form is left to its button.
    """
    if unsaid():
        say(take())


def take() -> FormResult:
    """Return the result of the last act, to be shown elsewhere; raises KeyError where there is none."""
    result: FormResult = st.session_state.pop(_OUTCOME)
    return result


def say(result: FormResult) -> None:
    """Show the result of an act: a refusal here, and what was done in a toast, because it may be far from here."""
    if result.unmet:
        st.error("\n".join([_("Not yet. Still needed:"), "", *(f"- {plain(each)}" for each in result.unmet)]))
    elif not result.done:
        st.error(plain(result.says))
    elif result.says:
        st.toast(plain(result.says), duration="long")


def open_record(record_id: str) -> None:
    """Opens a record on its page; for callbacks."""
    leave()
    st.query_params[RECORD] = record_id


def begin(kind: str = "1") -> None:
    """Opens the empty form of the page; for callbacks."""
    leave()
    st.query_params[NEW] = kind


def leave() -> None:
    """Goes back to the page's list; for callbacks."""
    for name in (RECORD, NEW, LINK, WITH):
        if name in st.query_params:
            del st.query_params[name]


def remember(*keys: str) -> None:
    """Keep the values of a list's fields while a record is open and they are not drawn.

    To be called in every run of the page, before the fields are drawn.
    """
    for key in keys:
        if key in st.session_state:
            st.session_state[key] = st.session_state[key]


def back(label: str) -> None:
    """The way back to the list."""
    st.button(label, key="form_back", type="tertiary", icon=":material/arrow_back:", on_click=leave)


def words(term: StrEnum | str) -> str:
    """A term for people: ``Side event``, ``UPR recommendation``."""
    return wording.term(term)


class RecordForm:
    """The fields of one record, new or kept. Draw them inside ``with form:``; then :meth:`submit`.

    ``name`` is unique on the page. The fields keep what was typed until it is saved or discarded, with the version that
    the reader started from, so that a change by another user is noticed. ``table`` is the table whose columns the
    fields fill: it tells which of them are texts, and how long they may be.

    A form that its reader may not save has disabled fields, and a button that says why: ``why_not`` does or, without
    it, the role that is needed for the table.
    """

    def __init__(
        self, name: str, context: PageContext, record: Any = None, *, table: str = "", why_not: str | None = None
    ) -> None:
        self.context, self.record, self._table = context, record, table
        self.why_not = rights.why_not_write(table, record) if why_not is None else why_not
        self.prefix = f"{name}_{record.id if record is not None else 'new'}"
        self._fields: dict[str, str] = {}
        self._not_columns: set[str] = set()
        self._record_fields: dict[str, tuple[RecordKind, ...]] = {}
        self._labels: dict[str, str] = {}
        self._seen = f"{self.prefix}{typed.SEEN}"
        if record is not None and self._seen not in st.session_state:
            st.session_state[self._seen] = record.version
        self._above = st.container()
        self._box = st.container(key=f"{self.prefix}_fields")

    def __enter__(self) -> RecordForm:
        self._box.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._box.__exit__(*error)
        if typed.is_carried(self.prefix) and self._differing():
            # Nobody knows any more which version the reader began from: they see both before theirs is saved.
            st.session_state[self._seen] = 0
        with self._above:
            self._draw_typed_earlier()
            self._draw_conflict()

    @property
    def seen(self) -> int:
        """The version of the record that the reader began from; 0 for a new one."""
        return int(st.session_state.get(self._seen, 0))

    def text(self, field: str, label: str, default: str = "", **options: Any) -> str:
        """One line of text. A new record begins with ``default``."""
        options |= {"value": self._value(field, default), "key": self._key(field, label)}
        options |= self._locked(options)
        return fields.line(label, self._longest(field), **options)

    def area(self, field: str, label: str, **options: Any) -> str:
        """Several lines of text."""
        options |= {"value": self._value(field, ""), "key": self._key(field, label)}
        options |= self._locked(options)
        return fields.area(label, self._longest(field), **options)

    def _longest(self, field: str) -> int | None:
        return text_limit(self._table, field) if self._table else None

    def choice(
        self,
        field: str,
        label: str,
        terms: Iterable[Any],
        *,
        optional: bool = False,
        default: Any = None,
        **options: Any,
    ) -> Any:
        """One of several terms; with ``optional`` also none of them. A new record begins with ``default``."""
        listed = list(terms)
        known = self._value(field, default if default is not None or optional else listed[0])
        return st.selectbox(
            label,
            listed,
            index=listed.index(known) if known in listed else None,
            format_func=options.pop("format_func", words),
            key=self._key(field, label),
            **options | self._locked(options),
        )

    def choices(
        self, field: str, label: str, terms: Iterable[Any], *, default: Sequence[Any] = (), **options: Any
    ) -> tuple[Any, ...]:
        """Several of these terms, in the order in which they were chosen. A new record begins with ``default``."""
        return tuple(
            st.pills(
                label,
                list(terms),
                selection_mode="multi",
                default=list(self._value(field, default)),
                format_func=words,
                key=self._key(field, label),
                **options | self._locked(options),
            )
        )

    def day(self, field: str, label: str, default: date | None = None, **options: Any) -> date | None:
        """A day, or none."""
        chosen: date | None = st.date_input(
            label,
            value=self._value(field, default),
            format="YYYY-MM-DD",
            key=self._key(field, label),
            **options | self._locked(options),
        )
        return chosen

    def hour(self, field: str, label: str, **options: Any) -> time | None:
        """A time of the day at the place, or none."""
        chosen: time | None = st.time_input(
            label, value=self._value(field, None), key=self._key(field, label), **options | self._locked(options)
        )
        return chosen

    def number(self, field: str, label: str, **options: Any) -> int | None:
        """A whole number, or none."""
        chosen: int | None = st.number_input(
            label,
            value=self._value(field, None),
            step=1,
            key=self._key(field, label),
            **options | self._locked(options),
        )
        return chosen

    def tick(self, field: str, label: str, **options: Any) -> bool:
        """Yes or no."""
        options |= self._locked(options)
        return st.checkbox(label, value=self._value(field, False), key=self._key(field, label), **options)

    def country(self, field: str, label: str = N_("Country"), **options: Any) -> str:
        """A state's code, or nothing."""
        states = self.context.reference.states
        codes = ["", *sorted(states, key=lambda code: states[code].name)]
        options["format_func"] = lambda code: states[code].name if code else _("Not stated")
        return str(self.choice(field, _(label), codes, **options))

    def organisation(self, field: str, label: str, default: str | None = None) -> str:
        """The code of an organisation or body, or nothing. A new record begins with ``default``."""
        known = self.context.reference

        def name(code: str) -> str:
            return labels.organisation(code, known) if code else _("None")

        return str(self.choice(field, label, ["", *known.organisations], default=default, format_func=name))

    def person(self, field: str, label: str, everyone: Sequence[Person], *, optional: bool = True) -> str | None:
        """A person's identifier, or none."""
        names = {person.id: person.name for person in everyone if person.active or person.id == self._value(field, "")}
        chosen: str | None = self.choice(field, label, names, optional=optional, format_func=names.__getitem__)
        return chosen

    def items(self, label: str = N_("Linked calendar items"), **options: Any) -> list[str]:
        """Draw the calendar items of the last half year and the next three years, and those linked already."""
        asked = st.query_params.get_all(LINK)
        kept = [link.item for link in self.record.items] if self.record is not None else asked
        choices = item_choices(self.context, kept)
        return st.multiselect(
            _(label),
            list(choices),
            default=[item for item in kept if item in choices],
            format_func=choices.__getitem__,
            key=self._choices_key("items", label),
            select_all=False,
            placeholder=_("Select"),
            **options | self._locked(options),
        )

    def themes(self) -> None:
        """The themes of the record: of those in use, or new ones."""
        kept = themes_of(self.record) if self.record is not None else []
        st.multiselect(
            _("Themes"),
            list(dict.fromkeys([*themes_in_use(viewer()), *kept])),
            default=kept,
            key=self._choices_key("themes", N_("Themes")),
            select_all=False,
            accept_new_options=True,
            placeholder=_("Select, or type a new one"),
            help=_("Words to find it by, such as “reprisals”. Never the name of a person."),
            disabled=bool(self.why_not),
        )

    def records(
        self,
        label: str,
        *kinds: RecordKind,
        field: str = "links",
        beside: Callable[[RecordForm, str], None] | None = None,
        **options: Any,
    ) -> list[str]:
        """Records of these kinds that the reader may see, and of those already linked the ones of these kinds.

        ``beside`` draws what creates one in place, such as :func:`pages.components.record.in_place.new_contact`; it
        gets the form and the name of the field.
        """
        self._record_fields[field] = kinds
        kept = linked_ids(self.record) if self.record is not None else st.query_params.get_all(WITH)
        choices = record_choices(viewer(), kinds, kept)
        if beside is None or self.why_not:
            return self._choose_records(label, field, choices, kept, options)
        with st.container(horizontal=True, vertical_alignment="bottom" if choices else "center"):
            chosen = self._choose_records(label, field, choices, kept, options)
            beside(self, field)
        return chosen

    def _choose_records(
        self, label: str, field: str, choices: Mapping[str, str], kept: Sequence[str], options: Mapping[str, Any]
    ) -> list[str]:
        if not choices:
            st.caption(_("{label}: none yet.").format(label=label))
            return []
        return st.multiselect(
            _(label),
            list(choices),
            default=[one for one in kept if one in choices],
            format_func=choices.__getitem__,
            key=self._choices_key(field, label),
            select_all=False,
            placeholder=_("Select"),
            **dict(options) | self._locked(options),
        )

    def key_beside(self, field: str, column: str) -> str:
        """The key of a field for a column of the record that is created beside ``field``."""
        name = f"{field}{_BESIDE}{column}"
        return self._choices_key(name, column)

    def values_beside(self, field: str) -> dict[str, Any]:
        """The values of the fields beside ``field``, by column."""
        return {
            name.removeprefix(f"{field}{_BESIDE}"): value.strip() if type(value) is str else value
            for name, key in self._fields.items()
            if name.startswith(f"{field}{_BESIDE}") and (value := st.session_state.get(key)) is not None
        }

    def forget_beside(self, field: str) -> None:
        """Discard what was typed in the fields beside ``field``; for callbacks."""
        keys = [key for name, key in self._fields.items() if name.startswith(f"{field}{_BESIDE}")]
        typed.forget(keys)
        for key in keys:
            st.session_state.pop(key, None)

    def choose(self, field: str, record_id: str) -> None:
        """Add a record to those that are chosen in a field of records; for callbacks."""
        key = f"{self.prefix}_{field}"
        st.session_state[key] = [*(st.session_state.get(key) or ()), record_id]

    def holds(self, *fields: str) -> bool:
        """Whether one of these fields was drawn in the last run, or holds what was typed on an earlier visit."""
        return any(f"{self.prefix}_{field}" in st.session_state for field in fields)

    def mission(self) -> bool:
        """Draw the mission to which the record belongs, once there are missions; return whether there are.

        Those are offered at which the reader has a role. A new record begins with the home mission of its writer.
        """
        if not (known := missions(viewer())):
            return False
        offered = [one.id for one in known if one.active and rights.roles(one.id)]
        self.choose_mission(
            N_("Mission"),
            known,
            offered,
            default=home_mission_of(viewer()),
            nothing=_("All missions"),
            help=_("Internal records are read by the users with a role at this mission."),
        )
        return True

    def choose_mission(
        self,
        label: str,
        known: Iterable[Mission],
        offered: Collection[str],
        *,
        default: str | None,
        nothing: str,
        **options: Any,
    ) -> None:
        """One of the missions ``offered``, the kept one, or none, for which ``nothing`` stands."""
        kept = self._value(_MISSION, default)
        names = {one.id: one.name for one in known if one.id == kept or one.id in offered}
        listed = ["", *names]
        st.selectbox(
            _(label),
            listed,
            index=listed.index(kept) if kept in names else 0,
            format_func=lambda mission: names.get(mission, nothing),
            key=self._key(_MISSION, label),
            **options | self._locked(options),
        )

    def several(self, field: str, label: str, names: Mapping[str, str], kept: Iterable[str], **options: Any) -> None:
        """Several of these names, which are no column of the record; :meth:`chosen` has what was chosen."""
        st.multiselect(
            _(label),
            list(names),
            default=[one for one in kept if one in names],
            format_func=names.__getitem__,
            key=self._choices_key(field, label),
            select_all=False,
            **options | self._locked(options),
        )

    def level(self, born: Sensitivity, everyone: Sequence[Person]) -> None:
        """Draw the mission, the level and for restricted the people with access; ``born`` is the level of a new one."""
        of_missions = (
            {Sensitivity.INTERNAL: _("Internal: all users, or those of the mission")} if self.mission() else {}
        )
        names = {level: _LEVELS[level] for level in Sensitivity} | of_missions
        levels = [
            level for level in Sensitivity if born is not Sensitivity.RESTRICTED or level is not Sensitivity.PUBLIC
        ]
        chosen = self.choice("sensitivity", _("Visible to"), levels, default=born, format_func=names.__getitem__)
        if chosen == Sensitivity.RESTRICTED:
            self.named(_("Visible only to"), everyone)

    def named(self, label: str, everyone: Sequence[Person]) -> None:
        """Draw the people with access; for records that are always restricted, in place of :meth:`level`."""
        kept = [access.person_id for access in self.record.named if access.holds] if self.record is not None else []
        names = {person.id: person.name for person in everyone if person.active or person.id in kept}
        self.several("named", label, names, kept, placeholder=_("You (added when you save)"))

    def ask_reason(self, label: str = N_("Reason for wider access"), **options: Any) -> None:
        """Draw the reason why more people may see the record; it is no column, and is kept in the history."""
        self.text("reason", _(label), **options)
        self._not_columns.add("reason")

    def opens_up(self, level_of_new: Sensitivity = Sensitivity.PUBLIC) -> bool:
        """Whether more people will see the record than do now; ``level_of_new`` is the level that a new one starts
        from."""
        before = self.record.sensitivity if self.record is not None else level_of_new
        chosen: Sensitivity = self.values("sensitivity").get("sensitivity") or before
        return chosen.rank < before.rank or self._leaves_mission()

    def _leaves_mission(self) -> bool:
        """Whether an internal record moves, so that the users of other missions will see it."""
        if self.record is None or self.record.sensitivity is not Sensitivity.INTERNAL or not self.record.mission_id:
            return False
        return bool(self.values(_MISSION).get(_MISSION, self.record.mission_id) != self.record.mission_id)

    def submit(
        self,
        label: str,
        act: Callable[[RecordForm], str],
        *,
        key: str = "save",
        emphasis: Literal["primary", "secondary"] = "primary",
    ) -> None:
        """Draw the button. ``act`` saves what :meth:`values` and :meth:`chosen` hold and returns a sentence; on success
        the fields are reset."""
        st.button(
            label,
            type=emphasis,
            key=f"{self.prefix}_{key}",
            on_click=self._submitted,
            args=(act,),
            **rights.button_options(plain(self.why_not)),
        )
        if self.why_not:
            # A disabled button shows its help to a mouse alone.
            st.caption(plain(self.why_not))
        if has_result() and st.session_state[_OUTCOME].form == self.prefix:
            result = take()
            say(result)
            mark_fields(
                {self._fields[name]: says for name, says in result.fields.items() if name in self._fields}, self.prefix
            )

    def _locked(self, options: Mapping[str, Any]) -> dict[str, bool]:
        """The option of a field that nothing can be typed in, because its reader may not save it."""
        return {"disabled": bool(self.why_not or options.get("disabled"))}

    @property
    def is_empty(self) -> bool:
        """Whether no field is drawn, so that there is nothing to save."""
        return not self._fields

    def values(self, *names: str) -> dict[str, Any]:
        """Return the values of the fields by column; without names, of all fields that are columns."""
        columns = names or [name for name in self._fields if name not in self._not_columns]
        typed = {name: st.session_state.get(self._fields[name]) for name in columns if name in self._fields}
        # Terms are strings too, and have to stay terms; a column of text holds nothing as an empty text.
        return {name: self._stripped(name, value) for name, value in typed.items()}

    def _stripped(self, field: str, value: Any) -> Any:
        if field == _MISSION:
            return value or None
        if value is None and self._longest(field) is not None:
            return ""
        if isinstance(value, list):
            return tuple(value)
        return value.strip() if type(value) is str else value

    @property
    def record_id(self) -> str:
        """The identifier of the record; empty for a new one."""
        return self.record.id if self.record is not None else ""

    @property
    def item_ids(self) -> list[str] | None:
        """The calendar items to link the record to; None where the form does not ask for them.

        Links to items that the reader's calendar does not have stay as they are.
        """
        if "items" not in self._fields:
            return None
        known = set(self.context.table["item"])
        kept = [link.item for link in self.record.items if link.item not in known] if self.record is not None else []
        return [*self.chosen("items"), *kept]

    @property
    def link_ids(self) -> list[str] | None:
        """The records to link the record to; None where the form does not ask for any.

        Links to kinds of record that the form does not offer stay as they are.
        """
        if not self._record_fields:
            return None
        offered = {kind for kinds in self._record_fields.values() for kind in kinds}
        others = all_linked_to(self.record) if self.record is not None else []
        return [*self.chosen(*self._record_fields), *(other.id for other in others if other.kind not in offered)]

    @property
    def person_ids(self) -> list[str] | None:
        """The people to give access; None where the form does not ask for them."""
        return self.chosen("named") if "named" in self._fields else None

    @property
    def theme_names(self) -> list[str] | None:
        """The themes of the record; None where the form does not ask for them."""
        return self.chosen("themes") if "themes" in self._fields else None

    @property
    def reason(self) -> str:
        """The reason that was typed, if the form asks for one."""
        return self.values("reason").get("reason") or ""

    @property
    def options(self) -> SaveOptions:
        """The options to save the record with besides its columns, for the commands of its noun."""
        return {
            "items": self.item_ids,
            "links": self.link_ids,
            "named": self.person_ids,
            "themes": self.theme_names,
            "reason": self.reason,
        }

    def chosen(self, *names: str) -> list[str]:
        """Return the choices in ``items``, ``named`` or fields of records, together."""
        drawn = [self._fields[name] for name in names if name in self._fields]
        return [one for key in drawn for one in st.session_state.get(key) or ()]

    def _key(self, field: str, label: str) -> str:
        key = f"{self.prefix}_{field}"
        self._fields[field], self._labels[field] = key, label
        return key

    def _choices_key(self, field: str, label: str) -> str:
        """The key of a field that is no column of the record: items, links, persons with access."""
        self._not_columns.add(field)
        return self._key(field, label)

    def _value(self, field: str, default: Any) -> Any:
        return default if self.record is None else getattr(self.record, field, default)

    def _submitted(self, act: Callable[[RecordForm], str]) -> None:
        conflict = f"{self.prefix}_conflict"

        def guarded() -> str:
            try:
                return act(self)
            except EditConflict:
                st.session_state[conflict] = True
                raise

        if attempt(guarded, form=self.prefix):
            self.forget()

    def forget(self) -> None:
        """Discard what was typed, so that the fields show the saved values; for callbacks."""
        typed.forget([*self._fields.values(), self._seen])
        for key in [*self._fields.values(), self._seen, f"{self.prefix}_conflict"]:
            st.session_state.pop(key, None)

    def _draw_typed_earlier(self) -> None:
        """Say that the fields hold what was typed on an earlier visit, and offer to discard it."""
        if typed.is_again(self.prefix):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(_("You typed this earlier but did not save it."))
                st.button(
                    _("Discard"),
                    key=f"{self.prefix}_discard",
                    type="tertiary",
                    on_click=_forget_all,
                    args=(self.prefix,),
                )

    def _differing(self) -> dict[str, tuple[Any, Any]]:
        """The reader's value and the saved one of each field in which they differ; none for a new record."""
        return {
            name: (mine, saved)
            for name, mine in self.values().items()
            if hasattr(self.record, name) and (saved := _in_order(getattr(self.record, name), mine)) != mine
        }

    def _draw_conflict(self) -> None:
        """Draw the reader's values beside those that another user has saved meanwhile, field by field."""
        if not st.session_state.get(f"{self.prefix}_conflict") or self.record is None:
            return
        rows = [
            {
                _("Field"): self._labels[name],
                _("Your version (below)"): _shown(mine),
                _("Saved version"): _shown(saved),
            }
            for name, (mine, saved) in self._differing().items()
        ]
        st.table(
            pd.DataFrame(rows, columns=[_("Field"), _("Your version (below)"), _("Saved version")]),
            hide_index=True,
        )
        st.session_state[self._seen] = self.record.version
        st.button(_("Use saved version"), key=f"{self.prefix}_theirs", on_click=_forget_all, args=(self.prefix,))


def _forget_all(prefix: str) -> None:
    keys = [str(key) for key in st.session_state if str(key).startswith(f"{prefix}_")]
    typed.forget(keys)
    for key in keys:
        del st.session_state[key]


def _in_order(saved: Any, typed: Any) -> Any:
    """A saved set in the order of what was typed, so that the two can be compared; any other value as it is."""
    if not isinstance(saved, frozenset):
        return saved
    known = [one for one in typed or () if one in saved]
    return (*known, *sorted(saved - set(known)))


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return wording.terms(value)
    return "" if value is None else words(value) if isinstance(value, StrEnum) else str(value)


def first_linked_item(context: PageContext) -> Any:
    """The row of the calendar item to which the address links a new record, the first of several; None without any."""
    rows = context.table[context.table["item"].isin(st.query_params.get_all(LINK)[:1])]
    return None if rows.empty else rows.iloc[0]


def item_choices(context: PageContext, kept: Iterable[str] = ()) -> dict[str, str]:
    """Items of the calendar by identifier, as choices to link a record to, in reading order."""
    table = context.table
    near = table["start"].between(
        pd.Timestamp(context.today) - pd.Timedelta(days=180), pd.Timestamp(context.today) + pd.Timedelta(days=1100)
    )
    wanted = near & ~table["kind"].isin(KINDS_NOT_OFFERED)
    rows = table[wanted | table["item"].isin(list(kept))]
    return {str(row.item): f"{row.title}, {when(row)}" for row in rows.itertuples()}
