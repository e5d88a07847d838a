"""Fluxes and magnitudes. AB throughout: m = 31.4 - 2.5 log10(f / nJy)."""

from __future__ import annotations

import math

_ZERO_POINT = 31.4
_LN = 2.5 / math.log(10.0)


def mag_of_flux(flux: float | None, flux_err: float | None = None) -> tuple[float | None, float | None]:
    """AB magnitude and its error of a flux in nJy; two None where the flux is not positive.

    Source: Fink's LSST photometry page; sigma_m = 2.5 / ln 10 * sigma_f / f.
    """
    if flux is None or flux <= 0.0:
        return None, None
    return _ZERO_POINT - 2.5 * math.log10(flux), _error(flux_err, _LN / flux)


def flux_of_mag(
    mag: float | None, mag_err: float | None = None, *, negative: bool = False
) -> tuple[float | None, float | None]:
    """Signed flux in nJy and its error of an AB magnitude of |flux|; two None where there is none."""
    if mag is None or not -50.0 < mag < 100.0:
        return None, None
    flux = 10.0 ** (0.4 * (_ZERO_POINT - mag))
    return (-flux if negative else flux), _error(mag_err, flux / _LN)


def _error(error: float | None, factor: float) -> float | None:
    """The error in other units, or None where it is missing, negative or no longer finite."""
    scaled = None if error is None or error < 0.0 else error * factor
    return scaled if scaled is not None and math.isfinite(scaled) else None


def apparent_of_ztf(
    mag: float | None, mag_err: float | None, mag_ref: float | None, mag_ref_err: float | None, *, negative: bool
) -> tuple[float | None, float | None]:
    """Apparent AB magnitude of the whole source from a ZTF difference and its reference, or two None.

    The reference's flux plus (or minus) the difference's, as in fink-utils photometry/conversion.py; undefined without
    a reference magnitude (ZTF writes a negative one) and where the sum is not positive.
    """
    if mag_ref is None or mag_ref < 0.0:
        return None, None
    difference, difference_err = flux_of_mag(mag, mag_err, negative=negative)
    reference, reference_err = flux_of_mag(mag_ref, mag_ref_err)
    if difference is None or reference is None:
        return None, None
    total_err = None
    if difference_err is not None and reference_err is not None:
        total_err = math.hypot(difference_err, reference_err)
    return mag_of_flux(reference + difference, total_err)
