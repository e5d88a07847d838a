"""The unit of a column, by its name: of our own records, and of the columns of Fink's APIs."""

from __future__ import annotations

import re

# The first that fits holds. Sources: the Avro schemas of ZTF (ZTF Science Data System) and of Rubin's DPDD, and
# fink-broker's descriptions of what it adds.
_UNITS = tuple(
    (re.compile(pattern), unit)
    for pattern, unit in (
        (r"(.*_)?separation_arcsec|i:distnr|i:ssdistnr|i:distpsnr\d|r:ephOffset\w*|r:trailLength", "arcsec"),
        (
            r"ra|dec|[irdfb]:(ra|dec|declination)|d:dec|v:separation_degree|i:(ra|dec)nr|r:phaseAngle|r:elongation",
            "deg",
        ),
        (r"r:(ra|dec)Err|r:trailAngle|jradeg|jdedeg|Phase|Elong\.", "deg"),
        (r".*_njy|r:\w*Flux(Err|Mean|MeanErr|Min|Max|Sigma)?", "nJy"),
        (r"(last_|change_)?mag(_err|_apparent|_apparent_err)?|last_mag\w*|change_mag|upper_limit", "mag"),
        (r"i:(magpsf|sigmapsf|magnr|sigmagnr|diffmaglim|magap|sigmagap|ssmagnr|maggaia|magzpsci\w*|magdiff)", "mag"),
        (r"i:s[grizj]mag\d|r:ephVmag|VMag|SDSS:[griz]|i:magpsf_red", "mag"),
        (r"[iv]:jd\w*|i:jdstarthist|i:jdendhist|d:jd\w+|mjd|[rfv]:\w*Mjd\w*|d:delta_time|v:lapse|age_days", "d"),
        (r"d:(mag_rate|sigma_rate|lower_rate|upper_rate)|v:(sigma\()?rate\)?", "mag.d-1"),
        (r"[df]:(xm_gaiadr3_)?(e_)?Plx", "mas"),
        (r"[df]:(xm_)?mangrove_(lum|ang)_dist", "Mpc"),
        (r"r:(helio|topo)Range|Dobs|Dhelio", "AU"),
    )
)


def unit_of(column: str) -> str | None:
    """The unit in VOUnit's spelling, None for what has none or is not known."""
    return next((unit for pattern, unit in _UNITS if pattern.fullmatch(column)), None)
