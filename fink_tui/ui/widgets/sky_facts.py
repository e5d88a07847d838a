"""What an outlook says, in words: tonight from each site, and the place on the sky."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fink_tui.ui.format import MINUS, NOTHING, hour

if TYPE_CHECKING:
    from fink_tui.sky.outlook import Outlook, View
    from fink_tui.sky.visibility import Visibility

Lines = list[tuple[str, str]]


def summary(outlook: Outlook) -> str:
    """One line: the site in force, and the best of its night."""
    return f"{outlook.views[0].site.name}: {_best(outlook.views[0])}"


def tonight_lines(outlook: Outlook) -> Lines:
    """Now, rise and set, the Moon and the dark at the site in force; the best at every site."""
    view = outlook.views[0]
    lines = []
    if view.seen is None:
        lines.append(("now", "not known: it has no position, or moves and was last seen over a night ago"))
    else:
        lines += [
            ("now", _now(view.seen)),
            ("rises, sets", _course(view.seen)),
            ("Moon", f"{view.seen.moon:.0f}° away, {_moon(outlook)}"),
        ]
    lines.append(("dark", _dark(view)))
    return [*lines, *((other.site.name, _best(other)) for other in outlook.views)]


def place_lines(outlook: Outlook) -> Lines:
    """Galactic coordinates, ecliptic latitude, constellation and reddening, where the place is known."""
    place = outlook.place
    if place is None:
        return []
    lines = [
        ("galactic", f"{place.glon:.3f} {place.glat:+.3f}°".replace("-", MINUS)),
        ("ecliptic", f"{place.ecliptic_lat:+.2f}°".replace("-", MINUS)),
        ("in", place.constellation),
    ]
    if place.ebv is not None:
        lines.append(("E(B−V)", f"{place.ebv:.3f} mag (SFD)"))
    return [*lines, ("", outlook.trouble)] if outlook.trouble else lines


def _now(seen: Visibility) -> str:
    text = f"{seen.alt:.1f}° {'↑ rising' if seen.is_rising else '↓ sinking'}, azimuth {seen.az:.0f}°"
    return text.replace("-", MINUS) + ("" if seen.airmass is None else f", airmass {seen.airmass:.2f}")


def _best(view: View) -> str:
    seen = view.seen
    if seen is None:
        return NOTHING
    if seen.best_alt is None or seen.best_time is None:
        return "no dark time is left tonight"
    if seen.best_alt <= 0.0:
        return "never rises" if seen.course == "never rises" else "below the horizon while it is dark"
    return (
        f"best {seen.best_alt:.0f}° at {hour(seen.best_time)} UTC, "
        f"{seen.hours:.1f} h above {view.site.least_altitude:.0f}°"
    )


def _course(seen: Visibility) -> str:
    if seen.rises is None or seen.sets is None:
        return f"{seen.course}, highest at {hour(seen.transits)}"
    return f"{hour(seen.rises)}, {hour(seen.sets)}, highest at {hour(seen.transits)} UTC"


def _moon(outlook: Outlook) -> str:
    night = outlook.views[0].night
    text = f"{outlook.moon_part:.0%} and {'waxing' if outlook.moon_grows else 'waning'}"
    text += "" if night.moonrise is None else f", rises {hour(night.moonrise)}"
    return text + ("" if night.moonset is None else f", sets {hour(night.moonset)}")


def _dark(view: View) -> str:
    night = view.night
    if night.dark is None:
        return night.remark
    span = f"{hour(night.dark[0])}–{hour(night.dark[1])} UTC"
    return f"{span} of the night of {night.date}" + (f" ({night.remark})" if night.remark else "")
