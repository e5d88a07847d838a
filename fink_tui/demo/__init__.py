"""A simulated Fink: alerts in the form of the real ones, on a Kafka broker and a REST API of its own, on loopback;
and beside it the TOM of a group.

    with fink_tui.demo.start(seed=1, speed=30) as demo:
        ...  # demo.servers, demo.topics
    with fink_tui.demo.start_api(seed=1) as api:
        ...  # api.ztf_url, api.lsst_url
    with fink_tui.demo.start_tom(seed=1) as tom:
        ...  # tom.url, tom.token

Each runs in a process of its own and is spoken to over the network alone.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

DEFAULT_SEED = 1
DEFAULT_SPEED = 30.0  # simulated seconds per second: a night in some twenty minutes
START_TIMEOUT = 20.0  # seconds
_STOP_TIMEOUT = 2.0  # seconds


class DemoNotStarted(RuntimeError):
    """The simulated Fink did not come up; the message says what failed, with its last words."""


@dataclass(slots=True)
class _Running:
    """A stand-in in a process of its own, which ends with the `with` block."""

    _process: subprocess.Popen[str]

    @property
    def pid(self) -> int:
        """The process it runs in."""
        return self._process.pid

    def stop(self) -> None:
        """End it; takes less than a second, and does nothing when it has ended."""
        _end(self._process)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


@dataclass(slots=True)
class Demo(_Running):
    """A running simulation: `servers` is the Kafka bootstrap address, `topics` what is sent."""

    servers: str
    topics: tuple[str, ...]


@dataclass(slots=True)
class Api(_Running):
    """A running stand-in for Fink's two REST APIs, by their base addresses."""

    ztf_url: str
    lsst_url: str


@dataclass(slots=True)
class Tom(_Running):
    """A running stand-in for a TOM: its address, an observer's account on it, and the group that should see targets."""

    url: str
    token: str
    user: str
    password: str
    group: str


def start(seed: int = DEFAULT_SEED, speed: float = DEFAULT_SPEED, timeout: float = START_TIMEOUT) -> Demo:
    """Start a simulated Fink and wait for its first alerts; raises DemoNotStarted.

    `seed` chooses the sky, `speed` is simulated seconds per second, `timeout` in seconds.
    """
    options = ["--seed", str(seed), "--speed", str(speed)]
    process, said = _started("fink_tui.demo.broker", options, {"bootstrap", "topics"}, timeout)
    return Demo(process, said["bootstrap"], tuple(said["topics"]))


def start_api(
    seed: int = DEFAULT_SEED,
    alerts: Sequence[str | Path] = (),
    delay: float = 0.0,
    timeout: float = START_TIMEOUT,
) -> Api:
    """Start a stand-in for Fink's REST APIs of both surveys and wait until it answers; raises DemoNotStarted.

    It serves the sky of `seed`, or the alerts in the Avro files and folders `alerts`; every answer comes `delay`
    seconds late; `timeout` in seconds.
    """
    options = ["--seed", str(seed), "--delay", str(delay)]
    if alerts:
        options += ["--alerts", *map(str, alerts)]
    process, said = _started("fink_tui.demo.api", options, {"ztf", "lsst"}, timeout)
    return Api(process, said["ztf"], said["lsst"])


def start_tom(seed: int = DEFAULT_SEED, version: str = "3.1", timeout: float = START_TIMEOUT) -> Tom:
    """Start a stand-in for a TOM of a version of TOM Toolkit, "3.1" or "2.32", and wait until it answers.

    Some of the sky of `seed` is on it; `timeout` in seconds. Raises DemoNotStarted.
    """
    expected = {"tom", "token", "user", "password", "group"}
    process, said = _started("fink_tui.demo.tom", ["--seed", str(seed), "--version", version], expected, timeout)
    return Tom(process, said["tom"], said["token"], said["user"], said["password"], said["group"])


def _started(
    module: str, options: list[str], expected: set[str], timeout: float
) -> tuple[subprocess.Popen[str], dict[str, Any]]:
    """Run a module and read the line of JSON with which it says that it is ready."""
    with tempfile.TemporaryFile() as complaints:
        try:
            process = _launch(module, options, complaints)
        except OSError as error:
            raise DemoNotStarted(f"the simulated Fink could not be run: {error}") from error
        line = _first_line(process, timeout)
        if line:
            with contextlib.suppress(ValueError, TypeError):
                said = json.loads(line)
                if expected <= set(said):
                    return process, said
        ended = process.poll()
        _end(process)
        raise DemoNotStarted(_reason(line, ended, timeout, complaints))


def _launch(module: str, options: list[str], complaints: IO[bytes]) -> subprocess.Popen[str]:
    # Warnings are off: what is read back from the standard error is to be why it failed.
    command = [sys.executable, "-P", "-W", "ignore", "-m", module, *options]
    # The child looks for modules where its parent does: it must be of the same version, installed or not.
    places = os.pathsep.join(place or os.getcwd() for place in sys.path)
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=complaints,
        text=True,
        env={**os.environ, "PYTHONPATH": places},
        start_new_session=True,  # Ctrl-C in the terminal is for the program, which then stops this one
    )


def _first_line(process: subprocess.Popen[str], timeout: float) -> str | None:
    """What the process says first, "" when it ends without a word, None when the time is over."""
    said: queue.Queue[str] = queue.Queue()
    assert process.stdout is not None
    reader = threading.Thread(target=lambda out: said.put(out.readline()), args=(process.stdout,), daemon=True)
    reader.start()
    try:
        return said.get(timeout=timeout)
    except queue.Empty:
        return None


def _reason(line: str | None, ended: int | None, timeout: float, complaints: IO[bytes]) -> str:
    if line is None:
        what = f"the simulated Fink did not start within {timeout:.0f} s"
    elif line:
        what = f"the simulated Fink said something unexpected: {line.strip()[:200]}"
    else:
        what = "the simulated Fink ended before it had started" + (f" (exit code {ended})" if ended is not None else "")
    complaints.seek(0)
    last = complaints.read().decode(errors="replace").strip().splitlines()[-5:]
    return "\n".join([what, *last])


def _end(process: subprocess.Popen[str]) -> None:
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()
    process.terminate()
    try:
        process.wait(_STOP_TIMEOUT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()
