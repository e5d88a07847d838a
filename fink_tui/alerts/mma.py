"""A packet of Fink's multi-messenger streams (gamma-ray bursts, gravitational waves, neutrinos) -> Alert.

They are flat and poor: a ZTF alert's identity, place and time, and the event it may belong to. The full packet of the
same alert, when it comes on another topic, takes the place of this one; the event stays.
"""

from __future__ import annotations

from typing import Any

from fink_tui.alerts.alert import DETECTION, Alert, Detection, IdentityMissing
from fink_tui.alerts.labels import UNKNOWN
from fink_tui.alerts.times import from_jd
from fink_tui.alerts.values import day, identity, integer, measured, number, position, present, text
from fink_tui.alerts.ztf import BANDS

# Older and newer releases of the stream name the same thing differently.
_EVENT_FIELDS = {
    "observatory": ("observatory", "platform"),
    "instrument": ("instrument_or_event", "instruments", "instrument"),
    "event": ("event",),
    "trigger": ("triggerId",),
    "trigger_time": ("triggerTimeUTC",),
    "status": ("gcn_status",),
}
_EVENT_NUMBERS = {
    "ra": ("gcn_ra", "grb_ra"),
    "dec": ("gcn_dec", "grb_dec"),
    "error_arcmin": ("gcn_loc_error", "grb_loc_error"),
    "association": ("p_assoc", "grb_proba"),
}


def mma_alert(packet: dict[str, Any]) -> Alert:
    """The alert of a decoded packet. Raises IdentityMissing where candid, object or time is missing."""
    source_id, object_id = identity(packet.get("candid")), text(packet.get("objectId"))
    jd = day(packet.get("jd"))
    if source_id is None or object_id is None or jd is None:
        missing = "candid" if source_id is None else "objectId" if object_id is None else "jd"
        raise IdentityMissing(f"multi-messenger packet without {missing}")
    ra, dec = position(packet.get("ztf_ra", packet.get("ra")), packet.get("ztf_dec", packet.get("dec")))
    first_jd = day(packet.get("jdstarthist"))
    band = BANDS.get(integer(packet.get("fid")) or 0)
    event = {name: _first_of(packet, fields, text) for name, fields in _EVENT_FIELDS.items()}
    event |= {name: _first_of(packet, fields, number) for name, fields in _EVENT_NUMBERS.items()}
    return Alert(
        survey="ztf",
        source_id=source_id,
        object_id=object_id,
        detection=Detection(DETECTION, from_jd(jd), band, source_id=source_id, ra=ra, dec=dec, survey="ztf"),
        ra=ra,
        dec=dec,
        first_mjd=None if first_jd is None else from_jd(first_jd),
        label=text(packet.get("fink_class")) or UNKNOWN,
        label_origin="Fink",
        is_full=False,
        details={
            "quality": present(rb=measured(packet.get("rb"))),
            "rates": present(
                mag_per_day=number(packet.get("rate")),
                change_mag=number(packet.get("delta_mag")),
                interval_days=number(packet.get("diff_vartime")),
            ),
            "event": present(**event),
        },
    )


def _first_of(packet: dict[str, Any], fields: tuple[str, ...], read: Any) -> Any:
    return next((value for value in (read(packet.get(field)) for field in fields) if value is not None), None)
