"""What an outlook says: tonight from every site, and the place on the sky, as groups of facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fink_tui.alerts.times import to_hour
from fink_tui.output.facts import MINUS, Fact, Group

if TYPE_CHECKING:
    from fink_tui.sky.outlook import Outlook, View
    from fink_tui.sky.place import Place
    from fink_tui.sky.visibility import Visibility

_CLOCK = "ra, dec, the site and the clock; ERFA, to 0.005°"
_NIGHT = "what is left of the dark of this night"


def best(outlook: Outlook) -> str:
    """One line: the site in force, and the best of its night."""
    return f"{outlook.views[0].site.name}: {', '.join(filter(None, _best(outlook.views[0])))}"


def sky_groups(outlook: Outlook) -> list[Group]:
    """Tonight from the site in force, the best from every other one, and the place."""
    view, *others = outlook.views
    facts = [*_now(view.seen, view.site.least_altitude), *_moon(outlook), _dark(view)]
    for other in others:
        text, note = _best(other)
        facts.append(Fact(other.site.name, text, note=note, about="the best from there, UTC", source=_NIGHT))
    groups = [Group(f"tonight · {view.site.name}", facts)]
    return groups if outlook.place is None else [*groups, _where(outlook.place, outlook.trouble)]


def _now(seen: Visibility | None, limit: float) -> list[Fact]:
    if seen is None:
        return [Fact("altitude", "not known", about="it has no position, or moves and was last seen over a night ago")]
    way = f"{'↑ rising' if seen.is_rising else '↓ sinking'}, azimuth {seen.az:.0f}°"
    facts = [
        Fact("altitude", _degrees(seen.alt, 1), seen.alt, unit="°", note=way, about="without refraction", source=_CLOCK)
    ]
    if seen.airmass is not None:
        facts.append(Fact("airmass", f"{seen.airmass:.2f}", seen.airmass, source="altitude; Pickering 2002"))
    if seen.best_alt is not None and seen.best_time is not None:
        when = f"at {to_hour(seen.best_time)} UTC"
        facts.append(Fact("best", _degrees(seen.best_alt, 0), seen.best_alt, unit="°", note=when, source=_NIGHT))
        above = f"above {limit:.0f}°"
        facts.append(Fact("hours", f"{seen.hours:.1f}", seen.hours, unit="h", note=above, source=_NIGHT))
    facts.append(Fact("transits", to_hour(seen.transits), unit="UTC", source=_CLOCK))
    if seen.rises is None or seen.sets is None:
        facts.append(Fact("horizon", seen.course, source=_CLOCK))
    else:
        facts.append(Fact("rises", to_hour(seen.rises), unit="UTC", note=f"sets {to_hour(seen.sets)}", source=_CLOCK))
    return facts


def _moon(outlook: Outlook) -> list[Fact]:
    night, seen = outlook.views[0].night, outlook.views[0].seen
    course = [] if night.moonrise is None else [f"rises {to_hour(night.moonrise)}"]
    course += [] if night.moonset is None else [f"sets {to_hour(night.moonset)}"]
    lit = f"{outlook.moon_part:.0%} {'waxing' if outlook.moon_grows else 'waning'}"
    facts = [Fact("Moon lit", lit, outlook.moon_part, note=", ".join(course), source=_CLOCK)]
    if seen is not None:
        facts.insert(0, Fact("Moon at", f"{seen.moon:.0f}", seen.moon, unit="°", about="its distance", source=_CLOCK))
    return facts


def _dark(view: View) -> Fact:
    night = view.night
    if night.dark is None:
        return Fact("dark", night.remark, source="the Sun's altitude")
    remark = f", {night.remark}" if night.remark else ""
    text = "–".join(map(to_hour, night.dark))
    about = {"astronomical": 18, "nautical": 12, "civil": 6}[night.dark_name]
    return Fact(
        "dark", text, unit="UTC", note=f"night of {night.date}{remark}", about=f"the Sun below −{about}°", source=_CLOCK
    )


def _best(view: View) -> tuple[str, str]:
    """Altitude and time of the best, and the hours there are; or why there is none."""
    seen = view.seen
    if seen is None:
        return "–", ""
    if seen.best_alt is None or seen.best_time is None:
        return "no dark time is left tonight" if view.night.dark else view.night.remark, ""
    if seen.best_alt <= 0.0:
        return "never rises" if seen.course == "never rises" else "below the horizon while it is dark", ""
    text = f"{_degrees(seen.best_alt, 0)}° at {to_hour(seen.best_time)}"
    return text, f"{seen.hours:.1f} h above {view.site.least_altitude:.0f}°"


def _where(place: Place, trouble: str) -> Group:
    source = "ra, dec"
    facts = [
        Fact("galactic l", f"{place.glon:.4f}", place.glon, unit="°", source=source),
        Fact("galactic b", _degrees(place.glat, 4), place.glat, unit="°", source=source),
        Fact("ecliptic", _degrees(place.ecliptic_lat, 2), place.ecliptic_lat, unit="°", about="latitude, J2000"),
        Fact("constellation", place.constellation, place.constellation, source="ra, dec; Roman 1987"),
    ]
    if place.ebv is not None:
        facts.append(
            Fact("E(B−V)", f"{place.ebv:.3f}", place.ebv, unit="mag", source="ra, dec; maps of Schlegel et al. 1998")
        )
    return Group("where", [*facts, Fact("E(B−V)", trouble)] if trouble else facts)


def _degrees(value: float, digits: int) -> str:
    return f"{value:.{digits}f}".replace("-", MINUS)
