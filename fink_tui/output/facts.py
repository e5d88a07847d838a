"""All that is known of a target as facts in groups, the same for the pane and for scripts.

Groups are named by the question they answer. A fact carries its number as well as its text, its unit, what it means and
what in the packet it was worked out from.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from fink_tui.alerts import derived
from fink_tui.alerts.alert import DETECTION, FORCED, UPPER_LIMIT, Detection
from fink_tui.alerts.fields import FIELDS, Field
from fink_tui.alerts.labels import label_of_topics
from fink_tui.alerts.times import to_iso
from fink_tui.sky.coordinates import sexagesimal
from fink_tui.store.targets import StoredAlert, TargetView

MINUS = "−"
# What decides comes first; what the top of the pane says already comes late. Groups of other names follow.
ORDER = (
    "yours",
    "event",
    "how sure",
    "tonight",
    "change",
    "colour",
    "how bright",
    "near what",
    "known as",
    "where",
    "orbit",
    "what",
    "topics",
    "history",
    "made by",
)


@dataclass(frozen=True, slots=True)
class Fact:
    """One line. `value` and `error` are in `unit`; `text` is how they are written, without the unit.

    `share` (0 to 1) is drawn as a bar; `separation` is in arcsec; `note` always stands beside the number, `about` says
    on demand what it means. `source` names the fields of the packet, or the formula with them.
    """

    name: str
    text: str
    value: Any = None
    error: float | None = None
    unit: str = ""
    about: str = ""
    source: str = ""
    share: float | None = None
    separation: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Facts that answer one question, its title."""

    title: str
    facts: list[Fact] = field(default_factory=list)


def arranged(groups: Iterable[Group]) -> list[Group]:
    """Groups in the order people ask in, those of one title joined, empty ones left out."""
    joined: dict[str, Group] = {}
    for group in groups:
        if group.facts:
            joined.setdefault(group.title, Group(group.title)).facts.extend(group.facts)
    place = {title: number for number, title in enumerate(ORDER)}
    return sorted(joined.values(), key=lambda group: place.get(group.title.partition(" · ")[0], len(ORDER)))


def groups_of(view: TargetView) -> list[Group]:
    """What is stored of a target, and what follows from it."""
    newest = {alert.survey: alert for alert in view.alerts}
    groups = [_yours(view), _what(view), _where(view), *_change(view), _names(view), _history(view)]
    groups.append(Group("topics", [Fact("", topic, topic) for topic in view.target.topics]))
    for survey, alert in newest.items():
        more = f" · {survey.upper()}" if len(newest) > 1 else ""
        groups += [Group(group.title + more, group.facts) for group in _of_alert(alert)]
    return arranged(groups)


def _yours(view: TargetView) -> Group:
    """What she decided and wrote; a target never touched has nothing of hers."""
    target = view.target
    facts = []
    if target.status != "new":
        until = f"until {(to_iso(target.snoozed_until) or '')[:16].replace('T', ' ')} UTC"
        note = until if target.status == "snooze" and target.snoozed_until is not None else ""
        facts.append(Fact("status", target.status, target.status, note=note))
    if target.back:
        facts.append(Fact("came back", target.back, target.back))
    if target.priority is not None:
        facts.append(Fact("priority", str(target.priority), target.priority))
    if target.tags:
        facts.append(Fact("tags", " ".join(f"#{tag}" for tag in target.tags), list(target.tags)))
    facts += [Fact((to_iso(note.at) or "")[5:16].replace("T", " "), note.text, note.text) for note in view.notes]
    return Group("yours", facts)


def _what(view: TargetView) -> Group:
    target = view.target
    newest = view.alerts[-1] if view.alerts else None
    source = {
        "TNS": "type of the Transient Name Server",
        "SIMBAD": "type of the match in SIMBAD",
        "Fink": "Fink's published rule on its scores",
        "CATS": "clf.cats_class",
        "tag": "the topic's tag",
        "Rubin": "ssObjectId",
    }.get(target.label_origin, "")
    origin = f" ({target.label_origin})" if target.label_origin else ""
    facts = [Fact("class", target.label + origin, target.label, source=source)]
    if target.is_moving:
        facts.append(Fact("moves", "Solar System object", True))
    facts.append(Fact("surveys", ", ".join(name.upper() for name in target.surveys), list(target.surveys)))
    if newest is not None:
        source = "candidate.candid" if newest.survey == "ztf" else "diaSource.diaSourceId"
        facts.append(Fact("last alert", str(newest.source_id), str(newest.source_id), source=source))
    return Group("what", facts)


def _where(view: TargetView) -> Group:
    ra, dec = view.target.ra, view.target.dec
    if ra is None or dec is None:
        return Group("where", [Fact("position", "none in its packets")])
    source = "ra, dec of the newest alert, ICRS"
    hours, degrees = (text.replace("-", MINUS) for text in sexagesimal(ra, dec))
    return Group(
        "where",
        [
            Fact("RA", f"{ra:.6f}", ra, unit="°", note=hours, source=source),
            Fact("Dec", f"{dec:+.6f}".replace("-", MINUS), dec, unit="°", note=degrees, source=source),
        ],
    )


def _names(view: TargetView) -> Group:
    names = [name for name in (*view.target.objects, *view.aliases) if name != view.target.name]
    return Group("known as", [Fact("", name, name) for name in names])


def _history(view: TargetView) -> Group:
    target = view.target
    counts = {kind: sum(point.kind == kind for point in view.detections) for kind in (DETECTION, UPPER_LIMIT, FORCED)}
    negative = sum(point.kind == DETECTION and bool(point.is_negative) for point in view.detections)
    facts = [
        Fact("alerts", str(target.n_alerts), target.n_alerts, about="received"),
        Fact("detections", str(counts[DETECTION]), counts[DETECTION], source="alerts and the history they bring"),
        Fact("of them negative", str(negative), negative, about="fainter than the template"),
        Fact("upper limits", str(counts[UPPER_LIMIT]), counts[UPPER_LIMIT]),
        Fact("forced points", str(counts[FORCED]), counts[FORCED]),
    ]
    if target.first_mjd is not None:
        source = "jdstarthist or firstDiaSourceMjdTaiFink, or the first detection"
        facts.append(_moment("first seen", target.first_mjd, "" if target.is_moving else source))
    if target.last_mjd is not None:
        facts.append(_moment("last alert at", target.last_mjd, "time of the newest alert"))
    if target.age_days is not None and not target.is_moving:
        facts.append(_number("age", target.age_days, "days", 2, source="last alert − first seen"))
    return Group("history", facts)


def _of_alert(alert: StoredAlert) -> list[Group]:
    groups = [_brightness(alert)]
    details = {name: value for values in alert.details.values() for name, value in values.items()}
    # The poor packets of Fink-MM have other places for their fields.
    survey = alert.survey if "versions" in alert.details else ""
    taken = {name for entry in FIELDS if entry.name in details for name in (entry.error, entry.separation)}
    for entry in FIELDS:
        if entry.name in details and entry.name not in taken and entry.group != "event":
            groups.append(Group(entry.group, [_detail(entry, details, survey)]))
    for event in alert.events:
        groups.append(Group("event", [_detail(entry, event, "") for entry in FIELDS if _is_of(entry, event)]))
    if not alert.label and alert.topics:
        label, origin = label_of_topics(alert.topics)
        groups.append(Group("how sure", [Fact("its class", f"{label} ({origin}): no classifier speaks", label)]))
    return groups


def _is_of(entry: Field, event: dict[str, Any]) -> bool:
    return entry.group == "event" and entry.name in event


def _brightness(alert: StoredAlert) -> Group:
    point, is_ztf = alert.detection, alert.survey == "ztf"
    source = "candidate.jd, start of the exposure" if is_ztf else "diaSource.midpointMjdTai − 37 s (TAI to UTC)"
    facts = [_moment("observed", point.mjd, source)]
    facts.append(Fact("band", point.band or "–", point.band, source="candidate.fid" if is_ztf else "diaSource.band"))
    if point.mag is not None:
        note = "negative" if point.is_negative else ""
        about = "AB, of the difference; negative is fainter than the template"
        source = "candidate.magpsf" if is_ztf else "31.4 − 2.5 log10(diaSource.psfFlux / nJy)"
        facts.append(_number("difference", point.mag, "mag", 2, point.mag_err, about=about, source=source, note=note))
    if point.flux is not None:
        source = "± 10^(0.4 (31.4 − candidate.magpsf)), − where isdiffpos is f" if is_ztf else "diaSource.psfFlux"
        error = None if point.flux_err is None else point.flux_err / 1000.0
        about = "signed, of the difference"
        facts.append(_number("flux", point.flux / 1000.0, "µJy", 2, error, about=about, source=source, plus=True))
    if point.mag_apparent is not None:
        source = (
            "−2.5 log10(10^(−0.4 magnr) ± 10^(−0.4 magpsf))"
            if is_ztf
            else "31.4 − 2.5 log10(diaSource.scienceFlux / nJy)"
        )
        about = "of the whole source, AB"
        error = point.mag_apparent_err
        facts.append(_number("apparent", point.mag_apparent, "mag", 2, error, about=about, source=source))
    return Group("how bright", facts)


def _change(view: TargetView) -> Sequence[Group]:
    points = view.detections
    if view.target.is_moving:
        return ()
    facts = []
    if (best := derived.peak(points)) is not None and best.detection.mag is not None:
        text = f"{_band(best.detection)} {best.detection.mag:.2f}"
        source = "the brightest positive difference of all bands"
        facts.append(_of_point("peak", text, best.detection.mag, best.detection.mag_err, "mag", source))
        facts.append(_moment("peak at", best.detection.mjd, source))
        facts.append(_number("since peak", best.days_ago, "days", 2, source="the last point − peak at"))
    several = len(view.target.surveys) > 1
    for rate in derived.rates(points):
        name = f"{rate.band} {rate.survey.upper()} rate" if several else f"{rate.band} rate"
        about = "of the difference; negative is brightening"
        source = "(m2 − m1) / (t2 − t1), the newest positive difference and one 12 h to 30 days before"
        made = _number(name, rate.value, "mag/day", 3, rate.error, about=about, source=source, plus=True)
        facts.append(replace(made, note=f"over {rate.span_days:.2f} days"))
    if (start := derived.onset(points, view.target.first_mjd)) is not None and start.limit.upper_limit is not None:
        text = f"{start.days:.2f}"
        note = f"before the first detection, {_band(start.limit)} > {start.limit.upper_limit:.2f}"
        source = "first detection − last upper limit before it"
        facts.append(Fact("last limit", text, start.days, unit="days", source=source, note=note))
    return Group("change", facts), Group("colour", _colours(points, several))


def _colours(points: Iterable[Detection], several: bool) -> list[Fact]:
    facts = []
    for colour in derived.colours(points):
        name = f"{colour.bluer}{MINUS}{colour.redder}" + (f" {colour.survey.upper()}" if several else "")
        name += " apparent" if colour.kind == "apparent" else ""
        source = f"{colour.kind} magnitudes, the newest two less than {derived.SAME_NIGHT_DAYS * 24:.0f} h apart"
        made = _number(name, colour.value, "mag", 2, colour.error, source=source, plus=True)
        facts.append(replace(made, note=f"{(to_iso(colour.mjd) or '')[5:10]}, {colour.apart_days * 24.0:.1f} h apart"))
    return facts


def _band(point: Detection) -> str:
    return point.band or "?"


def _detail(entry: Field, values: dict[str, Any], survey: str) -> Fact:
    value, source = values[entry.name], entry.path(survey)
    if isinstance(value, bool) or not isinstance(value, int | float):
        text = ("yes" if value else "no") if isinstance(value, bool) else str(value)
        return Fact(entry.label, text, value, unit=entry.unit, about=entry.about, source=source)
    if isinstance(value, int):
        return Fact(entry.label, str(value), value, unit=entry.unit, about=entry.about, source=source)
    error = values.get(entry.error) if entry.error else None
    made = _number(entry.label, value, entry.unit, entry.digits, error, about=entry.about, source=source)
    share = None
    if entry.range is not None:
        low, high = entry.range
        share = min(1.0, max(0.0, (value - low) / (high - low)))
    return replace(made, share=share, separation=values.get(entry.separation) if entry.separation else None)


def _number(
    name: str,
    value: float,
    unit: str,
    digits: int,
    error: float | None = None,
    *,
    about: str = "",
    source: str = "",
    plus: bool = False,
    note: str = "",
) -> Fact:
    if error and error < 0.5 * 10.0**-digits:
        digits += 1
    text = _written(value, digits)
    text = f"+{text}" if plus and value > 0 else text
    text += "" if error is None else f" ± {_written(error, digits)}"
    return Fact(name, text, value, error, unit, about, source, note=note)


def _written(value: float, digits: int) -> str:
    """Fixed digits, more of them where nothing else would be left of a number, fewer of a huge one."""
    text = f"{value:.{digits}f}"
    if value and abs(value) < 10.0**-digits:
        text = f"{value:.2g}"
    elif abs(value) >= 1e7:
        text = f"{value:.6g}"
    return text.replace("-", MINUS)


def _of_point(name: str, text: str, value: float, error: float | None, unit: str, source: str) -> Fact:
    text += "" if error is None else f" ± {error:.2f}"
    return Fact(name, text, value, error, unit, source=source)


def _moment(name: str, mjd: float, source: str) -> Fact:
    text = to_iso(mjd)
    return Fact(name, text[:19].replace("T", " ") if text else f"MJD {mjd:.5f}", text or mjd, unit="UTC", source=source)
