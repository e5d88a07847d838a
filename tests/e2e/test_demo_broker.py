"""The simulated Fink as a process: read over a real socket with fink-client as it is, and stopped in every way."""

from __future__ import annotations

import ast
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import fink_tui.demo

DEMO = Path(fink_tui.demo.__file__).parent


@pytest.fixture(scope="module")
def demo() -> Iterator[fink_tui.demo.Demo]:
    with fink_tui.demo.start(seed=3, speed=600.0) as running:
        yield running


def test_fink_client_reads_both_surveys(demo: fink_tui.demo.Demo) -> None:
    received = list(_read(demo, enough=60))
    surveys = {"lsst" if "diaSource" in alert else "ztf" for _, alert in received}
    assert len(received) == 60
    assert surveys == {"ztf", "lsst"}
    for topic, alert in received:
        assert topic in demo.topics
        assert topic.endswith("_lsst" if "diaSource" in alert else "_ztf")


def test_alerts_go_on_coming(demo: fink_tui.demo.Demo) -> None:
    # At this speed far more is sent within a few seconds than what waited at the start.
    assert len(list(_read(demo, enough=140))) == 140


def test_a_seed_and_a_speed_that_make_no_sense_are_named() -> None:
    with pytest.raises(fink_tui.demo.DemoNotStarted, match="--speed must be more than 0"):
        fink_tui.demo.start(speed=0.0)


def test_a_start_that_takes_too_long_is_given_up() -> None:
    began = time.monotonic()
    with pytest.raises(fink_tui.demo.DemoNotStarted, match="did not start within"):
        fink_tui.demo.start(timeout=0.01)
    assert time.monotonic() - began < 2.0


def test_leaving_the_block_ends_the_process() -> None:
    with fink_tui.demo.start(seed=1) as running:
        assert _is_alive(running.pid)
    assert not _is_alive(running.pid)
    running.stop()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, None])
def test_it_stops_within_a_second_and_without_a_word(how: signal.Signals | None) -> None:
    """On either signal, and when whoever holds the other end of its standard input is gone."""
    process = _broker()
    assert process.stdin is not None and process.stdout is not None and process.stderr is not None
    assert process.stdout.readline().startswith(b'{"bootstrap": "127.0.0.1:')
    began = time.monotonic()
    if how is None:
        process.stdin.close()
    else:
        process.send_signal(how)
    assert process.wait(5) == 0
    assert time.monotonic() - began < 1.0
    assert process.stdout.read() == process.stderr.read() == b""


def test_it_dies_with_a_parent_that_is_killed() -> None:
    script = "import time, fink_tui.demo; print(fink_tui.demo.start().pid, flush=True); time.sleep(60)"
    places = os.pathsep.join(place or os.getcwd() for place in sys.path)
    parent = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": places}
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    assert _is_alive(pid)
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 2.0
    while _is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _is_alive(pid)


def test_the_demo_imports_nothing_of_the_program() -> None:
    for file in sorted(DEMO.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            for name in _imported(node):
                inside = name == "fink_tui.demo" or name.startswith("fink_tui.demo.")
                assert inside or name.split(".")[0] != "fink_tui", f"{file.name} imports {name}"


def test_importing_the_demo_is_cheap() -> None:
    script = (
        "import sys, fink_tui.demo; "
        "heavy = {'numpy', 'astropy', 'confluent_kafka', 'fastavro', 'fink_client', 'textual'} & sys.modules.keys(); "
        "sys.exit(', '.join(heavy) or 0)"
    )
    places = os.pathsep.join(place or os.getcwd() for place in sys.path)
    subprocess.run([sys.executable, "-c", script], check=True, env={**os.environ, "PYTHONPATH": places})


def _read(demo: fink_tui.demo.Demo, enough: int) -> Iterator[tuple[str, dict[str, Any]]]:
    from fink_client.consumer import AlertConsumer

    # A group of its own each time: the mock broker makes a second member of a group wait for the first.
    config = {"group.id": f"test-{time.monotonic_ns()}", "bootstrap.servers": demo.servers}
    deadline = time.monotonic() + 30.0
    with contextlib.closing(AlertConsumer(list(demo.topics), config, "ztf")) as consumer:
        while enough and time.monotonic() < deadline:
            topic, alert, _ = consumer.poll(timeout=1.0)
            if alert is not None:
                enough -= 1
                yield topic, alert


def _broker() -> subprocess.Popen[bytes]:
    places = os.pathsep.join(place or os.getcwd() for place in sys.path)
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "fink_tui.demo.broker", "--seed", "2"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": places},
    )


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{'.' * node.level}{node.module or ''}"] if not node.level else ["fink_tui"]
    return []
