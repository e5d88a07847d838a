"""Sites by name, and those of the configuration."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fink_tui.settings import Settings, load_settings
from fink_tui.sky.sites import find_site, known_sites


def load(tmp_path: Path, text: str, **env: str) -> Settings:
    path = tmp_path / "config.toml"
    path.write_text(text)
    return load_settings(path, env)


@pytest.mark.parametrize("name", ["la silla", "La Silla", "LaSilla", "lasilla", "ESO La Silla", "NTT"])
def test_a_site_is_found_whatever_its_capitals_spaces_and_other_names(name: str) -> None:
    assert find_site(known_sites({}, 30.0)[0], name).name == "La Silla"


def test_every_known_site_is_on_the_earth_and_has_its_names_to_itself() -> None:
    sites = known_sites({}, 25.0)[0]
    assert 30 <= len(set(sites.values())) <= 60
    for word, site in sites.items():
        assert word == "".join(filter(str.isalnum, word.casefold()))
        assert -90 < site.latitude < 90 and -180 <= site.longitude < 180 and 0 < site.height < 5000
        assert site.least_altitude == 25.0
    names = [word for site in set(sites.values()) for word in (site.name,)]
    assert len(names) == len(set(names))


def test_an_unknown_site_is_named_with_those_alike() -> None:
    with pytest.raises(ValueError, match=r"no site is called Palomer; there is Palomar"):
        find_site(known_sites({}, 30.0)[0], "Palomer")
    with pytest.raises(ValueError, match="La Silla"):
        find_site(known_sites({}, 30.0)[0], "")


def test_without_a_setting_the_site_is_la_silla(tmp_path: Path) -> None:
    found = load(tmp_path, "")
    assert [site.name for site in found.sites] == ["La Silla"] and not found.notices


def test_a_site_of_ones_own(tmp_path: Path) -> None:
    found = load(
        tmp_path,
        """
        [site]
        name = ["My Dome", "palomar"]
        least_altitude = 20
        [site."My Dome"]
        latitude = 45.5
        longitude = 350
        height = 120.5
        least_altitude = 35
        """,
    )
    assert not found.notices
    dome, palomar = found.sites
    assert (dome.name, dome.latitude, dome.longitude, dome.height, dome.least_altitude) == (
        "My Dome",
        45.5,
        -10.0,
        120.5,
        35.0,
    )
    assert (palomar.name, palomar.least_altitude) == ("Palomar", 20.0)


def test_the_environment_names_sites_with_commas(tmp_path: Path) -> None:
    found = load(tmp_path, '[site]\nname = "OHP"', FINK_TUI_SITE_NAME="Siding Spring, la palma")
    assert [site.name for site in found.sites] == ["Siding Spring", "La Palma"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[site]\nname = "Atlantis"', "site.name: no site is called Atlantis"),
        ("[site]\nname = 3", "site.name is not used: expected a name, or a list of names"),
        ("[site]\nname = []", "site.name is not used: expected a name, or a list of names"),
        ("[site]\nleast_altitude = 90", "site.least_altitude is not used: expected degrees"),
        ("[site.a]\nlatitude = 91\nlongitude = 0", "site.a is not used: latitude must be a number from -90 to 90"),
        ("[site.a]\nlatitude = true\nlongitude = 0", "site.a is not used: latitude must be"),
        ("[site.a]\nlatitude = nan\nlongitude = 0", "site.a is not used: latitude must be"),
        ("[site.a]\nlatitude = 1", "site.a is not used: longitude missing"),
        ("[site.a]\nlatitude = 1\nlongitude = 1\nelevation = 2", "there is no setting elevation of a site"),
        ("[site.a]\nlatitude = 1\nlongitude = 1\nheight = '2 km'", "site.a is not used: height must be"),
    ],
)
def test_what_is_wrong_is_said_and_the_default_holds(tmp_path: Path, text: str, said: str) -> None:
    found = load(tmp_path, text)
    assert len(found.notices) == 1 and said in found.notices[0]
    assert [(site.name, site.least_altitude) for site in found.sites] == [("La Silla", 30.0)]


def test_a_site_of_ones_own_stands_in_for_a_known_one() -> None:
    own: dict[str, Any] = {"Palomar": {"latitude": 33.3, "longitude": -116.9}}
    assert find_site(known_sites(own, 30.0)[0], "palomar").latitude == 33.3
