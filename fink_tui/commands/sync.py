"""`fink-tui sync`: hand targets to a TOM, after showing what that would do."""

from __future__ import annotations

import argparse
import signal
import sqlite3
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from threading import Event

from fink_tui.commands.begin import open_database, say, settings_and_log
from fink_tui.output.plans import (
    FATE_COLUMNS,
    PLAN_COLUMNS,
    change_in_words,
    fate_record,
    fates_summary,
    plan_record,
    plan_summary,
)
from fink_tui.output.tables import as_table, plain, write_rows
from fink_tui.settings import Settings
from fink_tui.store.connection import StoreError
from fink_tui.store.targets import Target, all_targets, find_targets
from fink_tui.tom.account import TomAccount
from fink_tui.tom.client import TomClient
from fink_tui.tom.errors import Stopped, TomError
from fink_tui.tom.plan import CONFLICT, SKIP, UPDATE, Plan, Row, choose
from fink_tui.tom.planning import make_plan
from fink_tui.tom.sync import GOOD, SENDING, Fate
from fink_tui.tom.sync import run as carry_out

_FOLLOWED = "follow"


def run(args: argparse.Namespace) -> int:
    """Plan, ask, send; 1 where something due was not done, 2 where nobody can be asked."""
    settings, _ = settings_and_log(args)
    try:
        account = find_account(settings, args.tom)
        if not (args.dry_run or args.yes or sys.stdin.isatty()):
            raise ValueError("without a terminal nobody can be asked: add --yes, or --dry-run to see the plan")
        conn = open_database(args, must_exist=True)
        if conn is None:
            return 1
        targets = _due(conn, args.targets)
    except ValueError as wrong:
        say(f"fink-tui: {wrong}")
        return 2
    except (StoreError, sqlite3.Error) as error:
        say(f"fink-tui: {error}")
        return 1
    if not targets:
        say("nothing is due: no target is followed")
        return 0
    return _synced(conn, args, account, targets)


def find_account(settings: Settings, name: str | None) -> TomAccount:
    """The TOM of that name, or the first one. Raises ValueError where it is not configured."""
    if not settings.toms:
        raise ValueError("no TOM is configured: set url in [tom], and FINK_TUI_TOM_TOKEN")
    if name is None:
        return settings.toms[0]
    for account in settings.toms:
        if name == account.name:
            return account
    names = ", ".join(account.name for account in settings.toms if account.name) or "none has a name"
    raise ValueError(f"no [tom.{name}] is configured (there are: {names})")


def _due(conn: sqlite3.Connection, names: Sequence[str]) -> list[Target]:
    """The targets named, or those followed. Raises ValueError where a name means none or several."""
    if not names:
        return all_targets(conn, status=_FOLLOWED)
    found: dict[int, Target] = {}
    for name in names:
        hits = find_targets(conn, name)
        if len(hits) != 1:
            several = ", ".join(target.name for target in hits[:5])
            raise ValueError(f"{name} could be {several}: say which" if hits else f"no target is called {name}")
        found[hits[0].id] = hits[0]
    return list(found.values())


def _synced(conn: sqlite3.Connection, args: argparse.Namespace, account: TomAccount, targets: list[Target]) -> int:
    stop = Event()
    progress = _Progress()
    try:
        with _stopping(stop), TomClient(account, stop) as client:
            plan = make_plan(
                client,
                conn,
                targets,
                photometry=args.photometry,
                notes=args.notes,
                again=[target.id for target in targets] if args.targets else (),
                tell=progress.show,
            )
            progress.end()
            if args.dry_run:
                write_rows([plan_record(row) for row in plan.rows], args.format, table=PLAN_COLUMNS)
                say(f"{account.host}: {plan_summary(plan)}; nothing was sent")
                return 0
            if not args.yes:
                plan = _asked(plan, account)
            fates = carry_out(client, conn, plan, stop, progress.tell)
    except Stopped:
        progress.end()
        say("stopped; nothing was sent")
        return 1
    except (TomError, sqlite3.Error) as error:
        progress.end()
        say(f"fink-tui: {error}")
        return 1
    write_rows([fate_record(fate) for fate in fates], args.format, table=FATE_COLUMNS)
    say(f"{account.host}: {fates_summary(fates)}")
    return 0 if all(fate.what in GOOD or fate.row.verdict == SKIP for fate in fates) else 1


@contextmanager
def _stopping(stop: Event) -> Iterator[None]:
    """The first ctrl-C or SIGTERM ends it between two writes, a second one at once: the next run reads back."""

    def told(*_: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        say("stopping after this write")

    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, told) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _asked(plan: Plan, account: TomAccount) -> Plan:
    """The plan as the person wants it, shown first. Raises Stopped where she does not."""
    sys.stderr.write(as_table([plan_record(row) for row in plan.rows], PLAN_COLUMNS))
    for row in plan.rows:
        for change in (*row.changes, *row.there) if row.verdict in (UPDATE, CONFLICT) or row.there else ():
            sys.stderr.write(f"  {plain(row.target.name)}  {plain(change_in_words(change))}\n")
    rows = tuple(_chosen(row, plan) if row.choices else row for row in plan.rows)
    plan = replace(plan, rows=rows)
    if any(row.will_send for row in rows):
        sys.stderr.write(f"send this to {account.host}: {plan_summary(plan)}? [y/N] ")
        if _answer().lower() not in ("y", "yes"):
            raise Stopped
    return plan


def _chosen(row: Row, plan: Plan) -> Row:
    """The row after the person's choice; anything that is none leaves it as it is."""
    sys.stderr.write(f"\n{plain(row.target.name)}: {plain(row.why)}\n")
    for number, choice in enumerate(row.choices, 1):
        sys.stderr.write(f"  {number}  {plain(choice.label)}\n")
    sys.stderr.write("which? [skip] ")
    answer = _answer()
    number = int(answer) if answer.isdigit() else 0
    return choose(row, row.choices[number - 1], plan.site) if 0 < number <= len(row.choices) else row


def _answer() -> str:
    sys.stderr.flush()
    return sys.stdin.readline().strip()


class _Progress:
    """One line on a terminal, a few times a second, and a line a row that was done; nothing of it elsewhere."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty()
        self._shown = 0.0

    def show(self, what: str, done: int, total: int) -> None:
        """Say how far the plan is."""
        moment = time.monotonic()
        if self._is_terminal and moment - self._shown > 0.2:
            self._shown = moment
            sys.stderr.write(f"\r\x1b[K{what}: {done:,} of {total:,}")
            sys.stderr.flush()

    def tell(self, fate: Fate) -> None:
        """Say what became of a row, of those that had something to send."""
        if self._is_terminal and fate.row.will_send:
            sys.stderr.write(f"\r\x1b[K{plain(f'{fate.row.target.name} {fate.what} {fate.why}')}")
            sys.stderr.write("" if fate.what == SENDING else "\n")
            sys.stderr.flush()

    def end(self) -> None:
        """Take the line away."""
        if self._is_terminal and self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
