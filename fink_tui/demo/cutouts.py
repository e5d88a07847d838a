"""The three stamps of an alert as FITS bytes: what was seen, the reference, and what is left between them."""

from __future__ import annotations

import gzip
import io
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from astropy.io import fits
from numpy.typing import NDArray

from fink_tui.demo.curves import flux_from_mag
from fink_tui.demo.visits import Point

Image = NDArray[np.float32]

_ZTF_SIDE, _ZTF_SCALE, _ZTF_ZERO_POINT = 63, 1.012, 26.0  # pixels, arcsec per pixel, magnitude of 1 DN
_LSST_SIDE, _LSST_SCALE = 30, 0.2
_PSF_SIDE = {"Science": 41, "Template": 55, "Difference": 41}


@dataclass(frozen=True, slots=True)
class Stamps:
    """The three images in one unit of flux, and the standard deviation of the difference's pixels."""

    science: Image
    template: Image
    difference: Image
    pixel_noise: float


def ztf_cutouts(point: Point) -> dict[str, bytes]:
    """Science, Template and Difference: gzipped FITS of one 63x63 image each, in DN."""
    to_dn = np.float32(1.0 / flux_from_mag(_ZTF_ZERO_POINT))
    stamps = _stamps(point, _ZTF_SIDE, _ZTF_SCALE)
    sky = np.float32(point.dice("sky").uniform(110.0, 230.0))
    return {
        "Science": _ztf_file(stamps.science * to_dn + sky),
        "Template": _ztf_file(stamps.template * to_dn + sky),
        "Difference": _ztf_file(stamps.difference * to_dn),
    }


def _ztf_file(image: Image) -> bytes:
    header = fits.Header()
    header["BUNIT"] = "DN"
    # No time in the gzip header: the same alert must be the same bytes whenever it is made.
    return gzip.compress(_written(fits.HDUList([fits.PrimaryHDU(image, header)])), compresslevel=3, mtime=0)


def lsst_cutouts(point: Point) -> dict[str, bytes]:
    """Science, Template and Difference: FITS of a 30x30 image in nJy, its variance and the point spread function."""
    stamps = _stamps(point, _LSST_SIDE, _LSST_SCALE)
    images = {"Science": stamps.science, "Template": stamps.template, "Difference": stamps.difference}
    sigma = point.seeing / 2.355 / _LSST_SCALE
    return {
        kind: _lsst_file(point, image, stamps.pixel_noise * (0.2 if kind == "Template" else 1.0), kind, sigma)
        for kind, image in images.items()
    }


def _lsst_file(point: Point, image: Image, noise: float, kind: str, sigma: float) -> bytes:
    variance = fits.ImageHDU(np.full(image.shape, noise**2, dtype=np.float32), name="UNCERT")
    variance.header["UTYPE"] = "VarianceUncertainty"
    side = _PSF_SIDE[kind]
    psf = _spot(side, (side - 1) / 2.0, (side - 1) / 2.0, sigma).astype(np.float64)
    hdus = [fits.PrimaryHDU(image, _lsst_header(point)), variance, fits.ImageHDU(psf / psf.sum(), name="PSFIMAGE")]
    return _written(fits.HDUList(hdus))


def _lsst_header(point: Point) -> Any:
    dice = point.dice("pixel")
    x, y, angle = dice.uniform(200, 3800), dice.uniform(200, 3800), dice.uniform(0, 360)
    step, turn = _LSST_SCALE / 3600.0, math.radians(angle)
    header = fits.Header()
    header["CUTMINX"], header["CUTMINY"] = int(x) - 15, int(y) - 15
    header["ROTPA"] = (angle, "Pos angle in deg of focal plane +Y wrt North")
    header["BUNIT"] = "nJy"
    header["WCSAXES"] = 2
    header["CRPIX1"], header["CRPIX2"] = x % 1.0 + 15.0, y % 1.0 + 15.0
    header["PC1_1"], header["PC1_2"] = -step * math.cos(turn), step * math.sin(turn)
    header["PC2_1"], header["PC2_2"] = step * math.sin(turn), step * math.cos(turn)
    header["CDELT1"], header["CDELT2"] = 1.0, 1.0
    header["CRVAL1"], header["CRVAL2"] = point.ra, point.dec
    header["LATPOLE"] = 90.0
    header["MJDREF"] = 0.0
    return header


def _stamps(point: Point, side: int, scale: float) -> Stamps:
    sigma = point.seeing / 2.355 / scale
    centre = (side - 1) / 2.0
    dice = point.dice("subpixel")
    x, y = centre + dice.uniform(-0.4, 0.4), centre + dice.uniform(-0.4, 0.4)
    spot = _spot(side, x, y, sigma)
    background = _background(point, side, scale, x, y, spot, sigma)
    # A point source fitted on white noise has an error of noise * sqrt(4 pi) * sigma.
    noise = point.flux_err / (math.sqrt(4.0 * math.pi) * sigma)
    generator = np.random.default_rng(point.dice("grain").getrandbits(64))
    grain = generator.normal(0.0, noise, (2, side, side))
    source = point.flux * spot
    return Stamps(
        science=(background + source + grain[0]).astype(np.float32),
        template=(background + 0.2 * grain[1]).astype(np.float32),
        difference=(source + grain[0] - 0.2 * grain[1]).astype(np.float32),
        pixel_noise=noise,
    )


def _background(point: Point, side: int, scale: float, x: float, y: float, spot: Image, sigma: float) -> Any:
    source = point.source
    total: Any = np.zeros_like(spot) if source.host_mag is not None else point.template * spot
    field = source.dice("field")
    brightest = 16.5 if point.survey == "ztf" else 19.5
    for _ in range(field.randint(1, 3)):
        light = flux_from_mag(brightest + field.uniform(0.0, 3.0))
        total = total + light * _spot(side, field.uniform(0, side), field.uniform(0, side), sigma)
    if source.host_mag is not None:
        turn = field.uniform(0.0, 2.0 * math.pi)
        away = source.host_arcsec / scale
        total = total + _galaxy(side, x + away * math.cos(turn), y + away * math.sin(turn), 2.5 / scale, point.template)
    return total


def _galaxy(side: int, x: float, y: float, size: float, light: float) -> Any:
    rows, columns = np.mgrid[0:side, 0:side]
    radius = np.hypot((columns - x) * 0.7, rows - y)
    return light * np.exp(-radius / size) / size**2


def _spot(side: int, x: float, y: float, sigma: float) -> Image:
    axis = np.arange(side)
    across, down = np.exp(-0.5 * ((axis - x) / sigma) ** 2), np.exp(-0.5 * ((axis - y) / sigma) ** 2)
    return (np.outer(down, across) / (2.0 * math.pi * sigma**2)).astype(np.float32)


def _written(hdus: Any) -> bytes:
    target = io.BytesIO()
    hdus.writeto(target)
    return target.getvalue()
