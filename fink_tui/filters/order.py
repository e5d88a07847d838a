"""An order: the fields to sort by, one after the other, as `-rate mag`; a minus puts the largest first."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from fink_tui.filters.errors import FilterError
from fink_tui.filters.fields import TARGET_FIELDS
from fink_tui.filters.predicate import target_getter
from fink_tui.store.targets import Target

MOST = 6


@dataclass(frozen=True, slots=True)
class _Falling:
    """A value that sorts the other way round."""

    value: Any

    def __lt__(self, other: _Falling) -> bool:
        return bool(other.value < self.value)


def target_rank(text: str, *, sky: Callable[[Target], Any] | None = None) -> Callable[[Target], tuple[Any, ...]]:
    """What a target is sorted by, the lowest first; what is missing comes last, either way. Raises FilterError."""
    keys = [_key(word.group(), word.start(), sky) for word in re.finditer(r"[^\s,]+", text)]
    if len(keys) > MOST:
        raise FilterError(f"expected {MOST} fields at most", 0)
    return lambda target: tuple(part for key in keys for part in key(target))


def order_columns(text: str) -> dict[str, bool]:
    """The fields an order names, in its order, and whether each is falling."""
    return {word.lstrip("-+"): word.startswith("-") for word in re.findall(r"[^\s,]+", text)}


def _key(word: str, position: int, sky: Callable[[Target], Any] | None) -> Callable[[Target], tuple[Any, ...]]:
    name = word.lstrip("-+").casefold()
    field = TARGET_FIELDS.get(name)
    if field is None:
        near = get_close_matches(name, TARGET_FIELDS, n=1)
        raise FilterError(
            f"no field {name}{f': {near[0]}?' if near else ''}" if name else "expected a field",
            position,
            is_unfinished=any(known.startswith(name) for known in TARGET_FIELDS),
        )
    get, is_falling = target_getter(field, sky), word.startswith("-")

    def key(target: Target) -> tuple[Any, ...]:
        value = get(target)
        if value is None or value == ():
            return (True,)
        value = value.casefold() if isinstance(value, str) else value
        return (False, _Falling(value) if is_falling else value)

    return key
