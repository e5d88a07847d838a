"""Live ZTF alerts as Fink sends them: the survey's own part."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from fink_tui.demo import ztf_scores
from fink_tui.demo.cast import ztf_name
from fink_tui.demo.curves import mag_from_flux
from fink_tui.demo.cutouts import ztf_cutouts
from fink_tui.demo.features import light_curve_features
from fink_tui.demo.schemas import blank, filled, records
from fink_tui.demo.sky import ASTEROID, BOGUS, NUCLEI, STARS, template_flux
from fink_tui.demo.times import JD_OF_MJD, stamp, utc
from fink_tui.demo.visits import Point, detections_before, first_detection, history

_BAND_NUMBER = {"g": 1, "r": 2, "i": 3}
_NIGHT_ZERO_MJD = 57754  # ZTF counts its nights from 2017-01-01
_NONE = -999.0
Values = dict[str, Any]


def object_id(point: Point) -> str:
    """ZTF's name of the source; a moving one gets another at every place."""
    if point.source.kind != ASTEROID:
        return point.source.name
    return ztf_name(point.dice("name"), point.mjd)


def source_id(point: Point) -> int:
    """candid: the exposure, the sign of the difference and the place in the exposure's list."""
    return int(_image(point)["pid"]) * 10**6 + (10000 if point.flux < 0.0 else 15000) + _place_in_list(point)


def _place_in_list(point: Point) -> int:
    return point.dice("list").randint(0, 140)


def alert(point: Point, sent: float) -> Values:
    """The alert of one detection; `sent` is when Fink sends it, MJD UTC."""
    candidate = _candidate(point)
    before = history(point.source, "ztf", point.mjd)
    values: Values = {
        "candid": candidate["candid"],
        "schemavsn": "4.02",
        "publisher": "Fink",
        "objectId": object_id(point),
        "candidate": filled("ztf", "candidate", candidate),
        "prv_candidates": [_previous(p) for p in before if point.mjd - p.mjd <= 30.0] or None,
        **_cutouts(point, candidate),
        **_features(point, before),
        **ztf_scores.scores(point, before, candidate),
        **_broker(point, sent),
    }
    return filled("ztf", "value", values)


def _broker(point: Point, sent: float) -> Values:
    second = 1.0 / 86400.0
    return {
        "brokerIngestTimestamp": stamp(sent - 190.4 * second),
        "brokerStartProcessTimestamp": stamp(sent - 71.2 * second),
        "brokerEndProcessTimestamp": stamp(sent),
        "fink_broker_version": "4.1",
        "fink_science_version": "8.41.0",
        "timestamp": stamp(point.mjd),
    }


def _previous(point: Point) -> Values:
    image = _image(point)
    if not point.is_detected:
        return filled("ztf", "prv_candidates", image)
    whole = {**image, **_detection(point), **_reference(point)}
    kept = {name: whole[name] for name in records("ztf")["prv_candidates"] if name in whole}
    # Fink's history has no match with solar system objects, and names the archived image.
    day = f"{utc(point.mjd):%Y/%m%d}/{_fraction(point):06d}"
    archived = f"/ztf/archive/sci/{day}/{image['pdiffimfilename']}.fz"
    return filled("ztf", "prv_candidates", {**kept, "pdiffimfilename": archived})


def _candidate(point: Point) -> Values:
    return {
        **_image(point),
        **_detection(point),
        **_reference(point),
        **_catalogues(point),
        **_moving(point),
        **_counts(point),
    }


def _fraction(point: Point) -> int:
    return int(point.mjd % 1.0 * 1_000_000)


def _image(point: Point) -> Values:
    place = point.source.dice("field")
    field, channel = place.randint(300, 800), place.randint(0, 63)
    number = _BAND_NUMBER[point.band]
    night = math.floor(point.mjd) - _NIGHT_ZERO_MJD
    name = f"ztf_{utc(point.mjd):%Y%m%d}{_fraction(point):06d}_{field:06d}_z{point.band}"
    dice = point.dice("image")
    return {
        "jd": round(point.mjd + JD_OF_MJD, 7),
        "fid": number,
        "pid": night * 10**9 + _fraction(point) // 10 * 10**4 + channel * 100 + 15,
        "diffmaglim": point.limit,
        "pdiffimfilename": f"{name}_c{channel // 4 + 1:02d}_o_q{channel % 4 + 1}_scimrefdiffimg.fits",
        "programpi": "Kasliwal/Graham",
        "programid": 1,
        "nid": night,
        "rcid": channel,
        "field": field,
        "magzpsci": 26.0 + dice.gauss(0.0, 0.15),
        "magzpsciunc": abs(dice.gauss(0.0, 1e-5)),
        "magzpscirms": abs(dice.gauss(0.03, 0.01)),
        "clrcoeff": dice.gauss(0.09, 0.02),
        "clrcounc": abs(dice.gauss(0.0, 1e-5)),
        "rbversion": "t17_f5_c3",
    }


def _detection(point: Point) -> Values:
    dice = point.dice("detection")
    is_negative = point.flux < 0.0
    aperture = point.mag + dice.gauss(0.0, 1.5 * point.mag_err)
    x, y = dice.uniform(60.0, 3010.0), dice.uniform(60.0, 3020.0)
    width = point.seeing / 1.012
    snr = abs(point.flux) / point.flux_err
    return {
        "candid": source_id(point),
        "isdiffpos": ("f" if is_negative else "t") if dice.random() < 0.9 else ("0" if is_negative else "1"),
        "tblid": _place_in_list(point),
        "xpos": x,
        "ypos": y,
        "ra": round(point.ra, 7),
        "dec": round(point.dec, 7),
        "magpsf": point.mag,
        "sigmapsf": point.mag_err,
        "chipsf": abs(dice.gauss(1.0, 0.4)),
        "magap": aperture,
        "sigmagap": point.mag_err * 1.6,
        "sky": dice.gauss(0.1, 0.3),
        "magdiff": aperture - point.mag,
        "fwhm": width,
        "classtar": dice.uniform(0.1, 0.4) if point.source.kind == BOGUS else dice.uniform(0.75, 1.0),
        "mindtoedge": min(x, y, 3072.0 - x, 3080.0 - y),
        "magfromlim": point.limit - aperture,
        "seeratio": dice.uniform(0.7, 2.0),
        "aimage": width * 0.35,
        "bimage": width * 0.33,
        "aimagerat": 0.35,
        "bimagerat": 0.33,
        "elong": 1.0 + abs(dice.gauss(0.06, 0.04)),
        "nneg": dice.randint(8, 14) if point.source.kind == BOGUS else dice.randint(0, 5),
        "nbad": 0,
        "rb": dice.uniform(0.32, 0.5) if point.source.kind == BOGUS else dice.uniform(0.65, 0.96),
        "sumrat": dice.uniform(0.3, 0.6) if point.source.kind == BOGUS else min(1.0, dice.gauss(0.98, 0.02)),
        "magapbig": aperture - abs(dice.gauss(0.0, 0.1)),
        "sigmagapbig": point.mag_err * 2.1,
        "scorr": snr * 0.95,
    }


def _reference(point: Point) -> Values:
    """The nearest source of the reference image: the star itself, the galaxy's centre, or something far off."""
    source, dice = point.source, point.source.dice("reference")
    is_self = source.kind in STARS or source.kind in NUCLEI or source.kind == BOGUS
    if is_self:
        mag, away = mag_from_flux(point.template), abs(dice.gauss(0.15, 0.1))
    elif source.host_mag is not None:
        mag, away = source.host_mag + (0.7 if point.band == "g" else 0.0), source.host_arcsec
    else:
        mag, away = dice.uniform(20.5, 22.5), dice.uniform(6.0, 14.0)
    return {
        "distnr": away,
        "magnr": mag,
        "sigmagnr": 0.02,
        "chinr": abs(dice.gauss(1.0, 0.5)) if is_self else abs(dice.gauss(4.0, 2.0)),
        "sharpnr": dice.gauss(0.0, 0.03) if is_self else abs(dice.gauss(0.5, 0.2)),
        "ranr": round(point.ra + away / 3600.0 / math.cos(math.radians(point.dec)), 7),
        "decnr": round(point.dec, 7),
    }


def _catalogues(point: Point) -> Values:
    source, dice = point.source, point.source.dice("catalogues")
    # A catalogue does not depend on the band of the exposure.
    nearest = _reference(replace(point, band="r", template=template_flux(source, "r")))
    is_star = source.kind in STARS
    red = nearest["magnr"]
    values: Values = {}
    for rank, (mag, away) in enumerate(
        ((red, nearest["distnr"]), (21.0, dice.uniform(7, 12)), (21.4, dice.uniform(12, 20))), 1
    ):
        values |= {
            f"objectidps{rank}": dice.randint(10**16, 2 * 10**17),
            f"sgmag{rank}": mag + 0.5,
            f"srmag{rank}": mag,
            f"simag{rank}": mag - 0.2,
            f"szmag{rank}": mag - 0.3 if rank < 3 else _NONE,
            f"sgscore{rank}": dice.uniform(0.9, 1.0) if is_star and rank == 1 else dice.uniform(0.0, 0.3),
            f"distpsnr{rank}": away,
        }
    return values | {
        "nmtchps": dice.randint(3, 40),
        "neargaia": nearest["distnr"] if is_star else dice.uniform(8.0, 40.0),
        "neargaiabright": dice.uniform(20.0, 88.0),
        "maggaia": red if is_star else dice.uniform(15.0, 20.0),
        "maggaiabright": dice.uniform(11.0, 14.0),
        "rfid": _image(point)["field"] * 10**6 + 120000 + _BAND_NUMBER[point.band] * 100 + _image(point)["rcid"],
        "jdstartref": 2458217.00838,
        "jdendref": 2458371.626192,
        "nframesref": dice.randint(15, 40),
        "exptime": 30.0,
    }


def _moving(point: Point) -> Values:
    if point.source.kind != ASTEROID:
        return {"ssdistnr": _NONE, "ssmagnr": _NONE, "ssnamenr": "null"}
    dice = point.dice("ephemeris")
    predicted = point.source.mag + dice.gauss(0.0, 0.05)
    return {"ssdistnr": abs(dice.gauss(0.4, 0.2)), "ssmagnr": predicted, "ssnamenr": point.source.designation}


def _counts(point: Point) -> Values:
    dice = point.dice("counts")
    first = first_detection(point.source, "ztf", point.mjd) or point.mjd
    is_bogus = point.source.kind == BOGUS
    snr = abs(point.flux) / point.flux_err
    return {
        "ndethist": detections_before(point.source, "ztf", point.mjd) + 1,
        "ncovhist": point.source.dice("coverage").randint(600, 2000) + math.floor(point.mjd) % 100,
        "jdstarthist": round(first + JD_OF_MJD, 7),
        "jdendhist": round(point.mjd + JD_OF_MJD, 7),
        "tooflag": 0,
        "dsnrms": snr * 0.8,
        "ssnrms": snr * 1.3,
        "dsdiff": -snr * 0.5,
        "nmatches": dice.randint(400, 2400),
        "zpclrcov": dice.gauss(0.0, 1e-4),
        "zpmed": 26.0 + dice.gauss(0.0, 0.1),
        "clrmed": dice.gauss(0.9, 0.15),
        "clrrms": abs(dice.gauss(0.2, 0.03)),
        "drb": dice.uniform(0.02, 0.3) if is_bogus else 1.0 - abs(dice.gauss(0.0, 0.03)),
        "drbversion": "d6_m7",
    }


def _cutouts(point: Point, candidate: Values) -> Values:
    stamps = ztf_cutouts(point)
    image = f"candid{candidate['candid']}_pid{candidate['pid']}_targ"
    names = {
        "Science": f"{image}_sci.fits.gz",
        "Template": f"candid{candidate['candid']}_ref.fits.gz",
        "Difference": f"{image}_refmsci.fits.gz",
    }
    return {f"cutout{kind}": {"fileName": names[kind], "stampData": stamps[kind]} for kind in names}


def _features(point: Point, before: list[Point]) -> Values:
    values: Values = {}
    for band in "gr":
        seen = [p for p in (*before, point) if p.band == band and p.is_detected]
        record = f"lc_features_{band}"
        values[record] = blank("ztf", record)
        if seen:
            values[record].update(
                light_curve_features([p.mjd for p in seen], [p.mag for p in seen], [p.mag_err for p in seen])
            )
    return values
