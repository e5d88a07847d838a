"""The commands of rules: each gets its alert as JSON on the standard input, without a shell, two at a time.

They wait in the database, so that none is lost where the program ends; none is begun twice. Nothing here waits: the
owner calls `turn` again and again.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import IO

from fink_tui.alerts.times import now
from fink_tui.output.records import alert_record, target_record
from fink_tui.output.tables import plain
from fink_tui.rules.rule import Rule
from fink_tui.store.hits import Hit, begin_errand, expire_errands, waiting_errands
from fink_tui.store.targets import read_alert, read_targets

AT_ONCE = 2
# Later than this after its alert a command is not begun.
_FRESH_DAYS = 1.0 / 24.0
_LOGGED_BYTES = 8000
_MOST_BYTES = 10_000_000
# Of a command that fails for every alert, say so once in a while.
_SAID_S = 60.0


@dataclass(slots=True)
class _Running:
    hit: Hit
    rule: Rule
    process: subprocess.Popen[bytes]
    output: IO[bytes]
    deadline: float
    ended: str = ""


class Errands:
    """Runs the commands of rules. `notes` gets a line for each failure, for the owner to say and take away."""

    def __init__(self, rules: Sequence[Rule], limit_s: float, log: logging.Logger) -> None:
        self.notes: list[str] = []
        self._rules = {rule.name: rule for rule in rules if rule.enabled and rule.command}
        self._limit_s, self._log = limit_s, log
        self._running: list[_Running] = []
        self._said: dict[str, float] = {}

    def turn(self, conn: sqlite3.Connection) -> int:
        """End what has run its time, begin what waits; how many run or wait. Raises sqlite3.Error."""
        if not self._rules:
            return 0
        self._running = [running for running in self._running if not self._is_over(running)]
        waiting = waiting_errands(conn, tuple(self._rules))
        if waiting and (late := expire_errands(conn, now() - _FRESH_DAYS)):
            self.notes.append(f"commands of rules that waited for more than an hour are not run any more: {late:,}")
        while waiting and len(self._running) < AT_ONCE:
            hit = begin_errand(conn, self._rules)
            if hit is None:
                break
            waiting -= 1
            self._begin(conn, hit, self._rules[hit.rule])
        return len(self._running) + waiting

    def _begin(self, conn: sqlite3.Connection, hit: Hit, rule: Rule) -> None:
        alert, targets = read_alert(conn, hit.alert), read_targets(conn, [hit.target])
        if alert is None or not targets:
            return
        record = {"rule": rule.name, "target": target_record(targets[0])} | alert_record(alert)
        try:
            process, output = _started(rule.command, json.dumps(record, allow_nan=False).encode())
        except OSError as error:
            self._fail(rule, hit, f"can't be run: {error.strerror}")
            return
        self._log.info("rule %s: %s for %s", plain(rule.name), plain(rule.command[0]), plain(hit.name))
        self._running.append(_Running(hit, rule, process, output, time.monotonic() + self._limit_s))

    def _is_over(self, running: _Running) -> bool:
        code = running.process.poll()
        if code is None:
            running.ended = running.ended or self._ended(running)
            return False
        said = self._output(running)
        if running.ended:
            self._fail(running.rule, running.hit, f"{running.ended} and was ended")
        elif code:
            self._fail(running.rule, running.hit, f"failed (exit code {code}){f': {said}' if said else ''}")
        return True

    def _ended(self, running: _Running) -> str:
        """Kill a command, with all it began, that does too much, without waiting for its end; why, or ""."""
        if time.monotonic() > running.deadline:
            why = f"ran for more than {self._limit_s:g} s"
        elif os.fstat(running.output.fileno()).st_size > _MOST_BYTES:
            why = f"wrote more than {_MOST_BYTES // 1_000_000} MB"
        else:
            return ""
        with suppress(ProcessLookupError):
            os.killpg(running.process.pid, signal.SIGKILL)
        return why

    def _output(self, running: _Running) -> str:
        """Write the end of a command's output to the log; its last line."""
        with running.output as output:
            output.seek(max(0, output.seek(0, os.SEEK_END) - _LOGGED_BYTES))
            lines = output.read(_LOGGED_BYTES).decode(errors="replace").splitlines()
        shown = [plain(line) for line in lines if line.strip()]
        for line in shown:
            self._log.info("rule %s: %s: %s", plain(running.rule.name), plain(running.hit.name), line)
        return shown[-1][:200] if shown else ""

    def _fail(self, rule: Rule, hit: Hit, why: str) -> None:
        text = f"rule {rule.name}: {rule.command[0]} for {hit.name} {why}"
        self._log.warning("%s", plain(text))
        moment = time.monotonic()
        if moment - self._said.get(rule.name, -_SAID_S) >= _SAID_S:
            self._said[rule.name] = moment
            self.notes.append(text)


def _started(command: Sequence[str], given: bytes) -> tuple[subprocess.Popen[bytes], IO[bytes]]:
    """A command that has begun, and the file its output goes to. Raises OSError."""
    # Files, not pipes: a command that reads nothing or writes much holds nobody up, and outlives a quit.
    with tempfile.TemporaryFile() as stdin, ExitStack() as held:
        stdin.write(given)
        stdin.seek(0)
        output = held.enter_context(tempfile.TemporaryFile())
        process = subprocess.Popen(
            command, stdin=stdin, stdout=output, stderr=output, start_new_session=True, env=_environment()
        )
        held.pop_all()
        return process, output


def _environment() -> dict[str, str]:
    """The program's own, without its secrets."""
    return {
        name: value
        for name, value in os.environ.items()
        if not (name.startswith("FINK_") and name.endswith(("PASSWORD", "TOKEN")))
    }
