"""A filter's text -> its tree. Nothing of the text is ever run.

    class~SN and mag<19 and (age<5d or tag=early) and not reject

`not` binds closer than `and`, `and` closer than `or`; terms side by side are and-ed.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping

from fink_tui.alerts.times import from_iso
from fink_tui.filters import tokens as t
from fink_tui.filters.errors import FilterError
from fink_tui.filters.fields import FLAG, NUMBER, OPERATORS_OF, SPAN, TARGET_FIELDS, TEXT, TEXTS, TIME, Field
from fink_tui.filters.tree import FOREIGN, KEYWORDS, NONE, All, Comparison, Days, Either, Moment, Node, Not, Value, Word
from fink_tui.filters.units import is_unit, read_number

MAX_LENGTH = 2000
MAX_DEPTH = 40
_YES, _NO = ("yes", "true"), ("no", "false")
_ENDS = (t.END, t.CLOSE)
_DATE = re.compile(r"\d{4}-\d|\d{8}(?:$|T)")


def parse(text: str, fields: Mapping[str, Field] = TARGET_FIELDS) -> Node:
    """The tree of a filter over `fields`; of a text without any term one that everything matches. Raises FilterError.

    A text may be MAX_LENGTH characters long, and MAX_DEPTH parentheses and `not` deep.
    """
    if len(text) > MAX_LENGTH:
        raise FilterError(f"a filter has at most {MAX_LENGTH:,} characters, this one {len(text):,}", MAX_LENGTH)
    reader = _Reader(text, fields)
    if reader.next.kind == t.END:
        return All(())
    tree = reader.either(0)
    if reader.next.kind == t.CLOSE:
        raise FilterError("this parenthesis closes nothing", reader.next.start)
    return tree


class _Reader:
    """One pass over the pieces of a text, a method for each rule of the grammar."""

    def __init__(self, text: str, fields: Mapping[str, Field]) -> None:
        self._tokens = list(t.tokens(text))
        self._fields = fields
        self._place = 0

    @property
    def next(self) -> t.Token:
        return self._tokens[self._place]

    def _take(self) -> t.Token:
        token = self._tokens[self._place]
        self._place += token.kind != t.END
        return token

    def _at_keyword(self, word: str) -> bool:
        return self.next.kind == t.WORD and self.next.text.casefold() == word

    def either(self, depth: int) -> Node:
        terms = [self._all(depth)]
        while self._at_keyword("or"):
            self._take()
            terms.append(self._all(depth))
        return terms[0] if len(terms) == 1 else Either(tuple(terms))

    def _all(self, depth: int) -> Node:
        terms = [self._term(depth)]
        while self.next.kind not in _ENDS and not self._at_keyword("or"):
            if self._at_keyword("and"):
                self._take()
            terms.append(self._term(depth))
        return terms[0] if len(terms) == 1 else All(tuple(terms))

    def _term(self, depth: int) -> Node:
        token = self._take()
        if depth > MAX_DEPTH:
            raise FilterError(f"more than {MAX_DEPTH} parentheses deep", token.start)
        if token.kind == t.OPEN:
            inner = self.either(depth + 1)
            closing = self._take()
            if closing.kind != t.CLOSE:
                raise FilterError("expected ) here, for a ( before", closing.start, is_unfinished=True)
            return inner
        if token.kind == t.WORD and token.text.casefold() == "not":
            return Not(self._term(depth + 1))
        self._check_term(token)
        if self.next.kind == t.OPERATOR:
            return self._comparison(token, self._take())
        return Word(token.text)

    def _check_term(self, token: t.Token) -> None:
        word = token.text.casefold()
        if token.kind == t.END:
            raise FilterError("expected a word or a comparison here", token.start, is_unfinished=True)
        if token.kind == t.CLOSE or (token.kind == t.WORD and word in KEYWORDS):
            raise FilterError(f"expected a word or a comparison before {token.text}", token.start)
        if token.kind == t.OPERATOR:
            raise FilterError(f"expected a field before {token.text}, as in mag{token.text}19", token.start)
        if token.kind == t.UNCLOSED:
            raise FilterError(f"the quote {token.text[0]} is not closed", token.start, is_unfinished=True)
        if token.kind == t.WORD and word in FOREIGN:
            raise FilterError(f"say {FOREIGN[word]} for {token.text}", token.start)

    def _comparison(self, name: t.Token, operator: t.Token) -> Comparison:
        field = self._field(name)
        known = OPERATORS_OF[field.kind]
        if operator.text not in known:
            raise FilterError(f"{field.name} is a {field.kind}: compare it with {_or(known)}", operator.start)
        token = self._take()
        if token.kind == t.UNCLOSED:
            raise FilterError(f"the quote {token.text[0]} is not closed", token.start, is_unfinished=True)
        is_keyword = token.kind == t.WORD and token.text.casefold() in KEYWORDS
        if token.kind not in (t.WORD, t.QUOTED) or is_keyword:
            hint = f'; quote it, "{token.text}", if you mean the word' if is_keyword else ""
            raise FilterError(
                f"expected {_expected(field)} after {field.name}{operator.text}{hint}",
                token.start,
                is_unfinished=token.kind == t.END,
            )
        return Comparison(field.name, operator.text, self._value(field, operator, token))

    def _field(self, token: t.Token) -> Field:
        if token.kind == t.QUOTED:
            raise FilterError("expected a field before the comparison, not a quoted text", token.start)
        field = self._fields.get(token.text.casefold())
        if field is not None:
            return field
        near = difflib.get_close_matches(token.text.casefold(), self._fields, 1, 0.6)
        if near:
            raise FilterError(f"no field {token.text}: {near[0]}?", token.start)
        if token.text[0].isdigit():
            raise FilterError(f"expected a field before the comparison, as in mag>{token.text}", token.start)
        raise FilterError(f"no field {token.text}: {', '.join(list(self._fields)[:12])}, ...", token.start)

    def _value(self, field: Field, operator: t.Token, token: t.Token) -> Value:
        if token.kind == t.WORD and token.text.casefold() == NONE:
            if operator.text not in ("=", "!="):
                raise FilterError(f"missing or not: {field.name}=none or {field.name}!=none", operator.start)
            return None
        try:
            if field.kind in (TEXT, TEXTS):
                return _text(field, operator.text, token.text)
            if field.kind == FLAG:
                return _flag(token.text)
            if field.kind == TIME and _is_date(token.text):
                return Moment(token.text)
            size = self._number(field, token)
        except ValueError as error:
            raise FilterError(f"{field.name}: {error}", token.start, is_unfinished=self.next.kind == t.END) from None
        return size if field.kind == NUMBER else Days(size)

    def _number(self, field: Field, token: t.Token) -> float:
        """A number with its unit, which may be a word of its own. Raises ValueError."""
        found = read_number(token.text, field.unit)
        if found and not found[1] and self.next.kind == t.WORD and is_unit(self.next.text, field.unit):
            found = read_number(token.text + self._take().text, field.unit)
        if found is None:
            raise ValueError(f"expected {_expected(field)}, not {token.text}")
        return found[0]


def _text(field: Field, operator: str, text: str) -> str:
    if field.choices and operator in ("=", "!=") and text.casefold() not in field.choices:
        raise ValueError(f"there is {_or(field.choices)}, not {text}")
    return text


def _flag(text: str) -> bool:
    if text.casefold() not in (*_YES, *_NO):
        raise ValueError(f"expected yes or no, not {text}")
    return text.casefold() in _YES


def _is_date(text: str) -> bool:
    """Whether it looks like a date. Raises ValueError where it then is none."""
    if not _DATE.match(text):
        return False
    try:
        from_iso(text)
    except (ValueError, OverflowError):
        raise ValueError(f"there is no date {text}") from None
    return True


def _expected(field: Field) -> str:
    return {
        TEXT: "a text",
        TEXTS: "a text",
        NUMBER: f"a number in {field.unit}" if field.unit else "a number without a unit",
        SPAN: "a duration such as 5d, 12h or 30m",
        TIME: "a date (2026-03-21) or how long ago (2d, 12h, 30m)",
        FLAG: "yes or no",
    }[field.kind]


def _or(words: tuple[str, ...]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"
