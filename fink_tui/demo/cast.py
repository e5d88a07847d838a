"""Who is on the simulated sky: a dozen and a half of leading sources, and a crowd of the same kinds around them."""

from __future__ import annotations

import math
import random
import string
from collections.abc import Iterator
from typing import Any

from fink_tui.demo.sky import (
    AGN,
    ASTEROID,
    BLAZAR,
    BOGUS,
    FIRST_NIGHT,
    KILONOVA,
    M_DWARF,
    MICROLENSING,
    RR_LYRAE,
    SN_IA,
    SN_II,
    YOUNG_STAR,
    Source,
)

ZTF, LSST, BOTH = ("ztf",), ("lsst",), ("ztf", "lsst")
_CROWD = ((SN_IA, 14), (SN_II, 9), (RR_LYRAE, 5), (YOUNG_STAR, 4), (AGN, 6), (BLAZAR, 4), (ASTEROID, 22), (BOGUS, 6))


def population(seed: int) -> list[Source]:
    """Every source of the sky that a seed stands for."""
    return [*_leads(seed), *_published(seed), *_crowd(seed)]


def _leads(seed: int) -> Iterator[Source]:
    night = float(FIRST_NIGHT)
    dice = random.Random(f"{seed}/leads")

    def lead(
        kind: str, surveys: tuple[str, ...], ra: float, dec: float, mag: float, epoch: float, days: float, **more: Any
    ) -> Source:
        name = ztf_name(dice, _first_seen(kind, epoch))
        at = (ra + dice.uniform(-1.5, 1.5), dec + dice.uniform(-1.5, 1.5))
        key = f"{seed}/{name}"
        return Source(name, kind, surveys, *at, mag + dice.uniform(-0.15, 0.15), epoch, days, key, **more)

    # All of these are up when the night begins, so that each is among the first alerts.
    yield lead(SN_IA, BOTH, 22.0, -4.5, 18.2, night + 5.0, 21.0, host_mag=17.6, host_arcsec=4.1, tns="SN 2026abqk")
    yield lead(SN_IA, ZTF, 14.0, 21.0, 18.4, night + 12.0, 20.0, host_mag=17.9, host_arcsec=3.2)
    yield lead(SN_II, ZTF, 8.0, 12.0, 17.7, night - 34.0, 88.0, host_mag=15.9, host_arcsec=7.5, tns="SN 2026zqd")
    yield lead(SN_II, LSST, 12.0, -31.0, 20.4, night - 18.0, 95.0, host_mag=19.6, host_arcsec=1.7)
    yield lead(SN_IA, LSST, 31.0, -24.0, 21.0, night + 9.0, 19.0)
    yield lead(SN_IA, LSST, 2.0, -38.0, 19.1, night + 8.0, 20.0, host_mag=18.9, host_arcsec=2.2)
    yield lead(KILONOVA, ZTF, 18.0, 34.0, 17.9, night - 0.4, 1.0, host_mag=16.8, host_arcsec=9.3)
    yield lead(MICROLENSING, ZTF, 6.0, 59.0, 17.4, night + 4.0, 19.0)
    yield lead(YOUNG_STAR, ZTF, 35.0, 46.0, 16.2, night - 2.3, 8.2)
    yield lead(BLAZAR, ZTF, 17.0, 28.0, 17.1, night, 40.0)
    yield lead(AGN, LSST, 9.0, -43.0, 19.2, night, 120.0)
    yield lead(RR_LYRAE, LSST, 26.0, -12.0, 18.3, night - 0.1, 0.571)
    yield lead(M_DWARF, LSST, 33.0, -28.0, 19.9, night + 0.068, 0.008, visits=12)
    yield lead(ASTEROID, ZTF, 28.0, 11.0, 18.3, night, 0.21, designation="8467", motion=(-0.19, -0.06))
    yield lead(ASTEROID, LSST, 20.0, 3.0, 21.2, night, 0.33, designation="2009 WK85", motion=(-0.22, -0.08))
    yield lead(BOGUS, ZTF, 11.0, 5.0, 14.2, night, 1.0)
    yield lead(BOGUS, LSST, 29.0, -18.0, 15.8, night, 1.0)
    # Near the kilonova, so that the region of its gravitational wave has something of LSST as well.
    yield lead(SN_IA, LSST, 18.0, 32.0, 19.3, night + 7.0, 20.0, host_mag=19.0, host_arcsec=1.9)


def _published(seed: int) -> Iterator[Source]:
    """Names that Fink's documentation and the help of clients use, so that what is copied from there finds something.

    The places of the first two are the published ones; all else is made up.
    """
    night = float(FIRST_NIGHT)

    def source(name: str, kind: str, survey: tuple[str, ...], ra: float, dec: float, mag: float, **more: Any) -> Source:
        return Source(name, kind, survey, ra, dec, mag, night, more.pop("days"), f"{seed}/{name}", **more)

    yield source("ZTF21abfmbix", RR_LYRAE, ZTF, 193.82125, 2.89722, 16.4, days=0.553)
    yield source("ZTF26published", AGN, LSST, 150.114315, 2.99757, 19.4, days=140.0, dia_object_id=170028500588167170)
    yield source(
        "ZTF26asteroida", ASTEROID, LSST, 16.5, 1.0, 20.9, days=0.27, designation="2015 BC557", motion=(-0.2, -0.07)
    )
    yield source(
        "ZTF26asteroidb", ASTEROID, LSST, 24.0, 5.5, 21.3, days=0.18, designation="2004 JQ12", motion=(-0.24, 0.05)
    )


def _crowd(seed: int) -> Iterator[Source]:
    for kind, number in _CROWD:
        for k in range(number):
            yield _extra(random.Random(f"{seed}/crowd/{kind}/{k}"), seed, kind)


def _extra(dice: random.Random, seed: int, kind: str) -> Source:
    survey = LSST if kind in (RR_LYRAE, AGN) else ZTF if kind in (YOUNG_STAR, BLAZAR) else dice.choice((ZTF, LSST))
    deeper = 2.2 if survey == LSST else 0.0
    supernova = kind in (SN_IA, SN_II)
    # Explosions go on into the nights to come: otherwise nothing new would ever turn up.
    epoch = FIRST_NIGHT + (dice.uniform(-30.0, 24.0) if supernova else dice.uniform(-1.0, 0.0))
    name = ztf_name(dice, _first_seen(kind, epoch))
    mags = {SN_IA: 18.6, SN_II: 18.2, RR_LYRAE: 16.5, YOUNG_STAR: 16.4, AGN: 17.4, BLAZAR: 17.5, ASTEROID: 18.4}
    ra = dice.uniform(65.0, 175.0) if survey == ZTF else dice.uniform(92.0, 145.0)
    dec = dice.uniform(-12.0, 60.0) if survey == ZTF else dice.uniform(-55.0, 4.0)
    if kind == ASTEROID:
        dec = 23.0 * math.sin(math.radians(ra)) + dice.uniform(-7.0, 7.0)  # near the ecliptic
    return Source(
        name=name,
        kind=kind,
        surveys=survey,
        ra=ra,
        dec=dec,
        mag=mags.get(kind, 14.3) + deeper + dice.uniform(-0.8, 0.6),
        epoch=epoch,
        days=_time_scale(kind, dice),
        key=f"{seed}/{name}",
        host_mag=dice.uniform(16.5, 18.5) + deeper if supernova and dice.random() < 0.8 else None,
        host_arcsec=dice.uniform(0.5, 6.0),
        designation=_designation(survey, dice) if kind == ASTEROID else "",
        motion=(dice.uniform(-0.28, 0.1), dice.uniform(-0.12, 0.12)) if kind == ASTEROID else (0.0, 0.0),
        visits=dice.randint(8, 14),
    )


def _first_seen(kind: str, epoch: float) -> float:
    return {SN_IA: epoch - 16.0, SN_II: epoch + 1.0, KILONOVA: epoch + 0.1}.get(kind, FIRST_NIGHT - 900.0)


def _time_scale(kind: str, dice: random.Random) -> float:
    low, high = {
        SN_IA: (18.0, 22.0),
        SN_II: (80.0, 110.0),
        RR_LYRAE: (0.48, 0.66),
        YOUNG_STAR: (4.0, 11.0),
        AGN: (80.0, 220.0),
        BLAZAR: (20.0, 60.0),
        ASTEROID: (0.1, 0.4),
    }.get(kind, (1.0, 1.0))
    return dice.uniform(low, high)


def _designation(survey: tuple[str, ...], dice: random.Random) -> str:
    if survey == ZTF:
        return str(dice.randint(1200, 99999))
    half_month = dice.choice("ABCDEFGHJKLMNOPQRSTUVWXY")
    return f"{dice.randint(1998, 2019)} {half_month}{dice.choice('ABCDEFGHJKLMNOPQRSTUVWXYZ')}{dice.randint(1, 220)}"


def ztf_name(dice: random.Random, mjd: float) -> str:
    """An object name as ZTF gives them: the year, then seven letters that grow through it (mjd UTC)."""
    fraction = (mjd - 61041.0) / 365.25  # since 2026-01-01
    counter = int((fraction % 1.0) * 17576 * 2.0) + dice.randrange(60)
    letters = string.ascii_lowercase
    head = "".join(letters[counter // 26**k % 26] for k in (2, 1, 0))
    return f"ZTF{26 + math.floor(fraction)}a{head}" + "".join(dice.choices(letters, k=3))
