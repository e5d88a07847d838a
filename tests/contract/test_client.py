"""Our client and `fink-tui query` against the stand-in of Fink's APIs, and against servers that misbehave."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from astropy.coordinates import SkyCoord
from faulty_server import (
    Fault,
    FaultyServer,
    empty_body,
    endless_body,
    html_error,
    invalid_utf8,
    many_rows,
    ok,
    redirect,
    refused_url,
    reset_mid_body,
    silence,
    slow_drip,
    too_many_requests,
    truncated_json,
    wrong_content_type,
)
from packets import lsst, write_avro, ztf
from program import assert_quiet, command, run, wait_until

from fink_tui import demo
from fink_tui.fink.ask import Answer, WrongValues, ask
from fink_tui.fink.cache import Cache
from fink_tui.fink.errors import ApiError
from fink_tui.fink.lookup import CUTOUTS, cutouts, look_up
from fink_tui.fink.queries import QUERIES
from fink_tui.fink.queries.declare import Request
from fink_tui.fink.rest import FinkApi

WIDE = 170587115523932323
LATESTS = Request("ztf", "latests", {"class": "SN candidate", "n": 5})
ROWS = ok(b'[{"i:objectId": "ZTF26aaaaaaa", "i:candid": 3610466932815015027}]')


@pytest.fixture(scope="module")
def api_server() -> Iterator[demo.Api]:
    with demo.start_api(seed=1) as running:
        yield running


@pytest.fixture
def urls(api_server: demo.Api) -> dict[str, str]:
    return {"ztf": api_server.ztf_url, "lsst": api_server.lsst_url}


def environment(urls: dict[str, str]) -> dict[str, str]:
    return {"FINK_TUI_ZTF_API_URL": urls["ztf"], "FINK_TUI_LSST_API_URL": urls["lsst"]}


async def asked(urls: dict[str, str], name: str, survey: str = "ztf", /, **values: str) -> Answer:
    async with FinkApi(urls) as api:
        return await ask(api, QUERIES[name], survey, values)


def both(server: FaultyServer) -> dict[str, str]:
    return {"ztf": server.url, "lsst": server.url}


# The stand-in


async def test_a_class_is_alerts_of_objects(urls: dict[str, str]) -> None:
    found = await asked(urls, "class", **{"class": "SN candidate", "n": "20"})
    assert found.alerts
    assert sum(row.n_alerts for row in found.objects) == len(found.alerts)
    assert len(found.objects) < len(found.alerts)
    assert all(row.object_id.startswith("ZTF") and row.label == "SN candidate" for row in found.objects)
    assert re.fullmatch(r"\d+ alerts of \d+ objects?, \d+ kB in [\d.]+ s", found.summary())


async def test_a_tag_is_alerts_of_lsst(urls: dict[str, str]) -> None:
    found = await asked(urls, "tag", "lsst", tag="in_tns", n="50")
    assert found.alerts
    for row, alert in zip(found.rows, found.alerts, strict=True):
        assert isinstance(row["r:diaSourceId"], str)
        assert int(row["r:diaSourceId"]) == alert.source_id > 2**53


@pytest.mark.parametrize("survey", ["ztf", "lsst"])
async def test_what_a_cone_finds_is_near(urls: dict[str, str], survey: str) -> None:
    name, values = ("class", {"class": "SN candidate"}) if survey == "ztf" else ("tag", {"tag": "in_tns"})
    known = (await asked(urls, name, survey, **values)).objects[0]
    found = await asked(urls, "cone", survey, position=f"{known.ra} {known.dec}", radius="2 arcmin", start="2017-01-01")
    assert known.object_id in [row.object_id for row in found.objects]
    distances = [row.separation_arcsec for row in found.objects]
    assert distances == sorted(distances, key=lambda d: d or 0.0)
    assert all(d is not None and d <= 120.0 for d in distances)


PLACES = [
    (10.0, 89.95),
    (190.0, 89.95),
    (100.0, 88.95),
    (280.0, 88.7),
    (359.3, 1.0),
    (0.5, 1.0),
    (359.0, 0.8),
    (1.2, 1),
]


@pytest.mark.parametrize("survey", ["ztf", "lsst"])
@pytest.mark.parametrize("centre", [(280.0, 89.9), (359.9999, 1.0), (0.0, 1.0)])
async def test_a_cone_of_a_degree_at_the_pole_and_across_ra_0(
    tmp_path: Path, survey: str, centre: tuple[float, float]
) -> None:
    packets = [
        ztf(f"ZTF26aaaaaa{'abcdefgh'[k]}", 100 + k, 61105.0 + k / 100, ra=ra, dec=dec)
        if survey == "ztf"
        else lsst(WIDE + 10 + k, WIDE + k, 61105.0 + k / 100, ra=ra, dec=dec)
        for k, (ra, dec) in enumerate(PLACES)
    ]
    there = SkyCoord(*centre, unit="deg").separation(SkyCoord(PLACES, unit="deg")).arcsec
    with demo.start_api(alerts=[write_avro(tmp_path / "a.avro", packets)]) as served:
        both_urls = {"ztf": served.ztf_url, "lsst": served.lsst_url}
        found = await asked(both_urls, "cone", survey, position=f"{centre[0]} {centre[1]}", radius="1 deg")
    assert [row.separation_arcsec for row in found.objects] == pytest.approx(
        sorted(far for far in there if far <= 3600), abs=0.01
    )
    assert 2 <= len(found.objects) < len(PLACES)


async def test_a_named_cone_asks_where_the_name_is(urls: dict[str, str]) -> None:
    found = await asked(urls, "cone", position="M 31", radius="60")
    assert "M 31 is at 10.684708 +41.268750 (SIMBAD" in found.notes[0]
    assert found.replies[-1].payload["ra"] == pytest.approx(10.684708)


async def test_a_name_nobody_knows(urls: dict[str, str]) -> None:
    with pytest.raises(ApiError, match="no position of Qqq 77 is known"):
        await asked(urls, "cone", position="Qqq 77")


async def test_objects_of_both_surveys_at_once(urls: dict[str, str]) -> None:
    first = (await asked(urls, "class", **{"class": "SN candidate"})).objects[0].object_id
    second = (await asked(urls, "tag", "lsst", tag="in_tns")).objects[0].object_id
    found = await asked(urls, "object", ids=f"{second} {first} ZTF00aaaaaaa", history="yes")
    assert {row.object_id for row in found.objects} == {first, second}
    assert found.notes == ("Fink has no alerts of ZTF00aaaaaaa",)
    assert any(alert.history for alert in found.alerts)


@pytest.mark.parametrize(
    ("name", "survey", "values", "column"),
    [
        ("classes", "ztf", {}, "class"),
        ("tags", "lsst", {}, "tag"),
        ("blocks", "lsst", {}, "block"),
        ("schema", "ztf", {"field": "drb"}, "field"),
        ("schema", "lsst", {"field": "psfFlux"}, "field"),
        ("statistics", "ztf", {"night": "2026"}, "key:key"),
        ("statistics", "lsst", {"night": "2026"}, "f:night"),
    ],
)
async def test_facts_are_rows(
    urls: dict[str, str], name: str, survey: str, values: dict[str, str], column: str
) -> None:
    found = await asked(urls, name, survey, **values)
    assert found.rows
    assert all(row[column] for row in found.rows)


async def test_what_is_offered_for_completion_is_understood(urls: dict[str, str]) -> None:
    for query in QUERIES.values():
        for argument in query.arguments:
            if argument.completion:
                source = QUERIES[argument.completion]
                rows = (await asked(urls, source.name, source.surveys[0])).rows
                assert all(row[argument.completion_key] for row in rows)
    tags = (await asked(urls, "tags", "lsst")).rows
    assert {row["api"] for row in tags} == {True, False}


async def test_names_both_ways(urls: dict[str, str]) -> None:
    known = (await asked(urls, "tag", "lsst", tag="in_tns")).objects[0]
    (back,) = (await asked(urls, "resolve", name=known.object_id)).objects
    assert (back.survey, back.object_id) == ("lsst", known.object_id)
    found = await asked(urls, "resolve", name="Benoitcarry")
    assert found.objects[0].is_moving


async def test_an_object_opened(urls: dict[str, str]) -> None:
    known = (await asked(urls, "class", **{"class": "SN candidate"})).objects[0].object_id
    static = (await asked(urls, "tag", "lsst", tag="in_tns")).objects[0].object_id
    async with FinkApi(urls) as api:
        seen = await look_up(api, "ztf", known)
        assert {point.kind for point in seen.points} == {"detection", "upper limit"}
        assert [p.mjd for p in seen.points] == sorted(p.mjd for p in seen.points)
        images = await cutouts(api, "ztf", known, seen.alerts[-1].source_id)
        assert tuple(images) == CUTOUTS
        other = await look_up(api, "lsst", static)
        assert {point.kind for point in other.points} == {"detection", "forced"}
        assert other.summary["r:diaObjectId"] == static
        assert set(await cutouts(api, "lsst", static, other.alerts[-1].source_id)) == set(CUTOUTS)
        asteroid = await look_up(api, "ztf", "8467")
        assert {alert.object_id for alert in asteroid.alerts} == {"8467"}


async def test_ids_survive_the_wire_digit_by_digit(tmp_path: Path) -> None:
    file = write_avro(tmp_path / "a.avro", [lsst(WIDE + 2, WIDE, 61105.0)])
    candid = 2**62 + 1
    other = write_avro(tmp_path / "b.avro", [ztf("ZTF26aaaaaaa", candid, 61105.0)])
    with demo.start_api(alerts=[file, other]) as served:
        found = await asked({"ztf": served.ztf_url, "lsst": served.lsst_url}, "object", ids=f"{WIDE} ZTF26aaaaaaa")
    assert [(a.object_id, a.source_id) for a in found.alerts] == [("ZTF26aaaaaaa", candid), (str(WIDE), WIDE + 2)]


@pytest.mark.parametrize(
    ("name", "survey", "values", "words"),
    [
        ("sso", "ztf", {"name": "no such thing"}, "not a valid name or number"),
        ("skymap", "ztf", {"event": "S990101zz"}, "No superevent"),
        ("schema", "lsst", {"endpoint": "nope"}, "not a valid endpoint"),
    ],
)
async def test_a_refusal_is_passed_on_in_words(
    urls: dict[str, str], name: str, survey: str, values: dict[str, str], words: str
) -> None:
    with pytest.raises(ApiError, match=words) as caught:
        await asked(urls, name, survey, **values)
    assert str(caught.value).isprintable()
    assert "{'status'" not in str(caught.value)


async def test_wrong_values_are_never_sent() -> None:
    with FaultyServer(ROWS) as server:
        with pytest.raises(WrongValues) as caught:
            await asked(both(server), "cone", position="1 2", radius="9 deg")
        assert list(caught.value.errors) == ["radius"]
        assert server.requests == []


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("class", "SN candidat", "did you mean SN candidate"),
        ("class", "xqzzw", "fink-tui query classes lists them"),
        ("tag", "tns", "did you mean in_tns"),
        ("tag", "uniform_sample", "of the livestream alone"),
    ],
)
async def test_what_is_on_no_list_of_fink_is_not_asked_for(
    urls: dict[str, str], name: str, value: str, words: str
) -> None:
    with pytest.raises(WrongValues) as caught:
        await asked(urls, name, QUERIES[name].surveys[0], **{name: value})
    assert list(caught.value.errors) == [name]
    assert words in caught.value.errors[name]


async def test_a_class_is_asked_for_where_the_list_is_out_of_reach() -> None:
    with FaultyServer(truncated_json(), ROWS) as server:
        found = await asked(both(server), "class", **{"class": "anything"})
    assert [row.object_id for row in found.objects] == ["ZTF26aaaaaaa"]


async def test_simbads_classes_need_no_prefix(urls: dict[str, str]) -> None:
    await asked(urls, "class", **{"class": "QSO"})


async def test_an_anomaly_has_its_score(urls: dict[str, str]) -> None:
    found = await asked(urls, "anomaly")
    assert found.fields_shown() == [("d:anomaly_score", "score")]
    assert all(row.fields["d:anomaly_score"] < 0.0 for row in found.objects)


async def test_a_field_that_no_row_has_is_said(urls: dict[str, str]) -> None:
    found = await asked(urls, "class", **{"class": "SN candidate", "fields": "d:nosuch, i:drb"})
    assert found.notes == ("no row has d:nosuch: fink-tui query schema lists the fields",)


# Servers that misbehave


@pytest.mark.parametrize(
    ("faults", "calls"),
    [
        ([html_error(503), ROWS], 2),
        ([html_error(502), html_error(504), ROWS], 3),
        ([too_many_requests(0), ROWS], 2),
        ([reset_mid_body(), ROWS], 2),
    ],
    ids=["503", "502 then 504", "429", "reset"],
)
async def test_busy_servers_are_asked_again(faults: list[Fault], calls: int) -> None:
    with FaultyServer(*faults) as server:
        async with FinkApi(both(server)) as api:
            reply = await api.fetch(LATESTS)
        assert reply.rows == [{"i:objectId": "ZTF26aaaaaaa", "i:candid": "3610466932815015027"}]
        assert len(server.requests) == calls


@pytest.mark.parametrize(
    ("fault", "calls", "words"),
    [
        (html_error(504), 3, "in a few minutes"),
        (too_many_requests(3600), 1, "too many requests"),
        (reset_mid_body(), 3, "broke off the connection"),
        (truncated_json(), 1, "broke off after"),
        (empty_body(), 1, "empty answer"),
        (wrong_content_type(), 1, "Welcome to the hotel"),
    ],
)
async def test_what_stays_wrong_is_one_line(fault: Fault, calls: int, words: str) -> None:
    with FaultyServer(fault) as server:
        async with FinkApi(both(server)) as api:
            with pytest.raises(ApiError, match=words) as caught:
                await api.fetch(LATESTS)
        assert len(server.requests) == calls
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("body", [b"{}", b'{"rows": []}', b'"none"', b"null", b"[1, 2]", b"0"])
@pytest.mark.parametrize("request_", [LATESTS, Request("ztf", "classes", is_listing=True)], ids=["rows", "names"])
async def test_an_answer_of_another_shape_is_no_answer(tmp_path: Path, request_: Request, body: bytes) -> None:
    if request_.is_listing and body.startswith(b"{"):
        pytest.skip("a listing is an object")
    with FaultyServer(ok(body)) as server:
        async with FinkApi(both(server), Cache(tmp_path / "c")) as api:
            with pytest.raises(ApiError, match="should be"):
                await api.fetch(request_)
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize("status", [400, 404, 500])
async def test_a_refusal_is_not_repeated(status: int) -> None:
    def refusal(connection: Any, stop: Any) -> None:
        connection.sendall(f"HTTP/1.1 {status} .\r\nContent-Length: 4\r\nConnection: close\r\n\r\nnope".encode())

    with FaultyServer(refusal) as server:
        async with FinkApi(both(server)) as api:
            with pytest.raises(ApiError, match=f"nope|{status}"):
                await api.fetch(LATESTS)
        assert len(server.requests) == 1


async def test_retry_after_is_kept() -> None:
    with FaultyServer(too_many_requests(1), ROWS) as server:
        began = time.monotonic()
        async with FinkApi(both(server)) as api:
            await api.fetch(LATESTS)
        assert time.monotonic() - began >= 1.0


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_to_another_host_is_not_followed(status: int) -> None:
    with FaultyServer(ROWS) as other, FaultyServer(redirect(f"{other.url}/x", status)) as server:
        async with FinkApi(both(server)) as api:
            with pytest.raises(ApiError, match="not followed"):
                await api.fetch(LATESTS)
        assert other.requests == []


async def test_invalid_utf8_spoils_one_name_at_most() -> None:
    with FaultyServer(invalid_utf8()) as server:
        async with FinkApi(both(server)) as api:
            reply = await api.fetch(LATESTS)
    assert reply.rows[0]["i:objectId"].startswith("ZTF26")


@pytest.mark.parametrize("fault", [endless_body(), many_rows(200_000)], ids=["endless", "many rows"])
async def test_an_answer_too_large_is_refused_while_it_comes(fault: Fault) -> None:
    sizes: list[int] = []
    with FaultyServer(fault) as server:
        async with FinkApi(both(server), max_bytes=2_000_000) as api:
            with pytest.raises(ApiError, match="larger than 2 MB"):
                await api.fetch(LATESTS, progress=sizes.append)
    assert sizes == sorted(sizes)
    assert sizes[-1] <= 2_000_000


async def test_a_silent_server_runs_into_the_timeout() -> None:
    with FaultyServer(silence(30)) as server:
        async with FinkApi(both(server), timeout_s=0.3) as api:
            with pytest.raises(ApiError, match=r"did not answer within 0\.3 s"):
                await api.fetch(LATESTS)
        assert len(server.requests) == 1


async def test_a_dripping_server_does_too() -> None:
    with FaultyServer(slow_drip(b"[" + b" " * 200, 30)) as server:
        async with FinkApi(both(server), timeout_s=0.25) as api:
            with pytest.raises(ApiError, match="did not answer within"):
                await asyncio.wait_for(api.fetch(LATESTS), 5)


@pytest.mark.parametrize("fault", [silence(30), endless_body()], ids=["silence", "endless"])
async def test_cancelling_ends_the_request_at_once(fault: Fault) -> None:
    with FaultyServer(fault) as server:
        async with FinkApi(both(server), max_bytes=10**9) as api:
            task = asyncio.create_task(api.fetch(LATESTS))
            while not server.requests:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.05)
            began = time.monotonic()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert time.monotonic() - began < 0.3
            # And the next one has its turn.
            assert api._turns._value == 2


async def test_two_requests_at_most_are_under_way() -> None:
    with FaultyServer(silence(0.3)) as server:
        async with FinkApi(both(server), timeout_s=5) as api:
            tasks = [asyncio.create_task(api.fetch(LATESTS)) for _ in range(5)]
            await asyncio.sleep(0.25)
            assert len(server.requests) == 2
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def test_nothing_listens_there() -> None:
    async with FinkApi({"ztf": refused_url()}) as api:
        with pytest.raises(ApiError, match="refuses connections"):
            await api.fetch(LATESTS)


# The answers kept on disk


async def test_a_young_answer_is_not_asked_for_again(tmp_path: Path) -> None:
    with FaultyServer(ROWS) as server:
        async with FinkApi(both(server), Cache(tmp_path / "c")) as api:
            first, second = await api.fetch(LATESTS), await api.fetch(LATESTS)
            assert (first.from_cache, second.from_cache, second.warning) == (False, True, "")
            assert first.rows == second.rows
            assert len(server.requests) == 1
            assert not (await api.fetch(LATESTS, fresh=True)).from_cache
            await api.fetch(Request("ztf", "latests", {"class": "QSO", "n": 5}))
            assert len(server.requests) == 3
    (kept, _) = sorted((tmp_path / "c").iterdir())
    assert kept.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "c").stat().st_mode & 0o777 == 0o700


async def test_an_old_answer_is_shown_as_old_when_the_server_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, later = Cache(tmp_path), time.time() + 7200
    with FaultyServer(ROWS, html_error(503)) as server:
        async with FinkApi(both(server), cache) as api:
            await api.fetch(LATESTS)
            monkeypatch.setattr("fink_tui.fink.cache.time.time", lambda: later)
            stale = await api.fetch(LATESTS)
            offline = await api.fetch(LATESTS, offline=True)
    for reply in (stale, offline):
        assert reply.from_cache
        assert reply.age_s == pytest.approx(7200, abs=5)
        assert "this is the answer of 2 h ago" in reply.warning
    assert "503" in stale.warning


async def test_a_refusal_is_not_hidden_by_an_old_answer(tmp_path: Path) -> None:
    with FaultyServer(ROWS, truncated_json()) as server:
        async with FinkApi(both(server), Cache(tmp_path)) as api:
            await api.fetch(LATESTS)
            with pytest.raises(ApiError, match="broke off"):
                await api.fetch(LATESTS, fresh=True)


async def test_offline_nothing_is_asked(tmp_path: Path) -> None:
    with FaultyServer(ROWS) as server:
        async with FinkApi(both(server), Cache(tmp_path)) as api:
            with pytest.raises(ApiError, match="offline"):
                await api.fetch(LATESTS, offline=True)
        assert server.requests == []


def test_the_cache_forgets_the_oldest_and_survives_damage(tmp_path: Path) -> None:
    folder = tmp_path / "c"
    cache = Cache(folder, max_bytes=5000)
    for number in range(10):
        cache.put("url", {"n": number}, b"x" * 1000, keep_s=60, server_time="")
        os.utime(cache._path("url", {"n": number}), (number, number))
    assert sum(file.stat().st_size for file in folder.iterdir()) <= 5000
    assert cache.get("url", {"n": 0}) is None
    assert cache.get("url", {"n": 9}) is not None
    cache._path("url", {"n": 9}).write_bytes(b"{}")
    assert cache.get("url", {"n": 9}) is None
    cache.put("url", {"n": 99}, b"x" * 2000, keep_s=60, server_time="")
    assert cache.get("url", {"n": 99}) is None
    Cache(tmp_path / "url.file" / "x").put("url", {}, b"x", keep_s=60, server_time="")


# The command


def test_rows_go_to_stdout_and_the_rest_to_stderr(urls: dict[str, str], tmp_path: Path) -> None:
    done = run("query", "class", "SN candidate", "--n", "20", "--json", env=environment(urls))
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)
    assert all(isinstance(row["object"], str) for row in rows)
    assert f"alerts of {len(rows)} object" in done.stderr
    assert "fink-tui query class 'SN candidate' --n 20\n" in done.stderr
    assert_quiet(done.stderr)
    raw = run("query", "class", "SN candidate", "--n", "20", "--alerts", "--json", env=environment(urls))
    assert sum(row["n_alerts"] for row in rows) == len(json.loads(raw.stdout))
    assert all(isinstance(row["i:candid"], str) for row in json.loads(raw.stdout))
    assert "as Fink answered" in raw.stderr


def test_csv_and_votable(urls: dict[str, str]) -> None:
    from astropy.io.votable import parse

    asked_for = ("query", "tag", "in_tns", "--format")
    table = run(*asked_for, "csv", env=environment(urls))
    rows = list(csv.DictReader(io.StringIO(table.stdout)))
    assert rows
    done = run(*asked_for, "votable", env=environment(urls))
    document = parse(io.BytesIO(done.stdout.encode()))
    first = document.get_first_table()
    assert [str(name) for name in first.array["object"]] == [row["object"] for row in rows]
    assert {info.name for info in first.infos} >= {"query", "answered", "request_1"}
    assert "fink-tui query tag in_tns" in str(first.description)
    units = {field.name: str(field.unit or "") for field in first.fields}
    assert [units[name] for name in ("ra", "separation_arcsec", "last_mag", "last_flux_njy", "object")] == [
        *("deg", "arcsec", "mag", "nJy", ""),
    ]
    raw = parse(io.BytesIO(run(*asked_for, "votable", "--alerts", env=environment(urls)).stdout.encode()))
    units = {field.name: str(field.unit or "") for field in raw.get_first_table().fields}
    assert (units["r:psfFlux"], units["r:midpointMjdTai"], units["r:dec"]) == ("nJy", "d", "deg")
    assert_quiet(done.stderr)


@pytest.mark.parametrize("form", ["table", "json", "csv", "votable"])
def test_a_full_disk_is_one_line(urls: dict[str, str], form: str) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            command("query", "classes", "--format", form),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            env={**os.environ, **environment(urls)},
        )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "fink-tui: the output could not be written whole: No space left on device"
    assert_quiet(done.stderr)


def test_a_saved_name_with_a_blank_is_quoted_as_it_must_be_typed(urls: dict[str, str], tmp_path: Path) -> None:
    done = run("query", "tags", "--save", "my tags", "--db", tmp_path / "a.db", env=environment(urls))
    assert "saved: fink-tui query 'my tags'\n" in done.stderr
    again = run("query", "my tags", "--db", tmp_path / "a.db", env=environment(urls))
    assert (again.returncode, again.stdout) == (0, done.stdout)


def test_saved_stored_and_asked_again_without_the_server(urls: dict[str, str], tmp_path: Path) -> None:
    db = tmp_path / "a.db"
    done = run(
        "query", "class", "SN candidate", "--n", "20", "--save", "sn", "--store", "--db", db, env=environment(urls)
    )
    assert done.returncode == 0, done.stderr
    assert "saved: fink-tui query sn" in done.stderr
    targets = json.loads(run("targets", "--json", "--db", db).stdout)
    assert targets
    assert {(t["status"], t["n_alerts"] > 0) for t in targets} == {("new", True)}
    away = {"FINK_TUI_ZTF_API_URL": urls["ztf"], "FINK_TUI_LSST_API_URL": refused_url()}
    again = run("query", "sn", "--db", db, "--offline", env=away)
    assert (again.returncode, again.stdout) == (0, done.stdout), again.stderr
    assert "as Fink answered" in again.stderr


def test_ids_from_a_file_and_from_the_standard_input(urls: dict[str, str], tmp_path: Path) -> None:
    known = [
        row["object"]
        for row in json.loads(run("query", "class", "SN candidate", "--json", env=environment(urls)).stdout)
    ]
    file = tmp_path / "ids.txt"
    file.write_text("\n".join(known))
    done = run("query", "object", f"@{file}", "--json", env=environment(urls))
    assert {row["object"] for row in json.loads(done.stdout)} == set(known)
    piped = subprocess.run(
        command("query", "object", "-", "--json"),
        input=",".join(known),
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **environment(urls)},
    )
    assert piped.stdout == done.stdout
    table = tmp_path / "list.csv"
    table.write_text(
        "name,ra,dec,ztf\n" + "".join(f"SN {i},1,2,{name}\n" for i, name in enumerate(known)) + "M31,1,2,\n"
    )
    listed = run("query", "object", f"@{table}", "--json", env=environment(urls))
    assert listed.stdout == done.stdout and "1 rows without an id of ZTF or LSST left out" in listed.stderr


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["cone", "12:55:17", "-95:12:03", "5"], "position: declination"),
        (["object", "M31"], "ids: M31 is no object id"),
        (["object", "@/nonexistent"], "can't be read"),
        (["skymap"], "event: needed"),
        (["cone", "10", "10", "-5"], "radius: must be above 0"),
        (["nosuch"], "invalid choice"),
        ([], "required"),
        (["tags", "--save", "cone"], "choose another name"),
    ],
)
def test_wrong_usage_is_2(words: list[str], expected: str) -> None:
    done = run("query", *words)
    assert done.returncode == 2
    assert expected in done.stderr
    assert done.stdout == ""


def test_no_answer_is_1() -> None:
    done = run("query", "classes", env={"FINK_TUI_ZTF_API_URL": refused_url()})
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert "refuses connections" in done.stderr


def test_text_from_outside_is_no_terminal_code() -> None:
    rows = [{"i:objectId": "ZTF26aaaaaaa", "v:classification": "\x1b[31mred\x1b]0;x\x07"}]
    with FaultyServer(ok(json.dumps(rows).encode())) as server:
        for form in ("table", "csv", "json", "votable"):
            done = run("query", "class", "x", "--format", form, env={"FINK_TUI_ZTF_API_URL": server.url})
            assert done.returncode == 0, done.stderr
            assert "\x1b" not in done.stdout + done.stderr
            assert "red" in done.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_30_s_of_silence_at_once(number: signal.Signals) -> None:
    with FaultyServer(silence(30)) as server:
        process = subprocess.Popen(
            command("query", "classes"),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "FINK_TUI_ZTF_API_URL": server.url},
        )
        wait_until(lambda: bool(server.requests))
        began = time.monotonic()
        process.send_signal(number)
        out, err = process.communicate(timeout=10)
        assert time.monotonic() - began < 1.0
    assert (process.returncode, out) == (1, "")
    assert_quiet(err)


def test_history_is_kept_of_answers_and_of_failures(urls: dict[str, str], tmp_path: Path) -> None:
    from fink_tui.store.connection import connect
    from fink_tui.store.queries import past_queries

    db = tmp_path / "a.db"
    run("query", "tag", "in_tns", "--db", db, env=environment(urls))
    run("query", "tag", "nope", "--db", db, env=environment(urls))
    run("query", "skymap", "S990101zz", "--db", db, env=environment(urls))
    run("query", "tag", "in_tns", "--db", db, env=environment(urls))
    with closing(connect(db)) as conn:
        newest, failed = past_queries(conn)
    assert (newest.query, newest.survey, newest.values, newest.error) == ("tag", "lsst", {"tag": "in_tns"}, "")
    assert newest.rows and newest.objects
    assert "No superevent" in failed.error


async def test_a_tag_without_summaries_is_still_an_answer(urls: dict[str, str]) -> None:
    found = await asked(urls, "tag", "lsst", tag="in_tns", n="50")
    assert all(row.first_mjd is not None and row.fields["r:nDiaSources"] > 0 for row in found.objects)
    rows = json.dumps(found.rows[:3]).encode()
    listing = ok(json.dumps({"in_tns": {"description": "", "API support": True}}).encode())
    with FaultyServer(listing, ok(rows), wrong_content_type()) as server:
        poorer = await asked(both(server), "tag", "lsst", tag="in_tns", n="3")
    assert poorer.objects and all(row.first_mjd is None for row in poorer.objects)
    assert poorer.notes[0].startswith("without ages: ")


async def test_where_one_survey_has_nothing_the_other_is_named(urls: dict[str, str]) -> None:
    assert (await asked(urls, "sso", "ztf", name="2004 JQ12")).notes == (
        "ZTF has nothing of it: LSST may (--survey lsst)",
    )


async def test_an_object_of_lsst_is_as_old_opened_as_in_the_list(urls: dict[str, str]) -> None:
    [row] = (await asked(urls, "tag", "lsst", tag="in_tns", n="3")).objects
    async with FinkApi(urls=urls) as api:
        history = await look_up(api, "lsst", row.object_id)
    assert {alert.first_mjd for alert in history.alerts} == {row.first_mjd}
