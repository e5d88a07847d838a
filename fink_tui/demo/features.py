"""The light curve features that Fink attaches per band, for magnitudes (ZTF) or fluxes in nJy (LSST)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def light_curve_features(times: Sequence[float], values: Sequence[float], errors: Sequence[float]) -> dict[str, float]:
    """The 26 features of one band after Malanchev et al. 2021, MNRAS 502, 5147, appendix A; NaN where too few points.

    Times in days, values and errors in one unit of brightness.
    """
    t, m, w = np.asarray(times), np.asarray(values), 1.0 / np.square(np.asarray(errors))
    with np.errstate(all="ignore"):
        return {name: float(value) for name, value in {**_levels(m, w), **_shape(m, w), **_trend(t, m, w)}.items()}


def _levels(m: Array, w: Array) -> dict[str, float]:
    median = float(np.median(m))
    away = np.abs(m - median)
    spread = {p: _percentile_range(m, p) for p in (5, 10, 20, 40)}
    return {
        "mean": float(m.mean()),
        "weighted_mean": float((m * w).sum() / w.sum()),
        "standard_deviation": _deviation(m),
        "median": median,
        "amplitude": float(np.ptp(m)) / 2.0,
        "inter_percentile_range_10": spread[10],
        "magnitude_percentage_ratio_40_5": _ratio(spread[40], spread[5]),
        "magnitude_percentage_ratio_20_10": _ratio(spread[20], spread[10]),
        "median_absolute_deviation": float(np.median(away)),
        "median_buffer_range_percentage_10": float((away < 0.1 * np.ptp(m) / 2.0).mean()),
        "percent_amplitude": float(away.max()),
        "mean_variance": _ratio(_deviation(m), float(m.mean())),
    }


def _shape(m: Array, w: Array) -> dict[str, float]:
    n, sigma = len(m), _deviation(m)
    z = (m - m.mean()) / sigma if sigma > 0.0 else np.full(n, math.nan)
    residual = (m - (m * w).sum() / w.sum()) * np.sqrt(w)
    return {
        "beyond_1_std": float((np.abs(z) > 1.0).mean()) if sigma > 0.0 else math.nan,
        "cusum": float(np.ptp(np.cumsum(z))) / n,
        "kurtosis": float((z**4).mean()) - 3.0 if n > 3 else math.nan,
        "skew": float((z**3).mean()) if n > 2 else math.nan,
        "chi2": float((residual**2).sum()) / (n - 1) if n > 1 else math.nan,
        "stetson_K": _ratio(float(np.abs(residual).sum()), math.sqrt(n * float((residual**2).sum()))),
        "anderson_darling_normal": _anderson_darling(np.sort(z)) if n > 3 else math.nan,
    }


def _trend(t: Array, m: Array, w: Array) -> dict[str, float]:
    slope, slope_error, scatter = _line(t, m, np.ones_like(w))
    weighted, _, _ = _line(t, m, w)
    middle = (t * w).sum() / w.sum()
    centre = (m * w).sum() / w.sum()
    left = (w * (m - centre - weighted * (t - middle)) ** 2).sum()
    steps = np.diff(t)
    slopes = np.abs(np.diff(m)[steps > 0.0] / steps[steps > 0.0])
    return {
        "linear_trend": slope,
        "linear_trend_sigma": slope_error,
        "linear_trend_noise": scatter,
        "linear_fit_slope": weighted,
        "linear_fit_slope_sigma": 1.0 / math.sqrt((w * (t - middle) ** 2).sum()) if len(m) > 2 else math.nan,
        "linear_fit_reduced_chi2": float(left) / (len(m) - 2) if len(m) > 2 else math.nan,
        "maximum_slope": float(slopes.max()) if len(slopes) else math.nan,
    }


def _line(t: Array, m: Array, w: Array) -> tuple[float, float, float]:
    if len(m) < 3:
        return math.nan, math.nan, math.nan
    time = t - (t * w).sum() / w.sum()
    width = float((w * time**2).sum())
    slope = float((w * time * m).sum()) / width
    left = m - (m * w).sum() / w.sum() - slope * time
    scatter = math.sqrt(float((left**2).sum()) / (len(m) - 2))
    return slope, scatter / math.sqrt(width), scatter


def _deviation(m: Array) -> float:
    return float(m.std(ddof=1)) if len(m) > 1 else math.nan


def _percentile_range(m: Array, percent: float) -> float:
    low, high = np.percentile(m, [percent, 100.0 - percent])
    return float(high - low)


def _ratio(over: float, under: float) -> float:
    return over / under if under != 0.0 else math.nan


def _anderson_darling(z: Array) -> float:
    n = len(z)
    below = np.clip([0.5 * (1.0 + math.erf(value / math.sqrt(2.0))) for value in z], 1e-12, 1.0 - 1e-12)
    odd = 2.0 * np.arange(1, n + 1) - 1.0
    statistic = -n - float((odd * (np.log(below) + np.log(1.0 - below[::-1]))).sum()) / n
    return statistic * (1.0 + 4.0 / n - 25.0 / n**2)
