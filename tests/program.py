"""Running the program as people do: as a process of its own."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Any

from kafka_broker import Broker

from fink_tui.alerts.arrival import Message

ROOT = Path(__file__).parents[1]
# What librdkafka, Python and loggers would write if they were let.
NOISE = ("%3|", "%4|", "%5|", "rdkafka", "thrd:", "Traceback", "Error:", "Warning:", "INFO", "WARNING")


def command(*args: str | Path) -> list[str]:
    """The command line of the program."""
    return [sys.executable, "-m", "fink_tui", *map(str, args)]


def run(*args: str | Path, env: dict[str, str] | None = None, timeout: float = 60) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        command(*args), capture_output=True, text=True, timeout=timeout, cwd=ROOT, env={**os.environ, **(env or {})}
    )


def produce(broker: Broker, messages: Iterable[Message], partitions: int = 10) -> None:
    """Produce messages as Fink does, each to its partition, in this order."""
    made: set[str] = set()
    for message in messages:
        if message.topic not in made:
            broker.topic(message.topic, partitions)
            made.add(message.topic)
        broker.produce(message.topic, message.key, message.value, message.partition)


class Listener:
    """A running `fink-tui listen`. Without a group of its own it has one that nobody shares."""

    def __init__(
        self, broker: Broker | str, db: Path, topics: Sequence[str], *args: str, group: str | None = None, **env: str
    ) -> None:
        servers = broker if isinstance(broker, str) else broker.servers
        named = [word for topic in topics for word in ("--topic", topic)]
        variables = {"FINK_TUI_STREAM_SERVERS": servers, "FINK_TUI_STREAM_GROUP_ID": group or uuid.uuid4().hex}
        self.db = db
        db.parent.mkdir(parents=True, exist_ok=True)
        self._words = db.with_name(f"{uuid.uuid4().hex}.err")
        with self._words.open("wb") as words:
            self.process = subprocess.Popen(
                command("listen", *named, "--db", db, *args),
                stdout=words,
                stderr=words,
                cwd=ROOT,
                env={**os.environ, **variables, **env},
            )

    def __enter__(self) -> Listener:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def said(self) -> str:
        """All it has written so far."""
        return self._words.read_text()

    def kill(self) -> None:
        """As `kill -9`."""
        self.process.kill()
        self.process.wait(10)

    def end(self, timeout: float = 60) -> int:
        """Wait for it to end by itself; its exit code."""
        return self.process.wait(timeout)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """Ask it to stop: exit code, seconds it took."""
        began = time.monotonic()
        self.process.send_signal(number)
        code = self.process.wait(30)
        return code, time.monotonic() - began

    def wait_for(self, count: int, table: str = "arrivals", timeout: float = 40) -> None:
        """Until so many rows are in the database."""
        wait_until(lambda: rows(self.db, table) >= count or self.process.poll() is not None, timeout)
        assert rows(self.db, table) >= count, self.said()

    def wait_to_say(self, words: str, timeout: float = 40) -> None:
        """Until it has said so."""
        wait_until(lambda: words in self.said() or self.process.poll() is not None, timeout)
        assert words in self.said(), self.said()


def wait_until(is_so: Callable[[], bool], timeout: float = 40, pause: float = 0.02) -> None:
    """Until something is so; fails after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while not is_so():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(pause)


def rows(db: Path, table: str = "arrivals") -> int:
    """How many rows a table of the database has; 0 where there is no database yet."""
    if not db.exists():
        return 0
    try:
        with closing(sqlite3.connect(f"{db.as_uri()}?mode=ro", uri=True, timeout=5)) as conn:
            return int(conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def shown(db: Path, name: str) -> Any:
    """What `fink-tui show NAME --json` tells of its alerts, without its place, what can be seen of it now, and TOMs."""
    from fink_tui.output.sky import PLACE

    done = run("show", name, "--json", "--db", db)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return {key: value for key, value in json.loads(done.stdout).items() if key not in ("visibility", "toms", *PLACE)}


def everything(db: Path) -> dict[str, str]:
    """What `show --json` tells of every target, without a process for each."""
    from fink_tui.output.records import view_record
    from fink_tui.store.connection import connect
    from fink_tui.store.targets import all_targets, view_target

    found = {}
    with closing(connect(db)) as conn:
        for target in all_targets(conn):
            view = view_target(conn, target.id)
            assert view is not None
            found[target.name] = json.dumps(view_record(view), allow_nan=False)
    return found


def assert_quiet(text: str) -> None:
    """Nothing in it is from anyone but the program."""
    for noise in NOISE:
        assert noise not in text, text
