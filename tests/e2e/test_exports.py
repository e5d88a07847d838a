"""What goes out of the program comes back equal: by astropy, by DS9's own format, and by our import."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from astropy.io import votable
from astropy.table import Table
from packets import lsst, write_avro, ztf, ztf_point
from program import command, run
from regions import Regions

from fink_tui.store.connection import connect
from fink_tui.store.decisions import decide, note, prioritise, tag
from fink_tui.store.listed import Listed, write_listed
from fink_tui.store.targets import all_targets

DECIDED = ("name", "objects", "surveys", "ra", "dec", "status", "priority", "tags", "note")


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = tmp_path / "a.db"
    points = [ztf_point(61110.0), ztf_point(61111.0)]
    files = [
        write_avro(tmp_path / "z.avro", [ztf("ZTF26aaaaaaa", 3367463101415010117, 61120.0, prv_candidates=points)]),
        write_avro(tmp_path / "l.avro", [lsst(170094456272322680, 170028485706776685, 61105.0, flux=-19549.5)]),
    ]
    assert run("replay", *files, "--db", path).returncode == 0
    with closing(connect(path)) as conn:
        names = ["=2+5", "#1 of them", "'quoted' {x}", "a_b", 'Mařenka, "x"', "-SN 1"]
        write_listed(conn, [Listed(i, name, (), 10.0 * i, -60.0 + i) for i, name in enumerate(names, 1)], "x")
        write_listed(conn, [Listed(1, "ZTF26zzzzzzz", (("ztf", "ZTF26zzzzzzz"),))], "x")
        ids = [target.id for target in all_targets(conn)]
        decide(conn, ids[:3], "follow")
        prioritise(conn, ids[1:4], 2)
        tag(conn, ids[:2], ["x-ray", "good"])
        note(conn, ids[:1], '@home, =1;2 "here"')
    return path


def listed(db: Path) -> dict[str, dict[str, object]]:
    rows = json.loads(run("targets", "--json", "--db", db).stdout)
    return {row["name"]: {name: row[name] for name in DECIDED} for row in rows}


@pytest.mark.parametrize("form", ["csv", "json", "votable"])
def test_our_import_reads_them_back_equal(db: Path, tmp_path: Path, form: str) -> None:
    file, other = tmp_path / f"out.{form}", tmp_path / "b.db"
    with file.open("wb") as out:
        assert subprocess.run(command("targets", "--format", form, "--db", db), stdout=out).returncode == 0
    done = run("import", file, "--db", other)
    assert done.returncode == 0, done.stderr
    assert listed(other) == listed(db)
    again = run("import", file, "--db", db)
    assert again.returncode == 0 and "0 new targets, 0 known ones with something new" in again.stderr, again.stderr


def test_the_list_for_a_telescope_is_read_by_astropy_and_joins_by_its_names(db: Path, tmp_path: Path) -> None:
    done = run("targets", "--format", "list", "--db", db)
    assert done.stderr.strip() == "1 without a position left out"
    read = Table.read(done.stdout, format="ascii.commented_header")
    assert read.colnames == ["name", "ra", "dec", "equinox", "mag"] and len(read) == 8
    assert read["mag"].dtype.kind == "f" and set(read["equinox"]) == {"J2000"}
    assert "ZTF26aaaaaaa" in set(read["name"]) and "Mařenka,_'x'" in set(read["name"])
    file = tmp_path / "stars.txt"
    file.write_text(done.stdout.replace("_#1_of_them", "x").replace("Mařenka,_'x'", "y"))
    again = run("import", file, "--db", db)
    assert again.returncode == 0 and "2 new targets, 0 known ones with something new, 6 known" in again.stderr


def test_regions_are_read_back_where_they_were(db: Path) -> None:
    done = run("targets", "--format", "ds9", "--db", db)
    found = {region.meta["text"]: region.center for region in Regions.parse(done.stdout, format="ds9")}
    wanted = {name: row for name, row in listed(db).items() if row["ra"] is not None}
    assert len(found) == len(wanted)
    for name in ("=2+5", "a_b", "ZTF26aaaaaaa"):
        assert abs(found[name].ra.deg - wanted[name]["ra"]) < 1e-6  # type: ignore[operator]
        assert abs(found[name].dec.deg - wanted[name]["dec"]) < 1e-6  # type: ignore[operator]


def test_photometry_has_one_row_a_point_in_every_form(db: Path) -> None:
    wanted = json.loads(run("targets", "ZTF26aaaaaaa", "--photometry", "--json", "--db", db).stdout)
    assert [(row["kind"], row["upper_limit"]) for row in wanted] == [
        ("upper limit", 20.25), ("upper limit", 20.25), ("detection", None),
    ]  # fmt: skip
    assert wanted[-1]["source_id"] == "3367463101415010117" and wanted[-1]["target"] == "ZTF26aaaaaaa"
    text = run("targets", "ZTF26aaaaaaa", "--photometry", "--format", "csv", "--db", db).stdout
    assert [row["mjd"] for row in csv.DictReader(io.StringIO(text))] == [repr(row["mjd"]) for row in wanted]
    raw = subprocess.run(command("targets", "--photometry", "--format", "votable", "--db", db), capture_output=True)
    table = votable.parse_single_table(io.BytesIO(raw.stdout))
    read = table.to_table()
    assert len(read) == 4 and "-19549.5" in {str(value) for value in read["flux_njy"]}
    assert {f.name: (f.unit and str(f.unit), f.ucd) for f in table.fields}["mag"] == ("mag", "phot.mag")
    few = run("targets", "ZTF26aaaaaaa", "--photometry", "--columns", "mjd,mag", "--format", "csv", "--db", db)
    assert few.stdout.splitlines()[0] == "mjd,mag"
    assert run("targets", "--photometry", "--columns", "nonsense", "--db", db).returncode == 2
    assert run("targets", "--photometry", "--format", "list", "--db", db).returncode == 2


def test_a_votable_says_what_its_columns_are_and_where_it_is_from(db: Path) -> None:
    raw = subprocess.run(command("targets", "n>0", "--format", "votable", "--db", db), capture_output=True)
    document = votable.parse(io.BytesIO(raw.stdout), verify="exception")
    table = document.get_first_table()
    fields = {field.name: field for field in table.fields}
    assert (fields["ra"].ucd, str(fields["ra"].unit), fields["ra"].ref) == ("pos.eq.ra;meta.main", "deg", "icrs")
    assert str(fields["rate_mag_per_day"].unit) in ("mag / d", "mag d-1")
    for field in table.fields:
        assert field.ucd is None or votable.ucd.check_ucd(field.ucd, check_controlled_vocabulary=True), field.name
    assert {info.name: info.value for info in table.infos}["query"] == "fink-tui targets n>0"
