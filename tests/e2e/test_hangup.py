"""A dashboard whose terminal goes away ends, and what it showed is there the next time."""

from __future__ import annotations

import json
import os
import pty
import select
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path

from packets import arrival, ztf
from program import ROOT, command

from fink_tui.alerts.arrival import Batch
from fink_tui.store.alerts import write_batch
from fink_tui.store.connection import connect


def read_until(terminal: int, wanted: bytes, seconds: float = 40.0) -> None:
    """Read what a program writes to its terminal until it has written this."""
    seen, deadline = b"", time.monotonic() + seconds
    while wanted not in seen:
        assert time.monotonic() < deadline, seen[-500:]
        if select.select([terminal], [], [], 0.2)[0]:
            seen += os.read(terminal, 65536)


def ended(process: int, seconds: float = 20.0) -> bool:
    """Whether a process ends within so many seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if os.waitpid(process, os.WNOHANG)[0]:
            return True
        time.sleep(0.05)
    return False


def test_it_ends_with_its_terminal_and_keeps_how_the_list_was(tmp_path: Path) -> None:
    db = tmp_path / "night.db"
    with closing(connect(db)) as conn:
        write_batch(conn, Batch(arrivals=(arrival(ztf("ZTF26aaaaaaa", 1, 61120.0)),)))
    process, terminal = pty.fork()
    if not process:
        os.chdir(ROOT)
        os.execv(command()[0], [*command("--db", db)])
    try:
        read_until(terminal, b"ZTF26aaaaaaa")
        os.write(terminal, b"/")
        read_until(terminal, b"words, or")
        os.write(terminal, b"q")
        read_until(terminal, b"0 of 1 targets")
        os.close(terminal)
        assert ended(process), "it lives on without a terminal"
    finally:
        with suppress(ProcessLookupError):
            os.kill(process, 9)
    with closing(sqlite3.connect(db)) as conn:
        kept = dict(conn.execute("SELECT name, value FROM remembered").fetchall())
    assert json.loads(kept["list live-list"])["filter"] == "q"
