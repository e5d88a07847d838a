"""`fink-tui replay`: files, folders and stored nights take the way that live alerts take."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import time
from contextlib import closing
from pathlib import Path

import pytest
from packets import lsst, moving, sky, write_avro, ztf
from program import assert_quiet, command, everything, rows, run, shown

from fink_tui.fink.files import read_messages
from fink_tui.store.connection import connect

STARS = [ztf(f"ZTF26star{n}", 3367463101415010117 + n, 61120.25 + n / 64) for n in range(30)]


@pytest.mark.parametrize("codec", ["null", "deflate", "snappy"])
def test_a_file_of_any_codec_and_twice_is_once(tmp_path: Path, codec: str) -> None:
    file, db = write_avro(tmp_path / "night.avro", STARS, codec), tmp_path / "a.db"
    for new in (30, 0):
        done = run("replay", file, "--db", db)
        assert (done.returncode, done.stdout) == (0, "")
        assert f"{new} of them new" in done.stderr
        assert_quiet(done.stderr)
    assert (rows(db), rows(db, "alerts")) == (30, 30)
    assert shown(db, "ZTF26star3")["alerts"][0]["source_id"] == "3367463101415010120"


def test_a_folder_with_gzipped_files_of_both_surveys(tmp_path: Path) -> None:
    folder, db = tmp_path / "files" / "deep", tmp_path / "a.db"
    folder.mkdir(parents=True)
    write_avro(folder / "one.avro", STARS[:10])
    write_avro(folder / "two.avro", [lsst(5, 170028485706776685, 61120.0), moving(6, "2004 JQ12", 61120.0)])
    whole = write_avro(tmp_path / "rest.avro", STARS[10:])
    (folder / "rest.avro.gz").write_bytes(gzip.compress(whole.read_bytes()))
    (folder / "notes.txt").write_text("no alerts")
    assert run("replay", folder.parent, "--db", db).returncode == 0
    assert set(everything(db)) == {f"ZTF26star{n}" for n in range(30)} | {"170028485706776685", "2004 JQ12"}


def test_a_file_that_breaks_off_gives_what_it_has_and_says_so(tmp_path: Path) -> None:
    file, db = write_avro(tmp_path / "night.avro", STARS), tmp_path / "a.db"
    count = 0
    content = file.read_bytes()
    file.write_bytes(content[: len(content) - 40])
    done = run("replay", file, "--db", db)
    count = rows(db)
    assert done.returncode == 1 and "night.avro" in done.stderr
    assert count + rows(db, "quarantine") <= 30
    assert_quiet(done.stderr)


@pytest.mark.parametrize("content", [b"", b"Obj\x01", b"SIMPLE  =", b"\x1f\x8b\x08"])
def test_what_is_no_avro_file_is_named(tmp_path: Path, content: bytes) -> None:
    for name in ("a.avro", "a.avro.gz"):
        file = tmp_path / name
        file.write_bytes(content)
        done = run("replay", file, "--db", tmp_path / "a.db")
        assert done.returncode == 1
        assert name in done.stderr
        assert_quiet(done.stderr)


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for what in ("nowhere.avro", "2026-02-30", str(tmp_path / "empty")):
        done = run("replay", what, "--db", tmp_path / "a.db")
        assert (done.returncode, done.stdout) == (1, "")
        assert what in done.stderr
    assert run("replay", "--db", tmp_path / "a.db").returncode == 2
    assert run("replay", "x", "--speed", "0", "--db", tmp_path / "a.db").returncode == 2
    assert run("replay", "x", "--speed", "fast", "--db", tmp_path / "a.db").returncode == 2


def test_a_stored_night_replayed_changes_nothing(tmp_path: Path) -> None:
    db = tmp_path / "a.db"
    for kind in ("ztf", "lsst"):
        packets = [p for _, p in sky() if ("candidate" in p) == (kind == "ztf") and "triggerId" not in p]
        assert run("replay", write_avro(tmp_path / f"{kind}.avro", packets), "--db", db).returncode == 0
    before = everything(db)
    night = shown(db, "ZTF26aaaaaaa")["alerts"][0]["time"][:10]
    # Noon at Palomar is 19:47 UTC: what was observed after midnight UTC belongs to the evening before.
    from datetime import date, timedelta

    evening = (date.fromisoformat(night) - timedelta(days=1)).isoformat()
    done = run("replay", evening, "--db", db)
    assert done.returncode == 0 and "0 of them new" in done.stderr
    assert everything(db) == before
    done = run("replay", "1999-01-01", "--db", db)
    assert done.returncode == 0 and "0 alerts stored" in done.stderr


def test_a_night_whose_alerts_were_lost_comes_back_from_its_packets(tmp_path: Path) -> None:
    db, file = tmp_path / "a.db", write_avro(tmp_path / "a.avro", STARS)
    run("replay", file, "--db", db)
    with closing(connect(db)) as conn:
        before = everything(db)
        conn.execute("UPDATE alerts SET revision = '', class = 'wrong'")
    assert run("replay", "2026-03-20", "--db", db).returncode == 0
    assert {name: json.loads(text)["class"] for name, text in everything(db).items()} == {
        name: json.loads(text)["class"] for name, text in before.items()
    }


def test_alerts_come_at_the_pace_asked_for_and_a_signal_stops_it(tmp_path: Path) -> None:
    minute = 1.0 / 1440
    file = write_avro(tmp_path / "a.avro", [ztf(f"ZTF26{n}", n + 1, 61120.0 + n * minute) for n in range(3)])
    began = time.monotonic()
    assert run("replay", file, "--speed", "60", "--db", tmp_path / "a.db").returncode == 0
    assert time.monotonic() - began > 2.0
    assert rows(tmp_path / "a.db") == 3
    slow = subprocess.Popen(
        command("replay", file, "--speed", "0.1", "--db", tmp_path / "b.db"), stderr=subprocess.PIPE, env={**os.environ}
    )
    while rows(tmp_path / "b.db") < 1:
        time.sleep(0.05)
    began = time.monotonic()
    slow.terminate()
    slow.communicate(timeout=20)
    assert time.monotonic() - began < 3.0
    assert (slow.returncode, rows(tmp_path / "b.db")) == (0, 1)


def test_each_record_becomes_the_message_it_was(tmp_path: Path) -> None:
    from packets import encode, understood

    file = write_avro(tmp_path / "a.avro", STARS[:3], "snappy")
    messages = list(read_messages(file))
    assert [m.value for m in messages] == [encode(p)[1] for p in STARS[:3]]
    assert [understood(m).alert.object_id for m in messages] == [p["objectId"] for p in STARS[:3]]
    assert len({(m.cluster, m.topic, m.partition, m.offset) for m in messages}) == 3
