"""`targets` and `show`: rows for people and for programs, exit codes, and what becomes of names from outside."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import math
import os
import pty
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from astropy.io import votable
from packets import lsst, moving, write_avro, ztf, ztf_point
from program import ROOT, command, run

from fink_tui.store.connection import connect
from fink_tui.store.decisions import decide
from fink_tui.store.targets import all_targets

EVIL = "=2+5\x1b[31m\x07<b>&[red]"
# fmt: off
AT_LEAST = {
    "name", "surveys", "objects", "ra", "dec", "status", "class", "n_alerts", "n_detections", "first_seen", "last_seen",
    "last_mag", "last_band", "topics", "tags", "tom",
}
AT_LEAST_ALERT = {
    "survey", "object_id", "source_id", "time", "band", "mag", "mag_err", "flux_njy", "flux_err_njy", "upper_limit",
    "is_negative", "class", "topics",
}
# fmt: on


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = tmp_path / "a.db"
    ztf_file = write_avro(
        tmp_path / "ztf.avro",
        [
            ztf("ZTF26aaaaaaa", 3367463101415010117, 61120.0, prv_candidates=[ztf_point(61110.0), ztf_point(61111.0)]),
            ztf("ZTF26aaaaaaa", 3367463101415010119, 61121.0, mag=18.25, tns="SN Ia"),
            ztf("ZTF26aaaaaab", 3367463101415010118, 61120.0, ra=None, dec=None, cdsxmatch="QSO"),
            ztf("ZTF26aaaaaac", 3367463101415010121, 61120.0, cdsxmatch=EVIL),
        ],
    )
    lsst_file = write_avro(
        tmp_path / "lsst.avro",
        [
            lsst(170094456272322680, 170028485706776685, 61105.0, flux=-19549.5),
            moving(170094456272322681, "2004 JQ12", 61105.0),
        ],
    )
    assert run("replay", ztf_file, lsst_file, "--db", path).returncode == 0
    return path


def as_json(*words: str | Path) -> Any:
    done = run(*words)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return json.loads(done.stdout, parse_constant=lambda constant: pytest.fail(constant))


def test_json_has_what_is_promised_with_ids_as_text(db: Path) -> None:
    found = {target["name"]: target for target in as_json("targets", "--json", "--db", db)}
    assert set(found) == {"ZTF26aaaaaaa", "ZTF26aaaaaab", "ZTF26aaaaaac", "170028485706776685", "2004 JQ12"}
    for target in found.values():
        assert target.keys() >= AT_LEAST
        assert target["status"] == "new" and target["first_seen"].endswith("Z")
    assert found["170028485706776685"]["objects"] == ["170028485706776685"]
    assert found["ZTF26aaaaaab"]["ra"] is None
    star = as_json("show", "ZTF26aaaaaaa", "--format", "json", "--db", db)
    assert [alert["source_id"] for alert in star["alerts"]] == ["3367463101415010117", "3367463101415010119"]
    assert all(alert.keys() >= AT_LEAST_ALERT for alert in star["alerts"])
    assert (star["class"], star["last_mag"], star["n_alerts"], star["n_detections"]) == ("SN Ia", 18.25, 2, 4)
    assert [point["upper_limit"] for point in star["detections"]] == [20.25, 20.25, None, None]
    faint = as_json("show", "170028485706776685", "--json", "--db", db)["alerts"][0]
    assert (faint["mag"], faint["flux_njy"], faint["is_negative"]) == (None, -19549.5, True)
    assert faint["source_id"] == "170094456272322680"
    # midpointMjdTai 61105.0 + 37 s is midnight UTC.
    assert faint["time"] == "2026-03-06T00:00:00.000Z"


def test_csv_reads_back(db: Path) -> None:
    wanted = {target["name"]: target for target in as_json("targets", "--json", "--db", db)}
    done = run("targets", "--format", "csv", "--db", db)
    assert done.returncode == 0
    found = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [row["name"] for row in found] == list(wanted)
    for row in found:
        target = wanted[row["name"]]
        assert row["objects"] == ";".join(target["objects"])
        assert row["n_alerts"] == str(target["n_alerts"])
        assert row["last_mag"] == ("" if target["last_mag"] is None else repr(target["last_mag"]))
        assert row["ra"] == ("" if target["ra"] is None else repr(target["ra"]))
    alerts = list(csv.DictReader(io.StringIO(run("show", "ZTF26aaaaaaa", "--format", "csv", "--db", db).stdout)))
    assert [alert["source_id"] for alert in alerts] == ["3367463101415010117", "3367463101415010119"]
    assert [float(alert["mag"]) for alert in alerts] == [18.5, 18.25]


def read_votable(*words: str | Path) -> Any:
    done = subprocess.run(command(*words), capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, b""), done.stderr
    return votable.parse_single_table(io.BytesIO(done.stdout)).to_table()


def test_votable_reads_back(db: Path) -> None:
    wanted = as_json("targets", "--json", "--db", db)
    found = read_votable("targets", "--format", "votable", "--db", db)
    assert list(found["name"]) == [target["name"] for target in wanted]
    assert list(found["n_alerts"]) == [target["n_alerts"] for target in wanted]
    assert found["n_alerts"].dtype.kind == "i" and found["is_moving"].dtype.kind == "b"
    for value, target in zip(found["ra"], wanted, strict=True):
        missing = np.ma.is_masked(value) or math.isnan(value)
        assert missing if target["ra"] is None else value == target["ra"]
    alerts = read_votable("show", "ZTF26aaaaaaa", "--format", "votable", "--db", db)
    assert list(alerts["source_id"]) == ["3367463101415010117", "3367463101415010119"]
    assert list(alerts["mag"]) == [18.5, 18.25]


@pytest.mark.parametrize("form", ["table", "json", "csv", "votable"])
def test_text_from_outside_is_no_escape_code_no_markup_and_no_formula(db: Path, form: str) -> None:
    for words in (("targets",), ("show", "ZTF26aaaaaac")):
        done = subprocess.run(command(*words, "--format", form, "--db", db), capture_output=True, timeout=60)
        assert done.returncode == 0, done.stderr
        assert b"\x1b" not in done.stdout and b"\x07" not in done.stdout
        if form == "csv":
            cells = [cell for row in csv.reader(io.StringIO(done.stdout.decode())) for cell in row]
            assert any("2+5" in cell for cell in cells)
            assert not any(cell.startswith(("=", "@", "+")) for cell in cells)
        if form == "json":
            text = json.loads(done.stdout)
            assert (text[4] if isinstance(text, list) else text)["class"] == EVIL
    if form == "votable":
        assert "2+5" in str(read_votable("targets", "--format", form, "--db", db)["class"][4])


@pytest.mark.parametrize("form", ["table", "json", "csv", "votable"])
def test_no_rows(db: Path, form: str) -> None:
    done = subprocess.run(
        command("targets", "no-such-name", "--format", form, "--db", db), capture_output=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, b"")
    if form == "json":
        assert json.loads(done.stdout) == []
    if form == "votable":
        assert len(votable.parse_single_table(io.BytesIO(done.stdout)).to_table()) == 0


def test_a_table_for_people(db: Path) -> None:
    lines = run("targets", "--db", db).stdout.splitlines()
    assert lines[0].split()[:3] == ["name", "status", "class"] and len(lines) == 6
    shown = run("show", "ZTF26aaaaaaa", "--db", db).stdout
    assert "2 alerts, 2 detections, 2 upper limits, 0 forced" in shown
    assert "SN Ia (TNS)" in shown


def test_filter_and_status(db: Path) -> None:
    conn = connect(db)
    decide(conn, [target.id for target in all_targets(conn) if target.name == "ZTF26aaaaaab"], "follow")
    conn.close()
    for words, names in (
        (["sn"], ["ZTF26aaaaaaa"]),
        (["ztf26 qso"], ["ZTF26aaaaaab"]),
        (["--status", "follow"], ["ZTF26aaaaaab"]),
        (["--status", "follow", "sn"], []),
        (["lsst.avro"], ["170028485706776685", "2004 JQ12"]),
    ):
        assert [target["name"] for target in as_json("targets", *words, "--json", "--db", db)] == names


def test_a_filter_is_a_small_language(db: Path) -> None:
    for text, names in (
        ("class~SN and mag<18.3", ["ZTF26aaaaaaa"]),
        ("age>5d n>=2 or moving=yes", ["2004 JQ12", "ZTF26aaaaaaa"]),
        ("mag=none or reliability>0.9", ["170028485706776685"]),
        ("survey=lsst not moving=yes", ["170028485706776685"]),
        ("class=qso and (tag=none or status=follow)", ["ZTF26aaaaaab"]),
        ("ra=none", ["ZTF26aaaaaab"]),
        ("seen>2026-03-22", []),
        ("seen=2026-03-22 tns_type~ia", ["ZTF26aaaaaaa"]),
    ):
        found = as_json("targets", text, "--json", "--db", db)
        assert sorted(target["name"] for target in found) == names, text


def test_a_wrong_filter_is_wrong_usage_and_shown_at_the_spot(db: Path) -> None:
    done = run("targets", "mag<19 and clas~SN\x1b[2J", "--db", db)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "fink-tui: that is no filter:",
        "  mag<19 and clas~SN [2J",
        "             ^ no field clas: class?",
    ]
    # It is said before the database is looked for.
    assert run("targets", "mag<", "--db", db.with_name("none.db")).returncode == 2


def test_a_name_that_means_several_or_none(db: Path) -> None:
    done = run("show", "ZTF26aaaa", "--db", db)
    assert (done.returncode, done.stdout) == (1, "") and "ZTF26aaaaaaa, ZTF26aaaaaab" in done.stderr
    done = run("show", "ZTF99", "--db", db)
    assert (done.returncode, done.stdout) == (1, "") and "ZTF99" in done.stderr
    assert as_json("show", "21163624394469969", "--json", "--db", db)["name"] == "2004 JQ12"
    assert as_json("show", "ztf26aaaaaaB", "--json", "--db", db)["name"] == "ZTF26aaaaaab"


def test_exit_codes(db: Path, tmp_path: Path) -> None:
    for words in (("targets", "--format", "yaml"), ("show",), ("dance",), ("targets", "--status", "good"), ("--what",)):
        done = run(*words)
        assert (done.returncode, done.stdout) == (2, ""), words
        assert "Traceback" not in done.stderr
    for words in (("targets",), ("show", "x")):
        done = run(*words, "--db", tmp_path / "none.db")
        assert (done.returncode, done.stdout) == (1, "") and "none.db" in done.stderr
    assert not (tmp_path / "none.db").exists(), "looking does not make a database"
    (tmp_path / "text.db").write_text("words of mine\n" * 500)
    done = run("targets", "--db", tmp_path / "text.db")
    assert done.returncode == 1 and "text.db" in done.stderr and "Traceback" not in done.stderr
    assert run("--version").returncode == run("--help").returncode == 0


def test_a_wrong_setting_is_a_notice_and_stops_nothing(db: Path, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[stream]\nstart = 'yesterday'\nfoo = 1\n")
    done = run("targets", "--json", "--db", db, "--config", config)
    assert done.returncode == 0 and len(json.loads(done.stdout)) == 5
    assert len(done.stderr.splitlines()) == 2 and "stream.start" in done.stderr


def test_a_reader_that_goes_away_is_no_error(db: Path) -> None:
    for words in (
        ("targets", "--json"),
        ("show", "ZTF26aaaaaaa", "--format", "csv"),
        ("targets", "--format", "votable"),
    ):
        process = subprocess.Popen(command(*words, "--db", db), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        complaint = process.stderr.read()
        assert (process.wait(30), complaint) == (0, b"")


CONFIG = """
[site]
name = ["La Silla", "Dome"]
[site.Dome]
latitude = 60.0
longitude = 25.0
"""
SKY = {"site", "night", "alt", "az", "airmass", "best_alt", "best_time", "hours", "moon", "rises", "sets", "transits"}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG)
    return path


def test_targets_from_a_site_have_what_can_be_seen_of_them_tonight(db: Path, config: Path) -> None:
    rows = as_json("targets", "--json", "--db", db, "--config", config, "--site", "palomar")
    assert all(set(row) > SKY and row["site"] == "Palomar" for row in rows)
    by_name = {row["name"]: row for row in rows}
    assert -90 <= by_name["ZTF26aaaaaaa"]["alt"] <= 90 and by_name["ZTF26aaaaaaa"]["transits"].endswith("Z")
    # One has no position, the other was seen months ago and moves.
    assert by_name["ZTF26aaaaaab"]["alt"] is by_name["2004 JQ12"]["alt"] is None
    assert not set(as_json("targets", "--json", "--db", db)[0]) & SKY
    table = run("targets", "--db", db, "--config", config, "--site", "dome").stdout
    assert {"best_alt", "hours", "moon"} <= set(table.splitlines()[0].split())


def test_columns_by_name_and_a_filter_on_the_sky(db: Path, config: Path) -> None:
    words = ("targets", "--db", db, "--config", config)
    rows = list(csv.DictReader(io.StringIO(run(*words, "--format", "csv", "--columns", "moon, name,alt").stdout)))
    assert [*rows[0]] == ["moon", "name", "alt"] and len(rows) == 5
    assert run(*words, "--columns", "name").stdout.splitlines()[0] == "name"
    known = {row["name"] for row in rows if row["alt"]}
    up_or_down = as_json(*words, "--json", "alt>-91")
    assert {row["name"] for row in up_or_down} == known and not set(up_or_down[0]) & SKY
    wrong = run(*words, "--columns", "name,altitude")
    assert (wrong.returncode, wrong.stdout) == (2, "") and "no column altitude; there is name, " in wrong.stderr
    wrong = run(*words, "--site", "Atlantis")
    assert (wrong.returncode, wrong.stdout) == (2, "") and "no site is called Atlantis" in wrong.stderr


def test_show_has_the_place_and_tonight_from_every_site(db: Path, config: Path) -> None:
    found = as_json("show", "ZTF26aaaaaaa", "--json", "--db", db, "--config", config)
    assert len(found["constellation"]) == 3 and -90 <= found["glat"] <= 90 and found["ebv"] is None
    assert [seen["site"] for seen in found["visibility"]] == ["La Silla", "Dome"]
    assert set(found["visibility"][0]) > SKY
    nowhere = as_json("show", "ZTF26aaaaaab", "--json", "--db", db, "--config", config)
    assert nowhere["constellation"] is None and [seen["alt"] for seen in nowhere["visibility"]] == [None, None]
    shown = run("show", "ZTF26aaaaaaa", "--db", db, "--config", config, "--site", "ohp").stdout
    assert f"in {found['constellation']}" in shown and "Haute-Provence: altitude" in shown and "Dome" not in shown


# The light curve, drawn.


def test_a_light_curve_is_drawn_without_colours_where_no_terminal_is(db: Path) -> None:
    drawn = run("show", "ZTF26aaaaaaa", "--plot", "--db", db, env={"COLUMNS": "80", "LINES": "24"})
    assert drawn.returncode == 0 and "\x1b" not in drawn.stdout
    lines = drawn.stdout.splitlines()
    assert lines[0].startswith("ZTF26aaaaaaa") and "difference mag" in lines[1] and "●" in lines[2]
    assert all(len(line) <= 80 for line in lines) and len(lines) == 23


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_a_terminal_has_colours_unless_it_wants_none(db: Path, no_color: str, coloured: bool) -> None:
    ours, theirs = pty.openpty()
    words = command("show", "ZTF26aaaaaaa", "--plot", "--db", db)
    env = {**os.environ, "TERM": "xterm", "NO_COLOR": no_color, "COLUMNS": "80", "LINES": "24"}
    with subprocess.Popen(words, stdout=theirs, cwd=ROOT, env=env):
        os.close(theirs)
        drawn = b""
        # A pseudo-terminal whose other end is closed fails on some systems, and is at its end on others.
        with contextlib.suppress(OSError):
            while part := os.read(ours, 65536):
                drawn += part
    os.close(ours)
    assert "●".encode() in drawn
    assert (b"\x1b[32m" in drawn) is coloured


def test_a_light_curve_is_drawn_into_a_new_svg_file_and_no_other(db: Path, tmp_path: Path) -> None:
    path = tmp_path / "curve.svg"
    assert run("show", "ZTF26aaaaaaa", "--plot", path, "--db", db).returncode == 0
    document = ElementTree.parse(path).getroot()
    assert document.tag == "{http://www.w3.org/2000/svg}svg"
    points = run("show", "ZTF26aaaaaaa", "--json", "--db", db)
    drawn = [point for point in json.loads(points.stdout)["detections"] if point["mag"] or point["upper_limit"]]
    shapes = [node for node in document.iter() if node.tag.endswith(("circle", "polygon"))]
    marks_in_legend = 1 + any(point["upper_limit"] for point in drawn)
    assert len(shapes) == len(drawn) + marks_in_legend
    again = run("show", "ZTF26aaaaaaa", "--plot", path, "--db", db)
    assert again.returncode == 1 and "is not written" in again.stderr
    assert run("show", "ZTF26aaaaaaa", "--plot", "curve.png", "--db", db).returncode == 2


def test_scripts_are_told_what_the_pane_shows(db: Path) -> None:
    facts = json.loads(run("show", "ZTF26aaaaaaa", "--json", "--db", db).stdout)["facts"]
    (real,) = [fact for fact in facts if fact["name"] == "real (drb)"]
    assert real["value"] == 0.875 and real["range"] == [0.0, 1.0] and real["computed_from"] == "candidate.drb"
    assert "bogus" in real["meaning"]
