"""Opening the database: one file, 0600 in a 0700 folder, WAL, one connection a thread."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from fink_tui.store import schema

_BUSY_MS = 15_000


class StoreError(Exception):
    """The database can't be used; the text says which file, why, and what to do."""


def connect(path: Path, *, durable: bool = False) -> sqlite3.Connection:
    """A connection to the database at `path`, made or brought up to date first. Raises StoreError.

    `durable` waits for the disk at every commit: for what a person typed. Without it a power cut may undo the last
    commits, alerts and offsets together, so that they are read again.
    """
    make_private(path)
    try:
        version = _version(path)
        if version > schema.VERSION:
            raise StoreError(
                f"{path} was written by a newer fink-tui (its version {version}, known here up to {schema.VERSION}): "
                "it was left as it is; upgrade fink-tui, or name another file with --db"
            )
        conn = sqlite3.connect(path, timeout=_BUSY_MS / 1000, isolation_level=None, check_same_thread=False)
        conn.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
        _use_wal(conn)
        conn.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
        conn.execute("PRAGMA foreign_keys = ON")
        conn.execute("PRAGMA cache_size = -32000")
        if version < schema.VERSION:
            schema.upgrade(conn)
        conn.row_factory = sqlite3.Row
    except sqlite3.Error as error:
        raise StoreError(f"{path} can't be used as the database: {error}; name another file with --db") from error
    return conn


def connect_memory() -> sqlite3.Connection:
    """An empty database that is nowhere but in memory."""
    conn = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    schema.upgrade(conn)
    conn.row_factory = sqlite3.Row
    return conn


def _use_wal(conn: sqlite3.Connection) -> None:
    """Switch to a write-ahead log: the one thing SQLite does not wait for while others open a new database too."""
    deadline = time.monotonic() + _BUSY_MS / 1000
    while True:
        try:
            conn.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def make_private(path: Path) -> None:
    """Have a file there that is the user's alone, empty where there was none. Raises StoreError."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise StoreError(f"{path} can't be made: {error.strerror}; name another file with --db") from error


def open_read_only(path: Path) -> sqlite3.Connection:
    """A connection without the right to write, that makes no files beside it. Raises sqlite3.Error."""
    # Without a write-ahead log all is in the file itself, and reading just that makes no files beside it.
    lasting = "" if path.with_name(f"{path.name}-wal").exists() else "&immutable=1"
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro{lasting}", uri=True, timeout=_BUSY_MS / 1000, isolation_level=None
    )


def _version(path: Path) -> int:
    with closing(open_read_only(path)) as conn:
        return int(conn.execute("PRAGMA user_version").fetchone()[0])
