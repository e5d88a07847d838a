"""The night as characters, and what an outlook says in words."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from fink_tui.alerts.times import from_iso
from fink_tui.output.tonight import best, sky_groups
from fink_tui.sky.outlook import Outlook, outlook
from fink_tui.sky.sites import Site, find_site, known_sites
from fink_tui.ui.widgets.night_curve import LEAST_SIZE, night_curve
from fink_tui.ui.widgets.night_plot import _SHADES

KNOWN = known_sites({}, 30.0)[0]
LA_SILLA, PALOMAR = (find_site(KNOWN, name) for name in ("La Silla", "Palomar"))
TROMSO = Site("Tromso", 69.65, 18.96, 100.0)
NOW = from_iso("2026-11-22T03:12")
WIDTH, HEIGHT = 65, 14


@dataclass(frozen=True)
class Star:
    ra: float | None = 60.0
    dec: float | None = -20.0
    is_moving: bool = False
    last_mjd: float | None = NOW
    id: int = 1


def look(star: Star, *sites: Site, when: float = NOW) -> Outlook:
    return outlook(star, sites or (LA_SILLA,), when)


def drawn(found: Outlook, width: int = WIDTH, height: int = HEIGHT) -> list[str]:
    lines = night_curve(found.views[0], found.mjd, found.moon_grows, width, height)
    texts = ["".join(text for text, _ in line) for line in lines]
    assert len(texts) == height and {len(text) for text in texts} == {width}
    return texts


def styles(found: Outlook) -> dict[tuple[int, int], str]:
    cells = {}
    for row, line in enumerate(night_curve(found.views[0], found.mjd, found.moon_grows, WIDTH, HEIGHT)):
        column = 0
        for text, style in line:
            for char in text:
                cells[row, column] = style if char != " " else style.partition(" ")[2] and f" {style.partition(' ')[2]}"
                column += 1
    return cells


def cells_of(found: Outlook, name: str) -> list[tuple[int, int]]:
    return sorted(place for place, style in styles(found).items() if style.partition(" ")[0] == name)


def test_the_curve_is_highest_where_it_is_best_and_now_is_where_it_is() -> None:
    found = look(Star())
    seen, night = found.views[0].seen, found.views[0].night
    assert seen is not None and seen.best_time is not None and seen.best_alt is not None and night.sun_down is not None
    start, end = (night.sun_down[0] - 0.5 / 24, night.sun_down[1] + 0.5 / 24)
    column_of = lambda mjd: 4 + round((mjd - start) / (end - start) * (WIDTH - 10))  # noqa: E731
    top = [place for place in cells_of(found, "target") if place[0] == cells_of(found, "target")[0][0]]
    assert min(column for _, column in top) <= column_of(seen.best_time) <= max(column for _, column in top)
    assert top[0][0] == pytest.approx((1 - seen.best_alt / 90) * (HEIGHT - 3), abs=0.8)
    assert {column for _, column in cells_of(found, "now")} == {column_of(NOW)}
    assert cells_of(found, "limit")[0][0] == round(2 / 3 * (HEIGHT - 3))


def test_the_twilight_is_below_and_behind_the_curve() -> None:
    found = look(Star())
    axis = drawn(found)[HEIGHT - 2]
    assert axis.strip()[0] == axis.rstrip("airm ")[-1] == "▓"
    assert {"▓", "▒", "░", "┈", "─"} <= set(axis)
    shades = {style.rpartition(" ")[2] for style in styles(found).values() if " " in style}
    assert shades == set(_SHADES)


def test_the_axes_have_degrees_air_masses_and_hours() -> None:
    lines = drawn(look(Star()))
    assert lines[0].startswith("90°") and lines[0].rstrip().endswith("1.0")
    assert any(line.startswith("30°") and line.rstrip().endswith("2.0") for line in lines)
    hours = lines[-1].split()
    assert hours[0] == "UTC" and {"00", "04", "08"} <= set(hours)


@pytest.mark.parametrize("day", ["2026-06-21T00:00", "2026-12-21T00:00"])
def test_polar_day_and_night_are_drawn_from_noon_to_noon(day: str) -> None:
    found = look(Star(dec=60.0), TROMSO, when=from_iso(day))
    shades = {style.rpartition(" ")[2] for style in styles(found).values() if " " in style}
    assert shades == ({"day"} if "-06-" in day else {"civil", "nautical", "astronomical", "dark"} & shades)
    assert cells_of(found, "target")
    assert ("the Sun does not " + ("set" if "-06-" in day else "rise")) in said(found)["dark"]


@pytest.mark.parametrize(
    "size", [(0, 0), (1, 1), (LEAST_SIZE[0] - 1, 20), (80, LEAST_SIZE[1] - 1), LEAST_SIZE, (300, 40)]
)
def test_any_size_is_drawn_or_said_to_be_too_small(size: tuple[int, int]) -> None:
    found = look(Star())
    lines = night_curve(found.views[0], found.mjd, found.moon_grows, *size)
    assert [sum(len(text) for text, _ in line) for line in lines] == [size[0]] * size[1]


def said(found: Outlook) -> dict[str, str]:
    return {
        fact.name: f"{fact.text}{fact.unit} {fact.note}".strip() for group in sky_groups(found) for fact in group.facts
    }


def test_words_for_a_good_target_from_two_sites() -> None:
    found = look(Star(), LA_SILLA, PALOMAR)
    assert best(found) == "La Silla: 81° at 04:39, 4.9 h above 30°"
    assert [group.title for group in sky_groups(found)] == ["tonight · La Silla", "where"]
    facts = said(found)
    assert facts["altitude"] == "68.1° ↑ rising, azimuth 70°" and facts["airmass"] == "1.08"
    assert facts["best"] == "81° at 04:39 UTC" and facts["hours"] == "4.9h above 30°"
    assert facts["rises"] == "21:50UTC sets 11:25" and facts["transits"] == "04:39UTC"
    assert facts["Moon at"] == "51°" and facts["Moon lit"] == "91% waxing rises 20:23, sets 07:41"
    assert facts["dark"] == "00:51–08:06UTC night of 2026-11-21"
    assert facts["Palomar"] == "37° at 07:43 3.8 h above 30°"
    assert facts["constellation"] == "Eri" and facts["galactic b"] == "−46.4538°"


def test_words_for_what_cannot_be_seen() -> None:
    assert best(look(Star(dec=89.0))) == "La Silla: never rises"
    assert best(look(Star(dec=30.0), when=from_iso("2026-11-22T09:00"))) == "La Silla: no dark time is left tonight"
    assert best(look(Star(ra=270.0, dec=10.0))) == "La Silla: below the horizon while it is dark"
    assert best(look(Star(dec=60.0), TROMSO, when=from_iso("2026-06-21T00:00"))) == "Tromso: the Sun does not set"


@pytest.mark.parametrize("star", [Star(ra=None), Star(is_moving=True, last_mjd=NOW - 30)])
def test_a_target_without_a_place_has_the_night_alone(star: Star) -> None:
    found = look(star)
    assert not cells_of(found, "target") and cells_of(found, "moon")
    facts = said(found)
    assert facts["altitude"] == "not known" and "best" not in facts and best(found) == "La Silla: –"
    assert facts["Moon lit"].startswith("91%") and ("constellation" in facts) == (star.ra is not None)


def test_maps_that_cannot_be_read_are_named() -> None:
    found = outlook(Star(), (LA_SILLA,), NOW, Path("/nowhere"))
    assert found.place is not None and found.place.ebv is None
    assert "No such file" in said(found)["E(B−V)"] and "SFD_dust" in said(found)["E(B−V)"]
