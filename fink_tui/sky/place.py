"""What is known of a place on the sky by its position alone."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path

_MAPS = {True: "SFD_dust_4096_ngp.fits", False: "SFD_dust_4096_sgp.fits"}


@dataclass(frozen=True, slots=True)
class Place:
    """Galactic longitude and latitude, ecliptic latitude (J2000), in degrees; the constellation's short name; E(B-V).

    E(B-V) in magnitudes is that of Schlegel, Finkbeiner & Davis 1998, without the 14 % that Schlafly & Finkbeiner 2011
    take off it; None where no map is at hand.
    """

    glon: float
    glat: float
    ecliptic_lat: float
    constellation: str
    ebv: float | None


def place(ra: float, dec: float, dust_maps: Path | None = None) -> Place:
    """The place of a position (ICRS, degrees); `dust_maps` is the folder with the SFD maps.

    Imports astropy.coordinates, which takes a second the first time. Raises OSError where the maps can't be read.
    """
    with warnings.catch_warnings():
        # Astropy complains where the folder for its configuration is not there.
        warnings.simplefilter("ignore")
        from astropy.coordinates import BarycentricMeanEcliptic, SkyCoord, get_constellation

        position = SkyCoord(ra, dec, unit="deg")
        glon, glat = float(position.galactic.l.deg), float(position.galactic.b.deg)
        return Place(
            glon=glon,
            glat=glat,
            ecliptic_lat=float(position.transform_to(BarycentricMeanEcliptic()).lat.deg),
            constellation=str(get_constellation(position, short_name=True)),
            ebv=None if dust_maps is None else reddening(glon, glat, dust_maps),
        )


def reddening(glon: float, glat: float, dust_maps: Path) -> float:
    """E(B-V) of SFD at galactic coordinates in degrees, between the four nearest pixels. Raises OSError.

    The maps are polar projections of a hemisphere each (Schlegel, Finkbeiner & Davis 1998, appendix C).
    """
    import numpy as np
    from astropy.io import fits
    from astropy.wcs import WCS

    with fits.open(dust_maps / _MAPS[glat >= 0]) as file:
        x, y = WCS(file[0].header).wcs_world2pix(glon, glat, 0)
        left, below = (
            min(max(int(value), 0), size - 2) for value, size in zip((x, y), file[0].shape[::-1], strict=True)
        )
        corner = file[0].section[below : below + 2, left : left + 2].astype(float)
    across, up = x - left, y - below
    return float(np.array([1.0 - up, up]) @ corner @ np.array([1.0 - across, across]))
