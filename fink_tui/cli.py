"""The command line: what can be asked, and which module answers. Imports the command it runs and no more."""

from __future__ import annotations

import argparse
import errno
import importlib
import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from fink_tui import __version__
from fink_tui.fink.inquiry import ABANDONED

# The disk is full, the quota is used up, a file may not grow, the disk fails.
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
FORMATS = ("table", "json", "csv", "votable")


def build_parser() -> argparse.ArgumentParser:
    """Every command with its arguments."""
    parser = argparse.ArgumentParser(
        prog="fink-tui",
        description="Query, follow and triage the alerts of the Fink broker (ZTF and Rubin/LSST). "
        "Without a command: the dashboard.",
    )
    parser.add_argument("--version", action="version", version=f"fink-tui {__version__}")
    _common(parser)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    demo = commands.add_parser("demo", help="the dashboard on a simulated Fink: no account, no network")
    demo.add_argument("--speed", type=_above_zero, default=30.0, metavar="X", help="simulated seconds per second (30)")
    demo.add_argument("--seed", type=int, default=1, metavar="N", help="which simulated sky (default 1)")
    _common(demo, nested=True)

    # Its own parser is made of all the queries there are; until that is needed every word is just a word.
    query = commands.add_parser(
        "query", help="ask Fink: object, cone, class, tag, sso, ...", add_help=False, prefix_chars="\0"
    )
    query.add_argument("words", nargs=argparse.REMAINDER)

    listen = commands.add_parser("listen", help="store the alerts of topics, without a screen")
    listen.add_argument("--survey", choices=("ztf", "lsst"), help="follow this survey only; says where --topic is")
    listen.add_argument("--topic", action="append", metavar="T", help="a topic; may be repeated")
    listen.add_argument(
        "--from",
        dest="start",
        metavar="WHERE",
        help="stored, earliest, latest or an ISO time: where a topic never read before begins; "
        "may go back in one that was, never skips",
    )
    listen.add_argument("--limit", type=_whole, metavar="N", help="stop after N alerts")
    listen.add_argument("--timeout", type=_above_zero, metavar="S", help="stop after S seconds without an alert")
    _common(listen, nested=True)

    replay = commands.add_parser("replay", help="stored or Avro alerts through the very path that live ones take")
    replay.add_argument(
        "what",
        nargs="+",
        metavar="NIGHT|FILE",
        help="Avro files or folders (.avro, .avro.gz), a stored night YYYY-MM-DD, or quarantine to retry what is there",
    )
    replay.add_argument("--speed", type=_above_zero, metavar="X", help="observed seconds per second; default: no wait")
    _common(replay, nested=True)

    targets = commands.add_parser("targets", help="the target list")
    targets.add_argument(
        "filter",
        nargs="?",
        metavar="FILTER",
        help="words that name, class, status, topics, tags or notes hold, and comparisons: "
        '"class~SN and mag<19 and age<5d"; README.md has the fields',
    )
    targets.add_argument("--status", choices=("new", "watch", "follow", "done", "reject", "snooze"))
    targets.add_argument(
        "--columns",
        metavar="A,B,...",
        help="these columns alone, by the names that --json has, and tonight's: alt, best_alt, hours, moon, ...",
    )
    targets.add_argument("--photometry", action="store_true", help="their light curves, one row a point")
    _site(targets)
    _rows(targets, (*FORMATS, "list", "ds9"))

    taken = commands.add_parser("import", help="lists of targets out of other programs: CSV, ids, VOTable, JSON")
    taken.add_argument(
        "files", nargs="+", metavar="FILE", help="names and positions, or ids one a line; - is the standard input"
    )
    taken.add_argument("--dry-run", action="store_true", help="show what it would do, and change nothing")
    _rows(taken)

    rules = commands.add_parser("rules", help="the rules of the configuration, and what one would have done")
    deeds = rules.add_subparsers(dest="what", metavar="list|test", required=True)
    _rows(deeds.add_parser("list", help="which rules there are, and how often they acted"))
    test = deeds.add_parser("test", help="what a rule would have done on the alerts stored; changes nothing")
    test.add_argument("name", metavar="NAME", help="the rule, enabled or not")
    test.add_argument("--night", metavar="DATE", help="only alerts observed in this night, YYYY-MM-DD of its evening")
    _rows(test)

    show = commands.add_parser("show", help="one target with its history")
    show.add_argument("target", metavar="TARGET", help="its name, an object id or another name; the beginning will do")
    _site(show)
    show.add_argument(
        "--plot",
        nargs="?",
        type=_svg_file,
        const=True,
        metavar="FILE.svg",
        help="draw its light curve into the terminal, or into a new file",
    )
    _rows(show)

    sync = commands.add_parser("sync", help="hand targets to a TOM: shows what it would do, and asks")
    sync.add_argument("targets", nargs="*", metavar="TARGET", help="targets by name; without one, those you follow")
    sync.add_argument("--dry-run", action="store_true", help="show what it would do, and send nothing")
    sync.add_argument("--photometry", action="store_true", help="send the light curves too")
    sync.add_argument("--notes", action="store_true", help="send your notes too")
    sync.add_argument("--yes", action="store_true", help="send without asking; conflicts are skipped")
    sync.add_argument("--tom", metavar="NAME", help="the TOM of [tom.NAME] in the configuration")
    _rows(sync)

    report = commands.add_parser("report", help="a night in Markdown: what came, what was decided on it and when")
    report.add_argument("night", nargs="?", metavar="NIGHT", help="the date of its evening, YYYY-MM-DD; this night")
    _common(report, nested=True)

    backup = commands.add_parser("backup", help="a checked copy of the database, while it is in use")
    backup.add_argument("file", type=Path, metavar="FILE", help="the copy; must not exist yet")
    _common(backup, nested=True)

    restore = commands.add_parser("restore", help="a copy in the place of the database, which is kept aside")
    restore.add_argument("file", type=Path, metavar="FILE", help="what fink-tui backup wrote")
    _common(restore, nested=True)
    return parser


def _common(parser: argparse.ArgumentParser, *, nested: bool = False) -> None:
    default = argparse.SUPPRESS if nested else None
    parser.add_argument("--db", type=Path, metavar="PATH", default=default, help="the database file")
    parser.add_argument("--config", type=Path, metavar="PATH", default=default, help="the configuration file")


def _rows(parser: argparse.ArgumentParser, formats: Sequence[str] = FORMATS) -> None:
    parser.add_argument("--format", choices=formats, default="table")
    parser.add_argument("--json", dest="format", action="store_const", const="json", help="short for --format json")
    _common(parser, nested=True)


def _site(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--site", metavar="NAME", help="what is visible from this site tonight; default: [site] name")


def _svg_file(text: str) -> Path:
    if not text.endswith(".svg"):
        raise argparse.ArgumentTypeError(f"{text} does not end in .svg")
    return Path(text)


def _above_zero(text: str) -> float:
    number = float(text)
    if not 0.0 < number < 1e9:
        raise argparse.ArgumentTypeError("must be above 0")
    return number


def _whole(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; 0 done, 1 failed, 2 wrong usage."""
    args = build_parser().parse_args(argv)
    try:
        code = _run(args)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return 1
    except BrokenPipeError:
        # Whoever read what we write has had enough of it: the rest goes nowhere.
        _let_go()
        return 0
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        _let_go()
        print(f"fink-tui: the output could not be written whole: {error.strerror}", file=sys.stderr)
        return 1


def _let_go() -> None:
    """Forget what a stream holds and can't write, so that leaving does not try again."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(nowhere, stream.fileno())


def entry() -> NoReturn:
    """The program: run the command and leave at once."""
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    if any(thread.name == ABANDONED for thread in threading.enumerate()):
        # librdkafka would hold the interpreter until a question to a silent broker has timed out.
        os._exit(code)
    sys.exit(code)


def _run(args: argparse.Namespace) -> int:
    name = {None: "dashboard", "import": "import_"}.get(args.command, args.command)
    module = importlib.import_module(f"fink_tui.commands.{name}")
    return int(module.run(args))
