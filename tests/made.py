"""Targets and objects of answers made by hand."""

from __future__ import annotations

import json
from typing import Any

from fink_tui.store.targets import Target


def target(**fields: Any) -> Target:
    """A supernova candidate in the middle of everything, with other values where they are given."""
    details = {"scores": {"rf_snia_vs_nonia": 0.75}, "matches": {"simbad": "Galaxy"}, "quality": {"drb": 0.9}}
    values: dict[str, Any] = {
        "id": 1,
        "name": "ZTF26aaaaaaa",
        "status": "new",
        "label": "SN candidate",
        "label_origin": "Fink",
        "ra": 150.25,
        "dec": -5.5,
        "is_moving": False,
        "surveys": ("ztf",),
        "objects": ("ZTF26aaaaaaa",),
        "topics": ("fink_sn_candidates_ztf",),
        "tags": (),
        "n_alerts": 3,
        "n_detections": 12,
        "n_upper_limits": 4,
        "n_forced": 0,
        "first_mjd": 61116.0,
        "last_mjd": 61120.0,
        "last_mag": 18.5,
        "last_mag_err": 0.05,
        "last_band": "r",
        "last_flux": 145_000.0,
        "last_flux_err": 6000.0,
        "last_negative": False,
        "last_apparent": 18.0,
        "change": -0.5,
        "rate": -0.25,
        "priority": None,
        "snoozed_until": None,
        "back": None,
        "looked": None,
        "note": "",
        "details": json.dumps(details, separators=(",", ":")),
        "arrived": 1,
        "changed": 1,
        "joined": None,
        "proposed": 0,
    }
    return Target(**(values | fields))
