"""A filter's tree -> one fast function from a target, or an object of an answer, to whether it matches."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from fink_tui.alerts.rows import ObjectRow, alert_of_row
from fink_tui.alerts.times import from_iso, now
from fink_tui.filters.fields import ALERT, ANSWER_FIELDS, FLAG, SKY, TARGET_FIELDS, TEXT, TEXTS, TIME, Field, Getter
from fink_tui.filters.parse import parse
from fink_tui.filters.tree import All, Comparison, Days, Either, Moment, Node, Not, Word
from fink_tui.store.targets import Target

Predicate = Callable[[Any], bool]
Clock = Callable[[Any], float]
Sky = Callable[[Target], Any]
_COMPARE = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
# Stands between texts that are searched as one; nobody types it.
_BETWEEN = "\0"
_decode = json.JSONDecoder().raw_decode


def this_moment(thing: object) -> float:
    """MJD UTC, whatever is looked at."""
    return now()


def target_filter(text: str, *, clock: Clock = this_moment, sky: Sky | None = None) -> Callable[[Target], bool]:
    """Whether a target matches. Raises FilterError.

    `clock` gives, for a target, the moment (MJD UTC) that "how long ago" counts from. `sky` gives what is known of it
    on the sky, with the attributes alt, best_alt, airmass, hours and moon, or None.
    """
    return compiled(parse(text, TARGET_FIELDS), clock=clock, sky=sky)


def compiled(tree: Node, *, clock: Clock = this_moment, sky: Sky | None = None) -> Callable[[Target], bool]:
    """The same for a tree over the fields of targets."""

    return _Compiler(TARGET_FIELDS, lambda field: target_getter(field, sky), _words_of_target, clock).build(tree)


def target_getter(field: Field, sky: Callable[[Target], Any] | None = None) -> Getter:
    """What reads a field of a target; `sky` as in `target_filter`."""
    if field.origin == SKY:
        return _on_the_sky(field.name, sky)
    return _in_details(field) if field.origin == ALERT else field.target  # type: ignore[return-value]


def answer_filter(text: str, *, clock: Clock = this_moment) -> Callable[[ObjectRow], bool]:
    """Whether an object of an answer matches. Raises FilterError."""
    return _Compiler(ANSWER_FIELDS, answer_getter, _words_of_row, clock).build(parse(text, ANSWER_FIELDS))


def answer_getter(field: Field) -> Getter:
    """What reads a field of an object of an answer."""
    return _in_row(field) if field.origin == ALERT else field.answer  # type: ignore[return-value]


def _words_of_target(t: Target) -> Iterable[str]:
    return (t.name, *t.objects, t.label, t.status, *t.topics, *t.tags, t.note)


def _words_of_row(row: ObjectRow) -> Iterable[str]:
    return (row.object_id, *row.aliases, row.label or "")


def _on_the_sky(name: str, sky: Sky | None) -> Getter:
    if sky is None:
        return lambda target: None
    return lambda target: getattr(sky(target), name, None)


def _in_details(field: Field) -> Getter:
    """Read one value out of the JSON of a target's details without decoding the rest."""
    # Within a JSON text a quote has a backslash before it, so that this can only be a key.
    key = f'"{field.name}":'

    def get(target: Target) -> Any:
        place = target.details.find(key)
        return None if place < 0 else _of_kind(field, _decode(target.details, place + len(key))[0])

    return get


def _in_row(field: Field) -> Getter:
    def get(row: ObjectRow) -> Any:
        alert = alert_of_row(row.survey, row.fields) if row.survey else None
        groups = alert.details.values() if alert else ()
        return next((_of_kind(field, group[field.name]) for group in groups if field.name in group), None)

    return get


def _of_kind(field: Field, value: Any) -> Any:
    wanted = str if field.kind == TEXT else bool if field.kind == FLAG else int | float
    return value if isinstance(value, wanted) and (wanted is bool or not isinstance(value, bool)) else None


class _Compiler:
    """Functions out of nodes; `getter` reads a field of what is filtered, `words` all that a bare word looks in."""

    def __init__(
        self,
        fields: Mapping[str, Field],
        getter: Callable[[Field], Getter],
        words: Callable[[Any], Iterable[str]],
        clock: Clock,
    ) -> None:
        self._fields, self._getter, self._words, self._clock = fields, getter, words, clock

    def build(self, node: Node) -> Predicate:
        match node:
            case Word(text):
                return self._has((text,))
            case Comparison():
                return self._comparison(node)
            case Not(term):
                inner = self.build(term)
                return lambda thing: not inner(thing)
            case Either(terms):
                return _chained([self.build(term) for term in terms], _either)
            case All(terms):
                words = tuple(term.text for term in terms if isinstance(term, Word))
                parts = [self.build(term) for term in terms if not isinstance(term, Word)]
                # The words last: they look at more.
                parts += [self._has(words)] if words else []
                return _chained(parts, _both) if parts else lambda thing: True

    def _has(self, texts: tuple[str, ...]) -> Predicate:
        wanted, words = [text.casefold() for text in texts], self._words

        def test(thing: Any) -> bool:
            found = _BETWEEN.join(words(thing)).casefold()
            return all(text in found for text in wanted)

        return test

    def _comparison(self, node: Comparison) -> Predicate:
        field = self._fields[node.field]
        get, sign, value = self._getter(field), node.operator, node.value
        if value is None:
            is_wanted = sign == "="
            return lambda thing: (get(thing) in (None, ())) is is_wanted
        if isinstance(value, str):
            return (_texts if field.kind == TEXTS else _text)(get, sign, value.casefold())
        if isinstance(value, Moment):
            return _moment(get, sign, value)
        if isinstance(value, Days) and field.kind == TIME:
            return _ago(get, sign, value.days, self._clock)
        return _plain(get, _COMPARE[sign], value.days if isinstance(value, Days) else value)


def _chained(parts: list[Predicate], join: Callable[[Predicate, Predicate], Predicate]) -> Predicate:
    """The parts joined in pairs, so that a thousand of them are ten calls deep."""
    while len(parts) > 1:
        pairs = [join(*parts[place : place + 2]) for place in range(0, len(parts) - 1, 2)]
        parts = [*pairs, *parts[len(pairs) * 2 :]]
    return parts[0]


def _both(first: Predicate, second: Predicate) -> Predicate:
    return lambda thing: first(thing) and second(thing)


def _either(first: Predicate, second: Predicate) -> Predicate:
    return lambda thing: first(thing) or second(thing)


def _plain(get: Getter, compare: Callable[[Any, Any], bool], value: float | bool) -> Predicate:
    def test(thing: Any) -> bool:
        found = get(thing)
        return found is not None and compare(found, value)

    return test


def _ago(get: Getter, sign: str, days: float, clock: Clock) -> Predicate:
    compare = _COMPARE[sign]

    def test(thing: Any) -> bool:
        found = get(thing)
        return found is not None and compare(clock(thing) - found, days)

    return test


def _moment(get: Getter, sign: str, moment: Moment) -> Predicate:
    """A date alone stands for the whole day (UTC): `=` is within it, `>` after its end."""
    start = from_iso(moment.text)
    end = start + 1.0 if len(moment.text) <= 10 else start
    if sign in ("=", "!="):
        is_wanted = sign == "="

        def test(thing: Any) -> bool:
            found = get(thing)
            return found is not None and (found == start or start <= found < end) is is_wanted

        return test
    # Before the start, up to the end, after the end, from the start.
    if end > start and sign in ("<=", ">"):
        return _plain(get, operator.lt if sign == "<=" else operator.ge, end)
    return _plain(get, _COMPARE[sign], start)


def _text(get: Getter, sign: str, value: str) -> Predicate:
    is_wanted, is_part = not sign.startswith("!"), sign.endswith("~")

    def test(thing: Any) -> bool:
        found = get(thing)
        if found is None:
            return False
        folded = found.casefold()
        return (value in folded if is_part else value == folded) is is_wanted

    return test


def _texts(get: Getter, sign: str, value: str) -> Predicate:
    is_wanted, is_part = not sign.startswith("!"), sign.endswith("~")

    def test(thing: Any) -> bool:
        folded = _BETWEEN.join(get(thing)).casefold()
        return (value in folded if is_part else value in folded.split(_BETWEEN)) is is_wanted

    return test
