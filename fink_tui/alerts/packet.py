"""Which kind of packet this is, told by what is in it and never by the topic it came on."""

from __future__ import annotations

from typing import Any

from fink_tui.alerts.alert import Alert, IdentityMissing
from fink_tui.alerts.lsst import lsst_alert
from fink_tui.alerts.mma import mma_alert
from fink_tui.alerts.ztf import ztf_alert


def alert_of_packet(packet: Any) -> Alert:
    """The alert of a decoded Avro record. Raises IdentityMissing where it names no alert or no object."""
    if not isinstance(packet, dict):
        raise IdentityMissing(f"the packet is a {type(packet).__name__}, not a record")
    if isinstance(packet.get("diaSource"), dict):
        return lsst_alert(packet)
    if isinstance(packet.get("candidate"), dict):
        return ztf_alert(packet)
    if "triggerId" in packet or "ztf_ra" in packet:
        return mma_alert(packet)
    raise IdentityMissing("neither diaSource nor candidate nor triggerId: not an alert of ZTF, LSST or Fink-MM")


def cutouts_of_packet(packet: dict[str, Any]) -> dict[str, bytes]:
    """The cutouts as they came, by name: gzipped FITS for ZTF, FITS of three HDUs for LSST; empty where none came."""
    found: dict[str, bytes] = {}
    for name in ("Science", "Template", "Difference"):
        stamp = packet.get(f"cutout{name}")
        if isinstance(stamp, dict):
            stamp = stamp.get("stampData")
        if isinstance(stamp, bytes) and stamp:
            found[name] = stamp
    return found
