"""The fields of a target: what OPTIONS says of them, and what is taken for them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fink_tui.demo.tom.messages import invalid
from fink_tui.demo.tom.site import Site

TYPES = {"SIDEREAL": "Sidereal", "NON_SIDEREAL": "Non-sidereal"}
_SCHEMES = {
    "MPC_MINOR_PLANET": "MPC Minor Planet",
    "MPC_COMET": "MPC Comet",
    "JPL_MAJOR_PLANET": "JPL Major Planet",
}
_PERMISSIONS = {"OPEN": "Open", "PUBLIC": "Public", "PRIVATE": "Private"}
# In the order in which a target's JSON has them; label and help as OPTIONS gives them.
NUMBERS = {
    "ra": ("Right Ascension", "Right Ascension, in degrees."),
    "dec": ("Declination", "Declination, in degrees."),
    "epoch": ("Epoch", "Julian Years. Max 2100."),
    "parallax": ("Parallax", "Parallax, in milliarcseconds."),
    "pm_ra": ("Proper Motion (RA)", "Proper Motion: RA. Milliarsec/year."),
    "pm_dec": ("Proper Motion (Declination)", "Proper Motion: Dec. Milliarsec/year."),
    "galactic_lng": ("Galactic Longitude", "Galactic Longitude in degrees."),
    "galactic_lat": ("Galactic Latitude", "Galactic Latitude in degrees."),
    "distance": ("Distance", "Parsecs."),
    "distance_err": ("Distance Error", "Parsecs."),
    "epoch_of_elements": ("Epoch of Elements", "Modified Julian date."),
    "mean_anomaly": ("Mean Anomaly", "Angle in degrees."),
    "arg_of_perihelion": ("Argument of Perihelion", "Argument of Perhihelion. J2000. Degrees."),
    "eccentricity": ("Eccentricity", "Eccentricity"),
    "lng_asc_node": ("Longitude of Ascending Node", "Longitude of Ascending Node. J2000. Degrees."),
    "inclination": ("Inclination to the ecliptic", "Inclination to the ecliptic. J2000. Degrees."),
    "mean_daily_motion": ("Mean Daily Motion", "Degrees per day."),
    "semimajor_axis": ("Semimajor Axis", "In AU"),
    "epoch_of_perihelion": ("Epoch of Perihelion", "Modified Julian Date."),
    "ephemeris_period": ("Ephemeris Period", "Days"),
    "ephemeris_period_err": ("Ephemeris Period Error", "Days"),
    "ephemeris_epoch": ("Ephemeris Epoch", "Days"),
    "ephemeris_epoch_err": ("Ephemeris Epoch Error", "Days"),
    "perihdist": ("Perihelion Distance", "AU"),
    "abs_mag": ("Absolute Magnitude", "mag"),
    "slope": ("Slope parameter", "mag"),
}
TEXTS = {"shared_by": ("Shared by", "Username"), "shared_from": ("Shared from", "TOM name")}
# What a PATCH is silent about and does not do.
NOT_PATCHED = {"permissions", "abs_mag", "slope", "shared_by", "shared_from"}
# (field, its value, what is then required)
_TOGETHER: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("type", "SIDEREAL", ("ra", "dec")),
    (
        "type",
        "NON_SIDEREAL",
        ("epoch_of_elements", "inclination", "lng_asc_node", "arg_of_perihelion", "eccentricity"),
    ),
    ("scheme", "MPC_COMET", ("perihdist", "epoch_of_perihelion")),
    ("scheme", "MPC_MINOR_PLANET", ("mean_anomaly", "semimajor_axis")),
    ("scheme", "JPL_MAJOR_PLANET", ("mean_daily_motion", "mean_anomaly", "semimajor_axis")),
)


class Wrong(ValueError):
    """A value that is not taken; `errors` are what is wrong, as they are sent."""

    def __init__(self, errors: Any) -> None:
        super().__init__(errors)
        self.errors = [errors] if isinstance(errors, str) else errors


Check = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name, what takes its value, what OPTIONS says, whether it must be there."""

    name: str
    check: Check
    about: Mapping[str, Any]
    required: bool = False


def number(value: Any) -> float | None:
    """A number or null; text that is one will do."""
    if value is None:
        return None
    try:
        made = float(value)
    except (TypeError, ValueError):
        made = math.nan
    if not math.isfinite(made):
        raise Wrong("A valid number is required.")
    return made


def integer(value: Any) -> int:
    """An integer."""
    try:
        return int(str(value))
    except ValueError:
        raise Wrong("A valid integer is required.") from None


def text(longest: int | None = None, blank: bool = False) -> Check:
    """Text, trimmed; numbers become it."""

    def check(value: Any) -> str:
        if value is None:
            raise Wrong("This field may not be null.")
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise Wrong("Not a valid string.")
        made = str(value).strip()
        if not made and not blank:
            raise Wrong("This field may not be blank.")
        if longest and len(made) > longest:
            raise Wrong(f"Ensure this field has no more than {longest} characters.")
        return made

    return check


def choice(choices: Mapping[str, str], blank: bool = False) -> Check:
    """One of these words."""

    def check(value: Any) -> str:
        if value is None:
            raise Wrong("This field may not be null.")
        if str(value) in choices or (blank and value == ""):
            return str(value)
        raise Wrong(f'"{value}" is not a valid choice.')

    return check


def many(fields: Sequence[Field]) -> Check:
    """A list of dictionaries with these fields."""

    def check(value: Any) -> list[dict[str, Any]]:
        if value is None:
            raise Wrong("This field may not be null.")
        if not isinstance(value, list):
            raise Wrong({"non_field_errors": [f'Expected a list of items but got type "{type(value).__name__}".']})
        made, errors = [], {}
        for place, item in enumerate(value):
            try:
                made.append(checked(item, fields, partial=False))
            except Wrong as wrong:
                errors[str(place)] = wrong.errors
        if errors:
            raise Wrong(errors)
        return made

    return check


def checked(data: Any, fields: Sequence[Field], partial: bool) -> dict[str, Any]:
    """What is taken of a dictionary, unknown keys dropped; `partial`: nothing is required. Raises Wrong."""
    if not isinstance(data, Mapping):
        wrong = f"Invalid data. Expected a dictionary, but got {type(data).__name__}."
        raise Wrong({"non_field_errors": [wrong]})
    made, errors = {}, {}
    for field in fields:
        try:
            if field.name in data:
                made[field.name] = field.check(data[field.name])
            elif field.required and not partial:
                raise Wrong("This field is required.")
        except Wrong as wrong:
            errors[field.name] = wrong.errors
    if errors:
        raise Wrong(errors)
    return made


def together(data: Mapping[str, Any]) -> None:
    """Refuse a type or scheme without what it needs, and with it a 0.0 among that."""
    for field, value, needed in _TOGETHER:
        absent = [name for name in needed if not data.get(name)]
        if data.get(field) == value and absent:
            raise invalid({"non_field_errors": [f"The following fields are required for {value} targets: {absent}"]})


def of_target(site: Site, free_name: Check, free_alias: Check) -> list[Field]:
    """The fields of a target; `free_name` and `free_alias` refuse a name that is taken."""
    key = Field("id", integer, _about("integer", "Id"))
    name, alias = text(100), text(100)
    number_fields = [Field(name, number, _about("float", *words)) for name, words in NUMBERS.items()]
    shared = [Field(name, text(blank=True), _about("string", *words)) for name, words in TEXTS.items()]
    own = [Field(name, text(), _about("string", name), required=True) for name in site.required_fields]
    extra = [Field("key", text(200), _about("string", "Key", longest=200), required=True)]
    extra.append(Field("value", text(blank=True), _about("string", "Value")))
    other = Field("name", lambda value: free_alias(alias(value)), _about("string", "Alias", longest=100), required=True)
    named = [key, Field("name", text(), _about("string", "Name"))]
    help_name, help_type = "The name of this target e.g. Barnard's star.", "The type of this target."
    access = "The access level of this target, see the docs on public vs private targets."
    return [
        _nested("targetextra_set", "Targetextra set", [key, *extra]),
        _nested("aliases", "Aliases", [key, other]),
        _nested("target_lists", "Target lists", named),
        _nested("groups", "Groups", named),
        Field("name", lambda value: free_name(name(value)), _about("string", "Name", help_name, longest=100)),
        Field("type", choice(TYPES), _about("choice", "Target Type", help_type, choices=TYPES), required=True),
        Field("permissions", choice(_PERMISSIONS), _about("choice", "Permissions", access, choices=_PERMISSIONS)),
        *number_fields[:10],
        Field("scheme", choice(_SCHEMES, blank=True), _about("choice", "Orbital Element Scheme", choices=_SCHEMES)),
        *number_fields[10:],
        *(shared if site.modern else []),
        *own,
    ]


def described(fields: Sequence[Field]) -> dict[str, Any]:
    """What OPTIONS says of the fields."""
    said: dict[str, Any] = {"id": {"type": "integer", "required": False, "read_only": True, "label": "ID"}}
    for field in fields:
        kind, *rest = field.about.items()
        said[field.name] = dict([kind, ("required", field.required), ("read_only", False), *rest])
    for name, label in (("created", "Time Created"), ("modified", "Last Modified")):
        said[name] = {"type": "datetime", "required": False, "read_only": True, "label": label}
    return said


def _nested(name: str, label: str, fields: Sequence[Field]) -> Field:
    children = {child: about for child, about in described(fields).items() if child not in ("created", "modified")}
    if all(field.name != "id" for field in fields):
        del children["id"]
    child = {"type": "nested object", "required": False, "read_only": False, "children": children}
    return Field(name, many(fields), {**_about("field", label), "child": child})


def _about(
    kind: str, label: str, hint: str = "", longest: int | None = None, choices: Mapping[str, str] | None = None
) -> dict[str, Any]:
    said: dict[str, Any] = {"type": kind, "label": label}
    if hint:
        said["help_text"] = hint
    if longest:
        said["max_length"] = longest
    if choices:
        said["choices"] = [{"value": value, "display_name": name} for value, name in choices.items()]
    return said
