"""An order: the fields to sort by, one after the other, as `-rate mag`; a minus puts the largest first."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from fink_tui.filters.errors import FilterError
from fink_tui.filters.fields import ANSWER_FIELDS, TARGET_FIELDS, Field, Getter
from fink_tui.filters.predicate import Sky, answer_getter, target_getter

MOST = 6
Rank = Callable[[Any], tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class _Falling:
    """A value that sorts the other way round."""

    value: Any

    def __lt__(self, other: _Falling) -> bool:
        return bool(other.value < self.value)


def target_rank(text: str, *, sky: Sky | None = None) -> Rank:
    """What a target is sorted by, the lowest first; what is missing comes last, either way. Raises FilterError."""
    return _rank(text, TARGET_FIELDS, lambda field: target_getter(field, sky))


def answer_rank(text: str) -> Rank:
    """The same for an object of an answer."""
    return _rank(text, ANSWER_FIELDS, answer_getter)


def order_columns(text: str) -> dict[str, bool]:
    """The fields an order names, in its order, and whether each is falling."""
    return {word.lstrip("-+"): word.startswith("-") for word in re.findall(r"[^\s,]+", text)}


def _rank(text: str, fields: Mapping[str, Field], getter: Callable[[Field], Getter]) -> Rank:
    words = list(re.finditer(r"[^\s,]+", text))
    if len(words) > MOST:
        raise FilterError(f"expected {MOST} fields at most", words[MOST].start())
    keys = [_key(word.group(), word.start(), fields, getter) for word in words]
    return lambda thing: tuple(part for key in keys for part in key(thing))


def _key(word: str, position: int, fields: Mapping[str, Field], getter: Callable[[Field], Getter]) -> Rank:
    name = word.lstrip("-+").casefold()
    field = fields.get(name)
    if field is None:
        near = get_close_matches(name, fields, n=1)
        raise FilterError(
            f"no field {name}{f': {near[0]}?' if near else ''}" if name else "expected a field",
            position,
            is_unfinished=any(known.startswith(name) for known in fields),
        )
    get, is_falling = getter(field), word.startswith("-")

    def key(thing: Any) -> tuple[Any, ...]:
        value = get(thing)
        if value is None or value == ():
            return (True,)
        value = value.casefold() if isinstance(value, str) else value
        return (False, _Falling(value) if is_falling else value)

    return key
