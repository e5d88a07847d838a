"""Light curve shapes: plain functions of time, without units of brightness unless said."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

AB_ZERO_NJY = 31.4  # magnitude of 1 nJy in the AB system


def flux_from_mag(mag: float) -> float:
    """Flux in nJy of an AB magnitude."""
    return math.pow(10.0, 0.4 * (AB_ZERO_NJY - mag))


def faded(mags: float) -> float:
    """What is left of a flux after it has faded by so many magnitudes."""
    return math.pow(10.0, -0.4 * mags)


def mag_from_flux(flux: float) -> float:
    """AB magnitude of a positive flux in nJy; raises ValueError where there is none."""
    return AB_ZERO_NJY - 2.5 * math.log10(flux)


def bazin(phase: float, rise: float, fall: float) -> float:
    """Supernova without a plateau, 1 at its peak; days since that peak, e-folding times in days (rise < fall).

    Bazin et al. 2009, A&A 499, 653, equation 1, shifted to its own maximum.
    """
    offset = rise * math.log(fall / rise - 1.0)
    return _bazin_raw(phase + offset, rise, fall) / _bazin_raw(offset, rise, fall)


def _bazin_raw(time: float, rise: float, fall: float) -> float:
    if time < -30.0 * rise:
        return 0.0
    return math.exp(-time / fall) / (1.0 + math.exp(-time / rise))


def plateau(age: float, rise: float, length: float, slope: float) -> float:
    """Supernova of type II-P, about 1 on its plateau; days since the explosion, `slope` in mag per 100 days.

    Rise and decline after the parametrisation of Anderson et al. 2014, ApJ 786, 67: a linear plateau in magnitude,
    then a drop of 2 mag over some ten days onto the 0.98 mag per 100 days of the cobalt decay.
    """
    if age <= 0.0:
        return 0.0
    on_plateau = faded(slope * age / 100.0)
    on_tail = faded(slope * length / 100.0 + 2.0 + 0.98 * max(age - length, 0.0) / 100.0)
    dropped = 1.0 / (1.0 + math.exp(-(age - length) / 4.0))
    return (1.0 - math.exp(-age / rise)) * ((1.0 - dropped) * on_plateau + dropped * on_tail)


def kilonova(age: float, mags_per_day: float) -> float:
    """A fast fader like AT 2017gfo, 1 at its peak; days since the merger.

    A rise of a few hours, then a fall linear in magnitude (Villar et al. 2017, ApJL 851, L21, figure 1: about
    1.2 mag/day in g, 0.5 in z).
    """
    if age <= 0.0:
        return 0.0
    return (1.0 - math.exp(-age / 0.12)) * faded(mags_per_day * age)


def microlensing(time: float, einstein_days: float, impact: float) -> float:
    """Magnification of a point by a point lens; days since the closest approach, impact in Einstein radii.

    Paczynski 1986, ApJ 304, 1, equation 4.
    """
    u2 = impact**2 + (time / einstein_days) ** 2
    return (u2 + 2.0) / math.sqrt(u2 * (u2 + 4.0))


def flare(age: float, half_width: float) -> float:
    """White-light flare of an M dwarf, 1 at its peak; age since the peak and half width in the same unit.

    Davenport et al. 2014, ApJ 797, 122, equations 1 and 4.
    """
    t = age / half_width
    if t < -1.0:
        return 0.0
    if t <= 0.0:
        return 1.0 + 1.941 * t - 0.175 * t**2 - 2.246 * t**3 - 1.125 * t**4
    return 0.6890 * math.exp(-1.600 * t) + 0.3030 * math.exp(-0.2783 * t)


def sawtooth(time: float, period: float, amplitude: float) -> float:
    """Magnitudes from the mean of an RR Lyrae of type ab: a fast rise over a sixth of the period, a slow fall."""
    phase = time / period % 1.0
    rising = 0.16
    height = 1.0 - phase / (1.0 - rising) if phase < 1.0 - rising else (phase - 1.0 + rising) / rising
    return amplitude * (0.5 - height)


def dips(time: float, period: float, amplitude: float) -> float:
    """Magnitudes from the mean of a young star with a warped disc: broad dips once a period, as AA Tauri has."""
    return amplitude * (max(0.0, math.cos(2.0 * math.pi * time / period)) ** 2 - 0.25)


def wander(time: float, days: float, amplitude: float, dice: random.Random) -> float:
    """Magnitudes from the mean of an active nucleus: a sum of waves with the power of a damped random walk.

    The amplitudes follow MacLeod et al. 2010, ApJ 721, 1014, equation 2 in the frequency domain: power ~
    1 / (1 + (2 pi f tau)^2), `days` being tau; `amplitude` is the standard deviation.
    """
    periods: Sequence[float] = [days * 4.0 / 1.6**k for k in range(12)]
    weights = [1.0 / math.hypot(1.0, 2.0 * math.pi * days / p) * math.sqrt(1.0 / p) for p in periods]
    scale = amplitude * math.sqrt(2.0 / sum(w * w for w in weights))
    waves = (w * math.sin(2.0 * math.pi * (time / p + dice.random())) for w, p in zip(weights, periods, strict=True))
    return scale * sum(waves)
