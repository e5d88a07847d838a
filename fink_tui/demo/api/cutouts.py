"""/cutouts: the stamps of an alert as pixels, as the FITS file it came in, or as a PNG stretched for the eye."""

from __future__ import annotations

import gzip
import io
import struct
import zlib
from typing import Any

import numpy as np
from astropy.io import fits
from numpy.typing import NDArray

from fink_tui.demo.api.database import Alert, Database
from fink_tui.demo.api.errors import Reply, json_reply, refusal
from fink_tui.demo.api.rows import Packet

KINDS = ("Science", "Template", "Difference")
_FORMATS = ("PNG", "FITS", "array")
_PNG = "image/png"
_GZIP = b"\x1f\x8b"
# Red, green and blue at the dark and the bright end; the real API has every colour map of matplotlib.
_COLORMAPS = {
    "gray": ((0, 0, 0), (255, 255, 255)),
    "Greys": ((255, 255, 255), (0, 0, 0)),
    "Blues": ((247, 251, 255), (8, 48, 107)),
    "viridis": ((68, 1, 84), (253, 231, 37)),
    "magma": ((0, 0, 4), (252, 253, 191)),
    "inferno": ((0, 0, 4), (252, 255, 164)),
    "plasma": ((13, 8, 135), (240, 249, 33)),
}
Image = NDArray[np.float64]


def stamp(packet: Packet, kind: str) -> bytes:
    """The file of one cutout as it is in the packet: gzipped FITS for ZTF, FITS for LSST."""
    whole = packet[f"cutout{kind}"]
    return bytes(whole["stampData"] if isinstance(whole, dict) else whole)


def pixels(packet: Packet, kind: str) -> list[list[float]]:
    """The image of one cutout, row by row."""
    return [[float(value) for value in line] for line in _image(stamp(packet, kind))]


def _image(file: bytes) -> Image:
    plain = gzip.decompress(file) if file.startswith(_GZIP) else file
    with fits.open(io.BytesIO(plain)) as opened:
        return np.nan_to_num(np.asarray(opened[0].data, dtype=np.float64))


def of_ztf(database: Database, arguments: Any) -> Reply:
    """A ZTF cutout; an unknown object is an exception, so a 500: the real API looks only after the use."""
    _check(arguments)
    alerts = list(database.beginning_with("ztf", arguments["objectId"]))
    wanted = str(arguments.get("candid", alerts[0].source_id))
    return _reply(arguments, next(a for a in alerts if str(a.source_id) == wanted), "objectId", "_stampData")


def of_lsst(database: Database, arguments: Any) -> Reply:
    """An LSST cutout; an unknown source is an empty picture."""
    _check(arguments)
    salted = arguments["diaSourceId"][-3:] + "_" + arguments["diaSourceId"]
    for alert in database.alerts("lsst"):
        if f"{str(alert.source_id)[-3:]}_{alert.source_id}" == salted:
            return _reply(arguments, alert, "diaSourceId", "")
    return Reply(200, _PNG, b"", _attached(f"{arguments['diaSourceId']}_{arguments['kind']}.png"))


def _check(arguments: Any) -> None:
    # Without a format the real API stumbles over its own question: a KeyError, so a 500.
    if arguments["kind"] == "All" and arguments["output-format"] != "array":
        raise refusal("The option `kind=All` is only compatible with `output-format=array`.\n")
    if arguments.get("output-format", "PNG") not in _FORMATS:
        raise refusal("output-format must be one of: PNG, FITS, or array.\n")


def _reply(arguments: Any, alert: Alert, identifier: str, suffix: str) -> Reply:
    kind, output = arguments["kind"], arguments.get("output-format", "PNG")
    packet = alert.packet()
    if output == "array":
        kinds = KINDS if kind == "All" else (kind,)
        return json_reply({f"b:cutout{name}{suffix}": pixels(packet, name) for name in kinds})
    name = f"{arguments[identifier]}_{kind}"
    file = stamp(packet, kind)
    if output == "FITS":
        return Reply(200, "application/octet-stream", file, _attached(f"{name}.fits"))
    return Reply(200, _PNG, _picture(_image(file), arguments), _attached(f"{name}.png"))


def _attached(filename: str) -> dict[str, str]:
    return {"Content-Disposition": f"attachment; filename={filename}"}


def _picture(image: Image, arguments: Any) -> bytes:
    if "convolution_kernel" in arguments:
        image = _smoothed(image, arguments["convolution_kernel"])
    scaled = _stretched(image, arguments)
    if "colormap" not in arguments:
        return _png((scaled * 255.0).astype(np.uint8)[:, :, np.newaxis], grey=True)
    dark, bright = (np.array(colour) for colour in _COLORMAPS[arguments["colormap"]])
    mixed = dark + scaled[:, :, np.newaxis] * (bright - dark)
    opaque = np.full((*scaled.shape, 1), 255.0)
    return _png(np.concatenate([mixed, opaque], axis=2).astype(np.uint8), grey=False)


def _stretched(image: Image, arguments: Any) -> Image:
    """From 0 to 1: a sigmoid around the middle, or between two percentiles."""
    stretch = arguments.get("stretch", "sigmoid")
    if stretch == "sigmoid":
        low, high = float(image.min()), float(image.max())
        scaled = (image - low) / ((high - low) or 1.0)
        return np.asarray(1.0 / (1.0 + np.exp(-6.0 * (scaled - scaled.mean()))))
    ends = (float(arguments.get("pmin", 0.5)), float(arguments.get("pmax", 99.5)))
    low, high = (float(end) for end in np.percentile(image, ends))
    scaled = np.clip((image - low) / ((high - low) or 1.0), 0.0, 1.0)
    curves = {"linear": scaled, "sqrt": np.sqrt(scaled), "power": scaled**2, "log": np.log10(1.0 + 9.0 * scaled)}
    return np.asarray(curves[stretch])


def _smoothed(image: Image, kernel: str) -> Image:
    weights = {"gauss": (0.27, 0.46, 0.27), "box": (1 / 3, 1 / 3, 1 / 3)}[kernel]
    for axis in (0, 1):
        rolled = [w * np.roll(image, step, axis=axis) for w, step in zip(weights, (-1, 0, 1), strict=True)]
        image = np.sum(rolled, axis=0)
    return image


def _png(samples: NDArray[np.uint8], grey: bool) -> bytes:
    """A PNG of 8 bits a sample: grey, or red, green, blue and opacity (W3C PNG specification, chunks IHDR to IEND)."""
    height, width = samples.shape[:2]
    header = struct.pack(">IIBBBBB", width, height, 8, 0 if grey else 6, 0, 0, 0)
    # Every line begins with its filter, which is none.
    lines = b"".join(b"\0" + line.tobytes() for line in samples)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(lines)), (b"IEND", b""))
    chunks = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + chunks
