"""Cutouts: FITS -> pixels with north up and east to the left -> small grey pictures for a terminal."""

from __future__ import annotations

import io
import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

# A ZTF cutout of 63 x 63 pixels unpacks to some 20 kB, LSST's largest are below 100 kB; more than this is no cutout.
MOST_BYTES = 4_000_000
MOST_PIXELS = 500
_GZIP = b"\x1f\x8b"
ZTF_PIXEL_ARCSEC = 1.012
# A header whose matrix and rotation angle disagree by more is not believed.
_MOST_DISAGREEMENT_DEG = 2.0

STRETCHES = ("asinh", "linear", "log", "zscale")
NORTH_UP, AS_STORED = "N up, E left", "as stored"

Stamp = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Cutout:
    """An image, top line first, NaN where it has no value.

    `arcsec` is the side of a pixel, None where it isn't known; `orientation` is NORTH_UP or AS_STORED. `limits` are the
    values drawn black and white, by stretch.
    """

    pixels: tuple[tuple[float, ...], ...]
    arcsec: float | None
    orientation: str
    limits: dict[str, tuple[float, float]]

    @property
    def size_arcsec(self) -> float | None:
        """How wide the image is."""
        return None if self.arcsec is None else self.arcsec * len(self.pixels[0])


def read_cutout(data: bytes, survey: str) -> Cutout:
    """The first image of a FITS file, gzipped or not, with north up. Raises ValueError where it is none.

    ZTF's have no WCS: their first row is the northern one and east is to the left, as the positions of the reference
    sources in the packets show. LSST's lie as the camera did; they are turned by the linear part of their WCS (whose
    CTYPE is missing), where it agrees with ROTPA, and left as they are where it does not.
    """
    import numpy as np

    pixels, header = _image(_unpacked(data))
    if survey == "ztf":
        return _cutout(pixels, ZTF_PIXEL_ARCSEC, NORTH_UP, np)
    matrix = _matrix(header)
    if matrix is None:
        return _cutout(pixels[::-1], None, AS_STORED, np)
    scale = math.sqrt(abs(matrix[0][0] * matrix[1][1] - matrix[0][1] * matrix[1][0]))
    return _cutout(_turned(pixels, matrix, scale, np), scale * 3600.0, NORTH_UP, np)


def _unpacked(data: bytes) -> bytes:
    if not data.startswith(_GZIP):
        found = data[: MOST_BYTES + 1]
    else:
        try:
            found = zlib.decompressobj(wbits=31).decompress(data, MOST_BYTES + 1)
        except zlib.error as error:
            raise ValueError(f"no FITS image: {error}") from error
    if len(found) > MOST_BYTES:
        raise ValueError(f"no cutout: more than {MOST_BYTES / 1e6:.0f} MB")
    return found


def _image(data: bytes) -> tuple[Any, dict[str, Any]]:
    import warnings

    import numpy as np
    from astropy.io import fits

    try:
        # Fink's ZTF headers break the standard in a blank, and the terminal is not the place to say so.
        with warnings.catch_warnings(action="ignore"), fits.open(io.BytesIO(data), memmap=False) as file:
            shapes = [hdu.shape for hdu in file if getattr(hdu, "is_image", False) and hdu.shape]
            if not shapes or len(shapes[0]) != 2 or not 0 < min(shapes[0]) <= max(shapes[0]) <= MOST_PIXELS:
                raise ValueError("no FITS image of two dimensions")
            hdu = next(hdu for hdu in file if getattr(hdu, "is_image", False) and hdu.shape)
            pixels, header = np.array(hdu.data, dtype=float), dict(hdu.header)
    except (OSError, TypeError, IndexError, KeyError, AttributeError) as error:
        raise ValueError(f"no FITS image: {error}") from error
    pixels[~np.isfinite(pixels) | (np.abs(pixels) > 1e20)] = np.nan
    return pixels, header


def _matrix(header: dict[str, Any]) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """Degrees to the east and to the north per pixel along x and y, or None where the header isn't to be believed."""
    try:
        delta = [float(header.get(f"CDELT{i}", 1.0)) for i in (1, 2)]
        rows = [[float(header[f"PC{i}_{j}"]) * delta[i - 1] for j in (1, 2)] for i in (1, 2)]
    except (KeyError, TypeError, ValueError):
        return None
    determinant = rows[0][0] * rows[1][1] - rows[0][1] * rows[1][0]
    if not 0.01 < math.sqrt(abs(determinant)) * 3600.0 < 10.0:
        return None
    angle = header.get("ROTPA")
    if isinstance(angle, int | float):
        of_y = math.degrees(math.atan2(rows[0][1], rows[1][1]))
        if abs((of_y - angle + 180.0) % 360.0 - 180.0) > _MOST_DISAGREEMENT_DEG:
            return None
    return (rows[0][0], rows[0][1]), (rows[1][0], rows[1][1])


def _turned(pixels: Any, matrix: Any, scale: float, np: Any) -> Any:
    """The image resampled (bilinear) on a grid of the same size and scale with north up and east left."""
    inverse = np.linalg.inv(np.array(matrix))
    rows, columns = pixels.shape
    down, right = np.mgrid[0:rows, 0:columns]
    east, north = ((columns - 1) / 2.0 - right) * scale, ((rows - 1) / 2.0 - down) * scale
    x = (columns - 1) / 2.0 + inverse[0, 0] * east + inverse[0, 1] * north
    y = (rows - 1) / 2.0 + inverse[1, 0] * east + inverse[1, 1] * north
    left, low = np.floor(x).astype(int), np.floor(y).astype(int)
    inside = (left >= 0) & (low >= 0) & (left < columns - 1) & (low < rows - 1)
    left, low = np.where(inside, left, 0), np.where(inside, low, 0)
    part_x, part_y = x - left, y - low
    below = pixels[low, left] * (1 - part_x) + pixels[low, left + 1] * part_x
    above = pixels[low + 1, left] * (1 - part_x) + pixels[low + 1, left + 1] * part_x
    return np.where(inside, below * (1 - part_y) + above * part_y, np.nan)


def _cutout(pixels: Any, arcsec: float | None, orientation: str, np: Any) -> Cutout:
    from astropy.visualization import AsymmetricPercentileInterval, ZScaleInterval

    finite = pixels[np.isfinite(pixels)]
    limits = {}
    for stretch, interval in (("", AsymmetricPercentileInterval(1.0, 99.5)), ("zscale", ZScaleInterval())):
        low, high = interval.get_limits(finite) if finite.size else (0.0, 1.0)
        limits[stretch] = (float(low), float(high))
    shown = {stretch: limits.get(stretch, limits[""]) for stretch in STRETCHES}
    return Cutout(tuple(tuple(map(float, line)) for line in pixels), arcsec, orientation, shown)


def grey(cutout: Cutout, size: int, stretch: str) -> Stamp:
    """At most `size` x `size` levels, 1 (black) to 255 (white), 0 where there is no value.

    Pixels are averaged, then stretched as astropy.visualization does: AsinhStretch(0.1), LogStretch(1000).
    """
    low, high = cutout.limits[stretch]
    span = high - low if high > low else 1.0
    return tuple(tuple(_level((value - low) / span, stretch) for value in line) for line in shrunk(cutout.pixels, size))


def _level(share: float, stretch: str) -> int:
    if share != share:
        return 0
    share = min(1.0, max(0.0, share))
    if stretch == "asinh":
        share = math.asinh(share / 0.1) / math.asinh(1.0 / 0.1)
    elif stretch == "log":
        share = math.log(1000.0 * share + 1.0) / math.log(1001.0)
    return 1 + round(share * 254)


def shrunk(pixels: Sequence[Sequence[float]], size: int) -> list[list[float]]:
    """Pixels averaged in blocks, so that none is left out; NaN where a block has no value."""
    rows, columns = _blocks(len(pixels), size), _blocks(len(pixels[0]), size)
    made = []
    for top, bottom in rows:
        lines = pixels[top:bottom]
        made.append([_mean([v for line in lines for v in line[left:right] if v == v]) for left, right in columns])
    return made


def _blocks(length: int, size: int) -> list[tuple[int, int]]:
    count = max(1, min(length, size))
    return list(pairwise(i * length // count for i in range(count + 1)))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else math.nan
