"""Cutouts -> small grey pictures for a terminal."""

from __future__ import annotations

import gzip
import io
from typing import Any

# A gzipped stamp of 63 x 63 pixels unpacks to some 20 kB; more than this is no stamp.
_MOST_BYTES = 4_000_000
_GZIP = b"\x1f\x8b"
_LOW, _HIGH = 2.0, 99.5

Stamp = tuple[tuple[int, ...], ...]


def read_stamp(data: bytes, size: int) -> Stamp:
    """A FITS cutout, gzipped or not, as at most `size` x `size` grey levels 0 to 255, top line first.

    Its first image is shown, flipped so that the first row is below, cut at the 2nd and 99.5th percentile and
    stretched by asinh. Pixels without a value are black. Raises ValueError where it is no image.
    """
    import numpy as np
    from astropy.io import fits

    if data.startswith(_GZIP):
        with gzip.open(io.BytesIO(data)) as packed:
            data = packed.read(_MOST_BYTES)
    try:
        with fits.open(io.BytesIO(data), memmap=False, output_verify="silentfix") as file:
            image = next((hdu.data for hdu in file if getattr(hdu, "data", None) is not None), None)
    except (OSError, TypeError, IndexError, KeyError) as error:
        raise ValueError(f"no FITS image: {error}") from error
    if image is None or image.ndim != 2 or not image.size or max(image.shape) > 2000:
        raise ValueError("no FITS image of two dimensions")
    pixels = np.asarray(image, dtype=float)[::-1]
    return _grey(_shrunk(pixels, size, np), np)


def _shrunk(pixels: Any, size: int, np: Any) -> Any:
    """Pixels averaged in blocks, so that none are left out."""
    rows, columns = (np.array_split(np.arange(n), min(n, size)) for n in pixels.shape)
    finite = np.isfinite(pixels)
    filled = np.where(finite, pixels, 0.0)
    blocks = [[np.ix_(row, column) for column in columns] for row in rows]
    sums = np.array([[filled[block].sum() for block in line] for line in blocks])
    counts = np.array([[finite[block].sum() for block in line] for line in blocks])
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def _grey(pixels: Any, np: Any) -> Stamp:
    finite = pixels[np.isfinite(pixels)]
    if not finite.size:
        return tuple(tuple(0 for _ in line) for line in pixels)
    low, high = np.percentile(finite, (_LOW, _HIGH))
    scaled = np.clip((pixels - low) / (high - low if high > low else 1.0), 0.0, 1.0)
    stretched = np.arcsinh(6.0 * scaled) / np.arcsinh(6.0)
    levels = np.nan_to_num(stretched * 255.0).astype(int)
    return tuple(tuple(int(value) for value in line) for line in levels)
