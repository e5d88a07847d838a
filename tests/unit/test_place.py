"""What follows from a position alone: galactic coordinates, constellation, dust."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from fink_tui.sky.place import place, reddening

POLE = {"ngp": 1, "sgp": -1}
SCALE = 64


def dust_map(pole: str) -> fits.PrimaryHDU:
    """A small map in SFD's projection, whose value at a pixel is told by where the pixel is."""
    size, sign = 2 * SCALE, POLE[pole]
    header = fits.Header()
    header["CTYPE1"], header["CTYPE2"] = ("GLON-ZEA", "GLAT-ZEA")
    header["CRPIX1"] = header["CRPIX2"] = size / 2 + 0.5
    header["CRVAL1"], header["CRVAL2"] = (90.0, 90.0 * sign)
    step = 90.0 * 2**0.5 / np.pi * 2 / (size / 2) / 2**0.5
    header["CD1_1"], header["CD1_2"], header["CD2_1"], header["CD2_2"] = (-step * sign, 0.0, 0.0, step)
    header["LONPOLE"] = 180.0
    y, x = np.mgrid[:size, :size]
    return fits.PrimaryHDU((x + 1000.0 * y).astype(np.float32), header)


@pytest.fixture
def maps(tmp_path: Path) -> Path:
    for pole in POLE:
        dust_map(pole).writeto(tmp_path / f"SFD_dust_4096_{pole}.fits")
    return tmp_path


# Wikipedia and the catalogues: M31, the galactic centre, the Orion nebula, Polaris, sigma Octantis.
@pytest.mark.parametrize(
    ("ra", "dec", "constellation", "glon", "glat"),
    [
        (10.6847, 41.2688, "And", 121.17, -21.57),
        (266.405, -28.936, "Sgr", 0.0, 0.0),
        (83.822, -5.391, "Ori", 209.01, -19.38),
        (37.9546, 89.2641, "UMi", 123.28, 26.46),
        (317.195, -88.9565, "Oct", 303.91, -27.71),
        (0.0, 0.0, "Psc", 96.34, -60.19),
    ],
)
def test_constellation_and_galactic_coordinates(
    ra: float, dec: float, constellation: str, glon: float, glat: float
) -> None:
    found = place(ra, dec)
    assert found.constellation == constellation and found.ebv is None
    assert (found.glon % 360.0 + 1e-3) % 360 == pytest.approx(glon, abs=0.02)
    assert found.glat == pytest.approx(glat, abs=0.02)


def test_the_ecliptic_is_where_the_sun_goes() -> None:
    assert place(0.0, 0.0).ecliptic_lat == pytest.approx(0.0, abs=0.001)
    assert place(90.0, 23.4393).ecliptic_lat == pytest.approx(0.0, abs=0.001)
    assert place(270.0, 66.5607).ecliptic_lat == pytest.approx(90.0, abs=0.001)


@pytest.mark.parametrize("glat", [75.0, 20.0, -33.0, -80.0])
@pytest.mark.parametrize("glon", [0.5, 123.0, 300.0])
def test_reddening_is_read_between_the_pixels_that_the_projection_gives(maps: Path, glon: float, glat: float) -> None:
    from astropy.wcs import WCS

    x, y = WCS(dust_map("ngp" if glat > 0 else "sgp").header).wcs_world2pix(glon, glat, 0)
    assert reddening(glon, glat, maps) == pytest.approx(x + 1000 * y, abs=0.01)


def test_a_place_has_its_reddening_where_the_maps_are_and_says_where_they_are_not(maps: Path) -> None:
    assert place(10.6847, 41.2688, maps).ebv is not None
    with pytest.raises(OSError, match="SFD_dust_4096_sgp"):
        place(10.6847, 41.2688, maps / "nowhere")


def test_a_place_needs_no_network_and_warns_of_nothing() -> None:
    code = """
import socket
def refuse(*args, **kwargs): raise AssertionError("the network was asked")
socket.socket.connect = socket.getaddrinfo = refuse
from fink_tui.sky.place import place
print(place(150.0, 2.2).constellation)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("Sex\n", "")
