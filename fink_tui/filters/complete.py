"""What may stand at the cursor of a filter that is being typed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from fink_tui.filters import tokens as t
from fink_tui.filters.fields import ALERT, FLAG, MEANINGS, OPERATORS_OF, TARGET_FIELDS, Field
from fink_tui.filters.tree import KEYWORDS, NO_WORDS, NONE

MOST = 60
_JOINTS = {"and": "both", "or": "one of the two", "not": "the opposite"}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text to put in, and what it means in a few words."""

    text: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Completion:
    """Candidates, the likelier first; each takes the place of the text from `start` to `end`."""

    start: int
    end: int
    candidates: tuple[Candidate, ...]


def complete(
    text: str,
    cursor: int,
    known: Mapping[str, Iterable[str]] | None = None,
    fields: Mapping[str, Field] = TARGET_FIELDS,
) -> Completion:
    """What fits between 0 and `cursor` of `text`. `known` has values by field: the classes, topics and tags there are.

    The numbers of alerts are offered once their first letter is typed: there are many.
    """
    before = [token for token in t.tokens(text[:cursor]) if token.kind != t.END]
    typed = ""
    start = cursor
    if before and before[-1].end == cursor and before[-1].kind in (t.WORD, t.UNCLOSED):
        last = before.pop()
        start, typed = last.start, last.text.lstrip("\"'") if last.kind == t.UNCLOSED else last.text
    field = fields.get(before[-2].text.casefold()) if len(before) > 1 and before[-1].kind == t.OPERATOR else None
    if field is not None:
        found = _values(field, before[-1].text, typed, known or {})
    elif before and before[-1].kind == t.OPERATOR:
        found = iter(())
    else:
        found = _terms(before, typed, fields)
    unique = {candidate.text: candidate for candidate in found}
    return Completion(start, cursor, tuple(unique.values())[:MOST])


def complete_order(
    text: str,
    cursor: int,
    known: Mapping[str, Iterable[str]] | None = None,
    fields: Mapping[str, Field] = TARGET_FIELDS,
) -> Completion:
    """The same for an order: a field, with or without a sign before it; none that is named already."""
    *named, last = text[:cursor].replace(",", " ").split(" ")
    typed = last.lstrip("-+").casefold()
    free = [field for field in fields.values() if field.name not in {word.lstrip("-+").casefold() for word in named}]
    found = [field for field in free if field.name.startswith(typed) and (typed or field.origin != ALERT)]
    found += [field for field in free if typed and typed in field.name[1:] and field not in found]
    start = cursor - len(last.lstrip("-+"))
    return Completion(start, cursor, tuple(Candidate(field.name, about(field)) for field in found[:MOST]))


def _terms(before: list[t.Token], typed: str, fields: Mapping[str, Field]) -> Iterator[Candidate]:
    wanted = typed.casefold()
    last = before[-1] if before else None
    if not typed and last is not None and last.kind == t.WORD and last.text.casefold() in fields:
        yield from _operators(fields[last.text.casefold()], "")
    if wanted in fields:
        yield from _operators(fields[wanted], wanted)
    is_after_term = last is not None and last.kind != t.OPEN and last.text.casefold() not in KEYWORDS
    for word, meaning in _JOINTS.items():
        if (is_after_term or word == "not") and word.startswith(wanted) and word != wanted:
            yield Candidate(word, meaning)
    for field in fields.values():
        if field.name.startswith(wanted) and field.name != wanted and (typed or field.origin != ALERT):
            yield Candidate(field.name, about(field))
    for field in fields.values():
        if wanted and wanted in field.name[1:]:
            yield Candidate(field.name, about(field))


def _operators(field: Field, name: str) -> Iterator[Candidate]:
    return (Candidate(f"{name}{sign}", MEANINGS[sign]) for sign in OPERATORS_OF[field.kind])


def _values(field: Field, sign: str, typed: str, known: Mapping[str, Iterable[str]]) -> Iterator[Candidate]:
    wanted = typed.casefold()
    values = field.choices or (("yes", "no") if field.kind == FLAG else tuple(known.get(field.name, ())))
    first = [value for value in values if value.casefold().startswith(wanted)]
    for value in (*first, *(value for value in values if wanted in value.casefold())):
        yield Candidate(t.quoted(value, reserved=NO_WORDS | {NONE}), "")
    if sign in ("=", "!=") and NONE.startswith(wanted):
        yield Candidate(NONE, "missing")


def about(field: Field) -> str:
    """What a field is, with its unit, in one line."""
    return f"{field.help} ({field.unit})" if field.unit else field.help
