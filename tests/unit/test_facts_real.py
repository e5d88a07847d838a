"""Every number the pane shows of the real alerts, against the packet as fastavro reads it and against astropy."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import astropy.units as u
import fastavro
import pytest
from astropy.time import Time
from packets import real_messages, understood

from fink_tui.alerts.arrival import Batch
from fink_tui.output.facts import Fact, groups_of
from fink_tui.output.records import view_record
from fink_tui.store.alerts import write_batch
from fink_tui.store.connection import connect_memory
from fink_tui.store.targets import TargetView, target_of_object, view_target

BANDS = {1: "g", 2: "r", 3: "i"}
Points = list[dict[str, Any]]


def packets() -> Iterator[tuple[str, int]]:
    folder = os.environ.get("FINK_TUI_REAL_ALERTS")
    for survey in ("ztf", "lsst"):
        for path in sorted(Path(folder).glob(f"{survey}*.avro")) if folder else []:
            with path.open("rb") as file:
                yield from ((survey, number) for number, _ in enumerate(fastavro.reader(file)))


CASES = list(packets())
pytestmark = pytest.mark.skipif(not CASES, reason="FINK_TUI_REAL_ALERTS names no folder of real alerts")


def read(survey: str, number: int) -> tuple[dict[str, Any], TargetView]:
    """A packet by fastavro alone, and what the program made of the same message."""
    folder = Path(os.environ["FINK_TUI_REAL_ALERTS"])
    every = [packet for path in sorted(folder.glob(f"{survey}*.avro")) for packet in _records(path)]
    arrived = understood(real_messages(survey)[number])
    conn = connect_memory()
    write_batch(conn, Batch((arrived,)))
    target = target_of_object(conn, survey, arrived.alert.object_id)
    assert target is not None
    view = view_target(conn, target)
    assert view is not None
    return every[number], view


def _records(path: Path) -> list[dict[str, Any]]:
    with path.open("rb") as file:
        return list(fastavro.reader(file))


# What a packet says, worked out with astropy.


def utc(packet: dict[str, Any], record: dict[str, Any]) -> Time:
    if "candidate" in packet:
        return Time(record["jd"], format="jd", scale="utc")
    return Time(record["midpointMjdTai"], format="mjd", scale="tai").utc


def ab(flux_njy: float) -> float:
    return float((flux_njy * u.nJy).to_value(u.ABmag))


def mag_error(flux: float, error: float) -> float:
    return 2.5 / math.log(10.0) * error / flux


def measured(packet: dict[str, Any], record: dict[str, Any]) -> dict[str, Any] | None:
    """Time, band, signed flux (µJy), difference and apparent magnitude with their errors of one record; None of limits.

    Magnitudes of ZTF as they are; its fluxes, and all of LSST's magnitudes, by astropy's units.
    """
    made: dict[str, Any] = {"mjd": utc(packet, record).mjd}
    if "candidate" in packet:
        if record["magpsf"] is None:
            return None
        made |= {"band": BANDS[record["fid"]], "mag": record["magpsf"], "mag_err": record["sigmapsf"]}
        made["positive"] = record["isdiffpos"] in ("t", "1")
        sign = 1.0 if made["positive"] else -1.0
        flux = float((record["magpsf"] * u.ABmag).to_value(u.nJy))
        error = flux * math.log(10.0) / 2.5 * record["sigmapsf"]
        made |= {"flux": sign * flux / 1e3, "flux_err": error / 1e3}
        if record["magnr"] is not None and record["magnr"] > 0:
            reference = float((record["magnr"] * u.ABmag).to_value(u.nJy))
            total = reference + sign * flux
            total_err = math.hypot(error, reference * math.log(10.0) / 2.5 * record["sigmagnr"])
            if total > 0:
                made |= {"apparent": ab(total), "apparent_err": mag_error(total, total_err)}
        return made
    flux, error = record["psfFlux"], record["psfFluxErr"]
    made |= {"band": record["band"], "flux": flux / 1e3, "flux_err": error / 1e3}
    made["positive"] = not record.get("isNegative", flux < 0)
    if flux > 0:
        made |= {"mag": ab(flux), "mag_err": mag_error(flux, error)}
    if record["scienceFlux"] is not None and record["scienceFlux"] > 0:
        total = record["scienceFlux"]
        made |= {"apparent": ab(total), "apparent_err": mag_error(total, record["scienceFluxErr"])}
    return made


def own(packet: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = packet.get("candidate") or packet["diaSource"]
    return found


def detections(packet: dict[str, Any]) -> Points:
    history = packet.get("prv_candidates") or packet.get("prvDiaSources") or []
    every = [measured(packet, record) for record in (*history, own(packet))]
    return sorted((point for point in every if point), key=lambda point: point["mjd"])


def limits(packet: dict[str, Any]) -> list[tuple[float, float, int]]:
    return [
        (utc(packet, record).mjd, record["diffmaglim"], record["fid"])
        for record in packet.get("prv_candidates") or ()
        if record["magpsf"] is None
    ]


# The facts.


@pytest.mark.parametrize(("survey", "number"), CASES)
def test_every_fact_of_a_real_alert_is_what_the_packet_says(survey: str, number: int) -> None:
    packet, view = read(survey, number)
    checked = 0
    for group in groups_of(view):
        for fact in group.facts:
            wanted, tolerance = expected(group.title, fact, packet)
            assert_same(fact, wanted, tolerance)
            checked += 1
    assert checked > 30


def assert_same(fact: Fact, wanted: Any, tolerance: float) -> None:
    if isinstance(wanted, tuple):
        value, error = wanted
        assert fact.error == (None if error is None else pytest.approx(error, abs=tolerance, rel=1e-6)), fact
        assert written(fact.text)[-1] == pytest.approx(error, rel=0.06, abs=0.006), fact
        wanted = value
    if isinstance(wanted, bool | str | list):
        assert fact.value == wanted, fact
    else:
        assert fact.value == pytest.approx(wanted, abs=tolerance, rel=1e-6), fact
        shown = written(fact.text)[0]
        digits = len(re.search(r"\d+(?:\.(\d+))?", fact.text).group(1) or "")  # type: ignore[union-attr]
        assert shown == pytest.approx(fact.value, abs=0.51 * 10.0**-digits, rel=1e-5), fact


def written(text: str) -> list[float]:
    return [float(found) for found in re.findall(r"[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?", text.replace("−", "-"))]


def expected(group: str, fact: Fact, packet: dict[str, Any]) -> tuple[Any, float]:
    """What a fact must say, (value, error) where it has one; fails on a fact nobody knows."""
    if re.fullmatch(r"[A-Za-z]\w*(\.\w+)?", fact.source) and (group, fact.name) not in SPECIAL:
        value = at(packet, fact.source)
        if fact.separation is not None:
            assert fact.separation == at(packet, SEPARATIONS[fact.source])
        if fact.share is not None:
            assert fact.share == pytest.approx(value)
        if isinstance(value, str) and isinstance(fact.value, float):
            value = float(value)
        return ((value, at(packet, ERRORS[fact.source])) if fact.error is not None else value), 0.0
    makers = {name: make for (title, name), make in SPECIAL.items() if title == group}
    name = re.sub(r"^([ugrizy]) rate$", "rate", fact.name)
    name = re.sub(r"^[ugrizy]−[ugrizy]( apparent)?$", r"colour\1", name)
    assert name in makers, f"nothing checks {group}: {fact}"
    return makers[name](packet, fact)


def at(packet: dict[str, Any], path: str) -> Any:
    value: Any = packet
    for name in path.split("."):
        value = value[name]
    return value


ERRORS = {
    "Plx": "e_Plx",
    "xm.gaiadr3_Plx": "xm.gaiadr3_e_Plx",
    "xm.legacydr8_zphot": "xm.legacydr8_e_zphot",
    "mag_rate": "sigma_rate",
    "diaSource.psfFlux": "diaSource.psfFluxErr",
    "candidate.magpsf": "candidate.sigmapsf",
}
SEPARATIONS = {
    "candidate.magnr": "candidate.distnr",
    "candidate.srmag1": "candidate.distpsnr1",
    "candidate.maggaia": "candidate.neargaia",
    "candidate.maggaiabright": "candidate.neargaiabright",
}
CATS = {11: "SN-like", 12: "Fast", 13: "Long", 21: "Periodic", 22: "Non-periodic"}
MINUTE = 1.0 / 1440.0


def label(packet: dict[str, Any], fact: Fact) -> tuple[Any, float]:
    if "candidate" not in packet:
        return CATS[packet["clf"]["cats_class"]], 0.0
    return packet["tns"] or packet["finkclass"], 0.0


def moment(time: Time) -> tuple[Any, float]:
    return f"{time.isot}Z", 0.0


def pair(packet: dict[str, Any], name: str) -> tuple[Any, float]:
    found = measured(packet, own(packet))
    assert found is not None
    return (found[name], found[f"{name}_err"]), 1e-6


def brightest(packet: dict[str, Any]) -> dict[str, Any]:
    return min((p for p in detections(packet) if p["positive"] and "mag" in p), key=lambda p: (p["mag"], p["mjd"]))


def newest_point(packet: dict[str, Any]) -> float:
    forced = [utc(packet, record).mjd for record in packet.get("prvDiaForcedSources") or ()]
    return max([*(p["mjd"] for p in detections(packet)), *(mjd for mjd, *_ in limits(packet)), *forced])


def first_seen(packet: dict[str, Any]) -> Time:
    if "candidate" in packet:
        named = Time(packet["candidate"]["jdstarthist"], format="jd", scale="utc")
    else:
        named = Time(packet["misc"]["firstDiaSourceMjdTaiFink"], format="mjd", scale="tai").utc
    return min(named, Time(detections(packet)[0]["mjd"], format="mjd", scale="utc"))


def rate(packet: dict[str, Any], fact: Fact) -> tuple[Any, float]:
    every = [p for p in detections(packet) if p["band"] == fact.name[0] and p["positive"] and "mag" in p]
    last = every[-1]
    before = [p for p in every if 0.5 < last["mjd"] - p["mjd"] <= 30.0][-1]
    days = last["mjd"] - before["mjd"]
    assert written(fact.note)[0] == pytest.approx(days, abs=0.0051)
    return ((last["mag"] - before["mag"]) / days, math.hypot(last["mag_err"], before["mag_err"]) / days), 1e-5


def colour(packet: dict[str, Any], fact: Fact) -> tuple[Any, float]:
    key = "apparent" if fact.name.endswith("apparent") else "mag"
    every = [p for p in detections(packet) if key in p and (key == "apparent" or p["positive"])]
    bluer, redder = fact.name[0], fact.name[2]
    pairs = [
        (max(b["mjd"], r["mjd"]), -abs(b["mjd"] - r["mjd"]), b, r)
        for b in every
        for r in every
        if b["band"] == bluer and r["band"] == redder and abs(b["mjd"] - r["mjd"]) <= 0.5
    ]
    _, apart, blue, red = max(pairs, key=lambda found: found[:2])
    assert written(fact.note)[-1] == pytest.approx(-apart * 24.0, abs=0.051)
    return (blue[key] - red[key], math.hypot(blue[f"{key}_err"], red[f"{key}_err"])), 1e-5


def last_limit(packet: dict[str, Any], fact: Fact) -> tuple[Any, float]:
    first = detections(packet)[0]["mjd"]
    mjd, depth, fid = max((limit for limit in limits(packet) if limit[0] < first), key=lambda limit: limit[:2])
    assert fact.note.endswith(f"{BANDS[fid]} > {depth:.2f}")
    return first - mjd, 1e-7


def peak(packet: dict[str, Any], fact: Fact) -> tuple[Any, float]:
    best = brightest(packet)
    assert fact.text.startswith(f"{best['band']} ")
    return (best["mag"], best["mag_err"]), 1e-6


def position(name: str) -> Any:
    return lambda packet, fact: (own(packet)[name], 0.0)


SPECIAL: dict[tuple[str, str], Any] = {
    ("what", "class"): label,
    ("what", "surveys"): lambda p, f: (["ztf" if "candidate" in p else "lsst"], 0.0),
    ("what", "last alert"): lambda p, f: (str(own(p).get("candid") or own(p)["diaSourceId"]), 0.0),
    ("where", "RA"): position("ra"),
    ("where", "Dec"): position("dec"),
    ("topics", ""): lambda p, f: (f.text, 0.0),
    ("how bright", "observed"): lambda p, f: moment(utc(p, own(p))),
    ("how bright", "band"): lambda p, f: (measured(p, own(p))["band"], 0.0),  # type: ignore[index]
    ("how bright", "difference"): lambda p, f: pair(p, "mag"),
    ("how bright", "flux"): lambda p, f: pair(p, "flux"),
    ("how bright", "apparent"): lambda p, f: pair(p, "apparent"),
    ("how sure", "CATS class"): lambda p, f: (CATS[p["clf"]["cats_class"]], 0.0),
    ("change", "peak"): peak,
    ("change", "peak at"): lambda p, f: moment(Time(brightest(p)["mjd"], format="mjd", scale="utc")),
    ("change", "since peak"): lambda p, f: (newest_point(p) - brightest(p)["mjd"], 1e-7),
    ("change", "rate"): rate,
    ("change", "last limit"): last_limit,
    ("colour", "colour"): colour,
    ("colour", "colour apparent"): colour,
    ("history", "alerts"): lambda p, f: (1, 0.0),
    ("history", "detections"): lambda p, f: (len(detections(p)), 0.0),
    ("history", "of them negative"): lambda p, f: (sum(not d["positive"] for d in detections(p)), 0.0),
    ("history", "upper limits"): lambda p, f: (len(limits(p)), 0.0),
    ("history", "forced points"): lambda p, f: (len(p.get("prvDiaForcedSources") or ()), 0.0),
    ("history", "first seen"): lambda p, f: moment(first_seen(p)),
    ("history", "last alert at"): lambda p, f: moment(utc(p, own(p))),
    ("history", "age"): lambda p, f: (utc(p, own(p)).mjd - first_seen(p).mjd, 1e-7),
}


@pytest.mark.parametrize(("survey", "number"), CASES)
def test_scripts_are_told_every_fact_of_the_pane(survey: str, number: int) -> None:
    _, view = read(survey, number)
    told = [(found["group"], found["name"], found["value"], found["unit"]) for found in view_record(view)["facts"]]
    shown = [(group.title, fact.name, fact.value, fact.unit) for group in groups_of(view) for fact in group.facts]
    assert told == shown
