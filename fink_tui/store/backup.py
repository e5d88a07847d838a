"""Copies of the whole database: made while it is in use, checked, and put back with nothing lost.

SQLite does the work (sqlite.org/lang_vacuum.html, INTO; sqlite.org/backup.html): a copy is of one moment, whatever
others write meanwhile.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from fink_tui.store import schema
from fink_tui.store.connection import StoreError, make_private, open_read_only

_OURS = {"targets", "objects", "alerts", "detections", "journal"}
_BROKEN = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)
# Steps of SQLite's own machine between two looks at whether to go on: some milliseconds.
_STEPS = 100_000
_PATIENCE_MS = 1_000

# Told bytes written so far; True ends the work.
Told = Callable[[int], bool]


def backup(conn: sqlite3.Connection, path: Path, told: Told = lambda size: False) -> int:
    """Copy the database to a new file, 0600, and check the copy; its size in bytes. Raises StoreError.

    No other file is written over, and none is left behind where it fails.
    """
    with _new_file(path) as part:
        conn.set_progress_handler(lambda: told(part.stat().st_size), _STEPS)
        try:
            conn.execute("VACUUM INTO ?", (str(part),))
            check(part)
        except sqlite3.Error as error:
            raise StoreError(f"{path} was not written: {error}") from error
        finally:
            conn.set_progress_handler(None, 0)
        return part.stat().st_size


def check(path: Path) -> tuple[int, int]:
    """How many targets and alerts a copy holds. Raises StoreError where it is none of ours, or is not sound."""
    try:
        if path.stat().st_size == 0:
            raise StoreError(f"{path} is empty")
        with closing(open_read_only(path)) as conn:
            version = int(conn.execute("PRAGMA user_version").fetchone()[0])
            tables = {str(row[0]) for row in conn.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
            if not tables >= _OURS:
                raise StoreError(f"{path} is no database of fink-tui")
            if version > schema.VERSION:
                raise StoreError(f"{path} was written by a newer fink-tui (its version {version}): upgrade first")
            found = str(conn.execute("PRAGMA integrity_check(1)").fetchone()[0])
            if found != "ok":
                raise StoreError(f"{path} is damaged: {found}")
            targets, alerts = conn.execute(
                "SELECT (SELECT count(*) FROM targets), (SELECT count(*) FROM alerts)"
            ).fetchone()
            return int(targets), int(alerts)
    except OSError as error:
        raise StoreError(f"{path} can't be read: {error.strerror}") from error
    except sqlite3.Error as error:
        raise StoreError(f"{path} is no database of fink-tui, or is damaged: {error}") from error


def restore(source: Path, database: Path) -> Path | None:
    """Put a copy in the place of the database; what was there is kept in the file returned, None where nothing was.

    The copy is only read. Raises StoreError, with the database as it was: where the copy is not sound, and where
    another program has the database open, which would go on with what it read before. A power cut in the middle
    leaves the one or the other.
    """
    check(source)
    if database.exists() and source.samefile(database):
        raise StoreError(f"{source} is the database itself")
    make_private(database)
    aside = _free_name(database) if database.stat().st_size else None
    try:
        _replace(source, database, aside)
    except sqlite3.Error as error:
        if aside is None or error.sqlite_errorcode & 0xFF not in _BROKEN:
            raise StoreError(f"{database} was left as it was: {_why(error)}") from error
        # What is broken can't be copied by SQLite, so its files are kept as they are.
        for end in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                database.with_name(database.name + end).rename(aside.with_name(aside.name + end))
        make_private(database)
        try:
            _replace(source, database, None)
        except sqlite3.Error as wrong:
            raise StoreError(f"{database} was damaged and is now {aside}, but {source} did not fit: {wrong}") from wrong
    return aside


def _replace(source: Path, database: Path, aside: Path | None) -> None:
    """Keep a copy of the database, then have the content of another in it, in one transaction. Raises sqlite3.Error."""
    with closing(_alone(database)) as conn, closing(open_read_only(source)) as copy:
        if aside is not None:
            with _new_file(aside) as part:
                conn.execute("VACUUM INTO ?", (str(part),))
        try:
            copy.backup(conn)
        except sqlite3.Error:
            if aside is not None:
                aside.unlink()
            raise


def _alone(database: Path) -> sqlite3.Connection:
    """The only connection to a database, and nobody has another before it is closed. Raises sqlite3.Error."""
    conn = sqlite3.connect(database, timeout=_PATIENCE_MS / 1000, isolation_level=None)
    try:
        conn.execute("PRAGMA locking_mode = EXCLUSIVE")
        # Leaving the write-ahead log is what SQLite does for nobody but the last who has the file open.
        conn.execute("PRAGMA journal_mode = DELETE")
        conn.execute("BEGIN EXCLUSIVE")
        conn.execute("COMMIT")
    except BaseException:
        conn.close()
        raise
    return conn


def _why(error: sqlite3.Error) -> str:
    if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
        return "another fink-tui has it open: quit the dashboard and stop every listen first"
    return str(error)


def _free_name(database: Path) -> Path:
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    begun = f"{database.stem}-before-restore-{moment}"
    names = (f"{begun}{f'-{number}' if number > 1 else ''}{database.suffix}" for number in count(1))
    return next(path for path in map(database.with_name, names) if not path.exists())


@contextmanager
def _new_file(path: Path) -> Iterator[Path]:
    """A file of the user's alone to write to, that has its name once all is well, and never another's."""
    if path.exists():
        raise StoreError(f"{path} exists already: nothing is written over")
    try:
        number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise StoreError(f"{path} can't be written: {error.strerror}") from error
    os.close(number)
    part = Path(name)
    try:
        yield part
        try:
            os.link(part, path)
        except FileExistsError as error:
            raise StoreError(f"{path} exists already: nothing is written over") from error
        except OSError:
            # A disk that knows no links, as memory sticks.
            part.rename(path)
    finally:
        part.unlink(missing_ok=True)
