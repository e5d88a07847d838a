"""The stand-ins for Fink's REST APIs and for a TOM as processes: what they serve, and how they start and end."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from packets import write_avro, ztf
from rest_calls import png_size, post, send

import fink_tui.demo


@pytest.fixture(scope="module")
def real() -> Iterator[fink_tui.demo.Api]:
    folder = os.environ.get("FINK_TUI_REAL_ALERTS")
    if not folder or not list(Path(folder).glob("*.avro")):
        pytest.skip("FINK_TUI_REAL_ALERTS names no folder with real alerts")
    with fink_tui.demo.start_api(alerts=[folder]) as running:
        yield running


def test_real_alerts(real: fink_tui.demo.Api) -> None:
    # Fink's own class of all of them, in the files that its data transfer makes, is this one.
    found = post(real.ztf_url, "latests", class_="SN candidate", n=100).rows
    assert len(found) == 16
    row = next(row for row in found if row["i:objectId"] == "ZTF25acldfsf")
    assert row["i:candid"] == 3367380354215015001 and row["d:tns"] == "SN Ia"
    curve = post(real.ztf_url, "objects", objectId="ZTF25acldfsf", withupperlim="True").rows
    assert {row["d:tag"] for row in curve} == {"valid", "upperlim", "badquality"} and len(curve) == 56
    (source,) = post(real.lsst_url, "sources", diaObjectId="170028485706776685").rows
    assert source["r:diaSourceId"] == 170094456272322680
    assert len(post(real.lsst_url, "fp", diaObjectId="170028485706776685").rows) > 300
    assert png_size(post(real.lsst_url, "cutouts", diaSourceId="170094456272322680", kind="Science").body) == (30, 30)


@pytest.mark.parametrize("module, word", [("fink_tui.demo.api", "ztf"), ("fink_tui.demo.tom", "tom")])
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, None])
def test_it_stops_within_a_second_and_without_a_word(how: signal.Signals | None, module: str, word: str) -> None:
    places = os.pathsep.join(place or os.getcwd() for place in sys.path)
    command = [sys.executable, "-W", "ignore", "-m", module, "--seed", "2"]
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    process = subprocess.Popen(command, **pipes, env={**os.environ, "PYTHONPATH": places})
    assert process.stdin is not None and process.stdout is not None and process.stderr is not None
    assert word in json.loads(process.stdout.readline())
    began = time.monotonic()
    if how is None:
        process.stdin.close()
    else:
        process.send_signal(how)
    assert process.wait(5) == 0
    assert time.monotonic() - began < 1.0
    assert process.stdout.read() == process.stderr.read() == b""


def test_files_that_are_not_there_are_named() -> None:
    with pytest.raises(fink_tui.demo.DemoNotStarted, match="no such file or folder: /nowhere"):
        fink_tui.demo.start_api(alerts=["/nowhere"])


def test_answers_come_late_when_told_so(tmp_path: Path) -> None:
    write_avro(tmp_path / "one.avro", [ztf("ZTF26aaaaaaa", 3_367_463_101_415_010_117, 61121.0)])
    with fink_tui.demo.start_api(alerts=[tmp_path], delay=0.5) as slow:
        began = time.monotonic()
        assert len(post(slow.ztf_url, "objects", objectId="ZTF26aaaaaaa").rows) == 1
        assert time.monotonic() - began >= 0.5
        began = time.monotonic()
    assert time.monotonic() - began < 1.0


def test_the_same_seed_is_the_same_sky(z: str) -> None:
    with fink_tui.demo.start_api(seed=1) as again, fink_tui.demo.start_api(seed=2) as other:
        asked = {"class_": "YSO", "n": 5}
        assert post(again.ztf_url, "latests", **asked).body == post(z, "latests", **asked).body
        assert post(other.ztf_url, "latests", **asked).body != post(z, "latests", **asked).body


def test_there_are_objects_enough(z: str, s: str) -> None:
    moving = post(z, "latests", class_="Solar System MPC", n=1000).rows
    names: set[str] = set()
    for kind in ("Early SN Ia candidate", "SN candidate", "YSO", "BLLac", "Microlensing candidate", "Unknown"):
        names |= {row["i:objectId"] for row in post(z, "latests", class_=kind, n=1000).rows}
    southern = {
        row["r:diaObjectId"]
        for ra in (*range(0, 40, 5), *range(90, 150, 5))
        for dec in range(-60, 10, 6)
        for row in post(s, "conesearch", ra=ra, dec=dec, radius=18000, columns="r:diaObjectId").rows
    }
    assert len(names) + len(southern) + len({row["i:ssnamenr"] for row in moving}) >= 60


@pytest.mark.parametrize("version", ["3.1", "2.32"])
def test_the_tom_of_the_demo_has_something_to_find(z: str, version: str) -> None:
    with fink_tui.demo.start_tom(seed=1, version=version) as tom:
        basic = "Basic " + base64.b64encode(f"{tom.user}:{tom.password}".encode()).decode()
        entry = f"Token {tom.token}" if version == "3.1" else basic
        seen = {row["name"]: row for row in send(f"{tom.url}/api/targets/", Authorization=entry).data["results"]}
        assert all(row["groups"][0]["name"] == tom.group for row in seen.values())
        # One under its name in Fink, one under its other name, and one that is there and hidden.
        objects = {row["i:objectId"] for row in post(z, "latests", class_="YSO", n=100).rows}
        assert not objects & set(seen)
        assert any(name.startswith("ZTF") for name in seen)
        assert any(row["aliases"] and row["aliases"][0]["name"].startswith("ZTF") for row in seen.values())
        hidden = [name for name in objects if _taken(tom.url, entry, name)]
        assert len(hidden) == 1


def _taken(url: str, entry: str, name: str) -> bool:
    body = json.dumps({"name": name, "type": "SIDEREAL", "ra": 1.0, "dec": 2.0}).encode()
    return send(f"{url}/api/targets/", "POST", body, Content_Type="application/json", Authorization=entry).status == 400
