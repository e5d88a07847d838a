"""`import`: what is understood, what is said, and that nothing is doubled or lost."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from packets import write_avro, ztf
from program import command, run

LIST = '''# from a spreadsheet
Name,RAJ2000,DEJ2000,Priority,Comment,Redshift
SN 2026abc,12:34:56.7,-05:12:03,1,"=nice, ""one""",0.1
,193.82,2.897,,,
bad,400,95,,,
ZTF26aaaaaaa,10.5,2.2,,,
170028500588167170,,,,,
'''


@pytest.fixture
def csv_file(tmp_path: Path) -> Path:
    path = tmp_path / "my list.csv"
    path.write_text(LIST)
    return path


def targets(db: Path, *words: str) -> list[dict[str, object]]:
    return json.loads(run("targets", *words, "--json", "--db", db).stdout)  # type: ignore[no-any-return]


def test_a_list_becomes_targets_and_what_is_wrong_is_said(tmp_path: Path, csv_file: Path) -> None:
    db = tmp_path / "a.db"
    done = run("import", csv_file, "--db", db)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{csv_file}: line 5 left out: declination 95 is outside -90 to +90 degrees" in done.stderr
    assert f"{csv_file}: columns left aside: Redshift" in done.stderr
    assert "4 new targets, 0 known ones with something new, 0 known as they are, 1 left out" in done.stderr
    assert "fink-tui query object ZTF26aaaaaaa 170028500588167170 --store fetches them" in done.stderr
    found = {row["name"]: row for row in targets(db)}
    assert set(found) == {"SN 2026abc", "J125516.80+025349.2", "ZTF26aaaaaaa", "170028500588167170"}
    star = found["SN 2026abc"]
    assert (star["ra"], star["surveys"], star["priority"], star["note"]) == (188.73625, ["list"], 1, '=nice, "one"')
    assert found["170028500588167170"]["surveys"] == ["lsst"]
    for words in (("show", "SN 2026abc"), ("show", "170028500588167170"), ("report",), ("targets", "survey=list")):
        assert run(*words, "--db", db).returncode == 0, words


def test_again_and_after_the_alerts_came_nothing_is_doubled(tmp_path: Path, csv_file: Path) -> None:
    db = tmp_path / "a.db"
    run("import", csv_file, "--db", db)
    before = targets(db)
    assert (
        "0 new targets, 0 known ones with something new, 4 known as they are"
        in run("import", csv_file, "--db", db).stderr
    )
    assert targets(db) == before
    file = write_avro(tmp_path / "a.avro", [ztf("ZTF26aaaaaaa", 1, 61120.0)])
    assert run("replay", file, "--db", db).returncode == 0
    # The alert is elsewhere than the list says: the row is refused, whatever it is.
    done = run("import", csv_file, "--db", db)
    assert "ZTF26aaaaaaa is known" in done.stderr and "3 known as they are, 2 left out" in done.stderr
    assert len(targets(db)) == 4


def test_a_dry_run_shows_and_changes_nothing(tmp_path: Path, csv_file: Path) -> None:
    db = tmp_path / "a.db"
    done = run("import", "--dry-run", csv_file, "--json", "--db", db)
    rows = json.loads(done.stdout)
    assert [row["what"] for row in rows] == ["new"] * 4 and rows[0]["line"] == 3
    assert "nothing was changed (--dry-run)" in done.stderr
    assert targets(db) == []


def test_the_standard_input_is_a_list_too(tmp_path: Path) -> None:
    db = tmp_path / "a.db"
    done = subprocess.run(
        [*command("import", "-", "--db", db)], input=b"SN 1 12 55 17.1 -05 12 03\n2004 JQ12\n", capture_output=True
    )
    assert done.returncode == 0, done.stderr
    assert [row["name"] for row in targets(db)] == ["2004 JQ12", "SN 1"]
    assert targets(db, "moving=true")[0]["ra"] is None


def test_what_can_not_be_read_is_said_in_one_line(tmp_path: Path, csv_file: Path) -> None:
    db = tmp_path / "a.db"
    (tmp_path / "x.json").write_text("{")
    done = run("import", tmp_path / "nowhere.csv", tmp_path / "x.json", csv_file, "--db", db)
    assert done.returncode == 1
    first, second, *_ = done.stderr.splitlines()
    assert first == f"fink-tui: {tmp_path / 'nowhere.csv'} can't be read: No such file or directory"
    assert second.startswith(f"fink-tui: {tmp_path / 'x.json'} holds no list of targets: it is no JSON")
    assert len(targets(db)) == 4, "the others are imported all the same"
