"""The criteria of a reader as one option of a select."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm.interfaces import CriteriaOption
from sqlalchemy.orm.util import LoaderCriteriaOption

_shapes: dict[tuple[Any, ...], object] = {}
"""What stands for each cache key of criteria: few, because the same rules for another reader have the same key."""


class Criteria(CriteriaOption):
    """Criteria made with ``with_loader_criteria``, as one option that narrows exactly as all of them do.

    SQLAlchemy finds a compiled select by its cache key, and makes that of every option anew for each select. For the
    criteria of all tables this takes several times as long as the select. Here it is made once: criteria never change.
    As in SQLAlchemy's own keys, the key has the structure of the criteria, and their values are bound parameters.
    """

    __slots__ = ("_given", "_key", "_values", "parts")

    propagate_to_loaders = True

    def __init__(self, parts: Iterable[LoaderCriteriaOption]) -> None:
        self.parts: Sequence[LoaderCriteriaOption] = tuple(parts)
        made = select().options(*self.parts)._generate_cache_key()
        if made is None:
            raise ValueError("A part of these criteria has no cache key.")
        self._values = made.bindparams
        # An object, because a hash of the whole key would be made for each select too.
        self._key = (Criteria, _shapes.setdefault(made.key, object()))
        self._given: Mapping[str, object] = {}

    def bound(self, values: Mapping[str, object]) -> Self:
        """The same criteria with values for the parameters of these names; the statements compiled of both are one.

        A statement has one value for each name, so criteria with other values must not be in it too.
        """
        made = type(self).__new__(type(self))
        made.parts, made._key, made._given = self.parts, self._key, values
        given: Mapping[str, BindParameter[Any]] = {
            one.key: bindparam(one.key, values[one.key], type_=one.type, expanding=one.expanding)
            for one in self._values
            if one.key in values
        }
        made._values = [given.get(one.key, one) for one in self._values]
        return made

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Criteria):
            return NotImplemented
        return self._key == other._key and self._given == other._given

    def __hash__(self) -> int:
        return hash(self._key)

    def _gen_cache_key(self, _: object, bindparams: list[BindParameter[Any]]) -> tuple[Any, ...]:
        bindparams.extend(self._values)
        return self._key

    def get_global_criteria(self, attributes: dict[Any, Any]) -> None:
        for part in self.parts:
            part.get_global_criteria(attributes)

    def process_compile_state(self, compile_state: Any) -> None:
        for part in self.parts:
            part.process_compile_state(compile_state)

    def process_compile_state_replaced_entities(self, compile_state: Any, mapper_entities: Any) -> None:
        for part in self.parts:
            part.process_compile_state_replaced_entities(compile_state, mapper_entities)
