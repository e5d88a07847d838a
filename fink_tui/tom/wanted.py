"""What a target should be on a TOM, made from what is stored of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fink_tui.alerts.times import to_iso
from fink_tui.alerts.values import number
from fink_tui.fink.portal import SURVEYS, portal_page
from fink_tui.store.outbox import SentObject
from fink_tui.store.targets import Target

PREFIX = "fink_"
NOTES = "fink_notes"
_LONGEST_NAME = 100
# The TOM takes a value of exactly zero for a missing one.
_ALMOST_ZERO = 1e-12
# The TOM's name of an orbital element, ours, and the scheme it makes: MPC_MINOR_PLANET needs all of them.
_ELEMENTS = (
    ("epoch_of_elements", "epoch_mjd"),
    ("inclination", "inclination_deg"),
    ("lng_asc_node", "node_deg"),
    ("arg_of_perihelion", "argument_of_perihelion_deg"),
    ("eccentricity", "eccentricity"),
    ("mean_anomaly", "mean_anomaly_deg"),
    ("semimajor_axis", "semimajor_axis_au"),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A target as it should be on a TOM.

    `fields` are position (degrees, epoch 2000) or orbital elements (degrees, au, MJD), sent once; `extras` text by
    key. `cannot` says why it can't be handed over, "" where it can.
    """

    name: str
    aliases: tuple[str, ...]
    fields: Mapping[str, Any]
    extras: Mapping[str, str]
    lists: tuple[str, ...]
    cannot: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Its name and its aliases."""
        return (self.name, *self.aliases)

    @property
    def position(self) -> tuple[float, float] | None:
        """Right ascension and declination in degrees; None where it moves."""
        return (self.fields["ra"], self.fields["dec"]) if "ra" in self.fields else None


def wanted(target: Target, objects: Sequence[SentObject], notes: str = "") -> Wanted:
    """What a target should be on a TOM; `notes` are sent where there are any."""
    name = _clean(target.name)
    fields, cannot = _fields(target, objects)
    if len(name) > _LONGEST_NAME:
        cannot = f"its name is longer than the {_LONGEST_NAME} characters that a TOM takes"
    return Wanted(
        name=name,
        aliases=_aliases(target, objects, name),
        fields=fields,
        extras=_extras(target, objects, notes),
        lists=tuple(_clean(topic) for topic in target.topics),
        cannot=cannot,
    )


def _fields(target: Target, objects: Sequence[SentObject]) -> tuple[dict[str, Any], str]:
    if target.is_moving:
        return _orbit(objects)
    if target.ra is None or target.dec is None:
        return {}, "no alert of it has a position"
    return {
        "type": "SIDEREAL",
        "ra": target.ra or _ALMOST_ZERO,
        "dec": target.dec or _ALMOST_ZERO,
        "epoch": 2000.0,
    }, ""


def _orbit(objects: Sequence[SentObject]) -> tuple[dict[str, Any], str]:
    """The orbital elements of the newest alert that has all of them."""
    for sent in objects:
        moving = sent.details.get("moving", {})
        found = {theirs: number(moving.get(ours)) for theirs, ours in _ELEMENTS}
        if all(value is not None for value in found.values()):
            fields: dict[str, Any] = {"type": "NON_SIDEREAL", "scheme": "MPC_MINOR_PLANET"}
            fields |= {name: value or _ALMOST_ZERO for name, value in found.items()}
            magnitude = number(moving.get("absolute_mag_h"))
            return fields | ({} if magnitude is None else {"abs_mag": magnitude}), ""
    surveys = " and ".join(sorted({sent.survey.upper() for sent in objects}))
    return {}, (
        f"it moves, and {surveys} sent no orbit with its alerts: add it to the TOM by its designation, then it is found"
    )


def _aliases(target: Target, objects: Sequence[SentObject], name: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for sent in objects:
        for other in (sent.object_id, *sent.aliases):
            # Of what moves, the surveys' ids are of the places it passed.
            if not target.is_moving or not (other.startswith("ZTF") or other.isdigit()):
                found[_clean(other)] = None
    found.pop(name, None)
    return tuple(alias for alias in found if 0 < len(alias) <= _LONGEST_NAME)


def _extras(target: Target, objects: Sequence[SentObject], notes: str) -> dict[str, str]:
    aliases = [alias for sent in objects for alias in sent.aliases]
    values: dict[str, Any] = {
        "fink_class": target.label,
        "fink_survey": ", ".join(survey.upper() for survey in target.surveys if survey in SURVEYS),
        "fink_object_id": ", ".join(target.objects),
        "fink_first_seen": to_iso(target.first_mjd),
        "fink_last_seen": to_iso(target.last_mjd),
        "fink_topics": ", ".join(target.topics),
        "fink_status": target.status,
        "fink_tags": ", ".join(target.tags),
        "fink_priority": getattr(target, "priority", None),
        "fink_url": portal_page(target.surveys, target.objects, aliases),
        NOTES: notes,
    }
    values |= {f"fink_score_{name}": value for name, value in _scores(objects)}
    return {key: _text(value) for key, value in values.items() if value not in (None, "")}


def _scores(objects: Sequence[SentObject]) -> Iterable[tuple[str, Any]]:
    for sent in objects:
        for name, value in sent.details.get("scores", {}).items():
            if isinstance(value, int | float | str) and not isinstance(value, bool):
                yield name, value


def _text(value: Any) -> str:
    # A plain decimal: a TOM keeps a number of it beside the text, to search for ranges.
    return f"{value:.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else _clean(str(value), keep="\n")


def _clean(text: str, keep: str = "") -> str:
    """The text without what no field of a TOM takes; it would cut blanks off the ends itself."""
    return "".join(c if c.isprintable() or c in keep else " " for c in text).strip()
