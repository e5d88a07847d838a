"""A period from a light curve."""

from __future__ import annotations

from collections.abc import Iterable

from fink_tui.alerts.alert import DETECTION, FORCED, Detection

_LEAST_POINTS = 12
_SHORTEST_DAYS = 0.05
_MOST_CHANCE = 1e-3
_MOST_FREQUENCIES = 200_000


def best_period(points: Iterable[Detection]) -> tuple[float, str, float] | None:
    """Days, band and false-alarm probability of the highest Lomb-Scargle peak of the band with the most fluxes.

    None where there are too few points, or chance would do as well. Periods from 0.05 days to half of the time covered
    are tried; a peak near one day is often the night's.
    """
    import numpy as np
    from astropy.timeseries import LombScargle

    bands: dict[tuple[str, str], dict[float, tuple[float, float]]] = {}
    for point in points:
        if point.kind in (DETECTION, FORCED) and point.flux is not None and point.band:
            known = bands.setdefault((point.survey, point.band), {})
            # The forced point of an exposure is its detection's flux again.
            known.setdefault(round(point.mjd, 4), (point.flux, point.flux_err or 0.0))
    if not bands:
        return None
    (_, band), values = max(bands.items(), key=lambda item: len(item[1]))
    span = max(values) - min(values)
    if len(values) < _LEAST_POINTS or span < 4 * _SHORTEST_DAYS:
        return None
    flux, error = np.array(list(values.values())).T
    model = LombScargle(np.array(list(values)), flux, error if (error > 0).all() else None)
    count = min(_MOST_FREQUENCIES, int(10 * span / _SHORTEST_DAYS))
    frequency = np.linspace(2.0 / span, 1.0 / _SHORTEST_DAYS, count)
    power = model.power(frequency, assume_regular_frequency=True)
    best = int(np.argmax(power))
    # The other ways want scipy.
    chance = float(model.false_alarm_probability(power[best], method="naive", maximum_frequency=1.0 / _SHORTEST_DAYS))
    return (1.0 / float(frequency[best]), band, chance) if chance < _MOST_CHANCE else None
