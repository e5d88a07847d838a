"""The unit of a column, by its name: of our own records, and of the columns of Fink's APIs; and the UCDs of our own."""

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
        (r"alt|az|best_alt|moon|glon|glat|ecliptic_lat", "deg"),
        (r"hours", "h"),
        (r"rate_mag_per_day", "mag.d-1"),
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


# Words of IVOA's UCD1+ controlled vocabulary, version 1.5.
_UCDS = tuple(
    (re.compile(pattern), ucd)
    for pattern, ucd in (
        (r"name|object|target", "meta.id;meta.main"),
        (r"objects|object_id|source_id|aliases", "meta.id"),
        (r"ra", "pos.eq.ra;meta.main"),
        (r"dec", "pos.eq.dec;meta.main"),
        (r"glon", "pos.galactic.lon"),
        (r"glat", "pos.galactic.lat"),
        (r"separation_arcsec", "pos.angDistance"),
        (r"class", "src.class"),
        (r"time|mjd|first_seen|last_seen", "time.epoch"),
        (r"age_days", "time.duration"),
        (r"(last_)?mag(_apparent)?", "phot.mag"),
        (r"(last_)?mag(_apparent)?_err", "stat.error;phot.mag"),
        (r"upper_limit", "phot.mag;stat.max"),
        (r"(last_)?flux_njy", "phot.flux"),
        (r"(last_)?flux_err_njy", "stat.error;phot.flux"),
        (r"(last_)?band", "instr.bandpass"),
        (r"n_\w+", "meta.number"),
        (r"note", "meta.note"),
        (r"alt", "pos.az.alt"),
        (r"az", "pos.az.azi"),
        (r"airmass", "obs.airMass"),
    )
)


def ucd_of(column: str) -> str | None:
    """The Unified Content Descriptor of one of our own columns, None where there is no right one."""
    return next((ucd for pattern, ucd in _UCDS if pattern.fullmatch(column)), None)
