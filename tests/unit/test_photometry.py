"""Fluxes and magnitudes against astropy's AB system and a numerical derivative."""

from __future__ import annotations

import astropy.units as u
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fink_tui.alerts.photometry import apparent_of_ztf, flux_of_mag, mag_of_flux


def ab(flux_njy: float) -> float:
    return float((flux_njy * u.nJy).to_value(u.ABmag))


def njy(mag: float) -> float:
    return float((mag * u.ABmag).to_value(u.nJy))


@given(st.floats(1e-3, 1e9))
def test_magnitude_of_a_flux(flux: float) -> None:
    assert mag_of_flux(flux)[0] == pytest.approx(ab(flux), abs=1e-9)


@given(st.floats(1.0, 1e8), st.floats(0.001, 0.2))
def test_error_of_a_magnitude(flux: float, relative: float) -> None:
    step = 1e-6 * flux
    slope = (ab(flux - step) - ab(flux + step)) / (2 * step)
    assert mag_of_flux(flux, relative * flux)[1] == pytest.approx(slope * relative * flux, rel=1e-5)


@pytest.mark.parametrize("flux", [None, 0.0, -1.0, -19549.4])
def test_a_flux_that_is_not_positive_has_no_magnitude(flux: float | None) -> None:
    assert mag_of_flux(flux, 500.0) == (None, None)


@given(st.floats(5.0, 30.0), st.floats(0.001, 0.3), st.booleans())
def test_signed_flux_of_a_magnitude(mag: float, err: float, negative: bool) -> None:
    flux, flux_err = flux_of_mag(mag, err, negative=negative)
    assert flux is not None and flux_err is not None
    assert flux == pytest.approx(-njy(mag) if negative else njy(mag), rel=1e-9)
    assert (mag_of_flux(abs(flux), flux_err)) == (pytest.approx(mag, abs=1e-9), pytest.approx(err, rel=1e-9))
    slope = (njy(mag - 1e-6) - njy(mag + 1e-6)) / 2e-6
    assert flux_err == pytest.approx(slope * err, rel=1e-5)


@pytest.mark.parametrize("err", [None, -1.0, -999.0])
def test_no_error_no_error(err: float | None) -> None:
    assert mag_of_flux(100.0, err)[1] is None
    assert flux_of_mag(20.0, err)[1] is None


@pytest.mark.parametrize("mag", [None, -999.0, 1000.0])
def test_no_magnitude_no_flux(mag: float | None) -> None:
    assert flux_of_mag(mag, 0.1) == (None, None)


@given(st.floats(14.0, 21.0), st.floats(14.0, 21.0), st.booleans())
def test_apparent_magnitude_is_the_reference_with_the_difference(mag: float, ref: float, negative: bool) -> None:
    total = njy(ref) + (-njy(mag) if negative else njy(mag))
    found, error = apparent_of_ztf(mag, 0.05, ref, 0.02, negative=negative)
    if total <= 1e-6 * njy(ref):
        assert found is None or total > 0
        return
    assert found == pytest.approx(ab(total), abs=1e-6)
    per_mag = u.mag.to(u.mag) * 0.4 * 2.302585092994046
    wanted = ((0.05 * njy(mag)) ** 2 + (0.02 * njy(ref)) ** 2) ** 0.5 * per_mag / (total * per_mag)
    assert error == pytest.approx(wanted, rel=1e-6)


def test_no_apparent_magnitude_without_a_reference_or_below_nothing() -> None:
    assert apparent_of_ztf(18.0, 0.1, None, None, negative=False) == (None, None)
    assert apparent_of_ztf(18.0, 0.1, -999.0, 0.1, negative=False) == (None, None)
    assert apparent_of_ztf(17.0, 0.1, 18.0, 0.1, negative=True) == (None, None)
    assert apparent_of_ztf(None, None, 18.0, 0.1, negative=False) == (None, None)
    assert apparent_of_ztf(18.0, None, 18.0, 0.1, negative=False)[1] is None
