"""Rules as a user meets them: configured, listed, tried, switched on, killed in the middle, and their commands."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from kafka_broker import Broker
from packets import SN, TNS, message, sky, spread, write_avro, ztf
from program import Listener, assert_quiet, command, everything, produce, rows, run, wait_until

from fink_tui.store.connection import connect
from fink_tui.store.decisions import decide
from fink_tui.store.hits import hits_after
from fink_tui.store.journal import entries, undo
from fink_tui.store.targets import all_targets, find_targets

RULE = """
[rules.bright]
when = "mag<19 and n>=1"
tag = "bright"
priority = 1
verdict = "follow"
"""


def config(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(text)
    return path


def replay(file: Path, db: Path, settings: Path) -> subprocess.CompletedProcess[str]:
    done = run("replay", file, "--db", db, "--config", settings)
    assert done.returncode == 0, done.stderr
    assert_quiet(done.stderr)
    return done


def tried(name: str, db: Path, settings: Path, *words: str) -> Any:
    done = run("rules", "test", name, "--json", "--db", db, "--config", settings, *words)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def did(db: Path, rule: str) -> list[dict[str, Any]]:
    """What a rule has done, told in the words of `rules test`."""
    with closing(connect(db)) as conn:
        found = []
        for hit in hits_after(conn, 0):
            if hit.rule != rule:
                continue
            source_id = conn.execute("SELECT source_id FROM alerts WHERE id = ?", (hit.alert,)).fetchone()[0]
            what: dict[str, Any] = {"tag": None, "priority": None, "verdict": None}
            for entry in entries(conn):
                if entry.by == f"rule {rule}":
                    what |= {
                        "verdict" if change.field == "status" else change.field: change.after
                        for change in entry.changes
                        if change.target == hit.target
                    }
            found.append({"target": hit.name, "alert": str(source_id), **what})
    return found


def told(rows_: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: row[key] for key in ("target", "alert", "tag", "priority", "verdict")} for row in rows_]


def night(tmp_path: Path) -> Path:
    packets = [packet for _, packet in sky(objects=4) if "candidate" in packet]
    return write_avro(tmp_path / "night.avro", packets)


WORKING = (
    '[rules.rising]\nwhen = "rate<0 and not class~solar"\ntag = "rising"\npriority = 2\n'
    '[rules.deep]\nwhen = "tag=rising and mag<19"\nverdict = "follow"\npriority = 1\n'
    '[rules.junk]\nwhen = "moving=yes or ra>12"\nverdict = "reject"\nenabled = ENABLED\n'
)


def test_a_rule_that_was_tried_does_exactly_that_when_it_is_switched_on(tmp_path: Path) -> None:
    file, before, after = night(tmp_path), tmp_path / "a.db", tmp_path / "b.db"
    replay(file, before, config(tmp_path, ""))
    settings = config(tmp_path, WORKING.replace("ENABLED", "true"))
    stored = everything(before)
    expected = {name: tried(name, before, settings) for name in ("rising", "deep", "junk")}
    assert all(expected.values())
    assert everything(before) == stored and rows(before, "rule_hits") == rows(before, "journal") == 0
    replay(file, after, settings)
    for name, rows_ in expected.items():
        assert told(rows_) == did(after, name), name
    # Tried again where it is on, it tells the same.
    assert tried("rising", after, settings) == expected["rising"]


def test_real_alerts(tmp_path: Path) -> None:
    folder = os.environ.get("FINK_TUI_REAL_ALERTS")
    if not folder:
        pytest.skip("FINK_TUI_REAL_ALERTS names no folder with real alerts")
    text = '[rules.a]\nwhen = "class~SN and mag<19 and alt>-90 and drb>0.5"\ntag = "a"\nverdict = "watch"\n'
    replay(Path(folder), tmp_path / "a.db", config(tmp_path, ""))
    settings = config(tmp_path, text)
    expected = tried("a", tmp_path / "a.db", settings)
    assert len(expected) > 3
    assert tried("a", tmp_path / "a.db", settings, "--night", "1999-01-01") == []
    replay(Path(folder), tmp_path / "b.db", settings)
    assert told(expected) == did(tmp_path / "b.db", "a")


def test_rules_are_listed_and_wrong_ones_shown_at_the_spot(tmp_path: Path) -> None:
    settings = config(tmp_path, RULE + '[rules.typo]\nwhen = "clas~SN"\ntag = "x"\n[rules.idle]\nwhen = "sn"\n')
    db = tmp_path / "a.db"
    done = run("rules", "list", "--db", db, "--config", settings)
    assert done.returncode == 1 and not db.exists()
    assert "bright" in done.stdout and "#bright, priority 1, follow" in done.stdout and "typo" not in done.stdout
    assert done.stderr.splitlines() == [
        "fink-tui: rule typo is not used:",
        "  clas~SN",
        "  ^ no field clas: class?",
        "fink-tui: rule idle is not used: it does nothing: give it tag, priority, verdict, notify or command",
    ]
    # A wrong rule stops nothing, and the others hold.
    done = replay(night(tmp_path), db, settings)
    assert "rule typo is not used: when: no field clas: class? (at 'clas~SN')" in done.stderr
    assert len(did(db, "bright")) > 1
    found = json.loads(run("rules", "list", "--json", "--db", db, "--config", settings).stdout)
    assert found[0]["acted"] == len(did(db, "bright")) and found[0]["last_acted"].endswith("Z")


def test_what_can_be_wrong_with_a_trial(tmp_path: Path) -> None:
    settings = config(tmp_path, RULE + '[rules.typo]\nwhen = "mag<"\ntag = "x"\n')
    db = tmp_path / "a.db"
    for words, code, said in (
        (("brigt",), 2, "no rule brigt: bright?"),
        (("typo",), 2, "      ^ expected a number in mag after mag<"),
        (("bright",), 1, "does not exist yet"),
        ((), 2, "required"),
    ):
        done = run("rules", "test", *words, "--db", db, "--config", settings)
        assert (done.returncode, done.stdout) == (code, "") and said in done.stderr, done.stderr
    run("replay", night(tmp_path), "--db", db)
    done = run("rules", "test", "bright", "--night", "soon", "--db", db, "--config", settings)
    assert (done.returncode, done.stdout) == (2, "") and "expected a date" in done.stderr
    assert run("rules", "--db", db).returncode == 2
    assert "no rules are configured" in run("rules", "list", "--db", db).stderr


def test_kill_9_in_the_middle_neither_loses_nor_doubles_what_rules_do(tmp_path: Path) -> None:
    packets = [ztf(f"ZTF26{n:04}", n + 1, 61100.0, mag=18.0 if n % 2 else 20.0) for n in range(300)]
    file, db = write_avro(tmp_path / "night.avro", packets), tmp_path / "a.db"
    settings = config(tmp_path, RULE)
    for goal in (1, 80):
        process = subprocess.Popen(command("replay", file, "--db", db, "--config", settings), stderr=subprocess.DEVNULL)
        wait_until(lambda goal=goal: rows(db, "rule_hits") >= goal, pause=0.001)  # type: ignore[misc]
        process.kill()
        process.wait()
        with closing(connect(db)) as conn:
            bright = {t.name for t in all_targets(conn) if t.last_mag < 19}
            assert bright == {t.name for t in all_targets(conn) if t.tags == ("bright",) and t.status == "follow"}
    replay(file, db, settings)
    assert rows(db, "rule_hits") == rows(db, "journal") == 150
    replay(file, tmp_path / "b.db", settings)
    assert everything(db) == everything(tmp_path / "b.db")


def test_listen_acts_and_what_was_taken_back_stays_so(broker: Broker, tmp_path: Path) -> None:
    config(tmp_path, RULE)
    db = tmp_path / "listened" / "a.db"
    first = [message(ztf(f"ZTF26{n}", n + 1, 61120.0), SN, n) for n in range(3)]
    produce(broker, first)
    words = ("--config", str(tmp_path / "config.toml"))
    with Listener(broker, db, [SN], "--limit", "3", *words, FINK_TUI_STREAM_START="earliest") as listener:
        assert listener.end() == 0, listener.said()
    with closing(connect(db)) as conn:
        taken = next(entry for entry in entries(conn) if entry.changes[0].target == find_targets(conn, "ZTF260")[0].id)
        undo(conn, taken.id)
        decide(conn, [find_targets(conn, "ZTF261")[0].id], "done")
    for later in [message(ztf(f"ZTF26{n}", n + 11, 61121.0), SN, n + 3) for n in range(4)]:
        broker.produce(SN, later.key, later.value, 0)
    with Listener(broker, db, [SN], "--limit", "4", *words) as listener:
        assert listener.end() == 0, listener.said()
    with closing(connect(db)) as conn:
        assert {t.name: (t.status, t.tags) for t in all_targets(conn)} == {
            "ZTF260": ("new", ()),
            "ZTF261": ("done", ("bright",)),
            "ZTF262": ("follow", ("bright",)),
            "ZTF263": ("follow", ("bright",)),
        }


# Commands.

SCRIPT = """#!{python}
import json, os, pathlib, sys, time
said = json.load(sys.stdin)
folder = pathlib.Path({folder!r})
(folder / f"{{said['target']['name']}}.{{time.time_ns()}}.json").write_text(
    json.dumps([sys.argv[1:], said, [name for name in os.environ if name.endswith(("TOKEN", "PASSWORD"))]])
)
{more}
"""


def script(tmp_path: Path, more: str = "") -> tuple[Path, Path]:
    """A command that keeps what it was given, and the folder it keeps it in."""
    folder = tmp_path / "given"
    folder.mkdir()
    path = tmp_path / "my script"
    path.write_text(SCRIPT.format(python=sys.executable, folder=str(folder), more=more))
    path.chmod(0o755)
    return path, folder


def commanding(tmp_path: Path, program: object, more: str = "") -> Path:
    words = json.dumps([str(program), "$HOME; echo", "--to"])
    return config(tmp_path, f'[rules.go]\nwhen = "mag<19"\ncommand = {words}\n{more}')


def given(folder: Path) -> list[Any]:
    return [json.loads(path.read_text()) for path in sorted(folder.iterdir())]


def log(tmp_path: Path) -> str:
    return (tmp_path / "xdg_state_home" / "fink-tui" / "fink-tui.log").read_text()


def test_a_command_gets_the_alert_and_its_output_is_logged(tmp_path: Path) -> None:
    program, folder = script(tmp_path, more='print("seen \\x1b[31mred\\x07")')
    file = write_avro(tmp_path / "a.avro", [ztf("ZTF26a", 7, 61120.0), ztf("ZTF26b", 8, 61120.0, mag=20.0)])
    done = run(
        "replay", file, "--db", tmp_path / "a.db", "--config", commanding(tmp_path, program),
        env={"FINK_TUI_TOM_TOKEN": "secret", "FINK_TUI_STREAM_PASSWORD": "secret"},
    )  # fmt: skip
    assert done.returncode == 0
    ((words, said, secrets),) = given(folder)
    assert words == ["$HOME; echo", "--to"] and secrets == []
    assert (said["rule"], said["source_id"], said["target"]["name"]) == ("go", "7", "ZTF26a")
    assert said["time"] == "2026-03-21T00:00:00.000Z" and said["mag"] == 18.5 and said["details"]["quality"]
    assert "rule go: ZTF26a: seen  [31mred" in log(tmp_path) and "\x1b" not in log(tmp_path)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("print('no disk'); sys.exit(3)", "failed (exit code 3): no disk"),
        ("time.sleep(60)", "ran for more than 0.5 s and was ended"),
    ],
)
def test_a_command_that_fails_is_said_in_one_line_and_the_rest_goes_on(tmp_path: Path, more: str, said: str) -> None:
    program, folder = script(tmp_path, more)
    settings = commanding(tmp_path, program, "[notify]\ncommand_timeout_s = 0.5\n")
    file = write_avro(tmp_path / "a.avro", [ztf(f"ZTF26{n}", n + 1, 61120.0) for n in range(3)])
    done = replay(file, tmp_path / "a.db", settings)
    assert done.stderr.count(said) == 1, done.stderr
    assert len(given(folder)) == 3


def test_a_command_that_is_not_there(tmp_path: Path) -> None:
    file = write_avro(tmp_path / "a.avro", [ztf("ZTF26a", 1, 61120.0)])
    done = replay(file, tmp_path / "a.db", commanding(tmp_path, tmp_path / "nowhere"))
    assert f"rule go: {tmp_path / 'nowhere'} for ZTF26a can't be run: No such file or directory" in done.stderr


def test_a_command_that_reads_nothing_and_writes_without_end_holds_nobody_up(tmp_path: Path) -> None:
    settings = config(tmp_path, '[rules.go]\nwhen = "mag<19"\ncommand = ["yes"]\n')
    file = write_avro(tmp_path / "a.avro", [ztf("ZTF26a", 1, 61120.0)])
    assert "yes for ZTF26a wrote more than 10 MB and was ended" in replay(file, tmp_path / "a.db", settings).stderr


def test_commands_that_wait_when_it_is_killed_are_run_by_the_next_start_and_none_twice(tmp_path: Path) -> None:
    program, folder = script(tmp_path, more="time.sleep(0.3)")
    settings = commanding(tmp_path, program)
    file, db = write_avro(tmp_path / "a.avro", [ztf(f"ZTF26{n}", n + 1, 61120.0) for n in range(6)]), tmp_path / "a.db"
    process = subprocess.Popen(command("replay", file, "--db", db, "--config", settings), stderr=subprocess.DEVNULL)
    wait_until(lambda: len(given_names(folder)) >= 2)
    process.kill()
    process.wait()
    assert len(given_names(folder)) < 6
    replay(file, db, settings)
    wait_until(lambda: len(given_names(folder)) >= 6)
    names = [name.partition(".")[0] for name in given_names(folder)]
    assert sorted(names) == [f"ZTF26{n}" for n in range(6)]


def given_names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_commands_that_waited_too_long_are_not_run(tmp_path: Path) -> None:
    program, folder = script(tmp_path)
    settings = commanding(tmp_path, program)
    file, db = write_avro(tmp_path / "a.avro", [ztf("ZTF26a", 1, 61120.0)]), tmp_path / "a.db"
    replay(file, db, settings)
    assert len(given(folder)) == 1
    with closing(connect(db)) as conn:
        conn.execute("UPDATE rule_hits SET errand = 'waiting', at = at - 0.5")
    done = replay(file, db, settings)
    assert "commands of rules that waited for more than an hour are not run any more: 1" in done.stderr
    assert len(given(folder)) == 1


def test_a_quit_does_not_wait_for_commands(tmp_path: Path) -> None:
    program, folder = script(tmp_path, more="time.sleep(20)")
    settings = commanding(tmp_path, program)
    file = write_avro(tmp_path / "a.avro", [ztf(f"ZTF26{n}", n + 1, 61120.0) for n in range(3)])
    process = subprocess.Popen(
        command("replay", file, "--db", tmp_path / "a.db", "--config", settings),
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    wait_until(lambda: len(given_names(folder)) == 2)
    began = time.monotonic()
    process.terminate()
    _, said = process.communicate(timeout=20)
    assert time.monotonic() - began < 5.0
    assert process.returncode == 0 and "3 commands of rules are left" in said


# The bell.


def on_a_terminal(*words: str | Path, **env: str) -> bytes:
    """All that a command writes to a terminal."""
    ours, its = pty.openpty()
    process = subprocess.Popen(command(*words), stdout=its, stderr=its, env={**os.environ, "TERM": "foot", **env})
    os.close(its)
    written = b""
    try:
        while part := os.read(ours, 4096):
            written += part
    except OSError:
        pass
    os.close(ours)
    assert process.wait(30) == 0
    return written


def test_the_bell_rings_and_the_desktop_is_told_on_a_terminal_alone(tmp_path: Path) -> None:
    settings = config(tmp_path, '[rules.look]\nwhen = "mag<19"\nnotify = ["bell", "desktop"]\n')
    file = write_avro(tmp_path / "a.avro", [ztf(f"ZTF26{n}", n + 1, 61120.0) for n in range(5)])
    done = replay(file, tmp_path / "a.db", settings)
    assert "rule look: ZTF260, ZTF261, ZTF262 and 2 more" in done.stderr
    assert "\a" not in done.stderr and "\x1b" not in done.stderr
    written = on_a_terminal("replay", file, "--db", tmp_path / "b.db", "--config", settings)
    assert written.count(b"\a") == 1
    assert b"\x1b]777;notify;fink-tui;look: ZTF260, ZTF261, ZTF262 and 2 more\x1b\\" in written


def test_a_flood_rings_no_storm(tmp_path: Path) -> None:
    settings = config(tmp_path, '[rules.look]\nwhen = "mag<19"\nnotify = "bell"\n')
    file = write_avro(tmp_path / "a.avro", [ztf(f"ZTF26{n:04}", n + 1, 61120.0) for n in range(400)])
    said = replay(file, tmp_path / "a.db", settings).stderr
    told_ = [line for line in said.splitlines() if line.startswith("rule look: ")]
    # The first batch at once, the rest when its time has come or at the end.
    assert 2 <= len(told_) < 5 and said.count("ZTF260000") == 1
    more = [int(line.split("and ")[1].split()[0]) for line in told_]
    assert sum(more) + 3 * len(told_) == 400


def test_the_dashboard_tells_what_rules_did_also_in_another_program(tmp_path: Path) -> None:
    settings = config(
        tmp_path, '[rules.look]\nwhen = "mag<19"\nnotify = ["bell", "desktop"]\n[rules.bad]\nwhen = "x="\n'
    )
    db = tmp_path / "a.db"
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    process = subprocess.Popen(
        command("--db", db, "--config", settings), stdin=its, stdout=its, stderr=its,
        env={**os.environ, "TERM": "foot"},
    )  # fmt: skip
    os.close(its)
    written = bytearray()

    def has(part: bytes) -> bool:
        with suppress(OSError):
            while select.select([ours], [], [], 0.05)[0]:
                written.extend(os.read(ours, 65536))
        return part in written

    wait_until(lambda: has(b"rule bad is not used"))
    file = write_avro(tmp_path / "a.avro", [ztf("ZTF26abc", 1, 61120.0)])
    replay(file, db, settings)
    wait_until(lambda: has(b"\x1b]777;notify;fink-tui;look: ZTF26abc\x1b\\\a"))
    wait_until(lambda: has(b"") and written.count(b"look: ZTF26abc") > 1)
    os.write(ours, b"q")
    # What is still written must be read, or the program waits for it.
    wait_until(lambda: has(b"") and process.poll() is not None)
    os.close(ours)
    assert process.returncode == 0


def test_rules_act_on_what_leaves_the_quarantine(tmp_path: Path) -> None:
    db, settings = tmp_path / "a.db", config(tmp_path, RULE)
    connect(db).close()
    key, value = message(ztf("ZTF26a", 1, 61120.0), SN).key, message(ztf("ZTF26a", 1, 61120.0), SN).value
    from fink_tui.alerts.arrival import Batch, Message, Undecodable
    from fink_tui.store.alerts import write_batch

    with closing(connect(db)) as conn:
        write_batch(conn, Batch(undecodable=(Undecodable(Message("c", SN, 0, 1, key, value), "not understood then"),)))
    assert run("replay", "quarantine", "--db", db, "--config", settings).returncode == 0
    assert [row["target"] for row in did(db, "bright")] == ["ZTF26a"]


def test_spread_over_topics_and_partitions_the_same_targets_are_acted_on(broker: Broker, tmp_path: Path) -> None:
    text = '[rules.tns]\nwhen = "topic~tns"\ntag = "tns"\n[rules.curve]\nwhen = "n>=4 or detections>3"\npriority = 1\n'
    settings = config(tmp_path, text)
    messages = [m for m in spread(sky(objects=2)) if m.topic in (SN, TNS)]
    produce(broker, messages)
    db = tmp_path / "listened" / "a.db"
    limit = ("--limit", str(len(messages)), "--config", str(settings))
    with Listener(broker, db, [SN, TNS], *limit, FINK_TUI_STREAM_START="earliest") as listener:
        assert listener.end() == 0, listener.said()
    tagged = {row["target"] for row in did(db, "tns")}
    assert tagged == {name for name, text in everything(db).items() if TNS in json.loads(text)["topics"]}
    assert told(tried("tns", db, settings)) == did(db, "tns")
