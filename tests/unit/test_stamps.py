"""Cutouts as pictures: which way the sky lies, what is refused, and the stretches."""

from __future__ import annotations

import gzip
import io
import math
import os
import zlib
from pathlib import Path
from typing import Any

import fastavro
import numpy as np
import pytest
from astropy.io import fits
from astropy.visualization import AsinhStretch, LogStretch
from astropy.wcs import WCS

from fink_tui.alerts.packet import cutouts_of_packet
from fink_tui.sky.stamps import AS_STORED, NORTH_UP, STRETCHES, Cutout, grey, read_cutout


def image(pixels: np.ndarray, *, extra: int = 0, **header: Any) -> bytes:
    hdus = [fits.PrimaryHDU(pixels), *(fits.ImageHDU(pixels, name=f"E{n}") for n in range(extra))]
    hdus[0].header.update(header)
    out = io.BytesIO()
    fits.HDUList(hdus).writeto(out)
    return out.getvalue()


def wcs(angle_deg: float, *, scale: float = 0.2, **more: Any) -> dict[str, Any]:
    """An LSST header whose y axis lies at a position angle (north to east)."""
    c, s = (f(math.radians(angle_deg)) * scale / 3600.0 for f in (math.cos, math.sin))
    return {"PC1_1": -c, "PC1_2": s, "PC2_1": s, "PC2_2": c, "CDELT1": 1.0, "CDELT2": 1.0, "ROTPA": angle_deg} | more


def spot(row: int, column: int, size: int = 31) -> np.ndarray:
    pixels = np.zeros((size, size), dtype=np.float32)
    pixels[row - 1 : row + 2, column - 1 : column + 2] = 100.0
    return pixels


def brightest(cutout: Cutout) -> tuple[int, int]:
    pixels = np.nan_to_num(np.array(cutout.pixels))
    row, column = np.unravel_index(np.argmax(pixels), pixels.shape)
    return int(row), int(column)


@pytest.mark.parametrize("extra", [0, 2])
@pytest.mark.parametrize("packed", [False, True])
def test_the_first_row_of_a_ztf_cutout_is_its_northern_one(packed: bool, extra: int) -> None:
    data = image(spot(3, 20), extra=extra)
    cutout = read_cutout(gzip.compress(data) if packed else data, "ztf")
    assert cutout.orientation == NORTH_UP and cutout.size_arcsec == pytest.approx(31 * 1.012)
    assert abs(brightest(cutout)[0] - 3) <= 1 and abs(brightest(cutout)[1] - 20) <= 1


@pytest.mark.parametrize("angle", [0.0, 41.58, 90.0, 155.85, -120.0])
def test_an_lsst_cutout_is_turned_so_that_north_is_up_and_east_left(angle: float) -> None:
    header = wcs(angle)
    solution = WCS({"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CRPIX1": 16.0, "CRPIX2": 16.0, **header})
    # A source 1.6 arcsec to the north, and one to the east.
    for east, north, place in ((0.0, 1.6, (15 - 8, 15)), (1.6, 0.0, (15, 15 - 8))):
        x, y = solution.wcs_world2pix(east / 3600.0, north / 3600.0, 0)
        cutout = read_cutout(image(spot(round(float(y)), round(float(x))), **header), "lsst")
        assert cutout.orientation == NORTH_UP and cutout.arcsec == pytest.approx(0.2)
        found = brightest(cutout)
        assert math.dist(found, place) <= 1.5, (angle, found, place)


@pytest.mark.parametrize("header", [{}, wcs(40.0, ROTPA=90.0), wcs(40.0, scale=100.0), wcs(40.0, PC1_1="x")])
def test_a_header_that_is_not_to_be_believed_turns_nothing_and_that_is_said(header: dict[str, Any]) -> None:
    cutout = read_cutout(image(spot(3, 20), **header), "lsst")
    assert cutout.orientation == AS_STORED and cutout.size_arcsec is None
    assert abs(brightest(cutout)[0] - 27) <= 1


def test_pixels_without_a_value_are_left_out_and_do_not_spread() -> None:
    pixels = np.full((20, 20), np.nan, dtype=np.float32)
    assert {value for line in grey(read_cutout(image(pixels), "ztf"), 10, "asinh") for value in line} == {0}
    pixels[10:, :] = np.arange(200).reshape(10, 20)
    stamp = grey(read_cutout(image(pixels), "ztf"), 10, "asinh")
    assert {value for line in stamp[:5] for value in line} == {0}
    assert all(0 < value <= 255 for line in stamp[5:] for value in line) and max(map(max, stamp)) > 200


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"SIMPLE",
        b"\x89PNG",
        b"\x1f\x8bbroken",
        image(np.zeros(30)),
        image(np.zeros((2, 3, 4))),
        image(np.zeros((1, 501))),
        image(np.zeros((2000, 2000), dtype=np.float32)),
        gzip.compress(b"\0" * 50_000_000),
        zlib.compress(b"x"),
    ],
)
def test_what_is_no_cutout_is_refused(data: bytes) -> None:
    for survey in ("ztf", "lsst"):
        with pytest.raises(ValueError):
            read_cutout(data, survey)


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = gzip.compress(b"\0" * 200_000_000)
    made: list[int] = []
    unpack = zlib.decompressobj

    class Watched:
        def __init__(self, **options: Any) -> None:
            self._inner = unpack(**options)

        def decompress(self, data: bytes, most: int) -> bytes:
            found = self._inner.decompress(data, most)
            made.append(len(found))
            return found

    monkeypatch.setattr(zlib, "decompressobj", Watched)
    with pytest.raises(ValueError, match="more than 4 MB"):
        read_cutout(bomb, "ztf")
    assert made == [4_000_001]


def test_greys_are_stretched_as_astropy_stretches() -> None:
    pixels = np.linspace(0.0, 1.0, 64, dtype=np.float32).reshape(8, 8)
    limits = dict.fromkeys(STRETCHES, (0.0, 1.0))
    cutout = Cutout(tuple(tuple(map(float, line)) for line in pixels), 1.0, NORTH_UP, limits)
    for stretch, reference in (("asinh", AsinhStretch(0.1)), ("log", LogStretch(1000.0)), ("linear", lambda x: x)):
        wanted = 1 + np.round(reference(pixels.astype(float)) * 254)
        assert np.abs(np.array(grey(cutout, 8, stretch)) - wanted).max() <= 1, stretch


def test_the_sources_of_real_ztf_templates_lie_where_the_packets_say() -> None:
    """North up and east left: the offset of the reference source in the picture is that of its coordinates."""
    sky, seen = [], []
    for packet in packets("ztf"):
        c = packet["candidate"]
        east = (c["ranr"] - c["ra"]) * 3600.0 * math.cos(math.radians(c["dec"]))
        north = (c["decnr"] - c["dec"]) * 3600.0
        if c["magnr"] > 20.0 or math.hypot(east, north) > 3.5:
            continue
        pixels = np.nan_to_num(np.array(read_cutout(cutouts_of_packet(packet)["Template"], "ztf").pixels))
        middle = pixels[27:36, 27:36] - np.median(pixels)
        row, column = np.unravel_index(np.argmax(middle), middle.shape)
        box = np.clip(pixels[row + 25 : row + 30, column + 25 : column + 30] - np.median(pixels), 0.0, None)
        down, right = np.mgrid[row - 6 : row - 1, column - 6 : column - 1]
        sky.append((east, north))
        seen.append((-(box * right).sum() / box.sum(), -(box * down).sum() / box.sum()))
    columns = np.c_[np.array(sky), np.ones(len(sky))]
    (to_left, to_up), *_ = (np.linalg.lstsq(columns, np.array(seen), rcond=None)[0][:2]).T, None
    assert to_left[0] > 0.5 and abs(to_left[1]) < 0.3
    assert to_up[1] > 0.4 and abs(to_up[0]) < 0.3


def test_real_cutouts_can_be_looked_at() -> None:
    for survey in ("ztf", "lsst"):
        for packet in packets(survey):
            cutouts = {name: read_cutout(data, survey) for name, data in cutouts_of_packet(packet).items()}
            assert set(cutouts) == {"Science", "Template", "Difference"}
            for cutout in cutouts.values():
                assert cutout.orientation == NORTH_UP
                assert cutout.size_arcsec == pytest.approx(63.756 if survey == "ztf" else 6.0, rel=0.01)
                for stretch in STRETCHES:
                    assert max(map(max, grey(cutout, 14, stretch))) > 100


def packets(survey: str) -> list[dict[str, Any]]:
    folder = os.environ.get("FINK_TUI_REAL_ALERTS")
    if not folder:
        pytest.skip("FINK_TUI_REAL_ALERTS names no folder of real alerts")
    found: list[dict[str, Any]] = []
    for path in sorted(Path(folder).glob(f"{survey}*.avro")):
        with path.open("rb") as file:
            found += fastavro.reader(file)
    return found
