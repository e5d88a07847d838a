"""The flags of `fink-tui query`, made from the declarations."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Sequence
from typing import NoReturn

from fink_tui.fink.queries.declare import BOOL, IDS, Query
from fink_tui.fink.queries.values import survey_of_id
from fink_tui.fink.queries.words import Asked, default_survey, split_words

_LOOKS_NEGATIVE = re.compile(r"[-−]\.?\d")


def add_arguments(parser: argparse.ArgumentParser, query: Query) -> None:
    """The words, the survey and a flag for each argument."""
    if query.arguments:
        first = query.arguments[0]
        shown = "RA DEC RADIUS" if query.split else first.name.upper()
        parser.add_argument("words", nargs="*", metavar=shown, help=_help(first.help))
    if len(query.surveys) > 1 and not query.by_looks:
        parser.add_argument("--survey", choices=query.surveys, help=f"default {default_survey(query)}")
    else:
        parser.add_argument("--survey", choices=query.surveys, help=argparse.SUPPRESS)
    for argument in query.arguments:
        flag = f"--{argument.name.replace('_', '-')}"
        words = argument.help
        if argument.choices:
            words += f": {', '.join(argument.choices)}"
        if argument.default and argument.kind != BOOL:
            words += f" (default {argument.default}{f' {argument.unit}' if argument.unit else ''})"
        if len(argument.surveys) == 1 and len(query.surveys) > 1:
            words += f"; {argument.surveys[0]} only"
        if argument.kind == BOOL:
            parser.add_argument(
                flag, dest=f"value_{argument.name}", nargs="?", const="yes", metavar="yes|no", help=_help(words)
            )
        else:
            metavar = (argument.unit or argument.kind).upper().replace(" ", "-")
            parser.add_argument(flag, dest=f"value_{argument.name}", metavar=metavar, help=_help(words))


def _help(text: str) -> str:
    return text.replace("%", "%%")


def guard(words: Sequence[str]) -> list[str]:
    """Command-line words in which a negative declination is no flag: a leading blank tells argparse so."""
    return [f" {word}" if _LOOKS_NEGATIVE.match(word) else word for word in words]


def asked(query: Query, args: argparse.Namespace) -> Asked:
    """What parsed arguments ask for."""
    values = split_words(query, [word.removeprefix(" ") for word in getattr(args, "words", [])])
    for argument in query.arguments:
        typed = getattr(args, f"value_{argument.name}")
        if typed is not None:
            values[argument.name] = typed
    return Asked(query.name, args.survey or _survey(query, values), values)


def _survey(query: Query, values: dict[str, str]) -> str:
    if query.by_looks:
        ids = next((values.get(a.name, "") for a in query.arguments if a.kind == IDS), "")
        first = next(iter(ids.replace(",", " ").split()), "")
        return survey_of_id(first) or default_survey(query)
    return default_survey(query)


class _Quiet(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ValueError(message)


def asked_of_line(line: str) -> Asked | None:
    """What a pasted `fink-tui query ...` asks for, whatever else it says of formats and files; None where nothing."""
    from fink_tui.fink.queries import QUERIES

    try:
        words = shlex.split(line)[2:]
        query = QUERIES.get(words[0]) if words else None
        if query is None:
            return None
        parser = _Quiet(add_help=False)
        add_arguments(parser, query)
        return asked(query, parser.parse_known_args(guard(words[1:]))[0])
    except ValueError:
        return None
