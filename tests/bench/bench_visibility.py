"""Visibility tonight against astroplan on the same targets: `python tests/bench/bench_visibility.py [TARGETS ...]`.

Both are warm and offline, and asked for altitude and azimuth now, the Moon's distance, and of what is left of the dark
the hours above 30 degrees and the best altitude; then for the next rise, transit and set as well, which ours has always
found with the rest. Astroplan samples the night: every half hour, as it does unless told otherwise, or every 5 minutes.
Prints medians of interleaved repeats in processor time, how many times longer astroplan takes, and how far it differs.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable
from statistics import median
from typing import Any

import astropy.units as u
import numpy as np
from astropy.coordinates import EarthLocation, SkyCoord, get_body
from astropy.time import Time
from astropy.utils import iers

from fink_tui.alerts.times import from_iso
from fink_tui.output.sky import VISIBLE
from fink_tui.sky.night import night_at
from fink_tui.sky.sites import find_site, known_sites
from fink_tui.sky.visibility import Visibilities, visibility

REPEATS = 3
# Of all targets at once astroplan's rise and set take their number squared in memory: 112 GiB for 10,000.
CHUNK = 100
NOW = from_iso("2026-11-22T01:30")
SITE = find_site(known_sites({}, 30.0)[0], "La Silla")
NIGHT = night_at(SITE, NOW)
PLACE = EarthLocation.from_geodetic(SITE.longitude, SITE.latitude, SITE.height)
Answer = dict[str, np.ndarray]


def positions(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.uniform(0, 360, count), np.degrees(np.arcsin(rng.uniform(-1, 1, count)))


def ours(ra: np.ndarray, dec: np.ndarray) -> Visibilities:
    return visibility(ra, dec, NIGHT, NOW)


def theirs(minutes: float) -> Callable[[np.ndarray, np.ndarray], Answer]:
    from astroplan import AltitudeConstraint, AtNightConstraint, Observer, time_grid_from_range

    def answer(ra: np.ndarray, dec: np.ndarray) -> Answer:
        # A new observer: astroplan keeps what it has worked out with the old one.
        observer = Observer(location=PLACE)
        now, targets = Time(NOW, format="mjd"), SkyCoord(ra, dec, unit="deg")
        seen = observer.altaz(now, targets)
        moon = get_body("moon", now, PLACE).transform_to(seen.frame.replicate_without_data())
        assert NIGHT.dark is not None
        dark = Time([max(NOW, NIGHT.dark[0]), NIGHT.dark[1]], format="mjd")
        times = time_grid_from_range(dark, time_resolution=minutes * u.min)
        # What observability_table does, without its list of target objects, which costs as much again.
        limits = (AltitudeConstraint(min=30 * u.deg), AtNightConstraint.twilight_astronomical())
        met = np.logical_and.reduce(
            [limit(observer, targets, times=times, grid_times_targets=True) for limit in limits]
        )
        best = observer.altaz(times, targets, grid_times_targets=True).alt.deg.max(axis=1)
        hours = met.mean(axis=1) * (dark[1] - dark[0]).to_value(u.hour)
        return {"alt": seen.alt.deg, "moon": seen.separation(moon).deg, "hours": hours, "best_alt": best}

    return answer


def with_rise_and_set(ra: np.ndarray, dec: np.ndarray) -> Answer:
    from astroplan import Observer

    now = Time(NOW, format="mjd")
    for start in range(0, len(ra), CHUNK):
        observer, few = Observer(location=PLACE), slice(start, start + CHUNK)
        targets = SkyCoord(ra[few], dec[few], unit="deg")
        for name in ("rise", "set", "meridian_transit"):
            find: Any = getattr(observer, f"target_{name}_time")
            find(now, targets, which="next")
    return theirs(30.0)(ra, dec)


def measure(count: int) -> None:
    rivals = {"every 30 min": theirs(30.0), "every 5 min": theirs(5.0), "30 min, rise, set": with_rise_and_set}
    seconds: dict[str, list[float]] = {name: [] for name in ("ours", "records", *rivals)}
    for repeat in range(REPEATS + 1):
        place = positions(count, repeat)
        found = timed(seconds["ours"], lambda place=place: ours(*place))
        read = lambda found=found: [[getattr(one, name) for name in VISIBLE] for one in found]  # noqa: E731
        timed(seconds["records"], read)
        answers = {
            name: timed(seconds[name], lambda rival=rival, place=place: rival(*place)) for name, rival in rivals.items()
        }
    # The first time is for warming up.
    mine, making, *others = (median(times[1:]) * 1e3 for times in seconds.values())
    print(f"{count:>8}  {'fink-tui':20}{mine:>10.2f}        and {making:.2f} ms to read all of every target")
    for (name, answer), theirs_ms in zip(answers.items(), others, strict=True):
        off = {key: np.abs(answer[key] - [getattr(one, key) for one in found]) for key in ("alt", "moon", "hours")}
        print(
            f"{count:>8}  {name:20}{theirs_ms:>10.2f}{theirs_ms / mine:>7.0f}x{off['alt'].max():>10.4f}"
            f"{off['moon'].max():>10.4f}{off['hours'].max():>10.2f}"
        )


def timed(seconds: list[float], deed: Callable[[], Any]) -> Any:
    start = time.process_time()
    done = deed()
    seconds.append(time.process_time() - start)
    return done


def main(counts: list[int]) -> None:
    try:
        import astroplan  # noqa: F401
    except ImportError:
        print("skipped: astroplan is not installed (pip install astroplan)")
        return
    warnings.simplefilter("ignore")
    iers.conf.auto_download, iers.conf.auto_max_age, iers.conf.iers_degraded_accuracy = False, None, "ignore"
    print(f"{'':8}  {'':20}{'':10}{'':8}{'greatest difference':>30}")
    print(f"{'targets':>8}  {'':20}{'ms':>10}{'ratio':>8}{'alt deg':>10}{'Moon deg':>10}{'hours':>10}")
    for count in counts:
        measure(count)


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or [100, 1_000, 10_000])
