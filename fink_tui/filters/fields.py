"""What a filter can ask of a target, or of an object in one of Fink's answers: every field, declared once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from fink_tui.alerts.rows import ObjectRow
from fink_tui.filters.units import DAYS
from fink_tui.sky.coordinates import galactic_latitude
from fink_tui.store.looks import news_of
from fink_tui.store.targets import STATUSES, Target

# What a value is: a text; several texts; a number; a span of time; a moment, which may be given as the time since; yes
# or no.
TEXT, TEXTS, NUMBER, SPAN, TIME, FLAG = "text", "list", "number", "duration", "time", "yes or no"
_ORDER = ("=", "!=", "<", "<=", ">", ">=")
_CONTAINS = ("~", "!~", "=", "!=")
OPERATORS_OF = {TEXT: _CONTAINS, TEXTS: _CONTAINS, NUMBER: _ORDER, SPAN: _ORDER, TIME: _ORDER, FLAG: ("=", "!=")}
MEANINGS = {
    "=": "is", "!=": "is not", "<": "less than", "<=": "at most", ">": "more than", ">=": "at least",
    "~": "contains", "!~": "does not contain",
}  # fmt: skip

OWN, SKY, ALERT = "own", "sky", "alert"
Getter = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `unit` is what a bare number counts, "" for none; `choices` are all the values there are.

    `target` and `answer` read it, None where there is no such thing: of a Target and of an ObjectRow. Those of `origin`
    SKY come from what the caller knows of the sky, those of ALERT from the numbers of the newest alert.
    """

    name: str
    kind: str
    help: str
    target: Getter | None = None
    answer: Getter | None = None
    unit: str = ""
    choices: tuple[str, ...] = ()
    origin: str = OWN


def _age(target: Target) -> float | None:
    # The first time an asteroid was seen is no birthday.
    return None if target.is_moving else target.age_days


def _age_of_row(row: ObjectRow) -> float | None:
    known = row.first_mjd is not None and row.last_mjd is not None and not row.is_moving
    return row.last_mjd - row.first_mjd if known else None  # type: ignore[operator]


def _micro_jansky(name: str) -> Getter:
    flux = attrgetter(name)
    return lambda thing: None if flux(thing) is None else flux(thing) / 1000.0


def _latitude(thing: Target | ObjectRow) -> float | None:
    return None if thing.ra is None or thing.dec is None else galactic_latitude(thing.ra, thing.dec)


def _names(row: ObjectRow) -> tuple[str, ...]:
    return (row.object_id, *row.aliases)


# fmt: off
_OWN = (
    Field("name", TEXT, "name of the target", attrgetter("name"), attrgetter("object_id")),
    Field("object", TEXTS, "ids of its objects", attrgetter("objects"), _names),
    Field("class", TEXT, "class", attrgetter("label"), attrgetter("label")),
    Field("origin", TEXT, "who says the class: TNS, SIMBAD, Fink, CATS, Rubin, tag",
          attrgetter("label_origin"), lambda r: r.label_origin or None),
    Field("status", TEXT, "what you decided", attrgetter("status"), choices=STATUSES),
    Field("survey", TEXTS, "ztf, lsst, or list (yours)", attrgetter("surveys"), lambda r: (r.survey,),
          choices=("ztf", "lsst", "list")),
    Field("mag", NUMBER, "difference magnitude (AB) of the newest alert",
          attrgetter("last_mag"), attrgetter("mag"), unit="mag"),
    Field("err", NUMBER, "its error", attrgetter("last_mag_err"), attrgetter("mag_err"), unit="mag"),
    Field("apparent", NUMBER, "magnitude (AB) of the whole source at the newest alert",
          attrgetter("last_apparent"), unit="mag"),
    Field("flux", NUMBER, "signed difference flux of the newest alert",
          _micro_jansky("last_flux"), _micro_jansky("flux"), unit="µJy"),
    Field("negative", FLAG, "whether the newest difference is negative",
          attrgetter("last_negative"), attrgetter("is_negative")),
    Field("band", TEXT, "band of the newest alert", attrgetter("last_band"), attrgetter("band")),
    Field("change", NUMBER, "Δ mag since the detection before, same band; brighter is negative",
          attrgetter("change"), unit="mag"),
    Field("rate", NUMBER, "the same per day, from an earlier night; rising is negative",
          attrgetter("rate"), unit="mag/day"),
    Field("n", NUMBER, "alerts", attrgetter("n_alerts"), attrgetter("n_alerts")),
    Field("detections", NUMBER, "detections in the light curve", lambda t: t.n_detections - t.n_upper_limits),
    Field("limits", NUMBER, "upper limits in it", attrgetter("n_upper_limits")),
    Field("forced", NUMBER, "forced points in it", attrgetter("n_forced")),
    Field("age", SPAN, "from the first detection to the newest alert; none for asteroids", _age, _age_of_row,
          unit=DAYS),
    Field("seen", TIME, "newest alert: a date, or how long ago", attrgetter("last_mjd"), attrgetter("last_mjd"),
          unit=DAYS),
    Field("first", TIME, "first detection: a date, or how long ago", attrgetter("first_mjd"), attrgetter("first_mjd"),
          unit=DAYS),
    Field("ra", NUMBER, "right ascension (ICRS)", attrgetter("ra"), attrgetter("ra"), unit="deg"),
    Field("dec", NUMBER, "declination (ICRS)", attrgetter("dec"), attrgetter("dec"), unit="deg"),
    Field("glat", NUMBER, "galactic latitude", _latitude, _latitude, unit="deg"),
    Field("moving", FLAG, "whether it is a moving object", attrgetter("is_moving"), attrgetter("is_moving")),
    Field("topic", TEXTS, "topics that brought it", attrgetter("topics")),
    Field("tag", TEXTS, "your tags, and those of rules", attrgetter("tags")),
    Field("priority", NUMBER, "1, 2, 3 or none", attrgetter("priority")),
    Field("note", TEXT, "your notes", lambda t: t.note or None),
    Field("changed", FLAG, "whether anything is new since you looked at it", lambda t: bool(news_of(t))),
    Field("back", TEXT, "why it came back after a verdict", attrgetter("back")),
    Field("sep", NUMBER, "distance from the position asked for", answer=attrgetter("separation_arcsec"), unit="arcsec"),
)
_SKY = (
    Field("alt", NUMBER, "altitude now", unit="deg", origin=SKY),
    Field("best_alt", NUMBER, "highest altitude of the night", unit="deg", origin=SKY),
    Field("airmass", NUMBER, "airmass now", origin=SKY),
    Field("hours", NUMBER, "how long it can be observed this night", unit="h", origin=SKY),
    Field("moon", NUMBER, "distance from the Moon", unit="deg", origin=SKY),
)
# What decoded alerts keep of their own (alerts/ztf.py, lsst.py, mma.py), by the names that `show --json` has.
_NUMBERS = {
    "": "rf_snia_vs_nonia snn_snia_vs_nonia snn_sn_vs_all rf_kn_vs_nonkn mulens anomaly_score slsn_score"
        " snn_sn_vs_others cats_score early_snia elephant_science elephant_template tns_redshift gaia_variable"
        " legacy_zphot legacy_zphot_err legacy_pstar drb rb classtar ndethist ncovhist star_galaxy_score field nbad"
        " reliability snr extendedness n_dia_sources visit detector roid eccentricity epoch_mjd",
    "mag": "change_mag limiting_mag reference_mag predicted_mag absolute_mag_h panstarrs_r_mag gaia_mag"
        " gaia_bright_mag",
    "mag/day": "mag_per_day mag_per_day_err",
    DAYS: "interval_days",
    "arcsec": "reference_distance_arcsec panstarrs_distance_arcsec gaia_distance_arcsec gaia_bright_distance_arcsec"
        " distance_arcsec offset_arcsec",
    "pixel": "fwhm_pix",
    "mas": "gaia_parallax_mas gaia_parallax_err_mas",
    "Mpc": "mangrove_distance_mpc",
    "nJy": "template_flux_njy science_flux_njy",
    "deg/day": "rate_deg_per_day",
    "au": "heliocentric_au topocentric_au semimajor_axis_au perihelion_au",
    "deg": "phase_angle_deg inclination_deg node_deg argument_of_perihelion_deg mean_anomaly_deg",
}
_WORDS = (
    "cats_class simbad tns_type tns_name gaia_name gaia_class vsx gcvs spicy_class x3hsp x4lac hyperleda twomass"
    " target_name observation_reason designation packed_designation"
)
_FLAGS = "is_dipole from_upper_limit"
# fmt: on


def _of_alerts() -> tuple[Field, ...]:
    numbers = [(name, SPAN if unit == DAYS else NUMBER, unit) for unit in _NUMBERS for name in _NUMBERS[unit].split()]
    texts = [(name, TEXT, "") for name in _WORDS.split()]
    flags = [(name, FLAG, "") for name in _FLAGS.split()]
    return tuple(
        Field(name, kind, "of the newest alert, as Fink has it", unit=unit, origin=ALERT)
        for name, kind, unit in sorted([*numbers, *texts, *flags])
    )


FIELDS = (*_OWN, *_SKY, *_of_alerts())
TARGET_FIELDS = {field.name: field for field in FIELDS if field.target or field.origin != OWN}
ANSWER_FIELDS = {field.name: field for field in FIELDS if field.answer or field.origin == ALERT}
