"""Cutouts as pictures."""

from __future__ import annotations

import gzip
import io
import os
from pathlib import Path

import fastavro
import numpy as np
import pytest
from astropy.io import fits

from fink_tui.alerts.packet import cutouts_of_packet
from fink_tui.sky.stamps import read_stamp


def image(pixels: np.ndarray, *, extra: int = 0) -> bytes:
    hdus = [fits.PrimaryHDU(pixels), *(fits.ImageHDU(pixels, name=f"E{n}") for n in range(extra))]
    out = io.BytesIO()
    fits.HDUList(hdus).writeto(out)
    return out.getvalue()


@pytest.mark.parametrize("extra", [0, 2])
@pytest.mark.parametrize("packed", [False, True])
def test_the_first_row_of_the_image_is_drawn_at_the_bottom(packed: bool, extra: int) -> None:
    pixels = np.zeros((30, 30), dtype=np.float32)
    pixels[0:6, 24:30] = 100.0
    data = image(pixels, extra=extra)
    stamp = read_stamp(gzip.compress(data) if packed else data, 10)
    assert len(stamp) == len(stamp[0]) == 10
    assert stamp[9][9] == 255 and stamp[0][0] == 0 and stamp[0][9] == 0 and stamp[9][0] == 0


def test_pixels_without_a_value_are_black_and_do_not_spread() -> None:
    pixels = np.full((20, 20), np.nan, dtype=np.float32)
    assert {value for line in read_stamp(image(pixels), 10) for value in line} == {0}
    pixels[10:, :] = np.arange(200).reshape(10, 20)
    stamp = read_stamp(image(pixels), 10)
    assert all(0 <= value <= 255 for line in stamp for value in line) and max(map(max, stamp)) > 200


@pytest.mark.parametrize("data", [b"", b"SIMPLE", b"\x89PNG", image(np.zeros(30)), image(np.zeros((2, 3, 4)))])
def test_what_is_no_image_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        read_stamp(data, 10)


def test_real_cutouts_can_be_looked_at() -> None:
    folder = os.environ.get("FINK_TUI_REAL_ALERTS")
    if not folder:
        pytest.skip("FINK_TUI_REAL_ALERTS names no folder of real alerts")
    for path in sorted(Path(folder).glob("*.avro")):
        with path.open("rb") as file:
            for packet in fastavro.reader(file):
                stamps = {name: read_stamp(data, 14) for name, data in cutouts_of_packet(packet).items()}
                assert set(stamps) == {"Science", "Template", "Difference"}
                assert all(max(map(max, stamp)) > 100 for stamp in stamps.values())
