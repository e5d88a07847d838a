"""`fink-tui query`: everything Fink's APIs answer, as rows."""

from __future__ import annotations

import argparse
import asyncio
import re
import shlex
import signal
import sqlite3
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fink_tui import paths
from fink_tui.commands.begin import database_path, open_database, say, settings_and_log
from fink_tui.fink.ask import Answer, WrongValues, ask
from fink_tui.fink.cache import Cache
from fink_tui.fink.errors import ApiError, one_line
from fink_tui.fink.queries import QUERIES
from fink_tui.fink.queries.declare import IDS
from fink_tui.fink.queries.flags import add_arguments, asked, guard
from fink_tui.fink.queries.values import survey_of_id
from fink_tui.fink.queries.words import Asked, command_line
from fink_tui.fink.rest import FinkApi
from fink_tui.lists.read import read_list
from fink_tui.lists.sheets import UnreadableList
from fink_tui.output.answers import answer_rows, provenance, shown_columns
from fink_tui.output.tables import write_rows
from fink_tui.settings import Settings
from fink_tui.store.alerts import write_queried
from fink_tui.store.connection import StoreError
from fink_tui.store.queries import record_query, save_query, saved_queries, saved_query

_LARGEST_LIST = 1_000_000


def build_parser(saved: Sequence[str] = ()) -> argparse.ArgumentParser:
    """A command for each declared query; `saved` are the names of saved ones."""
    parser = argparse.ArgumentParser(
        prog="fink-tui query",
        description="Ask Fink. QUERY is one of those below, or the name of a saved one.",
    )
    commands = parser.add_subparsers(dest="query", metavar="QUERY", required=True)
    for query in QUERIES.values():
        own = commands.add_parser(
            query.name,
            help=_percent(query.help.split(";")[0]),
            description=_percent(query.help),
            epilog=_percent(f"example: {query.example}"),
        )
        add_arguments(own, query)
        _output(own)
    for name in saved:
        if name not in QUERIES:
            _output(commands.add_parser(name))
    return parser


def _percent(text: str) -> str:
    return text.replace("%", "%%")


def _output(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("output")
    group.add_argument("--alerts", action="store_true", help="the rows as they came, instead of one an object")
    group.add_argument("--save", metavar="NAME", help="keep the query under a name: fink-tui query NAME asks it again")
    group.add_argument("--store", action="store_true", help="store the alerts, and make their objects targets")
    group.add_argument("--offline", action="store_true", help="show what was answered before, and ask nothing")
    group.add_argument("--fresh", action="store_true", help="ask although a young answer is kept")
    group.add_argument("--format", choices=("table", "json", "csv", "votable"), default="table")
    group.add_argument("--json", dest="format", action="store_const", const="json", help="short for --format json")
    group.add_argument("--db", type=Path, metavar="PATH", default=argparse.SUPPRESS, help="the database file")
    group.add_argument("--config", type=Path, metavar="PATH", default=argparse.SUPPRESS, help="the configuration file")


def run(args: argparse.Namespace) -> int:
    """Ask and print; 1 where Fink did not answer, 2 where the question can't be sent."""
    words = guard(args.words)
    parser = build_parser(_saved_names(args, words))
    parser.parse_args(words, args)
    settings, _ = settings_and_log(args)
    try:
        question = _question(args)
        conn = _database(args)
    except (StoreError, ValueError) as error:
        say(f"fink-tui: {error}")
        return 2 if isinstance(error, ValueError) else 1
    return _answered(conn, args, settings, question)


def _database(args: argparse.Namespace) -> sqlite3.Connection | None:
    """The database, or None where it can't be used and only the history would be lost. Raises StoreError."""
    try:
        return open_database(args)
    except StoreError as error:
        if args.save or args.store:
            raise
        say(f"fink-tui: {error}: this query is not added to the history")
        return None


def _saved_names(args: argparse.Namespace, words: Sequence[str]) -> list[str]:
    """The names of saved queries, looked up only where the first word is none of ours."""
    known = {*QUERIES, "-h", "--help"}
    if not words or words[0] in known or not database_path(_early(args, words)).exists():
        return []
    try:
        conn = open_database(_early(args, words))
        return [saved.name for saved in saved_queries(conn)] if conn else []
    except (StoreError, sqlite3.Error):
        return []


def _early(args: argparse.Namespace, words: Sequence[str]) -> argparse.Namespace:
    """The arguments with the database that a later word names."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--db", type=Path, default=args.db)
    return parser.parse_known_args(words)[0]


def _question(args: argparse.Namespace) -> Asked:
    """What is asked. Raises ValueError, StoreError."""
    query = QUERIES.get(args.query)
    if query is None:
        conn = open_database(args)
        saved = saved_query(conn, args.query) if conn else None
        if saved is None or saved.query not in QUERIES:
            raise ValueError(f"{args.query}: no query and no saved query is called so")
        return Asked(saved.query, saved.survey, saved.values)
    found = asked(query, args)
    values = dict(found.values)
    for argument in query.arguments:
        if argument.kind == IDS and argument.name in values:
            values[argument.name] = _with_lists(values[argument.name])
    if values != found.values:
        # The list may name another survey first.
        return Asked(query.name, found.survey, values)
    return found


def _with_lists(text: str) -> str:
    """Ids with those of every @FILE, and of the standard input for a lone -. Raises ValueError."""
    parts = []
    for word in text.split():
        if word == "-":
            parts.append(_ids_of("the standard input", sys.stdin.buffer.read(_LARGEST_LIST)))
        elif word.startswith("@"):
            try:
                with Path(word[1:]).expanduser().open("rb") as file:
                    parts.append(_ids_of(word[1:], file.read(_LARGEST_LIST)))
            except OSError as error:
                raise ValueError(f"{word[1:]} can't be read: {error.strerror}") from error
        else:
            parts.append(word)
    return " ".join(parts)


def _ids_of(said: str, content: bytes) -> str:
    """The words of a list of ids; the ids in a list of targets, whatever fink-tui import can read."""
    words = content.decode(errors="replace")
    if all(survey_of_id(word) for word in re.split(r"[\s,;]+", words) if word):
        return words
    try:
        reading = read_list(content)
    except UnreadableList:
        return words
    ids = [object_id for row in reading.rows for _, object_id in row.objects if survey_of_id(object_id)]
    if not ids:
        return words
    others = sum(not row.objects for row in reading.rows) + len(reading.wrong)
    if others:
        say(f"{said}: {others:,} rows without an id of ZTF or LSST left out")
    return " ".join(ids)


def _answered(conn: sqlite3.Connection | None, args: argparse.Namespace, settings: Settings, question: Asked) -> int:
    query = QUERIES[question.query]
    began = time.monotonic()
    try:
        if args.save:
            _check_name(args.save)
        answer = asyncio.run(_asked(args, settings, question))
    except ValueError as wrong:
        for line in _lines_of(wrong):
            say(f"fink-tui: {line}")
        say(f"for example: {query.example}")
        return 2
    except ApiError as failure:
        say(f"fink-tui: {one_line(str(failure), 1000)}")
        _record(conn, question, seconds=time.monotonic() - began, error=str(failure))
        return 1
    _print(args, question, answer)
    _record(conn, question, seconds=answer.seconds, rows=len(answer.rows), objects=len(answer.objects))
    return _keep(conn, args, question, answer) if conn else 0


def _print(args: argparse.Namespace, question: Asked, answer: Answer) -> None:
    rows = answer_rows(answer, raw=args.alerts, fields=str(question.values.get("fields", "")))
    about = provenance(answer, command_line(answer.query, question.survey, question.values))
    write_rows(rows, args.format, table=shown_columns(answer, rows, raw=args.alerts), about=about)
    sys.stdout.flush()
    for note in answer.notes:
        say(one_line(note, 1000))
    say(answer.summary())
    if args.format != "table":
        for text in about.values():
            say(text)


def _record(conn: sqlite3.Connection | None, question: Asked, **what: Any) -> None:
    """Add to the history; that it can't be does not spoil the answer."""
    try:
        if conn:
            record_query(conn, question.query, question.survey, question.values, **what)
    except sqlite3.Error as failure:
        say(f"fink-tui: the database refused ({failure}): this query is not in the history")


def _keep(conn: sqlite3.Connection, args: argparse.Namespace, question: Asked, answer: Answer) -> int:
    """Save the query and store its alerts, where that is asked for."""
    try:
        if args.save:
            save_query(conn, args.save, question.query, question.survey, question.values)
            say(f"saved: fink-tui query {shlex.quote(args.save)}")
        if args.store:
            done = write_queried(conn, answer.alerts, make_targets=True)
            say(f"stored: {done.new:,} new alerts, {len(done.targets):,} targets")
    except sqlite3.Error as failure:
        say(f"fink-tui: the database refused ({failure}): nothing was stored")
        return 1
    return 0


def _check_name(name: str) -> None:
    if name in QUERIES or not name.strip() or name.startswith("-") or not name.isprintable():
        raise ValueError(f"--save {name}: choose another name")


def _lines_of(wrong: ValueError) -> list[str]:
    return (
        [f"{name}: {what}" for name, what in wrong.errors.items()] if isinstance(wrong, WrongValues) else [str(wrong)]
    )


async def _asked(args: argparse.Namespace, settings: Settings, question: Asked) -> Answer:
    """The answer; a first SIGINT or SIGTERM ends the requests at once."""
    task = asyncio.current_task()
    assert task is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    progress = _Progress()
    cache = Cache(paths.cache_dir())
    api = FinkApi(settings.api_urls, cache, settings.query_timeout, settings.query_bytes)
    try:
        async with api:
            return await ask(
                api,
                QUERIES[question.query],
                question.survey,
                question.values,
                progress=progress.show,
                offline=args.offline,
                fresh=args.fresh,
            )
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
    finally:
        progress.end()


class _Progress:
    """One line on a terminal, a few times a second; nothing elsewhere."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty()
        self._shown = 0.0

    def show(self, done: int, total: int, size: int) -> None:
        """Tell how far it is: answers that came, answers expected, bytes so far."""
        moment = time.monotonic()
        if not self._is_terminal or moment - self._shown < 0.2:
            return
        self._shown = moment
        of = f"{done} of {total} answers, " if total > 1 else ""
        sys.stderr.write(f"\r\x1b[Kasking Fink: {of}{size / 1e3:,.0f} kB")
        sys.stderr.flush()

    def end(self) -> None:
        """Take the line away."""
        if self._is_terminal and self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
