"""`backup` while a listener and the dashboard write, and `restore`: nothing is lost, whatever is in the way."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from dashboard import live, running, until
from kafka_broker import Broker
from packets import arrival, write_avro, ztf
from program import Listener, everything, produce, rows, run

from fink_tui.feed import Feed
from fink_tui.log import open_log
from fink_tui.settings import load_settings
from fink_tui.store.backup import check, restore
from fink_tui.store.connection import StoreError, connect
from fink_tui.store.decisions import decide
from fink_tui.store.targets import all_targets
from fink_tui.ui.app import FinkApp

TOPIC = "fink_sn_candidates_ztf"


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return filled(tmp_path / "a.db", "ZTF26aaaaaaa", "ZTF26aaaaaab")


def filled(path: Path, *names: str) -> Path:
    file = write_avro(path.with_suffix(".avro"), [ztf(name, i, 61120.0 + i) for i, name in enumerate(names, 1)])
    assert run("replay", file, "--db", path).returncode == 0
    with closing(connect(path)) as conn:
        decide(conn, [all_targets(conn)[0].id], "follow")
    return path


def backed_up(db: Path, to: Path) -> Path:
    done = run("backup", to, "--db", db)
    assert done.returncode == 0, done.stderr
    return to


def asides(db: Path) -> list[Path]:
    return sorted(db.parent.glob(f"{db.stem}-before-restore-*.db"))


def test_a_copy_is_private_checked_and_never_written_over(db: Path, tmp_path: Path) -> None:
    to = tmp_path / "copy.db"
    done = run("backup", to, "--db", db)
    assert (done.returncode, done.stdout) == (0, "")
    assert "MB, 2 targets, 2 alerts, checked" in done.stderr
    assert to.stat().st_mode & 0o777 == 0o600
    assert everything(to) == everything(db)
    before = to.read_bytes()
    again = run("backup", to, "--db", db)
    assert again.returncode == 1 and "exists already: nothing is written over" in again.stderr
    assert to.read_bytes() == before
    assert run("backup", tmp_path / "no" / "where.db", "--db", db).returncode == 1
    assert not list(tmp_path.glob(".copy*")) and not list(tmp_path.glob(".where*"))


def test_a_copy_comes_back_and_what_was_there_is_kept(db: Path, tmp_path: Path) -> None:
    to = backed_up(db, tmp_path / "copy.db")
    wanted = everything(to)
    with closing(connect(db)) as conn:
        decide(conn, [target.id for target in all_targets(conn)], "reject")
    later = everything(db)
    done = run("restore", to, "--db", db)
    assert done.returncode == 0, done.stderr
    (aside,) = asides(db)
    assert f"what was there is kept: {aside}" in done.stderr
    assert everything(db) == wanted and everything(aside) == later and everything(to) == wanted
    assert aside.stat().st_mode & 0o777 == db.stat().st_mode & 0o777 == 0o600
    assert run("restore", aside, "--db", db).returncode == 0
    assert everything(db) == later


def test_where_there_is_no_database_yet_there_is_one_then(db: Path, tmp_path: Path) -> None:
    to = backed_up(db, tmp_path / "copy.db")
    fresh = tmp_path / "new" / "b.db"
    assert run("restore", to, "--db", fresh).returncode == 0
    assert everything(fresh) == everything(db) and not asides(fresh)


def test_a_damaged_database_is_kept_as_it_is(db: Path, tmp_path: Path) -> None:
    to = backed_up(db, tmp_path / "copy.db")
    wanted = everything(to)
    db.write_bytes(b"not a database" * 1000)
    done = run("restore", to, "--db", db)
    assert done.returncode == 0, done.stderr
    (aside,) = asides(db)
    assert aside.read_bytes().startswith(b"not a database") and everything(db) == wanted


@pytest.mark.parametrize("kind", ["missing", "empty", "text", "other", "newer", "cut", "itself"])
def test_what_is_no_sound_copy_is_refused(db: Path, tmp_path: Path, kind: str) -> None:
    wrong = tmp_path / f"{kind}.db"
    if kind == "empty":
        wrong.touch()
    elif kind == "text":
        wrong.write_text("name,ra,dec\n" * 100)
    elif kind == "other":
        with closing(sqlite3.connect(wrong)) as conn:
            conn.execute("CREATE TABLE targets (x)")
    elif kind in ("newer", "cut"):
        backed_up(db, wrong)
        if kind == "newer":
            with closing(sqlite3.connect(wrong)) as conn:
                conn.execute("PRAGMA user_version = 9999")
        else:
            wrong.write_bytes(wrong.read_bytes()[: wrong.stat().st_size // 2])
    before = everything(db)
    done = run("restore", db if kind == "itself" else wrong, "--db", db)
    assert done.returncode == 1 and done.stderr.count("\n") == 1, done.stderr
    assert everything(db) == before and not asides(db)


def test_a_listener_goes_on_while_a_copy_is_made_and_keeps_restore_out(broker: Broker, tmp_path: Path) -> None:
    db = tmp_path / "a.db"
    messages = [arrival(ztf(f"ZTF26aaaa{i:03d}", i, 61120.0), topic=TOPIC, offset=i).message for i in range(1, 201)]
    produce(broker, messages[:100], 1)
    with Listener(broker, db, [TOPIC], "--from", "earliest") as listener:
        listener.wait_for(100)
        to = backed_up(db, tmp_path / "copy.db")
        assert check(to)[1] >= 100
        for message in messages[100:]:
            broker.produce(message.topic, message.key, message.value, message.partition)
        refused = run("restore", to, "--db", db)
        assert refused.returncode == 1 and "another fink-tui has it open" in refused.stderr
        listener.wait_for(200)
        assert listener.stop()[0] == 0
    assert run("restore", to, "--db", db).returncode == 0
    assert rows(db, "alerts") == check(to)[1]
    # The offsets are those of the copy: what came after it is read again.
    with Listener(broker, db, [TOPIC], "--timeout", "3") as listener:
        listener.wait_for(200)
    assert rows(db, "alerts") == 200


async def test_the_dashboard_goes_on_while_a_copy_is_made(db: Path, tmp_path: Path) -> None:
    settings = load_settings(None)
    app = FinkApp(db, Feed(db, settings, [], open_log(tmp_path / "log")), settings)
    async with running(app) as pilot:
        await until(pilot, lambda: live(app).rows.count_all == 2)
        to = backed_up(db, tmp_path / "copy.db")
        with pytest.raises(StoreError, match="another fink-tui has it open"):
            restore(to, db)
        await pilot.press("x")
        await until(pilot, lambda: any(target.status == "reject" for target in live(app).rows.all_rows()))
    assert "reject" in "".join(everything(db).values())
    assert "reject" not in "".join(everything(to).values())
